package dcgan

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
)

// newExec compiles fn with the variables of m.
func newExec(b *backends.Backend, m *Model, fn func(*graph.Node) *graph.Node) (*model.Exec, error) {
	return model.NewExec(b.Compute, m.store, func(_ *model.Scope, x *graph.Node) *graph.Node { return fn(x) })
}

// naiveConv computes the definition in conv2D's comment in float64.
func naiveConv(x, k []float32, n, h, w, in, kh, kw, out, stride int, pad [2][2]int) (y []float64, ho, wo int) {
	ho = (h+pad[0][0]+pad[0][1]-kh)/stride + 1
	wo = (w+pad[1][0]+pad[1][1]-kw)/stride + 1
	y = make([]float64, n*ho*wo*out)
	for i := range y {
		o, j, r, b := i%out, i/out%wo, i/out/wo%ho, i/out/wo/ho
		for a := range kh {
			for c := range kw {
				yy, xx := r*stride+a-pad[0][0], j*stride+c-pad[1][0]
				if yy < 0 || yy >= h || xx < 0 || xx >= w {
					continue
				}
				for ch := range in {
					y[i] += float64(x[((b*h+yy)*w+xx)*in+ch]) * float64(k[((a*kw+c)*in+ch)*out+o])
				}
			}
		}
	}
	return y, ho, wo
}

func randomFloats(r *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

// convTolerance: float32 sums of at most 100 products of order one.
const convTolerance = 1e-5

func TestConv2D(t *testing.T) {
	b := cpu(t)
	r := rand.New(rand.NewPCG(1, 2))
	tests := []struct {
		n, h, w, in, kh, kw, out, stride int
		pad                              [2][2]int
	}{
		{2, 8, 8, 3, 5, 5, 4, 2, [2][2]int{{2, 2}, {2, 2}}},
		{1, 7, 9, 2, 3, 3, 3, 1, [2][2]int{{1, 1}, {1, 1}}},
		{3, 4, 4, 1, 3, 2, 2, 1, [2][2]int{{1, 1}, {0, 1}}},
		{1, 1, 1, 5, 1, 1, 2, 1, [2][2]int{}},
		{2, 6, 5, 2, 3, 3, 1, 2, [2][2]int{{1, 0}, {1, 1}}},
	}
	for i, tt := range tests {
		for name, low := range map[string]Lowering{"patches": Patches, "native": Native} {
			t.Run(fmt.Sprintf("case=%d/%s", i, name), func(t *testing.T) {
				x := randomFloats(r, tt.n*tt.h*tt.w*tt.in)
				k := randomFloats(r, tt.kh*tt.kw*tt.in*tt.out)
				want, ho, wo := naiveConv(x, k, tt.n, tt.h, tt.w, tt.in, tt.kh, tt.kw, tt.out, tt.stride, tt.pad)
				got := callOnce(t, b, func(x, k *graph.Node) *graph.Node {
					return conv2D(x, k, tt.stride, tt.pad, low)
				}, tensors.FromFlatDataAndDimensions(x, tt.n, tt.h, tt.w, tt.in),
					tensors.FromFlatDataAndDimensions(k, tt.kh, tt.kw, tt.in, tt.out))
				if d := got.Shape().Dimensions; d[1] != ho || d[2] != wo {
					t.Fatalf("shape %v, want %d×%d", d, ho, wo)
				}
				closeTo(t, tensors.MustCopyFlatData[float32](got), want)
			})
		}
	}
}

func closeTo(t *testing.T, got []float32, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d values, want %d", len(got), len(want))
	}
	scale := 0.0
	for _, v := range want {
		scale = max(scale, math.Abs(v))
	}
	for i := range want {
		if d := math.Abs(float64(got[i]) - want[i]); !(d <= convTolerance*scale) {
			t.Fatalf("value %d is %g, want %g", i, got[i], want[i])
		}
	}
}

// A transposed convolution is the adjoint of the convolution it is named after: <T(h), x> = <h,
// conv(x)> for all x, which defines it.
func TestTransposedConvIsAdjoint(t *testing.T) {
	b := cpu(t)
	r := rand.New(rand.NewPCG(3, 4))
	layers := []Layer{{3, 5, 2, false}, {2, 3, 2, false}, {4, 3, 1, false}, {1, 5, 1, false}, {2, 1, 1, false}}
	for i := range 3 * len(layers) {
		low, l := Lowering(i/len(layers)), layers[i%len(layers)]
		t.Run(fmt.Sprintf("kernel=%d/stride=%d/lowering=%d", l.Kernel, l.Stride, low), func(t *testing.T) {
			const n, side, in = 2, 4, 3
			big := side * l.Stride
			h := randomFloats(r, n*side*side*in)
			x := randomFloats(r, n*big*big*l.Maps)
			stored := randomFloats(r, l.Kernel*l.Kernel*in*l.Maps)
			// The convolution's kernel is the stored kernel turned by 180°, with its channel
			// axes exchanged.
			conv := make([]float32, len(stored))
			for p := range l.Kernel * l.Kernel {
				for i := range in {
					for o := range l.Maps {
						conv[((l.Kernel*l.Kernel-1-p)*l.Maps+o)*in+i] = stored[(p*in+i)*l.Maps+o]
					}
				}
			}
			p := (l.Kernel - 1) / 2
			y, _, _ := naiveConv(x, conv, n, big, big, l.Maps, l.Kernel, l.Kernel, in, l.Stride, [2][2]int{{p, p}, {p, p}})
			m := &Model{store: model.NewStore()}
			m.mustCreate("/generator/conv1/weights", tensors.FromFlatDataAndDimensions(stored, l.Kernel, l.Kernel, in, l.Maps))
			e, err := newExec(b, m, func(h *graph.Node) *graph.Node {
				return net{m.store, genScope, low}.transposedConv(h, l, "conv1")
			})
			if err != nil {
				t.Fatal(err)
			}
			got := tensors.MustCopyFlatData[float32](e.MustCall(tensors.FromFlatDataAndDimensions(h, n, side, side, in))[0])
			var left, right, scale float64
			for i, v := range got {
				left += float64(v) * float64(x[i])
				scale += math.Abs(float64(v) * float64(x[i]))
			}
			for i, v := range y {
				right += v * float64(h[i])
			}
			if math.Abs(left-right) > convTolerance*scale {
				t.Errorf("<T(h), x> = %g, <h, conv(x)> = %g", left, right)
			}
		})
	}
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
			for i, low := range []Lowering{Patches, Native, Adjoint} {
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
			a.Generator[0].Maps = fewMaps + 1 // so that both forms of the gradient by the kernel occur
			z := tensors.FromFlatDataAndDimensions(a.Prior.DrawZ(5, a.ZDim, 1), 5, a.ZDim)
			m := NewModel(a, 3)
			ps := a.generatorParams()
			gradients := func(low Lowering) []*tensors.Tensor {
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
			want := gradients(Patches)
			for _, low := range []Lowering{Native, Adjoint} {
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
	m.Lowering = Patches
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

func callOnce(t *testing.T, b *backends.Backend, fn func(x, y *graph.Node) *graph.Node, x, y *tensors.Tensor) *tensors.Tensor {
	t.Helper()
	out, err := graph.CallOnce(b.Compute, fn, x, y)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
