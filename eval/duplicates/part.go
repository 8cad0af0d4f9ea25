package duplicates

import (
	"slices"
	"sort"

	"repbench/datasets"
)

// Part holds the images of one split in a search.
type Part struct {
	// Set and Split name the part: "cifar10", "train".
	Set, Split string
	Images     datasets.Images // pictures of one size
	IDs        []string        // name of each image in the split
	// Labels are the classes of the images, as indices of Classes; nil for images without
	// classes.
	Labels []int32
	// Classes are the names of the classes.
	Classes []string
}

// Name returns a name such as "cifar10/train".
func (p Part) Name() string { return p.Set + "/" + p.Split }

// Ref names an image.
type Ref struct {
	Set   string `json:"set"`   // as in Part
	Split string `json:"split"` // as in Part
	ID    string `json:"id"`    // name of the image in the split
	// Row is its index in the split.
	Row int `json:"row"`
}

// precedence is the order in which splits are searched: evaluation images stay, and their
// copies among the training images are removed.
var precedence = []string{datasets.Test, datasets.Valid, datasets.Train, datasets.Extra}

// partsOf returns the splits of a set in the order of precedence, with name in place of the
// set's name.
func partsOf(ds *datasets.Dataset, name string) []Part {
	var parts []Part
	for _, split := range precedence {
		for _, s := range ds.Splits {
			if s.Name == split {
				parts = append(parts, Part{Set: name, Split: split, Images: s.Images, IDs: s.IDs, Labels: s.Labels, Classes: ds.Classes})
			}
		}
	}
	return parts
}

// count returns the number of images of all parts.
func count(parts []Part) int {
	n := 0
	for _, p := range parts {
		n += p.Images.N
	}
	return n
}

// places converts numbers of images to parts and rows.
type places struct {
	parts []Part
	ends  []int // ends[k] is the number of the first image after part k
}

func newPlaces(parts []Part) places {
	p := places{parts: parts}
	n := 0
	for _, part := range parts {
		n += part.Images.N
		p.ends = append(p.ends, n)
	}
	return p
}

// of returns the part and the row of image i.
func (p places) of(i int) (part, row int) {
	k := sort.SearchInts(p.ends, i+1)
	return k, i - (p.ends[k] - p.parts[k].Images.N)
}

func (p places) ref(i int) Ref {
	k, row := p.of(i)
	part := p.parts[k]
	return Ref{part.Set, part.Split, part.IDs[row], row}
}

// class returns the name of the class of image i, "" if it has none.
func (p places) class(i int) string {
	k, row := p.of(i)
	part := p.parts[k]
	if part.Labels == nil || int(part.Labels[row]) >= len(part.Classes) {
		return ""
	}
	return part.Classes[part.Labels[row]]
}

// classes returns the different classes of a group's images, in the order of the images. It
// uses only images of one set, the set of the first image with a class: classes of different
// sets cannot be compared by name.
func (p places) classes(g []int) []string {
	var names []string
	set := ""
	for _, i := range g {
		k, _ := p.of(i)
		name := p.class(i)
		if name == "" || set != "" && p.parts[k].Set != set {
			continue
		}
		set = p.parts[k].Set
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// image returns image i, sharing its pixels.
func (p places) image(i int) datasets.Images {
	k, row := p.of(i)
	return p.parts[k].Images.Slice(row, row+1)
}
