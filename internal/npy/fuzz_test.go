package npy

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// FuzzRead: any file gives an array that is written with the same elements again, or an error. It
// never panics, and never uses more memory than the input justifies.
func FuzzRead(f *testing.F) {
	for _, tt := range numpyFiles {
		f.Add(numpyBytes(tt.header, tt.data))
	}
	for _, tt := range badFiles {
		f.Add(tt.file)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		tryRead[uint8](t, in)
		tryRead[float32](t, in)
		tryRead[int64](t, in)
		tryRead[uint16](t, in)
	})
}

func tryRead[T Elem](t *testing.T, in []byte) {
	path := filepath.Join(t.TempDir(), "fuzz.npy")
	if err := os.WriteFile(path, in, 0o644); err != nil {
		t.Fatal(err)
	}
	shape, data, err := Read[T](path)
	if err != nil {
		return
	}
	if err := Write(path, shape, data); err != nil {
		t.Fatalf("read but not written: %v", err)
	}
	again, back, err := Read[T](path)
	if err != nil || len(again) != len(shape) || !bytes.Equal(asBytes(back), asBytes(data)) {
		t.Fatalf("shape %v → %v, %v", shape, again, err)
	}
}
