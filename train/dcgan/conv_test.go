package dcgan

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/train/convolution"
)

// newExec compiles fn with the variables of m.
func newExec(b *backends.Backend, m *Model, fn func(*graph.Node) *graph.Node) (*model.Exec, error) {
	return model.NewExec(b.Compute, m.store, func(_ *model.Scope, x *graph.Node) *graph.Node { return fn(x) })
}

func randomFloats(r *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

// All lowerings give the same losses and the same first update.
func TestLoweringsAgree(t *testing.T) {
	b := cpu(t)
	for _, name := range []string{"svhn32", "imagenet32", "dcgan64"} {
		t.Run(name, func(t *testing.T) {
			a, err := NewArch(name, 2)
			if err != nil {
				t.Fatal(err)
			}
			x := randomFloats(rand.New(rand.NewPCG(5, 6)), 3*a.ImageSize*a.ImageSize*3)
			z := a.Prior.DrawZ(3, a.ZDim, 1)
			var logits, images [3][]float32
			for i, low := range []convolution.Lowering{convolution.Patches, convolution.Native, convolution.Adjoint} {
				m := NewModel(a, 3)
				m.Lowering = low
				e, err := newExec(b, m, func(x *graph.Node) *graph.Node { return m.Logits(m.Discriminate(x, nil)) })
				if err != nil {
					t.Fatal(err)
				}
				logits[i] = tensors.MustCopyFlatData[float32](e.MustCall(tensors.FromFlatDataAndDimensions(x, 3, a.ImageSize, a.ImageSize, 3))[0])
				im, err := m.Sample(b, z, 3)
				if err != nil {
					t.Fatal(err)
				}
				images[i] = im.Data
			}
			for i := 1; i < len(logits); i++ {
				if e := relativeError(t, logits[i], logits[0]); !(e <= goldenTolerance) {
					t.Errorf("form %d: logits differ by %g", i, e)
				}
				if e := relativeError(t, images[i], images[0]); !(e <= goldenTolerance) {
					t.Errorf("form %d: images differ by %g", i, e)
				}
			}
		})
	}
}

// The hand-written gradients of G equal GoMLX's gradients for the lowering that GoMLX can
// differentiate.
func TestHandGradientAgrees(t *testing.T) {
	b := cpu(t)
	for _, name := range []string{"svhn32", "imagenet32"} {
		t.Run(name, func(t *testing.T) {
			a, err := NewArch(name, 4)
			if err != nil {
				t.Fatal(err)
			}
			a.Generator[0].Maps = 17 // so that both forms of the gradient by the kernel occur
			z := tensors.FromFlatDataAndDimensions(a.Prior.DrawZ(5, a.ZDim, 1), 5, a.ZDim)
			m := NewModel(a, 3)
			ps := a.generatorParams()
			gradients := func(low convolution.Lowering) []*tensors.Tensor {
				m.Lowering = low
				e, err := model.NewExec(b.Compute, m.store, func(_ *model.Scope, z *graph.Node) []*graph.Node {
					g := m.generate(z, with{})
					loss := crossEntropyReal(steeper(m.Logits(m.Discriminate(g.Images, nil))))
					return g.gradients(m.store, ps, loss, low)
				})
				if err != nil {
					t.Fatal(err)
				}
				return e.MustCall(z)
			}
			want := gradients(convolution.Patches)
			for _, low := range []convolution.Lowering{convolution.Native, convolution.Adjoint} {
				got := gradients(low)
				for i, p := range ps {
					w, g := tensors.MustCopyFlatData[float32](want[i]), tensors.MustCopyFlatData[float32](got[i])
					if e := relativeError(t, g, w); !(e <= goldenTolerance) {
						t.Errorf("lowering %d: %s: gradients differ by %g", low, p.path, e)
					}
				}
			}
		})
	}
}

// TestGradientFiniteDifference compares the gradient of the whole discriminator with finite
// differences, in one direction per parameter.
func TestGradientFiniteDifference(t *testing.T) {
	b := cpu(t)
	m := NewModel(tinyArch(t), 9)
	r := rand.New(rand.NewPCG(7, 8))
	x := tensors.FromFlatDataAndDimensions(randomFloats(r, 4*32*32*3), 4, 32, 32, 3)
	m.Lowering = convolution.Patches
	ps := m.Arch.discriminatorParams()
	loss := func(x *graph.Node) *graph.Node { return crossEntropyReal(steeper(m.Logits(m.Discriminate(x, nil)))) }
	lossExec, err := newExec(b, m, loss)
	if err != nil {
		t.Fatal(err)
	}
	gradExec, err := model.NewExec(b.Compute, m.store, func(_ *model.Scope, x *graph.Node) []*graph.Node {
		var vars []*graph.Node
		for _, p := range ps {
			vars = append(vars, m.store.GetVariable(p.path).NodeValue(x.Graph()))
		}
		return graph.Gradient(loss(x), vars...)
	})
	if err != nil {
		t.Fatal(err)
	}
	grads := gradExec.MustCall(x)
	const h = 1e-2
	for i, p := range ps {
		g := tensors.MustCopyFlatData[float32](grads[i])
		norm := 0.0
		for _, v := range g {
			norm += float64(v) * float64(v)
		}
		norm = math.Sqrt(norm)
		old, _ := m.values(p.path)
		eval := func(sign float64) float64 {
			moved := make([]float32, len(old))
			for j := range old {
				moved[j] = old[j] + float32(sign*h*float64(g[j])/norm)
			}
			if err := m.setValues(p.path, moved); err != nil {
				t.Fatal(err)
			}
			return float64(tensors.MustCopyFlatData[float32](lossExec.MustCall(x)[0])[0])
		}
		slope := (eval(1) - eval(-1)) / (2 * h)
		if err := m.setValues(p.path, old); err != nil {
			t.Fatal(err)
		}
		// float32 losses of order one have an error of 1e-7, which becomes 5e-6 when divided by
		// 2h. The second-order term of a central difference stays below a few per cent.
		if math.Abs(slope-norm) > 0.05*norm+1e-5 {
			t.Errorf("%s: slope along the gradient %g, its norm %g", p.path, slope, norm)
		}
	}
}

// steeper makes the loss steeper, so that differences stand out from rounding.
func steeper(x *graph.Node) *graph.Node { return graph.MulScalar(x, 10) }
