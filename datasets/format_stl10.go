package datasets

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"slices"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/content"
	"repbench/datasets/internal/signs"
)

// The binary form of STL-10 (https://cs.stanford.edu/~acoates/stl10/): images of
// three planes of 96×96 pixels, each stored by columns, and labels 1 … 10.
const (
	stlSide    = 96
	stlImage   = 3 * stlSide * stlSide
	stlClasses = 10
	stlMeta    = "class_names.txt"
	// maxSTLLabels limits the size of a file of labels; the official ones have at most 8,000
	// bytes.
	maxSTLLabels = 1 << 20
	// stlHead is the number of first bytes that tell what stands in place of a file.
	stlHead = 512
)

// stlNames are the official class names, for sets without class_names.txt.
var stlNames = []string{"airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"}

// stlParts are the files of each split. The unlabelled images may be absent.
var stlParts = []struct{ split, images, labels string }{
	{Train, "train_X.bin", "train_y.bin"},
	{Test, "test_X.bin", "test_y.bin"},
	{Extra, "unlabeled_X.bin", ""},
}

// openSTL10 reads the archive stl10_binary.tar.gz or its unpacked folder.
func openSTL10(ctx context.Context, path string, o Options) (*Dataset, error) {
	src, err := archive.Open(path, o.FollowLinks)
	if err != nil {
		return nil, err
	}
	return readSTL10(ctx, src, o)
}

func readSTL10(ctx context.Context, src archive.Source, o Options) (*Dataset, error) {
	task := o.Progress.Start("read", 0, "images")
	defer task.Done()
	r := stlReader{
		file: src.Path(), left: o.MaxBytes, most: mostBytes(src), classes: stlNames, add: task.Add,
		images: map[string]Images{}, labels: map[string][]int32{},
	}
	if err := src.Walk(ctx, func(e archive.Entry) error {
		if e.Dir || e.Link {
			return nil
		}
		r.seen.See(e.Name)
		if err := r.take(ctx, e); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			head, _ := e.Head(stlHead) // of a file in a stream, what is not read yet
			return content.InsteadOf(src.Path(), e.Name, head, content.BadRead(src.Path(), e.Name, err))
		}
		return nil
	}); err != nil {
		return nil, err
	}
	d := &Dataset{Name: catalog.NameSTL10, Source: src.Path(), Classes: slices.Clone(r.classes)}
	for _, p := range stlParts {
		s, err := r.split(p.split, p.images, p.labels)
		if err != nil {
			return nil, err
		}
		if s != nil {
			d.Splits = append(d.Splits, s)
		}
	}
	return finish(d)
}

// mostBytes returns the largest possible size of a file in an archive, given the archive's size
// and the largest ratio of deflate. For a folder it returns no limit, since the sizes of its
// files are known.
func mostBytes(src archive.Source) int64 {
	info, err := os.Stat(src.Path())
	if err != nil || info.IsDir() {
		return math.MaxInt64
	}
	return info.Size() * 1032 // 258 bytes in two bits
}

// stlReader collects the files of the set, by base name.
type stlReader struct {
	file    string
	left    int64 // bytes of pixels that may still be read
	most    int64 // largest possible size of a file in the source
	classes []string
	images  map[string]Images
	labels  map[string][]int32
	add     func(images int64)
	seen    signs.Seen
}

// take reads a file if it belongs to the set.
func (r *stlReader) take(ctx context.Context, e archive.Entry) (err error) {
	base := path.Base(e.Name)
	if base == stlMeta {
		data, err := e.Read(nil, maxMetaFile)
		if err == nil {
			r.classes, err = parseClassNames(data, stlClasses)
		}
		return err
	}
	for _, p := range stlParts {
		switch base {
		case p.images:
			if r.images[base].Data != nil {
				return errors.New("there are two files of that name")
			}
			r.images[base], err = r.readImages(ctx, e)
			return err
		case p.labels:
			if r.labels[base] != nil {
				return errors.New("there are two files of that name")
			}
			data, err := e.Read(nil, maxSTLLabels)
			if err == nil {
				r.labels[base], err = stlLabels(data)
			}
			return err
		}
	}
	return nil
}

// readImages reads a file image by image, so that it needs only the memory of the pixels.
func (r *stlReader) readImages(ctx context.Context, e archive.Entry) (Images, error) {
	in, size, err := e.Open()
	if err != nil {
		return Images{}, err
	}
	defer in.Close()
	n, rest := size/stlImage, size%stlImage
	switch {
	case size == 0:
		return Images{}, errors.New("the file is empty")
	case rest != 0:
		return Images{}, content.Again(fmt.Errorf("image %d has %d of %d bytes: the file is truncated or no file of STL-10", n, rest, stlImage))
	case size > r.left:
		return Images{}, fmt.Errorf("the set takes more than the limit of %d MB; leave unlabeled_X.bin out", (r.left+r.used())/1e6)
	case size > r.most:
		return Images{}, content.Again(fmt.Errorf("it claims %d bytes, more than the archive can hold", size))
	}
	r.left -= size
	return stlImages(ctx, bufio.NewReaderSize(in, 1<<20), int(n), r.add)
}

// used returns the number of bytes of pixels read so far.
func (r *stlReader) used() int64 {
	var n int64
	for _, im := range r.images {
		n += int64(len(im.Data))
	}
	return n
}

func stlImages(ctx context.Context, r io.Reader, n int, add func(int64)) (Images, error) {
	im := Images{Data: make([]uint8, n*stlImage), N: n, H: stlSide, W: stlSide, C: 3}
	planes := make([]uint8, stlImage)
	for i := range n {
		if err := ctx.Err(); err != nil {
			return im, err
		}
		if _, err := io.ReadFull(r, planes); err != nil {
			return im, fmt.Errorf("image %d: %w", i, unexpected(err))
		}
		fromColumns(im.At(i), planes, stlSide, stlSide)
		add(1)
	}
	return im, nil
}

// stlLabels subtracts one from the labels 1 … 10.
func stlLabels(data []byte) ([]int32, error) {
	if len(data) == 0 {
		return nil, errors.New("the file is empty")
	}
	labels := make([]int32, len(data))
	for i, l := range data {
		if l < 1 || l > stlClasses {
			return nil, content.Again(fmt.Errorf("record %d: the label is %d; expected are 1 … %d", i, l, stlClasses))
		}
		labels[i] = int32(l) - 1
	}
	return labels, nil
}

// split builds a split; it returns nil if there are no unlabelled images.
func (r *stlReader) split(name, images, labels string) (*Split, error) {
	s := &Split{Name: name, Images: r.images[images], Labels: r.labels[labels]}
	switch {
	case s.Images.Data == nil && labels == "":
		return nil, nil
	case s.Images.Data == nil:
		return nil, content.Bad(r.file, "", "the file %s is missing%s", images, r.seen.Next(catalog.NameSTL10, r.file))
	case labels != "" && s.Labels == nil:
		return nil, content.Bad(r.file, "", "the file %s is missing", labels)
	case labels != "" && len(s.Labels) != s.Images.N:
		return nil, content.Bad(r.file, labels, "it has %d labels, but %s has %d images", len(s.Labels), images, s.Images.N)
	}
	s.IDs = make([]string, s.Images.N)
	for i := range s.IDs {
		s.IDs[i] = fmt.Sprintf("%s:%d", images, i)
	}
	return s, nil
}
