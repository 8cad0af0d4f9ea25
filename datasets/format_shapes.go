package datasets

import (
	"cmp"
	"fmt"

	"repbench/datasets/catalog"
	"repbench/datasets/shapes"
)

// openShapes draws the built-in set. The specification takes precedence over the options, and
// the options over the defaults.
func openShapes(s ShapesSpec, o Options) (*Dataset, error) {
	so := shapes.Options{
		Size:    cmp.Or(s.Size, o.Size, shapes.DefaultSize),
		Train:   cmp.Or(s.Train, o.Count, shapes.DefaultTrain),
		Test:    cmp.Or(s.Test, o.TestCount, shapes.DefaultTest),
		Seed:    cmp.Or(o.Seed, new(int64(shapes.DefaultSeed))),
		Threads: o.Threads,
	}
	if s.Seed != 0 {
		so.Seed = &s.Seed
	}
	stride := int64(3*so.Size) * int64(so.Size)
	if total := (int64(so.Train) + int64(so.Test)) * stride; total > o.MaxBytes {
		return nil, catalog.SpecError("shapes", "%d + %d images of %d×%d take %d MB, more than the limit of %d MB",
			so.Train, so.Test, so.Size, so.Size, total/1e6, o.MaxBytes/1e6)
	}
	set, err := shapes.Generate(so)
	if err != nil {
		return nil, fmt.Errorf("data set shapes: %w", err)
	}
	return finish(&Dataset{
		Name:    catalog.NameShapes,
		Source:  fmt.Sprintf("size=%d,train=%d,test=%d,seed=%d", so.Size, so.Train, so.Test, *so.Seed),
		Classes: set.Classes,
		Splits:  []*Split{shapesSplit(Train, set.Train, so.Size), shapesSplit(Test, set.Test, so.Size)},
	})
}

// shapesSplit names the images "train:0", "train:1", …
func shapesSplit(name string, p shapes.Part, size int) *Split {
	s := &Split{
		Name:    name,
		Images:  Images{Data: p.Pixels, N: len(p.Labels), H: size, W: size, C: 3},
		Labels:  p.Labels,
		IDs:     make([]string, len(p.Labels)),
		Factors: p.Factors,
	}
	for i := range s.IDs {
		s.IDs[i] = fmt.Sprintf("%s:%d", name, i)
	}
	return s
}
