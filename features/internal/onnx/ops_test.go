package onnx

import (
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/internal/testcheck"
)

// images of the tests below, [1, 2, 1, 3].
var sample = []float32{-2, 0.5, 3, 1, -0.25, 2}

// runSample gives the model the sample.
func runSample(t *testing.T, f file) ([]float32, []int, error) {
	t.Helper()
	m, err := parse(f.bytes())
	if err != nil {
		return nil, nil, err
	}
	x, dims := toLast(sample, []int{1, 2, 1, 3})
	y, shape, err := run(t, m, x, dims, Target{})
	if err == nil && len(shape) == 4 {
		y, shape = permute(y, shape, axesFromLast(4))
	}
	return y, shape, err
}

func mapped(f func(x float64) float64) []float64 {
	out := make([]float64, len(sample))
	for i, v := range sample {
		out[i] = f(float64(v))
	}
	return out
}

// Operators that PyTorch 1.13 does not export, by their definitions in ONNX's
// Operators.md, in float64.
func TestOperatorsByDefinition(t *testing.T) {
	softplus := func(x float64) float64 { return math.Log1p(math.Exp(x)) }
	identity := mapped(func(x float64) float64 { return x })
	// Mean and variance of -2, 0.5, 3 and of 1, -0.25, 2, and of all six.
	group := func(mean, variance, x float64) float64 { return (x - mean) / math.Sqrt(variance+1e-5) }
	tests := []struct {
		name  string
		model file
		want  []float64
	}{
		{"Identity", single(13, "Identity", nil, nil), identity},
		{"Dropout", single(13, "Dropout", nil, []string{"", "off"}, boolTensor("off", nil, 0)), identity},
		{"Dropout in training mode with a ratio of 0", single(12, "Dropout", nil, []string{"r", "on"}, floatTensor("r", nil, 0), boolTensor("on", nil, 1)), identity},
		{"Gelu", single(20, "Gelu", nil, nil), mapped(func(x float64) float64 { return x / 2 * math.Erfc(-x/math.Sqrt2) })},
		{"Gelu with tanh", single(20, "Gelu", attrs{"approximate": "tanh"}, nil), mapped(func(x float64) float64 {
			return x / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
		})},
		{"Mish", single(18, "Mish", nil, nil), mapped(func(x float64) float64 { return x * math.Tanh(softplus(x)) })},
		{"Softsign", single(13, "Softsign", nil, nil), mapped(func(x float64) float64 { return x / (1 + math.Abs(x)) })},
		{"HardSigmoid with its defaults", single(13, "HardSigmoid", nil, nil), mapped(func(x float64) float64 { return min(max(0.2*x+0.5, 0), 1) })},
		{"Clip of old sets", single(7, "Clip", attrs{"min": -1.0, "max": 0.75}, nil), mapped(func(x float64) float64 { return min(max(x, -1), 0.75) })},
		{"Sum of three", single(13, "Sum", nil, []string{"x", "x"}), mapped(func(x float64) float64 { return 3 * x })},
		{"Mean of two", single(13, "Mean", nil, []string{"w"}, floatTensor("w", nil, 5)), mapped(func(x float64) float64 { return (x + 5) / 2 })},
		{"GlobalMaxPool", single(13, "GlobalMaxPool", nil, nil), []float64{3, 2}},
		{"ReduceSumSquare", single(13, "ReduceSumSquare", attrs{"axes": []int{1, -1}, "keepdims": 0}, nil), []float64{4 + .25 + 9 + 1 + .0625 + 4}},
		{"ReduceProd of all", single(13, "ReduceProd", nil, nil), []float64{-2 * .5 * 3 * 1 * -.25 * 2}},
		{"ReduceSum of no axes", single(13, "ReduceSum", attrs{"noop_with_empty_axes": 1}, nil), identity},
		{"LpNormalization 1", single(13, "LpNormalization", attrs{"p": 1, "axis": 3}, nil), []float64{-2 / 5.5, .5 / 5.5, 3 / 5.5, 1 / 3.25, -.25 / 3.25, 2 / 3.25}},
		{"LpNormalization 2", single(13, "LpNormalization", attrs{"axis": 1}, nil), []float64{-2 / math.Sqrt(5), .5 / math.Sqrt(.3125), 3 / math.Sqrt(13), 1 / math.Sqrt(5), -.25 / math.Sqrt(.3125), 2 / math.Sqrt(13)}},
		{"GroupNormalization by channel", single(21, "GroupNormalization", attrs{"num_groups": 2}, []string{"s", "b"}, floatTensor("s", []int{2}, 2, 3), floatTensor("b", []int{2}, 0, 1)),
			[]float64{2 * group(.5, 12.5/3, -2), 0, 2 * group(.5, 12.5/3, 3), 1 + 3*group(11./12, .8472222222, 1), 1 + 3*group(11./12, .8472222222, -.25), 1 + 3*group(11./12, .8472222222, 2)}},
		{"GroupNormalization by group", single(18, "GroupNormalization", attrs{"num_groups": 1}, []string{"s", "b"}, floatTensor("s", []int{1}, 2), floatTensor("b", []int{1}, -1)),
			mapped(func(x float64) float64 { return 2*group(4.25/6, 18.3125/6-(4.25/6)*(4.25/6), x) - 1 })},
		{"Softmax of old sets over all later axes", single(9, "Softmax", attrs{"axis": 2}, nil), func() []float64 {
			a, b := math.Exp(-2)+math.Exp(.5)+math.Exp(3), math.Exp(1)+math.Exp(-.25)+math.Exp(2)
			return []float64{math.Exp(-2) / a, math.Exp(.5) / a, math.Exp(3) / a, math.Exp(1) / b, math.Exp(-.25) / b, math.Exp(2) / b}
		}()},
		{"Slice backwards", single(13, "Slice", nil, []string{"s", "e", "a", "d"}, intTensor("s", []int{1}, -1), intTensor("e", []int{1}, math.MinInt64),
			intTensor("a", []int{1}, 3), intTensor("d", []int{1}, -2)), []float64{3, -2, 2, 1}},
		{"Slice to the largest integer", single(13, "Slice", nil, []string{"s", "e", "a"}, intTensor("s", []int{1}, 1), intTensor("e", []int{1}, math.MaxInt64),
			intTensor("a", []int{1}, 3)), []float64{.5, 3, -.25, 2}},
		{"Slice of old sets", single(9, "Slice", attrs{"starts": []int{0, -2}, "ends": []int{1, 99}, "axes": []int{1, 3}}, nil), []float64{.5, 3}},
		{"Pad with axes", single(18, "Pad", nil, []string{"p", "v", "a"}, intTensor("p", []int{2}, 1, 0), floatTensor("v", nil, 7), intTensor("a", []int{1}, -1)),
			[]float64{7, -2, .5, 3, 7, 1, -.25, 2}},
		{"MaxPool, same size, extra at the end", single(13, "MaxPool", attrs{"kernel_shape": []int{1, 2}, "auto_pad": "SAME_UPPER"}, nil), []float64{.5, 3, 3, 1, 2, 2}},
		{"MaxPool, same size, extra at the start", single(13, "MaxPool", attrs{"kernel_shape": []int{1, 2}, "auto_pad": "SAME_LOWER"}, nil), []float64{-2, .5, 3, 1, 1, 2}},
		{"Flatten from the end", single(13, "Flatten", attrs{"axis": -1}, nil), identity},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := runSample(t, tt.model)
			if err != nil {
				t.Fatal(err)
			}
			want := make([]float32, len(tt.want))
			for i, v := range tt.want {
				want[i] = float32(v)
			}
			if testcheck.Difference(t, got, want) > tolerance {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// Integers are computed while the graph is built: y = float(op(…)) + 0·x.
func TestIntegersOnTheHost(t *testing.T) {
	tests := []struct {
		name    string
		op      string
		as      attrs
		weights [][]byte
		want    []float32
	}{
		{"Range", "Range", nil, [][]byte{intTensor("a", nil, 5), intTensor("b", nil, 0), intTensor("c", nil, -2)}, []float32{5, 3, 1}},
		{"Mod has the sign of the divisor", "Mod", nil, [][]byte{intTensor("a", []int{3}, -7, 7, 8), intTensor("b", nil, 3)}, []float32{2, 1, 2}},
		{"Div rounds towards zero", "Div", nil, [][]byte{intTensor("a", []int{3}, -7, 7, 9), intTensor("b", []int{1}, 3)}, []float32{-2, 2, 3}},
		{"Less", "Less", nil, [][]byte{intTensor("a", []int{3}, 1, 2, 3), intTensor("b", nil, 2)}, []float32{1, 0, 0}},
		{"LessOrEqual", "LessOrEqual", nil, [][]byte{intTensor("a", []int{3}, 1, 2, 3), intTensor("b", nil, 2)}, []float32{1, 1, 0}},
		{"GreaterOrEqual", "GreaterOrEqual", nil, [][]byte{intTensor("a", []int{3}, 1, 2, 3), intTensor("b", nil, 2)}, []float32{0, 1, 1}},
		{"And", "And", nil, [][]byte{boolTensor("a", []int{3}, 1, 1, 0), boolTensor("b", []int{3}, 1, 0, 0)}, []float32{1, 0, 0}},
		{"Or", "Or", nil, [][]byte{boolTensor("a", []int{3}, 1, 1, 0), boolTensor("b", []int{3}, 1, 0, 0)}, []float32{1, 1, 0}},
		{"Not", "Not", nil, [][]byte{boolTensor("a", []int{3}, 1, 1, 0)}, []float32{0, 0, 1}},
		{"ReduceProd", "ReduceProd", nil, [][]byte{intTensor("a", []int{3}, 4, 5, 6)}, []float32{120, 120, 120}},
		{"Transpose", "Transpose", nil, [][]byte{intTensor("a", []int{3, 1}, 4, 5, 6)}, []float32{4, 5, 6}},
		{"Gather from the end", "Gather", nil, [][]byte{intTensor("a", []int{3}, 4, 5, 6), intTensor("b", []int{3}, -1, 0, 1)}, []float32{6, 4, 5}},
		{"Max of three", "Max", nil, [][]byte{intTensor("a", []int{3}, 4, 5, 6), intTensor("b", nil, 5), intTensor("c", []int{3}, 0, 9, 0)}, []float32{5, 9, 6}},
		{"ConstantOfShape", "ConstantOfShape", attrs{"value": intTensor("", []int{1}, 8)}, [][]byte{intTensor("a", []int{1}, 3)}, []float32{8, 8, 8}},
		{"ScatterND", "ScatterND", nil, [][]byte{intTensor("a", []int{3}, 4, 5, 6), intTensor("b", []int{2, 1}, -1, 0), intTensor("c", []int{2}, 8, 9)}, []float32{9, 5, 8}},
		{"ScatterND of rows", "ScatterND", nil, [][]byte{floatTensor("a", []int{2, 1, 3}, 1, 2, 3, 4, 5, 6), intTensor("b", []int{2, 1}, 1, 0), floatTensor("c", []int{2, 1, 3}, 7, 7, 7, 8, 9, 10)}, nil},
		{"Tile", "Tile", nil, [][]byte{intTensor("a", []int{1}, 7), intTensor("b", []int{1}, 3)}, []float32{7, 7, 7}},
		{"ReduceMax along an axis", "ReduceMax", attrs{"axes": []int{0}, "keepdims": 0}, [][]byte{intTensor("a", []int{2, 3}, 1, 5, 3, 4, 2, 6)}, []float32{4, 5, 6}},
		{"Floor of weights", "Floor", nil, [][]byte{floatTensor("a", []int{3}, 1.5, -1.5, 2)}, []float32{1, -2, 2}},
		{"Cast of weights cuts", "Cast", attrs{"to": int(Int64)}, [][]byte{floatTensor("a", []int{3}, 1.5, -1.5, 2)}, []float32{1, -1, 2}},
		{"Less of weights", "Less", nil, [][]byte{floatTensor("a", []int{3}, 1.5, 2.5, 3.5), floatTensor("b", nil, 3)}, []float32{1, 1, 0}},
		{"Size", "Size", nil, [][]byte{intTensor("a", []int{2, 3}, 0, 0, 0, 0, 0, 0)}, []float32{6, 6, 6}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := []string{"a", "b", "c"}[:len(tt.weights)]
			f := single(13, "Mul", nil, []string{"zero"}, append(tt.weights, floatTensor("zero", nil, 0))...)
			f.nodes = [][]byte{
				nodeBytes(tt.op, in, []string{"i"}, tt.as),
				nodeBytes("Cast", []string{"i"}, []string{"f"}, attrs{"to": int(Float32)}),
				nodeBytes("Mul", []string{"x", "zero"}, []string{"z"}, nil),
				nodeBytes("Add", []string{"z", "f"}, []string{"y"}, nil),
			}
			got, _, err := runSample(t, f)
			if err != nil {
				t.Fatal(err)
			}
			want := append(slices.Clone(tt.want), tt.want...)
			if tt.want == nil {
				want = []float32{8, 9, 10, 7, 7, 7} // rows of their own for each channel
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// A shape that goes through floating-point numbers, as PyTorch computes scaled
// sizes, is known all the same: floor(3·0.7) zeros are joined to x.
func TestShapesByFloats(t *testing.T) {
	f := single(13, "Concat", nil, nil)
	f.weights = [][]byte{floatTensor("w", nil, 0.7), intTensor("three", []int{1}, 3), intTensor("front", []int{3}, 1, 2, 1)}
	f.nodes = [][]byte{
		nodeBytes("Shape", []string{"x"}, []string{"shape"}, nil),
		nodeBytes("Gather", []string{"shape", "three"}, []string{"width"}, nil),
		nodeBytes("Cast", []string{"width"}, []string{"float"}, attrs{"to": int(Float32)}),
		nodeBytes("Mul", []string{"float", "w"}, []string{"scaled"}, nil),
		nodeBytes("Floor", []string{"scaled"}, []string{"floor"}, nil),
		nodeBytes("Cast", []string{"floor"}, []string{"length"}, attrs{"to": int(Int64)}),
		nodeBytes("Concat", []string{"front", "length"}, []string{"dims"}, attrs{"axis": 0}),
		nodeBytes("ConstantOfShape", []string{"dims"}, []string{"zeros"}, nil),
		nodeBytes("Concat", []string{"x", "zeros"}, []string{"y"}, attrs{"axis": 3}),
	}
	got, _, err := runSample(t, f)
	if want := []float32{-2, .5, 3, 0, 0, 1, -.25, 2, 0, 0}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v (%v), want %v", got, err, want)
	}
}

// What cannot be built is an error that names the node and the operator.
func TestUnsupported(t *testing.T) {
	two := single(13, "Add", nil, []string{"z"})
	two.inputs = append(two.inputs, valueBytes("z", Float32, 0, 2, 1, 3))
	unsorted := single(13, "Relu", nil, nil)
	unsorted.nodes = [][]byte{nodeBytes("Relu", []string{"later"}, []string{"y"}, nil), nodeBytes("Relu", []string{"x"}, []string{"later"}, nil)}
	foreign := single(13, "Relu", nil, nil)
	foreign.nodes[0] = textField(foreign.nodes[0], 7, "com.example")
	masks := single(13, "Cast", attrs{"to": int(Float32)}, nil)
	masks.inputs[0] = valueBytes("x", Bool, 0, 2, 1, 3)
	trained := single(12, "BatchNormalization", nil, []string{"w", "w", "w", "w"}, floatTensor("w", []int{2}, 1, 1))
	trained.nodes[0] = nodeBytes("BatchNormalization", []string{"x", "w", "w", "w", "w"}, []string{"y", "m", "v", "sm", "sv"}, nil)
	crop := single(13, "Resize", attrs{"coordinate_transformation_mode": "tf_crop_and_resize"}, []string{"", "s"}, floatTensor("s", []int{4}, 1, 1, 1, 2))
	text := single(13, "Add", nil, []string{"text"})
	text.inputs = append(text.inputs, valueBytes("text", Int64, 0, 77))
	flat := single(13, "Relu", nil, nil)
	flat.inputs[0] = valueBytes("x", Float32, 0, 6)
	places := single(13, "MaxPool", attrs{"kernel_shape": []int{1, 1}}, nil)
	places.nodes[0] = textField(places.nodes[0], 2, "places")
	ones := [][]byte{floatTensor("w", []int{2}, 1, 1)}
	tests := []struct {
		name  string
		model file
		want  []string
	}{
		{"unknown operator", single(13, "NonMaxSuppression", nil, nil), []string{`NonMaxSuppression (node "the NonMaxSuppression")`, "the operator is not known"}},
		{"domain", foreign, []string{"com.example", "Relu"}},
		{"two images", two, []string{"2 inputs"}},
		{"images of truth values", masks, []string{"bool", `"x"`}},
		{"text besides images", text, []string{`output "y" is computed from "text" as well as the images "x"`}},
		{"no images", flat, []string{"[0 6]", "four dimensions"}},
		{"order of nodes", unsorted, []string{`"later"`, "Relu"}},
		{"old operator set", single(6, "Relu", nil, nil), []string{"operator set 6"}},
		{"training batch norm", single(15, "BatchNormalization", attrs{"training_mode": 1}, []string{"w", "w", "w", "w"}, ones...), []string{"training mode"}},
		{"batch norm of five outputs before operator set 14", trained, []string{"training mode"}},
		{"training dropout with a ratio", single(13, "Dropout", nil, []string{"r", "on"}, floatTensor("r", nil, 0.1), boolTensor("on", nil, 1)), []string{"training mode"}},
		{"assignment at places that images say", single(13, "ScatterND", nil, []string{"x", "x"}), []string{`its input "x" must be integers`}},
		{"crop without a part", crop, []string{"an input is missing"}},
		{"resize by what the images say", single(13, "Resize", nil, []string{"", "x"}), []string{`its input "x" must be numbers`}},
		{"scales and sizes", single(13, "Resize", nil, []string{"", "s", "n"}, floatTensor("s", []int{4}, 1, 1, 1, 1), intTensor("n", []int{4}, 1, 2, 1, 3)), []string{"scales or sizes"}},
		{"too few scales", single(13, "Resize", nil, []string{"", "s"}, floatTensor("s", []int{3}, 1, 1, 1)), []string{"3 scales"}},
		{"resize to nothing", single(13, "Resize", nil, []string{"", "s"}, floatTensor("s", []int{4}, 1, 1, 1, .3)), []string{"by 0.3"}},
		{"mode of resize", single(13, "Resize", attrs{"mode": "lanczos"}, []string{"", "s"}, floatTensor("s", []int{4}, 1, 1, 1, 2)), []string{"lanczos", "cubic"}},
		{"training dropout", single(13, "Dropout", nil, []string{"", "on"}, boolTensor("on", nil, 1)), []string{"training mode"}},
		{"places of maxima", places, []string{"places of the maxima"}},
		{"shape from values", single(13, "Reshape", nil, []string{"x"}), []string{"must be integers that do not depend on the images"}},
		{"range of values", single(13, "Range", nil, []string{"x", "x"}), []string{"shapes must not depend"}},
		{"mode of padding", single(13, "Pad", attrs{"mode": "mirror"}, []string{"p"}, intTensor("p", []int{8}, 0, 0, 0, 0, 0, 0, 0, 1)), []string{"mirror"}},
		{"reshape to another size", single(13, "Reshape", nil, []string{"s"}, intTensor("s", []int{2}, 4, 5)), []string{"--batch"}},
		{"kernel of other channels", single(13, "Conv", nil, []string{"k"}, floatTensor("k", []int{1, 3, 1, 1}, 1, 1, 1)), []string{"2 channels in 1 groups"}},
		{"window larger than the image", single(13, "MaxPool", attrs{"kernel_shape": []int{2, 2}}, nil), []string{"images too small"}},
		{"shapes that do not fit", single(13, "Add", nil, []string{"w"}, ones...), []string{"do not go together"}},
		{"index beyond the end", single(13, "Gather", attrs{"axis": 3}, []string{"i"}, intTensor("i", nil, 3)), []string{"index 3"}},
		{"enormous result", single(13, "Expand", nil, []string{"s"}, intTensor("s", []int{5}, 1<<30, 1, 2, 1, 3)), []string{"limits"}},
		{"output of integers", single(13, "Shape", nil, nil), []string{"no array of floating-point numbers"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := runSample(t, tt.model)
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not say %q", err, w)
				}
			}
		})
	}
}

// Any value can be taken, not only outputs; only what it depends on is built.
func TestInnerValues(t *testing.T) {
	f := single(13, "Relu", nil, nil)
	f.nodes = [][]byte{nodeBytes("Neg", []string{"x"}, []string{"inner"}, nil), nodeBytes("Unheard", []string{"inner"}, []string{"y"}, nil)}
	m, err := parse(f.bytes())
	if err != nil {
		t.Fatal(err)
	}
	x, dims := toLast(sample, []int{1, 2, 1, 3})
	got, _, err := run(t, m, x, dims, Target{Output: "inner"})
	if err != nil || got[0] != 2 {
		t.Errorf("inner value %v, error %v", got, err)
	}
	_, _, err = run(t, m, x, dims, Target{Output: "absent"})
	if err == nil || !strings.Contains(err.Error(), `"y"`) || !strings.Contains(err.Error(), `"inner"`) {
		t.Errorf("error %v, want one that lists y and inner", err)
	}
}

// A file laid out [N, H, W, C] is fed as it is.
func TestChannelsLastFiles(t *testing.T) {
	f := single(13, "ReduceSum", attrs{"keepdims": 1}, []string{"a"}, intTensor("a", []int{1}, 3))
	m, err := parse(f.bytes())
	if err != nil {
		t.Fatal(err)
	}
	// Two pixels of three channels.
	got, shape, err := run(t, m, sample, []int{1, 2, 1, 3}, Target{ChannelsLast: true})
	if want := []float32{1.5, 2.75}; err != nil || !slices.Equal(got, want) || !slices.Equal(shape, []int{1, 2, 1, 1}) {
		t.Errorf("got %v of shape %v (%v), want %v", got, shape, err, want)
	}
}
