package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// simple makes a kernel without constants.
func simple(name, formula string, operands []string, body func(e *emitter, x []group) group) elementwiseKernel {
	return elementwiseKernel{name: name, formula: formula, operands: operands, unroll: 4,
		prepare: func(e *emitter) func([]group) group {
			return func(x []group) group { return body(e, x) }
		}}
}

// basicKernels returns the kernels whose result is exact or rounded once.
func basicKernels() []elementwiseKernel {
	ab := []string{"a", "b"}
	arithmetic := func(name, formula string, op func(e *emitter, a group, b value) group) elementwiseKernel {
		return simple(name, formula, ab, func(e *emitter, x []group) group { return op(e, x[0], x[1]) })
	}
	ks := []elementwiseKernel{
		arithmetic("add", "a[i] + b[i]", (*emitter).add),
		arithmetic("sub", "a[i] - b[i]", (*emitter).sub),
		arithmetic("mul", "a[i]·b[i]", (*emitter).mul),
		arithmetic("div", "a[i] / b[i]", (*emitter).div),
		simple("max", "max(a[i], b[i])", ab, func(e *emitter, x []group) group { return e.max(x[0], x[1]) }),
		simple("min", "min(a[i], b[i])", ab, func(e *emitter, x []group) group { return e.min(x[0], x[1]) }),
		addRelu(),
		comparison("equal", "1 if a[i] = b[i], else 0,", cmpEqual),
		comparison("notEqual", "1 if a[i] ≠ b[i], else 0,", cmpNotEqual),
		comparison("less", "1 if a[i] < b[i], else 0,", cmpLess),
		comparison("lessEqual", "1 if a[i] ≤ b[i], else 0,", cmpLessEqual),
		choose(),
		withBits("neg", "-a[i]", signBit, (*emitter).xor),
		withBits("abs", "|a[i]|", signBit-1, (*emitter).and),
		sign(),
		rounding("floor", "⌊a[i]⌋", roundDown),
		rounding("ceil", "⌈a[i]⌉", roundUp),
		rounding("round", "a[i] rounded to the nearest integer", roundNearest),
		simple("sqrt", "√a[i]", ab[:1], func(e *emitter, x []group) group { return e.one(build.VSQRTPS, x[0]) }),
		rsqrt(),
	}
	return ks
}

// max: VMAXPS returns its second source if one is NaN or both are zeros. The conjunction of the
// results in both orders is right for zeros; a NaN is inserted afterwards.
func (e *emitter) max(a, b group) group {
	r := e.and(e.do(build.VMAXPS, a, b), e.do(build.VMAXPS, b, a))
	nan := e.compare(cmpUnordered, a, b)
	for u := range r {
		if e.wide() {
			build.VADDPS(a[u], b[u], nan.k[u], r[u])
		} else {
			build.VORPS(nan.v[u], r[u], r[u])
		}
	}
	return r
}

// addRelu: the zero that is added turns -0 into +0; VMAXPS then returns a NaN, its second source.
func addRelu() elementwiseKernel {
	return elementwiseKernel{name: "addRelu", formula: "max(a[i] + b[i], 0)", operands: []string{"a", "b"}, unroll: 4,
		prepare: func(e *emitter) func([]group) group {
			zero := constant{e.isa.zero(1)[0]}
			return func(x []group) group {
				sum := e.add(e.add(x[0], x[1]), zero)
				return e.do(build.VMAXPS, e.held(zero, len(sum)), sum)
			}
		}}
}

// min: the disjunction of the results in both orders is right for zeros and for a NaN.
func (e *emitter) min(a, b group) group {
	return e.or(e.do(build.VMINPS, a, b), e.do(build.VMINPS, b, a))
}

func comparison(name, formula string, op uint64) elementwiseKernel {
	return elementwiseKernel{name: name, formula: formula, operands: []string{"a", "b"}, unroll: 4,
		prepare: func(e *emitter) func([]group) group {
			one := e.c(1)
			return func(x []group) group { return e.truth(e.compare(op, x[0], x[1]), one) }
		}}
}

func choose() elementwiseKernel {
	return elementwiseKernel{name: "choose", formula: "a[i] if cond[i] ≠ 0, else b[i],", operands: []string{"cond", "a", "b"}, unroll: 4,
		prepare: func(e *emitter) func([]group) group {
			zero := constant{e.isa.zero(1)[0]}
			return func(x []group) group { return e.blend(e.compare(cmpNotEqual, x[0], zero), x[1], x[2]) }
		}}
}

func withBits(name, formula string, bits uint32, op func(e *emitter, a group, b value) group) elementwiseKernel {
	return elementwiseKernel{name: name, formula: formula, operands: []string{"a"}, unroll: 4,
		prepare: func(e *emitter) func([]group) group {
			b := e.bits(bits)
			return func(x []group) group { return op(e, x[0], b) }
		}}
}

func sign() elementwiseKernel {
	return elementwiseKernel{name: "sign", formula: "±1 with the sign of a[i], or a[i] if that is a zero or NaN,", operands: []string{"a"}, unroll: 4,
		prepare: func(e *emitter) func([]group) group {
			minus, one, zero := e.bits(signBit), e.c(1), constant{e.isa.zero(1)[0]}
			return func(x []group) group {
				return e.blend(e.compare(cmpDifferent, x[0], zero), e.or(e.and(x[0], minus), one), x[0])
			}
		}}
}

func rounding(name, formula string, mode uint64) elementwiseKernel {
	return simple(name, formula, []string{"a"}, func(e *emitter, x []group) group {
		if e.wide() {
			return e.imm(build.VRNDSCALEPS, mode, x[0])
		}
		r := e.group(len(x[0]))
		for u := range r {
			build.VROUNDPS(operand.Imm(mode), x[0][u], r[u])
		}
		return r
	})
}

func rsqrt() elementwiseKernel {
	return elementwiseKernel{name: "rsqrt", formula: "1/√a[i]", operands: []string{"a"}, unroll: 2,
		prepare: func(e *emitter) func([]group) group {
			one := e.c(1)
			return func(x []group) group {
				root := e.one(build.VSQRTPS, x[0])
				return e.div(e.held(one, len(root)), root)
			}
		}}
}
