package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// intKernels writes the kernels of simd.IntTile. AVX-512 VNNI multiplies groups of four bytes, AVX2
// pairs of int16.
func intKernels() {
	for _, s := range sets {
		rows := maxRows512
		if s.bytes == 32 {
			rows = maxRows2
		}
		for r := 1; r <= rows; r++ {
			tileInts(s, r)
		}
		hits(s)
		squares8(s)
	}
	moments(sets[0])
	moments(sets[1])
	peakBytes()
}

// tileInts writes the kernel that multiplies a block of A, column by column, with a panel of two
// vectors. Its sums are int32.
func tileInts(s isa, rows int) {
	t := startTile(s, "tileInts", rows, 2, "func(k int, a, b *uint32, c *int32, offsets *int, add bool)")
	t.kind = ofInts
	t.loops(func(i, l int) operand.Mem { return operand.Mem{Base: t.a, Disp: 4 * (rows*l + i)} },
		func(n int) { build.ADDQ(operand.U32(uint64(4*rows*n)), t.a) })
}

// hits writes the kernel that finds the columns whose best score over some rows of sums reaches a
// threshold, two vectors of columns at a time.
func hits(s isa) {
	const vecs = 2
	name := "hits" + s.suffix
	build.TEXT(name, build.NOSPLIT, "func(found *uint16, sums *int32, stride, rows, n int, e, f, weight, scale, shift *float32, limits *float32)")
	build.Doc(fmt.Sprintf("%s is IntTile.Hits for n columns, a multiple of %d.", name, vecs*s.bytes/4))
	build.Pragma("noescape")
	found := build.Load(build.Param("found"), build.GP64())
	sums := build.Load(build.Param("sums"), build.GP64())
	stride := build.Load(build.Param("stride"), build.GP64())
	build.SHLQ(operand.Imm(2), stride)
	rows := build.Load(build.Param("rows"), build.GP64())
	n := build.Load(build.Param("n"), build.GP64())
	e := build.Load(build.Param("e"), build.GP64())
	f := build.Load(build.Param("f"), build.GP64())
	weight := build.Load(build.Param("weight"), build.GP64())
	scale := build.Load(build.Param("scale"), build.GP64())
	shift := build.Load(build.Param("shift"), build.GP64())
	limits := build.Load(build.Param("limits"), build.GP64())
	margin, least, lowest := s.vec(), s.vec(), s.vec()
	build.VBROADCASTSS(operand.Mem{Base: limits}, margin)
	build.VBROADCASTSS(operand.Mem{Base: limits, Disp: 4}, least)
	build.VBROADCASTSS(constantData(0xff7fffff), lowest) // −MaxFloat32

	build.Label(name + "Columns")
	row, left := build.GP64(), build.GP64()
	build.MOVQ(sums, row)
	build.XORQ(left, left)
	w, best := make([]reg.VecVirtual, vecs), make([]reg.VecVirtual, vecs)
	for v := range vecs {
		w[v], best[v] = s.vec(), s.vec()
		build.VMOVUPS(operand.Mem{Base: weight, Disp: v * s.bytes}, w[v])
		build.VMOVAPS(lowest, best[v])
	}
	build.Label(name + "Row")
	ev, fv := s.vec(), s.vec()
	build.VBROADCASTSS(operand.Mem{Base: e, Index: left, Scale: 4}, ev)
	build.VBROADCASTSS(operand.Mem{Base: f, Index: left, Scale: 4}, fv)
	for v := range vecs {
		x := s.vec()
		build.VCVTDQ2PS(operand.Mem{Base: row, Disp: v * s.bytes}, x)
		build.VFMADD231PS(ev, w[v], x)
		build.VMULPS(fv, x, x)
		build.VMAXPS(x, best[v], best[v])
	}
	build.ADDQ(stride, row)
	build.INCQ(left)
	build.CMPQ(left, rows)
	build.JL(operand.LabelRef(name + "Row"))

	storeHits(s, best, margin, least, scale, shift, found)
	for _, p := range []reg.Register{sums, weight, scale, shift} {
		build.ADDQ(operand.U32(uint64(vecs*s.bytes)), p)
	}
	build.SUBQ(operand.U32(uint64(vecs*s.bytes/4)), n)
	build.JG(operand.LabelRef(name + "Columns"))
	build.VZEROUPPER()
	build.RET()
}

// storeHits compares (best + margin)·scale + shift with the least score and stores a bit a column.
func storeHits(s isa, best []reg.VecVirtual, margin, least, scale, shift, found reg.Register) {
	const greaterOrEqual = 13
	bits := make([]reg.GPVirtual, len(best))
	for v, b := range best {
		to, bit := s.vec(), build.GP32()
		build.VADDPS(margin, b, b)
		build.VMOVUPS(operand.Mem{Base: shift, Disp: v * s.bytes}, to)
		build.VFMADD231PS(operand.Mem{Base: scale, Disp: v * s.bytes}, b, to)
		if s.bytes == 64 {
			mask := build.K()
			build.VCMPPS(operand.U8(greaterOrEqual), least, to, mask)
			build.KMOVW(mask, bit)
			build.MOVW(bit.As16(), operand.Mem{Base: found, Disp: 2 * v})
		} else {
			build.VCMPPS(operand.U8(greaterOrEqual), least, to, to)
			build.VMOVMSKPS(to, bit)
		}
		bits[v] = bit
	}
	if s.bytes == 64 {
		build.ADDQ(operand.Imm(4), found)
		return
	}
	build.SHLL(operand.Imm(8), bits[1])
	build.ORL(bits[1], bits[0])
	build.MOVW(bits[0].As16(), operand.Mem{Base: found})
	build.ADDQ(operand.Imm(2), found)
}

// moments writes the kernel of the sums of bytes and of their squares.
func moments(s isa) {
	name := "moments" + s.suffix
	build.TEXT(name, build.NOSPLIT, "func(sums *int64, x *uint8, n int)")
	build.Doc(fmt.Sprintf("%s sets sums to Σx and Σx² of n bytes, a multiple of 32, at least one, at most 2¹⁵.", name))
	build.Pragma("noescape")
	sums := build.Load(build.Param("sums"), build.GP64())
	x := build.Load(build.Param("x"), build.GP64())
	n := build.Load(build.Param("n"), build.GP64())
	zero, sum, square := build.YMM(), build.YMM(), s.zero(2)
	build.VPXOR(zero, zero, zero)
	build.VPXOR(sum, sum, sum)
	build.Label(name + "Loop")
	bytes := build.YMM()
	build.VMOVDQU(operand.Mem{Base: x}, bytes)
	build.VPSADBW(bytes, zero, bytes)
	build.VPADDQ(bytes, sum, sum)
	for half := range 64 / s.bytes {
		words := s.vec()
		build.VPMOVZXBW(operand.Mem{Base: x, Disp: half * s.bytes / 2}, words)
		build.VPMADDWD(words, words, words)
		build.VPADDD(words, square[half], square[half])
	}
	build.ADDQ(operand.Imm(32), x)
	build.SUBQ(operand.Imm(32), n)
	build.JG(operand.LabelRef(name + "Loop"))
	other := build.YMM()
	if s.bytes == 64 {
		build.VEXTRACTI64X4(operand.Imm(1), square[0], other)
	} else {
		build.VMOVDQA(square[1], other)
	}
	first := square[0].AsY()
	build.VPADDD(other, first, first)
	build.MOVQ(foldQuads(sum), operand.Mem{Base: sums})
	// Eight sums of 32 bits, the largest 2¹⁵/8·255² = 2.7e8, as four and four of 64 bits.
	low, high := build.YMM(), build.YMM()
	build.VPSRLQ(operand.Imm(32), first, high)
	build.VPSLLQ(operand.Imm(32), first, low)
	build.VPSRLQ(operand.Imm(32), low, low)
	build.VPADDQ(low, high, low)
	build.MOVQ(foldQuads(low), operand.Mem{Base: sums, Disp: 8})
	build.VZEROUPPER()
	build.RET()
}

// foldQuads returns the sum of the four numbers of 64 bits of v.
func foldQuads(v reg.VecVirtual) reg.Register {
	x, total := build.XMM(), build.GP64()
	build.VEXTRACTI128(operand.Imm(1), v, x)
	build.VPADDQ(x, v.AsX(), x)
	y := build.XMM()
	build.VPSHUFD(operand.Imm(0xee), x, y)
	build.VPADDQ(x, y, x)
	build.MOVQ(x, total)
	return total
}

// peakBytes writes the kernel that computes only products of groups of four bytes.
func peakBytes() {
	const name = "spinBytesAVX512"
	s := sets[0]
	build.TEXT(name, build.NOSPLIT, "func(n int)")
	build.Doc(fmt.Sprintf("%s does n rounds of %d products of whole vectors of bytes, in registers.", name, peakSums(s)))
	n := build.Load(build.Param("n"), build.GP64())
	factor := s.zero(1)[0]
	sums := s.zero(peakSums(s))
	build.Label(name + "Loop")
	for _, x := range sums {
		build.VPDPBUSD(factor, factor, x)
	}
	build.DECQ(n)
	build.JNZ(operand.LabelRef(name + "Loop"))
	build.VZEROUPPER()
	build.RET()
}

// squares8 writes the kernel of eight sums of squared differences in float64. Products and sums are
// rounded one by one, as in plain Go.
func squares8(s isa) {
	name := "squares8" + s.suffix
	build.TEXT(name, build.NOSPLIT, "func(sums *float64, a, b *float32, left, right float64, n int)")
	build.Doc(name + " is Squares8 for n values, a multiple of 8, at least one.")
	build.Pragma("noescape")
	sums := build.Load(build.Param("sums"), build.GP64())
	a := build.Load(build.Param("a"), build.GP64())
	b := build.Load(build.Param("b"), build.GP64())
	f, g := s.vec(), s.vec()
	for i, v := range []reg.VecVirtual{f, g} {
		at, err := build.Param([]string{"left", "right"}[i]).Resolve()
		if err != nil {
			panic(err)
		}
		build.VBROADCASTSD(at.Addr, v)
	}
	n := build.Load(build.Param("n"), build.GP64())
	acc := s.zero(64 / s.bytes)
	build.Label(name + "Loop")
	for v := range acc {
		x, y := s.vec(), s.vec()
		build.VCVTPS2PD(operand.Mem{Base: a, Disp: v * s.bytes / 2}, x)
		build.VCVTPS2PD(operand.Mem{Base: b, Disp: v * s.bytes / 2}, y)
		build.VMULPD(f, x, x)
		build.VMULPD(g, y, y)
		build.VSUBPD(y, x, x)
		build.VMULPD(x, x, x)
		build.VADDPD(x, acc[v], acc[v])
	}
	build.ADDQ(operand.Imm(32), a)
	build.ADDQ(operand.Imm(32), b)
	build.SUBQ(operand.Imm(8), n)
	build.JG(operand.LabelRef(name + "Loop"))
	for v, x := range acc {
		build.VMOVUPD(x, operand.Mem{Base: sums, Disp: v * s.bytes})
	}
	build.VZEROUPPER()
	build.RET()
}
