package shapes

import (
	"math"
	"testing"
)

// levels draws a background alone: the share of colour B of each pixel.
func levels(size int, t Texture) []float64 {
	p := newPainter(size, t)
	r := renderer{size: size}
	var out []float64
	for y := range size {
		for x := range size {
			out = append(out, float64(p.level(r.middle(x), r.middle(y)))/float64(fixedOne))
		}
	}
	return out
}

func TestTexturesUseBothColors(t *testing.T) {
	// The mean share of B over the plane: half for symmetric patterns, a disc of radius 0.3
	// periods per square for dots.
	for _, c := range []struct {
		kind            Kind
		mean, tolerance float64
	}{
		{Plain, 0, 0},
		{Gradient, 0.5, 0.01},
		{Stripes, 0.5, 0.06},
		{Checks, 0.5, 0.06},
		{Dots, math.Pi * 0.09, 0.06},
		{Blobs, 0.5, 0.12},
		{numKinds, 0, 0},
	} {
		t.Run(c.kind.String(), func(t *testing.T) {
			var sum, least, most float64 = 0, 1, 0
			v := levels(64, Texture{Kind: c.kind, Angle: 33, Period: 0.2, PhaseX: 0.3, PhaseY: 0.8, Seed: 5})
			for _, l := range v {
				sum += l
				least, most = min(least, l), max(most, l)
			}
			if least < 0 || most > 1 {
				t.Errorf("levels from %g to %g, want them in [0, 1]", least, most)
			}
			if mean := sum / float64(len(v)); math.Abs(mean-c.mean) > c.tolerance {
				t.Errorf("mean level %.3f, want %.3f ± %.3f", mean, c.mean, c.tolerance)
			}
			if c.mean > 0 && (least > 0.15 || most < 0.85) {
				t.Errorf("levels from %.2f to %.2f do not reach both colours", least, most)
			}
		})
	}
}

func TestStripes(t *testing.T) {
	// Period 8 pixels, along x, no phase: B from a quarter to three quarters.
	v := levels(32, Texture{Kind: Stripes, Period: 0.25})
	want := []float64{0, 0, 1, 1, 1, 1, 0, 0}
	for x := range 32 {
		if got := v[5*32+x]; got != want[x%8] {
			t.Errorf("pixel %d has level %g, want %g", x, got, want[x%8])
		}
	}
	// A phase of half a period swaps the colours, a turn by 90° the axes.
	shifted := levels(32, Texture{Kind: Stripes, Period: 0.25, PhaseX: 0.5})
	turned := levels(32, Texture{Kind: Stripes, Period: 0.25, Angle: 90})
	for i := range v {
		if shifted[i] != 1-v[i] {
			t.Fatalf("pixel %d: shifted %g, want %g", i, shifted[i], 1-v[i])
		}
		if j := i%32*32 + i/32; turned[j] != v[i] {
			t.Fatalf("pixel %d: turned %g, want %g", j, turned[j], v[i])
		}
	}
}

func TestGradientRunsAlongItsAngle(t *testing.T) {
	right := levels(32, Texture{Kind: Gradient})
	down := levels(32, Texture{Kind: Gradient, Angle: 90})
	for i := 1; i < 32; i++ {
		if right[i] <= right[i-1] || right[i*32] != right[0] {
			t.Fatalf("angle 0: level does not rise to the right alone at %d", i)
		}
		if down[i*32] <= down[(i-1)*32] || down[i] != down[0] {
			t.Fatalf("angle 90: level does not rise downwards alone at %d", i)
		}
	}
}

func TestBlobsAreSmooth(t *testing.T) {
	// Noise of cell 0.4 sides spans 25 pixels of 64. Its fine octave spans 13, with a third of
	// the weight and a slope of at most 1.5 levels per cell. All is multiplied by 2.5.
	const steepest = 2.5 * (1.5*2/3/25 + 1.5/3/12.5)
	v := levels(64, Texture{Kind: Blobs, Period: 0.4, Seed: 9})
	other := levels(64, Texture{Kind: Blobs, Period: 0.4, Seed: 10})
	same := 0
	for i := range v {
		if i%64 > 0 && math.Abs(v[i]-v[i-1]) > steepest {
			t.Fatalf("pixel %d differs from the one before by %.3f, more than %.3f", i, v[i]-v[i-1], steepest)
		}
		if v[i] == other[i] {
			same++
		}
	}
	if same > len(v)/2 {
		t.Errorf("%d of %d pixels are the same with another seed", same, len(v))
	}
}

func TestKindText(t *testing.T) {
	for k := range numKinds {
		text, err := k.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back Kind
		if err := back.UnmarshalText(text); err != nil || back != k || string(text) != k.String() {
			t.Errorf("%v: text %q reads back as %v, %v", k, text, back, err)
		}
	}
	if _, err := numKinds.MarshalText(); err == nil {
		t.Error("an unknown kind has a text")
	}
	var k Kind
	if err := k.UnmarshalText([]byte("plaid")); err == nil {
		t.Error("kind plaid was read")
	}
	if got := Kind(77).String(); got != "Kind(77)" {
		t.Errorf("Kind(77) is called %q", got)
	}
}
