package convolution

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/backends"
	"repbench/backends/backendtest"
)

var cpu = backendtest.CPU

// naiveConv computes the definition in the comment of conv2D in float64.
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
	layers := []geometry{{5, 2, 3}, {3, 2, 2}, {3, 1, 4}, {5, 1, 1}, {1, 1, 2}}
	for i := range 3 * len(layers) {
		low, l := Lowering(i/len(layers)), layers[i%len(layers)]
		t.Run(fmt.Sprintf("kernel=%d/stride=%d/lowering=%d", l.kernel, l.stride, low), func(t *testing.T) {
			const n, side, in = 2, 4, 3
			big := side * l.stride
			h := randomFloats(r, n*side*side*in)
			x := randomFloats(r, n*big*big*l.maps)
			stored := randomFloats(r, l.kernel*l.kernel*in*l.maps)
			// The convolution's kernel is the stored kernel turned by 180°, with its channel
			// axes exchanged.
			conv := make([]float32, len(stored))
			for p := range l.kernel * l.kernel {
				for i := range in {
					for o := range l.maps {
						conv[((l.kernel*l.kernel-1-p)*l.maps+o)*in+i] = stored[(p*in+i)*l.maps+o]
					}
				}
			}
			p := (l.kernel - 1) / 2
			y, _, _ := naiveConv(x, conv, n, big, big, l.maps, l.kernel, l.kernel, in, l.stride, [2][2]int{{p, p}, {p, p}})
			got := tensors.MustCopyFlatData[float32](callOnce(t, b, func(h, kernel *graph.Node) *graph.Node {
				return Transposed(h, kernel, l.stride, low)
			}, tensors.FromFlatDataAndDimensions(h, n, side, side, in), tensors.FromFlatDataAndDimensions(stored, l.kernel, l.kernel, in, l.maps)))
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

func callOnce(t *testing.T, b *backends.Backend, fn func(x, y *graph.Node) *graph.Node, x, y *tensors.Tensor) *tensors.Tensor {
	t.Helper()
	out, err := graph.CallOnce(b.Compute, fn, x, y)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
