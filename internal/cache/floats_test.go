package cache

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"repbench/internal/npy"
)

// Every bit of a kept file counts: where one is another, the file is not read.
func TestFloats(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.npy")
	if _, err := ReadFloats(path, 3); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	want := []float32{1, -0.5, math.MaxFloat32}
	if err := WriteFloats(path, want); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadFloats(path, 3); err != nil || !slices.Equal(got, want) {
		t.Fatalf("%v, %v", got, err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for bit := 128 * 8; bit < len(whole)*8; bit++ { // behind the header
		b := slices.Clone(whole)
		b[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := ReadFloats(path, 3)
		if inValues := bit < (128+4*3)*8; inValues && !errors.Is(err, ErrDamaged) || err == nil && !slices.Equal(got, want) { // the sign of a 0 of the hash means nothing
			t.Fatalf("bit %d changed: %v, error %v", bit, got, err)
		}
	}
	for _, text := range [][]byte{nil, whole[:len(whole)-1]} {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadFloats(path, 3); err == nil {
			t.Errorf("%d bytes are read", len(text))
		}
	}
	if err := npy.Write(path, []int{3}, want); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadFloats(path, 3); err != nil || !slices.Equal(got, want) {
		t.Errorf("without a hash: %v, %v", got, err)
	}
}
