package window

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"repbench/backends/cpu/internal/pool"
)

// Windows of images line by line give the bits that they give one by one, with -0 among them.
func TestLinesKeepBits(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	r := rand.New(rand.NewPCG(3, 4))
	used := 0
	for range 300 {
		w := Window{Dims: []int{1 + r.IntN(3), 1 + r.IntN(12), 1 + r.IntN(12), 1 + r.IntN(40)}, Size: []int{1, 1 + r.IntN(3), 1 + r.IntN(3), 1},
			Strides: []int{1, 1 + r.IntN(3), 1 + r.IntN(3), 1}, WindowDilations: []int{1, 1 + r.IntN(2), 1 + r.IntN(2), 1},
			Padding: [][2]int{{}, {r.IntN(2), r.IntN(3)}, {r.IntN(2), r.IntN(3)}, {}}}
		plan, err := NewPlan(Op(r.IntN(4)), w)
		if err != nil {
			t.Fatal(err)
		}
		if plan.lines == nil {
			continue
		}
		used++
		src := make([]float32, w.Dims[0]*w.Dims[1]*w.Dims[2]*w.Dims[3])
		for i := range src {
			if src[i] = r.Float32()*2 - 1; r.IntN(3) == 0 {
				src[i] = float32(math.Copysign(0, float64(src[i])))
			}
		}
		size := 1
		for _, d := range plan.OutputDims() {
			size *= d
		}
		got, want := make([]float32, size), make([]float32, size)
		plan.Run(p, got, src)
		pooling := plan.pooling
		plan.pooling = nil
		lines := slices.Clone(got)
		plan.Run(p, lines, src)
		plan.lines = nil
		plan.Run(p, want, src)
		checkApart(t, pooling, src, want, w.Dims[3])
		for i := range want {
			if math.Float32bits(got[i]) != math.Float32bits(want[i]) || math.Float32bits(lines[i]) != math.Float32bits(want[i]) {
				t.Fatalf("%v of %+v: element %d is %g, one by one %g", plan.op, w, i, got[i], want[i])
			}
		}
	}
	if used < 100 {
		t.Errorf("only %d of 300 windows went line by line", used)
	}
}

// checkApart runs a pooling on positions that lie apart.
func checkApart(t *testing.T, p *pooling, src, want []float32, channels int) {
	t.Helper()
	if p == nil {
		return
	}
	threads := pool.New(2)
	defer threads.Close()
	in, out := channels+3, channels+5
	x, y := make([]float32, len(src)/channels*in), make([]float32, len(want)/channels*out)
	for i := range src {
		x[i/channels*in+i%channels] = src[i]
	}
	p.run(threads, y, out, x, in)
	for i, v := range y {
		w := float32(0)
		if i%out < channels {
			w = want[i/out*channels+i%out]
		}
		if math.Float32bits(v) != math.Float32bits(w) {
			t.Fatalf("%+v apart: value %d is %g, want %g", p.lines, i, v, w)
		}
	}
}
