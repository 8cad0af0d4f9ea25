package main

import (
	"math"

	"github.com/mmcloughlin/avo/build"
)

// The kernels reduce their argument as Cody and Waite do (Software Manual for the Elementary
// Functions, 1980), with ln 2 in two parts, and then evaluate a polynomial. Each polynomial
// minimises the maximum relative error among the polynomials of its degree. It was found by
// Remez exchange and rounded to float32; vector_fit_test.go repeats this.

// expCoefficients are the coefficients of q in e^r ≈ 1 + r + r²·q(r) for |r| ≤ ½·ln 2, fitted
// so that the error of r + r²·q(r) relative to e^r - 1 is small: 2^-25.8.
var expCoefficients = []float64{0.49999998154049863, 0.1666654362103249, 0.04166719985849967, 0.008366520575198658, 0.001388252154682529}

// logCoefficients are the coefficients of q in ln(1+f) ≈ f + f²·q(f) for -¼ ≤ f ≤ ½, with an
// error relative to ln(1+f) of 2^-26.8.
var logCoefficients = []float64{-0.5000000082264237, 0.33333454443251104, -0.25000054584030135, 0.19990606754309376,
	-0.16647767054319443, 0.14482061344586136, -0.13162232699196075, 0.10448333845432962, -0.04490963058339573}

// erfNear are the coefficients of p in erf x ≈ x + x·p(x²) for |x| ≤ erfBorder, with a relative
// error of 2^-25.0.
var erfNear = []float64{0.12837914581246113, -0.37612468639548485, 0.11281552495954236, -0.026757035166272865, 0.004979130557187098, -0.0005919418686376237}

// erfFar are the coefficients of q in erf x ≈ 1 - e^-(x + x·q(x)) for erfBorder ≤ x ≤ 3.93, where 1 is
// reached, with
// a relative error of 2^-27.1.
var erfFar = []float64{0.12850855079938017, 0.6357378207944812, 0.10523631067167491, -0.02287368760374558, 0.0032099052053805627, -0.00021337496971610546}

// Arguments beyond these limits give the same results as the limits: e^expLow is less than half
// of the smallest float32, e^expHigh overflows, e^expm1Low - 1 rounds to -1, and tanh(tanhHigh)
// and erf(erfHigh) to 1.
const (
	expLow    = -104
	expHigh   = 89
	expm1Low  = -25
	tanhHigh  = 9.1
	erfHigh   = 4
	erfBorder = 0.9375
	magic     = 3 << 22 // x + magic has the nearest integer of x in its low bits
)

var (
	ln2High    = float64(math.Float32frombits(math.Float32bits(math.Ln2) - 1))
	ln2Low     = math.Ln2 - ln2High // positive: 0·ln2Low must not turn -0 into +0
	log2e      = math.Log2E
	oneBits    = math.Float32bits(1)
	fourBits   = math.Float32bits(4)
	lowestBits = math.Float32bits(0.75) // of the significand of a logarithm
)

func mathKernels() []elementwiseKernel {
	function := func(name, formula string, narrow int, prepare func(e *emitter) func(x group) group) elementwiseKernel {
		return elementwiseKernel{name: name, formula: formula, operands: []string{"a"}, unroll: 3, narrow: narrow,
			prepare: func(e *emitter) func([]group) group {
				body := prepare(e)
				return func(x []group) group { return body(x[0]) }
			}}
	}
	erf := function("erf", "2/√π times the integral of e^-t² from 0 to a[i]", 1, erfBody)
	erf.unroll = 2
	return []elementwiseKernel{
		function("exp", "e^a[i]", 3, expBody),
		function("expm1", "e^a[i] - 1", 3, expm1Body),
		function("log", "ln a[i]", 3, logBody),
		function("log1p", "ln(1 + a[i])", 2, log1pBody),
		function("tanh", "tanh a[i]", 2, tanhBody),
		function("sigmoid", "1/(1 + e^-a[i])", 3, sigmoidBody),
		erf,
	}
}

func (e *emitter) cs(x []float64) []value {
	v := make([]value, len(x))
	for i := range x {
		v[i] = e.c(x[i])
	}
	return v
}

// reducer writes x = n·ln 2 + r with an integer n and |r| ≤ ½·ln 2.
type reducer struct{ magic, log2e, ln2High, ln2Low value }

func (e *emitter) reducer(log2e float64) reducer {
	return reducer{e.c(magic), e.c(log2e), e.c(ln2High), e.c(ln2Low)}
}

// split finds n from y·log2e; y may differ from x if the constant log2e has a factor. It
// subtracts n·ln 2 from x, which becomes r. It returns n as a float, and shifted, a float with
// the integer n in its low bits.
func (c reducer) split(e *emitter, x, y group) (n, shifted group) {
	shifted = e.copies(c.magic, len(x))
	e.addProduct(shifted, y, c.log2e)
	n = e.sub(shifted, c.magic)
	e.subProduct(x, n, c.ln2High)
	e.subProduct(x, n, c.ln2Low)
	return n, shifted
}

// scaler multiplies by 2^n for -150 ≤ n ≤ 129, with a single rounding at the end. AVX2
// multiplies in two halves, so that the first product is normal or p. The shifts remove all
// bits of shifted other than n.
func (e *emitter) scaler() func(p, n, shifted group) group {
	if e.wide() {
		return func(p, n, _ group) group { return e.do(build.VSCALEFPS, p, n) }
	}
	one := e.bits(oneBits)
	return func(p, _, shifted group) group {
		half := e.imm(build.VPSLLD, 23, e.imm(build.VPSRLD, 1, shifted))
		rest := e.subInt(e.imm(build.VPSLLD, 23, shifted), half)
		return e.mul(e.mul(p, e.addInt(rest, one)), e.addInt(half, one))
	}
}

// exponential returns the code for e^x, for x from expLow up to overflow.
func exponential(e *emitter) func(x group) group {
	c, scale := e.reducer(log2e), e.scaler()
	q := e.cs(append([]float64{1, 1}, expCoefficients...))
	return func(x group) group {
		n, shifted := c.split(e, x, x)
		return scale(e.horner(x, q), n, shifted)
	}
}

func expBody(e *emitter) func(x group) group {
	low, high, f := e.c(expLow), e.c(expHigh), exponential(e)
	return func(x group) group { return f(e.atLeast(low, e.atMost(high, x))) }
}

// expm1Body: the result is 2^n·(r - (2^-n - 1) + r²·q(r)). The difference of the first two
// terms is exact if n is not 0 and the result is small; for n = 0 it is r. The sign of x is
// inserted for -0.
func expm1Body(e *emitter) func(x group) group {
	low, high, sign := e.c(expm1Low), e.c(expHigh), e.bits(signBit)
	c, scale := e.reducer(log2e), e.scaler()
	four, quarter, minusOne := e.bits(fourBits), e.c(0.25), e.c(-1)
	q := e.cs(expCoefficients)
	return func(x group) group {
		r := e.atLeast(low, e.atMost(high, x))
		n, shifted := c.split(e, r, r)
		// 4·2^-n, since 2^-128 has no exponent of its own.
		power := e.subInt(e.held(four, len(x)), e.imm(build.VPSLLD, 23, shifted))
		less := e.copies(minusOne, len(x))
		e.addProduct(less, power, quarter)
		p := e.sub(r, less)
		h := e.horner(r, q)
		e.addProduct(p, e.mul(r, r), h)
		return e.or(scale(p, n, shifted), e.and(x, sign))
	}
}

// tanhBody: tanh |x| is p / (p + 2·2^-n), where e^2|x| - 1 = 2^n·p as in expm1.
func tanhBody(e *emitter) func(x group) group {
	magnitude, sign, high := e.bits(signBit-1), e.bits(signBit), e.c(tanhHigh)
	c := e.reducer(2 * log2e)
	one, two := e.c(1), e.c(2)
	q := e.cs(expCoefficients)
	return func(x group) group {
		y := e.atMost(high, e.and(x, magnitude))
		r := e.add(y, y)
		_, shifted := c.split(e, r, y)
		power := e.subInt(e.held(one, len(x)), e.imm(build.VPSLLD, 23, shifted))
		p := e.sub(r, e.sub(power, one))
		e.addProduct(p, e.mul(r, r), e.horner(r, q))
		below := e.copies(p, len(p))
		e.addProduct(below, power, two)
		return e.or(e.div(p, below), e.and(x, sign))
	}
}

// erfBody computes both approximations; their coefficients stay in memory.
func erfBody(e *emitter) func(x group) group {
	magnitude, sign, high, border, one := e.bits(signBit-1), e.bits(signBit), e.c(erfHigh), e.c(erfBorder), e.c(1)
	f := exponential(e)
	return func(x group) group {
		size := e.and(x, magnitude)
		t := e.atMost(high, size)
		far := e.copies(t, len(t))
		e.addProduct(far, t, e.hornerInMemory(t, erfFar))
		far = e.sub(e.held(one, len(x)), f(e.xor(far, sign)))
		far = e.or(far, e.and(x, sign))
		near := e.copies(x, len(x))
		e.addProduct(near, x, e.hornerInMemory(e.mul(x, x), erfNear))
		return e.blend(e.compare(cmpLess, size, border), near, far)
	}
}

// sigmoidBody: the result is 1/(1+z) or, for negative x, z/(1+z), with z = e^-|x|.
func sigmoidBody(e *emitter) func(x group) group {
	sign, low, one, f := e.bits(signBit), e.c(expLow), e.c(1), exponential(e)
	return func(x group) group {
		z := f(e.atLeast(low, e.or(x, sign)))
		negative := mask{v: x} // VBLENDVPS looks at the sign
		for u := 0; e.wide() && u < len(x); u++ {
			negative.k = append(negative.k, build.K())
			build.VPMOVD2M(x[u], negative.k[u])
		}
		return e.div(e.blend(negative, z, e.held(one, len(x))), e.add(z, one))
	}
}
