package benchmarks

import (
	"context"
	"fmt"

	"repbench/datasets"
	"repbench/features/matrix"
	"repbench/internal/equalrows"
	"repbench/internal/errkind"
	"repbench/internal/progress"
)

// Overlap says which images of a data set are in two splits.
type Overlap struct {
	// Warnings have the numbers, one sentence for two splits.
	Warnings []string
}

// CompareImages looks for images of the validation and test splits that equal an
// image of an earlier split, pixel for pixel, whatever their labels and names are; where images
// have any sizes, byte for byte of their files.
// Two splits with the same images in the same order are an error that wraps
// matrix.ErrSameRows.
func CompareImages(ctx context.Context, ds *datasets.Dataset, p progress.Reporter) (*Overlap, error) {
	var splits []*datasets.Split
	for _, name := range []string{datasets.Train, datasets.Valid, datasets.Test} {
		if s, err := ds.Split(name); err == nil {
			splits = append(splits, s)
		}
	}
	o := &Overlap{}
	for i, b := range splits {
		for _, a := range splits[:i] {
			if err := o.compare(ctx, ds, a, b, p); err != nil {
				return nil, err
			}
		}
	}
	return o, nil
}

// compare adds a warning about images of b that equal an image of a.
func (o *Overlap) compare(ctx context.Context, ds *datasets.Dataset, a, b *datasets.Split, p progress.Reporter) error {
	if a.Images.H != b.Images.H || a.Images.W != b.Images.W || a.Images.C != b.Images.C {
		return nil
	}
	task := progress.Or(p).Start(fmt.Sprintf("compare %s with %s", b.Name, a.Name), int64(a.Images.N+b.Images.N), "images")
	defer task.Done()
	r, err := equalrows.Compare(ctx, pixelRows(a.Images), pixelRows(b.Images), func(n int) { task.Add(int64(n)) })
	switch {
	case err != nil:
		return err
	case r.Same:
		return errkind.Errorf(matrix.ErrSameRows, "data set %s (%s): the %s split has the images of the %s split, all %d in the same order: give the %s split its own images",
			ds.Name, ds.Source, b.Name, a.Name, b.Images.N, b.Name)
	case r.Rows > 0:
		o.Warnings = append(o.Warnings, fmt.Sprintf("%d of %d images of the %s split equal an image of the %s split (the first: %s equals %s): they tell nothing about new images; repbench data dedup makes lists that leave them out (--keep)",
			r.Rows, b.Images.N, b.Name, a.Name, nameOf(b, r.B), nameOf(a, r.A)))
	}
	return nil
}

// nameOf is the name of an image of a split, or its number where it has none.
func nameOf(s *datasets.Split, i int) string {
	if i < len(s.IDs) {
		return s.IDs[i]
	}
	return fmt.Sprintf("image %d", i)
}

// pixelRows are the images as rows of bytes; those of any size are the hashes of their files.
func pixelRows(im datasets.Images) equalrows.Set {
	return equalrows.Set{N: im.N, Open: func() equalrows.Reader {
		var out [equalrows.Block][]byte
		return func(lo, hi int) [][]byte {
			for i := lo; i < hi; i++ {
				if !im.AnySize() {
					out[i-lo] = im.At(i)
					continue
				}
				sum := im.Pictures.Sum(i)
				out[i-lo] = sum[:]
			}
			return out[:hi-lo]
		}
	}}
}
