package train

import (
	"fmt"
	"testing"

	"repbench/backends"
	"repbench/datasets"
)

// BenchmarkStep measures one update of D and one of G on the same minibatch, in
// images/s, as peers/dcgan_torch.py does.
func BenchmarkStep(b *testing.B) {
	for _, c := range []struct {
		arch         string
		width, batch int
	}{{"svhn32", 16, 64}, {"svhn32", 64, 128}, {"imagenet32", 128, 16}} {
		b.Run(fmt.Sprintf("arch=%s/width=%d/batch=%d", c.arch, c.width, c.batch), func(b *testing.B) {
			backend, err := backends.Open(backends.Auto)
			if err != nil {
				b.Fatal(err)
			}
			t := benchTrainer(b, c.arch, c.width, c.batch, backend)
			if err := t.update(0); err != nil { // compiles
				b.Fatal(err)
			}
			step := int64(1)
			for b.Loop() {
				if err := t.update(step); err != nil {
					b.Fatal(err)
				}
				step++
			}
			if _, err := t.losses(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(c.batch)*float64(b.N)/b.Elapsed().Seconds(), "images/s")
		})
	}
}

func benchTrainer(b *testing.B, name string, width, batch int, backend *backends.Backend) *trainer {
	a, err := NewArch(name, width)
	if err != nil {
		b.Fatal(err)
	}
	m := NewModel(a, 1)
	m.Lowering = LoweringFor(backend)
	o := Options{Arch: a, Batch: batch, Steps: 1, Alternate: Both}.withDefaults()
	im := datasets.Images{Data: make([]uint8, batch*a.ImageSize*a.ImageSize*3), N: batch, H: a.ImageSize, W: a.ImageSize, C: 3}
	for i := range im.Data {
		im.Data[i] = uint8(i * 2654435761 >> 7)
	}
	t, err := newTrainer(m, o, Data{Images: im}, backend)
	if err != nil {
		b.Fatal(err)
	}
	return t
}
