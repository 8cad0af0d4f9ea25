package engine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

func open(t testing.TB) *Backend {
	t.Helper()
	b, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Finalize)
	return b
}

// must panics on errors of building a graph; tests do not expect such errors.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// build compiles a graph of float32 parameters.
func build(t testing.TB, b compute.Backend, dims [][]int, f func(f compute.Function, in []compute.Value) []compute.Value) compute.Executable {
	t.Helper()
	builder := b.Builder("test")
	main := builder.Main()
	var in []compute.Value
	for i, d := range dims {
		in = append(in, must(main.Parameter(fmt.Sprint(i), shapes.Make(dtypes.Float32, d...), nil)))
	}
	if err := main.Return(f(main, in), nil); err != nil {
		t.Fatal(err)
	}
	return must(builder.Compile())
}

func buffer(b compute.Backend, values []float32, dims ...int) compute.Buffer {
	return must(b.BufferFromFlatData(0, values, shapes.Make(dtypes.Float32, dims...)))
}

func floats(b compute.Buffer) []float32 { return must(b.Data()).([]float32) }

func randomFloats(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = r.Float32()*4 - 2
	}
	return x
}

// The memory of a donated input becomes an output's, and no other result of the same program
// sees it overwritten.
func TestDonatedInputsOfOneProgram(t *testing.T) {
	b := open(t)
	const n = 5000
	e := build(t, b, [][]int{{n}, {n}}, func(f compute.Function, in []compute.Value) []compute.Value {
		two := must(f.Constant([]float32{2}))
		a, c := in[0], in[1]
		m := must(f.Add(must(f.Mul(a, two)), c)) // 2a + c
		v := must(f.Sub(must(f.Mul(a, a)), c))   // a² - c
		p := must(f.Add(must(f.Mul(m, v)), a))   // m·v + a
		return []compute.Value{m, v, p}
	})
	r := rand.New(rand.NewPCG(1, 2))
	x, y := randomFloats(r, n), randomFloats(r, n)
	for _, donate := range [][]bool{nil, {true, true}, {true, false}, {false, true}} {
		bx, by := buffer(b, x, n), buffer(b, y, n)
		out := must(e.Execute([]compute.Buffer{bx, by}, donate, 0))
		for i := range n {
			a, c := x[i], y[i]
			m, v := float32(2*a)+c, float32(a*a)-c
			want := [3]float32{m, v, float32(m*v) + a}
			for k := range want {
				if got := floats(out[k])[i]; got != want[k] {
					t.Fatalf("donated %v: result %d, element %d is %g, want %g", donate, k, i, got, want[k])
				}
			}
		}
		for i, in := range []compute.Buffer{bx, by} {
			_, err := in.Data()
			if donated := donate != nil && donate[i]; donated != (err != nil) {
				t.Errorf("donated %v: using input %d gives error %v", donate, i, err)
			}
		}
	}
}

// Outputs that are inputs, constants, each other or reshapes of each other have their own
// memory.
func TestOutputsAreApart(t *testing.T) {
	b := open(t)
	e := build(t, b, [][]int{{2, 3}}, func(f compute.Function, in []compute.Value) []compute.Value {
		c := must(f.Constant([]float32{7, 8}, 2))
		n := must(f.Neg(in[0]))
		return []compute.Value{in[0], c, n, n, must(f.Reshape(n, 6)), in[0]}
	})
	for _, donate := range []bool{false, true} {
		x := buffer(b, []float32{1, 2, 3, 4, 5, 6}, 2, 3)
		out := must(e.Execute([]compute.Buffer{x}, []bool{donate}, 0))
		want := [][]float32{{1, 2, 3, 4, 5, 6}, {7, 8}, {-1, -2, -3, -4, -5, -6}, {-1, -2, -3, -4, -5, -6}, {-1, -2, -3, -4, -5, -6}, {1, 2, 3, 4, 5, 6}}
		for i, w := range want {
			got := floats(out[i])
			if !slices.Equal(got, w) {
				t.Errorf("output %d is %v, want %v", i, got, w)
			}
			clear(got) // must change no other output
		}
		again := must(e.Execute([]compute.Buffer{buffer(b, []float32{1, 2, 3, 4, 5, 6}, 2, 3)}, nil, 0))
		if got := floats(again[1]); !slices.Equal(got, want[1]) {
			t.Errorf("the constant was changed to %v", got)
		}
	}
}

// Temporaries share memory after their last use.
func TestArenaIsReused(t *testing.T) {
	b := open(t)
	const n, layers = 64, 20
	e := build(t, b, [][]int{{n, n}}, func(f compute.Function, in []compute.Value) []compute.Value {
		x := in[0]
		for range layers {
			x = must(f.DotGeneral(x, []int{1}, nil, in[0], []int{0}, nil, compute.DotGeneralConfig{}))
		}
		return []compute.Value{x}
	})
	if got, most := e.(*Executable).program.arena, 2*4*n*n; got > most {
		t.Errorf("%d products of %d bytes take an arena of %d, want at most %d", layers, 4*n*n, got, most)
	}
}

func TestConcurrentExecutions(t *testing.T) {
	b := open(t)
	e := build(t, b, [][]int{{100, 100}}, func(f compute.Function, in []compute.Value) []compute.Value {
		y := must(f.DotGeneral(in[0], []int{1}, nil, in[0], []int{0}, nil, compute.DotGeneralConfig{}))
		return []compute.Value{must(f.ReduceSum(must(f.Tanh(y)), 1))}
	})
	r := rand.New(rand.NewPCG(3, 4))
	x := randomFloats(r, 100*100)
	want := slices.Clone(floats(must(e.Execute([]compute.Buffer{buffer(b, x, 100, 100)}, nil, 0))[0]))
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			for range 20 {
				out, err := e.Execute([]compute.Buffer{buffer(b, x, 100, 100)}, []bool{true}, 0)
				if err != nil || !slices.Equal(floats(out[0]), want) {
					t.Errorf("another result, error %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestErrors(t *testing.T) {
	b, other := open(t), open(t)
	e := build(t, b, [][]int{{2}}, func(f compute.Function, in []compute.Value) []compute.Value {
		return []compute.Value{must(f.Neg(in[0]))}
	})
	dead := buffer(b, []float32{1, 2}, 2)
	for range 2 {
		if err := dead.Finalize(); err != nil {
			t.Fatal(err)
		}
	}
	cases := []struct {
		name, want string
		in         []compute.Buffer
	}{
		{"count", "0 inputs given", nil},
		{"shape", "want", []compute.Buffer{buffer(b, []float32{1}, 1)}},
		{"finalized", "finalized", []compute.Buffer{dead}},
		{"another backend", "not a buffer of this backend", []compute.Buffer{buffer(other, []float32{1, 2}, 2)}},
		{"nil", "not a buffer of this backend", []compute.Buffer{nil}},
	}
	for _, c := range cases {
		if _, err := e.Execute(c.in, nil, 0); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
	for _, config := range []string{"threads=0", "threads=x", "speed=9"} {
		if _, err := New(config); err == nil {
			t.Errorf("option %q gave no error", config)
		}
	}
	if _, err := b.BufferFromFlatData(0, []float64{1}, shapes.Make(dtypes.Float32, 1)); err == nil {
		t.Error("float64 values for a float32 buffer gave no error")
	}
	if _, err := b.BufferFromFlatData(0, []float32{1}, shapes.Make(dtypes.Float32, 2)); err == nil {
		t.Error("too few values for a buffer gave no error")
	}
	e.Finalize()
	if _, err := e.Execute([]compute.Buffer{buffer(b, []float32{1, 2}, 2)}, nil, 0); err == nil {
		t.Error("a finalized executable ran")
	}
}

// grower makes random graphs of values of a few shapes that can be broadcast to each other.
type grower struct {
	r      *rand.Rand
	f      compute.Function
	values []compute.Value
}

func (g *grower) pick() compute.Value { return g.values[g.r.IntN(len(g.values))] }

func (g *grower) dims(v compute.Value) []int { return must(g.f.Shape(v)).Dimensions }

// step adds one random operation.
func (g *grower) step() {
	f, x := g.f, g.pick()
	d := g.dims(x)
	var y compute.Value
	switch g.r.IntN(14) {
	case 0:
		y = must(f.Add(x, g.like(x)))
	case 1:
		y = must(f.Mul(x, g.like(x)))
	case 2:
		y = must(f.Sub(g.like(x), x))
	case 3:
		y = must(f.Max(x, g.like(x)))
	case 4:
		y = must(f.Tanh(x))
	case 5:
		y = must(f.Where(must(f.GreaterThan(x, g.like(x))), x, must(f.Neg(x))))
	case 6:
		y = must(f.Reshape(must(f.ReduceSum(x, 0)), append([]int{1}, d[1:]...)...))
	case 7:
		y = must(f.Reshape(must(f.ReduceMax(x, 1, 2)), d[0], 1, 1))
	case 8:
		y = must(f.Transpose(x, 2, 1, 0))
	case 9:
		y = must(f.Div(x, must(f.Add(must(f.Abs(g.like(x))), must(f.Constant([]float32{1}))))))
	case 10:
		y = must(f.Reverse(x, 1))
	case 11:
		y = must(f.Logistic(must(f.Mul(x, must(f.Constant([]float32{0.5}))))))
	case 12:
		y = must(f.ConvertDType(must(f.ConvertDType(must(f.LessThan(x, g.like(x))), dtypes.Float32)), dtypes.Float32))
	default:
		y = must(f.Sqrt(must(f.Abs(x))))
	}
	g.values = append(g.values, y)
}

// like returns a value that has x's shape, or is broadcast to it.
func (g *grower) like(x compute.Value) compute.Value {
	d := g.dims(x)
	for range 20 {
		v := g.pick()
		e := g.dims(v)
		fits := true
		for i := range d {
			fits = fits && (e[i] == d[i] || e[i] == 1)
		}
		if fits {
			if g.r.IntN(2) == 0 {
				return must(g.f.BroadcastInDim(v, shapes.Make(dtypes.Float32, d...), []int{0, 1, 2}))
			}
			return v
		}
	}
	return x
}

// Random graphs give the same results as on the portable backend.
func TestRandomGraphsAgreeWithPortable(t *testing.T) {
	b := open(t)
	for seed := range uint64(150) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			dims := [][]int{{4, 5, 6}, {4, 5, 6}, {1, 5, 6}, {4, 1, 1}, {1, 1, 6}}
			grow := func(f compute.Function, in []compute.Value) []compute.Value {
				g := &grower{r: rand.New(rand.NewPCG(seed, 9)), f: f, values: in}
				for range 30 {
					g.step()
				}
				outputs := []compute.Value{g.values[len(g.values)-1]}
				for range 4 {
					outputs = append(outputs, g.pick())
				}
				return outputs
			}
			r := rand.New(rand.NewPCG(seed, 1))
			var data [][]float32
			for _, d := range dims {
				data = append(data, randomFloats(r, d[0]*d[1]*d[2]))
			}
			run := func(b compute.Backend, donate bool) [][]float32 {
				e := build(t, b, dims, grow)
				var in []compute.Buffer
				var donated []bool
				for i, d := range dims {
					in, donated = append(in, buffer(b, data[i], d...)), append(donated, donate)
				}
				var out [][]float32
				for _, o := range must(e.Execute(in, donated, 0)) {
					out = append(out, floats(o))
				}
				return out
			}
			want := run(b.portable, false)
			for _, donate := range []bool{false, true} {
				compareAll(t, run(b, donate), want)
			}
		})
	}
}

// graphTolerance allows for some thirty float32 operations, among them sums in another order.
// Comparisons of nearly equal values may differ, which is unlikely for random values.
const graphTolerance = 1e-4

func compareAll(t *testing.T, got, want [][]float32) {
	t.Helper()
	for k := range want {
		for i, w := range want[k] {
			if d := math.Abs(float64(got[k][i] - w)); !(d <= graphTolerance*(1+math.Abs(float64(w)))) && !(w != w && got[k][i] != got[k][i]) {
				t.Fatalf("output %d, element %d is %g, want %g", k, i, got[k][i], w)
			}
		}
	}
}
