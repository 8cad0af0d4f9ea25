package datasets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/content"
	"repbench/datasets/internal/exif"
	"repbench/datasets/internal/names"
	"repbench/datasets/internal/picture"
	"repbench/internal/progress"
)

// slot is the position of an image in the set.
type slot struct {
	split int // index into imageSet.splits
	pos   int
}

// imageSet is the plan of a set of image files: the position of each image.
type imageSet struct {
	lists   []*listing
	slots   [][]slot // per list and item
	classes []string
	splits  []*Split // labels and IDs are filled in, pixels are not
}

// planSources lists the images of the sources of one set. Within a split the images of the
// first source come first; within a source they are sorted by id.
func planSources(ctx context.Context, name string, sources []archive.Source, lay fileLayout, o Options) (*Plan, error) {
	set := &imageSet{}
	task := o.Progress.Start("list", 0, "images")
	defer task.Done()
	for _, src := range sources {
		l, err := list(ctx, countedSource{src, task}, lay)
		if err != nil {
			return nil, err
		}
		l.src = src
		set.lists = append(set.lists, l)
	}
	if err := set.plan(); err != nil {
		return nil, err
	}
	return &Plan{
		Name: name, Source: content.Shown(sourceText(sources)), Classes: set.classes, Titles: set.titles(),
		Splits: set.splits, Notes: set.leftOut(), set: set,
	}, nil
}

// open decodes all images of the plan, which must have one size.
func (p *Plan) open(ctx context.Context, o Options) (*Dataset, error) {
	oriented, err := p.set.decode(ctx, o)
	if err != nil {
		return nil, err
	}
	notes := slices.Clone(p.Notes)
	if n := exif.Note(oriented, p.Count(), o.ExifRotate); n != "" {
		notes = append(notes, n)
	}
	return finish(&Dataset{Name: p.Name, Source: p.Source, Classes: p.Classes, Titles: p.Titles, Splits: p.Splits, Notes: notes})
}

// countedSource reports each file of a walk to a task.
type countedSource struct {
	archive.Source
	task progress.Task
}

func (c countedSource) Walk(ctx context.Context, visit func(archive.Entry) error) error {
	return c.Source.Walk(ctx, func(e archive.Entry) error {
		c.task.Add(1)
		return visit(e)
	})
}

func sourceText(sources []archive.Source) string {
	var paths []string
	for _, s := range sources {
		paths = append(paths, s.Path())
	}
	return strings.Join(paths, ",")
}

// sourceText names the sources.
func (s *imageSet) sourceText() string {
	var sources []archive.Source
	for _, l := range s.lists {
		sources = append(sources, l.src)
	}
	return sourceText(sources)
}

// plan assigns a position and a label to each image.
func (s *imageSet) plan() error {
	if err := s.checkSources(); err != nil {
		return err
	}
	s.collectClasses()
	if err := errors.Join(names.Classes(s.classes), names.Titles(s.titles())); err != nil {
		return content.Bad(s.sourceText(), "", "%v", err)
	}
	if err := s.checkClasses(); err != nil {
		return err
	}
	label := map[string]int32{}
	for i, c := range s.classes {
		label[c] = int32(i)
	}
	index := map[string]int{}
	for _, name := range []string{Train, Valid, Test, Extra} {
		if s.has(name) {
			index[name] = len(s.splits)
			s.splits = append(s.splits, &Split{Name: name})
		}
	}
	for _, l := range s.lists {
		slots := make([]slot, len(l.items))
		for _, i := range l.sorted() {
			it := l.items[i]
			at := index[it.split]
			split := s.splits[at]
			slots[i] = slot{at, len(split.IDs)}
			split.IDs = append(split.IDs, it.id)
			if it.class != "" {
				split.Labels = append(split.Labels, label[it.class])
			}
		}
		s.slots = append(s.slots, slots)
	}
	return nil
}

func (s *imageSet) has(split string) bool {
	for it := range s.items() {
		if it.split == split {
			return true
		}
	}
	return false
}

// items visits all items of all sources.
func (s *imageSet) items() func(yield func(item) bool) {
	return func(yield func(item) bool) {
		for _, l := range s.lists {
			for _, it := range l.items {
				if !yield(it) {
					return
				}
			}
		}
	}
}

// checkSources returns an error if two sources have an image with the same name, or if a split
// has labels in one source only.
func (s *imageSet) checkSources() error {
	from := map[string]string{}
	labelled := map[string]bool{}
	for _, l := range s.lists {
		for _, it := range l.items {
			if other, ok := from[it.id]; ok {
				return content.Bad(l.src.Path(), it.name, "the same name is in %s", other)
			}
			from[it.id] = l.src.Path()
			has, known := labelled[it.split]
			if known && has != (it.class != "") {
				return content.Bad(l.src.Path(), it.name, "the %s images have classes in one source and not in another", it.split)
			}
			labelled[it.split] = it.class != ""
		}
	}
	return nil
}

func (s *imageSet) collectClasses() {
	seen := map[string]bool{}
	for it := range s.items() {
		if it.class != "" && !seen[it.class] {
			seen[it.class] = true
			s.classes = append(s.classes, it.class)
		}
	}
	slices.Sort(s.classes)
}

// titles returns the readable names of the classes, if all sources that have any agree and each
// class has one; else nil.
func (s *imageSet) titles() []string {
	out := make([]string, len(s.classes))
	for i, c := range s.classes {
		for _, l := range s.lists {
			if t := l.titles[c]; t != "" {
				out[i] = t
			}
		}
		if out[i] == "" {
			return nil
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// found is an image of the plan, found in its source.
type found struct {
	seq   int // position in the order of the sources
	file  string
	item  item
	entry archive.Entry
	slot  slot
}

// walk visits the images of all sources in the order of the sources, and checks that they are
// the images of the plan. visit may return archive.ErrStop.
func (s *imageSet) walk(ctx context.Context, visit func(found) error) error {
	seq, stopped := 0, false
	for k, l := range s.lists {
		n := 0
		err := l.src.Walk(ctx, func(e archive.Entry) error {
			if !l.wants(e, n) {
				return nil
			}
			if n == len(l.items) || l.items[n].name != e.Name {
				return content.Bad(l.src.Path(), e.Name, "the files changed while they were read")
			}
			err := visit(found{seq: seq, file: l.src.Path(), item: l.items[n], entry: e, slot: s.slots[k][n]})
			seq, n, stopped = seq+1, n+1, errors.Is(err, archive.ErrStop)
			return err
		})
		if err != nil || stopped {
			return err
		}
		if n < len(l.items) {
			return content.Bad(l.src.Path(), l.items[n].name, "the file is gone: the files changed while they were read")
		}
	}
	return nil
}

// wants reports whether an entry is one of the listed images: the n-th, or another one by its
// suffix.
func (l *listing) wants(e archive.Entry, n int) bool {
	next := n < len(l.items) && l.items[n].name == e.Name
	return !e.Dir && !e.Link && (next || picture.KindOf(e.Name) == picture.ReadImage)
}

// checkClasses returns an error for a class that the labelled training images do not have,
// since it could not be learned.
func (s *imageSet) checkClasses() error {
	train := map[string]bool{}
	for it := range s.items() {
		if it.split == Train && it.class != "" {
			train[it.class] = true
		}
	}
	if len(train) == 0 {
		return nil
	}
	for _, l := range s.lists {
		for _, it := range l.items {
			if it.class != "" && !train[it.class] {
				return content.Bad(l.src.Path(), it.name, "the class %q has no training images", it.class)
			}
		}
	}
	return nil
}

// allocate makes the pixel arrays for images of h×w×c.
func (s *imageSet) allocate(h, w, c int, o Options) error {
	var total int64
	for _, split := range s.splits {
		total += int64(len(split.IDs)) * int64(h*w*c)
	}
	if total > o.MaxBytes {
		return fmt.Errorf("the %d×%d images take %d MB in memory, more than the limit of %d MB; prepare the set at a smaller size (%s)",
			w, h, total/1e6, o.MaxBytes/1e6, o.prepareCommand())
	}
	for _, split := range s.splits {
		n := len(split.IDs)
		split.Images = Images{Data: make([]uint8, n*h*w*c), N: n, H: h, W: w, C: c}
	}
	return nil
}
