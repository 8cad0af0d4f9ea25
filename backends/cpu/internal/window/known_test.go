package window

import (
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/backends/cpu/internal/pool"
)

// run reduces the numbers 1, 2, 3, … of a shape.
func run(t *testing.T, op Op, w Window, values ...float32) ([]int, []float32) {
	t.Helper()
	p := pool.New(2)
	defer p.Close()
	plan, err := NewPlan(op, w)
	if err != nil {
		t.Fatalf("%+v: %v", w, err)
	}
	n := 1
	for _, d := range w.Dims {
		n *= d
	}
	for i := len(values); i < n; i++ {
		values = append(values, float32(i+1))
	}
	size := 1
	for _, d := range plan.OutputDims() {
		size *= d
	}
	dst := make([]float32, size)
	plan.Run(p, dst, values)
	return plan.OutputDims(), dst
}

// Windows that can be counted by hand.
func TestKnownWindows(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, tt := range []struct {
		name string
		op   Op
		w    Window
		dims []int
		want []float32
	}{
		{"strides default to the size", Sum, Window{Dims: []int{6}, Size: []int{2}}, []int{3}, []float32{3, 7, 11}},
		{"a rest is left out", Sum, Window{Dims: []int{7}, Size: []int{3}}, []int{2}, []float32{6, 15}},
		{"overlapping", Max, Window{Dims: []int{4}, Size: []int{2}, Strides: []int{1}}, []int{3}, []float32{2, 3, 4}},
		{"two axes", Min, Window{Dims: []int{2, 4}, Size: []int{2, 2}}, []int{1, 2}, []float32{1, 3}},
		{"dilated window", Sum, Window{Dims: []int{5}, Size: []int{2}, Strides: []int{1}, WindowDilations: []int{3}}, []int{2}, []float32{5, 7}},
		{"dilated input", Product, Window{Dims: []int{3}, Size: []int{2}, Strides: []int{1}, InputDilations: []int{2}}, []int{4}, []float32{1, 2, 2, 3}},
		{"padding adds nothing to a sum", Sum, Window{Dims: []int{2}, Size: []int{2}, Padding: [][2]int{{1, 1}}}, []int{2}, []float32{1, 2}},
		{"negative padding crops", Sum, Window{Dims: []int{5}, Size: []int{2}, Strides: []int{1}, Padding: [][2]int{{-1, -1}}}, []int{2}, []float32{5, 7}},
		{"empty maxima", Max, Window{Dims: []int{1}, Size: []int{1}, Strides: []int{1}, Padding: [][2]int{{1, 1}}}, []int{3}, []float32{-inf, 1, -inf}},
		{"empty minima", Min, Window{Dims: []int{1}, Size: []int{1}, Padding: [][2]int{{0, 1}}}, []int{2}, []float32{1, inf}},
		{"empty products", Product, Window{Dims: []int{1}, Size: []int{1}, Padding: [][2]int{{1, 0}}}, []int{2}, []float32{1, 1}},
		{"a window longer than the input", Sum, Window{Dims: []int{2}, Size: []int{3}}, []int{0}, []float32{}},
		{"no elements", Sum, Window{Dims: []int{0}, Size: []int{1}}, []int{0}, []float32{}},
		{"no elements, padded", Sum, Window{Dims: []int{0}, Size: []int{1}, Padding: [][2]int{{1, 1}}}, []int{2}, []float32{0, 0}},
		{"no axes", Sum, Window{}, []int{}, []float32{1}},
		{"rows as they are", Max, Window{Dims: []int{2, 3}, Size: []int{2, 1}}, []int{1, 3}, []float32{4, 5, 6}},
		{"every second column", Max, Window{Dims: []int{1, 4}, Size: []int{1, 1}, Strides: []int{1, 2}}, []int{1, 2}, []float32{1, 3}},
	} {
		dims, got := run(t, tt.op, tt.w)
		if !slices.Equal(dims, tt.dims) || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v %v, want %v %v", tt.name, dims, got, tt.dims, tt.want)
		}
	}
}

// A NaN is passed on by each operation, from each place of a window.
func TestNaN(t *testing.T) {
	nan := float32(math.NaN())
	for op := Max; op <= Product; op++ {
		for at := range 3 {
			values := []float32{1, 2, 3}
			values[at] = nan
			if _, got := run(t, op, Window{Dims: []int{3}, Size: []int{3}}, values...); got[0] == got[0] {
				t.Errorf("operation %d: NaN at %d gives %g", op, at, got[0])
			}
		}
	}
}

// Large inputs are divided into tasks, which must meet at their borders.
func TestManyTasks(t *testing.T) {
	const n = 3*taskValues + 5
	_, got := run(t, Sum, Window{Dims: []int{n}, Size: []int{2}, Strides: []int{1}})
	if len(got) != n-1 {
		t.Fatalf("%d sums", len(got))
	}
	for i, v := range got {
		if v != float32(2*i+3) { // exact: below 2²⁴
			t.Fatalf("sum %d is %g, want %d", i, v, 2*i+3)
		}
	}
}

// Each list that does not fit the axes is named.
func TestWindowErrors(t *testing.T) {
	for want, w := range map[string]Window{
		"size [1 1] for 1 axes":             {Dims: []int{2}, Size: []int{1, 1}},
		"strides [0] for 1 axes":            {Dims: []int{2}, Size: []int{1}, Strides: []int{0}},
		"input dilations [-1] for 1 axes":   {Dims: []int{2}, Size: []int{1}, InputDilations: []int{-1}},
		"window dilations [1 1] for 1 axes": {Dims: []int{2}, Size: []int{1}, WindowDilations: []int{1, 1}},
		"padding [[0 0] [0 0]] for 1 axes":  {Dims: []int{2}, Size: []int{1}, Padding: make([][2]int, 2)},
	} {
		if _, err := NewPlan(Sum, w); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	for _, op := range []Op{-1, Product + 1} {
		if _, err := NewPlan(op, Window{}); err == nil {
			t.Errorf("operation %d is planned", op)
		}
	}
}
