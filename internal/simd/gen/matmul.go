package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Register tiles of the matrix kernels: maxRows rows by one or two vectors. The 32 registers of
// AVX-512 hold 14·2 sums besides two vectors of B and a broadcast, the 16 of AVX2 hold 6·2
// sums. rowStride is simd.RowStride.
const (
	maxRows512 = 14
	maxRows2   = 6
	rowStride  = 528
)

func matmulKernels() {
	for _, s := range sets {
		rows := maxRows512
		if s.bytes == 32 {
			rows = maxRows2
		}
		for vecs := 1; vecs <= 2; vecs++ {
			for r := 1; r <= rows; r++ {
				tileByRows(s, r, vecs)
				tileByColumns(s, r, vecs, false)
			}
		}
		for r := 1; r <= rows && s.bytes == 64; r++ {
			tileByColumns(s, r, 2, true)
		}
		copyRows(s)
		transposeBlock(s)
	}
	turnBytes()
}

// tileByRows writes the kernel for a block of A with rows at a distance of rowStride.
func tileByRows(s isa, rows, vecs int) {
	t := startTile(s, "tileRows", rows, vecs, "func(k int, a, b, c *float32, offsets *int, add bool)")
	t.loops(func(i, l int) operand.Mem { return operand.Mem{Base: t.a, Disp: 4*rowStride*i + 4*l} },
		func(n int) { build.ADDQ(operand.Imm(uint64(4*n)), t.a) })
}

// tileByColumns writes the kernel for a block of A with columns at a distance of stride. With
// ofBytes, each element of A and B is a group of four bytes, multiplied pairwise, instead of a
// float.
func tileByColumns(s isa, rows, vecs int, ofBytes bool) {
	prefix, signature := "tileColumns", "func(k int, a *float32, stride int, b *float32, c *float32, offsets *int, add bool)"
	if ofBytes {
		prefix, signature = "tileBytes", "func(k int, a *int8, stride int, b *uint8, c *float32, offsets *int, add bool)"
	}
	t := startTile(s, prefix, rows, vecs, signature)
	if ofBytes {
		t.kind = ofBytesToFloats
	}
	stride := build.Load(build.Param("stride"), build.GP64())
	build.SHLQ(operand.Imm(2), stride)
	three := build.GP64()
	if t.unroll() > 1 {
		build.LEAQ(operand.Mem{Base: stride, Index: stride, Scale: 2}, three)
	}
	t.loops(func(i, l int) operand.Mem {
		m := operand.Mem{Base: t.a, Disp: 4 * i}
		switch l {
		case 1, 2:
			m.Index, m.Scale = stride, uint8(l)
		case 3:
			m.Index, m.Scale = three, 1
		}
		return m
	}, func(n int) {
		if n == 4 {
			build.LEAQ(operand.Mem{Base: t.a, Index: stride, Scale: 4}, t.a)
			return
		}
		build.ADDQ(stride, t.a)
	})
}

// tile is a matrix kernel under construction.
type tile struct {
	isa        isa
	name       string
	rows, vecs int
	k, a, b    reg.Register
	acc        []reg.VecVirtual
	kind       kind
}

// kind is what a tile multiplies.
type kind int

const (
	ofFloats        kind = iota
	ofBytesToFloats      // groups of four bytes, the sums as floats
	ofInts               // groups of four bytes, with AVX2 pairs of int16, the sums as int32
)

// fetchC prefetches the rows of C, so that they are in the cache when the sums are complete.
func (t *tile) fetchC() {
	c := build.Load(build.Param("c"), build.GP64())
	offsets := build.Load(build.Param("offsets"), build.GP64())
	at := build.GP64()
	for i := range t.rows {
		build.MOVQ(operand.Mem{Base: offsets, Disp: 8 * i}, at)
		for v := range t.vecs {
			build.PREFETCHT0(operand.Mem{Base: c, Index: at, Scale: 4, Disp: v * t.isa.bytes})
		}
	}
}

func startTile(s isa, prefix string, rows, vecs int, signature string) *tile {
	t := &tile{isa: s, name: fmt.Sprintf("%s%dx%d%s", prefix, rows, vecs, s.suffix), rows: rows, vecs: vecs}
	build.TEXT(t.name, build.NOSPLIT, signature)
	build.Pragma("noescape")
	t.k = build.Load(build.Param("k"), build.GP64())
	t.a = build.Load(build.Param("a"), build.GP64())
	t.b = build.Load(build.Param("b"), build.GP64())
	t.fetchC()
	t.acc = s.zero(rows * vecs)
	return t
}

// unroll returns the number of columns of A per step of the main loop. Four are a few per cent
// faster than one on processors with AVX2 alone.
func (t *tile) unroll() int {
	if t.isa.bytes == 32 {
		return 4
	}
	return 1
}

// loops adds up the products, at least one, and ends the kernel. at returns the address in A of
// row i, l columns ahead; next advances by n columns.
func (t *tile) loops(at func(i, l int) operand.Mem, next func(n int)) {
	if n := t.unroll(); n > 1 {
		build.SUBQ(operand.Imm(uint64(n)), t.k)
		build.JL(operand.LabelRef(t.name + "Rest"))
		t.loop("Loop", n, at, next)
		build.JGE(operand.LabelRef(t.name + "Loop"))
		build.Label(t.name + "Rest")
		build.ADDQ(operand.Imm(uint64(n)), t.k)
		build.JZ(operand.LabelRef(t.name + "Done"))
	}
	t.loop("One", 1, at, next)
	build.JNZ(operand.LabelRef(t.name + "One"))
	build.Label(t.name + "Done")
	t.store()
}

// loop writes a loop of n columns per step, including its jump.
func (t *tile) loop(label string, n int, at func(i, l int) operand.Mem, next func(n int)) {
	build.Label(t.name + label)
	for l := range n {
		b := make([]reg.VecVirtual, t.vecs)
		for v := range b {
			b[v] = t.isa.vec()
			build.VMOVUPS(operand.Mem{Base: t.b, Disp: (l*t.vecs + v) * t.isa.bytes}, b[v])
		}
		for i := range t.rows {
			f := t.isa.vec()
			if t.kind == ofFloats {
				build.VBROADCASTSS(at(i, l), f)
			} else {
				build.VPBROADCASTD(at(i, l), f)
			}
			for v := range b {
				t.multiply(f, b[v], t.acc[i*t.vecs+v])
			}
		}
	}
	next(n)
	build.ADDQ(operand.U32(uint64(n*t.vecs*t.isa.bytes)), t.b)
	build.SUBQ(operand.Imm(uint64(n)), t.k)
}

// multiply adds the products of the broadcast f of A, signed if it is of bytes, and b to sum.
func (t *tile) multiply(f, b, sum reg.VecVirtual) {
	switch {
	case t.kind == ofFloats:
		build.VFMADD231PS(b, f, sum)
	case t.isa.bytes == 64:
		build.VPDPBUSD(f, b, sum)
	default:
		products := t.isa.vec()
		build.VPMADDWD(b, f, products)
		build.VPADDD(products, sum, sum)
	}
}

// store writes the sums to the rows of C, or adds them there.
func (t *tile) store() {
	if t.kind == ofBytesToFloats {
		for _, sum := range t.acc {
			build.VCVTDQ2PS(sum, sum)
		}
	}
	c := build.Load(build.Param("c"), build.GP64())
	offsets := build.Load(build.Param("offsets"), build.GP64())
	add := build.Load(build.Param("add"), build.GP8())
	build.TESTB(add, add)
	build.JZ(operand.LabelRef(t.name + "Store"))
	t.each(c, offsets, func(m operand.Mem, sum reg.VecVirtual) {
		if t.kind == ofInts {
			build.VPADDD(m, sum, sum)
			return
		}
		build.VADDPS(m, sum, sum)
	})
	build.Label(t.name + "Store")
	t.each(c, offsets, func(m operand.Mem, sum reg.VecVirtual) { build.VMOVUPS(sum, m) })
	build.VZEROUPPER()
	build.RET()
}

func (t *tile) each(c, offsets reg.Register, f func(operand.Mem, reg.VecVirtual)) {
	at := build.GP64()
	for i := range t.rows {
		build.MOVQ(operand.Mem{Base: offsets, Disp: 8 * i}, at)
		for v := range t.vecs {
			f(operand.Mem{Base: c, Index: at, Scale: 4, Disp: v * t.isa.bytes}, t.acc[i*t.vecs+v])
		}
	}
}
