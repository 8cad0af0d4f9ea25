package onnx

import (
	"maps"
	"slices"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
)

// term is an operand of Einsum with a label for each axis: a letter, or for the axes of an
// ellipsis -1 for the last, -2 for the one before it, and so on.
type term struct {
	x      *Node
	labels []rune
}

// einsum sums products of any number of arrays over the labels that the result lacks. Arrays are
// joined one after another from the left, each with a product of matrices; labels that neither
// the result nor a later array has are summed over at once.
func einsum(c *call) []value {
	terms, out := c.terms(strings.ReplaceAll(c.text("equation", ""), " ", ""))
	sizes := map[rune]int{}
	for _, t := range terms {
		t.measure(sizes)
	}
	for i := range terms {
		terms[i] = c.prepared(terms[i], sizes)
	}
	acc := terms[0]
	for i, t := range terms[1:] {
		keep := slices.Clone(out)
		for _, later := range terms[i+2:] {
			keep = append(keep, later.labels...)
		}
		acc = joined(acc, t, keep)
	}
	acc = acc.summed(func(l rune) bool { return slices.Contains(out, l) })
	perm := make([]int, len(out))
	for i, l := range out {
		if perm[i] = slices.Index(acc.labels, l); perm[i] < 0 || slices.Contains(out[:i], l) {
			panic(bad("equation %q", c.text("equation", "")))
		}
	}
	if len(perm) == 0 {
		return one(acc.x)
	}
	return one(transpose(acc.x, perm))
}

// terms reads the equation; without a result the ellipsis comes first and then, in their order,
// the letters that occur once.
func (c *call) terms(equation string) (terms []term, out []rune) {
	left, right, explicit := strings.Cut(equation, "->")
	parts := strings.Split(left, ",")
	if len(parts) != len(c.in) {
		panic(bad("equation %q has %d terms for %d arrays", equation, len(parts), len(c.in)))
	}
	times, dots := map[rune]int{}, 0
	for i, p := range parts {
		x := c.node(i)
		letters := len(strings.ReplaceAll(p, "...", ""))
		if len(p) == letters && letters != x.Rank() || letters > x.Rank() {
			panic(bad("equation %q for an array of shape %v", equation, x.Shape().Dimensions))
		}
		labels := c.labels(p, x.Rank()-letters)
		if len(labels) != x.Rank() {
			panic(bad("equation %q", equation))
		}
		for _, l := range labels {
			times[l]++
		}
		dots = max(dots, x.Rank()-letters)
		terms = append(terms, term{x, labels})
	}
	if explicit {
		return terms, c.labels(right, dots)
	}
	out = c.labels("...", dots)
	for _, l := range slices.Sorted(maps.Keys(times)) {
		if l > 0 && times[l] == 1 {
			out = append(out, l)
		}
	}
	return terms, out
}

// labels are the letters of one term, its ellipsis as that number of axes.
func (c *call) labels(s string, dots int) []rune {
	var out []rune
	for len(s) > 0 {
		if rest, ok := strings.CutPrefix(s, "..."); ok {
			for k := dots; k > 0; k-- {
				out = append(out, rune(-k))
			}
			s = rest
			continue
		}
		l := rune(s[0])
		if (l < 'a' || l > 'z') && (l < 'A' || l > 'Z') {
			panic(bad("equation %q", c.text("equation", "")))
		}
		out, s = append(out, l), s[1:]
	}
	return out
}

// measure notes the length of each label; 1 goes with any.
func (t term) measure(sizes map[rune]int) {
	for i, l := range t.labels {
		d := t.x.Shape().Dimensions[i]
		if n, ok := sizes[l]; ok && n != 1 && d != 1 && n != d {
			panic(bad("a label stands for lengths of %d and %d", n, d))
		}
		sizes[l] = max(sizes[l], d)
	}
}

// prepared drops axes of length 1 that stand for longer ones, and takes the diagonal of a label
// that comes twice.
func (c *call) prepared(t term, sizes map[rune]int) term {
	var dims []int
	var labels []rune
	for i, l := range t.labels {
		if d := t.x.Shape().Dimensions[i]; d == sizes[l] {
			dims, labels = append(dims, d), append(labels, l)
		}
	}
	t = term{Reshape(t.x, dims...), labels}
	for i := 0; i < len(t.labels); i++ {
		j := slices.Index(t.labels[i+1:], t.labels[i])
		if j < 0 {
			continue
		}
		t = c.diagonal(t, i, i+1+j)
		i--
	}
	return t
}

// diagonal joins axes i < j of one length; the joined axis is the last.
func (c *call) diagonal(t term, i, j int) term {
	n := t.x.Shape().Dimensions[i]
	label := t.labels[i]
	var perm []int
	var rest []rune
	for a, l := range t.labels {
		if a != i && a != j {
			perm, rest = append(perm, a), append(rest, l)
		}
	}
	dims := make([]int, len(perm))
	for k, a := range perm {
		dims[k] = t.x.Shape().Dimensions[a]
	}
	x := transpose(t.x, append(perm, i, j))
	x = Reshape(x, append(slices.Clone(dims), n*n)...)
	places := make([]int, n)
	for k := range places {
		places[k] = k * (n + 1)
	}
	return term{c.picked(x, len(dims), list(places...)), append(rest, label)}
}

// summed sums over the labels that are not to be kept.
func (t term) summed(keep func(l rune) bool) term {
	var axes []int
	var labels []rune
	for i, l := range t.labels {
		if keep(l) {
			labels = append(labels, l)
		} else {
			axes = append(axes, i)
		}
	}
	if len(axes) == 0 {
		return t
	}
	return term{ReduceSum(t.x, axes...), labels}
}

// joined multiplies two terms and sums over the labels of both that are not to be kept.
func joined(a, b term, keep []rune) term {
	wanted := func(other term) func(l rune) bool {
		return func(l rune) bool { return slices.Contains(keep, l) || slices.Contains(other.labels, l) }
	}
	a, b = a.summed(wanted(b)), b.summed(wanted(a))
	var batch, sum [2][]int
	var labels []rune
	for i, l := range a.labels {
		j := slices.Index(b.labels, l)
		switch {
		case j < 0:
		case slices.Contains(keep, l):
			batch[0], batch[1], labels = append(batch[0], i), append(batch[1], j), append(labels, l)
		default:
			sum[0], sum[1] = append(sum[0], i), append(sum[1], j)
		}
	}
	var dims []int
	for _, i := range batch[0] {
		dims = append(dims, a.x.Shape().Dimensions[i])
	}
	for k, t := range []term{a, b} {
		for i, l := range t.labels {
			if !slices.Contains(batch[k], i) && !slices.Contains(sum[k], i) {
				labels, dims = append(labels, l), append(dims, t.x.Shape().Dimensions[i])
			}
		}
	}
	checkSize(dims, maxElements)
	return term{DotGeneral(a.x, sum[0], batch[0], b.x, sum[1], batch[1]), labels}
}
