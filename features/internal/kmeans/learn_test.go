package kmeans

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"repbench/datasets"
)

// noise returns images of random smooth patterns.
func noise(n, side int) datasets.Images {
	r := rand.New(rand.NewPCG(4, 2))
	im := datasets.Images{Data: make([]uint8, n*side*side*3), N: n, H: side, W: side, C: 3}
	v := 128.0
	for i := range im.Data {
		v = 128 + 0.9*(v-128) + 20*r.NormFloat64()
		im.Data[i] = uint8(min(255, max(0, v)))
	}
	return im
}

func TestNormalise(t *testing.T) {
	p := []float32{10, 20, 30, 60}
	normalise(p, ContrastOffset)
	// Mean 30, variance with n-1: (400+100+0+900)/3.
	scale := 1 / math.Sqrt(1400.0/3+ContrastOffset)
	for i, v := range []float64{-20, -10, 0, 30} {
		if math.Abs(float64(p[i])-v*scale) > 1e-6 {
			t.Errorf("value %d is %g, want %g", i, p[i], v*scale)
		}
	}
}

// TestWhitening: W·C·W of the covariance C has the eigenvalues λ/(λ+0.1).
func TestWhitening(t *testing.T) {
	o := Options{K: 4, Size: 3, Patches: 3000, Seed: 1, Threads: 2}.WithDefaults()
	x, err := draw(noise(20, 8), o)
	if err != nil {
		t.Fatal(err)
	}
	const d = 27
	mean, cov := moments(x, d, 2)
	w, err := zca(cov)
	if err != nil {
		t.Fatal(err)
	}
	var before, after mat.EigenSym
	before.Factorize(cov, false)
	whiten(x, d, mean, w, 2)
	_, white := moments(x, d, 1)
	after.Factorize(white, false)
	got := after.Values(nil)
	for i, l := range before.Values(nil) {
		if want := max(l, 0) / (max(l, 0) + WhiteningOffset); math.Abs(got[i]-want) > 1e-4 {
			t.Errorf("eigenvalue %d is %g after whitening, want %g", i, got[i], want)
		}
	}
}

// TestStepIsLloyds compares a step with the definition in float64.
func TestStepIsLloyds(t *testing.T) {
	const n, d, k = 500, 7, 9
	r := rand.New(rand.NewPCG(1, 1))
	x := make([]float32, n*d)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	c := newClusters(x, d, Options{K: k, Seed: 5, Threads: 2})
	for range 4 {
		before := slices.Clone(c.centroids)
		c.step()
		sum, count := make([]float64, k*d), make([]float64, k)
		for i := range n {
			best, least := 0, math.Inf(1)
			for q := range k {
				dist := 0.0
				for j := range d {
					v := float64(x[i*d+j]) - before[q*d+j]
					dist += v * v
				}
				if dist < least {
					best, least = q, dist
				}
			}
			count[best]++
			for j := range d {
				sum[best*d+j] += float64(x[i*d+j])
			}
		}
		for i, v := range sum {
			if count[i/d] == 0 {
				continue
			}
			if want := v / count[i/d]; math.Abs(c.centroids[i]-want) > 1e-9 {
				t.Fatalf("centroid %d, value %d is %g, want %g", i/d, i%d, c.centroids[i], want)
			}
		}
	}
}

// TestEmptyClusters: equal rows leave all but one centroid without rows; the
// others stay near the origin.
func TestEmptyClusters(t *testing.T) {
	x := slices.Repeat([]float32{1, 2, 3}, 50)
	c := newClusters(x, 3, Options{K: 5, Threads: 1})
	for range 3 {
		c.step()
	}
	own := 0
	for k := range 5 {
		switch v := c.centroids[k*3 : k*3+3]; {
		case slices.Equal(v, []float64{1, 2, 3}):
			own++
		case math.Hypot(v[0], math.Hypot(v[1], v[2])) > 10*nearOrigin:
			t.Errorf("centroid %d is %v", k, v)
		}
	}
	if own != 1 {
		t.Errorf("%d centroids are the rows, want 1", own)
	}
}

func TestThreadsDoNotMatter(t *testing.T) {
	o := Options{K: 20, Size: 3, Patches: 20_000, Iterations: 3, Seed: 7}
	var first *Dictionary
	for _, threads := range []int{1, 2, 5} {
		o.Threads = threads
		d, err := Learn(context.Background(), noise(20, 8), o)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = d
		}
		if !slices.Equal(d.Centroids, first.Centroids) || !slices.Equal(d.Whitening, first.Whitening) {
			t.Errorf("%d threads give another dictionary", threads)
		}
	}
}

func TestLearnErrors(t *testing.T) {
	ctx := context.Background()
	for name, o := range map[string]Options{"no K": {}, "negative": {K: -1}, "too many": {K: 10, Patches: 9}} {
		if _, err := Learn(ctx, noise(2, 8), o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Learn(ctx, noise(2, 4), Options{K: 2, Patches: 10}); err == nil {
		t.Error("images smaller than a patch: no error")
	}
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Learn(ctx, noise(2, 8), Options{K: 2, Patches: 10}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error is %v", err)
	}
}
