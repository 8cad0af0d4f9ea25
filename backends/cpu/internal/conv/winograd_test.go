package conv

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"repbench/backends/cpu/internal/matmul"
	"repbench/backends/cpu/internal/pool"
	"repbench/internal/memory"
	"repbench/internal/simd"
)

// winogradForms are images, odd and even, with and without padding, and channels.
var winogradForms = []struct {
	batch, in, out int
	height, width  Axis
}{
	{2, 32, 48, axis(8, 3, 1, 1, 1), axis(10, 3, 1, 1, 1)},
	{5, 64, 32, axis(7, 3, 1, 1, 1), axis(7, 3, 1, 1, 1)},
	{1, 48, 32, axis(9, 3, 1, 1, 0), axis(12, 3, 1, 1, 0)},
	{1, 32, 32, axis(61, 3, 1, 1, 1), axis(30, 3, 1, 1, 2)},
	{1, 512, 32, axis(6, 3, 1, 1, 1), axis(5, 3, 1, 1, 1)},
	{1, 544, 80, axis(6, 3, 1, 1, 1), axis(5, 3, 1, 1, 1)},
}

// TestWinograd compares with sums in float64: every error is within the stated bound, and on
// random numbers the mean square is at most four times the plain sum's.
func TestWinograd(t *testing.T) {
	threads := pool.New(2)
	defer threads.Close()
	for _, tile := range tiles() {
		m := matmul.New(threads, tile)
		for i, f := range winogradForms {
			for _, reverse := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%d/%t", tile.ISA(), i, reverse), func(t *testing.T) {
					f.height.Reverse, f.width.Reverse = reverse, reverse
					p, sizes := grouped(f.batch, 1, f.in, f.out, f.height, f.width)
					checkWinograd(t, m, p, sizes)
				})
			}
		}
	}
}

func checkWinograd(t *testing.T, m *matmul.Multiplier, p Problem, sizes [3]int) {
	t.Helper()
	r := rand.New(rand.NewPCG(2, 2))
	x, w, y, plain := randomFloats(r, sizes[0]), randomFloats(r, sizes[1]), randomFloats(r, sizes[2]), randomFloats(r, sizes[2])
	plan, err := NewPlan(p, m.Tile())
	if err != nil {
		t.Fatal(err)
	}
	packed := plan.Pack(m, w)
	if packed.squares == nil || packed.Keeps() {
		t.Fatal("not planned as Winograd's form, which keeps none of the weights")
	}
	reported := memory.Floats(sizes[2])
	plan.RunPacked(m, y, x, packed, func(row, end, col, cols int) {
		for i := row; i < end; i++ {
			for j := col; j < col+cols; j++ {
				reported[i*p.OutChannels+j]++
			}
		}
	})
	plan.Run(m, plain, x, w)
	want, _ := oracle(p, x, w, sizes[2])
	bound := 81 * float64(p.InChannels*(p.InChannels+8)) * math.Pow(2, -24)
	var square, plainSquare float64
	for i, v := range want {
		e, plainError := float64(y[i])-v, float64(plain[i])-v
		if !(math.Abs(e) <= bound) {
			t.Fatalf("element %d is %g, want %g", i, y[i], v)
		}
		if reported[i] != 1 {
			t.Fatalf("element %d was reported %g times", i, reported[i])
		}
		square, plainSquare = square+e*e, plainSquare+plainError*plainError
	}
	if square > 4*plainSquare {
		t.Errorf("the mean square of the error is %g times the plain sum's", square/plainSquare)
	}
}

func TestWinogradThreadsDoNotChangeBits(t *testing.T) {
	p, sizes := grouped(3, 1, 64, 48, axis(15, 3, 1, 1, 1), axis(15, 3, 1, 1, 1))
	r := rand.New(rand.NewPCG(3, 3))
	x, w := randomFloats(r, sizes[0]), randomFloats(r, sizes[1])
	var want []float32
	for _, n := range []int{1, 2, 5} {
		threads := pool.New(n)
		m := matmul.New(threads, simd.MatrixTile())
		plan, err := NewPlan(p, m.Tile())
		if err != nil {
			t.Fatal(err)
		}
		y := make([]float32, sizes[2])
		plan.RunPacked(m, y, x, plan.Pack(m, w), nil)
		threads.Close()
		if want == nil {
			want = y
		}
		if !slices.Equal(y, want) {
			t.Errorf("%d threads give other bits than one", n)
		}
	}
}
