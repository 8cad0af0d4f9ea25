package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

func TestEmptyConstant(t *testing.T) {
	b := open(t)
	e := build(t, b, [][]int{{2}}, func(f compute.Function, in []compute.Value) []compute.Value {
		none := must(f.Constant([]float32{}, 0))
		return []compute.Value{must(f.Concatenate(0, in[0], none)), none}
	})
	expect(t, b, e, [][]float32{{1, 2}}, [][]int{{2}}, []float32{1, 2}, nil)
}

// An operation on constants that fails does so when it runs, and only if it runs.
func TestConstantsThatFail(t *testing.T) {
	b := open(t)
	e := build(t, b, [][]int{{}}, func(f compute.Function, in []compute.Value) []compute.Value {
		one := closure(f, nil, func(c compute.Function, _ []compute.Value) []compute.Value {
			return []compute.Value{must(c.Constant([]int32{1}))}
		})
		fails := closure(f, nil, func(c compute.Function, _ []compute.Value) []compute.Value {
			zero := must(c.Constant([]int32{0}))
			return []compute.Value{must(c.Div(zero, zero))}
		})
		return must(f.If(must(f.LessThan(in[0], constant(f, 0))), fails, one))
	})
	if _, err := e.Execute([]compute.Buffer{buffer(b, []float32{1})}, nil, 0); err != nil {
		t.Errorf("a branch that is not taken: %v", err)
	}
	if _, err := e.Execute([]compute.Buffer{buffer(b, []float32{-1})}, nil, 0); err == nil {
		t.Error("0/0 of int32 gave no error")
	}
}

func TestNothingIsAddedAfterCompile(t *testing.T) {
	b := open(t)
	builder := b.Builder("test")
	f := builder.Main()
	s := shapes.Make(dtypes.Float32, 2)
	x := must(f.Parameter("x", s, nil))
	if err := f.Return([]compute.Value{x}, nil); err != nil {
		t.Fatal(err)
	}
	must(builder.Compile())
	_, errs := f.Neg(x)
	_, constant := f.Constant([]float32{1})
	_, parameter := f.Parameter("y", s, nil)
	_, closure := f.Closure()
	_, function := builder.NewFunction("g")
	_, again := builder.Compile()
	for what, err := range map[string]error{"an operation": errs, "a constant": constant, "a parameter": parameter,
		"a closure": closure, "a function": function, "another executable": again} {
		if err == nil {
			t.Errorf("%s was made after Compile", what)
		}
	}
}

// Lists belong to the caller, who may reuse them for another operation.
func TestArgumentsAreCopied(t *testing.T) {
	b := open(t)
	e := build(t, b, [][]int{{2, 3}}, func(f compute.Function, in []compute.Value) []compute.Value {
		list := []int{1, 0}
		transposed := must(f.Transpose(in[0], list...))
		list[0], list[1] = 0, 1
		sum := must(f.ReduceSum(in[0], list[:1]...))
		list[0] = 1
		pads := []compute.PadAxis{{Start: 1}, {}}
		padded := must(f.Pad(in[0], constant(f, 7), pads...))
		pads[0].Start = 5
		return []compute.Value{transposed, sum, padded}
	})
	expect(t, b, e, [][]float32{{1, 2, 3, 4, 5, 6}}, [][]int{{2, 3}},
		[]float32{1, 4, 2, 5, 3, 6}, []float32{5, 7, 9}, []float32{7, 7, 7, 1, 2, 3, 4, 5, 6})
}

// A fill value that is not a scalar of x's type is left to the portable backend.
func TestPadWithOddFill(t *testing.T) {
	b := open(t)
	fills := map[string]func(f compute.Function) compute.Value{
		"float64": func(f compute.Function) compute.Value { return must(f.Constant([]float64{1})) },
		"vector":  func(f compute.Function) compute.Value { return must(f.Constant([]float32{8, 9}, 2)) },
	}
	for name, fill := range fills {
		run := func(b compute.Backend) []float32 {
			e := build(t, b, [][]int{{3}}, func(f compute.Function, in []compute.Value) []compute.Value {
				return []compute.Value{must(f.Pad(in[0], fill(f), compute.PadAxis{Start: 2, End: 1}))}
			})
			return floats(must(e.Execute([]compute.Buffer{buffer(b, []float32{1, 2, 3}, 3)}, nil, 0))[0])
		}
		if got, want := run(b), run(b.portable); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// Convolutions over three axes run on the portable backend. If one of the axes has size 1, they
// equal convolutions over two axes. The output's channels come first, where compute v0.1.3 goes
// wrong.
func TestBatchGroupsOverThreeAxes(t *testing.T) {
	b := open(t)
	const batch, channels, maps = 6, 3, 8
	conv := func(spatial []int) []float32 {
		n := len(spatial)
		axes := compute.ConvolveAxesConfig{InputChannels: n + 1, InputSpatial: sequence(1, n), KernelInputChannels: n,
			KernelOutputChannels: n + 1, KernelSpatial: sequence(0, n), OutputBatch: n + 1, OutputSpatial: sequence(1, n)}
		kernel := slices.Clone(spatial)
		for i, d := range spatial {
			kernel[i] = min(d, 3)
		}
		dims := [][]int{order(batch, spatial, channels), append(kernel, channels, maps)}
		e := build(t, b, dims, func(f compute.Function, in []compute.Value) []compute.Value {
			return []compute.Value{must(f.ConvGeneral(in[0], in[1], axes, slices.Repeat([]int{1}, n), make([][2]int, n), nil, nil, 1, 2))}
		})
		r := rand.New(rand.NewPCG(5, 6))
		x := buffer(b, randomFloats(r, batch*5*4*channels), dims[0]...)
		w := buffer(b, randomFloats(r, 3*3*channels*maps), dims[1]...)
		return floats(must(e.Execute([]compute.Buffer{x, w}, nil, 0))[0])
	}
	compareAll(t, [][]float32{conv([]int{5, 1, 4})}, [][]float32{conv([]int{5, 4})})
}

// TestConvLayouts puts the axes of a convolution's operands in any order.
func TestConvLayouts(t *testing.T) {
	b := open(t)
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		ip, kp, op := r.Perm(4), r.Perm(4), r.Perm(4)
		axes := compute.ConvolveAxesConfig{InputBatch: ip[0], InputChannels: ip[1], InputSpatial: ip[2:],
			KernelOutputChannels: kp[0], KernelInputChannels: kp[1], KernelSpatial: kp[2:],
			OutputBatch: op[0], OutputChannels: op[1], OutputSpatial: op[2:]}
		x, w := make([]int, 4), make([]int, 4)
		in, out := 1+r.IntN(4), 1+r.IntN(20)
		for i, d := range []int{1 + r.IntN(3), in, 5, 6} {
			x[ip[i]] = d
		}
		for i, d := range []int{out, in, 3, 2} {
			w[kp[i]] = d
		}
		size := func(d []int) int { return d[0] * d[1] * d[2] * d[3] }
		xs, ws := randomFloats(r, size(x)), randomFloats(r, size(w))
		strides := []int{1 + r.IntN(2), 1 + r.IntN(2)}
		conv := func(b compute.Backend) []float32 {
			e := build(t, b, [][]int{x, w}, func(f compute.Function, in []compute.Value) []compute.Value {
				return []compute.Value{must(f.ConvGeneral(in[0], in[1], axes, strides, [][2]int{{1, 0}, {0, 2}}, nil, nil, 1, 1))}
			})
			return floats(must(e.Execute([]compute.Buffer{buffer(b, xs, x...), buffer(b, ws, w...)}, nil, 0))[0])
		}
		t.Run(fmt.Sprintf("%v %v %v %v", x, ip, kp, op), func(t *testing.T) {
			compareAll(t, [][]float32{conv(b)}, [][]float32{conv(b.portable)})
		})
	}
}
