package duplicates

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"repbench/datasets"
)

// formula returns the image of testdata/hashes.py.
func formula(n, h, w int) datasets.Images {
	im := datasets.Images{N: 1, H: h, W: w, C: 3}
	for y := range h {
		for x := range w {
			for c := range 3 {
				im.Data = append(im.Data, uint8(y*y*3+x*7+x*y*n/5+c*40+17*n))
			}
		}
	}
	return im
}

func hashOne(t *testing.T, h Hasher, im datasets.Images) Code {
	t.Helper()
	codes := make([]Code, im.N)
	if err := h.Hash(codes, im); err != nil {
		t.Fatal(err)
	}
	return codes[0]
}

// TestHashesOfReference: the words are the output of "python3 testdata/hashes.py" (SciPy,
// NumPy); no value there is within 0.1 of the value it is compared with.
func TestHashesOfReference(t *testing.T) {
	for _, tt := range []struct {
		n, h, w int
		phash   uint64
		dhash   uint64
	}{
		{1, 32, 32, 0xace9b9a9e98901e9, 0x391a36937cabc11f},
		{2, 48, 40, 0xbad3b292f302f303, 0xa92dd25b55cc38c3},
		{3, 20, 28, 0xad0de949a95b231b, 0x95da35780e78871f},
	} {
		t.Run(fmt.Sprintf("%dx%d", tt.h, tt.w), func(t *testing.T) {
			im := formula(tt.n, tt.h, tt.w)
			if got := hashOne(t, PHash{}, im); got != (Code{tt.phash}) {
				t.Errorf("phash %#x, want %#x", got[0], tt.phash)
			}
			if got := hashOne(t, DHash{}, im); got != (Code{tt.dhash}) {
				t.Errorf("dhash %#x, want %#x", got[0], tt.dhash)
			}
		})
	}
}

func plain(level uint8) datasets.Images {
	return datasets.Images{Data: bytes.Repeat([]uint8{level}, 32*32*3), N: 1, H: 32, W: 32, C: 3}
}

// TestFlatImagesHaveNoPerceptualHash: an image of a single colour, which has no grey structure,
// has no code; an image with any structure has one.
func TestFlatImagesHaveNoPerceptualHash(t *testing.T) {
	for _, h := range []Hasher{PHash{}, DHash{}} {
		for _, level := range []uint8{0, 1, 77, 128, 255} {
			if got := hashOne(t, h, plain(level)); got != NoCode {
				t.Errorf("%T of level %d is %#x, want none", h, level, got)
			}
		}
		spot := plain(128)
		for y := 8; y < 16; y++ {
			for x := 10; x < 20; x++ {
				spot.Data[(y*32+x)*3] = 140
			}
		}
		if hashOne(t, h, spot) == NoCode {
			t.Errorf("%T of an image with a spot has no code", h)
		}
	}
	if hashOne(t, Exact{}, plain(3)) == NoCode {
		t.Error("a flat image has no exact hash")
	}
}

// TestBrightnessChangesNoPerceptualHash: a shift that clips no pixel changes only the mean,
// which is above the median before and after.
func TestBrightnessChangesNoPerceptualHash(t *testing.T) {
	im := formula(2, 32, 32)
	for i, v := range im.Data {
		im.Data[i] = 60 + v/2
	}
	shifted := im
	shifted.Data = brighten(im.Data, 40)
	for _, h := range []Hasher{PHash{}, DHash{}} {
		if a, b := hashOne(t, h, im), hashOne(t, h, shifted); a != b {
			t.Errorf("%T: %#x becomes %#x", h, a[0], b[0])
		}
	}
	if a, b := hashOne(t, Exact{}, im), hashOne(t, Exact{}, shifted); a == b {
		t.Error("the exact hash does not see the brightness")
	}
}

// TestMirrorTurnsDHash: in a mirror image a rise becomes a fall. If no two values are equal,
// bit (y, x) becomes the opposite of bit (y, 7-x).
func TestMirrorTurnsDHash(t *testing.T) {
	im := formula(1, 32, 36)
	a, b := hashOne(t, DHash{}, im), hashOne(t, DHash{}, mirror(im))
	for y := range 8 {
		for x := range 8 {
			if a[0]>>(8*y+x)&1 == b[0]>>(8*y+7-x)&1 {
				t.Fatalf("bit %d, %d is the same in the mirror", y, x)
			}
		}
	}
	if twice := mirror(mirror(im)); !bytes.Equal(twice.Data, im.Data) {
		t.Error("mirrored twice it is another image")
	}
}

// TestExactSeesSize: the same bytes with another shape are another image.
func TestExactSeesSize(t *testing.T) {
	a := datasets.Images{Data: make([]uint8, 24), N: 1, H: 2, W: 4, C: 3}
	b := a
	b.H, b.W = 4, 2
	if hashOne(t, Exact{}, a) == hashOne(t, Exact{}, b) {
		t.Error("2×4 and 4×2 pixels have one hash")
	}
}

func TestChannels(t *testing.T) {
	im := datasets.Images{Data: make([]uint8, 8), N: 1, H: 2, W: 2, C: 2}
	if err := (PHash{}).Hash(make([]Code, 1), im); err == nil {
		t.Error("two channels are hashed")
	}
}

func TestAreas(t *testing.T) {
	for _, tt := range []struct{ n, m int }{{32, 32}, {64, 32}, {33, 32}, {20, 32}, {1, 9}, {9, 8}, {500, 32}} {
		for i, s := range areas(tt.n, tt.m) {
			sum := 0.0
			for _, w := range s.weights {
				sum += w
			}
			// The weights have errors of a few roundings.
			if math.Abs(sum-1) > 1e-12 || s.first < 0 || s.first+len(s.weights) > tt.n {
				t.Errorf("%d to %d, output %d: weights from %d on %v", tt.n, tt.m, i, s.first, s.weights)
			}
		}
	}
}

// TestReduce: 64×70 pixels are cropped to the middle 64 columns, and each block of 2×2 pixels
// becomes its rounded mean.
func TestReduce(t *testing.T) {
	im := formula(1, 64, 70)
	got := reduce(im)
	if got.H != 32 || got.W != 32 || got.C != 3 || len(got.Data) != 32*32*3 {
		t.Fatalf("reduced to %d×%d×%d, %d bytes", got.H, got.W, got.C, len(got.Data))
	}
	at := func(y, x, c int) int { return int(im.Data[(y*70+x+3)*3+c]) }
	for y := range 32 {
		for x := range 32 {
			for c := range 3 {
				sum := at(2*y, 2*x, c) + at(2*y+1, 2*x, c) + at(2*y, 2*x+1, c) + at(2*y+1, 2*x+1, c)
				if want := (sum + 2) / 4; int(got.Data[(y*32+x)*3+c]) != want {
					t.Fatalf("pixel %d, %d, %d is %d, want %d", y, x, c, got.Data[(y*32+x)*3+c], want)
				}
			}
		}
	}
	small := formula(1, 28, 28)
	if got := reduce(small); &got.Data[0] != &small.Data[0] {
		t.Error("28×28 pixels are not left as they are")
	}
}
