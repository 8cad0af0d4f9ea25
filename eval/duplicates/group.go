package duplicates

import (
	"context"

	"repbench/internal/progress"
)

// checkEvery is how many codes are handled between looks at the context.
const checkEvery = 1 << 12

// forest is a union-find structure over images; the root of a tree is its
// smallest image.
type forest []int32

func newForest(n int) forest {
	f := make(forest, n)
	for i := range f {
		f[i] = int32(i)
	}
	return f
}

func (f forest) root(i int) int {
	for int(f[i]) != i {
		f[i] = f[f[i]] // halve the path
		i = int(f[i])
	}
	return i
}

func (f forest) join(i, j int) {
	i, j = f.root(i), f.root(j)
	f[max(i, j)] = int32(min(i, j))
}

// groups are the trees of two images or more, each ascending, in the order of
// their first images.
func (f forest) groups() [][]int {
	size := make(map[int]int)
	for i := range f {
		size[f.root(i)]++
	}
	at := make(map[int]int)
	var out [][]int
	for i := range f {
		r := f.root(i)
		if size[r] < 2 {
			continue
		}
		if r == i {
			at[r] = len(out)
			out = append(out, make([]int, 0, size[r]))
		}
		out[at[r]] = append(out[at[r]], i)
	}
	return out
}

// link joins the images whose codes differ in at most radius of their first bits
// bits. codes holds a whole number of codes for each image of f: code e is one of
// image e mod len(f), as where mirror images are searched for too. Groups are
// chains of links: two images of a group may be further apart than radius.
//
// The time is linear in the images for radius 0; else it is that of the pairs of
// different codes that share one of radius+1 bands.
func link(ctx context.Context, f forest, codes []Code, bits, radius int, p progress.Reporter) error {
	first := make(map[Code]int, len(codes)) // one entry of each different code
	var different []int
	for e, c := range codes {
		if e%checkEvery == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		other, ok := first[c]
		if !ok {
			first[c] = e
			different = append(different, e)
			continue
		}
		f.join(e%len(f), other%len(f))
	}
	if radius == 0 {
		return nil
	}
	task := progress.Or(p).Start("compare codes", int64(radius+1), "bands")
	defer task.Done()
	for band := range radius + 1 {
		if err := linkBand(ctx, f, codes, different, bandMask(bits, radius+1, band), radius); err != nil {
			return err
		}
		task.Add(1)
	}
	return nil
}

// bandMask has the bits of one of so many bands; bands take the bits in turn.
func bandMask(bits, bands, band int) Code {
	var m Code
	for i := band; i < bits; i += bands {
		m.set(i)
	}
	return m
}

// linkBand joins entries within the radius among those that are equal under mask.
func linkBand(ctx context.Context, f forest, codes []Code, entries []int, mask Code, radius int) error {
	buckets := make(map[Code][]int)
	pairs := 0
	for _, e := range entries {
		key := and(codes[e], mask)
		for _, other := range buckets[key] {
			if pairs++; pairs%checkEvery == 0 && ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if Distance(codes[e], codes[other]) <= radius {
				f.join(e%len(f), other%len(f))
			}
		}
		buckets[key] = append(buckets[key], e)
	}
	return nil
}

func and(a, b Code) Code {
	for i := range a {
		a[i] &= b[i]
	}
	return a
}
