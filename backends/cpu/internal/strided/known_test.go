package strided

import (
	"slices"
	"strings"
	"testing"
	"unsafe"

	"repbench/backends/cpu/internal/pool"
)

// copied copies dims elements of the numbers 0, 1, 2, … into an array of n zeros.
func copied(t *testing.T, dims []int, dst, src Layout, n int) []int64 {
	t.Helper()
	p := pool.New(2)
	defer p.Close()
	from, to := make([]int64, 100), make([]int64, n)
	for i := range from {
		from[i] = int64(i)
	}
	Plan(dims, dst, src, 8).Run(p, unsafe.Pointer(&to[0]), unsafe.Pointer(&from[0]))
	return to
}

// Copies that can be followed by hand.
func TestKnownCopies(t *testing.T) {
	dense := func(dims ...int) Layout { return Dense(dims) }
	for _, tt := range []struct {
		name     string
		dims     []int
		dst, src Layout
		want     []int64
	}{
		{"as it is", []int{2, 3}, dense(2, 3), dense(2, 3), []int64{0, 1, 2, 3, 4, 5}},
		{"transposed", []int{3, 2}, dense(3, 2), Layout{Strides: []int{1, 3}}, []int64{0, 3, 1, 4, 2, 5}},
		{"reversed", []int{4}, dense(4), Layout{Offset: 3, Strides: []int{-1}}, []int64{3, 2, 1, 0}},
		{"every second", []int{3}, dense(3), Layout{Offset: 1, Strides: []int{2}}, []int64{1, 3, 5}},
		{"a row repeated", []int{3, 2}, dense(3, 2), Layout{Offset: 4, Strides: []int{0, 1}}, []int64{4, 5, 4, 5, 4, 5}},
		{"a column repeated", []int{2, 3}, dense(2, 3), Layout{Strides: []int{1, 0}}, []int64{0, 0, 0, 1, 1, 1}},
		{"into a part", []int{2, 2}, Layout{Offset: 1, Strides: []int{3, 1}}, dense(2, 2), []int64{0, 0, 1, 0, 2, 3}},
		{"into every second", []int{3}, Layout{Strides: []int{2}}, dense(3), []int64{0, 0, 1, 0, 2, 0}},
		{"axes of one", []int{1, 2, 1}, dense(1, 2, 1), Layout{Offset: 5, Strides: []int{9, 1, 7}}, []int64{5, 6}},
		{"one element", nil, Layout{}, Layout{Offset: 7}, []int64{7}},
		{"no element", []int{2, 0}, dense(2, 0), dense(2, 0), []int64{0}},
	} {
		if got := copied(t, tt.dims, tt.dst, tt.src, len(tt.want)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Loops that go on without a gap become one, so that a copy as it is runs over all memory at once.
func TestPlanMerges(t *testing.T) {
	for _, tt := range []struct {
		name   string
		c      *Copy
		axes   int
		turned bool
	}{
		{"as it is", Plan([]int{4, 5, 6}, Dense([]int{4, 5, 6}), Dense([]int{4, 5, 6}), 4), 1, false},
		{"a part of the last axis", Plan([]int{4, 5, 6}, Dense([]int{4, 5, 6}), Layout{Strides: []int{50, 10, 1}}, 4), 2, false},
		{"a part of the first axis", Plan([]int{2, 5, 6}, Dense([]int{2, 5, 6}), Layout{Offset: 30, Strides: []int{30, 6, 1}}, 4), 1, false},
		{"transposed", Plan([]int{5, 4}, Dense([]int{5, 4}), Layout{Strides: []int{1, 5}}, 4), 2, true},
		{"channels to the end", Plan([]int{2, 3, 4, 5}, Dense([]int{2, 3, 4, 5}), Layout{Strides: []int{60, 4, 1, 12}}, 4), 3, true},
		{"one value", Plan([]int{7, 8}, Dense([]int{7, 8}), Layout{Strides: []int{0, 0}}, 4), 1, false},
	} {
		if len(tt.c.axes) != tt.axes || tt.c.turned != tt.turned {
			t.Errorf("%s: %d loops %v, turned %v; want %d, %v", tt.name, len(tt.c.axes), tt.c.axes, tt.c.turned, tt.axes, tt.turned)
		}
	}
}

// Mistakes of the caller are panics that say what does not fit.
func TestPlanPanics(t *testing.T) {
	for want, plan := range map[string]func(){
		"2 dimensions, but 1 and 2 strides": func() { Plan([]int{1, 2}, Layout{Strides: []int{1}}, Dense([]int{1, 2}), 4) },
		"1 dimensions, but 1 and 0 strides": func() { Plan([]int{1}, Dense([]int{1}), Layout{}, 4) },
		"elements of 3 bytes":               func() { Plan([]int{1}, Dense([]int{1}), Dense([]int{1}), 3) },
		"elements of 0 bytes":               func() { Plan(nil, Layout{}, Layout{}, 0) },
	} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.Contains(got, want) {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			plan()
		}()
	}
}

func TestDense(t *testing.T) {
	for _, tt := range []struct{ dims, want []int }{{nil, []int{}}, {[]int{7}, []int{1}}, {[]int{2, 3, 4}, []int{12, 4, 1}}, {[]int{2, 0, 4}, []int{0, 4, 1}}} {
		if got := Dense(tt.dims); !slices.Equal(got.Strides, tt.want) || got.Offset != 0 {
			t.Errorf("%v: %+v, want %v", tt.dims, got, tt.want)
		}
	}
}
