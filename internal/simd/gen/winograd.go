package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// square addresses 4 by 4 vectors, rows and columns at any distance.
type square struct {
	base         [4]reg.Register
	column, last reg.Register // from one column to the next, and to the last
}

// newSquare makes the addresses from the first one and the distances in floats.
func newSquare(at, row, column reg.Register, rows int) square {
	q := square{column: column, last: build.GP64()}
	build.LEAQ(operand.Mem{Base: column, Index: column, Scale: 2}, q.last)
	q.base[0] = at
	for r := 1; r < rows; r++ {
		q.base[r] = build.GP64()
		build.LEAQ(operand.Mem{Base: q.base[r-1], Index: row, Scale: 1}, q.base[r])
	}
	return q
}

func (q square) at(r, c int) operand.Mem {
	m := operand.Mem{Base: q.base[r]}
	switch c {
	case 1, 2:
		m.Index, m.Scale = q.column, uint8(c)
	case 3:
		m.Index, m.Scale = q.last, 1
	}
	return m
}

// next moves the first rows on by a vector.
func (q square) next(s isa, rows int) {
	for _, b := range q.base[:rows] {
		build.ADDQ(operand.U32(uint64(s.bytes)), b)
	}
}

// distance loads a parameter in floats as bytes.
func distance(name string) reg.GPVirtual {
	d := build.GP64()
	build.Load(build.Param(name), d)
	build.SHLQ(operand.Imm(2), d)
	return d
}

// pairs are the rows of the input transform: the difference or sum of two values.
var pairs = [4]struct {
	a, b int
	add  bool
}{{0, 2, false}, {1, 2, true}, {2, 1, false}, {1, 3, false}}

// winogradIn writes the transform of a square of 4 by 4 input positions.
func winogradIn(s isa) {
	name := "winogradIn" + s.suffix
	build.TEXT(name, build.NOSPLIT, "func(dst *float32, step int, x *float32, row, cell, blocks int)")
	build.Doc(name + " transforms blocks of vectors of channels; see Tile.WinogradIn.")
	build.Pragma("noescape")
	dst, x := build.Load(build.Param("dst"), build.GP64()), build.Load(build.Param("x"), build.GP64())
	step, four := distance("step"), build.GP64()
	build.MOVQ(step, four)
	build.SHLQ(operand.Imm(2), four)
	to := newSquare(dst, four, step, 4)
	from := newSquare(x, distance("row"), distance("cell"), 4)
	blocks := build.Load(build.Param("blocks"), build.GP64())
	build.Label(name + "Loop")
	for r, rows := range pairs {
		var t [4]reg.VecVirtual
		for c := range t {
			t[c] = s.vec()
			build.VMOVUPS(from.at(rows.a, c), t[c])
			sumOrDifference(rows.add, from.at(rows.b, c), t[c], t[c])
		}
		for c, columns := range pairs {
			v := s.vec()
			sumOrDifference(columns.add, t[columns.b], t[columns.a], v)
			build.VMOVUPS(v, to.at(r, c))
		}
	}
	to.next(s, 4)
	from.next(s, 4)
	build.DECQ(blocks)
	build.JNZ(operand.LabelRef(name + "Loop"))
	build.VZEROUPPER()
	build.RET()
}

// sumOrDifference sets r to a+b or a-b.
func sumOrDifference(add bool, b operand.Op, a, r reg.VecVirtual) {
	if add {
		build.VADDPS(b, a, r)
	} else {
		build.VSUBPS(b, a, r)
	}
}

// winogradOut writes the transform of 4 by 4 products to 2 by 2 outputs; the first row and
// column are written last.
func winogradOut(s isa) {
	name := "winogradOut" + s.suffix
	build.TEXT(name, build.NOSPLIT, "func(y *float32, row, cell int, m *float32, step, blocks int)")
	build.Doc(name + " transforms blocks of vectors of channels; see Tile.WinogradOut.")
	build.Pragma("noescape")
	m, y := build.Load(build.Param("m"), build.GP64()), build.Load(build.Param("y"), build.GP64())
	step, four := distance("step"), build.GP64()
	build.MOVQ(step, four)
	build.SHLQ(operand.Imm(2), four)
	from := newSquare(m, four, step, 4)
	row, cell := distance("row"), distance("cell")
	second := build.GP64()
	build.LEAQ(operand.Mem{Base: y, Index: row, Scale: 1}, second)
	blocks := build.Load(build.Param("blocks"), build.GP64())
	build.Label(name + "Loop")
	for i, at := range []reg.Register{second, y} {
		first := 1 - i // the row of the output
		var t [4]reg.VecVirtual
		for c := range t {
			t[c] = s.vec()
			build.VMOVUPS(from.at(first, c), t[c])
			sumOrDifference(first == 0, from.at(first+1, c), t[c], t[c])
			sumOrDifference(first == 0, from.at(first+2, c), t[c], t[c])
		}
		left, right := s.vec(), s.vec()
		build.VADDPS(t[1], t[0], left)
		build.VADDPS(t[2], left, left)
		build.VSUBPS(t[2], t[1], right)
		build.VSUBPS(t[3], right, right)
		build.VMOVUPS(right, operand.Mem{Base: at, Index: cell, Scale: 1})
		build.VMOVUPS(left, operand.Mem{Base: at})
	}
	from.next(s, 4)
	for _, at := range []reg.Register{second, y} {
		build.ADDQ(operand.U32(uint64(s.bytes)), at)
	}
	build.DECQ(blocks)
	build.JNZ(operand.LabelRef(name + "Loop"))
	build.VZEROUPPER()
	build.RET()
}
