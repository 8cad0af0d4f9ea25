package dcgan

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/backends"
	"repbench/backends/backendtest"
	"repbench/internal/testenv"
	"repbench/train/convolution"
)

// goldenG are the statistics of golden/vis_released in this package's order.
func goldenG(t *testing.T, a Arch) []*HostStats {
	t.Helper()
	dir := testenv.Path(t, "golden", "vis_released")
	read := func(name string) []float32 { return readFloats(t, filepath.Join(dir, name+".npy")) }
	var out []*HostStats
	for i := range a.Generator {
		s := &HostStats{read(fmt.Sprintf("g_bn%d_mean", i+1)), read(fmt.Sprintf("g_bn%d_var", i+1))}
		if i == 0 {
			s.Mean, s.Variance = channelsLast(s.Mean, 1, a.BaseMaps, a.BaseSize), channelsLast(s.Variance, 1, a.BaseMaps, a.BaseSize)
		}
		out = append(out, s)
	}
	return out
}

// generate runs a graph of z and of statistics once.
func generate(t *testing.T, b *backends.Backend, m *Model, z []float32, stats []*HostStats, build func(z *Node, fixed []*Stats) []*Node) [][]float32 {
	t.Helper()
	e, err := m.Compile(b, func(in []*Node) []*Node { return build(in[0], StatsOf(in[1:])) })
	if err != nil {
		t.Fatal(err)
	}
	defer e.Finalize()
	n := len(z) / m.Arch.ZDim
	out, err := e.Call(append([]any{tensors.FromFlatDataAndDimensions(z, n, m.Arch.ZDim)}, StatsArgs(stats)...)...)
	if err != nil {
		t.Fatal(err)
	}
	values := make([][]float32, len(out))
	for i, o := range out {
		values[i] = tensors.MustCopyFlatData[float32](o)
	}
	return values
}

// Images with fixed statistics, and hidden layers with the statistics of their batch, were made with
// PyTorch (golden/vis_released).
func TestGenerateWithGolden(t *testing.T) {
	dir := testenv.Path(t, "golden", "vis_released")
	for name, open := range map[string]func(testing.TB) *backends.Backend{backends.CPU: cpu, backends.Go: portable, "device": backendtest.Device} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			m := releasedModel(t, b)
			compare := func(what string, got, want []float32) {
				t.Helper()
				if e := relativeError(t, got, want); !(e <= goldenTolerance) {
					t.Errorf("%s differs by %.3g of the largest value, want at most %g", what, e, goldenTolerance)
				}
			}
			frames := readFloats(t, filepath.Join(dir, "walk_frames_z.npy"))
			images := func(z *Node, fixed []*Stats) []*Node { return []*Node{m.GenerateWith(z, fixed, nil).Images} }
			compare("walk_fixed", generate(t, b, m, frames, goldenG(t, m.Arch), images)[0], readFloats(t, filepath.Join(dir, "walk_fixed.npy")))
			compare("walk_batch", generate(t, b, m, frames, nil, images)[0], readFloats(t, filepath.Join(dir, "walk_batch.npy")))
			layers := generate(t, b, m, readFloats(t, filepath.Join(dir, "forget_z.npy")), nil, func(z *Node, _ []*Stats) []*Node {
				g := m.GenerateWith(z, nil, nil)
				return append([]*Node{g.Images}, g.Layers[1:]...)
			})
			compare("forget_original", layers[0], readFloats(t, filepath.Join(dir, "forget_original.npy")))
			for i, file := range []string{"forget_h2_first3.npy", "forget_h3_first3.npy"} {
				want := readFloats(t, filepath.Join(dir, file))
				compare(file, layers[1+i][:len(want)], want)
			}
		})
	}
}

// Fixed statistics of the released model agree with golden ones, which come from other z, within
// their sampling error.
func TestGeneratorStatsGolden(t *testing.T) {
	b := cpu(t)
	m := releasedModel(t, b)
	got, err := m.GeneratorStats(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	want := goldenG(t, m.Arch)
	if len(got) != len(want) || len(got) != len(m.Arch.HiddenLayers()) {
		t.Fatalf("%d batch norms, want %d", len(got), len(want))
	}
	for i, size := range m.Arch.GeneratorStatsSizes() {
		if len(got[i].Mean) != size || len(want[i].Mean) != size {
			t.Fatalf("batch norm %d has %d and %d channels, want %d", i, len(got[i].Mean), len(want[i].Mean), size)
		}
		var mean, variance float64 // squared errors in units of their standard error
		for j := range size {
			v := float64(want[i].Variance[j])
			// Two means of 2,048 independent draws each; the means of maps add many positions, which
			// only makes them closer.
			mean = max(mean, math.Abs(float64(got[i].Mean[j]-want[i].Mean[j]))/math.Sqrt(2*v/2048))
			variance = max(variance, math.Abs(float64(got[i].Variance[j])/v-1)/math.Sqrt(2*2/2048.0))
		}
		// The largest of 4,096 normal errors is below 5 of their standard deviations in all but 1 of 400 cases.
		if mean > 5 || variance > 5 {
			t.Errorf("batch norm %d: means are off by up to %.2f standard errors, variances by %.2f", i, mean, variance)
		}
	}
	again, err := m.GeneratorStats(t.Context(), b)
	if err != nil || !slices.Equal(again[0].Mean, got[0].Mean) {
		t.Errorf("a second call gives other statistics (%v)", err)
	}
}

func TestGeneratorStatsStops(t *testing.T) {
	b := cpu(t)
	m := NewModel(tinyArch(t), 1)
	m.Lowering = convolution.LoweringFor(b)
	ctx, stop := context.WithCancelCause(t.Context())
	reason := errors.New("enough")
	stop(reason)
	if _, err := m.GeneratorStats(ctx, b); !errors.Is(err, reason) {
		t.Errorf("error %v, want %v", err, reason)
	}
}

// HiddenLayers and GeneratorStatsSizes say the shapes of what GenerateWith returns.
func TestHiddenLayers(t *testing.T) {
	b := cpu(t)
	for _, name := range ArchNames() {
		a, err := NewArch(name, 1)
		if err != nil {
			t.Fatal(err)
		}
		m := NewModel(a, 2)
		hidden, sizes := a.HiddenLayers(), a.GeneratorStatsSizes()
		generate(t, b, m, a.Prior.DrawZ(2, a.ZDim, 1), nil, func(z *Node, _ []*Stats) []*Node {
			g := m.GenerateWith(z, nil, nil)
			if len(g.Layers) != len(hidden) || len(g.Stats) != len(sizes) {
				t.Fatalf("%s: %d layers and %d batch norms, want %d and %d", name, len(g.Layers), len(g.Stats), len(hidden), len(sizes))
			}
			for i, h := range hidden {
				if got, want := g.Layers[i].Shape().Dimensions, []int{2, h.Side, h.Side, h.Maps}; !slices.Equal(got, want) {
					t.Errorf("%s: layer %s is %v, want %v", name, h.Name, got, want)
				}
				if got := g.Stats[i].Mean.Shape().Size(); got != sizes[i] {
					t.Errorf("%s: batch norm %d has %d channels, want %d", name, i, got, sizes[i])
				}
			}
			return []*Node{g.Images}
		})
	}
}

// probe is a loss that depends on z by all ways there are: by the images, by a hidden layer, by a
// change that uses z, by statistics of the batch, and by itself.
func probe(m *Model, z *Node, fixed []*Stats) (Generation, *Node) {
	g := m.GenerateWith(z, fixed, func(layer int, h *Node) *Node {
		if layer != 1 {
			return h
		}
		return Mul(h, AddScalar(Square(ReduceAllMean(z)), 0.5))
	})
	weights := IotaFull(z.Graph(), g.Images.Shape())
	loss := ReduceAllSum(Mul(g.Images, Sin(weights)))
	loss = Add(loss, ReduceAllMean(Square(g.Layers[1])))
	return g, Add(loss, ReduceAllSum(Square(z)))
}

// The gradient by z is the slope of the loss, with every lowering, with fixed statistics and with
// the statistics of the batch.
func TestGradientByZ(t *testing.T) {
	b := cpu(t)
	for _, name := range []string{"svhn32", "imagenet32"} {
		a, err := NewArch(name, 2)
		if err != nil {
			t.Fatal(err)
		}
		m := NewModel(a, 5)
		m.Lowering = convolution.Patches
		stats, err := m.GeneratorStats(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		for mode, fixed := range map[string][]*HostStats{"fixed": stats, "batch": nil} {
			var slopes []float64
			for _, low := range []convolution.Lowering{convolution.Patches, convolution.Native, convolution.Adjoint} {
				t.Run(fmt.Sprintf("%s/%s/lowering=%d", name, mode, low), func(t *testing.T) {
					m.Lowering = low
					slopes = append(slopes, checkSlope(t, b, m, fixed))
				})
			}
			if slices.Max(slopes)-slices.Min(slopes) > goldenTolerance*slices.Max(slopes) {
				t.Errorf("%s, %s: gradients of the three lowerings have the lengths %v", name, mode, slopes)
			}
		}
	}
}

// checkSlope compares the gradient with a central difference along it, and returns its length.
func checkSlope(t *testing.T, b *backends.Backend, m *Model, stats []*HostStats) float64 {
	t.Helper()
	const n, h = 4, 1e-2
	r := rand.New(rand.NewPCG(11, 12))
	z := make([]float32, n*m.Arch.ZDim)
	for i := range z {
		z[i] = float32(r.Float64() - 0.5)
	}
	value := func(z []float32) float64 {
		return float64(generate(t, b, m, z, stats, func(z *Node, fixed []*Stats) []*Node {
			_, loss := probe(m, z, fixed)
			return []*Node{loss}
		})[0][0])
	}
	gradient := generate(t, b, m, z, stats, func(z *Node, fixed []*Stats) []*Node {
		g, loss := probe(m, z, fixed)
		return m.GradientBy(g, loss, z)
	})[0]
	length := 0.0
	for _, v := range gradient {
		length += float64(v) * float64(v)
	}
	length = math.Sqrt(length)
	moved := func(by float64) []float32 {
		out := slices.Clone(z)
		for i, v := range gradient {
			out[i] += float32(by * float64(v) / length)
		}
		return out
	}
	slope := (value(moved(h)) - value(moved(-h))) / (2 * h)
	// float32 losses of order 10 are exact to 1e-6, the difference to 2e-4 of a slope of order 1;
	// the kinks of ReLU and the third derivative add more.
	if math.Abs(slope-length) > 0.01*length {
		t.Errorf("slope along the gradient %g, its length %g", slope, length)
	}
	return length
}

// A nil entry of the fixed statistics stands for the statistics of the batch, so that all nil is none.
func TestGenerateWithPartOfTheStatistics(t *testing.T) {
	b := cpu(t)
	m := NewModel(tinyArch(t), 4)
	m.Lowering = convolution.LoweringFor(b)
	z := m.Arch.Prior.DrawZ(3, m.Arch.ZDim, 1)
	out := generate(t, b, m, z, nil, func(z *Node, _ []*Stats) []*Node {
		g := m.GenerateWith(z, nil, nil)
		same := m.GenerateWith(z, g.Stats, nil)
		part := m.GenerateWith(z, append([]*Stats{nil}, g.Stats[1:]...), nil)
		dropped := m.GenerateWith(z, g.Stats, func(layer int, h *Node) *Node { return MulScalar(h, float64(min(layer, 1))) })
		return []*Node{g.Images, same.Images, part.Images, dropped.Images}
	})
	for i := 1; i < 3; i++ {
		if e := relativeError(t, out[i], out[0]); !(e <= goldenTolerance) {
			t.Errorf("the batch's own statistics, form %d: images differ by %g", i, e)
		}
	}
	if e := relativeError(t, out[3], out[0]); e < 0.01 {
		t.Errorf("dropping a layer changes images by %g", e)
	}
}

func TestCheckZ(t *testing.T) {
	a, err := NewArch("imagenet32", 1)
	if err != nil {
		t.Fatal(err)
	}
	z := a.Prior.DrawZ(2, a.ZDim, 1)
	if err := a.CheckZ(z, 2); err != nil {
		t.Error(err)
	}
	if a.CheckZ(z, 3) == nil {
		t.Error("too few values pass")
	}
	z[3], z[300] = 1.5, -2
	if err := a.CheckZ(z, 2); err == nil || a.CheckFiniteZ(z, 2) != nil || a.Prior.Outside(z) != 2 {
		t.Errorf("values outside the prior: %v, %d outside", err, a.Prior.Outside(z))
	}
	if n := a.Prior.Clip(z); n != 2 || z[3] != 1 || z[300] != -1 || a.CheckZ(z, 2) != nil {
		t.Errorf("clipped %d values to %g and %g", n, z[3], z[300])
	}
	z[5] = float32(math.NaN())
	if a.CheckFiniteZ(z, 2) == nil {
		t.Error("NaN passes")
	}
	if n := Gaussian.Outside([]float32{9}); n != 0 {
		t.Errorf("%d values outside a Gaussian prior", n)
	}
}
