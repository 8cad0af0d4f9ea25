package mnistcond

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/backends/backendtest"
	"repbench/internal/npy"
	"repbench/internal/testenv"
	"repbench/train"
	"repbench/train/convolution"
)

// Tolerances of the reference: activations and gradients relative to the largest value, parameters
// after an update absolute.
const (
	goldenTolerance = 1e-5
	updateTolerance = 4e-6
)

// golden is the folder in which PyTorch (make.py there) computed a small model in float64.
type golden struct {
	t   *testing.T
	dir string
}

func openGolden(t *testing.T) golden { return golden{t, testenv.Path(t, "golden", "mnist_cond")} }

func read[T npy.Elem](g golden, name string) []T {
	g.t.Helper()
	_, values, err := npy.Read[T](filepath.Join(g.dir, name+".npy"))
	if err != nil {
		g.t.Fatal(err)
	}
	return values
}

// names of the arrays of the reference, in the order of the parameters.
var generatorNames, discriminatorNames = []string{"gw", "gw2", "gw3", "gwx"}, []string{"dw", "dw2", "dw3", "dwy"}

// array reads an array that has the form of a weight and brings it to the layout of its parameter.
func (g golden) array(prefix, name string, a Arch) []float32 {
	v := read[float32](g, prefix+name)
	cells := baseSide * baseSide
	switch name {
	case "gw2": // columns: map, cell
		return permute(v, []int{a.Dense + Classes, 2 * a.Width, cells}, []int{0, 2, 1})
	case "dw3": // rows: map, cell; then the classes
		n := a.base() * a.Dense
		return append(permute(v[:n], []int{2 * a.Width, cells, a.Dense}, []int{1, 0, 2}), v[n:]...)
	case "gw3":
		return permute(v, []int{2*a.Width + Classes, a.Width, kernel * kernel}, []int{2, 0, 1})
	case "gwx":
		return permute(v, []int{a.Width + Classes, 1, kernel * kernel}, []int{2, 0, 1})
	case "dw":
		return turn(permute(v, []int{a.Width, 1 + Classes, kernel * kernel}, []int{2, 1, 0}))
	case "dw2":
		return turn(permute(v, []int{2 * a.Width, a.Width + Classes, kernel * kernel}, []int{2, 1, 0}))
	}
	return v
}

// permute reorders the axes of an array of three.
func permute(in []float32, dims, axes []int) []float32 {
	strides := []int{dims[1] * dims[2], dims[2], 1}
	out := make([]float32, 0, len(in))
	for i := range dims[axes[0]] {
		for j := range dims[axes[1]] {
			for k := range dims[axes[2]] {
				out = append(out, in[i*strides[axes[0]]+j*strides[axes[1]]+k*strides[axes[2]]])
			}
		}
	}
	return out
}

// turn reverses the cells of a kernel, which are the first axis.
func turn(in []float32) []float32 {
	n := len(in) / (kernel * kernel)
	out := make([]float32, 0, len(in))
	for cell := kernel*kernel - 1; cell >= 0; cell-- {
		out = append(out, in[cell*n:(cell+1)*n]...)
	}
	return out
}

// model loads the weights of the reference.
func (g golden) model(low convolution.Lowering) *Model {
	g.t.Helper()
	a, err := NewArch(4, 16)
	if err != nil {
		g.t.Fatal(err)
	}
	m := NewModel(a, 1)
	m.Lowering = low
	set := func(ps []param, names []string) {
		for i, p := range ps {
			v := m.store.GetVariable(p.path)
			if err := v.SetValue(tensors.FromFlatDataAndDimensions(g.array("", names[i], a), p.dims...)); err != nil {
				g.t.Fatalf("%s: %v", p.path, err)
			}
		}
	}
	set(a.generatorParams(), generatorNames)
	set(a.discriminatorParams(), discriminatorNames)
	return m
}

// inputs are z, the labels of the generated images, the real images and their labels.
func (g golden) inputs() []any {
	z, y := read[float32](g, "z"), read[int32](g, "y")
	n := len(y)
	return []any{
		tensors.FromFlatDataAndDimensions(z, n, ZDim), tensors.FromFlatDataAndDimensions(y, n),
		tensors.FromFlatDataAndDimensions(read[uint8](g, "real_u8"), n, Side, Side, 1),
		tensors.FromFlatDataAndDimensions(read[int32](g, "real_y"), n),
	}
}

// eachBackend runs a test on every backend with the lowering made for it.
func eachBackend(t *testing.T, run func(t *testing.T, b *backends.Backend, low convolution.Lowering)) {
	for _, name := range backendtest.Names() {
		t.Run(name, func(t *testing.T) {
			if name == backends.Go {
				testenv.NeedPortable(t)
			}
			b := backendtest.Open(t, name)
			run(t, b, convolution.LoweringFor(b))
		})
	}
}

func largest(v []float32) float64 {
	out := 0.0
	for _, x := range v {
		out = max(out, math.Abs(float64(x)))
	}
	return out
}

// within compares values with the values of the reference.
func within(t *testing.T, name string, got *tensors.Tensor, want []float32, tolerance float64) {
	t.Helper()
	values := tensors.MustCopyFlatData[float32](got)
	if len(values) != len(want) {
		t.Fatalf("%s has %d values, want %d", name, len(values), len(want))
	}
	worst := 0.0
	for i, v := range values {
		worst = max(worst, math.Abs(float64(v)-float64(want[i])))
		if v != v {
			t.Fatalf("%s: value %d is NaN", name, i)
		}
	}
	if worst > tolerance {
		t.Errorf("%s differs by %g, more than %g", name, worst, tolerance)
	}
}

// TestGolden: images, hidden maps, answers, losses and gradients are the same as with PyTorch.
func TestGolden(t *testing.T) {
	g := openGolden(t)
	eachBackend(t, func(t *testing.T, b *backends.Backend, low convolution.Lowering) {
		m := g.model(low)
		e, err := model.NewExec(b.Compute, m.store, func(_ *model.Scope, in []*graph.Node) []*graph.Node {
			y, yReal := oneHot(in[1]), oneHot(in[3])
			made := m.generate(in[0], y)
			d := m.judge(scale(in[2]), yReal, in[0], y)
			gLoss, gGrads := m.generatorGradients(in[0], y)
			dGrads := graph.Gradient(d.loss, train.Values(m.store, pathsOf(m.Arch.discriminatorParams()), d.loss.Graph())...)
			out := []*graph.Node{made.images, made.hidden, d.real, d.fake, d.loss, gLoss}
			return append(append(out, gGrads...), dGrads...)
		})
		if err != nil {
			t.Fatal(err)
		}
		out := e.MustCall(g.inputs()...)
		for i, name := range []string{"gx", "h3", "p_real", "p_gen"} {
			want := read[float32](g, name)
			within(t, name, out[i], want, goldenTolerance*largest(want))
		}
		checkLosses(t, g, out[4], out[5])
		for i, name := range append(append([]string{}, generatorNames...), discriminatorNames...) {
			want := g.array("grad_", name, m.Arch)
			within(t, "gradient of "+name, out[6+i], want, goldenTolerance*largest(want))
		}
	})
}

func checkLosses(t *testing.T, g golden, d, gen *tensors.Tensor) {
	t.Helper()
	var expected struct{ Losses map[string]float64 }
	b, err := os.ReadFile(filepath.Join(g.dir, "expected.json"))
	if err == nil {
		err = json.Unmarshal(b, &expected)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]*tensors.Tensor{"d_loss": d, "g_loss": gen} {
		want := expected.Losses[name]
		within(t, name, got, []float32{float32(want)}, goldenTolerance*want)
	}
}

// TestGoldenUpdate: the parameters after the first update of each network are the same as in
// the reference. The reference labels generated images with y also in D's update.
func TestGoldenUpdate(t *testing.T) {
	g := openGolden(t)
	eachBackend(t, func(t *testing.T, b *backends.Backend, low convolution.Lowering) {
		m := g.model(low)
		ps := append(m.Arch.generatorParams(), m.Arch.discriminatorParams()...)
		if err := train.AddMoments(m.store, pathsOf(ps)); err != nil {
			t.Fatal(err)
		}
		o := Options{}.withDefaults()
		u := updater{m, o.adam()}
		first := corrections(u.adam, 1, rate(o.LearningRate, 0))
		in := g.inputs()
		d, err := model.NewExec(b.Compute, m.store, func(_ *model.Scope, in []*graph.Node) []*graph.Node {
			j := m.judge(scale(in[2]), oneHot(in[3]), in[0], oneHot(in[1]))
			u.optimiser().Minimise(m.store, pathsOf(m.Arch.discriminatorParams()), j.loss, in[4])
			return []*graph.Node{j.loss}
		})
		if err != nil {
			t.Fatal(err)
		}
		// G is updated against D as it was: both updates of the reference start from the same weights.
		before := g.model(low)
		d.MustCall(append(in, first)...)
		after := map[string]*tensors.Tensor{}
		for _, p := range m.Arch.discriminatorParams() {
			after[p.path] = valueOf(t, m, p.path)
			if err := m.store.GetVariable(p.path).SetValue(valueOf(t, before, p.path)); err != nil {
				t.Fatal(err)
			}
		}
		e, err := model.NewExec(b.Compute, m.store, u.trainG)
		if err != nil {
			t.Fatal(err)
		}
		e.MustCall(in[0], in[1], corrections(u.adam, 1, rate(o.LearningRate, 0)))
		for _, p := range m.Arch.generatorParams() {
			after[p.path] = valueOf(t, m, p.path)
		}
		for i, name := range append(append([]string{}, generatorNames...), discriminatorNames...) {
			within(t, name+" after the update", after[ps[i].path], g.array("after_", name, m.Arch), updateTolerance)
		}
	})
}

func valueOf(t *testing.T, m *Model, path string) *tensors.Tensor {
	t.Helper()
	v, err := m.store.GetVariable(path).Value()
	if err == nil {
		v, err = v.LocalClone()
	}
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", path, err))
	}
	return v
}

// BenchmarkStep measures updates at the paper's width, in images a second.
func BenchmarkStep(b *testing.B) {
	backend := backendtest.CPU(b)
	o := Options{Steps: 2}.withDefaults()
	o.Arch, _ = NewArch(0, 0)
	m := NewModel(o.Arch, 1)
	m.Lowering = convolution.LoweringFor(backend)
	t, err := newTrainer(m, o, noise(1280), backend)
	if err != nil {
		b.Fatal(err)
	}
	step := int64(0)
	for b.Loop() {
		for range 2 {
			if _, err := t.update(step); err != nil {
				b.Fatal(err)
			}
			step++
		}
	}
	b.ReportMetric(float64(t.batches.Images(step))/b.Elapsed().Seconds(), "images/s")
}
