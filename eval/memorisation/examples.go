package memorisation

import (
	"cmp"
	"fmt"
	"slices"

	"repbench/datasets"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/plant"
	"repbench/eval/neighbours"
)

// Example is an image to look at, with the training images nearest to it.
type Example struct {
	// Group says why it is shown: a name of groups, or a kind of planted copies.
	Group string
	// Name names the image: "generated 17", "test/0017".
	Name string
	// Image are its pixels.
	Image datasets.Images
	// Flag has its score, p-value and nearest training image.
	Flag
	// Rank is its place among the Of images of its set by p-value and score, from 1.
	Rank, Of int
	// Source is the training row that a planted copy is a copy of; -1: it is none.
	Source int32
	// Nearest are the training images nearest to it.
	Nearest []NearImage
}

// NearImage is a training image near another image.
type NearImage struct {
	// Pair has its row, distance, and how it matched.
	Pair
	// Name names it: "train/0017".
	Name string
	// Image are its pixels, moved and mirrored as it matched.
	Image datasets.Images
}

// Groups of examples beside the kinds of planted copies.
const (
	GroupSuspicious = "most suspicious"
	GroupSpaced     = "evenly spaced"
	GroupNull       = "null"
)

const (
	examplesShown = 10 // of the most suspicious and of evenly spaced images
	nullShown     = 5  // of the null's images with a near duplicate
	nearShown     = 5  // training images beside each
)

// examples are the most suspicious generated images, some evenly spaced ones, one planted copy of
// each kind, and images of the null with a near duplicate.
func (r *run) examples(out *Result) []Example {
	if r.in.Train.Images.N == 0 {
		return nil
	}
	var all []Example
	order := bySuspicion(out.Images)
	add := func(group string, rank int) {
		i := order[rank]
		d := r.decisive(i, func(d *detector) nearest.Scored { return d.generatedScores })
		e := r.example(group, r.in.Generated, i, d, d.nearGenerated.Of(i), out.Images[i])
		e.Name, e.Rank, e.Of = fmt.Sprintf("generated %d", i), rank+1, len(order)
		all = append(all, e)
	}
	first := min(examplesShown, len(order))
	for rank := range first {
		add(GroupSuspicious, rank)
	}
	for i := range min(examplesShown, len(order)-first) {
		add(GroupSpaced, first+i*(len(order)-first)/min(examplesShown, len(order)-first))
	}
	return append(append(all, r.plantedExamples()...), r.nullExamples(out)...)
}

// bySuspicion are the images by p-value, equal ones by score, then by index.
func bySuspicion(images []Flag) []int {
	order := make([]int, len(images))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return moreSuspicious(images[a], images[b]) })
	return order
}

// moreSuspicious orders images by p-value and score.
func moreSuspicious(a, b Flag) int {
	return cmp.Or(cmp.Compare(a.P, b.P), cmp.Compare(a.Score, b.Score))
}

// example is image i of a set with what is near to it.
func (r *run) example(group string, s Set, i int, d *detector, near []neighbours.Match, f Flag) Example {
	e := Example{Group: group, Name: s.ID(i), Image: s.Images.Slice(i, i+1), Flag: f, Source: -1}
	for _, m := range near[:min(nearShown, len(near))] {
		n := NearImage{Pair: r.pair(s, i, d, m, 0), Name: r.in.Train.ID(int(m.Row)), Image: r.in.Train.Images.Slice(int(m.Row), int(m.Row)+1)}
		n.Image.Data = aligned(r.in.Train.Images, m)
		e.Nearest = append(e.Nearest, n)
	}
	return e
}

// plantedExamples are the first planted copies of each kind.
func (r *run) plantedExamples() []Example {
	if r.planted == nil || r.planted.PerKind == 0 {
		return nil
	}
	p := r.pValues(func(d *detector) nearest.Scored { return d.plantedScores })
	set := Set{Name: "planted", Images: r.planted.Images}
	var all []Example
	for k, kind := range plant.CopyKinds() {
		i := k * r.planted.PerKind
		d := r.decisive(i, func(d *detector) nearest.Scored { return d.plantedScores })
		near := d.nearPlanted.Of(i)
		e := r.example(string(kind), set, i, d, near, Flag{r.pair(set, i, d, near[0], d.plantedScores.Values[i]), p[i]})
		e.Name, e.Source = "copy of "+r.in.Train.ID(int(r.planted.Sources[i])), r.planted.Sources[i]
		all = append(all, e)
	}
	return all
}

// nullExamples are the first images of the null that have a near duplicate.
func (r *run) nullExamples(out *Result) []Example {
	var all []Example
	p := r.first.pValues(r.first.nullScores)
	for _, pair := range out.Null.NearDuplicates[:min(nullShown, len(out.Null.NearDuplicates))] {
		at, _ := slices.BinarySearch(r.null, int32(pair.Image))
		all = append(all, r.example(GroupNull, r.in.HeldOut, pair.Image, r.first, r.first.nearNull.Of(at), Flag{pair, p[at]}))
	}
	return all
}
