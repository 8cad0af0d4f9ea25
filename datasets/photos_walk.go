package datasets

import (
	"context"
	"errors"

	"repbench/datasets/internal/content"
)

// ErrArrays is wrapped by errors of NewPlan about sets that are stored as arrays
// of pixels (cifar10 in its binary form, mnist, svhn, shapes, …) and not as files
// of images: there is nothing to walk over, Open reads them.
var ErrArrays = errors.New("the set is stored as pixels, not as image files")

// Plan says which image files a set has and where each belongs, without having
// decoded one: what a set of photographs of many sizes can be prepared from.
// Making it reads names only.
type Plan struct {
	// Name, Source and Classes are those that Open gives the set.
	Name, Source string
	Classes      []string
	// Titles are readable names of the classes where the set has them, else nil.
	Titles []string
	// Splits hold the labels and IDs of all images, in the order train, valid,
	// test, extra. Their Images are empty. They must not be changed.
	Splits []*Split
	// Notes are those that Open gives the set, as far as they are known before an
	// image is read.
	Notes []string

	set *imageSet
}

// Item is one image file of a set, not yet decoded.
type Item struct {
	// Split is the name of its split, and Pos its place there, 0 … N-1.
	Split string
	Pos   int
	// Label is its class's index, and Class the class's name; -1 and "" in a
	// split without labels.
	Label int32
	Class string
	// ID names it, as in Split.IDs; File is the archive or folder that it is in
	// and Name its name there, which errors show.
	ID, File, Name string
	// Keeps says that Read may be called after visit has returned, and from
	// another goroutine. Otherwise it is called in visit, at most once.
	Keeps bool
	// Read appends the content of the file to buf. Errors name File and Name.
	Read func(buf []byte) ([]byte, error)
}

// NewPlan lists the image files of the set that a specification names. Errors
// wrap ErrArrays where the set has none by its nature.
func NewPlan(ctx context.Context, spec string, o Options) (*Plan, error) {
	s, o, err := resolveSpec(ctx, spec, o)
	if err != nil {
		return nil, err
	}
	return planImages(ctx, s, o)
}

// Walk calls visit for each image of the plan, in the order in which they lie in
// their sources; Pos says where it belongs. The order is the same each time. An
// error of visit ends the walk and is returned. It is an error if the files are
// not those of the plan any more.
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

// Count is the number of images in all splits.
func (p *Plan) Count() int { return int(p.set.count()) }
