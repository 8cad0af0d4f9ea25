package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// conversionKernel is a kernel that changes the type of an array.
type conversionKernel struct {
	name, from, to   string
	fromSize, toSize uint8
	// prepare writes the code before the loop and returns the function that
	// converts the vector at src and writes it to dst.
	prepare func(e *emitter) func(dst, src operand.Mem)
}

func conversions() []conversionKernel {
	return []conversionKernel{
		{"fromUint8", "uint8", "float32", 1, 4, fromUint8},
		{"fromBF16", "uint16", "float32", 2, 4, fromBF16},
		{"toBF16", "float32", "uint16", 4, 2, toBF16},
		{"toF16", "float32", "uint16", 4, 2, toF16},
	}
}

// conversion writes a kernel that converts whole vectors of float32.
func conversion(s isa, k conversionKernel) {
	name, lanes := k.name+s.suffix, s.bytes/4
	build.TEXT(name, build.NOSPLIT, fmt.Sprintf("func(dst *%s, src *%s, n int)", k.to, k.from))
	build.Doc(fmt.Sprintf("%s converts n (a multiple of %d) elements.", name, lanes))
	build.Pragma("noescape")
	e := &emitter{isa: s, registers: map[uint32]reg.VecVirtual{}}
	dst := build.Load(build.Param("dst"), build.GP64())
	src := build.Load(build.Param("src"), build.GP64())
	n := build.Load(build.Param("n"), build.GP64())
	body := k.prepare(e)
	i := build.GP64()
	build.XORQ(i, i)
	build.Label(name + "Loop")
	body(operand.Mem{Base: dst, Index: i, Scale: k.toSize}, operand.Mem{Base: src, Index: i, Scale: k.fromSize})
	build.ADDQ(operand.U32(uint64(lanes)), i)
	build.CMPQ(i, n)
	build.JL(operand.LabelRef(name + "Loop"))
	build.VZEROUPPER()
	build.RET()
}

func fromUint8(e *emitter) func(dst, src operand.Mem) {
	return func(dst, src operand.Mem) {
		v := e.isa.vec()
		build.VPMOVZXBD(src, v)
		build.VCVTDQ2PS(v, v)
		build.VMOVUPS(v, dst)
	}
}

func fromBF16(e *emitter) func(dst, src operand.Mem) {
	return func(dst, src operand.Mem) {
		v := e.isa.vec()
		build.VPMOVZXWD(src, v)
		build.VPSLLD(operand.Imm(16), v, v)
		build.VMOVUPS(v, dst)
	}
}

// toBF16 adds just less than half a unit of the last place that is kept, or exactly half a unit
// if that place is odd, and truncates. A NaN is made quiet and truncated.
func toBF16(e *emitter) func(dst, src operand.Mem) {
	almost, one, quiet := e.bits(0x7fff), e.bits(1), e.bits(1<<22)
	return func(dst, src operand.Mem) {
		x := e.group(1)
		build.VMOVUPS(src, x[0])
		odd := e.and(e.imm(build.VPSRLD, 16, x), one)
		rounded := e.addInt(e.addInt(x, almost), odd)
		r := e.blend(e.compare(cmpUnordered, x, x), e.or(x, quiet), rounded)
		r = e.imm(build.VPSRLD, 16, r)
		if e.wide() {
			build.VPMOVDW(r[0], dst)
			return
		}
		high := build.XMM()
		build.VEXTRACTI128(operand.Imm(1), r[0], high)
		build.VPACKUSDW(high, r[0].AsX(), high)
		build.VMOVDQU(high, dst)
	}
}

func toF16(e *emitter) func(dst, src operand.Mem) {
	return func(dst, src operand.Mem) {
		v := e.isa.vec()
		build.VMOVUPS(src, v)
		build.VCVTPS2PH(operand.Imm(0), v, dst)
	}
}
