package features

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"repbench/datasets"
	"repbench/features/internal/netfile"
	"repbench/features/store"
	"repbench/internal/progress"
)

// onnxField appends a field with bytes, or with a number.
func onnxField(b []byte, id protowire.Number, v any) []byte {
	switch v := v.(type) {
	case int:
		return protowire.AppendVarint(protowire.AppendTag(b, id, protowire.VarintType), uint64(v))
	case string:
		return protowire.AppendBytes(protowire.AppendTag(b, id, protowire.BytesType), []byte(v))
	}
	return protowire.AppendBytes(protowire.AppendTag(b, id, protowire.BytesType), v.([]byte))
}

// onnxNode is a node with an attribute that is an integer, or none.
func onnxNode(op, attribute string, value int, out string, in ...string) []byte {
	var b []byte
	for _, name := range in {
		b = onnxField(b, 1, name)
	}
	b = onnxField(onnxField(b, 2, out), 4, op)
	if attribute != "" {
		id := protowire.Number(3) // an integer
		if attribute == "axes" {
			id = 8 // a list
		}
		b = onnxField(b, 5, onnxField(onnxField(nil, 1, attribute), id, value))
	}
	return b
}

// onnxValue declares an array of 4 axes, the first of which is open.
func onnxValue(name string, dims ...int) []byte {
	shape := onnxField(nil, 1, onnxField(nil, 2, "n"))
	for _, d := range dims {
		shape = onnxField(shape, 1, onnxField(nil, 1, d))
	}
	return onnxField(onnxField(nil, 1, name), 2, onnxField(nil, 1, onnxField(onnxField(nil, 1, 1), 2, shape)))
}

// writeONNX writes a network of these nodes, from x to y.
func writeONNX(t *testing.T, nodes ...[]byte) string {
	t.Helper()
	var g []byte
	for _, n := range nodes {
		g = onnxField(g, 1, n)
	}
	g = onnxField(onnxField(g, 11, onnxValue("x", 3, 32, 32)), 12, onnxValue("y", 3072))
	path := filepath.Join(t.TempDir(), "mixed.onnx")
	model := onnxField(onnxField(onnxField(nil, 1, 8), 7, g), 8, onnxField(nil, 2, 13))
	if err := os.WriteFile(path, model, 0o644); err != nil {
		t.Fatal(err)
	}
	return "onnx:" + path
}

// A network whose features of an image depend on the images beside it is refused before a row is
// written, unless images are encoded alone.
func TestMixedBatches(t *testing.T) {
	ds := noise(9, 4)
	flat := onnxNode("Flatten", "", 0, "y", "z")
	for name, test := range map[string]struct {
		nodes [][]byte
		mixes bool
	}{
		"mean of the batch": {[][]byte{onnxNode("ReduceMean", "axes", 0, "m", "x"), onnxNode("Sub", "", 0, "z", "x", "m"), flat}, true},
		"softmax over it":   {[][]byte{onnxNode("Softmax", "axis", 0, "z", "x"), flat}, true},
		"mean of channels":  {[][]byte{onnxNode("ReduceMean", "axes", 1, "m", "x"), onnxNode("Sub", "", 0, "z", "x", "m"), flat}, false},
	} {
		t.Run(name, func(t *testing.T) {
			spec, dir := writeONNX(t, test.nodes...), t.TempDir()
			_, err := open(t, spec, Options{Pooling: store.PoolMean, Grid: 1}).Extract(t.Context(), ds, dir, progress.Silent)
			switch {
			case !test.mixes && err != nil:
				t.Error(err)
			case test.mixes && (!errors.Is(err, netfile.ErrMixed) || !strings.Contains(err.Error(), "--batch 1")):
				t.Errorf("error %v", err)
			}
			// The refused extraction left no rows that another batch size would keep.
			extract(t, open(t, spec, Options{BatchSize: 1, Pooling: store.PoolMean, Grid: 1}), ds, dir)
			_, again := rowsOf(t, dir, datasets.Train)
			fresh := t.TempDir()
			extract(t, open(t, spec, Options{BatchSize: 1, Pooling: store.PoolMean, Grid: 1}), ds, fresh)
			if _, want := rowsOf(t, fresh, datasets.Train); test.mixes && !slices.Equal(again, want) {
				t.Error("rows of the refused extraction are kept")
			}
		})
	}
}
