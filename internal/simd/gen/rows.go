package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// copyRows writes the kernel that gathers rows of floats; a negative offset gives a row of
// zeros.
func copyRows(s isa) {
	name := "copyRows" + s.suffix
	build.TEXT(name, build.NOSPLIT, "func(dst *float32, stride int, src *float32, offsets *int, rows, n int)")
	build.Doc(name + " sets dst[i*stride+j] = src[offsets[i]+j], or 0 where offsets[i] < 0, for i < rows and j < n, both at least 1.")
	build.Pragma("noescape")
	dst := build.Load(build.Param("dst"), build.GP64())
	stride := build.Load(build.Param("stride"), build.GP64())
	build.SHLQ(operand.Imm(2), stride)
	src := build.Load(build.Param("src"), build.GP64())
	offsets := build.Load(build.Param("offsets"), build.GP64())
	rows := build.Load(build.Param("rows"), build.GP64())
	n := build.Load(build.Param("n"), build.GP64())
	lanes := s.bytes / 4
	tail := lastLanes(s, n)
	whole := build.GP64()
	build.MOVQ(n, whole)
	build.ANDQ(operand.I32(-lanes), whole)
	zero := s.zero(1)[0]

	build.Label(name + "Row")
	at, j := build.GP64(), build.GP64()
	build.MOVQ(operand.Mem{Base: offsets}, at)
	build.XORQ(j, j)
	build.TESTQ(at, at)
	build.JS(operand.LabelRef(name + "Zero"))
	from := build.GP64()
	build.LEAQ(operand.Mem{Base: src, Index: at, Scale: 4}, from)
	row(s, name+"Copy", dst, j, whole, tail, n, func(m operand.Mem, v reg.Register, masked bool) {
		m.Base = from
		load(s, m, v, tail, masked)
	})
	build.Label(name + "Next")
	build.ADDQ(stride, dst)
	build.ADDQ(operand.Imm(8), offsets)
	build.DECQ(rows)
	build.JNZ(operand.LabelRef(name + "Row"))
	build.VZEROUPPER()
	build.RET()

	build.Label(name + "Zero")
	row(s, name+"Clear", dst, j, whole, tail, n, func(_ operand.Mem, v reg.Register, masked bool) {
		if v, ok := v.(reg.VecVirtual); ok && (s.bytes == 64 || !masked) {
			build.VMOVAPS(zero, v)
			return
		}
		build.VXORPS(v, v, v)
	})
	build.JMP(operand.LabelRef(name + "Next"))
}

// row writes n floats at dst: four vectors at a time, then one at a time, then the rest. get
// loads the value of each vector.
func row(s isa, name string, dst, j, whole, tail, n reg.Register, get func(m operand.Mem, v reg.Register, masked bool)) {
	lanes := s.bytes / 4
	four := build.GP64()
	build.LEAQ(operand.Mem{Base: whole, Disp: -4 * lanes}, four)
	build.Label(name + "Four")
	build.CMPQ(j, four)
	build.JG(operand.LabelRef(name + "One"))
	for u := range 4 {
		v := s.vec()
		m := operand.Mem{Index: j, Scale: 4, Disp: u * s.bytes}
		get(m, v, false)
		m.Base = dst
		build.VMOVUPS(v, m)
	}
	build.ADDQ(operand.U32(uint64(4*lanes)), j)
	build.JMP(operand.LabelRef(name + "Four"))
	build.Label(name + "One")
	build.CMPQ(j, whole)
	build.JGE(operand.LabelRef(name + "Tail"))
	v := s.vec()
	get(operand.Mem{Index: j, Scale: 4}, v, false)
	build.VMOVUPS(v, operand.Mem{Base: dst, Index: j, Scale: 4})
	build.ADDQ(operand.U32(uint64(lanes)), j)
	build.JMP(operand.LabelRef(name + "One"))
	build.Label(name + "Tail")
	if s.bytes == 64 {
		v := s.vec()
		get(operand.Mem{Index: j, Scale: 4}, v, true)
		build.VMOVUPS(v, tail, operand.Mem{Base: dst, Index: j, Scale: 4})
		return
	}
	build.CMPQ(j, n)
	build.JGE(operand.LabelRef(name + "End"))
	x := build.XMM()
	get(operand.Mem{Index: j, Scale: 4}, x, true)
	build.VMOVSS(x, operand.Mem{Base: dst, Index: j, Scale: 4})
	build.INCQ(j)
	build.JMP(operand.LabelRef(name + "Tail"))
	build.Label(name + "End")
}

func load(s isa, m operand.Mem, v, tail reg.Register, masked bool) {
	switch {
	case !masked:
		build.VMOVUPS(m, v)
	case s.bytes == 64:
		build.VMOVUPS_Z(m, tail, v)
	default:
		build.VMOVSS(m, v)
	}
}

// lastLanes returns a mask of the n mod lanes lowest lanes; AVX2 has no such masks.
func lastLanes(s isa, n reg.Register) reg.Register {
	if s.bytes != 64 {
		return nil
	}
	ones, mask := build.GP64(), build.K()
	count := build.GP64()
	build.MOVQ(n, count)
	build.ANDQ(operand.Imm(uint64(s.bytes/4-1)), count)
	build.MOVQ(operand.U32(1), ones)
	build.SHLXQ(count, ones, ones)
	build.DECQ(ones)
	build.KMOVW(ones.As32(), mask)
	return mask
}

// transposeBlock writes the kernel that transposes a square of lanes by lanes floats.
func transposeBlock(s isa) {
	lanes := s.bytes / 4
	name := "transpose" + s.suffix
	build.TEXT(name, build.NOSPLIT, "func(dst *float32, dstStride int, src *float32, srcStride int)")
	build.Doc(fmt.Sprintf("%s sets dst[j*dstStride+i] = src[i*srcStride+j] for i, j < %d.", name, lanes))
	build.Pragma("noescape")
	dst := build.Load(build.Param("dst"), build.GP64())
	dstStride := build.Load(build.Param("dstStride"), build.GP64())
	src := build.Load(build.Param("src"), build.GP64())
	srcStride := build.Load(build.Param("srcStride"), build.GP64())
	build.SHLQ(operand.Imm(2), dstStride)
	build.SHLQ(operand.Imm(2), srcStride)
	v := make([]reg.VecVirtual, lanes)
	for i := range v {
		v[i] = s.vec()
		build.VMOVUPS(operand.Mem{Base: src}, v[i])
		if i+1 < lanes {
			build.ADDQ(srcStride, src)
		}
	}
	v = turn(s, v)
	for j := range v {
		build.VMOVUPS(v[j], operand.Mem{Base: dst})
		if j+1 < lanes {
			build.ADDQ(dstStride, dst)
		}
	}
	build.VZEROUPPER()
	build.RET()
}

// turn transposes the square in registers: first 4 by 4 squares within each 128-bit part, then
// the parts.
func turn(s isa, v []reg.VecVirtual) []reg.VecVirtual {
	lanes := len(v)
	w := make([]reg.VecVirtual, lanes)
	for g := 0; g < lanes; g += 4 {
		var t [4]reg.VecVirtual
		for i := range t {
			t[i], w[g+i] = s.vec(), s.vec()
		}
		build.VUNPCKLPS(v[g+1], v[g], t[0])
		build.VUNPCKHPS(v[g+1], v[g], t[1])
		build.VUNPCKLPS(v[g+3], v[g+2], t[2])
		build.VUNPCKHPS(v[g+3], v[g+2], t[3])
		build.VUNPCKLPD(t[2], t[0], w[g])
		build.VUNPCKHPD(t[2], t[0], w[g+1])
		build.VUNPCKLPD(t[3], t[1], w[g+2])
		build.VUNPCKHPD(t[3], t[1], w[g+3])
	}
	out := make([]reg.VecVirtual, lanes)
	for i := range 4 {
		if s.bytes == 32 {
			out[i], out[i+4] = s.vec(), s.vec()
			build.VPERM2F128(operand.Imm(0x20), w[i+4], w[i], out[i])
			build.VPERM2F128(operand.Imm(0x31), w[i+4], w[i], out[i+4])
			continue
		}
		var t [4]reg.VecVirtual
		for p := range t {
			t[p], out[i+4*p] = s.vec(), s.vec()
		}
		build.VSHUFF32X4(operand.Imm(0x88), w[i+4], w[i], t[0])
		build.VSHUFF32X4(operand.Imm(0xdd), w[i+4], w[i], t[1])
		build.VSHUFF32X4(operand.Imm(0x88), w[i+12], w[i+8], t[2])
		build.VSHUFF32X4(operand.Imm(0xdd), w[i+12], w[i+8], t[3])
		build.VSHUFF32X4(operand.Imm(0x88), t[2], t[0], out[i])
		build.VSHUFF32X4(operand.Imm(0x88), t[3], t[1], out[i+4])
		build.VSHUFF32X4(operand.Imm(0xdd), t[2], t[0], out[i+8])
		build.VSHUFF32X4(operand.Imm(0xdd), t[3], t[1], out[i+12])
	}
	return out
}
