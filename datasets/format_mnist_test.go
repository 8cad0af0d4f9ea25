package datasets

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"repbench/datasets/internal/content"
	"repbench/datasets/internal/datatest"
)

// idxOf returns an idx file of unsigned bytes.
func idxOf(data []byte, dims ...int) []byte {
	out := []byte{0, 0, idxUint8, byte(len(dims))}
	for _, d := range dims {
		out = binary.BigEndian.AppendUint32(out, uint32(d))
	}
	return append(out, data...)
}

// mnistFiles returns the four files with 3 training and 2 test images of 2×2 pixels, with both
// spellings of the names.
func mnistFiles() []datatest.File {
	return []datatest.File{
		{Name: "train-images-idx3-ubyte.gz", Body: datatest.Gzip(idxOf([]byte("aaaabbbbcccc"), 3, 2, 2))},
		{Name: "train-labels-idx1-ubyte", Body: idxOf([]byte{7, 0, 9}, 3)},
		{Name: "t10k-images.idx3-ubyte", Body: idxOf([]byte("ddddeeee"), 2, 2, 2)},
		{Name: "t10k-labels-idx1-ubyte.gz", Body: datatest.Gzip(idxOf([]byte{1, 2}, 2))},
	}
}

func TestMNIST(t *testing.T) {
	d := mustOpen(t, "mnist="+datatest.Unpack(t, mnistFiles()...), Options{})
	train, test := d.Splits[0], d.Splits[1]
	got := fmt.Sprintln(d.Classes, train.Name, train.Images, train.Labels, train.IDs[2], test.Name, test.Images.N, test.Labels, test.IDs[0])
	want := "[0 1 2 3 4 5 6 7 8 9] train {[97 97 97 97 98 98 98 98 99 99 99 99] 3 2 2 1 <nil>} [7 0 9] " +
		"train-images-idx3-ubyte:2 test 2 [1 2] t10k-images.idx3-ubyte:0\n"
	if got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

func TestMNISTErrors(t *testing.T) {
	tests := []struct {
		name   string
		change func(files []datatest.File) []datatest.File
		want   string
	}{
		{"missing file", func(f []datatest.File) []datatest.File { return f[1:] }, "train-images-idx3-ubyte.gz is missing"},
		{"missing labels", func(f []datatest.File) []datatest.File { return f[:3] }, "t10k-labels-idx1-ubyte.gz is missing"},
		{"label", func(f []datatest.File) []datatest.File { f[1].Body[9] = 10; return f }, "record 1: the label is 10 of 10"},
		{"fewer labels", func(f []datatest.File) []datatest.File { f[1].Body = idxOf([]byte{1}, 1); return f }, "it has 1 labels"},
		{"sizes", func(f []datatest.File) []datatest.File { f[2].Body = idxOf([]byte("dddddd"), 2, 3, 1); return f }, "the test images 1×3"},
		{"giant", func(f []datatest.File) []datatest.File { f[1].Body = idxOf(nil, 1<<31); return f }, "train-labels-idx1-ubyte: its dimensions [2147483648] claim more than 1073 MB, the most that is read: it is damaged or no idx file; copy or download the file again"},
		{"foreign", func(f []datatest.File) []datatest.File { f[1].Body = []byte("\x89PNG\r\n\x1a\n"); return f }, "it begins with other bytes; copy or download the file again"},
		{"none", func(f []datatest.File) []datatest.File { f[1].Body = idxOf(nil, 0); return f }, "there are no data in it; copy or download the file again"},
		{"label next step", func(f []datatest.File) []datatest.File { f[1].Body[9] = 10; return f }, "copy or download it again"},
		{"sizes next step", func(f []datatest.File) []datatest.File { f[2].Body = idxOf([]byte("dddddd"), 2, 3, 1); return f }, "put those of one there"},
		{"web page", func(f []datatest.File) []datatest.File { f[1].Body = []byte("<!DOCTYPE html><html></html>"); return f }, "it is not an idx file: it begins with other bytes"},
		{"cut gzip", func(f []datatest.File) []datatest.File { f[0].Body = f[0].Body[:30]; return f }, "train-images-idx3-ubyte.gz: the file is truncated"},
		{"damaged gzip", func(f []datatest.File) []datatest.File { f[0].Body[len(f[0].Body)-6] ^= 1; return f }, "the compressed data are damaged"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := datatest.Unpack(t, tt.change(mnistFiles())...)
			_, err := Open(context.Background(), "mnist="+dir, Options{})
			datatest.WantError(t, err, tt.want, dir)
		})
	}
	file := datatest.Write(t, "x", []byte("x"))
	_, err := Open(context.Background(), "mnist="+file, Options{})
	datatest.WantError(t, err, "a data set is a folder, tar")
	if _, err := Open(context.Background(), "mnist="+file+"/no", Options{}); !errors.Is(err, content.ErrMissing) {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ctx, "mnist="+datatest.Unpack(t, mnistFiles()...), Options{}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func TestParseIDXErrors(t *testing.T) {
	good := idxOf([]byte("abcdef"), 2, 3)
	tests := []struct {
		name, want string
		data       []byte
	}{
		{"empty", "unexpected EOF", nil},
		{"cut magic", "unexpected EOF", good[:3]},
		{"cut dimensions", "unexpected EOF", good[:9]},
		{"cut data", "5 of 6 bytes", good[:len(good)-1]},
		{"more data", "bytes after the 6", append(bytes.Clone(good), 0)},
		{"foreign", "not an idx file", []byte("hello world")},
		{"floats", "type 0x0d", append([]byte{0, 0, 0x0d, 2}, good[4:]...)},
		{"other dimensions", "with 3 dimensions", idxOf([]byte("abcdef"), 2, 3, 1)},
		{"zero", "dimension of zero", idxOf(nil, 0, 3)},
		{"giant", "claim more than", idxOf(nil, 1<<31, 1<<31)},
		{"cut gzip header", "EOF", datatest.Gzip(good)[:5]},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := parseIDX(bytes.NewReader(tt.data), 2)
			datatest.WantError(t, err, tt.want)
		})
	}
}
