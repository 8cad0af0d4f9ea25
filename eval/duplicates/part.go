package duplicates

import (
	"slices"
	"sort"

	"repbench/datasets"
)

// Part is the images of one split that take part in a search.
type Part struct {
	// Set and Split name it: "cifar10", "train".
	Set, Split string
	Images     datasets.Images
	IDs        []string
	// Labels are the classes of the images by their place in Classes; nil where there
	// are none.
	Labels  []int32
	Classes []string
}

// Name is "cifar10/train".
func (p Part) Name() string { return p.Set + "/" + p.Split }

// Ref names an image.
type Ref struct {
	Set   string `json:"set"`
	Split string `json:"split"`
	ID    string `json:"id"`
	// Row is its place in the split.
	Row int `json:"row"`
}

// precedence is the order in which the splits of a set are preferred: evaluation
// images stay, their copies among the training images go.
var precedence = []string{datasets.Test, datasets.Valid, datasets.Train, datasets.Extra}

// partsOf are the splits of a set in the order of precedence, with name in place
// of the set's own.
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

// count is the number of images of all parts.
func count(parts []Part) int {
	n := 0
	for _, p := range parts {
		n += p.Images.N
	}
	return n
}

// places turns numbers of images into parts and rows.
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

// of is the part and the row of image i.
func (p places) of(i int) (part, row int) {
	k := sort.SearchInts(p.ends, i+1)
	return k, i - (p.ends[k] - p.parts[k].Images.N)
}

func (p places) ref(i int) Ref {
	k, row := p.of(i)
	part := p.parts[k]
	return Ref{part.Set, part.Split, part.IDs[row], row}
}

// class is the name of the class of image i, "" where it has none.
func (p places) class(i int) string {
	k, row := p.of(i)
	part := p.parts[k]
	if part.Labels == nil || int(part.Labels[row]) >= len(part.Classes) {
		return ""
	}
	return part.Classes[part.Labels[row]]
}

// classes are the different classes of images of a group within one set, in the
// order of the images; of sets whose classes have other names nothing can be said.
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

// image is image i, sharing its pixels.
func (p places) image(i int) datasets.Images {
	k, row := p.of(i)
	return p.parts[k].Images.Slice(row, row+1)
}
