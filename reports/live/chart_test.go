package live

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// TestAxes: the axis of values that are not negative does not reach below 0, has room around a single value,
// and leaves out rare outliers.
func TestAxes(t *testing.T) {
	outlier := append(slices.Repeat([]float64{1, 2}, 60), 1000)
	for _, tt := range []struct {
		name      string
		values    []float64
		low, high float64
	}{
		{"one small value", []float64{0.25}, 0, 0.75},
		{"zero", []float64{0, 0}, 0, 0.5},
		{"one large value", []float64{40}, 20, 60},
		{"one negative value", []float64{-0.25}, -0.75, 0.25},
		{"two near 0", []float64{0.01, 1.01}, 0, 1.06},
		{"two far from 0", []float64{10, 30}, 9, 31},
		{"both signs", []float64{-1, 1}, -1.1, 1.1},
		{"an outlier of 121", outlier, 0.95, 2.05},
	} {
		low, high := valueRange(tt.values)
		if math.Abs(low-tt.low) > 1e-12 || math.Abs(high-tt.high) > 1e-12 {
			t.Errorf("%s: from %g to %g, want %g to %g", tt.name, low, high, tt.low, tt.high)
		}
	}
}

// TestOneStep: a run with one logged step shows the step once, and one with two shows both.
func TestOneStep(t *testing.T) {
	dir := t.TempDir()
	const small = `,"loss":0.25`
	write(t, dir, "one/config.json", config, "one/metrics.jsonl", line(40, small), "two/config.json", config, "two/metrics.jsonl", line(40, small)+line(80, small))
	_, url := served(t, Options{Dir: dir})
	for run, want := range map[string]int{"one": 0, "two": 2} { // charts: losses, images per second
		_, body, _ := get(t, url+"run?dir="+run)
		if n := strings.Count(body, `<span class="left">40</span>`); n != want {
			t.Errorf("%s: %d charts begin at step 40, want %d", run, n, want)
		}
		if strings.Contains(body, `<span class="low">−`) {
			t.Errorf("%s: an axis of losses reaches below 0", run)
		}
	}
}
