package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// dot writes the kernel that multiplies a tile of rows by width weight vectors.
// The row pointers are taken from Go slice headers, so rows need not be
// neighbours in memory.
func dot(s isa, size int) {
	lanes := s.bytes / size
	TEXT(fmt.Sprintf("dot%d%s", 8*size, s.suffix), NOSPLIT,
		fmt.Sprintf("func(rows *[]float32, col, n int, w *%s, out *float64, stride int)", elem(size)))
	Doc(fmt.Sprintf("dot%d%s adds the products of %d rows and %d packed weight vectors, over n (a multiple of %d) columns from col, to out.",
		8*size, s.suffix, s.rows, width, lanes))
	Pragma("noescape")
	rows := Load(Param("rows"), GP64())
	col := Load(Param("col"), GP64())
	n := Load(Param("n"), GP64())
	w := Load(Param("w"), GP64())
	out := Load(Param("out"), GP64())
	stride := Load(Param("stride"), GP64())
	SHLQ(operand.Imm(3), stride)

	x := make([]reg.GPVirtual, s.rows)
	for r := range x {
		x[r] = GP64()
		MOVQ(operand.Mem{Base: rows, Disp: header * r}, x[r])
		LEAQ(operand.Mem{Base: x[r], Index: col, Scale: 4}, x[r])
	}
	acc := s.zero(s.rows * width)

	i := GP64()
	XORQ(i, i)
	label := fmt.Sprintf("dot%d%s", 8*size, s.suffix)
	Label(label + "Loop")
	CMPQ(i, n)
	JGE(operand.LabelRef(label + "Done"))
	xv := make([]reg.VecVirtual, s.rows)
	for r := range xv {
		xv[r] = s.vec()
		loadX(operand.Mem{Base: x[r], Index: i, Scale: 4}, xv[r], size)
	}
	for k := range width {
		wv := s.vec()
		VMOVUPS(operand.Mem{Base: w, Disp: k * s.bytes}, wv)
		for r := range xv {
			fma(wv, xv[r], acc[r*width+k], size)
		}
	}
	ADDQ(operand.U32(width*s.bytes), w)
	ADDQ(operand.U32(lanes), i)
	JMP(operand.LabelRef(label + "Loop"))
	Label(label + "Done")

	if size == 4 {
		reduce32(s, acc, out, stride)
	} else {
		reduce64(s, acc, out, stride)
	}
	RET()
}

// reduce32 sums the lanes of each accumulator and adds the sums to the rows of out.
func reduce32(s isa, acc []reg.VecVirtual, out, stride reg.Register) {
	last := make([]reg.VecVirtual, 4)
	p := GP64()
	MOVQ(out, p)
	for r := range s.rows {
		a := acc[r*width : (r+1)*width]
		sum := YMM()
		VCVTPS2PD(fold(s, quad32(s, a[:4])).AsX(), sum)
		m := operand.Mem{Base: p}
		VADDPD(m, sum, sum)
		VMOVUPD(sum, m)
		ADDQ(stride, p)
		last[r] = a[4]
	}
	for r := s.rows; r < 4; r++ {
		last[r] = last[r-1]
	}
	sum := YMM()
	VCVTPS2PD(fold(s, quad32(s, last)).AsX(), sum)
	scatter(s, sum, out, stride)
	VZEROUPPER()
}

// scatter adds the lanes of sum to the fifth column of the rows of out.
func scatter(s isa, sum reg.VecVirtual, out, stride reg.Register) {
	for r := range s.rows {
		if r == 2 {
			VEXTRACTF128(operand.Imm(1), sum, sum.AsX())
		}
		lane := XMM()
		if r%2 == 0 {
			VMOVAPD(sum.AsX(), lane)
		} else {
			VUNPCKHPD(sum.AsX(), sum.AsX(), lane)
		}
		m := operand.Mem{Base: out, Disp: 8 * 4}
		VADDSD(m, lane, lane)
		VMOVSD(lane, m)
		ADDQ(stride, out)
	}
}

// quad32 returns a vector whose 128-bit lanes hold, element k, partial sums of a[k].
func quad32(s isa, a []reg.VecVirtual) reg.VecVirtual {
	pair := func(a, b reg.VecVirtual) reg.VecVirtual {
		lo, hi := s.vec(), s.vec()
		VUNPCKLPS(b, a, lo)
		VUNPCKHPS(b, a, hi)
		VADDPS(lo, hi, lo)
		return lo
	}
	p, q := pair(a[0], a[1]), pair(a[2], a[3])
	lo, hi := s.vec(), s.vec()
	VUNPCKLPD(q, p, lo)
	VUNPCKHPD(q, p, hi)
	VADDPS(lo, hi, lo)
	return lo
}

// fold adds the 128-bit lanes of v; the sum is in the lowest.
func fold(s isa, v reg.VecVirtual) reg.VecVirtual {
	if s.bytes == 64 {
		h := YMM()
		VEXTRACTF64X4(operand.Imm(1), v, h)
		VADDPS(v.AsY(), h, h)
		v = h
	}
	x := XMM()
	VEXTRACTF128(operand.Imm(1), v.AsY(), x)
	VADDPS(v.AsX(), x, x)
	return x
}

// reduce64 is reduce32 for float64 accumulators.
func reduce64(s isa, acc []reg.VecVirtual, out, stride reg.Register) {
	p := GP64()
	MOVQ(out, p)
	for r := range s.rows {
		a := acc[r*width : (r+1)*width]
		for k := 0; k < 4; k += 2 {
			sum := pair64(s, a[k], a[k+1])
			m := operand.Mem{Base: p, Disp: 8 * k}
			VADDPD(m, sum, sum)
			VMOVUPD(sum, m)
		}
		ADDQ(stride, p)
	}
	for r := 0; r < s.rows; r += 2 {
		sum := pair64(s, acc[r*width+4], acc[(r+1)*width+4])
		for lane := range 2 {
			if lane == 1 {
				VUNPCKHPD(sum, sum, sum)
			}
			m := operand.Mem{Base: out, Disp: 8 * 4}
			t := XMM()
			VADDSD(m, sum, t)
			VMOVSD(t, m)
			ADDQ(stride, out)
		}
	}
	VZEROUPPER()
}

// pair64 returns the sums of the lanes of a and of b.
func pair64(s isa, a, b reg.VecVirtual) reg.VecVirtual {
	lo, hi := s.vec(), s.vec()
	VUNPCKLPD(b, a, lo)
	VUNPCKHPD(b, a, hi)
	VADDPD(lo, hi, lo)
	if s.bytes == 64 {
		h := YMM()
		VEXTRACTF64X4(operand.Imm(1), lo, h)
		VADDPD(lo.AsY(), h, h)
		lo = h
	}
	x := XMM()
	VEXTRACTF128(operand.Imm(1), lo.AsY(), x)
	VADDPD(lo.AsX(), x, x)
	return x
}
