package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/npy"
)

// npyFile writes a file of NumPy with a header of that type and shape.
func npyFile(t *testing.T, descr, shape string, data []byte) string {
	t.Helper()
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n", descr, shape)
	b := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(header)))
	path := filepath.Join(t.TempDir(), "labels.npy")
	if err := os.WriteFile(path, append(append(b, header...), data...), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// evaluations are the commands that take labels from NumPy files.
var evaluations = []string{"linear --C 1", "knn --k 5", "fewshot --labels 4 --draws 2 --C 1"}

// TestForeignLabels: each command refuses labels that are no class numbers before
// it sizes anything by them, names the file and the line of NumPy.
func TestForeignLabels(t *testing.T) {
	x, _ := arrays(t, t.TempDir())
	labels := func(change func(y []int64)) string {
		y := make([]int64, 40)
		for i := range y {
			y[i] = int64(i % 2)
		}
		change(y)
		path := filepath.Join(t.TempDir(), "labels.npy")
		if err := npy.Write(path, []int{40}, y); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tt := range []struct{ name, y, want string }{
		{"huge", labels(func(y []int64) { y[3] = 1_000_000_000 }), "3 values up to 1000000000: use np.unique(y, return_inverse=True)[1]"},
		{"WordNet", labels(func(y []int64) { y[3] = 15_075_141 }), "labels must be 0 … K-1; these are 3 values up to 15075141: use np.unique(y, return_inverse=True)[1]"},
		{"beyond int32", labels(func(y []int64) { y[3] = 1 << 40 }), "3 values up to 1099511627776: use np.unique(y, return_inverse=True)[1]"},
		{"gap", labels(func(y []int64) { y[3] = 3 }), "3 values up to 3: use np.unique(y, return_inverse=True)[1]"},
		{"from 1", labels(func(y []int64) {
			for i := range y {
				y[i]++
			}
		}), "these are 1 … 2: use y - 1"},
		{"text", npyFile(t, "<U1", "(40,)", make([]byte, 160)), "np.unique(y, return_inverse=True)[1]"},
		{"one-hot", npyFile(t, "|u1", "(40, 2)", make([]byte, 80)), "y.argmax(axis=1)"},
	} {
		for _, command := range evaluations {
			t.Run(tt.name+"/"+command, func(t *testing.T) {
				status, out, errs := cli(t, append(append([]string{"eval"}, strings.Fields(command)...), sources(x, tt.y)...)...)
				if status != 1 || !strings.Contains(errs, tt.want) || !strings.Contains(errs, "labels.npy") || out != "" {
					t.Errorf("status %d, want 1; standard error %q should say %q and the file", status, errs, tt.want)
				}
			})
		}
	}
}

// TestLabelTypes: labels of any whole numbers, and columns of them, give the same
// result.
func TestLabelTypes(t *testing.T) {
	x, _ := arrays(t, t.TempDir())
	for _, tt := range []struct {
		descr, shape string
		size         int
	}{
		{"|b1", "(40,)", 1}, {"|u1", "(40,)", 1}, {"|i1", "(40,)", 1}, {"<i2", "(40,)", 2}, {"<u2", "(40,)", 2}, {"<u4", "(40,)", 4},
		{"<u8", "(40,)", 8}, {"<i8", "(40, 1)", 8}, {"<i4", "(1, 40)", 4},
	} {
		data := make([]byte, 40*tt.size)
		for i := range 40 {
			data[i*tt.size] = byte(i % 2)
		}
		y := npyFile(t, tt.descr, tt.shape, data)
		for _, command := range evaluations {
			t.Run(tt.descr+tt.shape+"/"+command, func(t *testing.T) {
				r := document(t, append(append([]string{"eval"}, strings.Fields(command)...), sources(x, y)...)...)
				if r["test_accuracy"].(float64) != 1 || r["n_test"].(float64) != 40 {
					t.Errorf("%v", r)
				}
			})
		}
		predicted := npyFile(t, tt.descr, tt.shape, data)
		t.Run(tt.descr+tt.shape+"/compare", func(t *testing.T) {
			r := document(t, "eval", "compare", "--truth", y, predicted)
			if single, _ := r["single"].(map[string]any); r["n"].(float64) != 40 || single["accuracy"].(float64) != 1 {
				t.Errorf("%v", r)
			}
		})
	}
}
