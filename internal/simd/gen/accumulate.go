package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// accumulate writes the kernel that adds a combination of rows to width accumulators. A tile of
// the accumulators stays in registers while the loop runs over all rows. The sums of one call
// have the precision of the arithmetic type; the accumulators in memory are float64.
func accumulate(s isa, size int) {
	lanes := s.bytes / size
	tile := lanes * s.vecs
	name := fmt.Sprintf("accumulate%d%s", 8*size, s.suffix)
	build.TEXT(name, build.NOSPLIT,
		fmt.Sprintf("func(rows *[]float32, nrows, col, n int, s *%s, sstride int, sums *float64, gstride int)", elem(size)))
	build.Doc(fmt.Sprintf("%s adds the rows, each times its %d factors in s, over n (a multiple of %d) columns from col, to sums.",
		name, width, tile))
	build.Pragma("noescape")
	rows := build.Load(build.Param("rows"), build.GP64())
	col := build.Load(build.Param("col"), build.GP64())
	end := build.Load(build.Param("n"), build.GP64())
	factors := build.Load(build.Param("s"), build.GP64())
	sstride := build.Load(build.Param("sstride"), build.GP64())
	g := build.Load(build.Param("sums"), build.GP64())
	gstride := build.Load(build.Param("gstride"), build.GP64())
	build.ADDQ(col, end)
	build.SHLQ(operand.Imm(uint64(1+size/4)), sstride)
	build.SHLQ(operand.Imm(3), gstride)

	build.Label(name + "Tile")
	build.CMPQ(col, end)
	build.JGE(operand.LabelRef(name + "Done"))
	acc := s.zero(width * s.vecs)
	row, f, left := build.GP64(), build.GP64(), build.GP64()
	build.MOVQ(rows, row)
	build.MOVQ(factors, f)
	build.Load(build.Param("nrows"), left)
	build.Label(name + "Row")
	x := build.GP64()
	build.MOVQ(operand.Mem{Base: row}, x)
	rowTile(s, size, x, col, f, acc)
	build.ADDQ(operand.Imm(header), row)
	build.ADDQ(sstride, f)
	build.DECQ(left)
	build.JNZ(operand.LabelRef(name + "Row"))

	flush(s, size, acc, g, gstride)
	build.ADDQ(operand.U32(8*tile), g)
	build.ADDQ(operand.U32(tile), col)
	build.JMP(operand.LabelRef(name + "Tile"))
	build.Label(name + "Done")
	build.VZEROUPPER()
	build.RET()
}

// rowTile adds one row of a tile, times each of its factors, to acc.
func rowTile(s isa, size int, x, col, f reg.Register, acc []reg.VecVirtual) {
	xv := make([]reg.VecVirtual, s.vecs)
	for v := range xv {
		xv[v] = s.vec()
		at := 4 * v * s.bytes / size
		loadX(operand.Mem{Base: x, Index: col, Scale: 4, Disp: at}, xv[v], size)
		build.PREFETCHT0(operand.Mem{Base: x, Index: col, Scale: 4, Disp: at + ahead})
	}
	for k := range width {
		b := s.vec()
		m := operand.Mem{Base: f, Disp: k * size}
		if size == 4 {
			build.VBROADCASTSS(m, b)
		} else {
			build.VBROADCASTSD(m, b)
		}
		for v := range xv {
			fma(xv[v], b, acc[k*s.vecs+v], size)
		}
	}
}

// flush adds acc to the accumulators in memory, widening float32 sums.
func flush(s isa, size int, acc []reg.VecVirtual, g, gstride reg.Register) {
	p := build.GP64()
	build.MOVQ(g, p)
	for k := range width {
		for v := range s.vecs {
			a := acc[k*s.vecs+v]
			at := v * s.bytes * 8 / size
			if size == 8 {
				add64(a, operand.Mem{Base: p, Disp: at})
				continue
			}
			lo := s.vec()
			build.VCVTPS2PD(half(s, a, 0), lo)
			add64(lo, operand.Mem{Base: p, Disp: at})
			hi := s.vec()
			build.VCVTPS2PD(half(s, a, 1), hi)
			add64(hi, operand.Mem{Base: p, Disp: at + s.bytes})
		}
		build.ADDQ(gstride, p)
	}
}

// half returns the lower or upper half of v as a register of half the width.
func half(s isa, v reg.VecVirtual, which int) reg.Register {
	switch {
	case which == 0 && s.bytes == 64:
		return v.AsY()
	case which == 0:
		return v.AsX()
	case s.bytes == 64:
		h := build.YMM()
		build.VEXTRACTF64X4(operand.Imm(1), v, h)
		return h
	}
	h := build.XMM()
	build.VEXTRACTF128(operand.Imm(1), v, h)
	return h
}

// add64 adds the float64 vector v to memory.
func add64(v reg.VecVirtual, m operand.Mem) {
	build.VADDPD(m, v, v)
	build.VMOVUPD(v, m)
}
