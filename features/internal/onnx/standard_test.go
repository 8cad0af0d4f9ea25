package onnx

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// The standard's own tests of single operators: what agrees, at least, with the inputs as weights
// and as values that depend on images, of ONNX 1.12 (Debian's libonnx-testdata). The others need
// operators or types that are refused; none may give another result.
const (
	standardWeights = 686
	standardImages  = 529
)

// otherwise are tests whose result is another for a reason, by the beginnings of their names.
var otherwise = []struct{ name, reason string }{
	{"test_blackmanwindow", "the written-out function has 3.14159 for π"},
	{"test_hammingwindow", "the written-out function has 3.14159 for π"},
	{"test_hannwindow", "the written-out function has 3.14159 for π"},
	{"test_cast_BFLOAT16_to_FLOAT", "the test stores bfloat16 as uint16"},
	{"test_cast_FLOAT_to_BFLOAT16", "the test stores bfloat16 as uint16"},
	{"test_castlike_BFLOAT16_to_FLOAT", "the test stores bfloat16 as uint16"},
	{"test_castlike_FLOAT_to_BFLOAT16", "the test stores bfloat16 as uint16"},
	{"test_nllloss_NCd1d2d3d4d5_mean_weight_expanded", "a sum over 3,240 numbers in another order"},
	{"test_resize_downsample_scales_cubic_align_corners", "align_corners by the length of the result, as PyTorch has it"},
	{"test_resize_downsample_scales_linear_align_corners", "align_corners by the length of the result, as PyTorch has it"},
}

// meant says that a test's result is another for a reason.
func meant(name string) bool {
	for _, o := range otherwise {
		if strings.HasPrefix(name, o.name) {
			return true
		}
	}
	return false
}

// REPBENCH_TEST_ONNX names a folder of such tests, one folder each with model.onnx and
// test_data_set_0.
func TestStandardsOwn(t *testing.T) {
	dir := os.Getenv("REPBENCH_TEST_ONNX")
	if dir == "" {
		t.Skip("REPBENCH_TEST_ONNX does not name the folder of the standard's tests, data/node of Debian's libonnx-testdata")
	}
	names, err := filepath.Glob(filepath.Join(dir, "test_*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no tests in %s: %v", dir, err)
	}
	agree := map[bool]int{}
	for _, name := range names {
		for _, images := range []bool{false, true} {
			err := standardTest(t, name, images)
			switch what := fmt.Sprintf("%s, images=%t", filepath.Base(name), images); {
			case err == nil:
				agree[images]++
			case errors.Is(err, errDiffers) && !meant(filepath.Base(name)):
				t.Errorf("%s: %v", what, err)
			default:
				t.Logf("%s: %.300v", what, err)
			}
		}
	}
	t.Logf("%d of %d agree on weights, %d on images", agree[false], len(names), agree[true])
	if agree[false] < standardWeights || agree[true] < standardImages {
		t.Errorf("%d of %d agree on weights and %d on images; it were %d and %d", agree[false], len(names), agree[true], standardWeights, standardImages)
	}
}

var errDiffers = errors.New("another result")

// standardTest builds one model on its inputs and compares all outputs.
func standardTest(t *testing.T, dir string, images bool) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	content, err := os.ReadFile(filepath.Join(dir, "model.onnx"))
	if err != nil {
		return err
	}
	m, err := parse(content)
	if err != nil {
		return err
	}
	g := graph.NewGraph(backend(t).Compute, "standard")
	defer g.Finalize()
	b := m.newBuilder(g)
	var args []any
	for i, in := range m.Inputs {
		x, err := readTensor(filepath.Join(dir, "test_data_set_0", fmt.Sprintf("input_%d.pb", i)))
		if err != nil {
			return err
		}
		v := value{weight: x}
		if images && x.Type == Float32 && x.Size() > 0 {
			v = value{node: graph.Parameter(g, in.Name, shapes.Make(dtypes.Float32, x.Dims...))}
			args = append(args, tensors.FromFlatDataAndDimensions(x.Floats(), x.Dims...))
		}
		b.values.names[in.Name] = v
	}
	if images && len(args) == 0 {
		return errors.New("no input of floating-point numbers")
	}
	if err := b.all(m.Nodes); err != nil {
		return err
	}
	for i, out := range m.Outputs {
		want, err := readTensor(filepath.Join(dir, "test_data_set_0", fmt.Sprintf("output_%d.pb", i)))
		if err != nil {
			return err
		}
		v, _ := b.values.of(out.Name)
		if len(m.Outputs) > 1 && v.node != nil && i > 0 {
			continue // a graph is compiled once
		}
		if err := b.compareOutput(v, want, args); err != nil {
			return fmt.Errorf("output %s: %w", out.Name, err)
		}
	}
	return nil
}

// readTensor reads a TensorProto.
func readTensor(path string) (*Tensor, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseTensor(message{bytes: content})
}

// compareOutput computes a value and compares it.
func (b *builder) compareOutput(v value, want *Tensor, args []any) error {
	var got []float64
	v = b.settle(v)
	switch {
	case v.host != nil:
		for _, x := range v.host.data {
			got = append(got, float64(x))
		}
	case v.weight != nil:
		for _, x := range v.weight.Floats() {
			got = append(got, float64(x))
		}
	default:
		v = b.plain(v)
		if err := b.graph.Compile(graph.ConvertDType(v.node, dtypes.Float64)); err != nil {
			return err
		}
		for _, w := range b.weights {
			args = append(args, w)
		}
		got = flat[float64](b.graph.Run(args...)[0])
	}
	if !slices.Equal(v.dims(), want.Dims) {
		return fmt.Errorf("%w: shape %v, want %v", errDiffers, v.dims(), want.Dims)
	}
	return differs(got, want)
}

// differs compares numbers within 1e-5 of the largest, 2e-3 for 16-bit ones; whole numbers must be
// the same.
func differs(got []float64, want *Tensor) error {
	bound := 1e-5
	if want.Type == Float16 || want.Type == BFloat16 {
		bound = 2e-3
	}
	largest := 1.0
	numbers := make([]float64, len(got))
	for i := range got {
		if want.Type.IsFloat() {
			numbers[i] = float64(want.float(i))
		} else {
			numbers[i], bound = float64(want.int(i)), 0
		}
		if !math.IsInf(numbers[i], 0) && !math.IsNaN(numbers[i]) {
			largest = max(largest, math.Abs(numbers[i]))
		}
	}
	for i, n := range numbers {
		same := got[i] == n || math.IsNaN(got[i]) && math.IsNaN(n)
		if !same && !(math.Abs(got[i]-n) <= bound*largest) {
			return fmt.Errorf("%w: value %d is %g, want %g (%s)", errDiffers, i, got[i], n, strings.TrimSpace(want.Type.String()))
		}
	}
	return nil
}
