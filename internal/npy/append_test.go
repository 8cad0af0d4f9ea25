package npy

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

// TestHeaderAndFloatsMakeAFile writes a file in pieces, as an interruptible writer does, and
// compares it with NumPy's.
func TestHeaderAndFloatsMakeAFile(t *testing.T) {
	for _, tt := range []struct {
		file   int // in numpyFiles
		values []float32
	}{{1, []float32{0, 1, 2, 3, 4, 5}}, {4, []float32{1, 2}}} {
		want := numpyFiles[tt.file]
		t.Run(want.name, func(t *testing.T) {
			got, _, err := AppendFloats(EncodeHeader(want.dtype, want.shape), want.dtype, tt.values)
			if err != nil || !bytes.Equal(got, numpyBytes(want.header, want.data)) {
				t.Fatalf("%q, %v", got, err)
			}
		})
	}
}

func TestAppendFloatsErrors(t *testing.T) {
	tests := []struct {
		name, want string
		dtype      DType
		values     []float32
		at         int
	}{
		{"NaN", "NaN", Float32, []float32{1, float32(math.NaN())}, 1},
		{"infinite", "-Inf", Float16, []float32{float32(math.Inf(-1))}, 0},
		{"beyond float16", "65520 does not fit", Float16, []float32{1, 2, 65520}, 2}, // half way beyond 65504
		{"other type", "int32 is neither", Int32, []float32{1}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, at, err := AppendFloats(nil, tt.dtype, tt.values)
			if err == nil || !strings.Contains(err.Error(), tt.want) || at != tt.at {
				t.Fatalf("at %d: %v; want %q at %d", at, err, tt.want, tt.at)
			}
		})
	}
}
