package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// interleave writes the kernel that mixes two arrays, a vector of each at a time. n is a multiple
// of the lanes.
func interleave(s isa) {
	name := "interleave" + s.suffix
	build.TEXT(name, build.NOSPLIT, "func(dst, a, b *float32, n int)")
	build.Doc(name + " sets dst[2i] = a[i] and dst[2i+1] = b[i].")
	build.Pragma("noescape")
	dst := build.Load(build.Param("dst"), build.GP64())
	a := build.Load(build.Param("a"), build.GP64())
	b := build.Load(build.Param("b"), build.GP64())
	n := build.Load(build.Param("n"), build.GP64())
	low, high := s.vec(), s.vec()
	if s.bytes == 64 {
		order := interleaved()
		build.VMOVUPS(order, low)
		build.VMOVUPS(order.Offset(64), high)
	}
	build.Label(name + "Loop")
	x, y, first, second := s.vec(), s.vec(), s.vec(), s.vec()
	build.VMOVUPS(operand.Mem{Base: a}, x)
	build.VMOVUPS(operand.Mem{Base: b}, y)
	if s.bytes == 64 {
		build.VMOVAPS(x, first)
		build.VPERMT2PS(y, low, first)
		build.VMOVAPS(x, second)
		build.VPERMT2PS(y, high, second)
	} else {
		build.VUNPCKLPS(y, x, low)
		build.VUNPCKHPS(y, x, high)
		build.VPERM2F128(operand.Imm(0x20), high, low, first)
		build.VPERM2F128(operand.Imm(0x31), high, low, second)
	}
	build.VMOVUPS(first, operand.Mem{Base: dst})
	build.VMOVUPS(second, operand.Mem{Base: dst, Disp: s.bytes})
	build.ADDQ(operand.Imm(uint64(s.bytes)), a)
	build.ADDQ(operand.Imm(uint64(s.bytes)), b)
	build.ADDQ(operand.U32(uint64(2*s.bytes)), dst)
	build.SUBQ(operand.Imm(uint64(s.bytes/4)), n)
	build.JNZ(operand.LabelRef(name + "Loop"))
	build.VZEROUPPER()
	build.RET()
}

// interleaved returns the address of the places of 32 results in two vectors of 16.
func interleaved() operand.Mem {
	m := build.GLOBL("interleavedLanes", attr.RODATA|attr.NOPTR)
	for i := range 32 {
		build.DATA(4*i, operand.U32(uint32(i/2+16*(i%2))))
	}
	return m
}
