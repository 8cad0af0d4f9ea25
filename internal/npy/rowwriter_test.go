package npy

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// writeBlocks writes n rows of width elements in blocks and returns the path.
func writeBlocks(t *testing.T, n, width int, blocks ...int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rows.npy")
	w, err := NewRowWriter(path, Float32, []int{width})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for row, i := 0, 0; row < n; i++ {
		rows := make([]float32, min(blocks[i%len(blocks)], n-row)*width)
		for j := range rows {
			rows[j] = float32(row*width + j)
		}
		if err := w.WriteFloat32(rows); err != nil {
			t.Fatal(err)
		}
		row += len(rows) / width
		if w.Rows() != row {
			t.Fatalf("Rows() = %d, want %d", w.Rows(), row)
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Fatal("visible before Commit")
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRowWriterEqualsWrite(t *testing.T) {
	const n, width = 1003, 7
	data := make([]float32, n*width)
	for i := range data {
		data[i] = float32(i)
	}
	whole := filepath.Join(t.TempDir(), "whole.npy")
	if err := Write(whole, []int{n, width}, data); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, blocks := range [][]int{{n}, {1}, {1, 128, 7}} {
		got, err := os.ReadFile(writeBlocks(t, n, width, blocks...))
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("blocks of %v rows give other bytes (%v)", blocks, err)
		}
	}
}

func TestRowWriterTypes(t *testing.T) {
	dir := t.TempDir()
	create := func(name string, d DType, row []int) *RowWriter {
		t.Helper()
		w, err := NewRowWriter(filepath.Join(dir, name), d, row)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { w.Close() })
		return w
	}
	images := create("u8", Uint8, []int{2, 2, 3})
	labels := create("i32", Int32, nil)
	half := create("f16", Float16, []int{2})
	for _, err := range []error{
		images.WriteUint8(make([]uint8, 24)), images.Commit(),
		labels.WriteInt32([]int32{4, 5, 6}), labels.Commit(),
		half.WriteFloat32([]float32{1, float32(math.Inf(1))}), half.WriteFloat32([]float32{0.333333, 2}), half.Commit(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if shape, _, err := Read[uint8](filepath.Join(dir, "u8")); err != nil || !reflect.DeepEqual(shape, []int{2, 2, 2, 3}) {
		t.Fatalf("uint8: %v %v", shape, err)
	}
	if shape, data, err := Read[int32](filepath.Join(dir, "i32")); err != nil || !reflect.DeepEqual(shape, []int{3}) || data[2] != 6 {
		t.Fatalf("int32: %v %v %v", shape, data, err)
	}
	// 0x3555 is the half nearest to 1/3, 0x7c00 infinity (IEEE 754).
	if _, data, err := Read[uint16](filepath.Join(dir, "f16")); err != nil || !reflect.DeepEqual(data, []uint16{0x3c00, 0x7c00, 0x3555, 0x4000}) {
		t.Fatalf("float16: %#x %v", data, err)
	}
}

func TestRowWriterEmpty(t *testing.T) {
	path := writeBlocks(t, 0, 5, 1)
	if shape, _, err := Read[float32](path); err != nil || !reflect.DeepEqual(shape, []int{0, 5}) {
		t.Fatalf("%v %v", shape, err)
	}
}

func TestRowWriterErrors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.npy")
	open := func(d DType) *RowWriter {
		w, err := NewRowWriter(path, d, []int{3})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	tests := []struct {
		name, want string
		do         func() error
	}{
		{"part of a row", "no whole number of rows of 3", func() error { w := open(Float32); defer w.Close(); return w.WriteFloat32(make([]float32, 4)) }},
		{"other type", "rows of int32 for a file of float32", func() error { w := open(Float32); defer w.Close(); return w.WriteInt32(make([]int32, 3)) }},
		{"float32 into uint8", "for a file of uint8", func() error { w := open(Uint8); defer w.Close(); return w.WriteFloat32(make([]float32, 3)) }},
		{"beyond float16", "row 1, column 2: 70000 does not fit float16", func() error {
			w := open(Float16)
			defer w.Close()
			if err := w.WriteFloat32([]float32{1, 2, 65504}); err != nil {
				return err
			}
			return w.WriteFloat32([]float32{1, 2, 70000})
		}},
		{"no type", "no element type", func() error { _, err := NewRowWriter(path, 0, []int{3}); return err }},
		{"empty rows", "have no elements", func() error { _, err := NewRowWriter(path, Uint8, []int{0}); return err }},
		{"negative", "negative", func() error { _, err := NewRowWriter(path, Uint8, []int{-1}); return err }},
		{"missing folder", "make the folder", func() error {
			_, err := NewRowWriter(filepath.Join(dir, "no", "x.npy"), Uint8, []int{1})
			return err
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.do(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v does not say %q", err, tt.want)
			}
			if list, _ := os.ReadDir(dir); len(list) != 0 {
				t.Fatalf("left behind: %v", list)
			}
		})
	}
}
