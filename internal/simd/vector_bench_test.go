package simd

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkVector runs each kernel on a tile in the first-level cache.
func BenchmarkVector(b *testing.B) {
	for _, kern := range supported() {
		for _, n := range []int{16, 256, 1024, 4096} {
			for _, op := range benchOps(kern.vec, n) {
				b.Run(fmt.Sprintf("op=%s/isa=%s/n=%d", op.name, kern.isa, n), func(b *testing.B) {
					for b.Loop() {
						op.run()
					}
					b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/float64(n), "ns/element")
				})
			}
		}
	}
}

type benchOp struct {
	name string
	run  func()
}

func benchOps(v *vectorOps, n int) []benchOp {
	r := rand.New(rand.NewPCG(1, 2))
	a, b, dst := randomFloats(r, n), randomFloats(r, n), make([]float32, n)
	bytes, halves := make([]uint8, n), make([]uint16, n)
	ops := []benchOp{
		{"select", func() { choose3(v, dst, a, a, b) }},
		{"fill", func() { fill(v, dst, 1) }},
		{"fromUint8", func() { convert(v.fromUint8, v.step, dst, bytes) }},
		{"fromBF16", func() { convert(v.fromBF16, v.step, dst, halves) }},
		{"fromF16", func() { convert(v.fromF16, v.step, dst, halves) }},
		{"toBF16", func() { convert(v.toBF16, v.step, halves, a) }},
		{"toF16", func() { convert(v.toF16, v.step, halves, a) }},
	}
	for _, k := range binaryOps {
		f := k.get(v)
		ops = append(ops, benchOp{k.name, func() { binary(f, dst, a, b) }})
	}
	for _, k := range unaryOps {
		f := k.get(v)
		ops = append(ops, benchOp{k.name, func() { unary(f, dst, a) }})
	}
	for _, k := range mathFunctions {
		f := k.get(v)
		ops = append(ops, benchOp{k.name, func() { unary(f, dst, a) }})
	}
	for _, k := range reduceOps {
		f := k.get(v)
		ops = append(ops, benchOp{k.name, func() { sink = reduce(f, a, 0) }})
	}
	return ops
}

var sink float32
