package dcgan

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/backends"
	"repbench/backends/backendtest"
	"repbench/datasets"
	"repbench/train"
	"repbench/train/convolution"
)

// benchBackend opens the backend $REPBENCH_DEVICE, or the automatic one.
func benchBackend(b *testing.B) *backends.Backend {
	name := os.Getenv(backendtest.DeviceEnv)
	if name == "" {
		name = backends.Auto
	}
	backend, err := backends.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	return backend
}

// BenchmarkLowerings is BenchmarkStep at full width for each lowering of the transposed
// convolutions, on a device.
func BenchmarkLowerings(b *testing.B) {
	if os.Getenv(backendtest.DeviceEnv) == "" {
		b.Skipf("no device: %s names none", backendtest.DeviceEnv)
	}
	backend := benchBackend(b)
	for _, arch := range []string{"svhn32", "imagenet32", "dcgan64"} {
		for name, low := range map[string]convolution.Lowering{"native": convolution.Native, "adjoint": convolution.Adjoint} {
			b.Run(fmt.Sprintf("arch=%s/lowering=%s", arch, name), func(b *testing.B) {
				t := benchTrainer(b, arch, 0, 128, backend, low)
				benchUpdates(b, t)
			})
		}
	}
}

// BenchmarkStep measures one update of D and one of G on the same minibatch, in
// images/s, as peers/dcgan_torch.py does.
func BenchmarkStep(b *testing.B) {
	for _, c := range []struct {
		arch         string
		width, batch int
	}{{"svhn32", 16, 64}, {"svhn32", 64, 128}, {"imagenet32", 128, 64}} {
		b.Run(fmt.Sprintf("arch=%s/width=%d/batch=%d", c.arch, c.width, c.batch), func(b *testing.B) {
			backend := benchBackend(b)
			benchUpdates(b, benchTrainer(b, c.arch, c.width, c.batch, backend, convolution.LoweringFor(backend)))
		})
	}
}

func benchUpdates(b *testing.B, t *trainer) {
	outputs := train.Outputs{}
	update := func(step int64) {
		out, err := t.update(step)
		if err == nil {
			err = outputs.Take(out)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	update(0) // compiles
	// Reading a loss waits for the device.
	wait := func() {
		if _, err := outputs.Read(); err != nil {
			b.Fatal(err)
		}
	}
	wait()
	step := int64(1)
	for b.Loop() {
		update(step)
		step++
	}
	wait()
	b.ReportMetric(float64(t.opt.Batch)*float64(b.N)/b.Elapsed().Seconds(), "images/s")
}

func benchTrainer(b *testing.B, name string, width, batch int, backend *backends.Backend, low convolution.Lowering) *trainer {
	a, err := NewArch(name, width)
	if err != nil {
		b.Fatal(err)
	}
	m := NewModel(a, 1)
	m.Lowering = low
	o := Options{Arch: a, Batch: batch, Steps: 1, Alternate: Both}.withDefaults()
	im := datasets.Images{Data: make([]uint8, batch*a.ImageSize*a.ImageSize*3), N: batch, H: a.ImageSize, W: a.ImageSize, C: 3}
	for i := range im.Data {
		im.Data[i] = uint8(i * 2654435761 >> 7)
	}
	t, err := newTrainer(m, o, train.Data{Images: im}, backend)
	if err != nil {
		b.Fatal(err)
	}
	return t
}

// BenchmarkConv measures the second convolution of svhn32 (5×5, stride 2, 64 to
// 128 maps, on 16×16) with its gradient by the kernel, in GFLOP/s, in both lowerings.
func BenchmarkConv(b *testing.B) {
	backend := benchBackend(b)
	const n = 32
	r := rand.New(rand.NewPCG(1, 1))
	x := tensors.FromFlatDataAndDimensions(randomFloats(r, n*16*16*64), n, 16, 16, 64)
	k := tensors.FromFlatDataAndDimensions(randomFloats(r, 5*5*64*128), 5, 5, 64, 128)
	flop := 2 * 2.0 * n * 8 * 8 * 128 * 5 * 5 * 64
	for name, low := range map[string]convolution.Lowering{"patches": convolution.Patches, "native": convolution.Native} {
		b.Run("lowering="+name, func(b *testing.B) {
			e, err := graph.NewExec(backend.Compute, func(x, k *graph.Node) *graph.Node {
				y := convolution.Strided(x, k, 2, low)
				return graph.Gradient(graph.ReduceAllSum(graph.Square(y)), k)[0]
			})
			if err != nil {
				b.Fatal(err)
			}
			e.MustCall(x, k)
			for b.Loop() {
				e.MustCall(x, k)
			}
			b.ReportMetric(flop*float64(b.N)/b.Elapsed().Seconds()*1e-9, "GFLOP/s")
		})
	}
}
