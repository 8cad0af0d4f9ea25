package resize

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var methodNames = map[string]Method{"bilinear": AntialiasedBilinear, "bicubic": AntialiasedBicubic, "nearest": Nearest,
	"plain-bilinear": PlainBilinear, "plain-bicubic": PlainBicubic}

// The expected hashes were made with Pillow 9.4 and torchvision 0.14 by testdata/view.py.
func TestViewEqualsTorchvision(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "view.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var s Scaler // shared: the next image must not depend on the previous one
	all := noise(333 * 250 * 3)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")[1:]
	for _, line := range lines {
		var w, h, c int
		var v View
		var method, offset, want string
		if _, err := fmt.Sscan(line, &w, &h, &c, &v.H, &v.W, &v.Shorter, &method, &offset, &want); err != nil {
			t.Fatal(err)
		}
		v.Method = methodNames[method]
		if offset == "down" {
			v.Offset = Down
		}
		dst := make([]uint8, v.W*v.H*c)
		if err := s.View(dst, Image{Pix: all[:w*h*c], W: w, H: h, C: c}, v); err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(dst); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s: other pixels", line)
		}
	}
	if want := 642; len(lines) != want {
		t.Errorf("%d cases, want %d", len(lines), want)
	}
}

// Without rounding a view is close to the rounded one, which is rounded twice, and not equal to it; only the
// region that ViewRegion names is read.
func TestViewFloat(t *testing.T) {
	all := noise(100 * 75 * 3)
	for i := range all { // no values that the cubic carries beyond 0 … 255
		all[i] = 64 + all[i]/2
	}
	im := Image{Pix: all, W: 100, H: 75, C: 3}
	for name, m := range methodNames {
		for _, shorter := range []int{0, 40, 75, 90} {
			v := View{W: 33, H: 32, Shorter: shorter, Method: m}
			var s Scaler
			bytes, floats := make([]uint8, 33*32*3), make([]float32, 33*32*3)
			if err := s.View(bytes, im, v); err != nil {
				t.Fatal(err)
			}
			if err := s.ViewFloat(floats, im, v); err != nil {
				t.Fatal(err)
			}
			whole := 0
			for i, x := range floats {
				if d := math.Abs(float64(x) - float64(bytes[i])); d > 1.5 || m != AntialiasedBilinear && m != AntialiasedBicubic && d > 0.5 {
					t.Fatalf("%s, shorter side %d: value %d is %g without rounding and %d with it", name, shorter, i, x, bytes[i])
				}
				if x == float32(int(x)) {
					whole++
				}
			}
			if copied := m == Nearest || shorter == 75; (whole == len(floats)) != copied {
				t.Errorf("%s, shorter side %d: %d of %d values are whole", name, shorter, whole, len(floats))
			}
			checkRegion(t, im, v, floats)
		}
	}
}

// checkRegion changes all pixels outside of the region that is read.
func checkRegion(t *testing.T, im Image, v View, want []float32) {
	t.Helper()
	var s Scaler
	r, err := s.ViewRegion(im, v)
	if err != nil {
		t.Fatal(err)
	}
	other := slices.Clone(im.Pix)
	for i := range other {
		if p := i / im.C; !image.Pt(p%im.W, p/im.W).In(r) {
			other[i] ^= 255
		}
	}
	got := make([]float32, len(want))
	if err := s.ViewFloat(got, Image{Pix: other, W: im.W, H: im.H, C: im.C}, v); err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v: pixels outside of %v are read (%v)", v, r, err)
	}
}

// The sizes are torchvision's: int(size · long / short).
func TestViewFit(t *testing.T) {
	for _, tt := range []struct{ w, h, shorter, fw, fh int }{
		{500, 375, 256, 341, 256}, {375, 500, 256, 256, 341}, {500, 333, 256, 384, 256}, {500, 416, 224, 269, 224},
		{3, 1000, 3, 3, 1000}, {10, 10, 7, 7, 7}, {500, 375, 0, 224, 224},
	} {
		if fw, fh := (View{W: 224, H: 224, Shorter: tt.shorter}).Fit(tt.w, tt.h); fw != tt.fw || fh != tt.fh {
			t.Errorf("%d×%d to %d: %d×%d, want %d×%d", tt.w, tt.h, tt.shorter, fw, fh, tt.fw, tt.fh)
		}
	}
}

func TestViewErrors(t *testing.T) {
	im := Image{Pix: make([]uint8, 12), W: 2, H: 2, C: 3}
	thin := Image{Pix: make([]uint8, maxSide), W: maxSide, H: 1, C: 1}
	for want, call := range map[string]func() error{
		"is smaller than the crop": func() error { return new(Scaler).View(make([]uint8, 75), im, View{W: 5, H: 5, Shorter: 4}) },
		"room for 3 values":        func() error { return new(Scaler).View(make([]uint8, 3), im, View{W: 5, H: 5}) },
		"a view of 0×5 pixels":     func() error { return new(Scaler).View(nil, im, View{H: 5}) },
		"a side may have":          func() error { return new(Scaler).View(make([]uint8, 4), thin, View{W: 2, H: 2, Shorter: 2}) },
		"11 bytes": func() error {
			return new(Scaler).ViewFloat(nil, Image{Pix: im.Pix[:11], W: 2, H: 2, C: 3}, View{W: 1, H: 1})
		},
		"2 channels": func() error { return new(Scaler).ViewFloat(nil, Image{W: 2, H: 2, C: 2}, View{W: 1, H: 1}) },
		"0×2 pixels": func() error { _, err := new(Scaler).ViewRegion(Image{H: 2}, View{W: 1, H: 1}); return err },
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
