package engine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
)

// channelsLast are the axes of a convolution [N, H, W, C] with kernels [h, w, in, out].
var channelsLast = compute.ConvolveAxesConfig{
	InputBatch: 0, InputSpatial: []int{1, 2}, InputChannels: 3,
	KernelSpatial: []int{0, 1}, KernelInputChannels: 2, KernelOutputChannels: 3,
	OutputBatch: 0, OutputSpatial: []int{1, 2}, OutputChannels: 3,
}

// epilogueCase is a graph with the number of its steps by name.
type epilogueCase struct {
	name  string
	dims  [][]int
	steps map[string]int
	graph func(f compute.Function, in []compute.Value) []compute.Value
}

func convolve(f compute.Function, x, w compute.Value, pad, stride, groups int) compute.Value {
	return must(f.ConvGeneral(x, w, channelsLast, []int{stride, stride}, [][2]int{{pad, pad}, {pad, pad}}, nil, nil, groups, 1))
}

// along adds a value per channel to x of rank 4.
func along(f compute.Function, x, b compute.Value) compute.Value {
	s := must(f.Shape(x))
	return must(f.Add(x, must(f.BroadcastInDim(b, s, []int{3}))))
}

func rectified(f compute.Function, x compute.Value) compute.Value {
	zero := must(f.Constant([]float32{0}))
	return must(f.Max(x, must(f.BroadcastInDim(zero, must(f.Shape(x)), nil))))
}

var epilogueCases = []epilogueCase{
	{"bias, ReLU, residual", [][]int{{2, 14, 14, 32}, {3, 3, 32, 32}, {32}, {1, 1, 32, 32}}, map[string]int{"ConvGeneral and fused": 2},
		func(f compute.Function, in []compute.Value) []compute.Value {
			y := rectified(f, along(f, convolve(f, in[0], in[1], 1, 1, 1), in[2]))
			z := along(f, convolve(f, y, in[3], 0, 1, 1), in[2])
			return []compute.Value{rectified(f, must(f.Add(z, in[0])))}
		}},
	{"two products added", [][]int{{2, 9, 9, 16}, {3, 3, 16, 40}, {1, 1, 16, 40}}, map[string]int{"ConvGeneral": 1, "ConvGeneral and fused": 1},
		func(f compute.Function, in []compute.Value) []compute.Value {
			return []compute.Value{rectified(f, must(f.Add(convolve(f, in[0], in[1], 1, 1, 1), convolve(f, in[0], in[2], 0, 1, 1))))}
		}},
	{"SiLU, both kept", [][]int{{1, 8, 8, 16}, {3, 3, 16, 24}, {24}}, map[string]int{"ConvGeneral and fused": 1},
		func(f compute.Function, in []compute.Value) []compute.Value {
			y := along(f, convolve(f, in[0], in[1], 1, 2, 1), in[2])
			return []compute.Value{y, must(f.Mul(y, must(f.Logistic(y))))}
		}},
	{"used elsewhere", [][]int{{1, 8, 8, 16}, {3, 3, 16, 24}, {3, 3, 24, 24}}, map[string]int{"ConvGeneral": 1, "ConvGeneral and fused": 1},
		func(f compute.Function, in []compute.Value) []compute.Value {
			y := convolve(f, in[0], in[1], 1, 1, 1)
			return []compute.Value{must(f.Add(convolve(f, y, in[2], 1, 1, 1), rectified(f, y)))}
		}},
	{"scale per image and channel", [][]int{{3, 7, 7, 20}, {1, 1, 20, 40}, {3, 1, 1, 40}}, map[string]int{"ConvGeneral and fused": 1},
		func(f compute.Function, in []compute.Value) []compute.Value {
			y := convolve(f, in[0], in[1], 0, 1, 1)
			return []compute.Value{must(f.Mul(y, must(f.BroadcastInDim(in[2], must(f.Shape(y)), []int{0, 1, 2, 3}))))}
		}},
	{"squeezed and scaled", [][]int{{2, 9, 9, 16}, {2, 1, 1, 40}}, map[string]int{"ConvGeneral and fused": 1, "fused": 3},
		func(f compute.Function, in []compute.Value) []compute.Value {
			w := must(f.Constant(randomFloats(rand.New(rand.NewPCG(1, 1)), 3*3*16*40), 3, 3, 16, 40))
			y := rectified(f, convolve(f, in[0], w, 1, 1, 1))
			mean := must(f.Logistic(must(f.ReduceSum(y, 1, 2))))
			scale := must(f.BroadcastInDim(mean, must(f.Shape(y)), []int{0, 3}))
			return []compute.Value{must(f.Mul(must(f.Mul(y, scale)), must(f.BroadcastInDim(in[1], must(f.Shape(y)), []int{0, 1, 2, 3}))))}
		}},
	{"groups, depthwise and few outputs", [][]int{{2, 12, 12, 32}, {3, 3, 8, 32}, {3, 3, 1, 32}, {1, 1, 32, 3}}, map[string]int{"ConvGeneral and fused": 3},
		func(f compute.Function, in []compute.Value) []compute.Value {
			y := rectified(f, convolve(f, in[0], in[1], 1, 1, 4))
			y = rectified(f, convolve(f, y, in[2], 1, 1, 32))
			return []compute.Value{rectified(f, convolve(f, y, in[3], 0, 1, 1))}
		}},
	{"comparison", [][]int{{1, 8, 8, 16}, {3, 3, 16, 24}, {1, 8, 8, 24}}, map[string]int{"ConvGeneral and fused": 1},
		func(f compute.Function, in []compute.Value) []compute.Value {
			less := must(f.LessThan(convolve(f, in[0], in[1], 1, 1, 1), in[2]))
			return []compute.Value{must(f.ConvertDType(less, dtypes.Float32))}
		}},
	{"products", [][]int{{3, 50, 70}, {70, 1100}, {1100}, {1100, 90}, {3, 90, 20}}, map[string]int{"DotGeneral and fused": 3},
		func(f compute.Function, in []compute.Value) []compute.Value {
			y := must(f.DotGeneral(in[0], []int{2}, nil, in[1], []int{0}, nil, compute.DotGeneralConfig{}))
			y = rectified(f, must(f.Add(y, must(f.BroadcastInDim(in[2], must(f.Shape(y)), []int{2})))))
			y = rectified(f, must(f.DotGeneral(y, []int{2}, nil, in[3], []int{0}, nil, compute.DotGeneralConfig{})))
			return []compute.Value{rectified(f, must(f.DotGeneral(y, []int{2}, []int{0}, in[4], []int{1}, []int{0}, compute.DotGeneralConfig{})))}
		}},
	{"great depth, no depth, few columns", [][]int{{20, 9000}, {9000, 40}, {70, 20000}, {20000, 5}}, map[string]int{"DotGeneral and fused": 2},
		func(f compute.Function, in []compute.Value) []compute.Value {
			return []compute.Value{
				rectified(f, must(f.DotGeneral(in[0], []int{1}, nil, in[1], []int{0}, nil, compute.DotGeneralConfig{}))),
				rectified(f, must(f.DotGeneral(in[2], []int{1}, nil, in[3], []int{0}, nil, compute.DotGeneralConfig{})))}
		}},
}

// What follows a product element by element runs in the product's step, gives what the portable
// backend gives, and the same bits for any number of threads.
func TestEpilogues(t *testing.T) {
	portable := must(gobackend.New("ops_sequential"))
	defer portable.Finalize()
	for _, tt := range epilogueCases {
		t.Run(tt.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(5, 6))
			var in [][]float32
			for _, d := range tt.dims {
				n := 1
				for _, k := range d {
					n *= k
				}
				in = append(in, randomFloats(r, n))
			}
			run := func(b compute.Backend) [][]float32 {
				e := build(t, b, tt.dims, tt.graph)
				if ours, ok := e.(*Executable); ok {
					checkSteps(t, ours.program, tt.steps)
				}
				var buffers []compute.Buffer
				for i, d := range tt.dims {
					buffers = append(buffers, buffer(b, in[i], d...))
				}
				var out [][]float32
				for _, o := range must(e.Execute(buffers, nil, 0)) {
					out = append(out, slices.Clone(floats(o)))
				}
				return out
			}
			sameForThreads(t, run, run(portable), 1, 5)
		})
	}
}

// checkSteps compares the program's steps of products and fused programs with the wanted ones.
func checkSteps(t *testing.T, p *program, want map[string]int) {
	t.Helper()
	got := map[string]int{}
	for _, s := range p.steps {
		if strings.HasPrefix(s.name, "ConvGeneral") || strings.HasPrefix(s.name, "DotGeneral") || s.name == "fused" {
			got[s.name]++
		}
	}
	for _, name := range []string{"ConvGeneral", "ConvGeneral and fused", "DotGeneral", "DotGeneral and fused", "fused"} {
		if got[name] != want[name] {
			t.Errorf("steps %v, want %v", got, want)
			return
		}
	}
}

// sameForThreads compares what a computation gives on these numbers of threads with the wanted
// values, and its bits with the bits on the first number.
func sameForThreads(t *testing.T, run func(compute.Backend) [][]float32, want [][]float32, threads ...int) {
	t.Helper()
	var first [][]float32
	for _, n := range threads {
		b := must(New(fmt.Sprintf("threads=%d", n)))
		got := run(b)
		b.Finalize()
		for i := range want {
			compareFloats(t, got[i], want[i])
			if first != nil && !slices.Equal(got[i], first[i]) {
				t.Errorf("%d threads: output %d has other bits than with %d", n, i, threads[0])
			}
		}
		if first == nil {
			first = got
		}
	}
}

// compareFloats allows for the rounding of sums in another order, relative to the largest value.
func compareFloats(t *testing.T, got, want []float32) {
	t.Helper()
	largest := 0.0
	for _, v := range want {
		largest = max(largest, math.Abs(float64(v)))
	}
	for i, v := range want {
		if math.Abs(float64(got[i]-v)) > 1e-5*largest {
			t.Fatalf("element %d is %g, want %g", i, got[i], v)
		}
	}
}
