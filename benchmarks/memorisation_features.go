package benchmarks

import (
	"context"
	"fmt"

	"repbench/backends"
	"repbench/datasets"
	"repbench/eval/memorisation"
	"repbench/features"
	"repbench/features/matrix"
	"repbench/features/store"
	"repbench/internal/progress"
)

// openFeatures turns the images into features of the encoders that are named.
func (s *compared) openFeatures(ctx context.Context, o Memorisation, src Source, m Machine) (err error) {
	for _, e := range []struct {
		spec string
		into **memorisation.Features
	}{{src.Encoder, &s.in.Encoder}, {o.With, &s.in.With}} {
		if e.spec == "" {
			continue
		}
		if s.ds == nil {
			return fmt.Errorf("%s holds features already; an encoder needs images", s.trainName)
		}
		src.Encoder = e.spec
		if *e.into, err = s.featuresOf(ctx, src, m); err != nil {
			return err
		}
	}
	return nil
}

// featuresOf are the features of all sets. Those of the data set are made in the cache, or found
// there.
func (s *compared) featuresOf(ctx context.Context, src Source, m Machine) (*memorisation.Features, error) {
	b, err := backends.OpenExact(m.Backend)
	if err != nil {
		return nil, err
	}
	s.backend = b.Spec
	enc, err := features.Open(src.Encoder, b, src.Options)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, enc.Close)
	dir, meta, err := (&encoding{enc, s.ds}).extract(ctx, "", m)
	if err != nil {
		return nil, err
	}
	for _, n := range meta.Notes {
		s.note("%s: %s", src.Encoder, n)
	}
	folder, err := store.ReadOptions{MaxMemory: m.MaxMemory, Progress: progress.Or(m.Progress)}.OpenFolder(dir)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, func() { folder.Close() })
	f := &memorisation.Features{Encoder: src.Encoder}
	f.Encode = func(ctx context.Context, images datasets.Images) (matrix.View, error) {
		return enc.Rows(ctx, s.ds, dir, images, "planted copies", progress.Or(m.Progress))
	}
	if f.Train, err = splitView(folder, datasets.Train); err != nil {
		return nil, err
	}
	if f.Generated, err = enc.Rows(ctx, s.ds, dir, s.in.Generated.Images, "generated images", progress.Or(m.Progress)); err != nil {
		return nil, err
	}
	switch {
	case s.split != "":
		f.HeldOut, err = splitView(folder, s.split)
	case s.in.HeldOut.Len() > 0:
		f.HeldOut, err = enc.Rows(ctx, s.ds, dir, s.in.HeldOut.Images, "held-out images", progress.Or(m.Progress))
	}
	return f, err
}

// splitView looks at the features of a split.
func splitView(f *store.Folder, split string) (matrix.View, error) {
	x, err := f.Split(split)
	if err != nil {
		return matrix.View{}, err
	}
	v, err := view(x)
	return v.X, err
}
