package engine

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
)

// kept is a constant of the test: its values, and the order of its axes where they lie.
type kept struct {
	dims, order []int
	values      []float32 // in the order of dims
}

// turned returns the values in the order in which they lie, and the strides there.
func (k kept) turned() (lie []float32, strides []int) {
	strides = make([]int, len(k.dims))
	step := 1
	for i := len(k.order) - 1; i >= 0; i-- {
		strides[k.order[i]] = step
		step *= k.dims[k.order[i]]
	}
	lie = make([]float32, len(k.values))
	at := make([]int, len(k.dims))
	for _, v := range k.values {
		to := 0
		for a, i := range at {
			to += i * strides[a]
		}
		lie[to] = v
		for a := len(at) - 1; a >= 0; a-- {
			if at[a]++; at[a] < k.dims[a] {
				break
			}
			at[a] = 0
		}
	}
	return lie, strides
}

// reader reads part of what lies somewhere; nil: the constants are in memory.
type reader func(dst, lie []float32) error

// constants makes constants of a function.
func constants(t *testing.T, f compute.Function, all []kept, read reader) []compute.Value {
	t.Helper()
	b := f.(*Function).builder.backend
	var out []compute.Value
	for _, k := range all {
		flat := any(k.values)
		if read != nil {
			lie, strides := k.turned()
			buffer, err := b.StoredBuffer(shapes.Make(dtypes.Float32, k.dims...), strides, func(dst []float32, from int) error {
				return read(dst, lie[from:])
			})
			if err != nil {
				t.Fatal(err)
			}
			defer buffer.Finalize()
			if flat, err = buffer.(*Buffer).Data(); err != nil {
				t.Fatal(err)
			}
		}
		v, err := f.Constant(flat, k.dims...)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// storedValues are constants in every order.
func storedValues() []kept {
	r := rand.New(rand.NewPCG(7, 7))
	all := []kept{
		{dims: []int{3, 3, 32, 64}, order: []int{3, 2, 0, 1}},
		{dims: []int{3, 3, 64, 40}, order: []int{0, 1, 2, 3}},
		{dims: []int{1, 8, 8, 40}, order: []int{0, 3, 1, 2}},
		{dims: []int{8 * 8 * 40, 24}, order: []int{0, 1}},
		{dims: []int{8 * 8 * 40, 24}, order: []int{1, 0}},
		{dims: []int{17, 2}, order: []int{1, 0}},
	}
	for i, k := range all {
		n := 1
		for _, d := range k.dims {
			n *= d
		}
		for range n {
			all[i].values = append(all[i].values, r.Float32()-.5)
		}
	}
	return all
}

// storedNetwork convolves, multiplies and adds constants, and reads some of them twice.
func storedNetwork(t *testing.T, b *Backend, read reader) (compute.Executable, error) {
	t.Helper()
	builder := b.Builder("stored")
	main := builder.Main()
	value := func(v compute.Value, err error) compute.Value {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	x := value(main.Parameter("x", shapes.Make(dtypes.Float32, 2, 8, 8, 32), nil))
	c := constants(t, main, storedValues(), read)
	axes := compute.ConvolveAxesConfig{InputSpatial: []int{1, 2}, InputChannels: 3, KernelSpatial: []int{0, 1}, KernelInputChannels: 2,
		KernelOutputChannels: 3, OutputSpatial: []int{1, 2}, OutputChannels: 3}
	for _, w := range c[:2] {
		x = value(main.ConvGeneral(x, w, axes, []int{1, 1}, [][2]int{{1, 1}, {1, 1}}, nil, nil, 1, 1))
	}
	x = value(main.Add(x, c[2]))
	flat := value(main.Reshape(x, 2, 8*8*40))
	var outputs []compute.Value
	for _, w := range c[3:5] {
		outputs = append(outputs, value(main.DotGeneral(flat, []int{1}, nil, w, []int{0}, nil, compute.DotGeneralConfig{})))
	}
	outputs = append(outputs, value(main.Sqrt(value(main.Abs(c[3])))), value(main.Transpose(c[5], 1, 0)), c[4])
	if err := main.Return(outputs, nil); err != nil {
		t.Fatal(err)
	}
	return builder.Compile()
}

// Constants that are read when a function is compiled give the bits of constants in memory.
func TestStoredConstants(t *testing.T) {
	b := open(t)
	r := rand.New(rand.NewPCG(8, 8))
	images := make([]float32, 2*8*8*32)
	for i := range images {
		images[i] = r.Float32() - .5
	}
	in, err := b.BufferFromFlatData(0, images, shapes.Make(dtypes.Float32, 2, 8, 8, 32))
	if err != nil {
		t.Fatal(err)
	}
	var want [][]float32
	for _, read := range []reader{nil, func(dst, lie []float32) error { copy(dst, lie); return nil }} {
		e, err := storedNetwork(t, b, read)
		if err != nil {
			t.Fatal(err)
		}
		out, err := e.Execute([]compute.Buffer{in}, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		var got [][]float32
		for _, o := range out {
			flat, err := o.(*Buffer).Data()
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, slices.Clone(flat.([]float32)))
		}
		if want == nil {
			want = got
		}
		for i := range want {
			if !slices.Equal(got[i], want[i]) {
				t.Errorf("output %d differs from that of constants in memory", i)
			}
		}
		e.Finalize()
		if _, err := e.Execute([]compute.Buffer{in}, nil, 0); err == nil {
			t.Error("a finalized executable ran")
		}
	}
	reserved := 0
	b.reserved.Range(func(any, any) bool { reserved++; return true })
	if reserved != 0 {
		t.Errorf("%d buffers are still known after they were finalized", reserved)
	}
}

// A constant that cannot be read is an error of the compilation.
func TestStoredConstantsErrors(t *testing.T) {
	b := open(t)
	broken := errors.New("broken")
	if _, err := storedNetwork(t, b, func(dst, lie []float32) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("error %v, want the source's", err)
	}
	if _, err := b.StoredBuffer(shapes.Make(dtypes.Float64, 2), []int{1}, nil); err == nil {
		t.Error("float64 was taken")
	}
	if _, err := b.StoredBuffer(shapes.Make(dtypes.Float32, 2), nil, nil); err == nil {
		t.Error("no strides were taken")
	}
}
