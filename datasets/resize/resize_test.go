package resize

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/internal/npy"
	"repbench/internal/testenv"
)

// noise is the generator of testdata/pillow.py.
func noise(n int) []uint8 {
	x, out := uint32(1), make([]uint8, n)
	for i := range out {
		x = 1664525*x + 1013904223
		v := uint8(x >> 24)
		if x>>16&1 == 0 {
			v = 255 * (v >> 7)
		}
		out[i] = v
	}
	return out
}

// The expected hashes were made with Pillow 9.4 by testdata/pillow.py.
func TestSquareEqualsPillow(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "pillow.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var s Scaler // shared: the next image must not depend on the previous one
	all := noise(640 * 333 * 3)
	cases := 0
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		var w, h, c, n int
		var name, want string
		if _, err := fmt.Sscan(line, &w, &h, &c, &n, &name, &want); err != nil {
			t.Fatal(err)
		}
		f, err := ParseFilter(name)
		if err != nil {
			t.Fatal(err)
		}
		dst := make([]uint8, n*n*c)
		if err := s.Square(dst, Image{Pix: all[:w*h*c], W: w, H: h, C: c}, n, f); err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(dst); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%d×%d×%d to %d, %s: not Pillow's pixels", w, h, c, n, name)
		}
		cases++
	}
	if want := 11 * 2 * 3 * 4; cases != want {
		t.Errorf("%d cases, want %d", cases, want)
	}
}

// The lossless reference images of the shared folder, made with Pillow 9.4.
func TestSquareEqualsSharedReference(t *testing.T) {
	for i := range 3 {
		w, h, pix := readPNG(t, testenv.Path(t, "golden", "resize", fmt.Sprintf("input_%d.png", i)))
		for _, f := range []Filter{Bicubic, Box} {
			for _, n := range []int{32, 64} {
				_, want, err := npy.Read[uint8](testenv.Path(t, "golden", "resize", fmt.Sprintf("input_%d_%s_%d.npy", i, f, n)))
				if err != nil {
					t.Fatal(err)
				}
				got := make([]uint8, n*n*3)
				if err := new(Scaler).Square(got, Image{Pix: pix, W: w, H: h, C: 3}, n, f); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got, want) {
					t.Errorf("image %d, %s, %d: not equal", i, f, n)
				}
			}
		}
	}
}

func readPNG(t *testing.T, path string) (w, h int, pix []uint8) {
	t.Helper()
	r, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	m, err := png.Decode(r)
	if err != nil {
		t.Fatal(err)
	}
	rgba := m.(*image.RGBA)
	for i := 0; i < len(rgba.Pix); i += 4 {
		pix = append(pix, rgba.Pix[i:i+3]...)
	}
	return rgba.Rect.Dx(), rgba.Rect.Dy(), pix
}

// The expected sizes are Python's max(n, round(side * (n / min(w, h)))).
func TestFit(t *testing.T) {
	for _, tt := range []struct {
		name                string
		w, h, n, wide, high int
	}{
		{"landscape rounds up", 320, 240, 32, 43, 32},
		{"portrait", 371, 500, 32, 32, 43},
		{"half to even, down", 5, 2, 1, 2, 1},
		{"half to even, up", 7, 2, 1, 4, 1},
		{"square", 150, 150, 32, 32, 32},
		{"enlarged", 2, 3, 32, 32, 48},
		{"a long line", 1000, 1, 3, 3000, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if w, h := Fit(tt.w, tt.h, tt.n); w != tt.wide || h != tt.high {
				t.Errorf("%d×%d, want %d×%d", w, h, tt.wide, tt.high)
			}
		})
	}
}

// Properties: a constant image stays constant, an image of the wanted size is unchanged, and
// three equal channels give the same result as one.
func TestSquareProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var s Scaler
	for range 60 {
		f := Filter(rng.IntN(len(filters)))
		w, h, n := 1+rng.IntN(90), 1+rng.IntN(90), 1+rng.IntN(40)
		flat := slices.Repeat([]uint8{uint8(rng.IntN(256))}, w*h)
		dst := make([]uint8, n*n)
		if err := s.Square(dst, Image{Pix: flat, W: w, H: h, C: 1}, n, f); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(dst, slices.Repeat(flat[:1], n*n)) {
			t.Errorf("%s, %d×%d to %d: a constant image changed", f, w, h, n)
		}
		pix := noise(w * h)
		if err := s.Square(dst, Image{Pix: pix, W: w, H: h, C: 1}, n, f); err != nil {
			t.Fatal(err)
		}
		triple := make([]uint8, 3*n*n)
		if err := s.Square(triple, Image{Pix: thrice(pix), W: w, H: h, C: 3}, n, f); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(triple, thrice(dst)) {
			t.Errorf("%s, %d×%d to %d: three equal channels differ from one", f, w, h, n)
		}
		same := make([]uint8, n*n)
		if err := s.Square(same, Image{Pix: dst, W: n, H: n, C: 1}, n, f); err != nil || !slices.Equal(same, dst) {
			t.Errorf("%s: an image of %d×%d changed (%v)", f, n, n, err)
		}
	}
}

func thrice(p []uint8) []uint8 {
	var out []uint8
	for _, v := range p {
		out = append(out, v, v, v)
	}
	return out
}

// The sum of the positive weights, times 255, must stay below 2^31 in fixed point.
func TestSumsCannotOverflow(t *testing.T) {
	var w weights
	for f := range filters {
		for in := 1; in < 300; in++ {
			w.compute(axis{in, float64(in), 32, 0, 32, Filter(f)})
			for i := range w.n {
				up, down := int64(half), int64(half)
				for _, k := range w.k[i*w.size:][:w.count[i]] {
					up += 255 * int64(max(k, 0))
					down += 255 * int64(min(k, 0))
				}
				if up > math.MaxInt32 || down < math.MinInt32 {
					t.Fatalf("%s, %d to 32: sums from %d to %d", Filter(f), in, down, up)
				}
			}
		}
	}
}

// Pixels outside the region are not read.
func TestRegion(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var s Scaler
	for range 100 {
		f := Filter(rng.IntN(len(filters)))
		w, h, n := 1+rng.IntN(90), 1+rng.IntN(90), 1+rng.IntN(40)
		im := Image{Pix: noise(w * h), W: w, H: h, C: 1}
		want, got := make([]uint8, n*n), make([]uint8, n*n)
		if err := s.Square(want, im, n, f); err != nil {
			t.Fatal(err)
		}
		r := s.Region(im, n, f)
		for i := range im.Pix {
			if !image.Pt(i%w, i/w).In(r) {
				im.Pix[i] ^= 0xff
			}
		}
		if err := s.Square(got, im, n, f); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s, %d×%d to %d: pixels outside of %v count (%v)", f, w, h, n, r, err)
		}
	}
	if r := s.Region(Image{W: 10000, H: 1}, 32, Box); !r.Empty() {
		t.Errorf("an image that cannot be resized has the region %v", r)
	}
}

func TestSquareErrors(t *testing.T) {
	for _, tt := range []struct {
		name          string
		dst, src      int
		w, h, c, n, f int
		want          string
	}{
		{"no width", 1, 0, 0, 1, 1, 1, 0, "0×1 pixels"},
		{"too wide", 1, 0, maxSide + 1, 1, 1, 1, 0, "65537×1"},
		{"no size", 0, 1, 1, 1, 1, 0, 0, "the size is 0"},
		{"two channels", 2, 2, 1, 1, 2, 1, 0, "2 channels"},
		{"filter", 1, 1, 1, 1, 1, 1, 9, "Filter(9) is no filter"},
		{"short source", 1, 5, 2, 3, 1, 1, 0, "5 bytes for 2×3×1"},
		{"long result", 2, 6, 2, 3, 1, 1, 0, "2 bytes for a result of 1×1×1"},
		{"a thread", 32 * 32, 10000, 10000, 1, 1, 32, 0, "would become 320000×32"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := new(Scaler).Square(make([]uint8, tt.dst), Image{Pix: make([]uint8, tt.src), W: tt.w, H: tt.h, C: tt.c}, tt.n, Filter(tt.f))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v does not say %q", err, tt.want)
			}
		})
	}
	if _, err := ParseFilter("nearest"); err == nil || !strings.Contains(err.Error(), "bicubic, box, bilinear, lanczos") {
		t.Errorf("ParseFilter: %v", err)
	}
}

// A copy at 1/8 has the position of the full picture: for a slope the results differ only by
// rounding, also at the edges. The box filter uses whole pixels of the copy, so that its window
// may be off by half a pixel, which is 2 grey levels along each axis.
func TestScaledCopyKeepsItsPlace(t *testing.T) {
	const w, h, scale = 203, 149, 8
	full := Image{Pix: make([]uint8, w*h), W: w, H: h, C: 1}
	small := Image{W: 26, H: 19, C: 1, FullW: w, FullH: h, Scale: scale}
	for y := range h {
		for x := range w {
			full.Pix[y*w+x] = uint8(x/2 + y/2)
		}
	}
	for y := range small.H {
		for x := range small.W {
			small.Pix = append(small.Pix, uint8((x*scale+scale/2)/2+(y*scale+scale/2)/2))
		}
	}
	var s Scaler
	for f := range filters {
		most := 2
		if Filter(f) == Box {
			most = 4
		}
		want, got := make([]uint8, 12*12), make([]uint8, 12*12)
		if err := s.Square(want, full, 12, Filter(f)); err != nil {
			t.Fatal(err)
		}
		if err := s.Square(got, small, 12, Filter(f)); err != nil {
			t.Fatal(err)
		}
		for i, v := range got {
			if d := int(v) - int(want[i]); d < -most || d > most {
				t.Errorf("%s: pixel %d is %d, of the full picture %d", Filter(f), i, v, want[i])
			}
		}
	}
	small.FullW += scale
	if err := s.Square(make([]uint8, 144), small, 12, Box); err == nil || !strings.Contains(err.Error(), "26×19 pixels are not 211×149 at 1/8") {
		t.Errorf("a copy of another size: %v", err)
	}
}

func TestSquareAllocatesNothing(t *testing.T) {
	var s Scaler
	src, dst := noise(120*90*3), make([]uint8, 32*32*3)
	if n := testing.AllocsPerRun(5, func() {
		if err := s.Square(dst, Image{Pix: src, W: 120, H: 90, C: 3}, 32, Bicubic); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations per image", n)
	}
}

func BenchmarkSquare(b *testing.B) {
	for _, n := range []int{32, 64} {
		for _, f := range []Filter{Bicubic, Box, Lanczos} {
			b.Run(fmt.Sprintf("filter=%s/n=%d", f, n), func(b *testing.B) {
				var s Scaler
				src, dst := noise(500*375*3), make([]uint8, n*n*3)
				for b.Loop() {
					if err := s.Square(dst, Image{Pix: src, W: 500, H: 375, C: 3}, n, f); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func Example() {
	src := []uint8{0, 0, 255, 255, 0, 0, 255, 255} // 4×2, grey
	dst := make([]uint8, 1)
	var s Scaler
	err := s.Square(dst, Image{Pix: src, W: 4, H: 2, C: 1}, 1, Box)
	fmt.Println(dst, err)
	// Output: [0] <nil>
}
