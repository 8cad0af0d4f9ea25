package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// wideKernels writes the kernels whose data and sums are float64: the tile of a product of
// matrices, and the three that run over a group of rows and a vector.
func wideKernels() {
	for _, s := range sets {
		wideTile(s)
		wideRows(s, "wideDots", true, false)
		wideRows(s, "wideCombine", false, true)
		wideRows(s, "wideBoth", true, true)
	}
}

// wideTileRows and wideTileVecs are the register tile: 28 sums of 32 registers, or 12 of 16.
const wideTileVecs = 2

func (s isa) wideTileRows() int {
	if s.bytes == 64 {
		return 14
	}
	return 6
}

// wideGroup is the number of rows that one call of the other kernels works on.
func (s isa) wideGroup() int {
	if s.bytes == 64 {
		return 8
	}
	return 4
}

// wideTile writes the kernel of a tile of C: rows of A are packed column by column, columns
// of B row by row.
func wideTile(s isa) {
	name, rows := "wideTile"+s.suffix, s.wideTileRows()
	build.TEXT(name, build.NOSPLIT, "func(k int, a, b, c *float64, stride int, add bool)")
	build.Doc(name + " sets c[i*stride+j] to the sum over l < k of a[l*rows+i]*b[l*columns+j], or adds it there.")
	build.Pragma("noescape")
	k := build.Load(build.Param("k"), build.GP64())
	a := build.Load(build.Param("a"), build.GP64())
	b := build.Load(build.Param("b"), build.GP64())
	c := build.Load(build.Param("c"), build.GP64())
	stride := build.Load(build.Param("stride"), build.GP64())
	build.SHLQ(operand.Imm(3), stride)
	each := func(f func(i, v int, m operand.Mem)) {
		at := build.GP64()
		build.MOVQ(c, at)
		for i := range rows {
			for v := range wideTileVecs {
				f(i, v, operand.Mem{Base: at, Disp: v * s.bytes})
			}
			build.ADDQ(stride, at)
		}
	}
	each(func(_, _ int, m operand.Mem) { build.PREFETCHT0(m) })
	acc := s.zero(rows * wideTileVecs)
	build.Label(name + "Loop")
	bv := make([]reg.VecVirtual, wideTileVecs)
	for v := range bv {
		bv[v] = s.vec()
		build.VMOVUPD(operand.Mem{Base: b, Disp: v * s.bytes}, bv[v])
	}
	for i := range rows {
		f := s.vec()
		build.VBROADCASTSD(operand.Mem{Base: a, Disp: 8 * i}, f)
		for v := range bv {
			build.VFMADD231PD(bv[v], f, acc[i*wideTileVecs+v])
		}
	}
	build.ADDQ(operand.U32(uint64(8*rows)), a)
	build.ADDQ(operand.U32(uint64(wideTileVecs*s.bytes)), b)
	build.DECQ(k)
	build.JNZ(operand.LabelRef(name + "Loop"))
	add := build.Load(build.Param("add"), build.GP8())
	build.TESTB(add, add)
	build.JZ(operand.LabelRef(name + "Store"))
	each(func(i, v int, m operand.Mem) {
		sum := acc[i*wideTileVecs+v]
		build.VADDPD(m, sum, sum)
	})
	build.Label(name + "Store")
	each(func(i, v int, m operand.Mem) { build.VMOVUPD(acc[i*wideTileVecs+v], m) })
	build.VZEROUPPER()
	build.RET()
}

// wideRows writes a kernel that runs once over a group of rows: with dots, it multiplies
// each row by x; with combine, it adds the rows, each times its factor, to y.
func wideRows(s isa, prefix string, dots, combine bool) {
	name, rows, lanes := prefix+s.suffix, s.wideGroup(), s.bytes/8
	build.TEXT(name, build.NOSPLIT, "func(a *float64, stride, n int, x, dots, f, y *float64)")
	build.Doc(name + " runs over n (a multiple of the lanes) columns of a group of rows; see WideRows.")
	build.Pragma("noescape")
	stride := build.Load(build.Param("stride"), build.GP64())
	build.SHLQ(operand.Imm(3), stride)
	at := make([]reg.GPVirtual, (rows+2)/3) // of every third row; the others by index
	build.Load(build.Param("a"), at0(at))
	for r := 1; r < len(at); r++ {
		at[r] = build.GP64()
		build.LEAQ(operand.Mem{Base: at[r-1], Index: stride, Scale: 2}, at[r])
		build.ADDQ(stride, at[r])
	}
	row := func(r int) operand.Mem {
		m := operand.Mem{Base: at[r/3]}
		if r%3 > 0 {
			m.Index, m.Scale = stride, uint8(r%3)
		}
		return m
	}
	n := build.Load(build.Param("n"), build.GP64())
	var x, y reg.Register
	var acc, factors []reg.VecVirtual
	if dots {
		x = build.Load(build.Param("x"), build.GP64())
		acc = s.zero(rows)
	}
	if combine {
		y = build.Load(build.Param("y"), build.GP64())
		factors = s.broadcasts(build.Load(build.Param("f"), build.GP64()), rows)
	}
	step := operand.U32(uint64(s.bytes))
	build.Label(name + "Loop")
	wideStep(s, rows, row, x, y, acc, factors)
	for _, p := range at {
		build.ADDQ(step, p)
	}
	for _, p := range []reg.Register{x, y} {
		if p != nil {
			build.ADDQ(step, p)
		}
	}
	build.SUBQ(operand.U32(uint64(lanes)), n)
	build.JNZ(operand.LabelRef(name + "Loop"))
	if dots {
		out := build.Load(build.Param("dots"), build.GP64())
		for r := 0; r < rows; r += 2 {
			build.VMOVUPD(pair64(s, acc[r], acc[r+1]).AsX(), operand.Mem{Base: out, Disp: 8 * r})
		}
	}
	build.VZEROUPPER()
	build.RET()
}

// at0 makes the first pointer.
func at0(at []reg.GPVirtual) reg.GPVirtual {
	at[0] = build.GP64()
	return at[0]
}

// broadcasts loads n factors, each into all lanes of a vector.
func (s isa) broadcasts(f reg.Register, n int) []reg.VecVirtual {
	v := make([]reg.VecVirtual, n)
	for r := range v {
		v[r] = s.vec()
		build.VBROADCASTSD(operand.Mem{Base: f, Disp: 8 * r}, v[r])
	}
	return v
}

// wideStep writes the work on one vector of columns.
func wideStep(s isa, rows int, row func(r int) operand.Mem, x, y reg.Register, acc, factors []reg.VecVirtual) {
	xv, yv := s.vec(), s.vec()
	if acc != nil {
		build.VMOVUPD(operand.Mem{Base: x}, xv)
	}
	if factors != nil {
		build.VMOVUPD(operand.Mem{Base: y}, yv)
	}
	for r := range rows {
		v := s.vec()
		build.VMOVUPD(row(r), v)
		if acc != nil {
			build.VFMADD231PD(v, xv, acc[r])
		}
		if factors != nil {
			build.VFMADD231PD(v, factors[r], yv)
		}
	}
	if factors != nil {
		build.VMOVUPD(yv, operand.Mem{Base: y})
	}
}
