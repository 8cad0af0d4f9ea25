package dcgan

import (
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"repbench/backends"
	"repbench/backends/backendtest"
	"repbench/datasets"
	"repbench/train"
	"repbench/train/convolution"
)

var cpu = backendtest.CPU

// An update on the CPU backend equals the update on the portable backend: the losses, the
// moments of the gradients of all parameters, and the running statistics.
func TestTrainingAgreesWithPortable(t *testing.T) {
	for _, name := range []string{"svhn32", "imagenet32", "dcgan64"} {
		for _, alternate := range []Alternation{Both, Released} {
			t.Run(name+"/"+string(alternate), func(t *testing.T) {
				want, wantLosses := trainOn(t, portable(t), name, alternate, convolution.Patches)
				got, gotLosses := trainOn(t, cpu(t), name, alternate, convolution.Native)
				sameUpdate(t, got, want, gotLosses, wantLosses)
			})
		}
	}
}

// Tolerances of TestTrainingAgreesWithPortable: sums of some thousand float32 products, in
// another order, through up to twelve layers.
const (
	lossTolerance   = 1e-5
	updateTolerance = 1e-4
)

func trainOn(t *testing.T, b *backends.Backend, name string, alternate Alternation, low convolution.Lowering) (values map[string][]float32, losses []map[string]float64) {
	t.Helper()
	a, err := NewArch(name, 4)
	if err != nil {
		t.Fatal(err)
	}
	const batch = 6
	m := NewModel(a, 1)
	m.Lowering = low
	o := Options{Arch: a, Batch: batch, Steps: 1, Alternate: alternate}.withDefaults()
	im := datasets.Images{Data: make([]uint8, batch*a.ImageSize*a.ImageSize*3), N: batch, H: a.ImageSize, W: a.ImageSize, C: 3}
	for i := range im.Data {
		im.Data[i] = uint8(i * 2654435761 >> 7)
	}
	tr, err := newTrainer(m, o, train.Data{Images: im}, b)
	if err != nil {
		t.Fatal(err)
	}
	for step := range int64(1) {
		out, err := tr.update(step)
		if err != nil {
			t.Fatal(err)
		}
		l, err := train.Outputs(out).Read()
		if err != nil {
			t.Fatal(err)
		}
		losses = append(losses, l)
	}
	values = map[string][]float32{}
	for v := range m.store.IterVariables() {
		value, err := v.Value()
		if err != nil {
			t.Fatal(err)
		}
		if values[v.Path()], err = tensors.CopyFlatData[float32](value); err != nil {
			t.Fatal(err)
		}
	}
	return values, losses
}
