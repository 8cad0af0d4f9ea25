package fusion

import (
	"math"
	"slices"
	"unsafe"

	"repbench/internal/simd"
)

// finisher runs the programs that most often follow a product: a bias of each column, perhaps
// another array, and one of a few functions. One kernel does all of it, for any rows and columns.
type finisher struct {
	kind          simd.Finishing
	x, bias, more int // inputs; more is x if there is none
	step          int // from one row of the arrays to the next
}

// finisher returns how a program by rows is one of these programs, or nil.
func (pr *problem) finisher() *finisher {
	if len(pr.outputs) != 1 || pr.outputs[0].Type != Float32 {
		return nil
	}
	step, ok := pr.rowStep()
	if !ok {
		return nil
	}
	for kind, match := range finishings {
		if sum, ok := match(pr.graph, pr.results[0]); ok {
			if f := pr.sum(sum, simd.Finishing(kind)); f != nil {
				f.step = step
				return f
			}
		}
	}
	return nil
}

// sum is finisher for the sum that a function is applied to.
func (pr *problem) sum(n node, kind simd.Finishing) *finisher {
	if n.op != Add {
		return nil
	}
	inner, more := n, -1
	if kind.More() {
		i := slices.IndexFunc(n.args[:2], func(v int) bool { return pr.nodes[v].op == Add })
		if i < 0 || !pr.isDense(n.args[1-i]) {
			return nil
		}
		inner, more = pr.nodes[n.args[i]], pr.nodes[n.args[1-i]].args[0]
	}
	for i := range 2 {
		x, bias := inner.args[i], inner.args[1-i]
		if pr.isDense(x) && pr.isBias(bias) {
			f := &finisher{kind: kind, x: pr.nodes[x].args[0], bias: pr.nodes[bias].args[0], more: more}
			if more < 0 {
				f.more = f.x
			}
			return f
		}
	}
	return nil
}

// isInput reports whether a node is an operand of float32.
func (pr *problem) isInput(v int) bool {
	n := pr.nodes[v]
	return n.op == opInput && pr.inputs[n.args[0]].Type == Float32 && pr.inputs[n.args[0]].Offset == 0
}

// rowStep returns the distance of the rows of the output; false if they are not evenly spaced.
func (pr *problem) rowStep() (int, bool) {
	strides, last := pr.strides[0], len(pr.dims)-1
	if strides[last] != 1 {
		return 0, false
	}
	step, rows := pr.dims[last], 1
	for a := last - 1; a >= 0; a-- {
		switch {
		case pr.dims[a] == 1:
			continue
		case rows == 1:
			step = strides[a]
		case strides[a] != rows*step:
			return 0, false
		}
		rows *= pr.dims[a]
	}
	return step, true
}

// isDense reports whether a node is an input with the strides of the output.
func (pr *problem) isDense(v int) bool { return pr.hasStrides(v, pr.strides[0]) }

// isBias reports whether a node is an input with one element for each column.
func (pr *problem) isBias(v int) bool {
	strides := make([]int, len(pr.dims))
	strides[len(strides)-1] = 1
	return pr.hasStrides(v, strides)
}

// hasStrides reports whether a node is an input with these strides.
func (pr *problem) hasStrides(v int, strides []int) bool {
	if !pr.isInput(v) {
		return false
	}
	for a, s := range pr.inputs[pr.nodes[v].args[0]].Strides {
		if pr.dims[a] > 1 && s != strides[a] {
			return false
		}
	}
	return true
}

// finishings finds, for each function, the sum that it is applied to in a node.
var finishings = [...]func(g *graph, v int) (sum node, ok bool){
	simd.FinishSum:       func(g *graph, v int) (node, bool) { return g.nodes[v], true },
	simd.FinishRelu:      (*graph).reluOf,
	simd.FinishRelu6:     func(g *graph, v int) (node, bool) { return g.limited(v, 6) },
	simd.FinishHardSwish: (*graph).hardSwishOf,
	simd.FinishSwish:     (*graph).swishOf,
	simd.FinishGelu:      (*graph).geluOf,
	simd.FinishMore:      func(g *graph, v int) (node, bool) { return g.nodes[v], true },
	simd.FinishMoreRelu:  (*graph).reluOf,
}

// reluOf returns the sum of an AddRelu.
func (g *graph) reluOf(v int) (node, bool) {
	n := g.nodes[v]
	ok := n.op == AddRelu
	n.op = Add
	return n, ok
}

// limited returns the sum of the minimum of an AddRelu and a constant.
func (g *graph) limited(v int, limit float32) (node, bool) {
	n := g.nodes[v]
	if n.op != Min {
		return node{}, false
	}
	for i := range 2 {
		if g.isConst(n.args[i], limit) {
			return g.reluOf(n.args[1-i])
		}
	}
	return node{}, false
}

// hardSwishOf returns the sum t of t·min(max(t/6 + ½, 0), 1).
func (g *graph) hardSwishOf(v int) (node, bool) {
	return g.gated(v, func(t, gate int) bool {
		half, ok := g.limited(gate, 1)
		if !ok {
			return false
		}
		for i := range 2 {
			sixth := g.nodes[half.args[i]]
			if g.isConst(half.args[1-i], 0.5) && sixth.op == Mul &&
				(sixth.args[0] == t && g.isConst(sixth.args[1], 1.0/6) || sixth.args[1] == t && g.isConst(sixth.args[0], 1.0/6)) {
				return true
			}
		}
		return false
	})
}

// swishOf returns the sum t of t times Logistic of t.
func (g *graph) swishOf(v int) (node, bool) {
	return g.gated(v, func(t, gate int) bool { return g.nodes[gate].op == Logistic && g.nodes[gate].args[0] == t })
}

// geluOf returns the sum t of ((erf(t/√2) + 1)·t)·½.
func (g *graph) geluOf(v int) (node, bool) {
	n := g.nodes[v]
	if n.op != Mul {
		return node{}, false
	}
	for i := range 2 {
		if !g.isConst(n.args[1-i], 0.5) {
			continue
		}
		return g.gated(n.args[i], func(t, gate int) bool {
			return g.plusOne(gate, func(erf int) bool {
				e := g.nodes[erf]
				if e.op != Erf {
					return false
				}
				root := g.nodes[e.args[0]]
				return root.op == Div && root.args[0] == t && g.isConst(root.args[1], math.Sqrt2)
			})
		})
	}
	return node{}, false
}

// plusOne reports whether a node is the sum of 1 and a node with a property.
func (g *graph) plusOne(v int, is func(x int) bool) bool {
	n := g.nodes[v]
	return n.op == Add && (g.isConst(n.args[0], 1) && is(n.args[1]) || g.isConst(n.args[1], 1) && is(n.args[0]))
}

// gated returns the factor t of a product whose other factor is its gate.
func (g *graph) gated(v int, isGate func(t, gate int) bool) (node, bool) {
	n := g.nodes[v]
	if n.op != Mul {
		return node{}, false
	}
	for i := range 2 {
		if isGate(n.args[i], n.args[1-i]) {
			return g.nodes[n.args[i]], true
		}
	}
	return node{}, false
}

// isConst reports whether a node is the given constant.
func (g *graph) isConst(v int, c float32) bool {
	x, ok := g.value(v)
	return ok && math.Float32bits(x) == math.Float32bits(c)
}

// piece computes the rows [row, end) of the columns [col, col+cols).
func (f *finisher) piece(p *Pass, row, end, col, cols int) {
	step, last := f.step, len(p.memory)-1
	n := (end-row-1)*step + cols
	part := func(i int) []float32 {
		return unsafe.Slice((*float32)(p.memory[i]), (end-1)*step+col+cols)[row*step+col:][:n]
	}
	bias := unsafe.Slice((*float32)(p.memory[f.bias]), p.of.Columns)[col:][:cols]
	simd.Finish(f.kind, part(last), part(f.x), bias, part(f.more), step, end-row, cols)
}
