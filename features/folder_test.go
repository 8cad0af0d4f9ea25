package features

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/features/store"
	"repbench/internal/npy"
)

func TestFolder(t *testing.T) {
	ds := noise(6, 3)
	ds.Splits[1].Labels = nil
	for name, half := range map[string]bool{"float32": false, "float16": true} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			extract(t, open(t, "pixels", Options{Half: half}), ds, dir)
			f, err := store.OpenFolder(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			m, err := f.Split(datasets.Train)
			if err != nil {
				t.Fatal(err)
			}
			if m.N != 6 || m.D != 3072 || !slices.Equal(m.Labels, ds.Splits[0].Labels) {
				t.Errorf("matrix %d×%d with labels %v", m.N, m.D, m.Labels)
			}
			if (m.Float16 != nil) != half || (m.Float32 != nil) == half {
				t.Errorf("float16 %v, float32 %v", m.Float16 != nil, m.Float32 != nil)
			}
			test, err := f.Split(datasets.Test)
			if err != nil || test.Labels != nil {
				t.Errorf("unlabelled split: labels %v, error %v", test.Labels, err)
			}
			if _, err := f.Split(datasets.Valid); err == nil {
				t.Error("a split that is not there was opened")
			}
		})
	}
}

func TestArrays(t *testing.T) {
	dir := t.TempDir()
	p := func(name string) string { return filepath.Join(dir, name) }
	write := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	write(npy.Write(p("x.npy"), []int{2, 3}, []float32{1, 2, 3, 4, 5, 6}))
	write(npy.Write(p("wide.npy"), []int{2, 4}, make([]float32, 8)))
	write(npy.Write(p("f64.npy"), []int{2, 3}, make([]float64, 6)))
	write(npy.Write(p("y.npy"), []int{2}, []int64{0, 1}))
	write(npy.Write(p("column.npy"), []int{2, 1}, []uint8{1, 0}))
	write(npy.Write(p("one.npy"), []int{2}, []int32{1, 2}))
	write(npy.Write(p("y3.npy"), []int{3}, []int32{0, 1, 2}))
	write(npy.Write(p("big.npy"), []int{2}, []int64{0, 1 << 40}))
	write(npy.Write(p("t.npy"), []int{2, 3}, []float32{1, 2, 3, 4, 5, 7}))
	write(os.Symlink(p("x.npy"), p("link.npy")))
	f, train, test, err := store.Arrays(p("x.npy"), p("y.npy"), p("t.npy"), p("y.npy"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if train.Float32[5] != 6 || test.Labels[1] != 1 {
		t.Errorf("matrix %v, labels %v", train.Float32, test.Labels)
	}
	byteFile, bytes, _, err := store.Arrays(p("x.npy"), p("column.npy"), p("t.npy"), p("column.npy"))
	if err != nil {
		t.Fatal(err)
	}
	defer byteFile.Close()
	if !slices.Equal(bytes.Labels, []int32{1, 0}) {
		t.Errorf("labels of a column of uint8: %v", bytes.Labels)
	}
	for _, tt := range []struct{ name, x, y, tx, want string }{
		{"rows and labels differ", "x.npy", "y3.npy", "t.npy", "3 labels"},
		{"columns differ", "x.npy", "y.npy", "wide.npy", "wide.npy has 4"},
		{"float64", "f64.npy", "y.npy", "t.npy", "float64"},
		{"labels too large", "x.npy", "big.npy", "t.npy", "2 values up to 1099511627776: use np.unique(y, return_inverse=True)[1]"},
		{"labels from 1", "x.npy", "one.npy", "t.npy", "one.npy: labels must be 0 … K-1; these are 1 … 2: use y - 1"},
		{"labels as matrix", "x.npy", "x.npy", "t.npy", "whole numbers are wanted"},
		{"vector as matrix", "y.npy", "y.npy", "t.npy", "want a matrix"},
		{"absent", "none.npy", "y.npy", "t.npy", "none.npy"},
		{"train is test", "x.npy", "y.npy", "x.npy", "the same file"},
		{"test is a link to train", "x.npy", "y.npy", "link.npy", "the same file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, _, err := store.Arrays(p(tt.x), p(tt.y), p(tt.tx), p("y.npy"))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
}

// TestMaxMemory: matrices are read in the order in which they are opened while
// they fit, and mapped beyond; the elements are the same.
func TestMaxMemory(t *testing.T) {
	const size = 6 * 3072 * 4 // bytes of each split
	for _, tt := range []struct {
		name     string
		max      int64
		releases []bool // train, test
	}{
		{"default", 0, []bool{false, false}},
		{"both fit", 2 * size, []bool{false, false}},
		{"a byte too few for both", 2*size - 1, []bool{false, true}},
		{"a byte too few for one", size - 1, []bool{true, true}},
		{"all mapped", store.MapAll, []bool{false, false}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir, ds := t.TempDir(), noise(6, 6)
			extract(t, open(t, "pixels", Options{}), ds, dir)
			want, err := store.OpenFolder(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer want.Close()
			f, err := store.ReadOptions{MaxMemory: tt.max}.OpenFolder(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			for i, name := range []string{datasets.Train, datasets.Test} {
				m, err := f.Split(name)
				if err != nil {
					t.Fatal(err)
				}
				if (m.Release != nil) != tt.releases[i] {
					t.Errorf("%s gives back memory: %v, want %v", name, m.Release != nil, tt.releases[i])
				}
				w, err := want.Split(name)
				if err != nil || !slices.Equal(m.Float32, w.Float32) || !slices.Equal(m.Labels, w.Labels) {
					t.Errorf("%s has other elements (%v)", name, err)
				}
			}
		})
	}
	if _, err := (store.ReadOptions{MaxMemory: -2}).OpenFolder(t.TempDir()); err == nil || !strings.Contains(err.Error(), "MaxMemory = -2") {
		t.Errorf("negative: error %v", err)
	}
}

// A description that is damaged is told with the next step.
func TestDamagedMeta(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, store.MetaFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.ReadMeta(dir); err == nil || !strings.Contains(err.Error(), "the file is damaged: extract again into another folder") {
		t.Error(err)
	}
}
