package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// group is a number of vectors to which each instruction is applied in turn, so that the
// processor has independent work.
type group []reg.VecVirtual

// value is an operand of an instruction: a group, or a constant that is the same for all
// vectors of a group.
type value interface{ of(u int) operand.Op }

func (g group) of(u int) operand.Op { return g[u] }

type constant struct{ op operand.Op }

func (c constant) of(int) operand.Op { return c.op }

// mask marks lanes of a group: opmask registers with AVX-512, vectors of all ones or zeros with
// AVX2.
type mask struct {
	k []reg.OpmaskVirtual
	v group
}

// emitter writes instructions for groups, for one instruction set.
type emitter struct {
	isa       isa
	registers map[uint32]reg.VecVirtual // constants held in registers
}

func (e *emitter) wide() bool { return e.isa.bytes == 64 }

func (e *emitter) group(n int) group {
	g := make(group, n)
	for u := range g {
		g[u] = e.isa.vec()
	}
	return g
}

// c returns a constant. With AVX-512 it is loaded into a register, so that c must be called
// before the loop; with AVX2, which has fewer registers, it stays in memory.
func (e *emitter) c(x float64) value { return e.bits(math.Float32bits(float32(x))) }

func (e *emitter) bits(b uint32) value {
	m := constantData(b)
	if !e.wide() {
		return constant{m}
	}
	if _, ok := e.registers[b]; !ok {
		e.registers[b] = build.ZMM()
		build.VBROADCASTSS(m, e.registers[b])
	}
	return constant{e.registers[b]}
}

// constants holds, by value, the addresses of eight copies of each constant.
var constants = map[uint32]operand.Mem{}

func constantData(b uint32) operand.Mem {
	m, ok := constants[b]
	if !ok {
		m = build.GLOBL(fmt.Sprintf("const%08x", b), attr.RODATA|attr.NOPTR)
		for i := range 8 {
			build.DATA(4*i, operand.U32(b))
		}
		constants[b] = m
	}
	return m
}

// tailTable returns the address of eight ones and eight zeros.
var tailTable = func() func() operand.Mem {
	var m operand.Mem
	return func() operand.Mem {
		if m.Base == nil {
			m = build.GLOBL("tailLanes", attr.RODATA|attr.NOPTR)
			for i := range 16 {
				build.DATA(4*i, operand.U32(uint32(0xffffffff*uint64(1-i/8))))
			}
		}
		return m
	}
}()

// op3 is an instruction with the operands (b, a, result); b may be memory.
type op3 func(ops ...operand.Op)

// do returns the group with the results of op(a, b).
func (e *emitter) do(op op3, a group, b value) group {
	r := e.group(len(a))
	for u := range a {
		op(b.of(u), a[u], r[u])
	}
	return r
}

// imm returns the group with the results of an instruction with an immediate and one source.
func (e *emitter) imm(op op3, imm uint64, a group) group {
	r := e.group(len(a))
	for u := range a {
		op(operand.Imm(imm), a[u], r[u])
	}
	return r
}

// one returns the group with the results of an instruction with one source.
func (e *emitter) one(op op3, a group) group {
	r := e.group(len(a))
	for u := range a {
		op(a[u], r[u])
	}
	return r
}

func (e *emitter) add(a group, b value) group { return e.do(build.VADDPS, a, b) }
func (e *emitter) sub(a group, b value) group { return e.do(build.VSUBPS, a, b) }
func (e *emitter) mul(a group, b value) group { return e.do(build.VMULPS, a, b) }
func (e *emitter) div(a group, b value) group { return e.do(build.VDIVPS, a, b) }
func (e *emitter) and(a group, b value) group { return e.do(build.VANDPS, a, b) }
func (e *emitter) or(a group, b value) group  { return e.do(build.VORPS, a, b) }
func (e *emitter) xor(a group, b value) group { return e.do(build.VXORPS, a, b) }

// addInt and subInt compute on the bits as integers.
func (e *emitter) addInt(a group, b value) group { return e.do(build.VPADDD, a, b) }
func (e *emitter) subInt(a group, b value) group { return e.do(build.VPSUBD, a, b) }

// atMost returns min(limit, x), or NaN if x is NaN; atLeast returns the maximum likewise.
func (e *emitter) atMost(limit value, x group) group {
	return e.do(build.VMINPS, e.held(limit, len(x)), x)
}

func (e *emitter) atLeast(limit value, x group) group {
	return e.do(build.VMAXPS, e.held(limit, len(x)), x)
}

// copies returns a group of n vectors with the value v, which may be changed.
func (e *emitter) copies(v value, n int) group {
	g := e.group(n)
	for u := range g {
		build.VMOVUPS(v.of(u), g[u])
	}
	return g
}

// held returns a group of n vectors with the value v, in registers that must not be changed.
func (e *emitter) held(v value, n int) group {
	c, ok := v.(constant)
	if r, register := c.op.(reg.VecVirtual); ok && register {
		g := make(group, n)
		for u := range g {
			g[u] = r
		}
		return g
	}
	return e.copies(v, n)
}

// addProduct adds a·b to acc, with one rounding; subProduct subtracts it.
func (e *emitter) addProduct(acc, a group, b value) {
	for u := range acc {
		build.VFMADD231PS(b.of(u), a[u], acc[u])
	}
}

func (e *emitter) subProduct(acc, a group, b value) {
	for u := range acc {
		build.VFNMADD231PS(b.of(u), a[u], acc[u])
	}
}

// horner returns the polynomial Σ c[i]·x^i.
func (e *emitter) horner(x group, c []value) group {
	acc := e.copies(c[len(c)-1], len(x))
	for i := len(c) - 2; i >= 0; i-- {
		for u := range acc {
			build.VFMADD213PS(c[i].of(u), x[u], acc[u])
		}
	}
	return acc
}

// hornerInMemory is horner with coefficients that take no registers.
func (e *emitter) hornerInMemory(x group, c []float64) group {
	bits := func(i int) operand.Mem { return constantData(math.Float32bits(float32(c[i]))) }
	acc := e.group(len(x))
	for u := range acc {
		build.VBROADCASTSS(bits(len(c)-1), acc[u])
	}
	multiplyAdd := op3(build.VFMADD213PS)
	if e.wide() {
		multiplyAdd = build.VFMADD213PS_BCST
	}
	for i := len(c) - 2; i >= 0; i-- {
		for u := range acc {
			multiplyAdd(bits(i), x[u], acc[u])
		}
	}
	return acc
}

// Predicates of VCMPPS; the first five are false for NaN.
const (
	cmpEqual       = 0x00
	cmpLess        = 0x11
	cmpLessEqual   = 0x12
	cmpDifferent   = 0x0c
	cmpUnordered   = 0x03
	cmpNotEqual    = 0x04 // true for NaN
	signBit        = 1 << 31
	positiveInf    = 0x7f800000
	negativeInf    = 0xff800000
	roundNearest   = 0x08
	roundDown      = 0x09
	roundUp        = 0x0a
	swapHalves     = 0x4e // of a vector of four elements
	swapNeighbours = 0xb1
)

// compare returns the mask of the lanes in which a op b holds.
func (e *emitter) compare(op uint64, a group, b value) mask {
	m := mask{}
	for u := range a {
		if e.wide() {
			k := build.K()
			build.VCMPPS(operand.Imm(op), b.of(u), a[u], k)
			m.k = append(m.k, k)
		} else {
			v := e.isa.vec()
			build.VCMPPS(operand.Imm(op), b.of(u), a[u], v)
			m.v = append(m.v, v)
		}
	}
	return m
}

// blend returns yes where m is set and no elsewhere.
func (e *emitter) blend(m mask, yes value, no group) group {
	r := e.group(len(no))
	for u := range no {
		if e.wide() {
			build.VBLENDMPS(yes.of(u), no[u], m.k[u], r[u])
		} else {
			build.VBLENDVPS(m.v[u], yes.of(u), no[u], r[u])
		}
	}
	return r
}

// truth returns 1 where m is set and 0 elsewhere; one is the constant 1.
func (e *emitter) truth(m mask, one value) group {
	if !e.wide() {
		return e.and(m.v, one)
	}
	r := e.group(len(m.k))
	for u := range r {
		build.VMOVAPS_Z(one.of(u), m.k[u], r[u])
	}
	return r
}
