package onnx

import (
	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

// padOps lengthen axes at their ends.
var padOps = map[string]operator{"Pad": pad}

// pad adds a constant, or elements of the array itself, around it; a negative number cuts off.
func pad(c *call) []value {
	v := c.onDevice(c.input(0))
	rank := v.node.Rank()
	pads, _ := c.listed("pads", 1)
	axes := make([]int, rank)
	for i := range axes {
		axes[i] = i
	}
	if c.has(3) {
		axes = c.known(3).values()
	}
	if len(pads) != 2*len(axes) {
		panic(bad("%d numbers pad %d axes", len(pads), len(axes)))
	}
	mode := c.text("mode", "constant")
	config := make([]compute.PadAxis, rank)
	for i, a := range axes {
		before, after := pads[i], pads[len(axes)+i]
		a = axis(a, rank)
		n := v.dims()[a]
		if length := n + before + after; length < 1 || length > maxInts || mode != "constant" && length > maxSide {
			panic(unsupported("an axis of length %d is padded by %d and %d", n, before, after))
		}
		if mode != "constant" {
			if before != 0 || after != 0 {
				v = c.along(v, a, padded(mode, n, before, after))
			}
			continue
		}
		if cut := (span{max(0, -before), n - max(0, -before) - max(0, -after), 1}); cut.n < n {
			if cut.n < 1 {
				panic(unsupported("an axis of length %d is padded by %d and %d", n, before, after))
			}
			v = c.cut(v, a, cut)
		}
		config[v.at(a)] = compute.PadAxis{Start: max(0, before), End: max(0, after)}
	}
	if mode != "constant" {
		return []value{v}
	}
	fill := Scalar(c.graph, v.node.DType(), c.float("value", 0))
	if c.has(2) {
		fill = Reshape(c.node(2))
	}
	return []value{v.like(Pad(v.node, fill, config...))}
}

// padded are the places of an axis of length n that its elements and the padding come from.
func padded(mode string, n, before, after int) []int {
	out := make([]int, n+before+after)
	for i := range out {
		p := i - before
		switch mode {
		case "edge":
			p = inside(p, n)
		case "wrap":
			p = (p%n + n) % n
		case "reflect":
			period := max(1, 2*(n-1))
			p = (p%period + period) % period
			p = min(p, period-p)
			if n == 1 {
				p = 0
			}
		default:
			panic(unsupported("padding of mode %q", mode))
		}
		out[i] = p
	}
	return out
}
