package conv

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"repbench/backends/cpu/internal/matmul"
	"repbench/backends/cpu/internal/pool"
	"repbench/internal/simd"
)

// grouped returns a convolution of images [batch, side, side, channels] in groups, channels last,
// with the sizes of x, w and y.
func grouped(batch, groups, in, out int, height, width Axis) (Problem, [3]int) {
	p := Problem{Batch: batch, InChannels: groups * in, OutChannels: groups * out, Groups: groups, BatchGroups: 1, Height: height, Width: width}
	var sizes [3]int
	p.X, sizes[0] = strides("bhwc", batch, height.In, width.In, p.InChannels)
	p.W, sizes[1] = strides("hwbc", in, height.Kernel, width.Kernel, p.OutChannels)
	p.Y, sizes[2] = strides("bhwc", batch, height.Out, width.Out, p.OutChannels)
	return p, sizes
}

// axis returns the axis of a convolution with the same padding at both ends.
func axis(in, kernel, stride, dilation, padding int) Axis {
	a := Axis{In: in, Kernel: kernel, Stride: stride, InDilation: 1, KernelDilation: dilation, Padding: padding}
	a.Out = a.outSize(padding)
	return a
}

// depthwiseForms are windows of networks, and windows that reach over both ends of an image.
var depthwiseForms = [][2]Axis{
	{axis(9, 3, 1, 1, 1), axis(12, 3, 1, 1, 1)},
	{axis(9, 3, 2, 1, 1), axis(12, 3, 2, 1, 1)},
	{axis(14, 5, 1, 1, 2), axis(14, 5, 1, 1, 2)},
	{axis(14, 5, 2, 1, 2), axis(13, 5, 2, 1, 2)},
	{axis(7, 7, 1, 1, 3), axis(7, 7, 1, 1, 3)},
	{axis(15, 3, 1, 3, 3), axis(11, 3, 1, 2, 2)},
	{axis(2, 7, 1, 1, 3), axis(1, 7, 1, 1, 3)},
	{axis(1, 1, 1, 1, 0), axis(30, 9, 3, 1, 4)},
	{axis(4, 2, 3, 1, 4), axis(5, 2, 3, 2, 6)},
	{axis(9, 3, 1, 1, -1), axis(9, 3, 2, 1, -2)},
}

func TestDepthwise(t *testing.T) {
	threads := pool.New(2)
	defer threads.Close()
	for _, tile := range tiles() {
		m := matmul.New(threads, tile)
		for i, form := range depthwiseForms {
			for _, channels := range []int{2, 16, 24, 58, 130, 330} {
				for _, reverse := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s/%d/%d/%t", tile.ISA(), i, channels, reverse), func(t *testing.T) {
						h, w := form[0], form[1]
						h.Reverse, w.Reverse = reverse, reverse
						p, sizes := grouped(3, channels, 1, 1, h, w)
						if plan, err := NewPlan(p, tile); err != nil || plan.depthwise == nil {
							t.Fatalf("not planned as depthwise: %v", err)
						}
						check(t, m, rand.New(rand.NewPCG(1, 1)), p, sizes)
						checkPieces(t, m, p, sizes)
					})
				}
			}
		}
	}
}

// checkPieces checks that RunThen reports each result once.
func checkPieces(t *testing.T, m *matmul.Multiplier, p Problem, sizes [3]int) {
	t.Helper()
	plan, err := NewPlan(p, m.Tile())
	if err != nil {
		t.Fatal(err)
	}
	reported := make([]atomic.Int32, sizes[2])
	plan.RunThen(m, make([]float32, sizes[2]), make([]float32, sizes[0]), make([]float32, sizes[1]), func(row, end, col, cols int) {
		for ; row < end; row++ {
			for c := col; c < col+cols; c++ {
				reported[row*p.OutChannels+c].Add(1)
			}
		}
	})
	for i := range reported {
		if n := reported[i].Load(); n != 1 {
			t.Fatalf("result %d of %d is reported %d times", i, len(reported), n)
		}
	}
}

// TestDirect compares forms of networks, among them sums of several parts, rows in conflict and
// merged groups.
func TestDirect(t *testing.T) {
	threads := pool.New(2)
	defer threads.Close()
	one := axis(13, 1, 1, 1, 0)
	forms := []struct {
		groups, in, out int
		height, width   Axis
	}{
		{1, 70, 90, one, one},
		{1, 1024, 40, axis(5, 1, 1, 1, 0), axis(4, 1, 1, 1, 0)},
		{1, 2100, 33, axis(3, 1, 2, 1, 0), axis(4, 1, 2, 1, 0)},
		{1, 512, 24, axis(5, 1, 2, 1, 0), axis(5, 1, 2, 1, 0)},
		{1, 64, 64, axis(9, 3, 1, 1, 1), axis(30, 3, 1, 1, 1)},
		{1, 130, 20, axis(7, 3, 1, 1, 1), axis(7, 3, 1, 1, 1)},
		{1, 24, 40, axis(17, 1, 1, 1, 0), axis(17, 7, 1, 1, 3)},
		{1, 20, 24, axis(17, 3, 2, 1, 0), axis(17, 3, 2, 1, 0)},
		{1, 3, 20, axis(30, 7, 2, 1, 3), axis(30, 7, 2, 1, 3)},
		{1, 18, 20, axis(11, 3, 1, 2, 2), axis(12, 3, 1, 3, 3)},
		{1, 600, 150, axis(7, 3, 1, 1, 1), axis(5, 3, 1, 1, 1)},
		{2, 60, 100, axis(7, 3, 1, 1, 1), axis(3, 3, 1, 1, 1)},
		{1, 2048, 100, axis(11, 1, 1, 1, 0), axis(12, 1, 1, 1, 0)},
		{8, 4, 4, axis(9, 3, 1, 1, 1), axis(14, 3, 2, 1, 1)},
		{8, 8, 8, axis(9, 3, 1, 1, 1), axis(14, 3, 1, 1, 1)},
		{4, 40, 40, axis(9, 3, 2, 1, 1), axis(14, 3, 2, 1, 1)},
		{6, 2, 4, axis(9, 3, 1, 1, 1), axis(14, 3, 1, 2, 2)},
		{5, 3, 16, axis(9, 3, 1, 1, 1), one},
	}
	for _, tile := range tiles() {
		m := matmul.New(threads, tile)
		for i, f := range forms {
			t.Run(fmt.Sprintf("%s/%d", tile.ISA(), i), func(t *testing.T) {
				p, sizes := grouped(2, f.groups, f.in, f.out, f.height, f.width)
				if plan, err := NewPlan(p, tile); err != nil || plan.direct == nil {
					t.Fatalf("not planned as direct: %v", err)
				}
				check(t, m, rand.New(rand.NewPCG(1, 1)), p, sizes)
			})
		}
	}
}

// TestGroupedThreadsDoNotChangeBits covers the plans that have tasks of their own.
func TestGroupedThreadsDoNotChangeBits(t *testing.T) {
	a := axis(30, 3, 1, 1, 1)
	for _, group := range [][2]int{{1, 1}, {4, 4}, {20, 24}} {
		p, sizes := grouped(4, 48, group[0], group[1], a, a)
		sameForThreads(t, p, sizes)
	}
}

func sameForThreads(t *testing.T, p Problem, sizes [3]int) {
	t.Helper()
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
		plan.Run(m, y, x, w)
		threads.Close()
		if want == nil {
			want = y
		}
		if !slices.Equal(y, want) {
			t.Errorf("%d groups of %d channels: %d threads give other bits than one", p.Groups, p.InChannels/p.Groups, n)
		}
	}
}

// layerOf is a convolution of a network for image classification.
type layerOf struct {
	name           string
	batch, groups  int
	in, out        int // channels per group
	side, kernel   int
	stride, dilate int
}

var groupedLayers = []layerOf{
	{"mobilenet3x3", 16, 96, 1, 1, 56, 3, 1, 1},
	{"mobilenet5x5", 16, 240, 1, 1, 14, 5, 1, 1},
	{"mobilenet3x3/2", 16, 64, 1, 1, 112, 3, 2, 1},
	{"shufflenet7", 16, 232, 1, 1, 7, 3, 1, 1},
	{"efficientnet5x5", 16, 672, 1, 1, 14, 5, 1, 1},
	{"convnext56", 16, 96, 1, 1, 56, 7, 1, 1},
	{"resnext56", 16, 32, 4, 4, 56, 3, 1, 1},
	{"resnext28", 16, 32, 8, 8, 28, 3, 1, 1},
	{"resnext7", 16, 32, 32, 32, 7, 3, 1, 1},
	{"resnet56", 16, 1, 64, 64, 56, 3, 1, 1},
	{"resnet28", 16, 1, 128, 128, 28, 3, 1, 1},
	{"resnet14", 16, 1, 256, 256, 14, 3, 1, 1},
	{"resnet7", 16, 1, 512, 512, 7, 3, 1, 1},
	{"resnet7/1", 1, 1, 512, 512, 7, 3, 1, 1},
	{"stem", 16, 1, 3, 64, 224, 7, 2, 1},
	{"pointwise56", 16, 1, 64, 256, 56, 1, 1, 1},
	{"pointwise28", 16, 1, 512, 128, 28, 1, 1, 1},
	{"pointwise14", 16, 1, 1024, 256, 14, 1, 1, 1},
	{"pointwise7", 16, 1, 512, 2048, 7, 1, 1, 1},
	{"pointwise7/1", 1, 1, 512, 2048, 7, 1, 1, 1},
	{"small56", 16, 1, 16, 72, 56, 1, 1, 1},
	{"convnext7", 16, 768, 1, 1, 7, 7, 1, 1},
}

func BenchmarkGrouped(b *testing.B) {
	threads := pool.New(0)
	defer threads.Close()
	m := matmul.New(threads, simd.MatrixTile())
	r := rand.New(rand.NewPCG(1, 1))
	for _, l := range groupedLayers {
		b.Run("layer="+l.name, func(b *testing.B) {
			a := axis(l.side, l.kernel, l.stride, l.dilate, l.kernel/2*l.dilate)
			p, sizes := grouped(l.batch, l.groups, l.in, l.out, a, a)
			plan, err := NewPlan(p, m.Tile())
			if err != nil {
				b.Fatal(err)
			}
			x, w, y := randomFloats(r, sizes[0]), randomFloats(r, sizes[1]), randomFloats(r, sizes[2])
			for b.Loop() {
				plan.Run(m, y, x, w)
			}
			flops := 2 * float64(sizes[2]) * float64(l.in*l.kernel*l.kernel)
			b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
