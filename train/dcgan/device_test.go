package dcgan

import (
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/backends/backendtest"
	"repbench/train/convolution"
)

// An update on the device equals the update on the CPU backend.
func TestDeviceTraining(t *testing.T) {
	b := backendtest.Device(t)
	for _, name := range []string{"svhn32", "imagenet32", "dcgan64"} {
		for _, alternate := range []Alternation{Both, Released} {
			want, wantLosses := trainOn(t, cpu(t), name, alternate, convolution.Native)
			t.Run(name+"/"+string(alternate), func(t *testing.T) {
				got, gotLosses := trainOn(t, b, name, alternate, convolution.LoweringFor(b))
				sameUpdate(t, got, want, gotLosses, wantLosses)
			})
		}
	}
}

// sameUpdate compares moments of gradients, running statistics and losses.
func sameUpdate(t *testing.T, got, want map[string][]float32, gotLosses, wantLosses []map[string]float64) {
	t.Helper()
	for i := range wantLosses {
		for k, w := range wantLosses[i] {
			if d := math.Abs(gotLosses[i][k] - w); !(d <= lossTolerance) {
				t.Errorf("update %d: %s is %g, want %g", i, k, gotLosses[i][k], w)
			}
		}
	}
	worst := 0.0
	for path, w := range want {
		if !strings.HasPrefix(path, "/adam/") && !strings.HasPrefix(path, "/running/") {
			continue // a parameter whose gradient is near zero moves by the sign of the gradient alone
		}
		if slices.Max(w) == 0 && slices.Min(w) == 0 {
			continue // the array belongs to the network that was not trained
		}
		e := relativeError(t, got[path], w)
		worst = max(worst, e)
		if !(e <= updateTolerance) {
			t.Errorf("%s differs by %g of its largest value", path, e)
		}
	}
	t.Logf("largest difference %.2g of the largest value", worst)
}
