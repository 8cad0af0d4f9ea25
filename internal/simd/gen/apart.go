package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// copyApart writes the kernel that copies evenly spaced rows.
func copyApart(s isa) {
	name := "copyApart" + s.suffix
	build.TEXT(name, build.NOSPLIT, "func(dst *float32, dstStep int, src *float32, srcStep, rows, n, ahead int)")
	build.Doc(name + " sets dst[i*dstStep+j] = src[i*srcStep+j] for i < rows and j < n, both at least 1, and prefetches what lies ahead values further.")
	build.Pragma("noescape")
	dst, src := build.Load(build.Param("dst"), build.GP64()), build.Load(build.Param("src"), build.GP64())
	to, from, ahead := distance("dstStep"), distance("srcStep"), distance("ahead")
	rows, n := build.Load(build.Param("rows"), build.GP64()), build.Load(build.Param("n"), build.GP64())
	tail, whole := lastLanes(s, n), build.GP64()
	build.MOVQ(n, whole)
	build.ANDQ(operand.I32(int32(-s.bytes/4)), whole)
	build.ADDQ(src, ahead)
	build.Label(name + "Row")
	j := build.GP64()
	build.XORQ(j, j)
	row(s, name+"Copy", dst, j, whole, tail, n, func(m operand.Mem, v reg.Register, masked bool) {
		m.Base = ahead
		build.PREFETCHT0(m)
		m.Base = src
		load(s, m, v, tail, masked)
	})
	build.ADDQ(to, dst)
	build.ADDQ(from, src)
	build.ADDQ(from, ahead)
	build.DECQ(rows)
	build.JNZ(operand.LabelRef(name + "Row"))
	build.VZEROUPPER()
	build.RET()
}
