package engine

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// Large constants, which the shadow does not hold, between parameters of a main function; with
// an axis of unknown size the portable backend runs all.
func TestLargeConstants(t *testing.T) {
	const n = foldLimit // elements, four times the limit in bytes
	big := func(first float32) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = first + float32(i%7)
		}
		return x
	}
	for _, dynamic := range []bool{false, true} {
		backend := open(t)
		builder := backend.Builder("constants")
		main := builder.Main()
		shape := shapes.Make(dtypes.Float32, 1, n)
		given := shape
		if dynamic {
			given = shapes.MakeDynamic(dtypes.Float32, []int{shapes.DynamicDim, n}, []string{"batch", ""})
		}
		value := func(v compute.Value, err error) compute.Value {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		a := value(main.Constant(big(1), 1, n))
		x := value(main.Parameter("x", given, nil))
		b := value(main.Constant(big(2), 1, n))
		y := value(main.Parameter("y", given, nil))
		sum := value(main.Add(value(main.Mul(x, a)), value(main.Mul(y, b))))
		if err := main.Return([]compute.Value{sum}, nil); err != nil {
			t.Fatal(err)
		}
		e, err := builder.Compile()
		if err != nil {
			t.Fatal(err)
		}
		if names, _ := e.Inputs(); len(names) != 2 || names[0] != "x" || names[1] != "y" {
			t.Errorf("dynamic %t: inputs %q", dynamic, names)
		}
		var in []compute.Buffer
		for _, flat := range [][]float32{big(3), big(4)} {
			buffer, err := backend.BufferFromFlatData(0, flat, shape)
			if err != nil {
				t.Fatal(err)
			}
			in = append(in, buffer)
		}
		if _, err := e.Execute(in[:1], nil, 0); err == nil {
			t.Errorf("dynamic %t: one of two inputs was enough", dynamic)
		}
		out, err := e.Execute(in, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]float32, n)
		if err := out[0].ToFlatData(got); err != nil {
			t.Fatal(err)
		}
		for i, v := range got {
			c := float32(i % 7)
			if want := (3+c)*(1+c) + (4+c)*(2+c); v != want {
				t.Fatalf("dynamic %t: element %d is %g, want %g", dynamic, i, v, want)
			}
		}
	}
}
