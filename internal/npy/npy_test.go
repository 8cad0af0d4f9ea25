package npy

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// numpyFiles are outputs of numpy.save, NumPy 1.24.2; each row holds the header
// text without its padding (all headers there end at byte 128) and the data.
var numpyFiles = []struct {
	name, header, data string
	dtype              DType
	shape              []int
	write              func(path string) error
	read               func(path string) (any, error)
	want               any
}{
	{"int32 vector", "{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }",
		"\x00\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00", Int32, []int{3},
		func(p string) error { return Write(p, []int{3}, []int32{0, 2, 1}) }, readAny[int32], []int32{0, 2, 1}},
	{"float32 matrix", "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
		"\x00\x00\x00\x00\x00\x00\x80?\x00\x00\x00@\x00\x00@@\x00\x00\x80@\x00\x00\xa0@", Float32, []int{2, 3},
		func(p string) error { return Write(p, []int{2, 3}, []float32{0, 1, 2, 3, 4, 5}) },
		readAny[float32], []float32{0, 1, 2, 3, 4, 5}},
	{"float64 scalar", "{'descr': '<f8', 'fortran_order': False, 'shape': (), }",
		"\x00\x00\x00\x00\x00\x00\x1e@", Float64, []int{},
		func(p string) error { return Write(p, []int{}, []float64{7.5}) }, readAny[float64], []float64{7.5}},
	{"empty uint8", "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 4), }",
		"", Uint8, []int{0, 4},
		func(p string) error { return Write(p, []int{0, 4}, []uint8{}) }, readAny[uint8], []uint8{}},
	{"float16", "{'descr': '<f2', 'fortran_order': False, 'shape': (1, 2), }",
		"\x00<\x00@", Float16, []int{1, 2},
		func(p string) error { return Write(p, []int{1, 2}, []uint16{0x3c00, 0x4000}) },
		readAny[uint16], []uint16{0x3c00, 0x4000}},
	{"int64", "{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }",
		"\x05\x00\x00\x00\x00\x00\x00\x00", Int64, []int{1},
		func(p string) error { return Write(p, []int{1}, []int64{5}) }, readAny[int64], []int64{5}},
}

func readAny[T Elem](path string) (any, error) {
	_, data, err := Read[T](path)
	return data, err
}

// numpyBytes returns the file that NumPy writes for a header text and data.
func numpyBytes(header, data string) []byte {
	return []byte("\x93NUMPY\x01\x00v\x00" + header + strings.Repeat(" ", 128-10-1-len(header)) + "\n" + data)
}

func TestSameBytesAsNumPy(t *testing.T) {
	for _, tt := range numpyFiles {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.npy")
			if err := tt.write(path); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if want := numpyBytes(tt.header, tt.data); !bytes.Equal(got, want) {
				t.Fatalf("wrote\n%q\nNumPy writes\n%q", got, want)
			}
			h, err := ReadHeader(path)
			if want := (Header{tt.dtype, tt.shape, 128}); err != nil || !reflect.DeepEqual(h, want) {
				t.Fatalf("header %+v, %v; want %+v", h, err, want)
			}
			data, err := tt.read(path)
			if err != nil || !reflect.DeepEqual(data, tt.want) {
				t.Fatalf("read %v, %v; want %v", data, err, tt.want)
			}
		})
	}
}

func TestLongHeaderUsesVersion2(t *testing.T) {
	shape := make([]int, maxDims)
	for i := range shape {
		shape[i] = 1
	}
	if got := formatHeader(Uint8, shape); got[6] != 1 || len(got)%align != 0 {
		t.Fatalf("version %d, %d bytes for %d dimensions", got[6], len(got), maxDims)
	}
	long := make([]int, 30000) // longer than what is read back; it only reaches version 2
	got := formatHeader(Uint8, long)
	if got[6] != 2 || len(got)%align != 0 {
		t.Fatalf("version %d, %d bytes for a header over 64 KiB", got[6], len(got))
	}
	if n := int(got[8]) | int(got[9])<<8 | int(got[10])<<16 | int(got[11])<<24; n != len(got)-12 {
		t.Fatalf("header length says %d of %d", n, len(got)-12)
	}
}

// file builds a version-1 file around a header text.
func file(header, data string) []byte {
	return []byte("\x93NUMPY\x01\x00" + string([]byte{byte(len(header)), byte(len(header) >> 8)}) + header + data)
}

func TestForeignHeadersAreRead(t *testing.T) {
	two := "\x01\x02"
	v2 := "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }"
	tests := []struct {
		name  string
		file  []byte
		shape []int
	}{
		{"other key order, double quotes, no last comma",
			file(`{"shape": (1, 2), "fortran_order": False, "descr": "|u1"}`, two), []int{1, 2}},
		{"Python 2 long", file("{'descr': '|u1', 'fortran_order': False, 'shape': (2L,), }", two), []int{2}},
		{"Fortran order of a vector", file("{'descr': '|u1', 'fortran_order': True, 'shape': (1, 2, 1), }", two), []int{1, 2, 1}},
		{"one byte has no order", file("{'descr': '>u1', 'fortran_order': False, 'shape': (2,), }", two), []int{2}},
		{"version 2", []byte("\x93NUMPY\x02\x00" + string([]byte{byte(len(v2)), 0, 0, 0}) + v2 + two), []int{2}},
		{"version 3", []byte("\x93NUMPY\x03\x00" + string([]byte{byte(len(v2)), 0, 0, 0}) + v2 + two), []int{2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.npy")
			if err := os.WriteFile(path, tt.file, 0o644); err != nil {
				t.Fatal(err)
			}
			shape, data, err := Read[uint8](path)
			if err != nil || !reflect.DeepEqual(shape, tt.shape) || string(data) != two {
				t.Fatalf("%v %v %v; want shape %v", shape, data, err, tt.shape)
			}
		})
	}
}

var badFiles = []struct {
	name string
	file []byte
	want string // what the error must say
}{
	{"empty", nil, "ends inside the header"},
	{"foreign", []byte("PK\x03\x04 some other archive"), "not a NumPy .npy file"},
	{"unknown version", []byte("\x93NUMPY\x09\x00v\x00{}"), "version 9.0"},
	{"header cut", numpyBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "")[:100], "ends inside the header"},
	{"huge header", []byte("\x93NUMPY\x02\x00\xff\xff\xff\x7f{}"), "more than the limit"},
	{"not a dictionary", file("hello", ""), "header is damaged"},
	{"text after", file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } x", ""), "text after"},
	{"missing key", file("{'descr': '<f4', 'shape': (2,), }", ""), `"fortran_order" is missing`},
	{"unknown key", file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': (1,)}", ""), `"x"`},
	{"twice", file("{'descr': '<f4', 'descr': '<f4'}", ""), "comes twice"},
	{"open string", file("{'descr", ""), "has no end"},
	{"bad bool", file("{'fortran_order': 0}", ""), "True or False"},
	{"bad integer", file("{'shape': (2.5,)}", ""), "expected"},
	{"open tuple", file("{'shape': (2, ", ""), "expected"},
	{"open list", file("{'descr': [('a', '<f4')", ""), "has no end"},
	{"many dimensions", file("{'shape': ("+strings.Repeat("1,", 100)+")}", ""), "more than 64 dimensions"},
	{"object", file("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", ""), "never loaded"},
	{"structured", file("{'descr': [('a', '<f4'), ('b', '<i4', (2,))], 'fortran_order': False, 'shape': (2,), }", ""), "one numeric field"},
	{"big endian", file("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", "12345678"), "astype('<f4')"},
	{"no byte order", file("{'descr': '|f4', 'fortran_order': False, 'shape': (2,), }", "12345678"), "astype('<f4')"},
	{"bool dtype", file("{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }", "\x00\x01"), "holds bool where float32 is wanted"},
	{"uint16 is no float16", file("{'descr': '<u2', 'fortran_order': False, 'shape': (2,), }", "1234"), "holds uint16 where float32 is wanted"},
	{"complex dtype", file("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "12345678"), "convert it"},
	{"text", file("{'descr': '<U5', 'fortran_order': False, 'shape': (1,), }", strings.Repeat("x", 20)), "text"},
	{"empty dtype", file("{'descr': '', 'fortran_order': False, 'shape': (2,), }", "\x00\x01"), "empty"},
	{"Fortran", file("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", strings.Repeat("x", 16)), "ascontiguousarray"},
	{"negative", file("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", ""), "negative"},
	{"overflow", file("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", ""), "larger than can be addressed"},
	{"overflow beside zero", file("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4611686018427387904, 4), }", ""), "larger than can be addressed"},
	{"number too long", file("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", ""), "expected an integer"},
	{"truncated", file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "1234567"), "truncated: 7 of 8 data bytes"},
	{"giant and truncated", file("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }", "1234"), "truncated: 4 of 4000000000000"},
	{"wrong type", file("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", "12345678"), "holds float64 where float32 is wanted"},
}

func TestBadFiles(t *testing.T) {
	for _, tt := range badFiles {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bad.npy")
			if err := os.WriteFile(path, tt.file, 0o644); err != nil {
				t.Fatal(err)
			}
			_, _, rerr := Read[float32](path)
			m, merr := Map(path)
			if merr == nil {
				_, merr = MappedSlice[float32](m)
				m.Close()
			}
			for how, err := range map[string]error{"Read": rerr, "Map": merr} {
				if err == nil {
					t.Fatalf("%s: no error", how)
				}
				if !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "bad.npy") {
					t.Errorf("%s: error %q does not say %q and the file", how, err, tt.want)
				}
			}
		})
	}
}

func TestTrailingBytesAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "long.npy")
	data := file("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "1234tail")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Read[float32](path); err == nil || !strings.Contains(err.Error(), "4 bytes after") {
		t.Fatalf("Read: %v", err)
	}
}

func TestNoRegularFile(t *testing.T) {
	if _, _, err := Read[float32](t.TempDir()); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Fatalf("folder: %v", err)
	}
	if _, _, err := Read[float32](filepath.Join(t.TempDir(), "no.npy")); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("missing: %v", err)
	}
}

func TestWriteRefusesWrongLength(t *testing.T) {
	dir := t.TempDir()
	if err := Write(filepath.Join(dir, "a.npy"), []int{2, 2}, make([]float32, 3)); err == nil || !strings.Contains(err.Error(), "3 elements for shape [2 2]") {
		t.Fatalf("wrong length: %v", err)
	}
	if err := Write(filepath.Join(dir, "a.npy"), []int{math.MaxInt, 2}, []uint8{}); err == nil {
		t.Fatal("overflowing shape accepted")
	}
	if list, _ := os.ReadDir(dir); len(list) != 0 {
		t.Fatalf("left behind: %v", list)
	}
}

func TestSwapBytes(t *testing.T) {
	b := []byte{1, 2, 3, 4, 5, 6, 7, 8}
	swapBytes(b, 4)
	if want := []byte{4, 3, 2, 1, 8, 7, 6, 5}; !bytes.Equal(b, want) {
		t.Fatalf("got %v, want %v", b, want)
	}
}

func TestDTypeStrings(t *testing.T) {
	if got := Float16.String() + " " + DType(0).String() + " " + DType(99).String(); got != "float16 DType(0) DType(99)" {
		t.Fatal(got)
	}
	if DType(0).Size() != 0 || Float64.Size() != 8 {
		t.Fatal("sizes")
	}
}

// The error for a file of another kind names the kind and the way to make an array of it.
func TestOtherFiles(t *testing.T) {
	for _, tt := range []struct{ name, content, want string }{
		{"Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "git lfs pull"},
		{"web page", "<!DOCTYPE html><html><head><title>Sign in</title>", "it is a web page"},
		{"npz", "PK\x03\x04\x2d\x00\x00\x00\x00\x00\x00\x00\x21\x00features.npy", "np.load(FILE)[NAME]"},
		{"torch.save", "PK\x03\x04\x00\x00\x08\x08\x00\x00archive/data.pklFB", "torch.load(FILE).numpy()"},
		{"pickle", "\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00", "allow_pickle=True"},
		{"text", "0.5,1.5,2.5\n1,2,3\n", `it is text, which begins "0.5,1.5,2.5", not a NumPy .npy file; save the numbers as an array: np.save("x.npy", np.loadtxt(`},
		{"short text", "hi", "it is text"},
		{"MATLAB", "MATLAB 5.0 MAT-file, Platform: GLNXA64", "scipy.io.loadmat"},
		{"noise", "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a", "write it with numpy.save"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.npy")
			if err := os.WriteFile(path, []byte(tt.content), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := ReadHeader(path); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want one that says %q and names the file", err, tt.want)
			}
		})
	}
}
