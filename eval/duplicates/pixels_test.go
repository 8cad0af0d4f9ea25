package duplicates

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"repbench/datasets"
	"repbench/internal/progress"
)

// images are images of these values, one after the other.
func images(h, w, c int, values ...uint8) datasets.Images {
	return datasets.Images{Data: values, N: len(values) / (h * w * c), H: h, W: w, C: c}
}

// Each output is the mean over its share of the inputs: weights that can be counted by hand.
func TestAreasByHand(t *testing.T) {
	for _, tt := range []struct {
		n, m int
		want []span
	}{
		{4, 2, []span{{0, []float64{0.5, 0.5}}, {2, []float64{0.5, 0.5}}}},
		{3, 2, []span{{0, []float64{2. / 3, 1. / 3}}, {1, []float64{1. / 3, 2. / 3}}}},
		{3, 3, []span{{0, []float64{1}}, {1, []float64{1}}, {2, []float64{1}}}},
		{5, 1, []span{{0, []float64{0.2, 0.2, 0.2, 0.2, 0.2}}}},
	} {
		got := areas(tt.n, tt.m)
		for i, s := range got {
			if s.first != tt.want[i].first || len(s.weights) != len(tt.want[i].weights) {
				t.Errorf("%d to %d: span %d is %v, want %v", tt.n, tt.m, i, s, tt.want[i])
				continue
			}
			for k, w := range s.weights {
				if math.Abs(w-tt.want[i].weights[k]) > 1e-15 {
					t.Errorf("%d to %d: span %d is %v, want %v", tt.n, tt.m, i, s, tt.want[i])
				}
			}
		}
	}
	for n := 1; n <= 70; n++ {
		for m := 1; m <= min(n, 33); m++ {
			covered := make([]float64, n)
			for i, s := range areas(n, m) {
				sum := 0.0
				for k, w := range s.weights {
					sum += w
					covered[s.first+k] += w
				}
				if math.Abs(sum-1) > 1e-12 {
					t.Fatalf("%d to %d: the weights of output %d sum to %g", n, m, i, sum)
				}
			}
			for j, w := range covered { // each input counts as much as any other
				if math.Abs(w-float64(m)/float64(n)) > 1e-12 {
					t.Fatalf("%d to %d: input %d has the weight %g, want %g", n, m, j, w, float64(m)/float64(n))
				}
			}
		}
	}
}

// The central square is kept, large ones are averaged to 32 pixels, small ones stay.
func TestReduceByHand(t *testing.T) {
	wide := images(2, 4, 1, 9, 1, 2, 9, 9, 3, 4, 9)
	if got := reduce(wide); got.H != 2 || got.W != 2 || !slices.Equal(got.Data, []uint8{1, 2, 3, 4}) {
		t.Errorf("a wide image becomes %+v", got)
	}
	odd := images(3, 2, 1, 1, 2, 3, 4, 5, 6) // (3-2)/2 = 0: the upper square
	if got := reduce(odd); !slices.Equal(got.Data, []uint8{1, 2, 3, 4}) {
		t.Errorf("an image of three rows becomes %v", got.Data)
	}
	small := images(2, 2, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	if got := reduce(small); &got.Data[0] != &small.Data[0] {
		t.Error("a small square image was copied")
	}
	large := datasets.Images{N: 1, H: 64, W: 64, C: 1, Data: make([]uint8, 64*64)}
	for i := range large.Data {
		large.Data[i] = uint8(4 * (i % 64 / 2)) // columns in pairs
	}
	got := reduce(large)
	for i, v := range got.Data {
		if want := uint8(4 * (i % 32)); got.H != 32 || v != want {
			t.Fatalf("pixel %d of %d rows is %d, want %d", i, got.H, v, want)
		}
	}
}

// A mirrored pair of pixels, channel by channel; twice is the image itself.
func TestMirror(t *testing.T) {
	im := images(2, 2, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	got := mirror(im)
	if !slices.Equal(got.Data, []uint8{4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9}) || im.Data[0] != 1 {
		t.Errorf("mirrored %v from %v", got.Data, im.Data)
	}
	if again := mirror(got); !slices.Equal(again.Data, im.Data) {
		t.Errorf("mirrored twice: %v", again.Data)
	}
}

// Equal pixels have equal codes; a pixel, or the shape alone, makes another one.
func TestExact(t *testing.T) {
	hash := func(im datasets.Images) Code {
		var c [1]Code
		if err := (Exact{}).Hash(c[:], im); err != nil {
			t.Fatal(err)
		}
		return c[0]
	}
	base := hash(images(2, 3, 1, 1, 2, 3, 4, 5, 6))
	if hash(images(2, 3, 1, 1, 2, 3, 4, 5, 6)) != base {
		t.Error("equal images have different codes")
	}
	for name, im := range map[string]datasets.Images{
		"a pixel": images(2, 3, 1, 1, 2, 3, 4, 5, 7), "the shape": images(3, 2, 1, 1, 2, 3, 4, 5, 6), "channels": images(1, 2, 3, 1, 2, 3, 4, 5, 6),
	} {
		if hash(im) == base {
			t.Errorf("another %s has the same code", name)
		}
	}
	if (Exact{}).Bits() != MaxBits {
		t.Errorf("%d bits", (Exact{}).Bits())
	}
}

// failing fails from an image on.
type failing struct {
	from  int32
	calls *atomic.Int32
	stop  func()
}

func (failing) Bits() int { return 8 }

func (f failing) Hash(dst []Code, im datasets.Images) error {
	if f.stop != nil {
		f.stop()
	}
	if n := f.calls.Add(int32(im.N)); f.from > 0 && n >= f.from {
		return errors.New("broken")
	}
	for i := range dst {
		dst[i].set(int(im.At(i)[0]))
	}
	return nil
}

// Codes stand in the order of the images over all parts and pieces; errors name the part and the
// images, and nothing hangs.
func TestHashAll(t *testing.T) {
	const n = 3*hashBatch + 7
	part := func(name string, n int) Part {
		im := datasets.Images{N: n, H: 1, W: 2, C: 1, Data: make([]uint8, 2*n)}
		for i := range im.N {
			im.Data[2*i], im.Data[2*i+1] = uint8(i%5), uint8(5+i%3)
		}
		return Part{Set: "s", Split: name, Images: im}
	}
	parts := []Part{part("train", n), part("empty", 0), part("test", 3)}
	task := progress.Silent.Start("", 0, "")
	for _, mirrored := range []bool{false, true} {
		codes, err := hashAll(context.Background(), failing{calls: new(atomic.Int32)}, parts, mirrored, task)
		if err != nil || len(codes) != n+3 {
			t.Fatalf("%d codes, %v", len(codes), err)
		}
		for i, c := range codes {
			at := i
			if i >= n {
				at = i - n
			}
			var want Code
			if want.set(at % 5); mirrored {
				want = Code{}
				want.set(5 + at%3)
			}
			if c != want {
				t.Fatalf("mirrored %v: code %d is %v, want %v", mirrored, i, c, want)
			}
		}
	}
	if _, err := hashAll(context.Background(), failing{from: 1, calls: new(atomic.Int32)}, parts, false, task); err == nil || !strings.Contains(err.Error(), "s/train, images ") || !strings.HasSuffix(err.Error(), ": broken") {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	stopped := errors.New("stopped")
	if _, err := hashAll(ctx, failing{calls: new(atomic.Int32), stop: func() { cancel(stopped) }}, []Part{part("train", 60*hashBatch)}, false, task); !errors.Is(err, stopped) {
		t.Errorf("cancelled: error %v", err)
	}
}

func TestDistance(t *testing.T) {
	var a, b Code
	for i, bit := range []int{0, 63, 64, 255} {
		a.set(bit)
		if got := Distance(a, b); got != i+1 {
			t.Errorf("%d bits: distance %d", i+1, got)
		}
	}
	if Distance(a, a) != 0 || Distance(b, a) != Distance(a, b) {
		t.Error("a distance must be 0 to itself and the same both ways")
	}
}
