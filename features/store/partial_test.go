package store

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"repbench/internal/npy"
	"repbench/internal/testcheck"
)

// randomRows are n×d values that float16 holds exactly: multiples of 1/8 below 128.
func randomRows(rng *rand.Rand, n, d int) []float32 {
	rows := make([]float32, n*d)
	for i := range rows {
		rows[i] = float32(rng.IntN(2048)-1024) / 8
	}
	return rows
}

// writePartial writes rows of d columns in one call.
func writePartial(t *testing.T, path string, dtype npy.DType, n, d, done int, rows []float32) *PartialMatrix {
	t.Helper()
	g, err := OpenPartial(path, dtype, n, d, done)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	if err := g.Write(rows); err != nil {
		t.Fatal(err)
	}
	return g
}

// However a matrix is cut into calls and processes, its file has the bytes of one that is
// written whole.
func TestPartialInPieces(t *testing.T) {
	const seeds = 20
	for seed := range uint64(seeds) {
		rng := rand.New(rand.NewPCG(seed, 1))
		n, d := 1+rng.IntN(9), 1+rng.IntN(5)
		rows := randomRows(rng, n, d)
		dir := t.TempDir()
		for _, dtype := range []npy.DType{npy.Float32, npy.Float16} {
			path := filepath.Join(dir, dtype.String()+".npy")
			for done := 0; done < n; {
				g, err := OpenPartial(path, dtype, n, d, done)
				if err != nil {
					t.Fatal(err)
				}
				for range 2 {
					next := min(n, done+rng.IntN(4))
					if err := g.Write(rows[done*d : next*d]); err != nil {
						t.Fatal(err)
					}
					done = next
				}
				if g.Rows != done {
					t.Fatalf("seed %d: %d rows are counted, %d were written", seed, g.Rows, done)
				}
				if done < n {
					g.Close()
					continue
				}
				if err := g.Commit(); err != nil {
					t.Fatal(err)
				}
			}
			whole := filepath.Join(dir, "whole.npy")
			writeWhole(t, whole, dtype, n, d, rows)
			want, _ := os.ReadFile(whole)
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
				t.Errorf("seed %d: %s %d×%d in pieces differs from one piece (%v)", seed, dtype, n, d, err)
			}
		}
	}
}

// writeWhole writes a matrix by package npy, the oracle.
func writeWhole(t *testing.T, path string, dtype npy.DType, n, d int, rows []float32) {
	t.Helper()
	err := error(nil)
	if dtype == npy.Float32 {
		err = npy.Write(path, []int{n, d}, rows)
	} else {
		half := make([]uint16, len(rows))
		for i, v := range rows {
			half[i] = npy.Float32ToFloat16(v)
		}
		err = npy.Write(path, []int{n, d}, half)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// What a killed process wrote beyond the rows that are known to be whole is overwritten.
func TestPartialAfterAKill(t *testing.T) {
	for _, tt := range []struct {
		name string
		done int
		tail []float32 // written after the rows that are known
	}{
		{"two rows and a part", 2, []float32{9, 9, 9, 9}},
		{"a row, and none is known", 0, []float32{9, 9}},
		{"a part of a row", 3, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.npy")
			rows := []float32{1, 2, 3, 4, 5, 6, 7, 8}
			first := writePartial(t, path, npy.Float32, 4, 2, 0, append(slices.Clone(rows[:2*tt.done]), tt.tail...))
			if err := first.Sync(); err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(path+".part", os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write([]byte{1, 2, 3}); err != nil {
				t.Fatal(err)
			}
			f.Close()
			if err := writePartial(t, path, npy.Float32, 4, 2, tt.done, rows[2*tt.done:]).Commit(); err != nil {
				t.Fatal(err)
			}
			shape, got, err := npy.Read[float32](path)
			if err != nil || !slices.Equal(shape, []int{4, 2}) || !slices.Equal(got, rows) {
				t.Errorf("read %v of shape %v (%v), want %v", got, shape, err, rows)
			}
		})
	}
}

// Before Commit the file has its temporary name only, after it the final one only.
func TestPartialNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.npy")
	g := writePartial(t, path, npy.Float32, 1, 2, 0, []float32{1, 2})
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before Commit the final name exists (%v)", err)
	}
	if err := g.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".part"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after Commit the temporary name exists (%v)", err)
	}
	if _, err := npy.ReadHeader(path); err != nil {
		t.Error(err)
	}
}

// A file whose rows are missing is not given its name as if it were whole.
func TestPartialUnfinishedIsNotWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.npy")
	if err := writePartial(t, path, npy.Float32, 3, 2, 0, []float32{1, 2, 3, 4}).Commit(); err != nil {
		t.Fatal(err)
	}
	_, err := npy.ReadHeader(path)
	testcheck.Error(t, err, nil, "x.npy", "truncated: 16 of 24 data bytes")
}

func TestPartialErrors(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, tt := range []struct {
		name  string
		dtype npy.DType
		rows  []float32
		want  []string
	}{
		{"not a number", npy.Float32, []float32{1, 2, 3, 4, nan, 6}, []string{"row 2, column 1", "NaN"}},
		{"infinite", npy.Float32, []float32{1, 2, inf}, []string{"row 1, column 2", "+Inf"}},
		{"infinite as float16", npy.Float16, []float32{-inf, 2, 3}, []string{"row 1, column 0", "-Inf"}},
		{"beyond float16", npy.Float16, []float32{1, 65520, 3}, []string{"row 1, column 1", "65520 does not fit float16; write float32"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.npy")
			g := writePartial(t, path, tt.dtype, 3, 3, 0, []float32{7, 8, 9})
			testcheck.Error(t, g.Write(tt.rows), nil, append(tt.want, path)...)
			if g.Rows != 1 {
				t.Errorf("%d rows are counted after the error, want the 1 before it", g.Rows)
			}
			// The rows before the error are whole and nothing of the refused ones is there.
			want := int64(len(npy.EncodeHeader(tt.dtype, []int{3, 3}))) + int64(3*tt.dtype.Size())
			if info, err := os.Stat(path + ".part"); err != nil || info.Size() != want {
				t.Errorf("the file has %v bytes (%v), want %d", info.Size(), err, want)
			}
		})
	}
	t.Run("largest of float16", func(t *testing.T) {
		// 65519 rounds to 65504, the largest finite value; 65520 is the first that does not.
		writePartial(t, filepath.Join(t.TempDir(), "x.npy"), npy.Float16, 1, 2, 0, []float32{65519, -65519})
	})
	t.Run("no folder", func(t *testing.T) {
		_, err := OpenPartial(filepath.Join(t.TempDir(), "none", "x.npy"), npy.Float32, 1, 1, 0)
		testcheck.Error(t, err, fs.ErrNotExist, "x.npy.part")
	})
	t.Run("closed", func(t *testing.T) {
		g := writePartial(t, filepath.Join(t.TempDir(), "x.npy"), npy.Float32, 2, 1, 0, []float32{1})
		g.Close()
		testcheck.Error(t, g.Write([]float32{2}), fs.ErrClosed, "write", "x.npy.part")
		if g.Rows != 1 {
			t.Errorf("a row that was not written is counted: %d", g.Rows)
		}
	})
}

// HasRows is true up to the number of rows that the file holds whole.
func TestHasRows(t *testing.T) {
	for _, dtype := range []npy.DType{npy.Float32, npy.Float16} {
		path := filepath.Join(t.TempDir(), "x.npy")
		if HasRows(path, dtype, 5, 3, 0) {
			t.Errorf("%s: a file that is not there has 0 rows", dtype)
		}
		g := writePartial(t, path, dtype, 5, 3, 0, make([]float32, 3*3))
		for done := range 6 {
			if got, want := HasRows(path, dtype, 5, 3, done), done <= 3; got != want {
				t.Errorf("%s: of 3 rows, %d are there: %v", dtype, done, got)
			}
		}
		info, err := os.Stat(path + ".part")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path+".part", info.Size()-1); err != nil {
			t.Fatal(err)
		}
		if HasRows(path, dtype, 5, 3, 3) || !HasRows(path, dtype, 5, 3, 2) {
			t.Errorf("%s: a byte less than 3 rows is not 2 rows", dtype)
		}
		if err := g.Commit(); err != nil {
			t.Fatal(err)
		}
		if HasRows(path, dtype, 5, 3, 0) {
			t.Errorf("%s: rows are left under the temporary name after Commit", dtype)
		}
	}
}
