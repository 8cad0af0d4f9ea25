package fusion

import (
	"math"
	"slices"
)

// node is a value of a simplified program. Equal nodes are equal values.
type node struct {
	op   Op     // opInput: args[0] is the number of the input
	args [3]int // nodes before it; 0 for arguments that the operation does not read
	bits uint32 // of a Const
}

// operands returns the nodes that n reads.
func (n *node) operands() []int {
	if n.op == opInput {
		return nil
	}
	return n.args[:n.op.Args()]
}

// graph is a program without repeated values, constant operations and needless operations.
type graph struct {
	inputs  []Type
	nodes   []node
	index   map[node]int
	results []int // the node of each output
}

// simplify translates a valid program.
func simplify(p *Program) *graph {
	g := &graph{index: map[node]int{}}
	values := make([]int, 0, len(p.Inputs)+len(p.Instrs))
	for i, in := range p.Inputs {
		g.inputs = append(g.inputs, in.Type)
		values = append(values, g.intern(node{op: opInput, args: [3]int{i}}))
	}
	for _, in := range p.Instrs {
		if in.Op == Const {
			values = append(values, g.constant(in.Value))
			continue
		}
		var args [3]int
		for i := range in.Op.Args() {
			args[i] = values[in.Args[i]]
		}
		values = append(values, g.add(in.Op, args))
	}
	for _, o := range p.Outputs {
		g.results = append(g.results, g.stored(values[o.Value], o))
	}
	g.prune()
	return g
}

// rounding holds the operation that storing in a type performs.
var rounding = [numTypes]Op{BFloat16: RoundBF16, Float16: RoundF16, Uint8: TruncUint8, Int8: TruncInt8}

// stored returns a node that gives the same result as node v when it is stored as o requires.
// The result may omit a rounding that storing performs.
func (g *graph) stored(v int, o Output) int {
	op := rounding[o.Type]
	if n := &g.nodes[v]; o.Reduce == None && op != Const && n.op == op {
		return n.args[0]
	}
	return v
}

func (g *graph) constant(v float32) int {
	return g.intern(node{op: Const, bits: math.Float32bits(v)})
}

// value returns the value of node v if it is a constant.
func (g *graph) value(v int) (c float32, ok bool) {
	n := &g.nodes[v]
	return math.Float32frombits(n.bits), n.op == Const
}

// intern returns the number of a node, adding it if it is new.
func (g *graph) intern(n node) int {
	if v, ok := g.index[n]; ok {
		return v
	}
	v := len(g.nodes)
	g.nodes = append(g.nodes, n)
	g.index[n] = v
	return v
}

// add returns a node that computes an operation in the simplest known way.
func (g *graph) add(op Op, args [3]int) int {
	if v, ok := g.rewrite(op, args); ok {
		return v
	}
	if v, ok := g.fold(op, args); ok {
		return v
	}
	if ops[op].commutes && args[0] > args[1] {
		args[0], args[1] = args[1], args[0]
	}
	return g.intern(node{op: op, args: args})
}

// fold computes an operation on constants with the kernel that would run it.
func (g *graph) fold(op Op, args [3]int) (v int, ok bool) {
	const lanes = 16 // the length of a vector, so that the common path computes it
	var x [3][lanes]float32
	for i := range op.Args() {
		c, ok := g.value(args[i])
		if !ok {
			return 0, false
		}
		for j := range x[i] {
			x[i][j] = c
		}
	}
	dst, a, b := make([]float32, lanes), x[0][:], x[1][:]
	switch info := &ops[op]; {
	case info.half != nil:
		info.half.round(dst, a, make([]uint16, lanes))
	case info.unary != nil:
		info.unary(dst, a)
	case info.binary != nil:
		info.binary(dst, a, b)
	default:
		return 0, false
	}
	return g.constant(dst[0]), true
}

// prune removes the nodes that no output needs.
func (g *graph) prune() {
	needed := make([]bool, len(g.nodes))
	for _, v := range g.results {
		needed[v] = true
	}
	for v, n := range slices.Backward(g.nodes) {
		if needed[v] {
			for _, a := range n.operands() {
				needed[a] = true
			}
		}
	}
	number := make([]int, len(g.nodes))
	kept := g.nodes[:0]
	for v, n := range g.nodes {
		if !needed[v] {
			continue
		}
		for i, a := range n.operands() {
			n.args[i] = number[a]
		}
		number[v] = len(kept)
		kept = append(kept, n)
	}
	g.nodes, g.index = kept, nil
	for i, v := range g.results {
		g.results[i] = number[v]
	}
}
