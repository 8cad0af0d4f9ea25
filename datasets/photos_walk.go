package datasets

import (
	"context"
	"errors"

	"repbench/datasets/internal/content"
)

// ErrArrays is wrapped by errors of NewPlan about sets that are stored as arrays of pixels
// (cifar10 in its binary form, mnist, svhn, shapes, …) and not as image files: Open reads such
// sets.
var ErrArrays = errors.New("the set is stored as pixels, not as image files")

// Plan lists the image files of a set with their positions, before any is decoded, so that
// photographs of many sizes can be prepared. Making a plan reads names only.
type Plan struct {
	// Name and Source are as in the Dataset that Open returns.
	Name, Source string
	// Classes are the class names.
	Classes []string
	// Titles are readable names of the classes if the set has them, else nil.
	Titles []string
	// Splits hold the labels and IDs of all images, in the order train, valid,
	// test, extra. Their Images are empty. They must not be changed.
	Splits []*Split
	// Notes are the notes of the Dataset, as far as they are known before an image is read.
	Notes []string

	set *imageSet
}

// Item is one image file of a set, not yet decoded.
type Item struct {
	// Split is the name of its split.
	Split string
	// Pos is its position in the split, 0 … N-1.
	Pos int
	// Label is the index of its class; -1 in a split without labels.
	Label int32
	// Class is the name of its class; "" in a split without labels.
	Class string
	// ID is its name, as in Split.IDs. File is the archive or folder that contains it and Name
	// its name there; errors show both.
	ID, File, Name string
	// Keeps reports that Read may be called after visit has returned, and from another
	// goroutine. Otherwise Read must be called within visit, at most once.
	Keeps bool
	// Read appends the content of the file to buf. Errors name File and Name.
	Read func(buf []byte) ([]byte, error)
}

// NewPlan lists the image files of the set named by a specification. Errors wrap ErrArrays if
// sets of this kind have no image files.
func NewPlan(ctx context.Context, spec string, o Options) (*Plan, error) {
	s, o, err := resolveSpec(ctx, spec, o)
	if err != nil {
		return nil, err
	}
	return planImages(ctx, s, o)
}

// Walk calls visit for each image of the plan, in the order of the sources, which is the same
// each time; Pos is the position of the image in its split. An error of visit ends the walk and
// is returned. Files that differ from the plan give an error.
func (p *Plan) Walk(ctx context.Context, visit func(Item) error) error {
	return p.set.walk(ctx, func(f found) error {
		split := p.Splits[f.slot.split]
		it := Item{
			Split: split.Name, Pos: f.slot.pos, Label: -1, Class: f.item.class,
			ID: f.item.id, File: f.file, Name: f.item.name, Keeps: f.entry.Keeps,
			Read: func(buf []byte) ([]byte, error) {
				data, err := f.entry.Read(buf, maxFile)
				if err != nil {
					return nil, content.BadRead(f.file, f.item.name, err)
				}
				return data, nil
			},
		}
		if split.Labels != nil {
			it.Label = split.Labels[it.Pos]
		}
		return visit(it)
	})
}

// Count returns the number of images in all splits.
func (p *Plan) Count() int { return int(p.set.count()) }
