package eval

import (
	"context"
	"strings"
	"testing"

	"repbench/backends"
	"repbench/eval/linear"
	"repbench/features/matrix/matrixtest"
	"repbench/internal/testenv"
)

// TestLinearDevice: an evaluation opens the device once, for all its fits.
func TestLinearDevice(t *testing.T) {
	testenv.NeedPortable(t)
	train, test := task()
	o := LinearOptions{Train: train, Test: test, C: []float64{1e-3, 1e-2}, Layers: []Layer{{"low", 0, 20}}}
	native := evalLinear(t, o)
	o.Device = linear.Device{Backend: backends.CPU}
	r := evalLinear(t, o)
	for _, s := range []struct {
		name        string
		got, native LinearScore
	}{{"all", r.LinearScore, native.LinearScore}, {"low", r.Layers[0].LinearScore, native.Layers[0].LinearScore}} {
		if matrixtest.Relative(s.got.Objective, s.native.Objective) > 1e-6 || s.got.C != s.native.C || s.got.TestAccuracy != s.native.TestAccuracy {
			t.Errorf("%s: %+v, on the CPU %+v", s.name, s.got, s.native)
		}
		if !strings.HasPrefix(s.got.Products.String(), "device cpu") || s.native.Products.String() != "simd" {
			t.Errorf("%s: products of %q and %q", s.name, s.got.Products, s.native.Products)
		}
	}
	o.Device.Backend = "tpu9"
	_, err := Linear(context.Background(), o)
	matrixtest.WantError(t, err, backends.ErrUnknown, "device for the products")
	o.Device = linear.Device{Memory: 5}
	_, err = Linear(context.Background(), o)
	matrixtest.WantError(t, err, nil, "without a device to take them from")
}
