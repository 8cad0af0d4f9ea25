package shapes

import (
	"math"
	"testing"
)

// manyFactors returns the factors of the first n training images, for 32 pixels.
func manyFactors(n int) []Factors {
	f := make([]Factors, n)
	for i := range f {
		f[i] = At(DefaultSeed, Train, i, DefaultSize)
	}
	return f
}

func TestClassesAreBalanced(t *testing.T) {
	for _, split := range []Split{Train, Test} {
		sameOrder := 0
		for block := range 50 {
			var seen [numClasses]bool
			for i := range numClasses {
				class := At(4, split, block*numClasses+i, 32).Class
				seen[class] = true
				if int(class) == i {
					sameOrder++
				}
			}
			for class, ok := range seen {
				if !ok {
					t.Errorf("split %d, block %d lacks class %d", split, block, class)
				}
			}
		}
		// One in ten of 500 is at its own place by chance: 50 ± 7.
		if sameOrder > 80 {
			t.Errorf("split %d: %d of 500 labels equal their place in the block", split, sameOrder)
		}
	}
}

func TestFactorRanges(t *testing.T) {
	in := func(t *testing.T, i int, name string, v, lo, hi float64) {
		t.Helper()
		if v < lo || v > hi {
			t.Errorf("image %d: %s %g is outside %g to %g", i, name, v, lo, hi)
		}
	}
	for i, f := range manyFactors(5000) {
		in(t, i, "class", float64(f.Class), 0, numClasses-1)
		in(t, i, "size", f.Size, MinSize, MaxSize)
		in(t, i, "x", f.X, 0.5-MaxShift, 0.5+MaxShift)
		in(t, i, "y", f.Y, 0.5-MaxShift, 0.5+MaxShift)
		in(t, i, "left", f.X-f.Size/2, 0, 1)
		in(t, i, "right", f.X+f.Size/2, 0, 1)
		in(t, i, "top", f.Y-f.Size/2, 0, 1)
		in(t, i, "bottom", f.Y+f.Size/2, 0, 1)
		in(t, i, "rotation", f.Rotation, -MaxRotation, MaxRotation)
		in(t, i, "noise", f.Noise.Sigma, MinNoise, MaxNoise)
		b := f.Background
		in(t, i, "kind", float64(b.Kind), 0, float64(numKinds-1))
		in(t, i, "angle", b.Angle, 0, 360)
		in(t, i, "period", b.Period, shortPeriod, longPeriod)
		in(t, i, "phase x", b.PhaseX, 0, 1)
		in(t, i, "phase y", b.PhaseY, 0, 1)
		contrast := min(apart(f.Color, b.A), apart(f.Color, b.B))
		in(t, i, "contrast", float64(contrast), MinContrast, 255)
		if w := f.Window; w.Present {
			in(t, i, "window width", w.Width, MinWindow, MaxWindow)
			in(t, i, "window height", w.Height, MinWindow, MaxWindow)
			// Half a step of 1/10000 is lost in halving an odd width.
			in(t, i, "window x", w.X, w.Width/2-1e-4, 1-w.Width/2+1e-4)
			in(t, i, "window y", w.Y, w.Height/2-1e-4, 1-w.Height/2+1e-4)
			in(t, i, "window luma", float64(w.Color.Luma()), 160, 255)
		} else if w != (Window{}) {
			t.Errorf("image %d: an absent window has factors %+v", i, w)
		}
	}
}

// TestFactorsReachTheirRanges draws enough images to fill each range.
func TestFactorsReachTheirRanges(t *testing.T) {
	const n = 3000
	var kinds [numKinds]int
	windows, dark := 0, 0
	leastSize, mostSize := 1.0, 0.0
	leastTurn, mostTurn := 90.0, -90.0
	for _, f := range manyFactors(n) {
		kinds[f.Background.Kind]++
		if f.Window.Present {
			windows++
		}
		if f.Color.Luma() < max(f.Background.A.Luma(), f.Background.B.Luma()) {
			dark++
		}
		leastSize, mostSize = min(leastSize, f.Size), max(mostSize, f.Size)
		leastTurn, mostTurn = min(leastTurn, f.Rotation), max(mostTurn, f.Rotation)
	}
	for k, count := range kinds {
		// 500 of each kind are expected, with a standard deviation of 20.
		if count < 400 || count > 600 {
			t.Errorf("%d of %d backgrounds are %v", count, n, Kind(k))
		}
	}
	// 40 % of 3000 with a standard deviation of 27.
	if windows < 1100 || windows > 1300 {
		t.Errorf("%d of %d images have a window", windows, n)
	}
	if dark < n/10 || dark > n/2 {
		t.Errorf("%d of %d objects are darker than a colour behind them", dark, n)
	}
	if leastSize > MinSize+0.01 || mostSize < MaxSize-0.01 || leastTurn > 1-MaxRotation || mostTurn < MaxRotation-1 {
		t.Errorf("sizes %g to %g, turns %g to %g do not fill their ranges", leastSize, mostSize, leastTurn, mostTurn)
	}
}

// TestFactorsDoNotTellTheClass compares the mean of each factor within a class with its mean
// over all classes, with a tolerance of four standard errors at 1000 images per class.
func TestFactorsDoNotTellTheClass(t *testing.T) {
	const n = 10000
	all := manyFactors(n)
	for name, value := range map[string]func(f Factors) float64{
		"x":        func(f Factors) float64 { return f.X },
		"y":        func(f Factors) float64 { return f.Y },
		"size":     func(f Factors) float64 { return f.Size },
		"rotation": func(f Factors) float64 { return f.Rotation },
		"red":      func(f Factors) float64 { return float64(f.Color[0]) },
		"luma":     func(f Factors) float64 { return float64(f.Color.Luma()) },
		"behind":   func(f Factors) float64 { return float64(f.Background.A.Luma()) },
		"kind":     func(f Factors) float64 { return float64(f.Background.Kind) },
		"window":   func(f Factors) float64 { return f.Window.Width },
		"noise":    func(f Factors) float64 { return f.Noise.Sigma },
	} {
		var sum, squares float64
		var sums [numClasses]float64
		for _, f := range all {
			v := value(f)
			sum += v
			squares += v * v
			sums[f.Class] += v
		}
		mean := sum / n
		deviation := math.Sqrt(squares/n - mean*mean)
		for class, s := range sums {
			if d := math.Abs(s/(n/numClasses) - mean); d > 4*deviation/math.Sqrt(n/numClasses) {
				t.Errorf("mean %s of class %s is off by %g", name, classNames[class], d)
			}
		}
	}
}
