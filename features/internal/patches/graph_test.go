package patches

import (
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/backends"
	"repbench/datasets"
	"repbench/internal/testcheck"
)

// run computes a graph of tensors on the CPU.
func run(t *testing.T, build func(x []*Node) *Node, args ...any) []float32 {
	t.Helper()
	b, err := backends.Open("cpu")
	if err != nil {
		t.Fatal(err)
	}
	exec, err := NewExec(b.Compute, build)
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	y, err := exec.Call1(args...)
	if err != nil {
		t.Fatal(err)
	}
	out, err := tensors.CopyFlatData[float32](y)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Sums of the four parts against a loop, for even and odd sides; all values are whole, so that
// the sums are exact.
func TestQuadrants(t *testing.T) {
	for _, s := range [][4]int{{1, 2, 2, 1}, {2, 3, 3, 2}, {1, 4, 5, 3}, {2, 7, 2, 1}} {
		n, h, w, k := s[0], s[1], s[2], s[3]
		x, want := make([]float32, n*h*w*k), make([]float32, n*4*k)
		for i := range x {
			x[i] = float32(i * i % 97)
			image, row, col, c := i/(h*w*k), i/(w*k)%h, i/k%w, i%k
			want[image*4*k+(row/((h+1)/2)*2+col/((w+1)/2))*k+c] += x[i]
		}
		got := run(t, func(x []*Node) *Node { return Quadrants(x[0]) }, tensors.FromFlatDataAndDimensions(x, s[:]...))
		if !slices.Equal(got, want) {
			t.Errorf("%v: sums %v, want %v", s, got, want)
		}
	}
}

// By hand: the distances 3, 4 and 5 have the mean 4; equal distances activate nothing, and a
// square that rounding made negative counts as 0.
func TestTriangle(t *testing.T) {
	got := run(t, func(x []*Node) *Node { return Triangle(x[0], x[1], x[2]) },
		[][]float32{{9}, {4}, {1}}, [][]float32{{0, 0.5, 2}, {2, 2, 2}, {0.75, 0.5, 0.5}}, [][]float32{{0, 8, 20}, {4, 4, 4}, {0, 4, 9}})
	want := []float32{1, 0, 0, 0, 0, 0, 5. / 3, 0, 0}
	if e := testcheck.Difference(t, got, want); e > 1e-6 {
		t.Errorf("activations %v, want %v", got, want)
	}
}

func TestProjectAndCentredByHand(t *testing.T) {
	filters := [][]float64{{1, 2, 3}, {0, 0, 6}}
	projections, norms := Project(filters, []float64{1, 0, 2, -1, 3, 4})
	for k, want := range [][]float64{{1, 2, 3}, {2, 4, 0}, {3, 6, 33}} {
		if !slices.Equal(projections[k], want) {
			t.Errorf("projection %d is %v, want %v", k, projections[k], want)
		}
	}
	if !slices.Equal(norms, []float32{1, 5, 25}) {
		t.Errorf("squares %v", norms)
	}
	flat, along := Centred(filters, []float64{1, 10, 100})
	if !slices.Equal(flat[0], []float64{-1, 0, 1}) || !slices.Equal(flat[1], []float64{-2, -2, 4}) || !slices.Equal(along, []float32{321, 600}) {
		t.Errorf("centred %v, along the mean %v", flat, along)
	}
	if filters[0][0] != 1 {
		t.Error("Centred changes its filters")
	}
}

// A batch that is not full gives the rows of its images, and they are standardised once mean and
// scale are known.
func TestStandardisedEncode(t *testing.T) {
	b, err := backends.Open("cpu")
	if err != nil {
		t.Fatal(err)
	}
	var s Standardised
	defer s.Close()
	if err := s.Compile(b, 2, func(x *Node) *Node { return Reshape(ConvertDType(x, dtypes.Float32), PatchBatch, 2) }); err != nil {
		t.Fatal(err)
	}
	const n = PatchBatch + 3
	im := datasets.Images{N: n, H: 1, W: 2, C: 1, Data: make([]uint8, 2*n)}
	for i := range im.Data {
		im.Data[i] = uint8(i * 5)
	}
	got := make([]float32, 2*n)
	if err := s.Encode(got, im); err != nil {
		t.Fatal(err)
	}
	s.Mean, s.Scale = []float32{1, 2}, []float32{2, 0.5}
	standard := make([]float32, 2*n)
	if err := s.Encode(standard, im); err != nil {
		t.Fatal(err)
	}
	for i, v := range got {
		if v != float32(im.Data[i]) || standard[i] != (v-s.Mean[i%2])*s.Scale[i%2] {
			t.Fatalf("value %d is %g and %g standardised, the pixel is %d", i, v, standard[i], im.Data[i])
		}
	}
}
