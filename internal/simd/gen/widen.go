package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// widen writes the kernel that converts float16 bits to float32.
func widen(s isa) {
	lanes := s.bytes / 4
	name := "widen" + s.suffix
	build.TEXT(name, build.NOSPLIT, "func(dst *float32, src *uint16, n int)")
	build.Doc(fmt.Sprintf("%s converts n (a multiple of %d) float16 values to float32.", name, lanes))
	build.Pragma("noescape")
	dst := build.Load(build.Param("dst"), build.GP64())
	src := build.Load(build.Param("src"), build.GP64())
	n := build.Load(build.Param("n"), build.GP64())
	i := build.GP64()
	build.XORQ(i, i)
	build.Label(name + "Loop")
	build.CMPQ(i, n)
	build.JGE(operand.LabelRef(name + "Done"))
	v := s.vec()
	build.VCVTPH2PS(operand.Mem{Base: src, Index: i, Scale: 2}, v)
	build.VMOVUPS(v, operand.Mem{Base: dst, Index: i, Scale: 4})
	build.ADDQ(operand.U32(lanes), i)
	build.JMP(operand.LabelRef(name + "Loop"))
	build.Label(name + "Done")
	build.VZEROUPPER()
	build.RET()
}
