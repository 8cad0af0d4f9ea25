package onnx

import (
	"path/filepath"
	"testing"

	"repbench/internal/testcheck"
)

// Encoders that people evaluate, at small width, agree with PyTorch in float64
// (testdata/encoders.py), and the images make a difference.
func TestEncodersAgainstPyTorch(t *testing.T) {
	tests := []struct {
		name    string
		outputs []string // nil: all
		text    string   // an output that needs more than images
	}{
		{"dinov2", nil, ""},
		{"dinov3", nil, ""},
		{"clip", []string{"y2", "y3"}, "y0"},
		{"mae", nil, ""},
		{"eva", nil, ""},
		{"resnet", nil, ""},
		{"efficientnet", nil, ""},
		{"nfnet", nil, ""},
		{"convnextv2", nil, ""},
		{"mobilenetv4", nil, ""},
		{"fake", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join("testdata", "encoder_"+tt.name)
			m, err := Open(path + ".onnx")
			if err != nil {
				t.Fatal(err)
			}
			dims, x := readArray[float32](t, path+"_in.npy")
			_, want := readArray[float64](t, path+"_out.npy")
			images, nhwc := toLast(x, dims)
			if tt.text != "" {
				_, _, err := run(t, m, images, nhwc, Target{Output: tt.text})
				testcheck.Error(t, err, ErrUnsupported, `"ids"`)
			}
			outputs := tt.outputs
			if outputs == nil {
				outputs = m.outputNames()
			}
			for _, name := range outputs {
				got, shape, err := run(t, m, images, nhwc, Target{Output: name})
				if err != nil {
					t.Fatalf("output %s: %v", name, err)
				}
				if len(shape) == 4 {
					got, shape = permute(got, shape, axesFromLast(4))
				}
				e := testcheck.Difference(t, got, want[:len(got)])
				t.Logf("output %s of shape %v: %.2g of the largest value away", name, shape, e)
				if e > tolerance {
					t.Errorf("output %s differs by %.2g of its largest value", name, e)
				}
				if d := apart(got, shape[0]); !(d > 0.1) {
					t.Errorf("output %s of two images differs by %.2g of the largest value", name, d)
				}
				want = want[len(got):]
			}
			if len(want) != 0 {
				t.Errorf("%d values of PyTorch are left over", len(want))
			}
		})
	}
}
