package latent

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"repbench/vis"
)

// shuffling is what the control of a turn shuffles: the exemplars of both sides; v is the direction
// between them.
type shuffling struct{ left, right, bases, v []float32 }

// Draws of shuffled exemplars.
const (
	shuffles       = 8
	leastToShuffle = 4 // exemplars in all; fewer have no other division than the given one
	streamShuffle  = 0x3a20
)

// what says what the control is.
func (s shuffling) what(dim int) string {
	if (len(s.left)+len(s.right))/dim < leastToShuffle {
		return "arbitrary samples as exemplars"
	}
	return "exemplars shuffled between the sides"
}

// sides are exemplars of the control: the given ones divided in another way, as many on each side, or,
// where there is no other way, samples that nobody chose.
func (s shuffling) sides(g *vis.Generator, r *rand.Rand) (left, right []float32) {
	dim := g.Model.Arch.ZDim
	n := len(s.left) / dim
	all := append(slices.Clone(s.left), s.right...)
	total := len(all) / dim
	if total < leastToShuffle {
		z := g.Model.Arch.Prior.DrawZ(total, dim, r.Uint64())
		return z[:n*dim], z[n*dim:]
	}
	order := r.Perm(total)
	for given(order[:n], n, total) {
		order = r.Perm(total)
	}
	for i, k := range order {
		one := all[k*dim : (k+1)*dim]
		if i < n {
			left = append(left, one...)
		} else {
			right = append(right, one...)
		}
	}
	return left, right
}

// given reports whether a division is the given one, or has its sides exchanged.
func given(left []int, n, total int) bool {
	kept := 0
	for _, k := range left {
		if k < n {
			kept++
		}
	}
	return kept == n || kept == 0 && 2*n == total
}

// shuffled are correlations, one of each draw: exemplars are shuffled, bases are turned along their
// direction, and the change is correlated with the difference of their mean images. Exemplars without a
// common concept reach these correlations.
func (t *Turn) shuffled(ctx context.Context, g *vis.Generator, s shuffling, o TurnOptions) ([]float64, error) {
	dim := g.Model.Arch.ZDim
	r := rand.New(rand.NewPCG(o.Seed, streamShuffle))
	out := make([]float64, shuffles)
	for k := range out {
		left, right := s.sides(g, r)
		v := directionOf(left, right, dim)
		scale := math.Sqrt(squared(s.v) / squared(v))
		for j := range v {
			v[j] = float32(float64(v[j]) * scale)
		}
		ends := turned(s.bases, v, []float64{-1, 1}, dim)
		if o.Clip {
			g.Model.Arch.Prior.Clip(ends)
		}
		z := slices.Concat(left, right, ends)
		im, err := g.ImagesBeyond(ctx, z, len(z)/dim)
		if err != nil {
			return nil, err
		}
		n, m := len(left)/dim, (len(left)+len(right))/dim
		toward := meanImage(slice(im, 0, n))
		for i, x := range meanImage(slice(im, n, m)) {
			toward[i] -= x
		}
		var along []float64
		for b := m; b < im.N; b += 2 {
			change := slices.Clone(at(im, b+1))
			for i, x := range at(im, b) {
				change[i] -= x
			}
			along = append(along, correlation(change, toward))
		}
		out[k] = mean(along)
	}
	return out, nil
}

// turnSays puts the correlation in words.
func turnSays(bases int, along float64, shuffled []float64, random float64, what string) string {
	control := mean(shuffled)
	turned, them := fmt.Sprintf("%d bases", bases), "them"
	if bases == 1 {
		turned, them = "1 base", "it"
	}
	out := fmt.Sprintf("Turning %s changes %s with a correlation of %.2f to the difference of both sets of exemplars; %s give %.2f, random directions of the same length %.2f",
		turned, them, along, what, control, random)
	if !(along > slices.Max(shuffled)) {
		out += fmt.Sprintf(". One of %d such draws reaches as much: the number shows no concept", len(shuffled))
	}
	return out + "."
}

// endsOf are the z at both ends of the turn.
func (t *Turn) endsOf() []float32 {
	dim := len(t.Z) / (t.Bases * len(t.T))
	var z []float32
	for b := range t.Bases {
		first := b * len(t.T)
		last := first + len(t.T) - 1
		z = append(append(z, t.Z[first*dim:(first+1)*dim]...), t.Z[last*dim:(last+1)*dim]...)
	}
	return z
}
