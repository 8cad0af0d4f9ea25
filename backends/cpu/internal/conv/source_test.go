package conv

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"repbench/backends/cpu/internal/matmul"
	"repbench/backends/cpu/internal/pool"
	"repbench/internal/memory"
)

// loadForms are convolutions of every form, and products as deep as several pieces.
var loadForms = []struct {
	groups, in, out int // channels of a group
	height, width   Axis
}{
	{1, 3, 40, axis(9, 7, 2, 1, 3), axis(9, 7, 2, 1, 3)},       // direct, a kernel of many cells
	{1, 64, 70, axis(6, 1, 1, 1, 0), axis(5, 1, 1, 1, 0)},      // one cell
	{1, 5000, 33, axis(1, 1, 1, 1, 0), axis(3, 1, 1, 1, 0)},    // deeper than a piece
	{1, 600, 32, axis(4, 3, 2, 1, 1), axis(4, 3, 2, 1, 1)},     // the same with nine cells
	{1, 7, 1000, axis(1, 1, 1, 1, 0), axis(3, 1, 1, 1, 0)},     // wide
	{1, 64, 80, axis(8, 3, 1, 1, 1), axis(9, 3, 1, 1, 1)},      // Winograd
	{1, 512, 64, axis(6, 3, 1, 1, 1), axis(6, 3, 1, 1, 1)},     // Winograd in several pieces
	{32, 1, 1, axis(8, 3, 1, 1, 1), axis(8, 3, 1, 1, 1)},       // depthwise
	{32, 4, 4, axis(8, 3, 1, 1, 1), axis(8, 3, 1, 1, 1)},       // merged groups
	{2, 20, 48, axis(8, 3, 2, 1, 1), axis(8, 3, 2, 1, 1)},      // groups
	{1, 16, 3, axis(8, 4, 1, 1, 1), axis(8, 4, 1, 1, 1)},       // scatter
	{1, 2, 24, axis(7, 300, 1, 1, 150), axis(7, 20, 1, 1, 10)}, // more cells than a piece holds
}

// Weights that are read from a source are packed as weights in memory are, whatever their order.
func TestLoad(t *testing.T) {
	threads := pool.New(2)
	defer threads.Close()
	for _, tile := range tiles() {
		m := matmul.New(threads, tile)
		for i, f := range loadForms {
			for _, order := range []string{"cbhw", "hwbc", "chwb", "bchw"} {
				for _, reverse := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s/%d/%s/%t", tile.ISA(), i, order, reverse), func(t *testing.T) {
						f.height.Reverse, f.width.Reverse = reverse, reverse
						p, sizes := grouped(1, f.groups, f.in, f.out, f.height, f.width)
						checkLoad(t, m, p, sizes[1], order)
					})
				}
			}
		}
	}
}

func checkLoad(t *testing.T, m *matmul.Multiplier, p Problem, size int, order string) {
	t.Helper()
	w := randomFloats(rand.New(rand.NewPCG(5, 5)), size)
	plan, err := NewPlan(p, m.Tile())
	if err != nil {
		t.Fatal(err)
	}
	src := Source{}
	in := p.InChannels / p.Groups
	src.Strides, _ = strides(order, in, p.Height.Kernel, p.Width.Kernel, p.OutChannels)
	stored := make([]float32, size)
	for r := range p.Height.Kernel {
		for s := range p.Width.Kernel {
			for i := range in {
				for o := range p.OutChannels {
					at := func(s Strides, r, c int) int { return r*s.Height + c*s.Width + i*s.Batch + o*s.Channels }
					stored[at(src.Strides, r, s)] = w[at(p.W, r, s)]
				}
			}
		}
	}
	var read atomic.Int64
	src.Read = func(dst []float32, from int) error {
		read.Add(int64(copy(dst, stored[from:from+len(dst)])))
		return nil
	}
	got, err := load(m, plan, src)
	if err != nil {
		t.Fatal(err)
	}
	want := plan.Pack(m, w)
	if !slices.Equal(got.w, want.w) || !slices.Equal(got.panels, want.panels) || !slices.Equal(got.squares, want.squares) {
		t.Error("the packed weights differ")
	}
	if read.Load() != int64(size) {
		t.Errorf("%d values were read, there are %d", read.Load(), size)
	}
	broken := errors.New("broken")
	src.Read = func([]float32, int) error { return broken }
	if _, err := load(m, plan, src); !errors.Is(err, broken) {
		t.Errorf("error %v, want the source's", err)
	}
}

// load runs the tasks of Load on all threads.
func load(m *matmul.Multiplier, plan *Plan, src Source) (*Packed, error) {
	p, tasks, err := plan.Load(m, src, func(n int) ([]float32, error) { return memory.Floats(n), nil })
	if err != nil {
		return nil, err
	}
	errs := make([]error, len(tasks))
	m.Pool().Run(len(tasks), func(i int) { errs[i] = tasks[i]() })
	return p, errors.Join(errs...)
}
