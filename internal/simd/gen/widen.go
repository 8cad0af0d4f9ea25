package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// widen writes the kernel that converts float16 bits to float32.
func widen(s isa) {
	lanes := s.bytes / 4
	name := "widen" + s.suffix
	TEXT(name, NOSPLIT, "func(dst *float32, src *uint16, n int)")
	Doc(fmt.Sprintf("%s converts n (a multiple of %d) float16 values to float32.", name, lanes))
	Pragma("noescape")
	dst := Load(Param("dst"), GP64())
	src := Load(Param("src"), GP64())
	n := Load(Param("n"), GP64())
	i := GP64()
	XORQ(i, i)
	Label(name + "Loop")
	CMPQ(i, n)
	JGE(operand.LabelRef(name + "Done"))
	v := s.vec()
	VCVTPH2PS(operand.Mem{Base: src, Index: i, Scale: 2}, v)
	VMOVUPS(v, operand.Mem{Base: dst, Index: i, Scale: 4})
	ADDQ(operand.U32(lanes), i)
	JMP(operand.LabelRef(name + "Loop"))
	Label(name + "Done")
	VZEROUPPER()
	RET()
}
