package sheet

import (
	"math"
	"strings"
	"testing"
)

func TestFromFloatLevels(t *testing.T) {
	inf := float32(math.Inf(1))
	tests := []struct {
		name string
		v    float32
		want uint8 // (v+1)·127.5, halves away from zero
	}{
		{"lowest", -1, 0},
		{"highest", 1, 255},
		{"zero is 127.5, a half, rounded up", 0, 128},
		{"below half", float32(100.4/127.5 - 1), 100},
		{"above half", float32(100.6/127.5 - 1), 101},
		{"below the range", -1.5, 0},
		{"above the range", 1.0001, 255},
		{"infinite", inf, 255},
		{"negative infinite", -inf, 0},
		{"denormal below zero is still 127.5", -math.SmallestNonzeroFloat32, 128}, // exactly 127.5 in float64
		{"one float32 step below a half", -1e-7, 127},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			im, err := FromFloat([]float32{tt.v}, 1, 1, 1, 1)
			if err != nil {
				t.Fatal(err)
			}
			if im.Data[0] != tt.want {
				t.Errorf("%v becomes %d, want %d", tt.v, im.Data[0], tt.want)
			}
		})
	}
}

// The scaling of training, v/127.5 - 1 in float32, is undone exactly.
func TestFromFloatUndoesScaling(t *testing.T) {
	for v := range 256 {
		x := float32(v)/127.5 - 1
		im, err := FromFloat([]float32{x}, 1, 1, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		if int(im.Data[0]) != v {
			t.Errorf("%d becomes %v and then %d", v, x, im.Data[0])
		}
	}
}

func TestFromFloatErrors(t *testing.T) {
	nan := float32(math.NaN())
	tests := []struct {
		name       string
		data       []float32
		n, h, w, c int
		want       string
	}{
		{"NaN names its image", []float32{0, 0, 0, nan}, 2, 1, 2, 1, "image 1 of 2 holds NaN"},
		{"wrong length", make([]float32, 5), 2, 1, 2, 1, "5 values"},
		{"no image", nil, 0, 1, 1, 1, "no images"},
		{"four channels", make([]float32, 4), 1, 1, 1, 4, "4 channels"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := FromFloat(tt.data, tt.n, tt.h, tt.w, tt.c)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v does not contain %q", err, tt.want)
			}
		})
	}
}
