package passes

import (
	"context"
	"fmt"
	"math"
	"testing"

	"repbench/backends/backendtest"
	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
	"repbench/internal/testenv"
)

// memoryFor returns the device memory for blocks of that many rows of a matrix
// that is sent there once, or for the smallest blocks and nothing else.
func memoryFor(p matrixtest.Problem, rows int, once bool) int64 {
	m := &deviceMatrix{x: p.X, width: p.Classes, rows: rows}
	if once {
		return max(deviceBlockShare*m.blockBytes(rows), m.matrixBytes()+m.blockBytes(rows))
	}
	return m.blockBytes(devicePartRows)
}

// deviceBlocks are sizes of blocks that are sent once, and the smallest, sent at
// every pass.
var deviceBlocks = []struct {
	rows int
	once bool
}{{3 * devicePartRows, true}, {2 * devicePartRows, true}, {devicePartRows, true}, {devicePartRows, false}}

// TestDevicePass compares the passes of a device with the definition, in float64.
func TestDevicePass(t *testing.T) {
	testenv.NeedPortable(t)
	p := matrixtest.Blobs(300, 17, 3, 1, 70)
	wide := matrixtest.Blobs(300, 21, 3, 1, 70).X
	views := map[string]matrix.View{
		"all":            p.X,
		"columns":        wide.Cols(2, 19),
		"rows":           p.X.Subset([]int32{7, 7, 299, 0, 12}),
		"float16":        matrixtest.Half(p.X),
		"whole parts":    p.X.Rows(0, 2*devicePartRows),
		"a row too many": p.X.Rows(0, 2*devicePartRows+1),
		"a row too few":  p.X.Rows(0, 2*devicePartRows-1),
		"one row":        p.X.Rows(3, 4),
	}
	for _, backend := range backendtest.Names() {
		for name, x := range views {
			for _, b := range deviceBlocks {
				t.Run(fmt.Sprintf("%s/%s/rows=%d/once=%v", backend, name, b.rows, b.once), func(t *testing.T) {
					m := openMatrix(t, backend, matrixtest.Problem{X: x, Classes: 4}, b.rows, b.once)
					passAgrees[float64](t, m, 1e-12)
					passAgrees[float32](t, m, 1e-5) // 300 terms of relative error 6e-8
				})
			}
		}
	}
}

// openMatrix returns the matrix of p on a device, in blocks of at most rows rows.
func openMatrix(t *testing.T, backend string, p matrixtest.Problem, rows int, once bool) *deviceMatrix {
	t.Helper()
	d, err := DeviceOptions{Backend: backend, Memory: memoryFor(p, rows, once)}.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	m, err := newDeviceMatrix(context.Background(), d, p.X, p.Classes, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.free)
	if whole := (p.X.N + devicePartRows - 1) / devicePartRows * devicePartRows; m.rows != min(rows, whole) {
		t.Fatalf("blocks of %d rows, want %d", m.rows, min(rows, whole))
	}
	if (m.blocks != nil) != once {
		t.Fatalf("%d of %d blocks on the device, once %v", len(m.blocks), m.count(), once)
	}
	return m
}

// passAgrees makes a pass with two vectors, the weights those products above 1
// times the number of the row.
func passAgrees[T float32 | float64](t *testing.T, m *deviceMatrix, bound float64) {
	t.Helper()
	d := m.x.D
	w, out, want := vec.Dense(2, d+1), vec.Dense(2, d+1), vec.Dense(2, d+1)
	for k := range w {
		for j := range d + 1 {
			w[k][j] = float64(float32(math.Sin(float64(k*31 + j)))) // exact in both types
			out[k][j], want[k][j] = 5, 5                            // is added to
		}
	}
	seen := make([]int, m.x.N)
	err := Pass(context.Background(), m, w, out, func(part, lo, rows int, z []float64, s []T, stride int) {
		if lo/devicePartRows != part || part >= m.Parts() {
			t.Errorf("row %d in part %d of %d", lo, part, m.Parts())
		}
		for i := range rows {
			seen[lo+i]++
			for k := range w {
				exact := matrixtest.RowProduct(m.x, lo+i, w[k])
				if math.Abs(z[i*stride+k]-exact) > bound*float64(d) {
					t.Errorf("product of row %d with vector %d is %v, want %v", lo+i, k, z[i*stride+k], exact)
				}
				if s[i*stride+k] != 0 {
					t.Errorf("weight of row %d is %v before it was set", lo+i, s[i*stride+k])
				}
				s[i*stride+k] = T(weightOf(exact, lo+i))
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	var size float64
	for i := range m.x.N {
		if seen[i] != 1 {
			t.Fatalf("row %d was seen %d times", i, seen[i])
		}
		for k := range w {
			a := float64(T(weightOf(matrixtest.RowProduct(m.x, i, w[k]), i)))
			for j := range d {
				want[k][j] += a * float64(m.x.At(i, j))
				size = max(size, math.Abs(want[k][j]))
			}
			want[k][d] += a
		}
	}
	for k := range want {
		for j := range want[k] {
			if math.Abs(out[k][j]-want[k][j]) > bound*max(1, size) {
				t.Errorf("sum %d of vector %d is %v, want %v", j, k, out[k][j], want[k][j])
			}
		}
	}
}

func weightOf(z float64, row int) float64 {
	if z > 1 {
		return float64(row)
	}
	return 0
}
