package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func vectorKernels() {
	for _, s := range sets {
		for _, k := range append(basicKernels(), mathKernels()...) {
			elementwise(s, k)
		}
		fillKernel(s)
		interleave(s)
		softmaxKernels(s)
		for _, k := range finishings() {
			finish(s, k)
		}
		for _, r := range reductions() {
			reduction(s, r)
		}
		for _, c := range conversions() {
			conversion(s, c)
		}
	}
}

// elementwiseKernel is a kernel that computes dst[i] from element i of its operands.
type elementwiseKernel struct {
	name     string
	formula  string // of the doc comment
	operands []string
	unroll   int // vectors per step of the main loop
	narrow   int // the same for AVX2, which has 16 registers; 0 means unroll
	// prepare writes the code before the loop (constants) and returns the function
	// that writes the body for a group of vectors of each operand.
	prepare func(e *emitter) func(x []group) group
}

// elementwise writes a kernel with a main loop of k.unroll vectors, a loop of one vector, and a
// last vector under a mask. All three have the same body, so that an element has the same bits
// at any position.
func elementwise(s isa, k elementwiseKernel) {
	name := k.name + s.suffix
	params := ""
	for _, o := range k.operands {
		params += ", " + o
	}
	build.TEXT(name, build.NOSPLIT, "func(dst"+params+" *float32, n int)")
	build.Doc(fmt.Sprintf("%s sets dst[i] = %s for i < n.", name, k.formula))
	build.Pragma("noescape")
	l := startLoop(s, name, append([]string{"dst"}, k.operands...))
	body := k.prepare(l.e)
	unroll := k.unroll
	if s.bytes == 32 && k.narrow > 0 {
		unroll = k.narrow
	}
	l.run(unroll, func(count int, masked bool) {
		x := make([]group, len(k.operands))
		for j := range x {
			x[j] = l.load(j+1, count, masked)
		}
		l.store(body(x), masked)
	})
	build.VZEROUPPER()
	build.RET()
}

// loop is a loop over arrays of float32 of one length.
type loop struct {
	e        *emitter
	name     string
	arrays   []reg.Register
	index    reg.GPVirtual // of the current element
	left     reg.GPVirtual // remaining elements, minus those of a step
	tailMask reg.Register
}

// startLoop loads the pointers and the length n from the arguments.
func startLoop(s isa, name string, arrays []string) *loop {
	l := &loop{e: &emitter{isa: s, registers: map[uint32]reg.VecVirtual{}}, name: name}
	for _, a := range arrays {
		l.arrays = append(l.arrays, build.Load(build.Param(a), build.GP64()))
	}
	l.left = build.GP64()
	build.Load(build.Param("n"), l.left)
	l.index = build.GP64()
	build.XORQ(l.index, l.index)
	return l
}

// run writes the loops. body writes the code for count vectors from index on, or for the last
// lanes of one vector.
func (l *loop) run(unroll int, body func(count int, masked bool)) {
	lanes := l.e.isa.bytes / 4
	l.repeat("Main", unroll, unroll*lanes, body)
	if unroll > 1 {
		build.ADDQ(operand.U32(uint64((unroll-1)*lanes)), l.left)
		build.JL(operand.LabelRef(l.name + "Tail"))
		l.repeatFrom("One", 1, lanes, body)
	}
	build.Label(l.name + "Tail")
	build.ADDQ(operand.U32(uint64(lanes)), l.left)
	build.JZ(operand.LabelRef(l.name + "Done"))
	l.setTailMask()
	body(1, true)
	build.Label(l.name + "Done")
}

// repeat writes a loop of whole steps. It leaves the number of remaining elements, minus step,
// in left.
func (l *loop) repeat(label string, count, step int, body func(count int, masked bool)) {
	build.SUBQ(operand.U32(uint64(step)), l.left)
	build.JL(operand.LabelRef(l.name + label + "End"))
	l.repeatFrom(label, count, step, body)
	build.Label(l.name + label + "End")
}

func (l *loop) repeatFrom(label string, count, step int, body func(count int, masked bool)) {
	build.Label(l.name + label)
	body(count, false)
	build.ADDQ(operand.U32(uint64(step)), l.index)
	build.SUBQ(operand.U32(uint64(step)), l.left)
	build.JGE(operand.LabelRef(l.name + label))
}

// setTailMask computes the mask of the remaining lanes.
func (l *loop) setTailMask() {
	if l.e.isa.bytes == 64 {
		bits, mask := build.GP64(), build.K()
		build.MOVQ(operand.I32(-1), bits)
		build.BZHIQ(l.left, bits, bits)
		build.KMOVW(bits.As32(), mask)
		l.tailMask = mask
		return
	}
	table, mask := build.GP64(), build.YMM()
	build.LEAQ(tailTable(), table)
	build.SHLQ(operand.Imm(2), l.left)
	build.SUBQ(l.left, table)
	build.VMOVUPS(operand.Mem{Base: table, Disp: 32}, mask)
	l.tailMask = mask
}

// at returns the address of vector u of array j.
func (l *loop) at(j, u int) operand.Mem {
	return operand.Mem{Base: l.arrays[j], Index: l.index, Scale: 4, Disp: u * l.e.isa.bytes}
}

// load reads count vectors of array j, or the last lanes of one vector, filled with zeros.
func (l *loop) load(j, count int, masked bool) group {
	x := l.e.group(count)
	for u, v := range x {
		switch {
		case !masked:
			build.VMOVUPS(l.at(j, u), v)
		case l.e.isa.bytes == 64:
			build.VMOVUPS_Z(l.at(j, u), l.tailMask, v)
		default:
			build.VMASKMOVPS(l.at(j, u), l.tailMask, v)
		}
	}
	return x
}

// store writes x to the first array.
func (l *loop) store(x group, masked bool) {
	for u, v := range x {
		switch {
		case !masked:
			build.VMOVUPS(v, l.at(0, u))
		case l.e.isa.bytes == 64:
			build.VMOVUPS(v, l.tailMask, l.at(0, u))
		default:
			build.VMASKMOVPS(v, l.tailMask, l.at(0, u))
		}
	}
}

// fillKernel writes the kernel that repeats one value.
func fillKernel(s isa) {
	name := "fill" + s.suffix
	build.TEXT(name, build.NOSPLIT, "func(dst *float32, v float32, n int)")
	build.Doc(name + " sets dst[i] = v for i < n.")
	build.Pragma("noescape")
	x, v := build.XMM(), s.vec()
	build.Load(build.Param("v"), x)
	build.VBROADCASTSS(x, v)
	l := startLoop(s, name, []string{"dst"})
	l.run(4, func(count int, masked bool) {
		values := make(group, count)
		for u := range values {
			values[u] = v
		}
		l.store(values, masked)
	})
	build.VZEROUPPER()
	build.RET()
}
