package onnx

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"repbench/internal/testcheck"
)

// image is a model of the nodes on the image x, with the output y.
func image(opset int64, nodes ...[]byte) file {
	return file{opset: opset, nodes: nodes, inputs: [][]byte{valueBytes("x", Float32, 0, 2, 1, 3)}, outputs: [][]byte{valueBytes("y", Float32)}}
}

// leaky is max(x, 0) + slope·min(x, 0), by functions that call one another and an attribute that
// is handed on.
func leaky() file {
	f := image(17, local("Twice", []string{"x"}, []string{"a"}, attrs{"slope": 0.5}), local("Twice", []string{"a"}, []string{"y"}, nil))
	f.functions = [][]byte{
		functionBytes("Twice", 17, []string{"v"}, []string{"w"}, attrs{"slope": 0.25}, local("Bent", []string{"v"}, []string{"t"}, attrs{"alpha": ref("slope")}),
			local("Bent", []string{"t", ""}, []string{"w"}, attrs{"alpha": ref("slope")})),
		functionBytes("Bent", 17, []string{"x", "unused"}, []string{"y", "second"}, attrs{"alpha": nil}, nodeBytes("LeakyRelu", []string{"x"}, []string{"t"}, attrs{"alpha": ref("alpha")}),
			nodeBytes("Identity", []string{"t"}, []string{"y"}, nil), nodeBytes("Neg", []string{"t"}, []string{"second"}, nil)),
	}
	return f
}

func TestFunctions(t *testing.T) {
	through := image(17, local("Pass", []string{"x"}, []string{"y"}, nil))
	through.functions = [][]byte{functionBytes("Pass", 17, []string{"v"}, []string{"v"}, nil)}
	// Softmax before operator set 13 is over all later axes, here over all six numbers.
	old := image(17, local("Old", []string{"x"}, []string{"s"}, nil), nodeBytes("ReduceSum", []string{"s"}, []string{"y"}, attrs{"keepdims": 0}))
	old.functions = [][]byte{functionBytes("Old", 11, []string{"v"}, []string{"w"}, nil, nodeBytes("Softmax", []string{"v"}, []string{"w"}, attrs{"axis": 1}))}
	// The branch of the function takes an input of the function.
	branched := image(17, local("If", []string{"x"}, []string{"y"}, nil))
	branched.functions = [][]byte{functionBytes("If", 17, []string{"v"}, []string{"w"}, nil,
		nodeBytes("Constant", nil, []string{"c"}, attrs{"value": boolTensor("", nil, 0)}),
		nodeBytes("If", []string{"c"}, []string{"w"}, attrs{"then_branch": branch("Relu", "v"), "else_branch": branch("Neg", "v")}))}
	tests := []struct {
		name  string
		model file
		want  []float32
	}{
		{"two functions, attributes handed on", leaky(), []float32{-2 * .5 * .5 * .25 * .25, .5, 3, 1, -.25 * .5 * .5 * .25 * .25, 2}},
		{"an input passed on", through, sample},
		{"operator set of its own", old, []float32{1}},
		{"If", branched, []float32{2, -.5, -3, -1, .25, -2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := runSample(t, tt.model)
			if err != nil || testcheck.Difference(t, got, tt.want) > tolerance {
				t.Errorf("got %v (%v), want %v", got, err, tt.want)
			}
		})
	}
}

// branch is a graph that applies an operator to a value of the graph around it.
func branch(op, of string) inner {
	return inner{nodes: [][]byte{nodeBytes(op, []string{of}, []string{"inside"}, nil)}, outputs: [][]byte{valueBytes("inside", Float32)}}
}

func TestIf(t *testing.T) {
	constant := func(v byte, then, otherwise inner) file {
		return image(17, nodeBytes("Constant", nil, []string{"c"}, attrs{"value": boolTensor("", []int{1}, v)}),
			nodeBytes("If", []string{"c"}, []string{"y"}, attrs{"then_branch": then, "else_branch": otherwise}))
	}
	// As PyTorch exports x.squeeze(2): the axis is dropped if its length is 1.
	squeeze := image(13, nodeBytes("Shape", []string{"x"}, []string{"shape"}, nil), nodeBytes("Gather", []string{"shape", "two"}, []string{"length"}, nil),
		nodeBytes("Equal", []string{"length", "one"}, []string{"c"}, nil),
		nodeBytes("If", []string{"c"}, []string{"t"}, attrs{"then_branch": inner{nodes: [][]byte{nodeBytes("Squeeze", []string{"x", "axis"}, []string{"s"}, nil)},
			weights: [][]byte{intTensor("axis", []int{1}, 2)}, outputs: [][]byte{valueBytes("s", Float32)}}, "else_branch": branch("Identity", "x")}),
		nodeBytes("ReduceSum", []string{"t", "last"}, []string{"y"}, attrs{"keepdims": 0}))
	squeeze.weights = [][]byte{intTensor("two", nil, 2), intTensor("one", nil, 1), intTensor("last", []int{1}, 2)}
	weights := constant(1, inner{weights: [][]byte{floatTensor("w", []int{3}, 1, 2, 3)}, nodes: [][]byte{nodeBytes("Mul", []string{"x", "w"}, []string{"inside"}, nil)},
		outputs: [][]byte{valueBytes("inside", Float32)}}, branch("Relu", "x"))
	nested := constant(0, branch("Unheard", "x"), inner{nodes: [][]byte{nodeBytes("If", []string{"c"}, []string{"i"}, attrs{"then_branch": branch("Unheard", "x"), "else_branch": branch("Abs", "x")})},
		outputs: [][]byte{valueBytes("i", Float32)}})
	tests := []struct {
		name  string
		model file
		want  []float32
		err   []string
	}{
		{"true", constant(1, branch("Relu", "x"), branch("Neg", "x")), []float32{0, .5, 3, 1, 0, 2}, nil},
		{"false", constant(0, branch("Relu", "x"), branch("Neg", "x")), []float32{2, -.5, -3, -1, .25, -2}, nil},
		{"squeeze", squeeze, []float32{1.5, 2.75}, nil},
		{"weights of the branch", weights, []float32{-2, 1, 9, 1, -.5, 6}, nil},
		{"branch that is not taken has an unknown operator", nested, []float32{2, .5, 3, 1, .25, 2}, nil},
		{"unknown operator", constant(1, branch("Unheard", "x"), branch("Neg", "x")), nil, []string{"Unheard (node", "the If"}},
		{"condition from images", image(17, nodeBytes("ReduceMax", []string{"x"}, []string{"m"}, attrs{"keepdims": 0}), nodeBytes("Cast", []string{"m"}, []string{"c"}, attrs{"to": int(Bool)}),
			nodeBytes("If", []string{"c"}, []string{"y"}, attrs{"then_branch": branch("Relu", "x"), "else_branch": branch("Neg", "x")})), nil, []string{"condition depends on the images"}},
		{"no branch", image(17, nodeBytes("Constant", nil, []string{"c"}, attrs{"value": boolTensor("", nil, 1)}), nodeBytes("If", []string{"c"}, []string{"y"}, nil)), nil, []string{"no then_branch"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := runSample(t, tt.model)
			for _, part := range tt.err {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("error %v does not say %q", err, part)
				}
			}
			if tt.err == nil && (err != nil || !slices.Equal(got, tt.want)) {
				t.Errorf("got %v (%v), want %v", got, err, tt.want)
			}
		})
	}
}

// A text input that only a branch takes makes the output one of images and text.
func TestBranchesTakeInputs(t *testing.T) {
	f := image(17, nodeBytes("Constant", nil, []string{"c"}, attrs{"value": boolTensor("", nil, 1)}),
		nodeBytes("If", []string{"c"}, []string{"y"}, attrs{"then_branch": branch("Relu", "text"), "else_branch": branch("Neg", "x")}))
	f.inputs = append(f.inputs, valueBytes("text", Float32, 0, 77))
	if _, _, err := runSample(t, f); err == nil || !strings.Contains(err.Error(), `computed from "text"`) {
		t.Errorf("error %v, want one that names the text", err)
	}
}

// All operators that are not known are listed, with their nodes; those that the output does not
// need are not.
func TestUnknownOperatorsAreListed(t *testing.T) {
	var nodes [][]byte
	last := "x"
	for i, op := range []string{"First", "Relu", "Second", "Second", "Second", "Second", "First"} {
		next := fmt.Sprint("v", i)
		n := nodeBytes(op, []string{last}, []string{next}, nil)
		if op == "Second" {
			n = textField(textField(n, 7, "com.example"), 3, fmt.Sprint("layer", i))
		}
		nodes, last = append(nodes, n), next
	}
	nodes = append(nodes, nodeBytes("Identity", []string{last}, []string{"y"}, nil), nodeBytes("Third", []string{"x"}, []string{"z"}, nil))
	_, _, err := runSample(t, image(17, nodes...))
	if !errors.Is(err, ErrUnsupported) {
		t.Fatalf("error %v", err)
	}
	want := `2 operators are not known: First (2 nodes: "the First", "the First"); com.example.Second (4 nodes: "layer2", "layer3", "layer4" and 1 more); output=NAME`
	if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Third") {
		t.Errorf("error %q, want %q", err, want)
	}
}

// Lists of arrays, as PyTorch exports Python's.
func TestSequences(t *testing.T) {
	number := func(name string, v int64) []byte { return intTensor(name, nil, v) }
	tests := []struct {
		name  string
		model file
		want  []float32
	}{
		{"cut, picked and joined", withWeights(image(17, nodeBytes("SplitToSequence", []string{"x", "two"}, []string{"s"}, attrs{"axis": 3}),
			nodeBytes("SequenceAt", []string{"s", "last"}, []string{"a"}, nil), nodeBytes("SequenceAt", []string{"s", "zero"}, []string{"b"}, nil),
			nodeBytes("SequenceConstruct", []string{"a", "b"}, []string{"l"}, nil), nodeBytes("ConcatFromSequence", []string{"l"}, []string{"y"}, attrs{"axis": -1})),
			number("two", 2), number("last", -1), number("zero", 0)), []float32{3, -2, .5, 2, 1, -.25}},
		{"stacked", image(17, nodeBytes("SplitToSequence", []string{"x"}, []string{"s"}, attrs{"axis": 1, "keepdims": 0}),
			nodeBytes("ConcatFromSequence", []string{"s"}, []string{"y"}, attrs{"axis": 1, "new_axis": 1})), sample},
		{"put in and taken out", withWeights(image(17, nodeBytes("SequenceEmpty", nil, []string{"e"}, nil), nodeBytes("SequenceInsert", []string{"e", "x"}, []string{"one"}, nil),
			nodeBytes("Neg", []string{"x"}, []string{"n"}, nil), nodeBytes("SequenceInsert", []string{"one", "n", "zero"}, []string{"both"}, nil),
			nodeBytes("SequenceErase", []string{"both"}, []string{"first"}, nil), nodeBytes("SequenceAt", []string{"first", "zero"}, []string{"a"}, nil),
			nodeBytes("SequenceLength", []string{"both"}, []string{"i"}, nil), nodeBytes("Cast", []string{"i"}, []string{"f"}, attrs{"to": int(Float32)}),
			nodeBytes("Mul", []string{"a", "f"}, []string{"y"}, nil)), number("zero", 0)), []float32{4, -1, -6, -2, .5, -4}},
		{"of integers", withWeights(image(17, nodeBytes("Shape", []string{"x"}, []string{"shape"}, nil), nodeBytes("SplitToSequence", []string{"shape"}, []string{"s"}, nil),
			nodeBytes("SequenceErase", []string{"s", "zero"}, []string{"r"}, nil), nodeBytes("ConcatFromSequence", []string{"r"}, []string{"c"}, attrs{"axis": 0}),
			nodeBytes("Reshape", []string{"x", "c"}, []string{"y"}, nil)), number("zero", 0)), sample},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := runSample(t, tt.model)
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("got %v (%v), want %v", got, err, tt.want)
			}
		})
	}
	_, _, err := runSample(t, image(17, nodeBytes("SequenceAt", []string{"x", "x"}, []string{"y"}, nil)))
	testcheck.Error(t, err, ErrFormat, "no list of arrays")
}
