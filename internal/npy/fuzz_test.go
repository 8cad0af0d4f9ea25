package npy

import (
	"bytes"
	"testing"
)

// FuzzDecode: any input gives an array that encodes to the same elements again, or an error. It
// never panics, and never uses more memory than the input justifies.
func FuzzDecode(f *testing.F) {
	for _, tt := range numpyFiles {
		f.Add(numpyBytes(tt.header, tt.data))
	}
	for _, tt := range badFiles {
		f.Add(tt.file)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		tryDecode[uint8](t, in)
		tryDecode[float32](t, in)
		tryDecode[int64](t, in)
		tryDecode[uint16](t, in)
	})
}

func tryDecode[T Elem](t *testing.T, in []byte) {
	shape, data, err := Decode[T](bytes.NewReader(in), "fuzz.npy")
	if err != nil {
		return
	}
	var out bytes.Buffer
	if err := Encode(&out, shape, data); err != nil {
		t.Fatalf("read but not written: %v", err)
	}
	again, back, err := Decode[T](&out, "again.npy")
	if err != nil || len(again) != len(shape) || !bytes.Equal(asBytes(back), asBytes(data)) {
		t.Fatalf("shape %v → %v, %v", shape, again, err)
	}
}
