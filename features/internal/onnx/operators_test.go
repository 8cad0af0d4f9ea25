package onnx

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"repbench/internal/testcheck"
)

// array is an array of testdata/operators.json.
type array struct {
	Type string
	Dims []int
	Data []float64
}

// opCase is one node with its inputs and what it gives.
type opCase struct {
	Name, Op        string
	Domain          string
	Opset           int64
	Attrs           map[string]json.RawMessage
	Inputs, Outputs []*array
	Images          []int
	Exact           bool // whole numbers, which must be the same
}

var typeNames = map[string]DataType{"float32": Float32, "int64": Int64, "int32": Int32, "int8": Int8, "uint8": Uint8, "bool": Bool}

// tensor writes the array as weights.
func (a *array) tensor(name string) []byte {
	var raw []byte
	for _, v := range a.Data {
		switch kind := typeNames[a.Type]; kind {
		case Float32:
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(float32(v)))
		case Int64:
			raw = binary.LittleEndian.AppendUint64(raw, uint64(int64(v)))
		case Int32:
			raw = binary.LittleEndian.AppendUint32(raw, uint32(int32(v)))
		default:
			raw = append(raw, byte(int(v)))
		}
	}
	return tensorBytes(name, typeNames[a.Type], a.Dims, raw)
}

// attributes are numbers, lists of integers, texts and arrays; a number with a point is a float.
func (c opCase) attributes(t testing.TB) attrs {
	t.Helper()
	out := attrs{}
	for name, raw := range c.Attrs {
		var i int
		var list []int
		var f float64
		var s string
		var a array
		switch {
		case json.Unmarshal(raw, &i) == nil && !slices.Contains(raw, '.') && !slices.Contains(raw, 'e'):
			out[name] = i
		case json.Unmarshal(raw, &f) == nil:
			out[name] = f
		case json.Unmarshal(raw, &list) == nil:
			out[name] = list
		case json.Unmarshal(raw, &s) == nil:
			out[name] = s
		case json.Unmarshal(raw, &a) == nil:
			out[name] = a.tensor("")
		default:
			t.Fatalf("attribute %s is %s", name, raw)
		}
	}
	return out
}

// model writes the node; the listed inputs are cut out of the image x, whose numbers it returns,
// the others are weights. Output k is y: it is made float32, and 0·Σx is added, so that it
// depends on the image in any case.
func (c opCase) model(t testing.TB, images []int, k int) (file, []float32) {
	t.Helper()
	f := file{opset: c.Opset, outputs: [][]byte{valueBytes("y", Float32)}}
	x := []float32{1}
	var in, out []string
	cut := [][]byte{nodeBytes("Reshape", []string{"x", "line"}, []string{"all"}, nil)}
	weights := [][]byte{intTensor("line", []int{1}, -1), floatTensor("zero", nil, 0)}
	for i, a := range c.Inputs {
		name := fmt.Sprint("in", i)
		switch {
		case a == nil:
			name = ""
		case slices.Contains(images, i):
			from, dims := fmt.Sprint("from", i), fmt.Sprint("dims", i)
			weights = append(weights, intTensor(from, []int{len(a.Data)}, rangeOf(len(x), len(a.Data))...), intTensor(dims, []int{len(a.Dims)}, asInt64s(a.Dims)...))
			cut = append(cut, nodeBytes("Gather", []string{"all", from}, []string{name + "line"}, nil), nodeBytes("Reshape", []string{name + "line", dims}, []string{name + "float"}, nil),
				nodeBytes("Cast", []string{name + "float"}, []string{name}, attrs{"to": int(typeNames[a.Type])}))
			for _, v := range a.Data {
				x = append(x, float32(v))
			}
		default:
			weights = append(weights, a.tensor(name))
		}
		in = append(in, name)
	}
	for i, o := range c.Outputs {
		name := ""
		if o != nil {
			name = fmt.Sprint("out", i)
		}
		out = append(out, name)
	}
	node := nodeBytes(c.Op, in, out, c.attributes(t))
	if c.Domain != "" {
		node = textField(node, 7, c.Domain)
	}
	f.inputs = [][]byte{valueBytes("x", Float32, 1, len(x), 1, 1)}
	f.weights = weights
	f.nodes = append(cut, node, nodeBytes("Cast", []string{out[k]}, []string{"f"}, attrs{"to": int(Float32)}),
		nodeBytes("Mul", []string{"x", "zero"}, []string{"zeros"}, nil), nodeBytes("Sum", []string{"x"}, []string{"same"}, nil),
		nodeBytes("Reshape", []string{"zeros", "line"}, []string{"zeroline"}, nil), nodeBytes("Constant", nil, []string{"last"}, attrs{"value": intTensor("", nil, 0)}),
		nodeBytes("Gather", []string{"zeroline", "last"}, []string{"nothing"}, nil), nodeBytes("Add", []string{"f", "nothing"}, []string{"y"}, nil))
	return f, x
}

func rangeOf(from, n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(from + i)
	}
	return out
}

func asInt64s(v []int) []int64 {
	out := make([]int64, len(v))
	for i, d := range v {
		out[i] = int64(d)
	}
	return out
}

// opCases reads a file of testdata.
func opCases(t testing.TB, name string) []opCase {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var cases []opCase
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

// Quantised numbers likewise: whole numbers must be the same.
func TestQuantisedAgainstNumPy(t *testing.T) {
	for _, c := range opCases(t, "quantised.json") {
		c.all(t)
	}
}

// Operators on weights, which are computed ahead, and on images give what NumPy computes from
// their definitions in float64 (testdata/operators.py).
func TestOperatorsAgainstNumPy(t *testing.T) {
	for _, c := range slices.Concat(opCases(t, "operators.json"), opCases(t, "operators_more.json")) {
		c.all(t)
	}
}

// all compares every output, on weights and on images.
func (c opCase) all(t *testing.T) {
	for k, want := range c.Outputs {
		if want == nil {
			continue
		}
		t.Run(fmt.Sprintf("%s/output=%d/weights", c.Name, k), func(t *testing.T) { c.compare(t, nil, k) })
		if len(c.Images) > 0 {
			t.Run(fmt.Sprintf("%s/output=%d/images", c.Name, k), func(t *testing.T) { c.compare(t, c.Images, k) })
		}
	}
}

func isWhole(v []float64) bool {
	return !slices.ContainsFunc(v, func(f float64) bool { return f != math.Trunc(f) })
}

func (c opCase) compare(t *testing.T, images []int, k int) {
	f, x := c.model(t, images, k)
	m, err := parse(f.bytes())
	if err != nil {
		t.Fatal(err)
	}
	got, shape, err := run(t, m, x, []int{1, 1, 1, len(x)}, Target{})
	if err != nil {
		t.Fatal(err)
	}
	if len(shape) == 4 {
		got, shape = permute(got, shape, axesFromLast(4))
	}
	want := c.Outputs[k]
	if !slices.Equal(shape, want.Dims) {
		t.Fatalf("shape %v, want %v", shape, want.Dims)
	}
	bound := tolerance
	if c.Exact && isWhole(want.Data) {
		bound = 0
	}
	if e := testcheck.Difference(t, got, want.Data); e > bound {
		t.Errorf("got %v, want %v: %.2g of the largest value away", got, want.Data, e)
	}
}
