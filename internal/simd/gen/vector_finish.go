package main

import (
	"math"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// finishing is a kernel that finishes rows of sums in one pass: a bias of each column is added,
// perhaps another array, and a function applied. Each step has the instructions of the kernel for
// that operation alone, so that the bits are those of one pass after the other.
type finishing struct {
	name, formula string
	more          bool // a further array is added
	narrow        int  // vectors at once for AVX2
	one           bool // one vector at once, which leaves registers for constants
	prepare       func(e *emitter) func(x group) group
}

func finishings() []finishing {
	plain := func(*emitter) func(x group) group { return func(x group) group { return x } }
	return []finishing{
		{name: "finishSum", formula: "x[i] + bias[i]", prepare: plain},
		{name: "finishRelu", formula: "max(x[i] + bias[i], 0)", prepare: reluBody},
		{name: "finishRelu6", formula: "min(max(x[i] + bias[i], 0), 6)", prepare: relu6Body},
		{name: "finishHardSwish", formula: "t·min(max(t/6 + ½, 0), 1) of t = x[i] + bias[i]", prepare: hardSwishBody},
		{name: "finishSwish", formula: "t/(1 + e^-t) of t = x[i] + bias[i]", narrow: 1, prepare: swishBody},
		{name: "finishGelu", formula: "(erf(t/√2) + 1)·t·½ of t = x[i] + bias[i]", one: true, prepare: geluBody},
		{name: "finishMore", formula: "x[i] + bias[i] + more[i]", more: true, prepare: plain},
		{name: "finishMoreRelu", formula: "max(x[i] + bias[i] + more[i], 0)", more: true, prepare: reluBody},
	}
}

// reluBody: see addRelu.
func reluBody(e *emitter) func(x group) group {
	zero := constant{e.isa.zero(1)[0]}
	return func(x group) group {
		x = e.add(x, zero)
		return e.do(build.VMAXPS, e.held(zero, len(x)), x)
	}
}

func relu6Body(e *emitter) func(x group) group {
	relu, six := reluBody(e), e.c(6)
	return func(x group) group { return e.atMost(six, relu(x)) }
}

func hardSwishBody(e *emitter) func(x group) group {
	relu, sixth, half, one := reluBody(e), e.c(1.0/6), e.c(0.5), e.c(1)
	return func(x group) group { return e.mul(x, e.atMost(one, relu(e.add(e.mul(x, sixth), half)))) }
}

func swishBody(e *emitter) func(x group) group {
	f := sigmoidBody(e)
	return func(x group) group { return e.mul(x, f(x)) }
}

func geluBody(e *emitter) func(x group) group {
	root, half, one, f := e.c(math.Sqrt2), e.c(0.5), e.c(1), erfBody(e)
	return func(x group) group { return e.mul(e.mul(e.add(f(e.div(x, root)), one), x), half) }
}

// finish writes a kernel. Rows of all arrays are step apart.
func finish(s isa, k finishing) {
	name, arrays := k.name+s.suffix, []string{"dst", "x", "bias"}
	if k.more {
		arrays = append(arrays, "more")
	}
	build.TEXT(name, build.NOSPLIT, "func(dst, x, bias, more *float32, step, rows, n int)")
	build.Doc(name + " sets dst[i] = " + k.formula + " for i < n, in each of some rows that are step apart.")
	build.Pragma("noescape")
	l := startLoop(s, name, arrays)
	step, rows := build.GP64(), build.GP64()
	build.Load(build.Param("step"), step)
	build.Load(build.Param("rows"), rows)
	build.SHLQ(operand.Imm(2), step)
	body := k.prepare(l.e)
	unroll := 2
	if s.bytes == 32 && k.narrow > 0 {
		unroll = k.narrow
	}
	if k.one {
		unroll = 1
	}
	build.Label(name + "Row")
	l.run(unroll, func(count int, masked bool) {
		x := l.e.add(l.load(1, count, masked), l.load(2, count, masked))
		if k.more {
			x = l.e.add(x, l.load(3, count, masked))
		}
		l.store(body(x), masked)
	})
	for j, a := range l.arrays {
		if arrays[j] != "bias" {
			build.ADDQ(step, a)
		}
	}
	build.XORQ(l.index, l.index)
	build.Load(build.Param("n"), l.left)
	build.DECQ(rows)
	build.JNZ(operand.LabelRef(name + "Row"))
	build.VZEROUPPER()
	build.RET()
}
