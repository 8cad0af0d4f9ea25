package npy

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"unsafe"
)

func TestMapEqualsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.npy")
	rows := make([]float32, 3000)
	for i := range rows {
		rows[i] = float32(i)
	}
	if err := Write(path, []int{1000, 3}, rows); err != nil {
		t.Fatal(err)
	}
	shape, want, err := Read[float32](path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Map(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := MappedSlice[float32](m)
	if err != nil || !reflect.DeepEqual(got, want) || !reflect.DeepEqual(m.Header().Shape, shape) {
		t.Fatalf("mapped %v %v, read %v", m.Header(), err, shape)
	}
	if _, err := MappedSlice[float64](m); err == nil || !strings.Contains(err.Error(), "holds float32 where float64") {
		t.Fatalf("other type: %v", err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatalf("second Close: %v", err)
	}
	if _, err := MappedSlice[float32](m); !errors.Is(err, os.ErrClosed) {
		t.Fatalf("after Close: %v", err)
	}
}

func TestMapEmpty(t *testing.T) {
	path := filepath.Join(t.TempDir(), "empty.npy")
	if err := Write(path, []int{0, 3}, []int64{}); err != nil {
		t.Fatal(err)
	}
	m, err := Map(path)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if got, err := MappedSlice[int64](m); err != nil || len(got) != 0 {
		t.Fatalf("%v %v", got, err)
	}
}

func TestMapMisaligned(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd.npy")
	header := "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }" // data at byte 67
	if err := os.WriteFile(path, file(header, "1234"), 0o644); err != nil {
		t.Fatal(err)
	}
	m, err := Map(path)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	_, err = MappedSlice[float32](m)
	switch aligned := uintptr(unsafe.Pointer(&m.data[0]))%4 == 0; { // where files are read, not mapped
	case aligned && err != nil, !aligned && (err == nil || !strings.Contains(err.Error(), "not aligned")):
		t.Fatalf("aligned %v, error %v", aligned, err)
	}
	if _, _, err := Read[float32](path); err != nil {
		t.Fatalf("Read needs no alignment: %v", err)
	}
}

// TestRelease: elements in any released range read as before.
func TestRelease(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.npy")
	rows := make([]float32, 100_000) // a hundred pages of 4 KiB
	for i := range rows {
		rows[i] = float32(i)
	}
	if err := Write(path, []int{len(rows)}, rows); err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func(string) (*Mapped, error){"Map": Map, "Load": load} {
		t.Run(name, func(t *testing.T) { testRelease(t, open, path, rows) })
	}
}

func testRelease(t *testing.T, open func(string) (*Mapped, error), path string, rows []float32) {
	m, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := MappedSlice[float32](m)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range [][2]int{{0, 100_000}, {1, 5000}, {1025, 1026}, {7, 7}, {9, 3}, {-5, 1 << 40}, {99_999, 100_000}} {
		m.Release(r[0], r[1])
		if !reflect.DeepEqual(got, rows) {
			t.Fatalf("other elements after releasing %v", r)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	m.Release(0, 100_000) // of nothing
}

// load is Load without reports.
func load(path string) (*Mapped, error) { return Load(path, nil) }

// TestLoad: files of several sizes, near the size of a piece, are read whole, and Load refuses
// the files that Map refuses.
func TestLoad(t *testing.T) {
	for _, n := range []int{0, 1, readStep - 1, readStep, readStep + 1} {
		path := filepath.Join(t.TempDir(), "bytes.npy")
		want := make([]uint8, n)
		for i := range want {
			want[i] = uint8(i * 7 >> 3)
		}
		if err := Write(path, []int{n}, want); err != nil {
			t.Fatal(err)
		}
		var total atomic.Int64
		m, err := Load(path, func(n int) { total.Add(int64(n)) })
		if err != nil {
			t.Fatal(err)
		}
		if total.Load() != int64(n) {
			t.Errorf("read received %d bytes of %d", total.Load(), n)
		}
		got, err := MappedSlice[uint8](m)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: others were read (%v)", n, err)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
		if _, again, err := Read[uint8](path); err != nil || !bytes.Equal(again, want) {
			t.Errorf("%d bytes: Read gives others (%v)", n, err)
		}
		if n == 0 {
			continue
		}
		if err := os.Truncate(path, int64(n)); err != nil {
			t.Fatal(err)
		}
		if _, err := load(path); err == nil || !strings.Contains(err.Error(), "truncated") {
			t.Errorf("truncated: error %v", err)
		}
	}
	if _, err := load(filepath.Join(t.TempDir(), "none.npy")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("absent: error %v", err)
	}
}
