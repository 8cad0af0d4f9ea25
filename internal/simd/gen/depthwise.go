package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// windowKernels writes the kernels that add up the cells of a window in place, without packing.
func windowKernels() {
	for _, s := range sets {
		for _, shape := range depthwiseShapes(s) {
			depthwise(s, shape[0], shape[1])
		}
		winogradIn(s)
		winogradOut(s)
		poolKernels(s)
		copyApart(s)
		rows := maxRows512
		if s.bytes == 32 {
			rows = maxRows2
		}
		for r := 1; r <= rows; r++ {
			directKernel(s, r, 1)
			directKernel(s, r, 2)
		}
	}
}

// depthwiseShapes lists the numbers of positions and of vectors of channels of one tile.
func depthwiseShapes(s isa) [][2]int {
	shapes := [][2]int{{1, 1}, {2, 1}, {4, 1}, {1, 2}, {2, 2}, {4, 2}, {1, 4}, {2, 4}}
	if s.bytes == 64 {
		shapes = append(shapes, [][2]int{{8, 1}, {8, 2}, {4, 4}}...)
	}
	return shapes
}

// depthwise writes the kernel that multiplies each channel with a window of its own.
func depthwise(s isa, n, vecs int) {
	name := fmt.Sprintf("depthwise%dx%d%s", n, vecs, s.suffix)
	build.TEXT(name, build.NOSPLIT, "func(y, x, w *float32, yStep, xStep int, taps *int, count, tiles, blocks int)")
	build.Doc(fmt.Sprintf("%s computes blocks of %d channels, each for tiles of %d positions; see Tile.Depthwise.", name, vecs*s.bytes/4, n))
	build.Pragma("noescape")
	y := build.Load(build.Param("y"), build.GP64())
	x := build.Load(build.Param("x"), build.GP64())
	w := build.Load(build.Param("w"), build.GP64())
	yStep := build.Load(build.Param("yStep"), build.GP64())
	xStep := build.Load(build.Param("xStep"), build.GP64())
	blocks := build.Load(build.Param("blocks"), build.GP64())
	build.SHLQ(operand.Imm(2), yStep)
	build.SHLQ(operand.Imm(2), xStep)
	three := build.GP64()
	if n >= 4 {
		build.LEAQ(operand.Mem{Base: xStep, Index: xStep, Scale: 2}, three)
	}
	build.Label(name + "Block")
	to, from, tiles := build.GP64(), build.GP64(), build.GP64()
	build.MOVQ(y, to)
	build.MOVQ(x, from)
	build.Load(build.Param("tiles"), tiles)
	build.Label(name + "Tile")
	acc := s.zero(n * vecs)
	tap, count := build.GP64(), build.GP64()
	build.Load(build.Param("taps"), tap)
	build.Load(build.Param("count"), count)
	build.Label(name + "Tap")
	depthwiseTap(s, acc, n, vecs, tap, from, w, xStep, three)
	build.ADDQ(operand.Imm(16), tap)
	build.DECQ(count)
	build.JNZ(operand.LabelRef(name + "Tap"))
	for i := range n {
		for v := range vecs {
			build.VMOVUPS(acc[i*vecs+v], operand.Mem{Base: to, Disp: v * s.bytes})
		}
		build.ADDQ(yStep, to)
	}
	build.LEAQ(operand.Mem{Base: from, Index: xStep, Scale: uint8(n)}, from)
	build.DECQ(tiles)
	build.JNZ(operand.LabelRef(name + "Tile"))
	for _, p := range []reg.Register{x, y, w} {
		build.ADDQ(operand.U32(uint64(vecs*s.bytes)), p)
	}
	build.DECQ(blocks)
	build.JNZ(operand.LabelRef(name + "Block"))
	build.VZEROUPPER()
	build.RET()
}

// depthwiseTap writes the products of one cell of the window.
func depthwiseTap(s isa, acc []reg.VecVirtual, n, vecs int, tap, from, w, xStep, three reg.Register) {
	at, second := build.GP64(), build.GP64()
	build.MOVQ(operand.Mem{Base: tap, Disp: 8}, second)
	weights := make([]reg.VecVirtual, vecs)
	for v := range weights {
		weights[v] = s.vec()
		build.VMOVUPS(operand.Mem{Base: w, Index: second, Scale: 4, Disp: v * s.bytes}, weights[v])
	}
	build.MOVQ(operand.Mem{Base: tap}, at)
	build.LEAQ(operand.Mem{Base: from, Index: at, Scale: 4}, at)
	if n > 4 {
		build.LEAQ(operand.Mem{Base: at, Index: xStep, Scale: 4}, second)
	}
	for i := range n {
		for v := range weights {
			m := operand.Mem{Base: at, Disp: v * s.bytes}
			if i >= 4 {
				m.Base = second
			}
			switch i % 4 {
			case 1, 2:
				m.Index, m.Scale = xStep, uint8(i%4)
			case 3:
				m.Index, m.Scale = three, 1
			}
			build.VFMADD231PS(m, weights[v], acc[i*vecs+v])
		}
	}
}
