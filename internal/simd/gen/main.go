// Command gen writes the assembly kernels of package simd with avo.
//
// go generate runs it in the parent folder. Each kernel exists for AVX-512 (F, DQ, VL) and for
// AVX2 with FMA, with float32 and with float64 arithmetic; the data are float32 in both. The
// tiles of bytes need AVX-512 VNNI, and the wide kernels have data of float64. The function of the same name in portable.go defines what a
// kernel computes.
package main

import (
	"flag"
	"log"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// width is the number of weight vectors per kernel call, header the number of bytes of a Go
// slice header.
const (
	width  = 5
	header = 24
)

// isa describes one instruction set.
type isa struct {
	suffix string // of the function names
	bytes  int    // of a vector register
	rows   int    // rows of a dot tile
	vecs   int    // vectors across an accumulate tile
	vec    func() reg.VecVirtual
}

var sets = []isa{
	{suffix: "AVX512", bytes: 64, rows: 4, vecs: 4, vec: build.ZMM},
	{suffix: "AVX2", bytes: 32, rows: 2, vecs: 2, vec: build.YMM},
}

// groups are the kernels of one generated file.
var groups = map[string]func(){
	"panel":  panelKernels,
	"matmul": matmulKernels,
	"vector": vectorKernels,
	"wide":   wideKernels,
	"ints":   intKernels,
	"window": windowKernels,
}

func main() {
	name := flag.String("group", "", "kernels to write: panel, matmul, vector, wide, ints or window")
	flag.Parse()
	write, ok := groups[*name]
	if !ok {
		log.Fatalf("gen: unknown group %q", *name)
	}
	build.ConstraintExpr("amd64")
	write()
	build.Generate()
}

func panelKernels() {
	for _, s := range sets {
		dot(s, 4)
		dot(s, 8)
		accumulate(s, 4)
		accumulate(s, 8)
		widen(s)
		peak(s)
	}
}

// elem names the arithmetic type of size bytes.
func elem(size int) string {
	if size == 4 {
		return "float32"
	}
	return "float64"
}

// zero returns n cleared vectors.
func (s isa) zero(n int) []reg.VecVirtual {
	v := make([]reg.VecVirtual, n)
	for i := range v {
		v[i] = s.vec()
		if s.bytes == 64 {
			build.VPXORD(v[i], v[i], v[i])
		} else {
			build.VXORPS(v[i], v[i], v[i])
		}
	}
	return v
}

// loadX loads a vector of float32 data at m, widened when size is 8.
func loadX(m operand.Mem, v reg.VecVirtual, size int) {
	if size == 4 {
		build.VMOVUPS(m, v)
	} else {
		build.VCVTPS2PD(m, v)
	}
}

// fma adds a·b to acc; b may be memory.
func fma(b operand.Op, a, acc reg.VecVirtual, size int) {
	if size == 4 {
		build.VFMADD231PS(b, a, acc)
	} else {
		build.VFMADD231PD(b, a, acc)
	}
}
