package store

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"repbench/internal/npy"
	"repbench/internal/progress"
	"repbench/internal/testcheck"
)

// The budget is taken whole or not at all, in the order of the requests.
func TestBudget(t *testing.T) {
	for _, tt := range []struct {
		name  string
		max   int64
		sizes []int64
		want  []bool
	}{
		{"exactly", 10, []int64{4, 6, 1}, []bool{true, true, false}},
		{"a later one that fits", 10, []int64{4, 7, 6}, []bool{true, false, true}},
		{"nothing fits", 3, []int64{4, 4}, []bool{false, false}},
		{"an empty matrix", 3, []int64{3, 0, 1}, []bool{true, true, false}},
		{"all mapped", MapAll, []int64{1, 0}, []bool{false, false}},
	} {
		b, err := ReadOptions{MaxMemory: tt.max}.budget()
		must(t, err)
		for i, size := range tt.sizes {
			if got := b.take(size); got != tt.want[i] {
				t.Errorf("%s: request %d of %d bytes: %v", tt.name, i, size, got)
			}
		}
	}
	b, err := ReadOptions{}.budget()
	must(t, err)
	if want := DefaultMaxMemory(); b.left != max(want, 0) || b.keep != (want == MapAll) {
		t.Errorf("the default is %+v, want %d bytes", b, want)
	}
	_, err = ReadOptions{MaxMemory: -9}.budget()
	testcheck.Error(t, err, nil, "MaxMemory = -9: negative")
	_, _, _, err = ReadOptions{MaxMemory: -9}.Arrays("a", "b", "c", "d")
	testcheck.Error(t, err, nil, "MaxMemory = -9: negative")
}

// told keeps what a reporter is told.
type told struct {
	names []string
	total int64
	added int64
	done  int
}

func (p *told) Start(name string, total int64, unit string) progress.Task {
	p.names, p.total = append(p.names, name+", "+unit), p.total+total
	return p
}
func (p *told) Note(string) {}
func (p *told) Add(n int64) { p.added += n }
func (p *told) Done()       { p.done++ }

// Progress counts the bytes of the elements that are read, and of no map.
func TestReadingIsTold(t *testing.T) {
	dir, _ := writeFolder(t)
	p := &told{}
	f, err := ReadOptions{MaxMemory: 4 * 3 * 4, Progress: p}.OpenFolder(dir)
	must(t, err)
	defer f.Close()
	for _, split := range []string{"train", "test"} { // the second no longer fits
		_, err := f.Split(split)
		must(t, err)
	}
	if !slices.Equal(p.names, []string{"reading train_features.npy, bytes"}) || p.total != 48 || p.added != 48 || p.done != 1 {
		t.Errorf("told of %q, %d of %d bytes, %d times done", p.names, p.added, p.total, p.done)
	}
}

// Pages that are given back are read again as they were; Release may be told anything that lies
// in the matrix.
func TestReleaseKeepsTheElements(t *testing.T) {
	const n, d = 3000, 5 // several pages
	dir := t.TempDir()
	want := make([]float32, n*d)
	for i := range want {
		want[i] = float32(i)
	}
	x, y := filepath.Join(dir, "x.npy"), filepath.Join(dir, "y.npy")
	must(t, npy.Write(x, []int{n, d}, want))
	must(t, npy.Write(y, []int{n}, make([]int32, n)))
	other := filepath.Join(dir, "t.npy")
	must(t, npy.Write(other, []int{1, d}, want[:d]))
	one := filepath.Join(dir, "ty.npy")
	must(t, npy.Write(one, []int{1}, make([]int32, 1)))
	f, train, test, err := ReadOptions{MaxMemory: 4 * d}.Arrays(x, y, other, one)
	must(t, err)
	defer f.Close()
	if train.Release == nil || test.Release != nil {
		t.Fatalf("the large matrix gives memory back: %v, the small one: %v", train.Release != nil, test.Release != nil)
	}
	for _, r := range [][2]int{{0, 0}, {0, n * d}, {1, 2}, {1023, 5000}, {n*d - 1, n * d}} {
		train.Release(r[0], r[1])
		if !slices.Equal(train.Float32, want) {
			t.Fatalf("after Release(%d, %d) the elements differ", r[0], r[1])
		}
	}
}

// Matrices of float16 keep their bits, NaN and infinities included: the values are checked
// where they are used.
func TestFloat16Bits(t *testing.T) {
	dir := t.TempDir()
	bits := []uint16{0x0000, 0x8000, 0x0001, 0x3c00, 0x7bff, 0x7c00, 0xfc00, 0x7e01}
	x, other, y := filepath.Join(dir, "x.npy"), filepath.Join(dir, "t.npy"), filepath.Join(dir, "y.npy")
	must(t, npy.Write(x, []int{2, 4}, bits))
	must(t, npy.Write(other, []int{2, 4}, slices.Clone(bits)))
	must(t, npy.Write(y, []int{2}, []int32{0, 1}))
	for _, limit := range []int64{MapAll, 1, 1 << 20} {
		f, train, _, err := ReadOptions{MaxMemory: limit}.Arrays(x, y, other, y)
		must(t, err)
		if !slices.Equal(train.Float16, bits) || train.Float32 != nil {
			t.Errorf("MaxMemory %d: bits %x, float32 %v", limit, train.Float16, train.Float32)
		}
		must(t, f.Close())
	}
}

// Labels of the test split lie among the labels of the training split, each of which has a row.
func TestArraysLabels(t *testing.T) {
	for _, tt := range []struct {
		name        string
		train, test []int32
		want        []string
	}{
		{"whole", []int32{0, 1, 2}, []int32{2, 2, 0}, nil},
		{"one class", []int32{0, 0, 0}, []int32{0, 0, 0}, nil},
		{"a test label beyond", []int32{0, 1, 1}, []int32{0, 1, 2}, []string{"ty.npy"}},
		{"a negative test label", []int32{0, 1, 1}, []int32{0, -1, 1}, []string{"ty.npy"}},
		{"a class without a row", []int32{0, 2, 2}, []int32{0, 0, 0}, []string{"y.npy"}},
		{"a negative label", []int32{-1, 0, 1}, []int32{0, 0, 0}, []string{"y.npy"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			p := func(name string) string { return filepath.Join(dir, name) }
			must(t, npy.Write(p("x.npy"), []int{3, 1}, []float32{1, 2, 3}))
			must(t, npy.Write(p("tx.npy"), []int{3, 1}, []float32{1, 2, 3}))
			must(t, npy.Write(p("y.npy"), []int{3}, tt.train))
			must(t, npy.Write(p("ty.npy"), []int{3}, tt.test))
			f, train, test, err := Arrays(p("x.npy"), p("y.npy"), p("tx.npy"), p("ty.npy"))
			if tt.want != nil {
				testcheck.Error(t, err, nil, tt.want...)
				return
			}
			must(t, err)
			defer f.Close()
			if !slices.Equal(train.Labels, tt.train) || !slices.Equal(test.Labels, tt.test) {
				t.Errorf("labels %v and %v", train.Labels, test.Labels)
			}
		})
	}
}

// Any bytes in place of a matrix are read or refused, and mapped the same as read.
func FuzzMatrix(f *testing.F) {
	path := filepath.Join(f.TempDir(), "whole.npy")
	must(f, npy.Write(path, []int{4, 3}, make([]float32, 12)))
	whole, err := os.ReadFile(path)
	must(f, err)
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add(whole[:20])
	f.Add(bytes.Replace(whole, []byte("(4, 3)"), []byte("(-4,3)"), 1))
	f.Add(bytes.Replace(whole, []byte("<f4"), []byte("<f2"), 1))
	f.Add(bytes.Replace(whole, []byte("<f4"), []byte(">f4"), 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir, m := writeFolder(t)
		must(t, os.WriteFile(FeaturesPath(dir, "train"), b, 0o644))
		var got [2]*Matrix
		var errs [2]error
		for i, limit := range []int64{MapAll, 1 << 40} {
			folder, err := ReadOptions{MaxMemory: limit}.OpenFolder(dir)
			must(t, err)
			defer folder.Close()
			got[i], errs[i] = folder.Split("train")
		}
		switch {
		case (errs[0] == nil) != (errs[1] == nil):
			t.Errorf("mapped: %v; read: %v", errs[0], errs[1])
		case errs[0] != nil:
		case got[0].N != 4 || got[0].D != m.Dim || len(got[0].Float32)+len(got[0].Float16) != 12:
			t.Errorf("accepted as %d×%d with %d and %d elements", got[0].N, got[0].D, len(got[0].Float32), len(got[0].Float16))
		case !slices.Equal(got[0].Float16, got[1].Float16) || !slices.EqualFunc(got[0].Float32, got[1].Float32, sameFloat):
			t.Error("the elements mapped and read differ")
		}
	})
}

// sameFloat is equality in which NaN equals NaN.
func sameFloat(a, b float32) bool { return a == b || a != a && b != b }
