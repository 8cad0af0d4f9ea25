package shapes

import (
	"math"
	"math/rand/v2"
	"testing"
)

// accuracyOf trains a linear softmax classifier on features of the training
// split and returns its accuracy on the test split.
func accuracyOf(s *Set, size int, features func(pixels []uint8, size int) []float32) float64 {
	trainX, testX := matrices(s, size, features)
	return newLinear(trainX, s.Train.Labels).accuracy(testX, s.Test.Labels)
}

// matrices returns the features of both splits, one row per image, standardised.
func matrices(s *Set, size int, features func([]uint8, int) []float32) (train, test [][]float32) {
	train, test = apply(s.Train, size, features), apply(s.Test, size, features)
	standardise(train, test)
	return train, test
}

func apply(p Part, size int, features func([]uint8, int) []float32) [][]float32 {
	x := make([][]float32, len(p.Labels))
	stride := size * size * 3
	for i := range x {
		x[i] = features(p.Pixels[i*stride:(i+1)*stride], size)
	}
	return x
}

// standardise scales each column to mean 0 and variance 1 over the training rows.
func standardise(train, test [][]float32) {
	n := float64(len(train))
	for j := range train[0] {
		var sum, squares float64
		for _, row := range train {
			sum += float64(row[j])
			squares += float64(row[j]) * float64(row[j])
		}
		mean := sum / n
		scale := 1 / (math.Sqrt(max(squares/n-mean*mean, 0)) + 1e-6)
		for _, rows := range [][][]float32{train, test} {
			for _, row := range rows {
				row[j] = float32((float64(row[j]) - mean) * scale)
			}
		}
	}
}

// linear holds the weights of numClasses classes: d values and a bias per class.
type linear [numClasses][]float32

// newLinear runs stochastic gradient descent on the cross entropy, one example per step. Its
// learning rate falls to zero over a few epochs, which is its only regularisation.
func newLinear(x [][]float32, labels []int32) *linear {
	const epochs = 6
	d := len(x[0])
	var w linear
	for k := range w {
		w[k] = make([]float32, d+1)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	steps := epochs * len(x)
	for step, order := 0, []int(nil); step < steps; step++ {
		if len(order) == 0 {
			order = rng.Perm(len(x))
		}
		i := order[0]
		order = order[1:]
		rate := 0.15 / float32(d) * float32(steps-step) / float32(steps)
		p := softmax(w.scores(x[i]))
		p[labels[i]]--
		for k := range w {
			g := rate * p[k]
			for j, v := range x[i] {
				w[k][j] -= g * v
			}
			w[k][d] -= g
		}
	}
	return &w
}

func (w *linear) scores(x []float32) (s [numClasses]float32) {
	for k := range w {
		var a, b float32
		row := w[k]
		for j := 0; j+1 < len(x); j += 2 {
			a += x[j] * row[j]
			b += x[j+1] * row[j+1]
		}
		s[k] = a + b + row[len(x)]
	}
	return s
}

func softmax(s [numClasses]float32) [numClasses]float32 {
	top, sum := s[0], float32(0)
	for _, v := range s {
		top = max(top, v)
	}
	for k, v := range s {
		s[k] = float32(math.Exp(float64(v - top)))
		sum += s[k]
	}
	for k := range s {
		s[k] /= sum
	}
	return s
}

func (w *linear) accuracy(x [][]float32, labels []int32) float64 {
	right := 0
	for i, row := range x {
		s := w.scores(row)
		best := 0
		for k := range s {
			if s[k] > s[best] {
				best = k
			}
		}
		if best == int(labels[i]) {
			right++
		}
	}
	return float64(right) / float64(len(x))
}

func rawPixels(pixels []uint8, _ int) []float32 {
	x := make([]float32, len(pixels))
	for i, v := range pixels {
		x[i] = float32(v)
	}
	return x
}

// gradients is a histogram of gradient orientations (9 bins over half a turn,
// weighted by magnitude) in each of 4×4 cells, square-rooted and normalised:
// Dalal and Triggs, "Histograms of oriented gradients", 2005, without blocks.
func gradients(pixels []uint8, size int) []float32 {
	const cells, bins = 4, 9
	grey := func(x, y int) float64 {
		x, y = min(max(x, 0), size-1), min(max(y, 0), size-1)
		p := pixels[(y*size+x)*3:]
		return 0.299*float64(p[0]) + 0.587*float64(p[1]) + 0.114*float64(p[2])
	}
	h := make([]float32, cells*cells*bins)
	var sum float32
	for y := range size {
		for x := range size {
			gx, gy := grey(x+1, y)-grey(x-1, y), grey(x, y+1)-grey(x, y-1)
			m := float32(math.Hypot(gx, gy))
			a := (math.Atan2(gy, gx)/math.Pi + 2) * bins
			b, part := int(a), float32(a-math.Floor(a))
			cell := (y*cells/size*cells + x*cells/size) * bins
			h[cell+b%bins] += m * (1 - part)
			h[cell+(b+1)%bins] += m * part
			sum += m
		}
	}
	for i, v := range h {
		h[i] = float32(math.Sqrt(float64(v / (sum + 1e-6))))
	}
	return h
}

// TestHardness checks that the set distinguishes features: a linear classifier is poor on
// pixels and far better on gradient orientations.
func TestHardness(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("trains two classifiers, on one thread")
	}
	s := mustGenerate(t, Options{Train: 2000, Test: 1000})
	pixels := accuracyOf(s, 32, rawPixels)
	hog := accuracyOf(s, 32, gradients)
	t.Logf("pixels %.1f %%, gradient orientations %.1f %%", 100*pixels, 100*hog)
	// Measured 0.24 and 0.70 (docs/shapes.md); chance is 0.10, and three standard
	// deviations of 1000 test images are 0.04.
	if pixels < 0.15 || pixels > 0.35 {
		t.Errorf("accuracy on pixels %.3f, want 0.15 to 0.35", pixels)
	}
	if hog < 0.6 {
		t.Errorf("accuracy on gradient orientations %.3f, want 0.6 or more", hog)
	}
	if hog < pixels+0.25 {
		t.Errorf("gradient orientations %.3f beat pixels %.3f by less than 0.25", hog, pixels)
	}
}

func mustGenerate(t testing.TB, o Options) *Set {
	t.Helper()
	s, err := Generate(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
