package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// turnBytes writes the kernel that transposes panels of bytes: blocks of 32 by 32, from groups
// of four along one side to groups of four along the other.
func turnBytes() {
	const name = "turnBytesAVX512"
	mask := build.GLOBL("turnMask", 8|16) // RODATA, NOPTR
	for lane := range 4 {
		for i := range 16 { // a 4 by 4 block in the order of its columns
			build.DATA(16*lane+i, operand.U8(4*(i%4)+i/4))
		}
	}
	build.TEXT(name, build.NOSPLIT, "func(dst, src *uint8, n, stride int)")
	build.Pragma("noescape")
	dst := build.Load(build.Param("dst"), build.GP64())
	src := build.Load(build.Param("src"), build.GP64())
	n := build.Load(build.Param("n"), build.GP64())
	stride := build.Load(build.Param("stride"), build.GP64())
	order := build.ZMM()
	build.VMOVDQU8(mask, order)
	build.Label(name + "Loop")
	for part := range 4 {
		turnQuarter(dst, src, order, part/2, part%2)
	}
	build.ADDQ(stride, src)
	build.ADDQ(operand.U32(1024), dst)
	build.DECQ(n)
	build.JNZ(operand.LabelRef(name + "Loop"))
	build.VZEROUPPER()
	build.RET()
}

// turnQuarter transposes 16 by 16 bytes: the lanes of half row of four successive registers of
// src become half column of four registers of dst.
func turnQuarter(dst, src, order reg.Register, row, column int) {
	a := make([]reg.VecVirtual, 4)
	for l := range a {
		a[l] = build.ZMM()
		build.VMOVDQU8(operand.Mem{Base: src, Disp: 128*(4*column+l) + 64*row}, a[l])
		build.VPSHUFB(order, a[l], a[l])
	}
	shuffle := func(imm uint8, a, b reg.VecVirtual) reg.VecVirtual {
		v := build.ZMM()
		build.VSHUFI32X4(operand.U8(imm), b, a, v)
		return v
	}
	const firstTwo, lastTwo, even, odd = 0x44, 0xee, 0x88, 0xdd
	t0, t1 := shuffle(firstTwo, a[0], a[1]), shuffle(lastTwo, a[0], a[1])
	t2, t3 := shuffle(firstTwo, a[2], a[3]), shuffle(lastTwo, a[2], a[3])
	for g, v := range []reg.VecVirtual{shuffle(even, t0, t2), shuffle(odd, t0, t2), shuffle(even, t1, t3), shuffle(odd, t1, t3)} {
		build.VMOVDQU8(v, operand.Mem{Base: dst, Disp: 128*(4*row+g) + 64*column})
	}
}
