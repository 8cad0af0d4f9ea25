package onnx

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// A model that is read field by field from its file is the model in memory, and its weights are the
// same, piece by piece too.
func TestModelInFile(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.onnx"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no models in testdata: %v", err)
	}
	inFile := 0
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := parse(b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		if hash, err := got.Hash(); err != nil || hash != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: hash %s, error %v, want %x", path, hash, err, sum)
		}
		if fmt.Sprint(got.Inputs, got.Outputs, len(got.Nodes), got.Producer) != fmt.Sprint(want.Inputs, want.Outputs, len(want.Nodes), want.Producer) {
			t.Errorf("%s: another model", path)
		}
		all, others := got.tensors(), want.tensors()
		if len(all) != len(others) {
			t.Fatalf("%s: %d weights, want %d", path, len(all), len(others))
		}
		for i, x := range all {
			if x.lie.in != nil {
				inFile++
			}
			sameTensor(t, path, x, others[i])
		}
	}
	if inFile == 0 {
		t.Error("all weights were in memory")
	}
}

// sameTensor compares all elements of tensors.
func sameTensor(t *testing.T, path string, x, y *Tensor) {
	t.Helper()
	if x.Name != y.Name || x.Type != y.Type || !slices.Equal(x.Dims, y.Dims) {
		t.Errorf("%s: weights %q of %s %v, want %q of %s %v", path, x.Name, x.Type, x.Dims, y.Name, y.Type, y.Dims)
		return
	}
	if !x.Type.IsFloat() {
		if !slices.Equal(x.Ints(), y.Ints()) {
			t.Errorf("%s: weights %q differ", path, x.Name)
		}
		return
	}
	want := y.Floats()
	if !slices.Equal(x.Floats(), want) {
		t.Errorf("%s: weights %q differ", path, x.Name)
	}
	for from := 0; from < len(want); from += 1001 {
		piece := make([]float32, min(7, len(want)-from))
		if err := x.read(piece, from); err != nil || !slices.Equal(piece, want[from:from+len(piece)]) {
			t.Errorf("%s: weights %q from %d on: %v, error %v, want %v", path, x.Name, from, piece, err, want[from:from+len(piece)])
		}
	}
}

// Large weights of every floating-point type, in the file and beside it.
func TestTypesInFile(t *testing.T) {
	const n = 3*decodedAtOnce + 5
	for _, tt := range []struct {
		kind    DataType
		element []byte
	}{{Float32, []byte{0, 0, 0xc0, 0x3f}}, {Float16, []byte{0, 0x3e}}, {BFloat16, []byte{0xc0, 0x3f}}, {Float64, []byte{0, 0, 0, 0, 0, 0, 0xf8, 0x3f}}} {
		dir := t.TempDir()
		content := bytes.Repeat(tt.element, n)
		write(t, filepath.Join(dir, "data"), content)
		inside := tensorBytes("w", tt.kind, []int{n}, content)
		outside := intField(bytesField(tensorHead("v", tt.kind, []int{n}), 13, textField(textField(nil, 1, "location"), 2, "data")), 14, 1)
		path := filepath.Join(dir, "a.onnx")
		write(t, path, single(13, "Sum", nil, []string{"w", "v"}, inside, outside).bytes())
		m, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range m.tensors() {
			if x.lie.in == nil {
				t.Errorf("%s: weights %q are in memory", tt.kind, x.Name)
			}
			if v := x.Floats(); len(v) != n || slices.ContainsFunc(v, func(v float32) bool { return v != 1.5 }) {
				t.Errorf("%s: weights %q differ", tt.kind, x.Name)
			}
		}
	}
}

// A file that changes after it was opened is an error of the hash, and of the compilation where its
// weights are missing.
func TestChangedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.onnx")
	const n = 3 * storedSize
	whole := image(13, nodeBytes("MatMul", []string{"x", "w"}, []string{"y"}, nil))
	whole.weights = [][]byte{floatTensor("w", []int{3, n}, make([]float32, 3*n)...)}
	write(t, path, whole.bytes())
	open := func() *Model {
		t.Helper()
		m, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	grown, cut := open(), open()
	if err := cut.Unchanged(); err != nil {
		t.Errorf("error %v", err)
	}
	write(t, path, append(whole.bytes(), 0))
	if _, err := grown.Hash(); err == nil || !strings.Contains(err.Error(), "it was changed while it was read") || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v, want one about the change", err)
	}
	if err := os.Truncate(path, 500); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{func() error { _, err := cut.Hash(); return err }(), cut.Unchanged()} {
		if err == nil || !strings.Contains(err.Error(), "it became shorter while it was read") {
			t.Errorf("error %v, want one about the missing part", err)
		}
	}
	g := graph.NewGraph(backend(t).Compute, "cut")
	defer g.Finalize()
	built, err := cut.Build(graph.Parameter(g, "x", shapes.Make(dtypes.Float32, 1, 1, 3, 2)), Target{})
	if err == nil {
		err = g.Compile(built.Output)
	}
	if err == nil || !strings.Contains(err.Error(), `weights "w": `) || !strings.Contains(err.Error(), "it became shorter while it was read") {
		t.Errorf("error %v, want one about the weights", err)
	}
}
