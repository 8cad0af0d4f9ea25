package shapes

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
)

func TestRenderPlainImage(t *testing.T) {
	f := Factors{Class: -1, Background: Texture{A: RGB{10, 20, 30}, B: RGB{200, 200, 200}}}
	dst := make([]uint8, 16*16*3)
	Render(dst, 16, f)
	if want := bytes.Repeat([]byte{10, 20, 30}, 16*16); !bytes.Equal(dst, want) {
		t.Error("a plain background without objects is not all of colour A")
	}
}

func TestRenderOrder(t *testing.T) {
	// A disc over the middle and a window over the disc: panes on top.
	f := Factors{
		Color: RGB{255, 0, 0}, X: 0.5, Y: 0.5, Size: 0.8,
		Background: Texture{A: RGB{0, 0, 255}},
		Window:     Window{Present: true, X: 0.5, Y: 0.5, Width: 0.22, Height: 0.22, Color: RGB{0, 255, 0}},
	}
	dst := make([]uint8, 32*32*3)
	Render(dst, 32, f)
	for _, c := range []struct {
		name string
		x, y int
		want RGB
	}{
		{"background", 1, 1, RGB{0, 0, 255}},
		{"object", 16, 8, RGB{255, 0, 0}},
		{"pane", 14, 14, RGB{0, 255, 0}},
		{"bar", 16, 14, RGB{0, 71, 0}}, // 255 · 0.28
	} {
		if got := RGB(dst[(c.y*32+c.x)*3:][:3]); got != c.want {
			t.Errorf("%s is %v, want %v", c.name, got, c.want)
		}
	}
}

func TestRenderUsesOnlyItsPixels(t *testing.T) {
	f := At(DefaultSeed, Train, 0, 16)
	dst := bytes.Repeat([]byte{7}, 16*16*3+5)
	Render(dst, 16, f)
	if !bytes.Equal(dst[16*16*3:], []byte{7, 7, 7, 7, 7}) {
		t.Error("Render wrote beyond the image")
	}
	Render(nil, 0, f)
	Render(nil, -3, f)
}

// TestNoise compares mean and standard deviation with the expected ones, over 128·128·3 values
// on a background where no value is clipped.
func TestNoise(t *testing.T) {
	for _, sigma := range []float64{0, 1, 3, 6, 20} {
		f := Factors{Class: -1, Noise: Noise{Sigma: sigma, Seed: 11}}
		f.Background.A = RGB{128, 128, 128}
		dst := make([]uint8, 128*128*3)
		Render(dst, 128, f)
		var sum, squares float64
		for _, v := range dst {
			d := float64(v) - 128
			sum += d
			squares += d * d
		}
		n := float64(len(dst))
		// Rounding to grey levels adds a variance of 1/12.
		want := math.Sqrt(sigma*sigma + 1.0/12)
		if sigma == 0 {
			want = 0
		}
		got := math.Sqrt(squares / n)
		// Four standard errors are 4·σ/√n = 0.018 σ for the mean, 0.013 σ for the
		// deviation.
		if math.Abs(sum/n) > 0.018*want || math.Abs(got-want) > 0.02*want {
			t.Errorf("sigma %g: mean %.4f, deviation %.4f, want 0 and %.4f", sigma, sum/n, got, want)
		}
	}
}

func TestNoiseSeedsDiffer(t *testing.T) {
	a, b := make([]uint8, 32*32*3), make([]uint8, 32*32*3)
	f := Factors{Class: -1, Noise: Noise{Sigma: 5, Seed: 1}}
	f.Background.A = RGB{128, 128, 128}
	Render(a, 32, f)
	f.Noise.Seed = 2
	Render(b, 32, f)
	same := 0
	for i := range a {
		if a[i] == b[i] {
			same++
		}
	}
	// Two independent triangular noises of σ = 5 agree in about 6 % of the values.
	if same > len(a)/8 {
		t.Errorf("%d of %d values are the same with neighbouring seeds", same, len(a))
	}
}

// TestNearestRenderIsTheClass is the oracle: each image is compared with renderings of its true
// factors with each of the ten shapes, and the nearest is that of its class. So no image is
// ambiguous.
func TestNearestRenderIsTheClass(t *testing.T) {
	const size = DefaultSize
	dst := make([]uint8, size*size*3)
	for i := range 200 {
		f := At(DefaultSeed, Test, i, size)
		image := make([]uint8, len(dst))
		Render(image, size, f)
		best, least := int32(-1), math.MaxInt
		g := f
		g.Noise.Sigma = 0
		for class := range int32(numClasses) {
			g.Class = class
			Render(dst, size, g)
			if d := squaredDistance(image, dst); d < least {
				best, least = class, d
			}
		}
		if best != f.Class {
			t.Errorf("image %d is a %s, but nearest to a %s", i, classNames[f.Class], classNames[best])
		}
	}
}

func squaredDistance(a, b []uint8) (sum int) {
	for i := range a {
		d := int(a[i]) - int(b[i])
		sum += d * d
	}
	return sum
}

// TestRenderIsSmooth walks along each continuous factor: a small step changes the image only a
// little.
func TestRenderIsSmooth(t *testing.T) {
	for _, c := range []struct {
		name string
		step func(f *Factors)
	}{
		{"x", func(f *Factors) { f.X += 0.002 }},
		{"y", func(f *Factors) { f.Y -= 0.002 }},
		{"size", func(f *Factors) { f.Size += 0.002 }},
		{"rotation", func(f *Factors) { f.Rotation++ }},
		{"angle", func(f *Factors) { f.Background.Angle += 0.3 }},
		{"phase", func(f *Factors) { f.Background.PhaseX += 0.01 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			moved := 0.0
			for i := range 100 {
				f := At(DefaultSeed, Train, i, 32)
				g := f
				c.step(&g)
				// Root mean square; object and background differ by about 100.
				d := math.Sqrt(float64(squaredDistance(draw(f, 32), draw(g, 32))) / (32 * 32 * 3))
				moved = max(moved, d)
				if d > 10 {
					t.Errorf("image %d changes by %.1f grey levels", i, d)
				}
			}
			if moved == 0 {
				t.Error("nothing changes")
			}
		})
	}
}

// FuzzRender reads factors from JSON and draws them: no factors cause a panic, and the box is
// inside the image.
func FuzzRender(f *testing.F) {
	for i := range 6 {
		text, err := json.Marshal(At(DefaultSeed, Train, i, DefaultSize))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, uint8(32))
	}
	f.Add([]byte(`{"class":3,"x":1e300,"y":-1e300,"size":1e9,"rotation":-1e18}`), uint8(16))
	f.Add([]byte(`{"class":1,"x":0.5,"y":0.5,"size":-4000,"background":{"kind":"dots","period":-1,"phase_x":1e8}}`), uint8(128))
	f.Add([]byte(`{"class":99,"window":{"present":true,"x":-9,"width":4000,"height":-3},"noise":{"sigma":1e40}}`), uint8(1))
	f.Fuzz(func(t *testing.T, text []byte, side uint8) {
		var factors Factors
		if json.Unmarshal(text, &factors) != nil {
			return
		}
		size := int(side%maxSide) + 1
		dst := make([]uint8, size*size*3)
		Render(dst, size, factors)
		factors = factors.WithBoxes(size)
		for _, b := range []Box{factors.Box, factors.Window.Box} {
			if b.X0 < 0 || b.Y0 < 0 || b.X0 > b.X1 || b.Y0 > b.Y1 || b.X1 > size || b.Y1 > size {
				t.Errorf("box %v is outside an image of %d pixels", b, size)
			}
		}
	})
}
