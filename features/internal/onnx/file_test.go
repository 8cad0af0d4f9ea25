package onnx

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// externalTensor lies outside the model.
func externalTensor(name string, dims []int, entries ...string) []byte {
	b := tensorHead(name, Float32, dims)
	for _, e := range entries {
		key, value, _ := strings.Cut(e, "=")
		b = bytesField(b, 13, textField(textField(nil, 1, key), 2, value))
	}
	return intField(b, 14, 1)
}

// raw is what a float tensor holds.
func raw(v ...float32) []byte {
	t, err := parseTensor(message{bytes: floatTensor("", []int{len(v)}, v...)})
	if err != nil {
		panic(err)
	}
	return t.raw
}

// Weights beside the file are the same as weights in it, and are part of the hash.
func TestExternalData(t *testing.T) {
	dir := t.TempDir()
	path, data := filepath.Join(dir, "model.onnx"), filepath.Join(dir, "data", "weights.bin")
	if err := os.Mkdir(filepath.Dir(data), 0o755); err != nil {
		t.Fatal(err)
	}
	model := single(13, "Add", nil, []string{"w"}, externalTensor("w", []int{3}, "location=data/weights.bin", "offset=4", "length=12")).bytes()
	write(t, path, model)
	content := raw(9, 10, 20, 30, 40)
	write(t, data, content)
	m, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	x, dims := toLast(sample, []int{1, 2, 1, 3})
	got, _, err := run(t, m, x, dims, Target{})
	if err != nil {
		t.Fatal(err)
	}
	got, _ = permute(got, []int{1, 1, 3, 2}, axesFromLast(4))
	if want := []float32{8, 20.5, 33, 11, 19.75, 32}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	sum := sha256.Sum256(append(slices.Clone(model), content...))
	if hash, err := m.Hash(); err != nil || hash != hex.EncodeToString(sum[:]) {
		t.Errorf("hash %s, error %v, want that of both files, %x", hash, err, sum)
	}
}

func TestExternalDataErrors(t *testing.T) {
	outside := t.TempDir()
	write(t, filepath.Join(outside, "secret"), raw(1, 2, 3))
	tests := []struct {
		name    string
		entries []string
		want    string
	}{
		{"above", []string{"location=../secret"}, "outside the folder of the model (path escapes from parent), where nothing is read: copy it into this folder"},
		{"absolute", []string{"location=" + filepath.Join(outside, "secret")}, "escapes"},
		{"through a link", []string{"location=link"}, "outside the folder of the model"},
		{"missing", []string{"location=none"}, "no such file or directory; the model's weights lie in this file"},
		{"a folder", []string{"location=folder"}, "regular file"},
		{"no location", []string{"offset=0"}, "no location"},
		{"too short", []string{"location=two"}, "beyond the end of the file, which has 8: it is cut off or of another export; copy or download it again"},
		{"Git LFS", []string{"location=pointer"}, "git lfs pull"},
		{"offset beyond", []string{"location=two", "offset=9223372036854775807"}, "beyond the end"},
		{"negative offset", []string{"location=two", "offset=-4"}, "offset"},
		{"other length", []string{"location=two", "length=8"}, "12 are due"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "two"), raw(1, 2))
			write(t, filepath.Join(dir, "pointer"), []byte("version https://git-lfs.github.com/spec/v1\n"))
			if err := errors.Join(os.Mkdir(filepath.Join(dir, "folder"), 0o755), os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "link"))); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "model.onnx")
			write(t, path, single(13, "Add", nil, []string{"w"}, externalTensor("w", []int{3}, tt.entries...)).bytes())
			_, err := Open(path)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want one that says %q and names the file", err, tt.want)
			}
		})
	}
}

func TestFileErrors(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join("testdata", "convnet.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	twice := single(13, "Add", nil, []string{"w"}, floatTensor("w", nil, 1), floatTensor("w", nil, 2))
	tests := []struct {
		name    string
		content []byte
		want    string
	}{
		{"empty", nil, "it is empty; download it again, or export it again"},
		{"text", []byte("hello, this is no model\n"), "not a readable ONNX model"},
		{"Git LFS", []byte("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 97811\n"), "git lfs pull"},
		{"torch.save", []byte("PK\x03\x04\x00\x00\x08\x08\x00\x00archive/data.pklFB"), "it is a PyTorch file; export the network in Python: torch.onnx.export"},
		{"torch.save before 1.6", []byte("\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03."), "it is a PyTorch file"},
		{"web page", []byte("<!DOCTYPE html>\n<html>"), "it is a web page"},
		{"NumPy", []byte("\x93NUMPY\x01\x00"), "it is a NumPy array (.npy); give the .onnx file, or export or download it again"},
		{"not found", []byte("Entry not found"), `it is text, which begins "Entry not found"`},
		{"safetensors", []byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"), "it is a safetensors file"},
		{"saved model", []byte("\x08\x01\x12\x04\x0a\x02\x0a\x00"), "tf2onnx"},
		{"frozen graph", []byte("\n\x14\n\x05input\x12\x0bPlaceholder"), "tf2onnx"},
		{"gzip", []byte("\x1f\x8b\x08\x00"), "unpack it"},
		{"newer operator set", single(24, "Relu", nil, nil).bytes(), "operator set 24; 7 to 23 are known"},
		{"operator set 99", single(99, "Relu", nil, nil).bytes(), "operator set 99; 7 to 23 are known"},
		{"half", whole[:len(whole)/2], fmt.Sprintf("it has %d bytes, begins like an ONNX model and is cut off; download it again, or export it again", len(whole)/2)},
		{"random", []byte("\xfe\x03\xa1\x80\xff\x00\x17\x99\xc3\x04"), "it has 10 bytes and begins with fe 03 a1 80 ff 00 17 99, as no ONNX model does; give the .onnx file, or export or download it again"},
		{"changed within", slices.Concat(whole[:40], bytes.Repeat([]byte{0xff}, 60), whole[100:]), "what follows is damaged or incomplete; download it again"},
		{"no graph", intField(nil, 1, 8), "0 graphs"},
		{"no operator set", bytesField(nil, 7, nil), "operator set"},
		{"two weights of a name", twice.bytes(), `"w"`},
		{"too few data", single(13, "Add", nil, []string{"w"}, floatTensor("w", []int{3}, 1, 2)).bytes(), "12 are due"},
		{"negative dimension", single(13, "Add", nil, []string{"w"}, floatTensor("w", []int{-1}, 1)).bytes(), "dimension 0 is -1"},
		{"product of dimensions overflows", single(13, "Add", nil, []string{"w"}, floatTensor("w", []int{1 << 31, 1 << 31, 4}, 1)).bytes(), "elements"},
		{"nine dimensions", single(13, "Add", nil, []string{"w"}, floatTensor("w", []int{1, 1, 1, 1, 1, 1, 1, 1, 1}, 1)).bytes(), "9 dimensions"},
		{"strings", single(13, "Add", nil, []string{"w"}, tensorBytes("w", 8, []int{1}, nil)).bytes(), "type 8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.onnx")
			write(t, path, tt.content)
			_, err := Open(path)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want one that says %q and names the file", err, tt.want)
			}
		})
	}
	large := filepath.Join(t.TempDir(), "large.onnx")
	write(t, large, nil)
	if err := os.Truncate(large, maxFile+1); err != nil {
		t.Skip(err)
	}
	if _, err := Open(large); !errors.Is(err, ErrFormat) {
		t.Errorf("a file of 2 GiB: error %v, want ErrFormat", err)
	}
}

// A file cut anywhere is an error, or a model that lacks something.
func TestCutFiles(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join("testdata", "pools.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		if m, err := parse(whole[:n]); err == nil && n < len(whole)-16 {
			t.Fatalf("%d of %d bytes were read as a model with %d nodes", n, len(whole), len(m.Nodes))
		}
	}
}

// Every type of weights, by raw bytes and by the typed fields.
func TestTensorTypes(t *testing.T) {
	half := func(id int) []byte { // 1.5, -2 as float16 bits in int32_data
		return intField(intField(tensorHead("", Float16, []int{2}), 5, 0x3e00), 5, int64(id))
	}
	floats := []struct {
		name   string
		tensor []byte
		want   []float32
	}{
		{"float16", tensorBytes("", Float16, []int{2}, []byte{0x00, 0x3e, 0x00, 0xc0}), []float32{1.5, -2}},
		{"float16 as integers", half(0xc000), []float32{1.5, -2}},
		{"bfloat16", tensorBytes("", BFloat16, []int{2}, []byte{0xc0, 0x3f, 0x00, 0xc0}), []float32{1.5, -2}},
		{"float64", tensorBytes("", Float64, []int{1}, []byte{0, 0, 0, 0, 0, 0, 0xf8, 0x3f}), []float32{1.5}},
		{"packed floats", bytesField(tensorHead("", Float32, []int{2}), 4, raw(1.5, -2)), []float32{1.5, -2}},
		{"packed doubles", bytesField(tensorHead("", Float64, []int{1}), 10, []byte{0, 0, 0, 0, 0, 0, 0xf8, 0x3f}), []float32{1.5}},
	}
	for _, tt := range floats {
		x, err := parseTensor(message{bytes: tt.tensor})
		if err != nil || !slices.Equal(x.Floats(), tt.want) {
			t.Errorf("%s: %v, error %v, want %v", tt.name, x, err, tt.want)
		}
	}
	integers := []struct {
		kind DataType
		raw  []byte
		want int64
	}{
		{Uint8, []byte{200}, 200}, {Int8, []byte{200}, -56}, {Uint16, []byte{0, 0x80}, 1 << 15}, {Int16, []byte{0, 0x80}, -1 << 15},
		{Int32, []byte{0, 0, 0, 0x80}, -1 << 31}, {Uint32, []byte{0, 0, 0, 0x80}, 1 << 31}, {Int64, []byte{254, 255, 255, 255, 255, 255, 255, 255}, -2},
		{Uint64, []byte{7, 0, 0, 0, 0, 0, 0, 0}, 7}, {Bool, []byte{1}, 1}, {Uint4, []byte{0x2f}, 15}, {Int4, []byte{0x2f}, -1},
	}
	for _, tt := range integers {
		x, err := parseTensor(message{bytes: tensorBytes("", tt.kind, []int{1}, tt.raw)})
		if err != nil || x.Ints()[0] != tt.want {
			t.Errorf("%s: %v, error %v, want %d", tt.kind, x, err, tt.want)
		}
		y, err := parseTensor(message{bytes: intField(tensorHead("", tt.kind, []int{1}), 7, tt.want)})
		if err != nil || y.Ints()[0] != tt.want {
			t.Errorf("%s as int64_data: %v, error %v, want %d", tt.kind, y, err, tt.want)
		}
	}
}

func TestErrorNamesNode(t *testing.T) {
	_, _, err := runSample(t, single(13, "Reshape", nil, []string{"x"}))
	var op *OpError
	if !errors.As(err, &op) || op.Op != "Reshape" || op.Node != fmt.Sprintf("%q", "the Reshape") || !errors.Is(err, ErrUnsupported) {
		t.Errorf("error %#v, want an OpError of the node", err)
	}
}
