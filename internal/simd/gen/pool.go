package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// poolKernels writes the kernels that combine the cells of a window, of one and of four vectors.
func poolKernels(s isa) {
	for _, vecs := range []int{1, 4} {
		poolKernel(s, "poolMax", vecs, func(e *emitter, m operand.Mem, acc reg.VecVirtual) {
			x := s.vec()
			build.VMOVUPS(m, x)
			build.VMOVAPS(e.max(group{acc}, group{x})[0], acc)
		})
		poolKernel(s, "poolSum", vecs, func(_ *emitter, m operand.Mem, acc reg.VecVirtual) { build.VADDPS(m, acc, acc) })
	}
}

func poolKernel(s isa, op string, vecs int, combine func(e *emitter, m operand.Mem, acc reg.VecVirtual)) {
	name := fmt.Sprintf("%s%d%s", op, vecs, s.suffix)
	build.TEXT(name, build.NOSPLIT, "func(y *float32, yStep int, x *float32, xStep int, taps *int, count, positions, blocks int)")
	build.Doc(fmt.Sprintf("%s computes blocks of %d channels of some positions; see Tile.Pool.", name, vecs*s.bytes/4))
	build.Pragma("noescape")
	e := &emitter{isa: s, registers: map[uint32]reg.VecVirtual{}}
	y, x := build.Load(build.Param("y"), build.GP64()), build.Load(build.Param("x"), build.GP64())
	yStep, xStep := distance("yStep"), distance("xStep")
	taps := build.Load(build.Param("taps"), build.GP64())
	positions := build.Load(build.Param("positions"), build.GP64())
	to, from, tap, at, count, blocks := build.GP64(), build.GP64(), build.GP64(), build.GP64(), build.GP64(), build.GP64()
	build.Label(name + "Position")
	build.MOVQ(y, to)
	build.MOVQ(x, from)
	build.Load(build.Param("blocks"), blocks)
	build.Label(name + "Block")
	acc := make([]reg.VecVirtual, vecs)
	build.MOVQ(taps, tap)
	build.Load(build.Param("count"), count)
	build.MOVQ(operand.Mem{Base: tap}, at)
	for v := range acc {
		acc[v] = s.vec()
		build.VMOVUPS(operand.Mem{Base: from, Index: at, Scale: 4, Disp: v * s.bytes}, acc[v])
	}
	build.DECQ(count)
	build.JZ(operand.LabelRef(name + "Store"))
	build.Label(name + "Tap")
	build.ADDQ(operand.Imm(8), tap)
	build.MOVQ(operand.Mem{Base: tap}, at)
	for v := range acc {
		combine(e, operand.Mem{Base: from, Index: at, Scale: 4, Disp: v * s.bytes}, acc[v])
	}
	build.DECQ(count)
	build.JNZ(operand.LabelRef(name + "Tap"))
	build.Label(name + "Store")
	for v := range acc {
		build.VMOVUPS(acc[v], operand.Mem{Base: to, Disp: v * s.bytes})
	}
	build.ADDQ(operand.U32(uint64(vecs*s.bytes)), to)
	build.ADDQ(operand.U32(uint64(vecs*s.bytes)), from)
	build.DECQ(blocks)
	build.JNZ(operand.LabelRef(name + "Block"))
	build.ADDQ(yStep, y)
	build.ADDQ(xStep, x)
	build.DECQ(positions)
	build.JNZ(operand.LabelRef(name + "Position"))
	build.VZEROUPPER()
	build.RET()
}
