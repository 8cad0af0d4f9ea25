package window

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapeinference"
	"github.com/gomlx/compute/shapes"

	"repbench/backends/cpu/internal/pool"
)

// oracle reduces an explicit copy of the dilated and padded input.
func oracle(op Op, w Window, out []int, src []float32) []float64 {
	full := make([]int, len(w.Dims))
	for i, d := range w.Dims {
		full[i] = w.Padding[i][0] + (d-1)*w.InputDilations[i] + 1 + w.Padding[i][1]
	}
	at := func(index []int) (float64, bool) {
		p := 0
		for i, d := range w.Dims {
			j := index[i] - w.Padding[i][0]
			if j < 0 || j%w.InputDilations[i] != 0 || j/w.InputDilations[i] >= d {
				return 0, false
			}
			p = p*d + j/w.InputDilations[i]
		}
		return float64(src[p]), true
	}
	var result []float64
	each(out, func(o []int) {
		value := float64(starts[op])
		each(w.Size, func(k []int) {
			index := make([]int, len(o))
			for i := range o {
				index[i] = o[i]*w.Strides[i] + k[i]*w.WindowDilations[i]
				if index[i] >= full[i] {
					return
				}
			}
			v, ok := at(index)
			if !ok {
				return
			}
			switch op {
			case Max:
				value = math.Max(value, v)
			case Min:
				value = math.Min(value, v)
			case Sum:
				value += v
			default:
				value *= v
			}
		})
		result = append(result, value)
	})
	return result
}

func each(dims []int, f func(index []int)) {
	n := 1
	for _, d := range dims {
		n *= d
	}
	for i := range n {
		index := make([]int, len(dims))
		for k, rest := len(dims)-1, i; k >= 0; k-- {
			index[k] = rest % dims[k]
			rest /= dims[k]
		}
		f(index)
	}
}

func TestRandomWindows(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 300 {
		var w Window
		for range 1 + r.IntN(4) {
			w.Dims = append(w.Dims, 1+r.IntN(7))
			w.Size = append(w.Size, 1+r.IntN(3))
			w.Strides = append(w.Strides, 1+r.IntN(3))
			w.InputDilations = append(w.InputDilations, 1+r.IntN(2))
			w.WindowDilations = append(w.WindowDilations, 1+r.IntN(2))
			w.Padding = append(w.Padding, [2]int{r.IntN(3), r.IntN(3)})
		}
		if last := len(w.Dims) - 1; r.IntN(2) == 0 {
			w.Size[last], w.Strides[last], w.InputDilations[last], w.WindowDilations[last], w.Padding[last] = 1, 1, 1, 1, [2]int{}
		}
		op := Op(r.IntN(4))
		shape, err := shapeinference.ReduceWindow(shapes.Make(dtypes.Float32, w.Dims...), w.Size, w.Strides, w.InputDilations, w.WindowDilations, w.Padding)
		if err != nil || shape.Size() == 0 {
			continue
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			plan, err := NewPlan(op, w)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(plan.OutputDims(), shape.Dimensions) {
				t.Fatalf("%+v gives %v, want %v", w, plan.OutputDims(), shape.Dimensions)
			}
			size := 1
			for _, d := range w.Dims {
				size *= d
			}
			src, dst := make([]float32, size), make([]float32, shape.Size())
			for i := range src {
				src[i] = r.Float32()*2 - 1
				if r.IntN(50) == 0 {
					src[i] = float32(math.NaN())
				}
			}
			plan.Run(p, dst, src)
			// At most 81 float32 additions of values below 1.
			const tolerance = 81 * 81 * 0x1p-24
			for i, want := range oracle(op, w, shape.Dimensions, src) {
				got := float64(dst[i])
				if got != want && !(math.IsNaN(got) && math.IsNaN(want)) && !(math.Abs(got-want) <= tolerance) {
					t.Fatalf("%v of %+v: element %d is %g, want %g", op, w, i, got, want)
				}
			}
		})
	}
}

func TestBadWindows(t *testing.T) {
	for _, w := range []Window{
		{Dims: []int{2}, Size: []int{0}},
		{Dims: []int{2}, Size: []int{1, 1}},
		{Dims: []int{2}, Size: []int{1}, Padding: [][2]int{{0, 0}, {0, 0}}},
	} {
		if _, err := NewPlan(Max, w); err == nil {
			t.Errorf("%+v gave no error", w)
		}
	}
	if _, err := NewPlan(Op(9), Window{}); err == nil {
		t.Error("an unknown operation gave no error")
	}
}
