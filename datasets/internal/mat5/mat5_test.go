package mat5

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// readFile reads a file of testdata.
func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// reader opens bytes as a file.
func reader(data []byte) (*Reader, error) {
	return NewReader(bytes.NewReader(data), int64(len(data)))
}

// first returns the first variable.
func first(t testing.TB, name string) *Array {
	t.Helper()
	r, err := reader(readFile(t, name))
	if err != nil {
		t.Fatal(err)
	}
	a, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// describe lists all readable content of an array.
func describe(a *Array) string {
	s := fmt.Sprint(a.Name, a.Dims)
	switch {
	case a.Class.Numeric():
		v, err := a.Numbers()
		return fmt.Sprintf("%s %.5g %v", s, v, err)
	case a.Class == Char:
		text, err := a.Text()
		return fmt.Sprintf("%s %q %v", s, text, err)
	case a.Class != Struct:
		return fmt.Sprintf("%s class %d", s, a.Class)
	}
	for {
		name, field, err := a.NextField()
		if err == io.EOF {
			return s
		}
		if err != nil {
			return s + " " + err.Error()
		}
		s += " " + name + "=" + describe(field)
	}
}

// TestMATLABFiles reads files written by MATLAB; the expected values were printed with
// scipy.io.loadmat 1.10.
func TestMATLABFiles(t *testing.T) {
	tests := []struct {
		file string
		want []string
	}{
		{"test3dmatrix_6.1_SOL2.mat", []string{"test3dmatrix[2 3 4] [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24] <nil>"}},
		{"test3dmatrix_7.1_GLNX86.mat", []string{"test3dmatrix[2 3 4] [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24] <nil>"}},
		{"testdouble_6.1_SOL2.mat", []string{"testdouble[1 9] [0 0.7854 1.5708 2.3562 3.1416 3.927 4.7124 5.4978 6.2832] <nil>"}},
		{"testcomplex_6.1_SOL2.mat", []string{"testcomplex[1 9] [1 0.70711 6.1232e-17 -0.70711 -1 -0.70711 -1.837e-16 0.70711 1] <nil>"}},
		{"teststring_6.1_SOL2.mat", []string{`teststring[1 43] "\"Do nine men interpret?\" \"Nine men,\" I nod." <nil>`}},
		{"teststruct_6.1_SOL2.mat", []string{`teststruct[1 1] stringfield=[1 26] "Rats live on no evil star." <nil>` +
			` doublefield=[1 3] [1.4142 2.7183 3.1416] <nil> complexfield=[1 3] [1.4142 2.7183 3.1416] <nil>`}},
		{"teststructarr_7.1_GLNX86.mat", []string{`teststructarr[1 2] one=[1 1] [1] <nil> two=[1 1] [2] <nil>` +
			` one=[1 8] "number 1" <nil> two=[1 8] "number 2" <nil>`}},
		{"testmulti_7.1_GLNX86.mat", []string{"theta[1 9] [0 0.7854 1.5708 2.3562 3.1416 3.927 4.7124 5.4978 6.2832] <nil>", "a[3 5] [1 2 3 2 0 0 3 0 0 4 0 0 5 0 0] <nil>"}},
		{"testcell_7.1_GLNX86.mat", []string{"testcell[1 4] class 1"}},
		{"testsparse_6.1_SOL2.mat", []string{"testsparse[3 5] class 5"}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			r, err := reader(readFile(t, tt.file))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for {
				a, err := r.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, describe(a))
			}
			if !slices.Equal(got, tt.want) {
				t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func TestUnicode(t *testing.T) {
	text, err := first(t, "testunicode_7.1_GLNX86.mat").Text()
	if err != nil || !strings.HasPrefix(text, "Japanese: \nすべての人間は、") {
		t.Fatalf("%q, %v", text, err)
	}
}

func TestUnreadVariablesArePassedOver(t *testing.T) {
	r, err := reader(readFile(t, "testmulti_7.1_GLNX86.mat"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for {
		a, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, a.Name)
	}
	if !slices.Equal(names, []string{"theta", "a"}) {
		t.Fatal(names)
	}
}

func TestReadUint8(t *testing.T) {
	a := first(t, "test3dmatrix_6.1_SOL2.mat")
	got := make([]uint8, 20)
	if err := a.ReadUint8(got); err != nil || got[19] != 20 {
		t.Fatalf("%v, %v", got, err)
	}
	if err := a.ReadUint8(got[:4]); err != nil || got[3] != 24 {
		t.Fatalf("%v, %v", got, err)
	}
	if err := a.ReadUint8(got[:1]); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("after the end: %v", err)
	}
	if err := first(t, "testdouble_6.1_SOL2.mat").ReadUint8(got[:9]); err == nil || !strings.Contains(err.Error(), "0.785") {
		t.Fatalf("fractions: %v", err)
	}
	if err := first(t, "teststring_6.1_SOL2.mat").ReadUint8(got[:9]); err == nil {
		t.Fatal("letters are read as numbers")
	}
}

// TestRefuses changes bytes of a file: the only variable begins at byte 128.
func TestRefuses(t *testing.T) {
	good := readFile(t, "test3dmatrix_6.1_SOL2.mat")
	with := func(at int, b ...byte) []byte {
		data := bytes.Clone(good)
		copy(data[at:], b)
		return data
	}
	packed := readFile(t, "test3dmatrix_7.1_GLNX86.mat")
	flipped := bytes.Clone(packed)
	flipped[len(flipped)-1] ^= 1
	hdf5 := append([]byte("MATLAB 7.3 MAT-file"), make([]byte, 600)...)
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"level 4", readFile(t, "testdouble_4.2c_SOL2.mat"), "the header is incomplete"},
		{"version 7.3", hdf5, "version 7.3 (HDF5)"},
		{"no mark", with(126, 'X', 'Y'), "not a MAT-file of level 5"},
		{"version", with(124, 2, 0), "version 0x0200"},
		{"cut", good[:len(good)-1], "unexpected EOF"},
		{"cut in a tag", append(bytes.Clone(good), 0, 0, 0), "unexpected EOF"},
		{"packed, cut", packed[:len(packed)-9], "unexpected EOF"},
		{"packed, checksum", flipped, "checksum"},
		{"type", with(131, 6), "type 6"},
		{"negative dimension", with(160, 0xff, 0xff, 0xff, 0xff), "beyond the limits"},
		{"giant dimensions", with(160, 0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff), "beyond the limits"},
		{"other dimensions", with(160, 0, 0, 0, 9), "for the dimensions [9 3 4]"},
		{"long name", with(180, 0x7f), "name: an element is longer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := reader(tt.data)
			for err == nil {
				_, err = r.Next()
			}
			if err == io.EOF || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("%v; want %q", err, tt.want)
			}
		})
	}
}

// FuzzReader: any bytes are read to their end or refused, with constant memory.
func FuzzReader(f *testing.F) {
	files, err := filepath.Glob("testdata/*.mat")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		f.Add(readFile(f, filepath.Base(file)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := reader(data)
		for n := 0; err == nil; n++ {
			var a *Array
			if a, err = r.Next(); err == nil && n%3 < 2 {
				_ = describe(a)
			}
			if n > len(data) {
				t.Fatal("there is no end")
			}
		}
	})
}
