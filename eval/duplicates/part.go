package duplicates

import (
	"sort"

	"repbench/datasets"
)

// Part is the images of one split that take part in a search.
type Part struct {
	// Set and Split name it: "cifar10", "train".
	Set, Split string
	Images     datasets.Images
	IDs        []string
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
				parts = append(parts, Part{Set: name, Split: split, Images: s.Images, IDs: s.IDs})
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

// image is image i, sharing its pixels.
func (p places) image(i int) datasets.Images {
	k, row := p.of(i)
	return p.parts[k].Images.Slice(row, row+1)
}
