package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// direct is the kernel of a tile whose rows of A are read where they are: evenly spaced rows,
// each a sequence of runs of contiguous values.
type direct struct {
	isa        isa
	name       string
	rows, vecs int
	step       reg.Register   // from one row of A to the next, in bytes
	three      reg.Register   // three times that
	at         []reg.Register // of every fourth row
	b, k       reg.Register
	acc        []reg.VecVirtual
}

func directKernel(s isa, rows, vecs int) {
	d := &direct{isa: s, rows: rows, vecs: vecs, name: fmt.Sprintf("direct%dx%d%s", rows, vecs, s.suffix)}
	build.TEXT(d.name, build.NOSPLIT, "func(c *float32, cStep int, x *float32, xStep int, b *float32, runs *int, count, tiles, lanes int, add bool)")
	build.Doc(fmt.Sprintf("%s computes tiles of %d rows; lanes is the number of columns in the last vector; see Tile.Direct.", d.name, rows))
	build.Pragma("noescape")
	c := build.Load(build.Param("c"), build.GP64())
	x := build.Load(build.Param("x"), build.GP64())
	d.step, d.three = build.Load(build.Param("xStep"), build.GP64()), build.GP64()
	build.SHLQ(operand.Imm(2), d.step)
	if rows > 3 {
		build.LEAQ(operand.Mem{Base: d.step, Index: d.step, Scale: 2}, d.three)
	}
	tiles := build.Load(build.Param("tiles"), build.GP64())
	build.Label(d.name + "Tile")
	d.fetch(c)
	d.acc = s.zero(rows * vecs)
	run, count := build.Load(build.Param("runs"), build.GP64()), build.Load(build.Param("count"), build.GP64())
	d.b = build.Load(build.Param("b"), build.GP64())
	build.Label(d.name + "Run")
	d.begin(x, run)
	d.sums()
	build.ADDQ(operand.Imm(16), run)
	build.DECQ(count)
	build.JNZ(operand.LabelRef(d.name + "Run"))
	d.store(c)
	build.Label(d.name + "Next")
	far := build.GP64()
	build.IMUL3Q(operand.Imm(uint64(rows)), d.step, far)
	build.ADDQ(far, x)
	build.DECQ(tiles)
	build.JNZ(operand.LabelRef(d.name + "Tile"))
	build.VZEROUPPER()
	build.RET()
}

// fetch prefetches the rows of C.
func (d *direct) fetch(c reg.Register) {
	at, step := build.GP64(), build.Load(build.Param("cStep"), build.GP64())
	build.MOVQ(c, at)
	for range d.rows {
		for v := range d.vecs {
			build.PREFETCHT0(operand.Mem{Base: at, Disp: v * d.isa.bytes})
		}
		build.LEAQ(operand.Mem{Base: at, Index: step, Scale: 4}, at)
	}
}

// begin sets the addresses of the rows at the beginning of a run.
func (d *direct) begin(x, run reg.Register) {
	d.at = d.at[:0]
	for i := 0; i < d.rows; i += 4 {
		at := build.GP64()
		if i == 0 {
			build.MOVQ(operand.Mem{Base: run}, at)
			build.LEAQ(operand.Mem{Base: x, Index: at, Scale: 4}, at)
		} else {
			build.LEAQ(operand.Mem{Base: d.at[i/4-1], Index: d.step, Scale: 4}, at)
		}
		d.at = append(d.at, at)
	}
	d.k = build.GP64()
	build.MOVQ(operand.Mem{Base: run, Disp: 8}, d.k)
}

// sums adds the products of a run, at least one.
func (d *direct) sums() {
	if d.isa.bytes == 32 {
		const n = 4
		build.SUBQ(operand.Imm(n), d.k)
		build.JL(operand.LabelRef(d.name + "Rest"))
		d.loop("Four", n)
		build.JGE(operand.LabelRef(d.name + "Four"))
		build.Label(d.name + "Rest")
		build.ADDQ(operand.Imm(n), d.k)
		build.JZ(operand.LabelRef(d.name + "Done"))
	}
	d.loop("One", 1)
	build.JNZ(operand.LabelRef(d.name + "One"))
	build.Label(d.name + "Done")
}

// loop writes n steps of the sum, which end with the flags of the remaining count.
func (d *direct) loop(label string, n int) {
	build.Label(d.name + label)
	for l := range n {
		b := make([]reg.VecVirtual, d.vecs)
		for v := range b {
			b[v] = d.isa.vec()
			build.VMOVUPS(operand.Mem{Base: d.b, Disp: (l*d.vecs + v) * d.isa.bytes}, b[v])
		}
		for i := range d.rows {
			f := d.isa.vec()
			build.VBROADCASTSS(d.row(i, l), f)
			for v := range b {
				build.VFMADD231PS(b[v], f, d.acc[i*d.vecs+v])
			}
		}
	}
	for _, at := range d.at {
		build.ADDQ(operand.Imm(uint64(4*n)), at)
	}
	build.ADDQ(operand.U32(uint64(n*d.vecs*d.isa.bytes)), d.b)
	build.SUBQ(operand.Imm(uint64(n)), d.k)
}

// row returns the address of row i, l values ahead.
func (d *direct) row(i, l int) operand.Mem {
	m := operand.Mem{Base: d.at[i/4], Disp: 4 * l}
	switch i % 4 {
	case 1, 2:
		m.Index, m.Scale = d.step, uint8(i%4)
	case 3:
		m.Index, m.Scale = d.three, 1
	}
	return m
}

// store writes the sums to C, or adds them there, and moves c behind the tile.
func (d *direct) store(c reg.Register) {
	step, lanes := build.Load(build.Param("cStep"), build.GP64()), build.Load(build.Param("lanes"), build.GP64())
	build.SHLQ(operand.Imm(2), step)
	add := build.Load(build.Param("add"), build.GP8())
	build.CMPQ(lanes, operand.Imm(uint64(d.isa.bytes/4)))
	build.JNE(operand.LabelRef(d.name + "Part"))
	build.TESTB(add, add)
	build.JNZ(operand.LabelRef(d.name + "Add"))
	d.rowsTo(c, step, nil, false)
	build.JMP(operand.LabelRef(d.name + "Next"))
	build.Label(d.name + "Add")
	d.rowsTo(c, step, nil, true)
	build.JMP(operand.LabelRef(d.name + "Next"))
	build.Label(d.name + "Part")
	mask := d.mask(lanes)
	build.TESTB(add, add)
	build.JNZ(operand.LabelRef(d.name + "PartAdd"))
	d.rowsTo(c, step, mask, false)
	build.JMP(operand.LabelRef(d.name + "Next"))
	build.Label(d.name + "PartAdd")
	d.rowsTo(c, step, mask, true)
}

// mask returns the mask of the first lanes of a vector.
func (d *direct) mask(lanes reg.Register) reg.Register {
	if d.isa.bytes == 64 {
		return lastLanes(d.isa, lanes)
	}
	table, mask, at := build.GP64(), build.YMM(), build.GP64()
	build.MOVQ(operand.U32(8), at)
	build.SUBQ(lanes, at)
	build.LEAQ(tailTable(), table)
	build.VMOVUPS(operand.Mem{Base: table, Index: at, Scale: 4}, mask)
	return mask
}

// rowsTo moves each row of sums to C, of the last vector only the lanes of the mask.
func (d *direct) rowsTo(c, step, mask reg.Register, add bool) {
	for i := range d.rows {
		for v := range d.vecs {
			m, sum := operand.Mem{Base: c, Disp: v * d.isa.bytes}, d.acc[i*d.vecs+v]
			switch {
			case mask == nil || v < d.vecs-1:
				if add {
					build.VADDPS(m, sum, sum)
				}
				build.VMOVUPS(sum, m)
			case d.isa.bytes == 64:
				if add {
					build.VADDPS(m, sum, mask, sum)
				}
				build.VMOVUPS(sum, mask, m)
			default:
				if add {
					old := d.isa.vec()
					build.VMASKMOVPS(m, mask, old)
					build.VADDPS(old, sum, sum)
				}
				build.VMASKMOVPS(sum, mask, m)
			}
		}
		build.ADDQ(step, c)
	}
}
