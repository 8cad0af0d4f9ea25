package prepare

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"

	"repbench/datasets"
)

// unit is one image on its way: a file, or the pixels of an image from a set of arrays.
type unit struct {
	split int // index into feed.splits
	pos   int
	keeps bool                             // read may be called later
	read  func(buf []byte) ([]byte, error) // nil: pix is set
	pix   datasets.Images                  // one image
}

// feed is the input set.
type feed struct {
	name, source    string
	classes, titles []string
	splits          []*datasets.Split // labels and IDs
	channels        int
	count           int
	notes           []string // of the set, for users
	// walk calls visit for each image, always in the same order.
	walk func(ctx context.Context, visit func(unit) error) error
}

// openFeed plans a set of image files, or opens a set of arrays.
func openFeed(ctx context.Context, spec string, o datasets.Options) (*feed, error) {
	p, err := datasets.NewPlan(ctx, spec, o)
	if errors.Is(err, datasets.ErrArrays) {
		d, err := datasets.Open(ctx, spec, o)
		if err != nil {
			return nil, err
		}
		return arrayFeed(d), nil
	}
	if err != nil {
		return nil, err
	}
	f := &feed{name: p.Name, source: p.Source, classes: p.Classes, titles: p.Titles, splits: p.Splits, channels: 3, count: p.Count(), notes: p.Notes}
	index := f.splitIndex()
	f.walk = func(ctx context.Context, visit func(unit) error) error {
		return p.Walk(ctx, func(it datasets.Item) error {
			return visit(unit{split: index[it.Split], pos: it.Pos, keeps: it.Keeps, read: it.Read})
		})
	}
	return f, nil
}

func arrayFeed(d *datasets.Dataset) *feed {
	f := &feed{name: d.Name, source: d.Source, classes: d.Classes, titles: d.Titles, splits: d.Splits, channels: d.Splits[0].Images.C, notes: d.Notes}
	for _, s := range d.Splits {
		f.count += s.Images.N
	}
	f.walk = func(ctx context.Context, visit func(unit) error) error {
		for i, s := range d.Splits {
			for pos := range s.Images.N {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := visit(unit{split: i, pos: pos, keeps: true, pix: s.Images.Slice(pos, pos+1)}); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return f
}

func (f *feed) splitIndex() map[string]int {
	index := map[string]int{}
	for i, s := range f.splits {
		index[s.Name] = i
	}
	return index
}

// fingerprint returns the SHA-256 of what is known of the set before decoding: the classes and
// each image's split, name and label.
func (f *feed) fingerprint() string {
	h := sha256.New()
	text := func(s string) {
		var n [8]byte
		binary.LittleEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		io.WriteString(h, s)
	}
	text(f.name)
	for _, c := range f.classes {
		text(c)
	}
	for _, s := range f.splits {
		text(s.Name)
		for i, id := range s.IDs {
			text(id)
			if s.Labels != nil {
				binary.Write(h, binary.LittleEndian, s.Labels[i])
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
