package benchmarks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"repbench/backends"
	"repbench/datasets"
	"repbench/eval/memorisation"
	"repbench/features"
	"repbench/features/store"
	"repbench/internal/progress"
	"repbench/train/dcgan"
)

// compared are the sets of a run with their origin.
type compared struct {
	in memorisation.Inputs
	// ds is the data set; of NumPy files one with the training images as its only split, nil of
	// features.
	ds *datasets.Dataset
	// trainName names the training images, trainHash is what tells them from others.
	trainName, trainHash string
	// split is the split of ds that the null is; "": it is from elsewhere.
	split string
	// model is the generator; nil: its images come from files.
	model *dcgan.Model
	// notes are caveats for the record.
	notes   []string
	backend string
	closers []func()
}

// close gives back what the sets lie in.
func (s *compared) close() {
	for _, c := range s.closers {
		c()
	}
}

func (s *compared) note(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
}

// open opens all sets. What is returned beside an error is to be closed, too.
func (o Memorisation) open(ctx context.Context, src Source, m Machine) (*compared, error) {
	s := &compared{}
	if err := s.openGenerated(ctx, o, m); err != nil {
		return s, err
	}
	if err := s.openTrain(ctx, o, src, m); err != nil {
		return s, err
	}
	if err := s.openNull(ctx, o, src, m); err != nil {
		return s, err
	}
	if err := s.openCells(o.Cells); err != nil {
		return s, err
	}
	if err := s.openFeatures(ctx, o, src, m); err != nil {
		return s, err
	}
	return s, s.checkCentres(o.Cells)
}

// openGenerated reads or makes the generated images.
func (s *compared) openGenerated(ctx context.Context, o Memorisation, m Machine) (err error) {
	g := o.Generated
	if g.Run == "" {
		s.in.Generated, err = s.openPath(ctx, g.Path, m)
		return err
	}
	b, err := backends.OpenExact(m.Backend)
	if err != nil {
		return err
	}
	if s.model, err = features.OpenModel(g.Run, b, o.Seed); err != nil {
		return err
	}
	s.backend = b.Spec
	a := s.model.Arch
	task := progress.Or(m.Progress).Start("generate", int64(g.N), "images")
	im, err := s.model.SampleBatches(ctx, b, a.Prior.DrawZ(g.N, a.ZDim, o.Seed), g.N, func(n int) { task.Add(int64(n)) })
	task.Done()
	if err != nil {
		return err
	}
	px, err := toBytes(im.Data, signed)
	if err != nil {
		return fmt.Errorf("%s: %w", g.Run, err)
	}
	s.in.Generated = memorisation.Set{Name: cmp.Or(g.Name, g.Run), Images: datasets.Images{Data: px, N: im.N, H: im.H, W: im.W, C: im.C}}
	s.note("%d images of %s (%s), in batches of %d that each have batch-norm statistics of their own; pixels are round((x+1)·127.5), halves to even",
		im.N, g.Run, s.model.Origin, dcgan.SampleBatch)
	return nil
}

// openTrain opens the training images.
func (s *compared) openTrain(ctx context.Context, o Memorisation, src Source, m Machine) (err error) {
	if o.Train != "" {
		s.trainName = o.Train
		if s.in.Train, err = s.openPath(ctx, o.Train, m); err != nil || s.in.Train.Images.N == 0 {
			return err
		}
		ids := make([]string, s.in.Train.Len())
		for i := range ids {
			ids[i] = fmt.Sprint(i)
		}
		split := &datasets.Split{Name: datasets.Train, Images: s.in.Train.Images, IDs: ids}
		s.ds = &datasets.Dataset{Name: filepath.Base(o.Train), Source: o.Train, Splits: []*datasets.Split{split}}
		s.ds.Hash = datasets.ContentHash(nil, s.ds.Splits)
		s.trainHash = s.ds.Hash
		return nil
	}
	if s.ds, err = m.openData(ctx, src.Data, src.Reading, s.in.Generated.Images.H); err != nil {
		return err
	}
	split, err := s.ds.Split(datasets.Train)
	if err != nil {
		return err
	}
	s.trainName, s.trainHash = s.ds.Name, s.ds.Hash
	s.in.Train = setOf(split)
	if s.model != nil && s.model.TrainedOn != nil && s.model.TrainedOn.DataHash != s.ds.Hash {
		s.note("the generator was trained on other images (%s) than those that it is compared with (%s)", s.model.TrainedOn.Data, s.ds.Name)
	}
	return nil
}

// setOf is a split as a set.
func setOf(s *datasets.Split) memorisation.Set {
	return memorisation.Set{Name: s.Name, IDs: s.IDs, Images: s.Images}
}

// openNull opens the held-out images.
func (s *compared) openNull(ctx context.Context, o Memorisation, src Source, m Machine) (err error) {
	name := o.Null
	if name == "" {
		if s.split = s.heldOut(); s.split == "" {
			return fmt.Errorf("memorization: %s has no held-out split; the null needs images that were not trained on (--null SPLIT or DIR)", s.trainName)
		}
		name = s.split
	}
	if src.Data != "" && s.hasSplit(name) {
		if name == datasets.Train {
			return errors.New("the null is the training split; it needs images that were not trained on (--null SPLIT or DIR)")
		}
		split, err := s.ds.Split(name)
		if err != nil {
			return err
		}
		s.split, s.in.HeldOut = name, setOf(split)
		return nil
	}
	s.split = ""
	s.in.HeldOut, err = s.openPath(ctx, name, m)
	if errors.Is(err, fs.ErrNotExist) && src.Data != "" {
		return fmt.Errorf("--null %s: %s has no such split (it has %s), and there is no such file or folder", name, s.trainName, strings.Join(s.splits(), ", "))
	}
	return err
}

// heldOut is the split that the null is by default; "": there is none.
func (s *compared) heldOut() string {
	for _, name := range []string{datasets.Test, datasets.Valid} {
		if s.hasSplit(name) {
			return name
		}
	}
	return ""
}

func (s *compared) hasSplit(name string) bool { return slices.Contains(s.splits(), name) }

// splits are the names of the data set's splits.
func (s *compared) splits() []string {
	var names []string
	if s.ds != nil {
		for _, split := range s.ds.Splits {
			names = append(names, split.Name)
		}
	}
	return names
}

// openPath opens a NumPy file or a folder of images.
func (s *compared) openPath(ctx context.Context, path string, m Machine) (memorisation.Set, error) {
	info, err := os.Stat(path)
	if err != nil {
		return memorisation.Set{}, err
	}
	if !info.IsDir() {
		return s.openArray(path)
	}
	spec := "folder:" + path
	if _, err := os.Stat(filepath.Join(path, datasets.ManifestFile)); err == nil {
		spec = "prepared:" + path
	} else if store.Is(path) {
		return memorisation.Set{}, fmt.Errorf("%s holds features; name one of its files", path)
	}
	ds, err := m.openData(ctx, spec, datasets.Options{}, 0)
	if err != nil {
		return memorisation.Set{}, err
	}
	if len(ds.Splits) != 1 {
		var names []string
		for _, split := range ds.Splits {
			names = append(names, split.Name)
		}
		return memorisation.Set{}, fmt.Errorf("%s holds the splits %s; name the folder of one of them, such as %s", path, strings.Join(names, ", "), filepath.Join(path, names[0]))
	}
	set := setOf(ds.Splits[0])
	set.Name = path
	return set, nil
}
