package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Register tiles of the matrix kernels: maxRows rows by one or two vectors.
// AVX-512 has room for 14·2 sums beside two vectors of B and a broadcast in its
// 32 registers, AVX2 for 6·2 in its 16. rowStride is simd.RowStride.
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
				tileByColumns(s, r, vecs)
			}
		}
		copyRows(s)
		transposeBlock(s)
	}
}

// tileByRows writes the kernel for a block of A that lies in rows of rowStride.
func tileByRows(s isa, rows, vecs int) {
	t := startTile(s, "tileRows", rows, vecs, "func(k int, a, b, c *float32, offsets *int, add bool)")
	t.loop(func(i int) operand.Mem { return operand.Mem{Base: t.a, Disp: 4 * rowStride * i} },
		func() { build.ADDQ(operand.Imm(4), t.a) })
}

// tileByColumns writes the kernel for a block of A whose columns follow each
// other at a stride that is given.
func tileByColumns(s isa, rows, vecs int) {
	t := startTile(s, "tileColumns", rows, vecs, "func(k int, a *float32, stride int, b, c *float32, offsets *int, add bool)")
	stride := build.Load(build.Param("stride"), build.GP64())
	build.SHLQ(operand.Imm(2), stride)
	t.loop(func(i int) operand.Mem { return operand.Mem{Base: t.a, Disp: 4 * i} },
		func() { build.ADDQ(stride, t.a) })
}

// tile is a matrix kernel in the making.
type tile struct {
	isa        isa
	name       string
	rows, vecs int
	k, a, b    reg.Register
	acc        []reg.VecVirtual
}

// fetchC asks for the rows of C, so that they are there when the sums are done.
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

// loop adds up the products, at least one, and ends the kernel. at is where A
// holds row i of the current column; next moves to the next column.
func (t *tile) loop(at func(i int) operand.Mem, next func()) {
	build.Label(t.name + "Loop")
	b := make([]reg.VecVirtual, t.vecs)
	for v := range b {
		b[v] = t.isa.vec()
		build.VMOVUPS(operand.Mem{Base: t.b, Disp: v * t.isa.bytes}, b[v])
	}
	for i := range t.rows {
		f := t.isa.vec()
		build.VBROADCASTSS(at(i), f)
		for v := range b {
			build.VFMADD231PS(b[v], f, t.acc[i*t.vecs+v])
		}
	}
	next()
	build.ADDQ(operand.U32(uint64(t.vecs*t.isa.bytes)), t.b)
	build.DECQ(t.k)
	build.JNZ(operand.LabelRef(t.name + "Loop"))
	t.store()
}

// store writes the sums to the rows of C, or adds them there.
func (t *tile) store() {
	c := build.Load(build.Param("c"), build.GP64())
	offsets := build.Load(build.Param("offsets"), build.GP64())
	add := build.Load(build.Param("add"), build.GP8())
	build.TESTB(add, add)
	build.JZ(operand.LabelRef(t.name + "Store"))
	t.each(c, offsets, func(m operand.Mem, sum reg.VecVirtual) { build.VADDPS(m, sum, sum) })
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
