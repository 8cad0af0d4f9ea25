package duplicates

import (
	"fmt"

	"repbench/datasets"
)

// The largest number of groups per gallery, and of shown images per group.
const (
	shownGroups = 24
	shownImages = 4
)

// Gallery holds groups of images to look at.
type Gallery struct {
	// Title and Caption describe the groups and how they were chosen.
	Title, Caption string
	// Examples are the groups shown.
	Examples []Example
}

// Example is one group. Only the first images of a large group are shown.
type Example struct {
	// Label describes the group.
	Label string
	// Refs name the images shown.
	Refs []Ref
	// Images are the pictures shown, one per element.
	Images []datasets.Images
	// Size is the number of images in the group.
	Size int
}

// example returns the first images of a group.
func (p places) example(label string, g []int) Example {
	e := Example{Label: label, Size: len(g)}
	for _, i := range g[:min(len(g), shownImages)] {
		e.Refs = append(e.Refs, p.ref(i))
		e.Images = append(e.Images, p.image(i))
	}
	return e
}

// sample returns at most shownGroups of the groups, evenly spaced.
func sample(groups [][]int) [][]int {
	if len(groups) <= shownGroups {
		return groups
	}
	out := make([][]int, shownGroups)
	for i := range out {
		out[i] = groups[i*len(groups)/shownGroups]
	}
	return out
}

// gallery returns a sample of groups, labelled by their sizes.
func (p places) gallery(title, what string, groups [][]int) Gallery {
	g := Gallery{Title: title}
	shown := sample(groups)
	for _, group := range shown {
		g.Examples = append(g.Examples, p.example(fmt.Sprintf("%d images", len(group)), group))
	}
	g.Caption = fmt.Sprintf("%s: %d of %d groups, evenly spaced and not chosen by hand; the first image of each is kept. "+
		"Of groups of more than %d images the first %d are shown.", what, len(shown), len(groups), shownImages, shownImages)
	return g
}

// examples returns the galleries of a search: the near duplicates found, the exact duplicates,
// and the images that each pair of parts shares.
func (r *run) examples() []Gallery {
	var near, exact [][]int
	for _, g := range r.nearG {
		if r.same(g) {
			exact = append(exact, g)
		} else {
			near = append(near, g)
		}
	}
	var out []Gallery
	if len(near) > 0 {
		out = append(out, r.gallery("Near duplicates", "Groups with equal or close codes and different pixels", near))
	}
	if len(exact) > 0 {
		out = append(out, r.gallery("Exact duplicates", "Groups of images with the same pixels", exact))
	}
	for a := range r.parts {
		for b := a + 1; b < len(r.parts); b++ {
			if g := r.pairs(a, b); len(g) > 0 {
				what := fmt.Sprintf("Left an image of %s, right one of %s from the same group", r.parts[a].Name(), r.parts[b].Name())
				out = append(out, r.pairGallery(fmt.Sprintf("Shared by %s and %s", r.parts[a].Name(), r.parts[b].Name()), what, g))
			}
		}
	}
	return out
}

// pairs returns, for each group with images of parts a and b, the first image of each part.
func (r *run) pairs(a, b int) [][]int {
	var out [][]int
	for _, g := range r.nearG {
		pair := []int{-1, -1}
		for _, i := range g {
			k, _ := r.of(i)
			if k == a && pair[0] < 0 {
				pair[0] = i
			}
			if k == b && pair[1] < 0 {
				pair[1] = i
			}
		}
		if pair[0] >= 0 && pair[1] >= 0 {
			out = append(out, pair)
		}
	}
	return out
}

func (r *run) pairGallery(title, what string, pairs [][]int) Gallery {
	g := Gallery{Title: title}
	shown := sample(pairs)
	for _, pair := range shown {
		label := "near"
		if r.same(pair) {
			label = "exact"
		}
		g.Examples = append(g.Examples, r.example(label, pair))
	}
	g.Caption = fmt.Sprintf("%s: %d of %d groups, evenly spaced and not chosen by hand.", what, len(shown), len(pairs))
	return g
}
