package onnx

import (
	"strings"
	"testing"
)

// Files that are refused before they run, with what is wrong and where.
func TestRefused(t *testing.T) {
	kernel := func(kind string) file {
		f := single(17, "Conv", nil, []string{"w"}, floatTensor("w", []int{1, 2, 1, 1}, 1, 2))
		if kind == "int64" {
			f.weights = [][]byte{intTensor("w", []int{1, 2, 1, 1}, 1, 2)}
		}
		return f
	}
	transposed := single(17, "ConvTranspose", nil, []string{"w"}, intTensor("w", []int{2, 1, 1, 1}, 1, 2))
	whole := image(17, nodeBytes("Cast", []string{"x"}, []string{"i"}, attrs{"to": int(Int64)}),
		nodeBytes("Conv", []string{"i", "w"}, []string{"c"}, nil), nodeBytes("Cast", []string{"c"}, []string{"y"}, attrs{"to": int(Float32)}))
	whole.weights = kernel("").weights
	relu := func(from, to string) []byte { return nodeBytes("Relu", []string{from}, []string{to}, nil) }
	over := image(17, relu("x", "w"), relu("w", "y"))
	over.weights = [][]byte{floatTensor("w", nil, 1)}
	for name, tt := range map[string]struct {
		file
		want string
	}{
		"kernels of whole numbers":         {kernel("int64"), "it convolves numbers of the type float32 with kernels of the type int64; export"},
		"kernels of a transposed one":      {transposed, "with kernels of the type int64"},
		"whole numbers with float kernels": {whole, "it convolves numbers of the type int64 with kernels of the type float32"},
		"two results of one name":          {image(17, relu("x", "a"), relu("a", "a"), relu("a", "y")), `node 1 (Relu): another node, or a weight, has the name of its result "a"`},
		"a result with a weight's name":    {over, `has the name of its result "w"`},
		"an output that is the input":      {file{opset: 17, inputs: image(17).inputs, outputs: [][]byte{valueBytes("x", Float32)}, nodes: [][]byte{relu("x", "r")}}, `its output "x" is computed by no node; take another value with output=NAME after the file's name: it has [] and, the last ones before, ["r"]`},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := parse(tt.bytes())
			if err == nil {
				_, _, err = run(t, m, make([]float32, 6), []int{1, 1, 3, 2}, Target{})
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
	if m, err := parse(kernel("").bytes()); err != nil {
		t.Error(err)
	} else if _, _, err := run(t, m, make([]float32, 6), []int{1, 1, 3, 2}, Target{}); err != nil {
		t.Error(err)
	}
}
