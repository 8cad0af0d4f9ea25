package engine

import (
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

func constant(f compute.Function, x float32) compute.Value {
	return must(f.Constant([]float32{x}))
}

// closure makes a closure of f with float32 parameters.
func closure(f compute.Function, dims [][]int, body func(c compute.Function, in []compute.Value) []compute.Value) compute.Function {
	c := must(f.Closure())
	var in []compute.Value
	for _, d := range dims {
		in = append(in, must(c.Parameter("", shapes.Make(dtypes.Float32, d...), nil)))
	}
	if err := c.Return(body(c, in), nil); err != nil {
		panic(err)
	}
	return c
}

// expect executes e on inputs, with all donated and with none.
func expect(t *testing.T, b *Backend, e compute.Executable, inputs [][]float32, dims [][]int, want ...[]float32) {
	t.Helper()
	for _, donate := range []bool{false, true} {
		var in []compute.Buffer
		for i, x := range inputs {
			in = append(in, buffer(b, x, dims[i]...))
		}
		out, err := e.Execute(in, slices.Repeat([]bool{donate}, len(in)), 0)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			if got := floats(out[i]); !slices.Equal(got, w) {
				t.Errorf("donated %v: output %d is %v, want %v", donate, i, got, w)
			}
		}
	}
}

// A loop whose condition and branches read values of the enclosing functions: x + 2y twice,
// then x - y.
func TestWhileAndIfCapture(t *testing.T) {
	b := open(t)
	dims := [][]int{{}, {2}, {}}
	e := build(t, b, dims, func(f compute.Function, in []compute.Value) []compute.Value {
		start, y, limit := in[0], in[1], in[2]
		twice := must(f.Add(y, y))
		cond := closure(f, dims[:2], func(c compute.Function, s []compute.Value) []compute.Value {
			return []compute.Value{must(c.LessThan(s[0], limit))}
		})
		body := closure(f, dims[:2], func(c compute.Function, s []compute.Value) []compute.Value {
			more := closure(c, nil, func(c compute.Function, _ []compute.Value) []compute.Value {
				return []compute.Value{must(c.Add(s[1], twice))}
			})
			less := closure(c, nil, func(c compute.Function, _ []compute.Value) []compute.Value {
				return []compute.Value{must(c.Sub(s[1], y))}
			})
			x := must(c.If(must(c.LessThan(s[0], constant(c, 2))), more, less))
			return []compute.Value{must(c.Add(s[0], constant(c, 1))), x[0]}
		})
		return append(must(f.While(cond, body, start, y)), y)
	})
	y := []float32{1, 10}
	expect(t, b, e, [][]float32{{0}, y, {-1}}, dims, []float32{0}, y, y)
	expect(t, b, e, [][]float32{{0}, y, {2}}, dims, []float32{2}, []float32{5, 50}, y)
	expect(t, b, e, [][]float32{{0}, y, {3}}, dims, []float32{3}, []float32{4, 40}, y)
}

// State that changes places is not overwritten before it is read:
// (x, y) → (y, -x) three times.
func TestWhileExchanges(t *testing.T) {
	b := open(t)
	dims := [][]int{{}, {3}, {3}}
	e := build(t, b, dims, func(f compute.Function, in []compute.Value) []compute.Value {
		cond := closure(f, dims, func(c compute.Function, s []compute.Value) []compute.Value {
			return []compute.Value{must(c.LessThan(s[0], constant(c, 3)))}
		})
		body := closure(f, dims, func(c compute.Function, s []compute.Value) []compute.Value {
			return []compute.Value{must(c.Add(s[0], constant(c, 1))), s[2], must(c.Neg(s[1]))}
		})
		return must(f.While(cond, body, in...))
	})
	expect(t, b, e, [][]float32{{0}, {1, 2, 3}, {4, 5, 6}}, dims, []float32{3}, []float32{-4, -5, -6}, []float32{1, 2, 3})
}

// A branch returns values of the enclosing function and of the function around that one.
func TestBranchReturnsCaptured(t *testing.T) {
	b := open(t)
	dims := [][]int{{}, {2}, {2}}
	e := build(t, b, dims, func(f compute.Function, in []compute.Value) []compute.Value {
		give := func(v, w compute.Value) func(compute.Function, []compute.Value) []compute.Value {
			return func(compute.Function, []compute.Value) []compute.Value { return []compute.Value{v, w} }
		}
		small := must(f.LessThan(in[0], constant(f, 2)))
		none := must(f.LessThan(in[0], constant(f, 1)))
		yes := closure(f, nil, func(c compute.Function, _ []compute.Value) []compute.Value {
			return must(c.If(none, closure(c, nil, give(in[1], in[1])), closure(c, nil, give(in[1], in[2]))))
		})
		return must(f.If(small, yes, closure(f, nil, give(in[2], in[1]))))
	})
	x, y := []float32{1, 2}, []float32{3, 4}
	for i, want := range [][2][]float32{{x, x}, {x, y}, {y, x}} {
		expect(t, b, e, [][]float32{{float32(i)}, x, y}, dims, want[0], want[1])
	}
}

// A function called twice, with the same value for both parameters.
func TestCall(t *testing.T) {
	b := open(t)
	e := build(t, b, [][]int{{2}}, func(f compute.Function, in []compute.Value) []compute.Value {
		g := must(f.Builder().NewFunction("product"))
		s := shapes.Make(dtypes.Float32, 2)
		p, q := must(g.Parameter("p", s, nil)), must(g.Parameter("q", s, nil))
		if err := g.Return([]compute.Value{must(g.Mul(p, q)), p}, nil); err != nil {
			t.Fatal(err)
		}
		square := must(f.Call(g, in[0], in[0]))
		return must(f.Call(g, square...))
	})
	expect(t, b, e, [][]float32{{2, 3}}, [][]int{{2}}, []float32{8, 27}, []float32{4, 9})
}

// A comparator that reads a value of the enclosing function: with sign -1 it sorts from the
// largest to the smallest, and equal elements keep their order.
func TestSortCaptures(t *testing.T) {
	b := open(t)
	e := build(t, b, [][]int{{5}, {5}, {}}, func(f compute.Function, in []compute.Value) []compute.Value {
		sign := must(f.Neg(in[2]))
		before := closure(f, [][]int{{}, {}, {}, {}}, func(c compute.Function, s []compute.Value) []compute.Value {
			return []compute.Value{must(c.LessThan(must(c.Mul(s[0], sign)), must(c.Mul(s[1], sign))))}
		})
		return must(f.Sort(before, 0, true, in[0], in[1]))
	})
	expect(t, b, e, [][]float32{{3, -1, 2, 7, 2}, {0, 1, 2, 3, 4}, {1}}, [][]int{{5}, {5}, {}},
		[]float32{7, 3, 2, 2, -1}, []float32{3, 0, 2, 4, 1})
}
