package dcgan

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/backends/backendtest"
	"repbench/internal/testenv"
	"repbench/train"
	"repbench/train/convolution"
)

// insideFolder holds what PyTorch 1.13 (make.py there, float64) computed inside the released model.
func insideFolder(t *testing.T) string { return testenv.Path(t, "golden", "vis_released") }

// goldenUnit is an entry of guided_units.json.
type goldenUnit struct{ Map, Image, Row, Col int }

func goldenUnits(t *testing.T, dir string) (units []goldenUnit) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "guided_units.json"))
	if err == nil {
		err = json.Unmarshal(text, &units)
	}
	if err != nil {
		t.Fatal(err)
	}
	return units
}

// goldenDStats are D's fixed statistics as nodes.
func goldenDStats(t *testing.T, dir string, g *graph.Graph) []*Stats {
	stat := func(name string) *graph.Node { return graph.Const(g, readFloats(t, filepath.Join(dir, name+".npy"))) }
	return []*Stats{nil, {stat("d_bn2_mean"), stat("d_bn2_var")}, {stat("d_bn3_mean"), stat("d_bn3_var")}}
}

// insideBackends are the backends on which the values inside the released model are tested.
var insideBackends = map[string]func(testing.TB) *backends.Backend{backends.CPU: cpu, backends.Go: portable, "device": backendtest.Device}

// flipped is the share of elements of a guided gradient that may be off by flippedBy of the largest
// value instead of goldenTolerance: a rounding can turn the sign of a value near 0, and with it a
// mask.
const (
	flipped   = 0.001
	flippedBy = 1e-3
)

// TestGuidedGradient: four rules on the released model, twelve units.
func TestGuidedGradient(t *testing.T) {
	dir := insideFolder(t)
	units := goldenUnits(t, dir)
	shape, pixels := readShaped[uint8](t, filepath.Join(dir, "images_u8.npy"))
	stride := shape[1] * shape[2] * shape[3]
	images, seed := make([]uint8, 0, len(units)*stride), make([]float32, len(units)*4*4*256)
	for i, u := range units {
		images = append(images, pixels[u.Image*stride:(u.Image+1)*stride]...)
		seed[((i*4+u.Row)*4+u.Col)*256+u.Map] = 1
	}
	for name, open := range insideBackends {
		for _, rule := range Rules() {
			t.Run(name+"/"+string(rule), func(t *testing.T) {
				b := open(t)
				m := releasedModel(t, b)
				e := model.MustNewExec(b.Compute, m.store, func(_ *model.Scope, x, seed *graph.Node) *graph.Node {
					return m.GuidedGradient(train.ScalePixels(x), seed, goldenDStats(t, dir, x.Graph()), 2, rule)
				})
				defer e.Finalize()
				got := tensors.MustCopyFlatData[float32](e.MustCall(
					tensors.FromFlatDataAndDimensions(images, len(units), shape[1], shape[2], shape[3]),
					tensors.FromFlatDataAndDimensions(seed, len(units), 4, 4, 256))[0])
				guidedClose(t, got, readFloats(t, filepath.Join(dir, "guided_"+string(rule)+".npy")))
			})
		}
	}
}

// guidedClose compares gradients that are cut by masks.
func guidedClose(t *testing.T, got, want []float32) {
	t.Helper()
	scale, off, worst := 0.0, 0, 0.0
	for _, v := range want {
		scale = max(scale, math.Abs(float64(v)))
	}
	for i := range want {
		d := math.Abs(float64(got[i])-float64(want[i])) / scale
		worst = max(worst, d)
		if !(d <= goldenTolerance) {
			off++
		}
		if !(d <= flippedBy) {
			t.Fatalf("value %d is %g, want %g", i, got[i], want[i])
		}
	}
	t.Logf("largest difference %.2g of the largest value, %d of %d beyond %g", worst, off, len(want), goldenTolerance)
	if float64(off) > flipped*float64(len(want)) {
		t.Errorf("%d of %d values differ by more than %g of the largest", off, len(want), goldenTolerance)
	}
}

// TestLogitGradient: D's third layer, its logits and their plain gradient on the released model.
func TestLogitGradient(t *testing.T) {
	dir := insideFolder(t)
	shape, pixels := readShaped[uint8](t, filepath.Join(dir, "images_u8.npy"))
	for name, open := range insideBackends {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			m := releasedModel(t, b)
			e := model.MustNewExec(b.Compute, m.store, func(_ *model.Scope, x *graph.Node) (layer, logit, gradient *graph.Node) {
				x = train.ScalePixels(x)
				d := m.discriminate(x, goldenDStats(t, dir, x.Graph()), 3, Saliency.activation)
				logit = m.Logits(d)
				return d.Layers[2], logit, graph.Gradient(graph.ReduceAllSum(logit), x)[0]
			})
			defer e.Finalize()
			out := e.MustCall(tensors.FromFlatDataAndDimensions(pixels, shape...))
			for i, file := range []string{"d_layer3_first8", "d_logit", "saliency_logit_first8"} {
				want := readFloats(t, filepath.Join(dir, file+".npy"))
				got := tensors.MustCopyFlatData[float32](out[i])[:len(want)]
				if rel := relativeError(t, got, want); rel > goldenTolerance {
					t.Errorf("%s differs by %.3g of the largest value", file, rel)
				} else {
					t.Logf("%s: relative error %.2g", file, rel)
				}
			}
		})
	}
}

// TestRules: the rule's gradient of one activation against the formula, with both signs of x and r.
func TestRules(t *testing.T) {
	x, r := []float32{1, 1, -1, -1}, []float32{2, -2, 2, -2}
	b := cpu(t)
	for rule, want := range map[Rule][]float32{
		GuidedReLU:  {2, 0, 0, 0},
		GuidedLeaky: {2, 0, 0.4, 0},
		Deconvnet:   {2, 0, 2, 0},
		Saliency:    {2, -2, 0.4, -0.4},
	} {
		got, err := graph.CallOnce(b.Compute, func(x, r *graph.Node) *graph.Node {
			return graph.Gradient(graph.ReduceAllSum(graph.Mul(rule.activation(x), r)), x)[0]
		}, x, r)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range tensors.MustCopyFlatData[float32](got) {
			if math.Abs(float64(v-want[i])) > 1e-6 {
				t.Errorf("%s: x = %g, r = %g give %g, want %g", rule, x[i], r[i], v, want[i])
			}
		}
	}
}

// TestReceptiveField compares the field with the pixels on which a unit depends: the non-zero
// values of its plain gradient.
func TestReceptiveField(t *testing.T) {
	b := cpu(t)
	for _, name := range []string{"svhn32", "imagenet32", "dcgan64"} {
		a, err := NewArch(name, 2)
		if err != nil {
			t.Fatal(err)
		}
		m := NewModel(a, 1)
		m.Lowering = convolution.LoweringFor(b)
		for layer, side := range a.LayerSizes() {
			at, f := side/2, a.ReceptiveField(layer)
			lo, hi := seen(t, b, m, layer, at)
			if wantLo, wantHi := f.Of(at, a.ImageSize); lo != wantLo || hi != wantHi {
				t.Errorf("%s, layer %d: unit %d depends on the pixels %d to %d, the field says %d to %d", name, layer, at, lo, hi-1, wantLo, wantHi-1)
			}
		}
	}
	a, _ := NewArch("svhn32", 0)
	if f := a.ReceptiveField(2); f != (Field{Size: 29, Step: 8, Before: 14}) {
		t.Errorf("field of svhn32 is %+v, want 29 pixels every 8, 14 of them outside", f)
	}
}

// seen returns the rows of pixels on which the unit (at, at) of map 0 depends.
func seen(t *testing.T, b *backends.Backend, m *Model, layer, at int) (lo, hi int) {
	t.Helper()
	a := m.Arch
	side, maps := a.LayerSizes()[layer], a.Discriminator[layer].Maps
	px, seed := make([]float32, a.ImageSize*a.ImageSize*3), make([]float32, side*side*maps)
	for i := range px {
		px[i] = float32(i*7919%101)/50 - 1
	}
	seed[(at*side+at)*maps] = 1
	e := model.MustNewExec(b.Compute, m.store, func(_ *model.Scope, x, seed *graph.Node) *graph.Node {
		return m.GuidedGradient(x, seed, unitStats(a, x.Graph()), layer, Saliency)
	})
	defer e.Finalize()
	got := tensors.MustCopyFlatData[float32](e.MustCall(
		tensors.FromFlatDataAndDimensions(px, 1, a.ImageSize, a.ImageSize, 3),
		tensors.FromFlatDataAndDimensions(seed, 1, side, side, maps))[0])
	lo = -1
	for i, v := range got {
		if row := i / 3 / a.ImageSize; v != 0 {
			if lo < 0 {
				lo = row
			}
			hi = row + 1
		}
	}
	return lo, hi
}

// unitStats are the statistics mean 0 and variance 1 of all layers.
func unitStats(a Arch, g *graph.Graph) []*Stats {
	var nodes []*graph.Node
	for _, l := range a.Discriminator {
		if l.BatchNorm {
			nodes = append(nodes, graph.Const(g, make([]float32, l.Maps)), graph.OnePlus(graph.Const(g, make([]float32, l.Maps))))
		}
	}
	return a.FixedStats(nodes)
}
