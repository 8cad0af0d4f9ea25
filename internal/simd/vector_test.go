package simd

import (
	"math"
	"math/rand/v2"
	"testing"

	"repbench/internal/npy"
)

type (
	unaryOp struct {
		name string
		get  func(v *vectorOps) unaryKernel
		want func(x float32) float32
	}
	binaryOp struct {
		name string
		get  func(v *vectorOps) binaryKernel
		want func(x, y float32) float32
	}
	reduceOp struct {
		name  string
		get   func(v *vectorOps) reduceKernel
		empty float32
	}
)

// binaryOps and unaryOps give the same bits with all instruction sets.
var (
	binaryOps = []binaryOp{
		{"add", func(v *vectorOps) binaryKernel { return v.add }, func(x, y float32) float32 { return x + y }},
		{"sub", func(v *vectorOps) binaryKernel { return v.sub }, func(x, y float32) float32 { return x - y }},
		{"mul", func(v *vectorOps) binaryKernel { return v.mul }, func(x, y float32) float32 { return x * y }},
		{"div", func(v *vectorOps) binaryKernel { return v.div }, func(x, y float32) float32 { return x / y }},
		{"max", func(v *vectorOps) binaryKernel { return v.max }, func(x, y float32) float32 { return max(x, y) }},
		{"min", func(v *vectorOps) binaryKernel { return v.min }, func(x, y float32) float32 { return min(x, y) }},
		{"equal", func(v *vectorOps) binaryKernel { return v.equal }, func(x, y float32) float32 { return truth(x == y) }},
		{"notEqual", func(v *vectorOps) binaryKernel { return v.notEqual }, func(x, y float32) float32 { return truth(x != y) }},
		{"less", func(v *vectorOps) binaryKernel { return v.less }, func(x, y float32) float32 { return truth(x < y) }},
		{"lessEqual", func(v *vectorOps) binaryKernel { return v.lessEqual }, func(x, y float32) float32 { return truth(x <= y) }},
	}
	unaryOps = []unaryOp{
		{"neg", func(v *vectorOps) unaryKernel { return v.neg }, func(x float32) float32 { return -x }},
		{"abs", func(v *vectorOps) unaryKernel { return v.abs }, inFloat64(math.Abs)},
		{"sign", func(v *vectorOps) unaryKernel { return v.sign }, sign},
		{"floor", func(v *vectorOps) unaryKernel { return v.floor }, inFloat64(math.Floor)},
		{"ceil", func(v *vectorOps) unaryKernel { return v.ceil }, inFloat64(math.Ceil)},
		{"round", func(v *vectorOps) unaryKernel { return v.round }, inFloat64(math.RoundToEven)},
		{"sqrt", func(v *vectorOps) unaryKernel { return v.sqrt }, inFloat64(math.Sqrt)},
		{"rsqrt", func(v *vectorOps) unaryKernel { return v.rsqrt }, func(x float32) float32 { return 1 / float32(math.Sqrt(float64(x))) }},
	}
	reduceOps = []reduceOp{
		{"sum", func(v *vectorOps) reduceKernel { return v.sum }, 0},
		{"maxOf", func(v *vectorOps) reduceKernel { return v.maxOf }, -infinity},
		{"minOf", func(v *vectorOps) reduceKernel { return v.minOf }, infinity},
	}
)

var _ = npy.Float16ToFloat32
var _ = rand.New
var _ testing.T
