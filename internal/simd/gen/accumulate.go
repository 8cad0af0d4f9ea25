package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// accumulate writes the kernel that adds a combination of rows to width
// accumulators. A tile of the accumulators stays in registers while all rows
// pass by; the sums of one call are of its own precision, the accumulators in
// memory are float64.
func accumulate(s isa, size int) {
	lanes := s.bytes / size
	tile := lanes * s.vecs
	name := fmt.Sprintf("accumulate%d%s", 8*size, s.suffix)
	TEXT(name, NOSPLIT,
		fmt.Sprintf("func(rows *[]float32, nrows, col, n int, s *%s, sstride int, sums *float64, gstride int)", elem(size)))
	Doc(fmt.Sprintf("%s adds the rows, each times its %d factors in s, over n (a multiple of %d) columns from col, to sums.",
		name, width, tile))
	Pragma("noescape")
	rows := Load(Param("rows"), GP64())
	col := Load(Param("col"), GP64())
	end := Load(Param("n"), GP64())
	factors := Load(Param("s"), GP64())
	sstride := Load(Param("sstride"), GP64())
	g := Load(Param("sums"), GP64())
	gstride := Load(Param("gstride"), GP64())
	ADDQ(col, end)
	SHLQ(operand.Imm(uint64(1+size/4)), sstride)
	SHLQ(operand.Imm(3), gstride)

	Label(name + "Tile")
	CMPQ(col, end)
	JGE(operand.LabelRef(name + "Done"))
	acc := s.zero(width * s.vecs)
	row, f, left := GP64(), GP64(), GP64()
	MOVQ(rows, row)
	MOVQ(factors, f)
	Load(Param("nrows"), left)
	Label(name + "Row")
	x := GP64()
	MOVQ(operand.Mem{Base: row}, x)
	rowTile(s, size, x, col, f, acc)
	ADDQ(operand.Imm(header), row)
	ADDQ(sstride, f)
	DECQ(left)
	JNZ(operand.LabelRef(name + "Row"))

	flush(s, size, acc, g, gstride)
	ADDQ(operand.U32(8*tile), g)
	ADDQ(operand.U32(tile), col)
	JMP(operand.LabelRef(name + "Tile"))
	Label(name + "Done")
	VZEROUPPER()
	RET()
}

// rowTile adds one row of a tile, times each of its factors, to acc.
func rowTile(s isa, size int, x, col, f reg.Register, acc []reg.VecVirtual) {
	xv := make([]reg.VecVirtual, s.vecs)
	for v := range xv {
		xv[v] = s.vec()
		loadX(operand.Mem{Base: x, Index: col, Scale: 4, Disp: 4 * v * s.bytes / size}, xv[v], size)
	}
	for k := range width {
		b := s.vec()
		m := operand.Mem{Base: f, Disp: k * size}
		if size == 4 {
			VBROADCASTSS(m, b)
		} else {
			VBROADCASTSD(m, b)
		}
		for v := range xv {
			fma(xv[v], b, acc[k*s.vecs+v], size)
		}
	}
}

// flush adds acc to the accumulators in memory, widening float32 sums.
func flush(s isa, size int, acc []reg.VecVirtual, g, gstride reg.Register) {
	p := GP64()
	MOVQ(g, p)
	for k := range width {
		for v := range s.vecs {
			a := acc[k*s.vecs+v]
			at := v * s.bytes * 8 / size
			if size == 8 {
				add64(a, operand.Mem{Base: p, Disp: at})
				continue
			}
			lo := s.vec()
			VCVTPS2PD(half(s, a, 0), lo)
			add64(lo, operand.Mem{Base: p, Disp: at})
			hi := s.vec()
			VCVTPS2PD(half(s, a, 1), hi)
			add64(hi, operand.Mem{Base: p, Disp: at + s.bytes})
		}
		ADDQ(gstride, p)
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
		h := YMM()
		VEXTRACTF64X4(operand.Imm(1), v, h)
		return h
	}
	h := XMM()
	VEXTRACTF128(operand.Imm(1), v, h)
	return h
}

// add64 adds the float64 vector v to memory.
func add64(v reg.VecVirtual, m operand.Mem) {
	VADDPD(m, v, v)
	VMOVUPD(v, m)
}
