package nnc

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/internal/npy"
	"repbench/internal/testenv"
)

func read[T npy.Elem](t *testing.T, dir, name string) []T {
	t.Helper()
	_, v, err := npy.Read[T](filepath.Join(dir, name+".npy"))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestGolden: the nearest samples, the errors and the distances are the same as with NumPy in float64.
func TestGolden(t *testing.T) {
	dir := testenv.Path(t, "golden", "mnist_cond")
	var want struct {
		NN map[string]struct {
			Errors   int
			NND      float64 `json:"nnd_exact"`
			Released float64 `json:"nnd_released_formula_float64"`
		} `json:"nn"`
	}
	b, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err == nil {
		err = json.Unmarshal(b, &want)
	}
	if err != nil {
		t.Fatal(err)
	}
	samples := Set{N: 600, Pixels: 784, Floats: read[float32](t, dir, "samples"), Labels: read[int32](t, dir, "sample_labels")}
	test := Set{N: 500, Pixels: 784, Bytes: read[uint8](t, dir, "test_u8"), Labels: read[int32](t, dir, "test_labels")}
	n, err := New(test, Options{Classes: 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{100, 300, 600} {
		if err := n.Add(t.Context(), samples.Rows(int(n.Added()), int(size))); err != nil {
			t.Fatal(err)
		}
		rows := read[int32](t, dir, fmt.Sprintf("nearest_%d", size))
		for i, r := range n.State().Rows {
			if r != int64(rows[i]) {
				t.Fatalf("%d samples: the nearest of test image %d is %d, want %d", size, i, r, rows[i])
			}
		}
		p, w := n.Point(), want.NN[fmt.Sprint(size)]
		if p.Errors != w.Errors || math.Abs(p.NND-w.NND) > 1e-9 || math.Abs(p.NNDReleased-w.Released) > 1e-9 {
			t.Errorf("%d samples: %+v, want %+v", size, p, w)
		}
	}
}

// mnist reads a split of MNIST from the data folder.
func mnist(t *testing.T, images, labels string) Set {
	t.Helper()
	dir := testenv.Path(t, "data", "mnist")
	x, y := gunzip(t, filepath.Join(dir, images)), gunzip(t, filepath.Join(dir, labels))
	s := Set{N: len(y) - 8, Pixels: 784, Bytes: x[16:]}
	for _, l := range y[8:] {
		s.Labels = append(s.Labels, int32(l))
	}
	return s
}

// TestReal: the counts of k-NN on real images, computed with scikit-learn.
func TestReal(t *testing.T) {
	if testing.Short() {
		t.Skip("compares a billion pairs of images")
	}
	train := mnist(t, "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz")
	test := mnist(t, "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")
	got, err := Real(t.Context(), test, train, Options{Classes: 10})
	if err != nil {
		t.Fatal(err)
	}
	var counts []string
	for _, p := range got {
		counts = append(counts, fmt.Sprintf("%s %d %d", p.Rows, p.N, p.Errors))
	}
	want := []string{"all 60000 309", "first 50000 334", "released 50000 333", "released 10000 523", "released 1000 1126"}
	if !slices.Equal(counts, want) {
		t.Errorf("real images: %v, want %v", counts, want)
	}
}

// random makes a set with many equal images.
func random(r *rand.Rand, n int) Set {
	s := Set{N: n, Pixels: 6}
	for range n {
		for range s.Pixels {
			s.Bytes = append(s.Bytes, uint8(r.IntN(3)*100))
		}
		s.Labels = append(s.Labels, int32(r.IntN(3)))
	}
	return s
}

// TestNearestOracle compares blocks of all sizes, bytes and floats, with a search of all pairs; ties go
// to the lower number.
func TestNearestOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for trial := range 40 {
		test, samples := random(r, 1+r.IntN(30)), random(r, 2+r.IntN(200))
		if trial%2 == 1 {
			samples.Floats, samples.Bytes = samples.floats(), nil
		}
		n, err := New(test, Options{Classes: 3, Bytes: trial%4 < 2})
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; at < samples.N; {
			to := min(samples.N, at+1+r.IntN(60))
			if err := n.Add(t.Context(), samples.Rows(at, to)); err != nil {
				t.Fatal(err)
			}
			at = to
		}
		x := samples.bytes()
		for i := range test.N {
			best, least := 0, math.MaxInt
			for j := range samples.N {
				d := 0
				for k := range 6 {
					e := int(test.Bytes[6*i+k]) - int(x[6*j+k])
					d += e * e
				}
				if d < least {
					best, least = j, d
				}
			}
			if s := n.State(); s.Rows[i] != int64(best) || s.Labels[i] != samples.Labels[best] {
				t.Fatalf("trial %d: nearest of %d is %d, want %d", trial, i, s.Rows[i], best)
			}
		}
	}
}

// stopping is a source in batches of 128 that cancels the context once.
type stopping struct {
	Source
	at     int64
	cancel func()
}

func (s *stopping) Align() int { return 128 }

func (s *stopping) Each(ctx context.Context, from, to int64, give func(Set) error) error {
	for at := from; at < to; at += 128 {
		if s.cancel != nil && at >= s.at {
			s.cancel()
			s.cancel = nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.Source.Each(ctx, at, min(at+128, s.Len()), give); err != nil {
			return err
		}
	}
	return nil
}

// TestRunGoesOn: a run that is stopped and goes on has the bits of one that was not stopped, whatever
// the numbers asked for.
func TestRunGoesOn(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	test, samples := random(r, 50), random(r, 40_000)
	samples.Floats, samples.Bytes = samples.floats(), nil
	for i := range samples.Floats {
		samples.Floats[i] = r.Float32()
	}
	points := func(numbers []int64, stopAt int64) []Point {
		var kept *Stored
		ctx, cancel := context.WithCancel(t.Context())
		src := &stopping{Source: FromMemory(samples), at: stopAt, cancel: cancel}
		if stopAt < 0 {
			src.cancel = nil
		}
		p := Progressed{Key: "k", Store: func(s Stored) error {
			b, err := json.Marshal(s)
			if err != nil {
				return err
			}
			kept = new(Stored)
			return json.Unmarshal(b, kept)
		}}
		for {
			n, err := New(test, Options{Classes: 3})
			if err != nil {
				t.Fatal(err)
			}
			p.Start = kept
			out, err := Run(ctx, n, src, numbers, p)
			if err == nil {
				return out
			}
			if !errors.Is(err, context.Canceled) || kept == nil && stopAt > 12_800 {
				t.Fatalf("stopped with %v, stored %v", err, kept != nil)
			}
			ctx = t.Context()
		}
	}
	want := points([]int64{1000, 13_000, 40_000}, -1)
	for _, stop := range []int64{0, 12_800, 12_928, 25_600, 39_936} {
		if got := points([]int64{1000, 13_000, 40_000}, stop); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("stopped at %d: %v, want %v", stop, got, want)
		}
	}
	if got := points([]int64{13_000}, -1); fmt.Sprint(got[0]) != fmt.Sprint(want[1]) {
		t.Errorf("alone: %v, want %v", got[0], want[1])
	}
}

// TestErrors: what cannot be classified is an error that names the place.
func TestErrors(t *testing.T) {
	nan := float32(math.NaN())
	good := Set{N: 2, Pixels: 2, Floats: []float32{0, 1, 1, 0}, Labels: []int32{0, 1}}
	for want, s := range map[string]Set{
		"the label of image 1 is 2; the classes are 0 to 1": {N: 2, Pixels: 2, Floats: good.Floats, Labels: []int32{0, 2}},
		"the label of image 0 is -1":                        {N: 2, Pixels: 2, Floats: good.Floats, Labels: []int32{-1, 1}},
		"pixel 1 of image 1 is NaN":                         {N: 2, Pixels: 2, Floats: []float32{0, 1, 1, nan}, Labels: good.Labels},
		"pixel 0 of image 1 is -0.5":                        {N: 2, Pixels: 2, Floats: []float32{0, 1, -0.5, 0}, Labels: good.Labels},
		"1 labels for 2 images":                             {N: 2, Pixels: 2, Floats: good.Floats, Labels: []int32{0}},
		"the samples have 4 pixels, the test images 2":      {N: 1, Pixels: 4, Floats: good.Floats, Labels: []int32{0}},
		"3 values for 2 images of 2 pixels":                 {N: 2, Pixels: 2, Floats: []float32{0, 1, 1}, Labels: good.Labels},
		"0 images of 2 pixels":                              {Pixels: 2},
	} {
		n, err := New(good, Options{Classes: 2})
		if err != nil {
			t.Fatal(err)
		}
		if err := n.Add(t.Context(), s); err == nil || !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	for want, f := range map[string]func(n *Nearest) error{
		"the nearest of 3 samples is asked for, and there are 2": func(n *Nearest) error {
			_, err := Run(t.Context(), n, FromMemory(good), []int64{3}, Progressed{})
			return err
		},
		"0 samples; at least 1": func(n *Nearest) error {
			_, err := Run(t.Context(), n, FromMemory(good), []int64{0}, Progressed{})
			return err
		},
		"one of other images": func(n *Nearest) error {
			_, err := Run(t.Context(), n, FromMemory(good), []int64{2}, Progressed{Key: "a", Start: &Stored{Key: "b"}})
			return err
		},
		"does not fit 2 test images": func(n *Nearest) error {
			_, err := Run(t.Context(), n, FromMemory(good), []int64{2}, Progressed{Key: "a", Start: &Stored{Key: "a", State: State{N: 1}}})
			return err
		},
		"the image 7 of 1": func(n *Nearest) error {
			return n.Restore(State{N: 1, Squares: []float64{0, 1}, Labels: []int32{0, 0}, Rows: []int64{0, 7}, PerClass: []int64{1, 0}})
		},
	} {
		n, err := New(good, Options{Classes: 2})
		if err != nil {
			t.Fatal(err)
		}
		if err := f(n); err == nil || !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func gunzip(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
