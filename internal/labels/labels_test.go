package labels

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"repbench/internal/npy"
)

func TestCount(t *testing.T) {
	for _, c := range []struct {
		name string
		y    []int64
		want int
		says string
	}{
		{"good", []int64{2, 0, 1, 1}, 3, ""},
		{"none", nil, 0, ""},
		{"one class", []int64{0, 0}, 1, ""},
		{"huge", []int64{0, 1, 1_000_000_000, 0}, 0, "labels must be 0 … K-1; these are 3 values up to 1000000000: use np.unique(y, return_inverse=True)[1]"},
		{"WordNet", []int64{0, 1, 15_075_141, 0}, 0, "labels must be 0 … K-1; these are 3 values up to 15075141: use np.unique(y, return_inverse=True)[1]"},
		{"gap", []int64{0, 2, 3, 0, 2, 3}, 0, "these are 3 values up to 3: use np.unique(y, return_inverse=True)[1]"},
		{"gap above", []int64{0, 4}, 0, "these are 2 values up to 4: use np.unique"},
		{"from 1", []int64{1, 2, 3, 3}, 0, "these are 1 … 3: use y - 1"},
		{"from 1 with a gap", []int64{1, 3, 3}, 0, "these are 2 values up to 3: use np.unique"},
		{"signs", []int64{-1, 1, 1}, 0, "these are 2 values from -1 to 1: use np.unique"},
		{"no class", []int64{0, 1, -1, 1}, 0, "row 2 has -1: leave out the rows without a class, x[y >= 0] and y[y >= 0]"},
		{"one value", []int64{7}, 0, "these are 1 value up to 7"},
		{"largest", []int64{0, math.MaxInt64, math.MinInt64}, 0, "3 values from -9223372036854775808 to 9223372036854775807"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Count(c.y)
			if got != c.want {
				t.Errorf("%d classes, want %d", got, c.want)
			}
			says(t, err, c.says)
		})
	}
}

// TestCountMemory: the memory of Count depends only on the number of labels.
func TestCountMemory(t *testing.T) {
	y := make([]int32, 150)
	y[7] = 1_000_000_000
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := Count(y); err == nil {
		t.Fatal("no error")
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 1<<20 {
		t.Errorf("%d bytes for 150 labels", took)
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		name string
		y    []int32
		says string
	}{
		{"good", []int32{2, 2}, ""},
		{"none", nil, ""},
		{"beyond", []int32{0, 9}, "label 9 of row 1, with 3 classes: the labels of all splits are 0 … 2; leave out the rows of other classes, or number all splits alike"},
		{"negative", []int32{-2}, "label -2 of row 0"},
		{"from 1", []int32{1, 2, 3}, "label 3 of row 2, with 3 classes: the labels of all splits are 0 … 2; these are 1 … 3: use y - 1"},
	} {
		t.Run(c.name, func(t *testing.T) { says(t, Within(c.y, 3), c.says) })
	}
}

// save writes a NumPy file with the given header and data.
func save(t *testing.T, descr, shape string, data []byte) string {
	t.Helper()
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n", descr, shape)
	b := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(header)))
	path := filepath.Join(t.TempDir(), "y.npy")
	if err := os.WriteFile(path, append(append(b, header...), data...), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		descr, shape, data string
		want               []int32
	}{
		{"|b1", "(2,)", "\x00\x01", []int32{0, 1}},
		{"|u1", "(2,)", "\x00\xff", []int32{0, 255}},
		{"|i1", "(2,)", "\x00\xff", []int32{0, -1}},
		{"<u2", "(2, 1)", "\x00\x00\x00\xff", []int32{0, 0xff00}},
		{"<i2", "(1, 2)", "\x02\x00\xff\xff", []int32{2, -1}},
		{"<u4", "(1,)", "\x02\x01\x00\x00", []int32{258}},
		{"<i4", "(1, 1)", "\xff\xff\xff\xff", []int32{-1}},
		{"<u8", "(2,)", "\x03\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00", []int32{3, 256}},
		{"<i8", "(1,)", "\xfe\xff\xff\xff\xff\xff\xff\xff", []int32{-2}},
		{"<i8", "(0,)", "", []int32{}},
	} {
		t.Run(c.descr+c.shape, func(t *testing.T) {
			if got, err := Read(save(t, c.descr, c.shape, []byte(c.data))); err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%v, %v; want %v", got, err, c.want)
			}
		})
	}
}

func TestReadErrors(t *testing.T) {
	for _, c := range []struct{ name, descr, shape, data, says string }{
		{"text", "<U1", "(1,)", "a\x00\x00\x00", `holds labels as text (dtype "<U1"), want numbers 0 … K-1: with y = np.load(file, allow_pickle=True).astype(str) use np.unique(y, return_inverse=True)[1]`},
		{"bytes", "|S1", "(1,)", "a", "np.unique"},
		{"objects", "|O", "(1,)", "x", "np.unique"},
		{"floats", "<f8", "(1,)", "12345678", "holds float64 where whole numbers are wanted; where (a % 1 == 0).all() save it again with a.astype('int64'), else with np.unique(a, return_inverse=True)[1], and rows with a 1 at their class with a.argmax(axis=1)"},
		{"complex", "<c8", "(1,)", "12345678", "labels with np.unique(a, return_inverse=True)[1]"},
		{"one-hot", "|u1", "(2, 2)", "\x00\x01\x01\x00", "has shape [2 2], want one label per row: of rows with a 1 at their class take y.argmax(axis=1)"},
		{"scalar", "|u1", "()", "\x00", "want one label per row"},
		{"beyond int32", "<i8", "(1,)", "\x00\x00\x00\x00\x00\x01\x00\x00", "1 value up to 1099511627776: use np.unique"},
		{"beyond int64", "<u8", "(1,)", "\xff\xff\xff\xff\xff\xff\xff\xff", "element 0 is 18446744073709551615, larger than an int64 can be: labels must be 0 … K-1: use np.unique"},
		{"cut", "<i8", "(2,)", "12345678", "truncated"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(save(t, c.descr, c.shape, []byte(c.data)))
			says(t, err, c.says)
			if err != nil && !strings.Contains(err.Error(), "y.npy") {
				t.Errorf("error %q does not name the file", err)
			}
		})
	}
	if _, err := Read(filepath.Join(t.TempDir(), "absent.npy")); err == nil {
		t.Errorf("absent: %v", err)
	}
}

// FuzzRead: labels of any file are read or refused, and if Count accepts them, every class has
// a row.
func FuzzRead(f *testing.F) {
	f.Add("<i8", "(1,)", []byte("12345678"))
	f.Add("|b1", "(2, 1)", []byte{0, 1})
	f.Add("<U1", "(1,)", []byte("a\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, descr, shape string, data []byte) {
		if len(descr)+len(shape) > 1000 {
			return
		}
		y, err := Read(save(t, descr, shape, data))
		if err != nil {
			return
		}
		n, err := Count(y)
		if err != nil {
			return
		}
		if values := slices.Compact(slices.Sorted(slices.Values(y))); len(values) != n || Within(y, n) != nil {
			t.Errorf("%d classes of %v", n, values)
		}
	})
}

// says fails unless the error contains the text, or is nil if the text is empty.
func says(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("error %v, want %q", err, want)
	}
}

// TestOwnFiles: label files of this program are read as before.
func TestOwnFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "y.npy")
	if err := npy.Write(path, []int{3}, []int32{2, 0, 1}); err != nil {
		t.Fatal(err)
	}
	if got, err := Read(path); err != nil || !slices.Equal(got, []int32{2, 0, 1}) {
		t.Errorf("%v, %v", got, err)
	}
}
