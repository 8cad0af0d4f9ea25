package datasets

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
)

// holdOutStream separates the random numbers of HoldOut from others made from
// the same seed.
const holdOutStream = 0x686f6c64_6f757400

// Subset returns the images with the given indices, in that order, as a split of
// the same name. Indices that follow one another without a gap share the memory
// of s; others are copied. An index outside [0, N) panics, like a slice index.
func (s *Split) Subset(indices []int) *Split {
	sub := &Split{Name: s.Name, IDs: gather(s.IDs, indices)}
	if s.Labels != nil {
		sub.Labels = gather(s.Labels, indices)
	}
	if s.Factors != nil {
		sub.Factors = gather(s.Factors, indices)
	}
	if consecutive(indices) {
		sub.Images = s.Images.Slice(indices[0], indices[0]+len(indices))
		return sub
	}
	im := s.Images
	sub.Images = Images{Data: make([]uint8, 0, len(indices)*im.Stride()), N: len(indices), H: im.H, W: im.W, C: im.C}
	for _, i := range indices {
		sub.Images.Data = append(sub.Images.Data, im.At(i)...)
	}
	return sub
}

func gather[T any](from []T, indices []int) []T {
	out := make([]T, len(indices))
	for i, j := range indices {
		out[i] = from[j]
	}
	return out
}

func consecutive(indices []int) bool {
	for k, i := range indices {
		if i != indices[0]+k {
			return false
		}
	}
	return len(indices) > 0
}

// HoldOut divides a split into images to fit on and n images to choose settings
// with, named "train" and "valid"; see HoldOutIndices. The images of both are
// copies, unless they happen to lie together; where only features and labels are
// needed, HoldOutIndices copies nothing.
func HoldOut(s *Split, n int, seed uint64) (fit, valid *Split, err error) {
	labels := s.Labels
	if labels == nil {
		labels = make([]int32, s.Images.N)
	}
	a, b, err := HoldOutIndices(labels, n, seed)
	if err != nil {
		return nil, nil, fmt.Errorf("split %s: %w", s.Name, err)
	}
	fit, valid = s.Subset(a), s.Subset(b)
	fit.Name, valid.Name = Train, Valid
	return fit, valid, nil
}

// HoldOutIndices draws n of the indices 0 … len(labels)-1 without replacement, so
// that each class has its share (rounded by largest remainder, smaller labels
// first), and returns the others and the drawn ones, both ascending. The same
// arguments give the same result. n must be 1 … len(labels)-1.
func HoldOutIndices(labels []int32, n int, seed uint64) (fit, valid []int, err error) {
	if n < 1 || n >= len(labels) {
		return nil, nil, fmt.Errorf("cannot hold out %d of %d images; it must be at least 1 and leave some to fit on", n, len(labels))
	}
	byClass := map[int32][]int{}
	for i, l := range labels {
		byClass[l] = append(byClass[l], i)
	}
	var classes []int32
	for l := range byClass {
		classes = append(classes, l)
	}
	slices.Sort(classes)
	counts := make([]int, len(classes))
	for k, l := range classes {
		counts[k] = len(byClass[l])
	}
	rng := rand.New(rand.NewPCG(seed, holdOutStream))
	for k, take := range apportion(counts, n) {
		members := byClass[classes[k]]
		rng.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		valid = append(valid, members[:take]...)
		fit = append(fit, members[take:]...)
	}
	slices.Sort(fit)
	slices.Sort(valid)
	return fit, valid, nil
}

// apportion divides n over groups in proportion to their sizes by the method of
// largest remainders. n is below the sum of the sizes.
func apportion(sizes []int, n int) []int {
	total := 0
	for _, s := range sizes {
		total += s
	}
	share, order := make([]int, len(sizes)), make([]int, len(sizes))
	left := n
	for k, s := range sizes {
		share[k], order[k] = s*n/total, k
		left -= share[k]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(sizes[b]*n%total, sizes[a]*n%total)
	})
	for _, k := range order[:left] {
		share[k]++
	}
	return share
}
