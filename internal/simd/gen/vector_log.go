package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// logarithm holds the constants of log and log1p.
type logarithm struct {
	one, ln2High, ln2Low value
	q                    []value
	special              func(u, y group) group
}

func (e *emitter) logarithm() logarithm {
	return logarithm{one: e.c(1), ln2High: e.c(ln2High), ln2Low: e.c(ln2Low), q: e.cs(logCoefficients), special: e.special()}
}

// finish returns ln((1+f)·2^-k), or the special value of the logarithm if u = (1+f)·2^-k is not
// positive and finite. k is negated so that a zero k, which is positive, does not change the
// sign of a zero f.
func (c logarithm) finish(e *emitter, u, f, k group) group {
	square := e.mul(f, f)
	e.addProduct(f, square, e.horner(f, c.q))
	e.subProduct(f, k, c.ln2Low)
	e.subProduct(f, k, c.ln2High)
	return c.special(u, f)
}

// special inserts the logarithm of u where u is zero, negative, infinite or NaN.
func (e *emitter) special() func(u, y group) group {
	if e.wide() {
		// One digit for each class of u, from the right: NaN (quiet, signalling) stays NaN, 0
		// gives -Inf, 1 keeps y, -Inf gives NaN, Inf stays, negative numbers give NaN, positive
		// ones keep y.
		table := e.bits(0x03530422)
		return func(u, y group) group {
			for i := range y {
				build.VFIXUPIMMPS(operand.Imm(0), table.of(i), u[i], y[i])
			}
			return y
		}
	}
	infinity, minusInfinity, zero := e.bits(positiveInf), e.bits(negativeInf), e.c(0)
	return func(u, y group) group {
		y = e.blend(e.compare(cmpLess, u, infinity), y, u)
		y = e.or(y, e.compare(cmpLess, u, zero).v) // all ones are a NaN
		return e.blend(e.compare(cmpEqual, u, zero), minusInfinity, y)
	}
}

// logSplit is the significand u·2^k in [¾, 1½) of a positive, finite u, and k, which has the
// opposite sign of the usual exponent.
type logSplit struct{ significand, k group }

// splitWide uses the instructions that extract parts of a float, which handle denormals.
func (e *emitter) splitWide(u group, one value) logSplit {
	m := e.imm(build.VGETMANTPS, 0x0b, u) // in [¾, 1½), NaN for negative u
	k := e.one(build.VGETEXPPS, u)
	below := e.compare(cmpLess, m, one)
	for i := range k {
		build.VADDPS(one.of(i), k[i], below.k[i], k[i])
	}
	zero := e.isa.zero(1)[0]
	return logSplit{m, e.sub(e.held(constant{zero}, len(k)), k)}
}

func logBody(e *emitter) func(x group) group {
	c := e.logarithm()
	if e.wide() {
		return func(x group) group {
			s := e.splitWide(x, c.one)
			return c.finish(e, x, e.sub(s.significand, c.one), s.k)
		}
	}
	smallest, up, upBits := e.c(0x1p-126), e.c(0x1p23), e.c(23)
	lowest, fraction, zero := e.bits(lowestBits), e.bits(1<<23-1), e.bits(0)
	return func(x group) group {
		denormal := e.compare(cmpLess, x, smallest)
		u := e.blend(denormal, e.mul(x, up), x)
		i := e.subInt(u, lowest)
		k := e.one(build.VCVTDQ2PS, e.subInt(e.held(zero, len(x)), e.imm(build.VPSRAD, 23, i)))
		k = e.add(k, e.and(denormal.v, upBits))
		m := e.addInt(e.and(i, fraction), lowest)
		return c.finish(e, x, e.sub(m, c.one), k)
	}
}

// log1pBody splits u = 1 + x, rounded, and uses f = x·2^k - (1 - 2^k), which is exact, in place
// of u·2^k - 1, so that the rounding error of u has no effect. (The idea comes from fdlibm's
// log1p, which corrects the result for the error of u instead.)
func log1pBody(e *emitter) func(x group) group {
	c := e.logarithm()
	if e.wide() {
		return func(x group) group {
			u := e.add(x, c.one)
			s := e.splitWide(u, c.one)
			power := e.do(build.VSCALEFPS, e.held(c.one, len(x)), s.k)
			f := e.sub(e.do(build.VSCALEFPS, x, s.k), e.sub(e.held(c.one, len(x)), power))
			return c.finish(e, u, f, s.k)
		}
	}
	lowest, exponent, zero := e.bits(lowestBits), e.bits(0xff800000), e.bits(0)
	four, quarter := e.bits(fourBits), e.c(0.25)
	return func(x group) group {
		u := e.add(x, c.one)
		i := e.subInt(u, lowest)
		k := e.one(build.VCVTDQ2PS, e.subInt(e.held(zero, len(x)), e.imm(build.VPSRAD, 23, i)))
		shift := e.and(i, exponent)
		less := e.copies(c.one, len(x)) // 1 - 2^k, from 4·2^k: 2^-128 has no exponent of its own
		e.subProduct(less, e.subInt(e.held(four, len(x)), shift), quarter)
		return c.finish(e, u, e.sub(e.subInt(x, shift), less), k)
	}
}
