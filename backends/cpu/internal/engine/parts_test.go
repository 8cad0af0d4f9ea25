package engine

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
)

// weights is a constant kernel [k, k, in, out].
func kernel(f compute.Function, seed uint64, k, in, out int) compute.Value {
	return must(f.Constant(randomFloats(rand.New(rand.NewPCG(seed, 7)), k*k*in*out), k, k, in, out))
}

// partCase is a graph on [2, 11, 11, 32] with the number of steps that copy.
type partCase struct {
	name   string
	copies int
	graph  func(f compute.Function, x compute.Value) []compute.Value
}

var partCases = []partCase{
	{"convolutions with ReLU side by side", 0, func(f compute.Function, x compute.Value) []compute.Value {
		a := rectified(f, convolve(f, x, kernel(f, 1, 1, 32, 24), 0, 1, 1))
		b := rectified(f, convolve(f, x, kernel(f, 2, 3, 32, 32), 1, 1, 1))
		y := must(f.Concatenate(3, a, b))
		return []compute.Value{must(f.Add(y, y)), rectified(f, convolve(f, y, kernel(f, 3, 1, 56, 16), 0, 1, 1))}
	}},
	{"each layer reads all before it", 0, func(f compute.Function, x compute.Value) []compute.Value {
		parts := []compute.Value{rectified(f, convolve(f, x, kernel(f, 9, 1, 32, 32), 0, 1, 1))}
		for i := range 4 {
			y := parts[0]
			if i > 0 {
				y = must(f.Concatenate(3, parts...))
			}
			width := must(f.Shape(y)).Dimensions[3]
			y = rectified(f, along(f, y, must(f.Constant(randomFloats(rand.New(rand.NewPCG(uint64(i), 2)), width), width))))
			parts = append(parts, convolve(f, y, kernel(f, uint64(i), 3, width, 16), 1, 1, 1))
		}
		return []compute.Value{must(f.ReduceSum(must(f.Concatenate(3, parts...)), 1, 2))}
	}},
	{"a part read by 1×1, 3×3 and Winograd convolutions", 0, func(f compute.Function, x compute.Value) []compute.Value {
		a := rectified(f, convolve(f, x, kernel(f, 1, 3, 32, 32), 1, 1, 1))
		b := rectified(f, convolve(f, a, kernel(f, 2, 1, 32, 8), 0, 1, 1))
		c := rectified(f, convolve(f, a, kernel(f, 3, 3, 32, 40), 1, 2, 1))
		d := rectified(f, convolve(f, a, kernel(f, 4, 3, 32, 48), 1, 1, 1))
		return []compute.Value{must(f.Concatenate(3, b, a, d)), c}
	}},
	{"a part that is an output, and read by a product", 1, func(f compute.Function, x compute.Value) []compute.Value {
		a := rectified(f, convolve(f, x, kernel(f, 1, 3, 32, 32), 1, 1, 1))
		b := rectified(f, convolve(f, a, kernel(f, 2, 1, 32, 8), 0, 1, 1))
		gram := must(f.DotGeneral(a, []int{1, 2}, []int{0}, a, []int{1, 2}, []int{0}, compute.DotGeneralConfig{}))
		return []compute.Value{must(f.Concatenate(3, a, b)), a, gram}
	}},
	{"operands that are no parts, and the same one twice", 1, func(f compute.Function, x compute.Value) []compute.Value {
		a := rectified(f, convolve(f, x, kernel(f, 1, 1, 32, 8), 0, 1, 1))
		y := must(f.Concatenate(3, x, a, a))
		return []compute.Value{must(f.Mul(y, y))}
	}},
	{"concatenations of concatenations", 0, func(f compute.Function, x compute.Value) []compute.Value {
		a := rectified(f, convolve(f, x, kernel(f, 1, 1, 32, 8), 0, 1, 1))
		b := rectified(f, convolve(f, x, kernel(f, 2, 1, 32, 20), 0, 1, 1))
		c := must(f.Mul(x, x))
		inner := must(f.Concatenate(3, a, b))
		y := must(f.Concatenate(3, c, inner))
		return []compute.Value{y, convolve(f, inner, kernel(f, 3, 1, 28, 16), 0, 1, 1)}
	}},
	{"nothing follows a convolution", 1, func(f compute.Function, x compute.Value) []compute.Value {
		y := must(f.Concatenate(3, must(f.Mul(x, x)), rectified(f, x)))
		return []compute.Value{must(f.ReduceSum(y, 0, 1, 2))}
	}},
	{"poolings, with padding of their own and before", 0, func(f compute.Function, x compute.Value) []compute.Value {
		pads := []compute.PadAxis{{}, {Start: 1, End: 1}, {Start: 1, End: 1}, {}}
		zero := must(f.Constant([]float32{0}))
		size, ones := []int{1, 3, 3, 1}, []int{1, 1, 1, 1}
		pool := func(x compute.Value, op compute.ReduceOpType, padding [][2]int) compute.Value {
			return must(f.ReduceWindow(x, op, size, ones, nil, nil, padding))
		}
		a := pool(must(f.Pad(x, zero, pads...)), compute.ReduceOpSum, nil)
		b := pool(a, compute.ReduceOpMax, [][2]int{{}, {1, 1}, {1, 1}, {}})
		c := pool(must(f.Pad(x, zero, pads...)), compute.ReduceOpMax, nil)
		d := must(f.Pad(x, zero, compute.PadAxis{}, compute.PadAxis{}, compute.PadAxis{}, compute.PadAxis{}))
		return []compute.Value{must(f.Concatenate(3, b, a, c, convolve(f, a, kernel(f, 1, 1, 32, 16), 0, 1, 1))), must(f.Mul(d, d)), pool(a, compute.ReduceOpSum, nil)}
	}},
	{"groups of channels and results that scale an image", 0, func(f compute.Function, x compute.Value) []compute.Value {
		a := rectified(f, convolve(f, x, kernel(f, 1, 3, 8, 32), 1, 1, 4))
		mean := must(f.Logistic(must(f.ReduceSum(a, 1, 2))))
		b := must(f.Mul(a, must(f.BroadcastInDim(mean, must(f.Shape(a)), []int{0, 3}))))
		return []compute.Value{must(f.Concatenate(3, b, a))}
	}},
}

// Parts of concatenations give what the portable backend gives, and the same bits for any number
// of threads, without being copied.
func TestParts(t *testing.T) {
	portable := must(gobackend.New("ops_sequential"))
	defer portable.Finalize()
	dims := [][]int{{2, 11, 11, 32}}
	x := randomFloats(rand.New(rand.NewPCG(8, 9)), 2*11*11*32)
	for _, tt := range partCases {
		t.Run(tt.name, func(t *testing.T) {
			run := func(b compute.Backend) [][]float32 {
				e := build(t, b, dims, func(f compute.Function, in []compute.Value) []compute.Value { return tt.graph(f, in[0]) })
				if ours, ok := e.(*Executable); ok {
					copies := 0
					for _, s := range ours.program.steps {
						if s.name == "Concatenate" || s.name == "part" {
							copies++
						}
					}
					if copies != tt.copies {
						t.Errorf("%d steps copy parts, want %d", copies, tt.copies)
					}
				}
				var out [][]float32
				for _, o := range must(e.Execute([]compute.Buffer{buffer(b, x, dims[0]...)}, nil, 0)) {
					out = append(out, slices.Clone(floats(o)))
				}
				return out
			}
			sameForThreads(t, run, run(portable), 1, 5)
		})
	}
}
