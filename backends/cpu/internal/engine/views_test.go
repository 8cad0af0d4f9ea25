package engine

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
)

// heads returns softmax(Q·Kᵀ/2)·V for Q, K and V [batch, heads, positions, channels].
func heads(f compute.Function, q, k, v compute.Value) compute.Value {
	half := must(f.Constant([]float32{0.5}))
	q = must(f.Mul(q, must(f.BroadcastInDim(half, must(f.Shape(q)), nil))))
	k = must(f.Transpose(k, 0, 1, 3, 2))
	s := must(f.DotGeneral(q, []int{3}, []int{0, 1}, k, []int{2}, []int{0, 1}, compute.DotGeneralConfig{}))
	return must(f.DotGeneral(must(f.Exp(s)), []int{3}, []int{0, 1}, v, []int{2}, []int{0, 1}, compute.DotGeneralConfig{}))
}

// part3 is part i of three along the last axis.
func part3(f compute.Function, x compute.Value, i int) compute.Value {
	return must(part(f, x, must(f.Shape(x)).Rank()-1, i, 3))
}

// viewCase is a graph with the number of steps that copy.
type viewCase struct {
	name   string
	dims   []int
	copies int
	graph  func(f compute.Function, x compute.Value) compute.Value
}

var viewCases = []viewCase{
	{"queries, keys and values side by side in a row", []int{2, 9, 96}, 0, func(f compute.Function, x compute.Value) compute.Value {
		split := func(i int) compute.Value {
			return must(f.Transpose(must(f.Reshape(part3(f, x, i), 2, 9, 4, 8)), 0, 2, 1, 3))
		}
		return heads(f, split(0), split(1), split(2))
	}},
	{"all three turned together", []int{5, 7, 48}, 0, func(f compute.Function, x compute.Value) compute.Value {
		all := must(f.Transpose(must(f.Reshape(x, 5, 7, 3, 2, 8)), 2, 0, 3, 1, 4))
		of := func(i int) compute.Value {
			return must(f.Reshape(must(part(f, all, 0, i, 3)), 5, 2, 7, 8))
		}
		return heads(f, of(0), of(1), of(2))
	}},
	{"axes that cannot be merged are copied", []int{9, 2, 96}, 3, func(f compute.Function, x compute.Value) compute.Value {
		split := func(i int) compute.Value {
			y := must(f.Transpose(must(f.Reshape(part3(f, x, i), 9, 8, 8)), 1, 0, 2))
			return must(f.Reshape(y, 2, 4, 9, 8))
		}
		return heads(f, split(0), split(1), split(2))
	}},
	{"a view that is read elsewhere too", []int{2, 9, 96}, 2, func(f compute.Function, x compute.Value) compute.Value {
		k := must(f.Transpose(must(f.Reshape(part3(f, x, 1), 2, 9, 4, 8)), 0, 2, 1, 3))
		q := must(f.Transpose(must(f.Reshape(part3(f, x, 0), 2, 9, 4, 8)), 0, 2, 1, 3))
		return must(f.Add(heads(f, q, k, k), must(f.Mul(k, k))))
	}},
	{"every second position, and one position alone, which is copied", []int{2, 10, 16}, 2, func(f compute.Function, x compute.Value) compute.Value {
		y := must(f.Transpose(must(f.Slice(must(f.Reshape(x, 2, 10, 2, 8)), []int{0, 1, 0, 0}, []int{2, 10, 2, 8}, []int{1, 2, 1, 1})), 0, 2, 1, 3))
		one := must(f.Transpose(must(f.Slice(must(f.Reshape(x, 2, 10, 2, 8)), []int{0, 3, 0, 0}, []int{2, 4, 2, 8}, nil)), 0, 2, 1, 3))
		s := must(f.DotGeneral(one, []int{3}, []int{0, 1}, y, []int{3}, []int{0, 1}, compute.DotGeneralConfig{}))
		return must(f.DotGeneral(s, []int{3}, []int{0, 1}, y, []int{2}, []int{0, 1}, compute.DotGeneralConfig{}))
	}},
}

// Products of a batch that read their operands through views agree with the portable backend, with
// the same bits for any number of threads.
func TestViews(t *testing.T) {
	portable := must(gobackend.New("ops_sequential"))
	defer portable.Finalize()
	for _, tt := range viewCases {
		t.Run(tt.name, func(t *testing.T) {
			n := 1
			for _, d := range tt.dims {
				n *= d
			}
			x := randomFloats(rand.New(rand.NewPCG(8, 9)), n)
			run := func(b compute.Backend) []float32 {
				e := build(t, b, [][]int{tt.dims}, func(f compute.Function, in []compute.Value) []compute.Value {
					return []compute.Value{tt.graph(f, in[0])}
				})
				if ours, ok := e.(*Executable); ok {
					copies := 0
					for _, s := range ours.program.steps {
						if s.name == "Transpose" || s.name == "Slice" || s.name == "layout" {
							copies++
						}
					}
					if copies != tt.copies {
						t.Errorf("%d steps copy, want %d", copies, tt.copies)
					}
				}
				return slices.Clone(floats(must(e.Execute([]compute.Buffer{buffer(b, x, tt.dims...)}, nil, 0))[0]))
			}
			want := run(portable)
			var first []float32
			for _, config := range []string{"threads=1", "threads=5"} {
				b := must(New(config))
				got := run(b)
				b.Finalize()
				compareFloats(t, got, want)
				if first != nil && !slices.Equal(got, first) {
					t.Errorf("%s: other bits than with one thread", config)
				}
				first = got
			}
		})
	}
}

func TestReshaped(t *testing.T) {
	for _, tt := range []struct{ from, strides, to, want []int }{
		{[]int{6, 4}, []int{4, 1}, []int{24}, []int{1}},
		{[]int{6, 4}, []int{8, 1}, []int{2, 3, 4}, []int{24, 8, 1}},
		{[]int{6, 4}, []int{8, 1}, []int{24}, nil},
		{[]int{6, 4}, []int{8, 1}, []int{3, 8}, nil},
		{[]int{2, 1, 6}, []int{12, 99, 2}, []int{12}, []int{2}},
		{[]int{2, 3, 5}, []int{100, 20, 2}, []int{2, 3, 1, 5, 1}, []int{100, 20, 0, 2, 0}},
		{[]int{1}, []int{7}, []int{}, []int{}},
	} {
		got, ok := reshaped(tt.from, tt.strides, tt.to)
		if ok != (tt.want != nil) || ok && !slices.Equal(got, tt.want) {
			t.Errorf("%v with strides %v as %v: %v %t, want %v", tt.from, tt.strides, tt.to, got, ok, tt.want)
		}
	}
}
