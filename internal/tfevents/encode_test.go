package tfevents

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"
	"time"

	"repbench/internal/tfevents/eventtest"
)

// The first two records of an event file that TensorFlow wrote for the scalar "accuracy" of 0.99 at
// step 77, as the tests of TensorBoard's data server hold them (tensorboard/data/server/tf_record.rs
// at 2d298a3).
const (
	writtenVersion = "\x09\x00\x00\x80\x38\x99\xd6\xd7\x41\x1a\x0dbrain.Event:2"
	writtenScalar  = "\x09\xc4\x05\xb7\x3d\x99\xd6\xd7\x41\x10\x4d\x2a\x25\x0a\x23\x0a\x08accuracy" +
		"\x42\x0a\x08\x01\x12\x00\x22\x04\xa4\x70\x7d\x3f\x4a\x0b\x0a\x09\x0a\x07scalars"
)

// TestWrittenByTensorFlow: the first record has the bytes that TensorFlow writes at the same time, and
// records of the same data have its checksums.
func TestWrittenByTensorFlow(t *testing.T) {
	wall := math.Float64frombits(binary.LittleEndian.Uint64([]byte(writtenVersion)[1:]))
	whole, part := math.Modf(wall)
	at := time.Unix(int64(whole), int64(math.Round(part*1e9)))
	first := slices.Concat([]byte("\x18\x00\x00\x00\x00\x00\x00\x00\xa3\x7f\x4b\x22"), []byte(writtenVersion), []byte("\x12\x4b\x36\xab"))
	if got := Begin(at, 5); !bytes.HasPrefix(got, first) {
		t.Errorf("the file begins with %q, want %q", got, first)
	}
	second := slices.Concat([]byte("\x32\x00\x00\x00\x00\x00\x00\x00\x24\x19\x56\xec"), []byte(writtenScalar), []byte("\xa5\x5b\x64\x33"))
	if got := record([]byte(writtenScalar)); !bytes.Equal(got, second) {
		t.Errorf("record %q, want %q", got, second)
	}
}

// TestRead: a reader that follows the definition of the format alone finds what was written.
func TestRead(t *testing.T) {
	at := time.Unix(1700000000, 250_000_000)
	file := slices.Concat(Begin(at, 5), Scalars(at, 0, []Scalar{{"loss", 0.5}}), Scalars(at.Add(time.Second), 300, []Scalar{{"loss", 0.1}, {"größe/x", -1e30}}),
		Scalars(at, math.MaxInt64, nil))
	got, err := eventtest.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 5 || got[0].Version != "brain.Event:2" || !got[1].Start || got[1].Step != 5 || got[0].Wall != 1700000000.25 {
		t.Fatalf("%+v", got)
	}
	if e := got[2]; e.Step != 0 || e.Values["loss"] != 0.5 || len(e.Values) != 1 {
		t.Errorf("%+v", e)
	}
	if e := got[3]; e.Step != 300 || e.Values["loss"] != float32(0.1) || e.Values["größe/x"] != float32(-1e30) || e.Wall != 1700000001.25 {
		t.Errorf("%+v", e)
	}
	if e := got[4]; e.Step != math.MaxInt64 || len(e.Values) != 0 {
		t.Errorf("%+v", e)
	}
	for i := range file { // no byte can change unseen
		damaged := bytes.Clone(file)
		damaged[i] ^= 1
		if _, err := eventtest.Read(damaged); err == nil {
			t.Fatalf("byte %d can change unseen", i)
		}
	}
}
