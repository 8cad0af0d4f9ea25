package datasets

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"repbench/datasets/internal/content"
	"repbench/datasets/internal/datatest"
	"repbench/internal/npy"
	"repbench/internal/testenv"
)

// matArray encodes an array of bytes as in a MAT-file.
func matArray(order binary.ByteOrder, name string, dims []int, data []byte) []byte {
	element := func(typ int, body []byte) []byte {
		var b bytes.Buffer
		for _, v := range []uint32{uint32(typ), uint32(len(body))} {
			_ = binary.Write(&b, order, v)
		}
		b.Write(body)
		b.Write(make([]byte, (8-len(body)%8)%8))
		return b.Bytes()
	}
	words := func(v ...int) []byte {
		var b bytes.Buffer
		for _, x := range v {
			_ = binary.Write(&b, order, uint32(x))
		}
		return b.Bytes()
	}
	const classUint8 = 9
	body := slices.Concat(element(6, words(classUint8, 0)), element(5, words(dims...)), element(1, []byte(name)), element(2, data))
	return element(14, body)
}

// matFile writes variables into a file, compressed or not.
func matFile(order binary.ByteOrder, packed bool, variables ...[]byte) []byte {
	h := make([]byte, 128)
	copy(h, "MATLAB 5.0 MAT-file, of a test")
	order.PutUint16(h[124:], 0x0100)
	order.PutUint16(h[126:], 0x4d49)
	for _, v := range variables {
		if packed {
			var b bytes.Buffer
			z := zlib.NewWriter(&b)
			if _, err := z.Write(v); err != nil {
				panic(err)
			}
			if err := z.Close(); err != nil {
				panic(err)
			}
			v = make([]byte, 8, 8+b.Len())
			order.PutUint32(v, 15)
			order.PutUint32(v[4:], uint32(b.Len()))
			v = append(v, b.Bytes()...)
		}
		h = append(h, v...)
	}
	return h
}

// svhnPixel is the formula of testdata/svhn/make.py.
func svhnPixel(n, y, x, c int) uint8 { return uint8(50*n + 3*y + 2*x + 40*c) }

// svhnBytes returns the bytes of n images of that formula, in MATLAB's order.
func svhnBytes(n int) []byte {
	data := make([]byte, 0, n*svhnImage)
	for i := range n {
		for c := range 3 {
			for x := range svhnSide {
				for y := range svhnSide {
					data = append(data, svhnPixel(i, y, x, c))
				}
			}
		}
	}
	return data
}

func wantSVHN(t *testing.T, s *Split, n int) {
	t.Helper()
	if s.Images.N != n || s.Images.H != 32 || s.Images.W != 32 || s.Images.C != 3 {
		t.Fatalf("%d images of %d×%d×%d", s.Images.N, s.Images.H, s.Images.W, s.Images.C)
	}
	for i := range n {
		if want := int32((9 + i) % 10); s.Labels[i] != want {
			t.Fatalf("image %d: label %d, want %d", i, s.Labels[i], want)
		}
		for y := range 32 {
			for x := range 32 {
				for c := range 3 {
					if got, want := s.Images.At(i)[(32*y+x)*3+c], svhnPixel(i, y, x, c); got != want {
						t.Fatalf("image %d, row %d, column %d, channel %d: %d, want %d", i, y, x, c, got, want)
					}
				}
			}
		}
	}
}

// TestSVHNFromSciPy reads files written by SciPy, see testdata/svhn/make.py.
func TestSVHNFromSciPy(t *testing.T) {
	for name, n := range map[string]int{
		"compressed": 3, "double_labels": 3, "labels_first": 3, "others_first": 3, "double_images": 3, "one": 1, "plain": 1,
	} {
		t.Run(name, func(t *testing.T) {
			d := mustOpen(t, "svhn="+filepath.Join("testdata", "svhn", name+".mat"), Options{})
			wantSVHN(t, d.Splits[0], n)
			if len(d.Splits) != 1 || d.Splits[0].Name != Train || d.Splits[0].IDs[0] != name+".mat:0" {
				t.Fatalf("%d splits, %s, %v", len(d.Splits), d.Splits[0].Name, d.Splits[0].IDs)
			}
		})
	}
}

// TestSVHNGolden compares with the arrays that SciPy reads from the same files.
func TestSVHNGolden(t *testing.T) {
	shape, pixels, err := npy.Read[uint8](testenv.Path(t, "golden", "svhn_mat", "x_hwcn.npy"))
	if err != nil {
		t.Fatal(err)
	}
	_, labels, err := npy.Read[uint8](testenv.Path(t, "golden", "svhn_mat", "y.npy"))
	if err != nil {
		t.Fatal(err)
	}
	n := shape[3]
	for _, name := range []string{"plain", "compressed", "double_labels", "extra_variables"} {
		t.Run(name, func(t *testing.T) {
			s := mustOpen(t, "svhn="+testenv.Path(t, "golden", "svhn_mat", name+"_32x32.mat"), Options{}).Splits[0]
			if s.Images.N != n {
				t.Fatalf("%d images", s.Images.N)
			}
			for i := range n {
				if s.Labels[i] != int32(labels[i])-1 {
					t.Fatalf("image %d: label %d for %d in the file", i, s.Labels[i], labels[i])
				}
				for p := range svhnImage {
					if s.Images.At(i)[p] != pixels[p*n+i] {
						t.Fatalf("image %d, byte %d: %d, want %d", i, p, s.Images.At(i)[p], pixels[p*n+i])
					}
				}
			}
		})
	}
}

// svhnFolder returns a folder with a file per split, with the given numbers of images.
func svhnFolder(t *testing.T, counts map[string]int) string {
	var files []datatest.File
	for split, n := range counts {
		labels := make([]byte, n)
		for i := range labels {
			labels[i] = byte(1 + (9+i)%10)
		}
		files = append(files, datatest.File{Name: split + "_32x32.mat", Body: matFile(binary.BigEndian, true,
			matArray(binary.BigEndian, "X", []int{32, 32, 3, n}, svhnBytes(n)), matArray(binary.BigEndian, "y", []int{n, 1}, labels))})
	}
	return datatest.Unpack(t, files...)
}

// TestSVHNFolder reads big-endian files; the file of the extra images may be absent.
func TestSVHNFolder(t *testing.T) {
	all := mustOpen(t, "svhn="+svhnFolder(t, map[string]int{Train: 12, Test: 3, Extra: 5}), Options{})
	var got []string
	for _, s := range all.Splits {
		got = append(got, fmt.Sprint(s.Name, s.Images.N, s.IDs[1]))
		wantSVHN(t, s, s.Images.N)
	}
	if want := "[train12train_32x32.mat:1 test3test_32x32.mat:1 extra5extra_32x32.mat:1]"; fmt.Sprint(got) != want {
		t.Fatalf("got %v, want %v", got, want)
	}
	if all.Classes[0] != "1" || all.Classes[9] != "0" {
		t.Fatalf("classes %v: label 9 is the digit 0", all.Classes)
	}
	two := svhnFolder(t, map[string]int{Train: 1, Test: 2})
	if d := mustOpen(t, "svhn="+two, Options{}); len(d.Splits) != 2 {
		t.Fatalf("%d splits", len(d.Splits))
	}
	_, err := Open(context.Background(), "svhn:extra="+two, Options{})
	datatest.WantError(t, err, two, "extra_32x32.mat is missing")
	_, err = Open(context.Background(), "svhn="+svhnFolder(t, map[string]int{Train: 1}), Options{})
	datatest.WantError(t, err, "test_32x32.mat is missing")
}

func TestSVHNErrors(t *testing.T) {
	le := binary.LittleEndian
	x := matArray(le, "X", []int{32, 32, 3, 2}, svhnBytes(2))
	y := matArray(le, "y", []int{2, 1}, []byte{10, 1})
	tests := []struct {
		name string
		data []byte
		o    Options
		want []string
	}{
		{"no X", matFile(le, true, y), Options{}, []string{"no variable X"}},
		{"no y", matFile(le, true, x), Options{}, []string{"no variable y"}},
		{"X twice", matFile(le, true, x, x), Options{}, []string{"X: it comes twice"}},
		{"counts", matFile(le, false, x, matArray(le, "y", []int{1, 1}, []byte{1})), Options{}, []string{"1 labels (y) for 2 images (X)"}},
		{"grey", matFile(le, false, matArray(le, "X", []int{32, 32, 2}, make([]byte, 2048))), Options{}, []string{"[32 32 2]", "32×32×3×N"}},
		{"label 0", matFile(le, false, x, matArray(le, "y", []int{2, 1}, []byte{1, 0})), Options{}, []string{"record 1: the label is 0", "10 for the digit 0"}},
		{"label 11", matFile(le, true, x, matArray(le, "y", []int{2, 1}, []byte{11, 1})), Options{}, []string{"record 0: the label is 11"}},
		{"square y", matFile(le, true, matArray(le, "y", []int{2, 2}, []byte{1, 2, 3, 4})), Options{}, []string{"[2 2]", "N×1"}},
		{"too large", matFile(le, true, x, y), Options{MaxBytes: 5000}, []string{"limit of 0 MB"}},
		{"too many labels", matFile(le, true, y, x), Options{MaxBytes: 5000}, []string{"2 labels are more"}},
		{"giant claim", matFile(le, false, matArray(le, "X", []int{32, 32, 3, 1 << 20}, nil)), Options{}, []string{"0 bytes of values"}},
		{"cut", matFile(le, false, x, y)[:5000], Options{}, []string{"truncated"}},
		{"packed and cut", matFile(le, true, x)[:300], Options{}, []string{"truncated"}},
		{"no MAT-file", bytes.Repeat([]byte("text "), 100), Options{}, []string{"not a MAT-file"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := datatest.Write(t, "train_32x32.mat", tt.data)
			_, err := Open(context.Background(), "svhn="+path, tt.o)
			var content *content.Error
			if !errors.As(err, &content) {
				t.Fatalf("%v is no ContentError", err)
			}
			datatest.WantError(t, err, append(tt.want, path)...)
		})
	}
	_, err := Open(context.Background(), "svhn=/no/such/place", Options{})
	if !errors.Is(err, content.ErrMissing) {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ctx, "svhn="+svhnFolder(t, map[string]int{Train: 1, Test: 1}), Options{}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// TestSVHNMemory: except for pixels, labels and names, reading needs no memory that grows with
// the file. The 1.3 GB file of the extra images must fit.
func TestSVHNMemory(t *testing.T) {
	const n = 3000
	labels := bytes.Repeat([]byte{1}, n)
	data := matFile(binary.LittleEndian, true,
		matArray(binary.LittleEndian, "X", []int{32, 32, 3, n}, make([]byte, n*svhnImage)), matArray(binary.LittleEndian, "y", []int{n, 1}, labels))
	path := datatest.Write(t, "train_32x32.mat", data)
	o, err := Options{}.resolve()
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s, err := readSVHN(context.Background(), path, Train, o.MaxBytes, o)
	runtime.ReadMemStats(&after)
	if err != nil || s.Images.N != n {
		t.Fatal(err)
	}
	const constant = 2 << 20 // a buffer of 1 MB, and the inflater
	if got := int64(after.TotalAlloc - before.TotalAlloc); got > n*(svhnImage+100)+constant {
		t.Fatalf("%d bytes were allocated for %d bytes of pixels", got, n*svhnImage)
	}
}

// FuzzSVHN: any MAT-file gives a consistent split or an error.
func FuzzSVHN(f *testing.F) {
	for _, name := range []string{"compressed", "double_labels", "others_first", "one"} {
		data, err := os.ReadFile(filepath.Join("testdata", "svhn", name+".mat"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	le := binary.LittleEndian
	f.Add(matFile(le, false, matArray(le, "y", []int{1, 1}, []byte{3}), matArray(le, "X", []int{32, 32, 3}, svhnBytes(1))))
	f.Add(matFile(le, false, matArray(le, "X", []int{32, 32, 3, 1 << 30}, nil)))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := parseSVHN(bytes.NewReader(data), int64(len(data)), fuzzBytes)
		if err != nil {
			return
		}
		s.IDs = make([]string, s.Images.N)
		if err := s.check(svhnClasses); err != nil {
			t.Fatal(err)
		}
	})
}
