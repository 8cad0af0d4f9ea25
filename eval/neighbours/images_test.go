package neighbours

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"repbench/features/matrix"
	"repbench/internal/simd"
)

// drawImages draws images; kind says from which values: all, a few (which makes ties), nearly
// constant ones, or the largest and the least only.
func drawImages(r *rand.Rand, kind, n, h, w, c int) Images {
	x := Images{N: n, H: h, W: w, C: c, Pix: make([]uint8, n*h*w*c)}
	for i := range x.Pix {
		switch kind {
		case 0:
			x.Pix[i] = uint8(r.IntN(256))
		case 1:
			x.Pix[i] = uint8(r.IntN(2))
		case 2:
			x.Pix[i] = 200
			if r.IntN(40) == 0 {
				x.Pix[i]++
			}
		default:
			x.Pix[i] = uint8(255 * r.IntN(2))
		}
	}
	return x
}

// The search must give what the definition gives, for images of odd sizes, ties, any sizes of
// blocks, any number of threads and all instruction sets.
func TestSearchImagesEqualsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	tiles := simd.MatrixIntTiles()
	for trial := range 120 {
		kind, m := trial%4, ImageMetric(r.IntN(5))
		h, w, c := 1+r.IntN(9), 1+r.IntN(11), []int{1, 3, 4}[r.IntN(3)]
		if m.shifts() {
			h, w = h+4, w+4
		}
		base, queries := drawImages(r, kind, 1+r.IntN(150), h, w, c), drawImages(r, kind, 1+r.IntN(40), h, w, c)
		copy(base.Image(base.N-1), queries.Image(0))
		copy(base.Image(base.N/2), base.Image(0))
		var own []int32
		if base.N > 1 && r.IntN(2) == 0 {
			for range queries.N {
				own = append(own, int32(r.IntN(base.N+1)-1))
			}
		}
		k := 1 + r.IntN(base.N)
		if own != nil {
			k = 1 + r.IntN(base.N-1)
		}
		want := imagesByDefinition(base, queries, m, own)
		for _, tile := range tiles {
			o := ImageOptions{Own: own, Threads: 1 + r.IntN(4), tile: tile, units: r.IntN(5), groups: r.IntN(20), blocks: r.IntN(4), depths: r.IntN(30)}
			name := fmt.Sprintf("trial %d: %s, %d×%d×%d, %d of %d, %s, %+v", trial, m, h, w, c, k, base.N, tile.ISA(), o)
			got, err := SearchImages(context.Background(), base, queries, k, m, o)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for i, g := range got {
				if g != want[i/k][i%k] {
					t.Fatalf("%s: match %d of query %d is %+v, want %+v", name, i%k, i/k, g, want[i/k][i%k])
				}
			}
		}
	}
}

// Images whose sums need 64 bits, at the largest distance: all 0 against all 255.
func TestSearchLargeImages(t *testing.T) {
	const side = 200
	const n = side * side * 3
	base := Images{N: 3, H: side, W: side, C: 3, Pix: make([]uint8, 3*n)}
	for i := range n {
		base.Pix[n+i], base.Pix[2*n+i] = 255, uint8(i)
	}
	want := []int64{0, n * 255 * 255}
	for _, tile := range simd.MatrixIntTiles() {
		got, err := SearchImages(context.Background(), base.Rows(0, 2), base.Rows(0, 2), 2, Pixels, ImageOptions{tile: tile})
		if err != nil {
			t.Fatal(err)
		}
		for i, g := range got {
			if g.Square != want[i%2] || g.Distance != math.Sqrt(float64(want[i%2])) || int(g.Row) != (i/2+i%2)%2 {
				t.Errorf("%s: match %d of query %d is %+v, want a squared distance of %d", tile.ISA(), i%2, i/2, g, want[i%2])
			}
		}
		got, err = SearchImages(context.Background(), base, base, 3, Correlation, ImageOptions{tile: tile})
		if err != nil {
			t.Fatal(err)
		}
		if g := got[6]; g != (Match{Row: 2}) {
			t.Errorf("%s: the nearest of an image to itself is %+v", tile.ISA(), g)
		}
		for _, g := range got[:6] {
			if g.Distance != math.Sqrt2 {
				t.Errorf("%s: a constant image matches with %+v, want √2", tile.ISA(), g)
			}
		}
	}
}

// 65,536 values are the most whose sums have 32 bits, but for the division into parts.
func TestSearchImagesAroundTheDepth(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, w := range []int{65535, 65536, 65537, 70000} {
		base, queries := drawImages(r, 3, 5, 1, w, 1), drawImages(r, 3, 2, 1, w, 1)
		want := imagesByDefinition(base, queries, Mirror, nil)
		for _, depth := range []int{0, 1000, 1 << 14} {
			got, err := SearchImages(context.Background(), base, queries, 5, Mirror, ImageOptions{depths: depth})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, slices.Concat(want...)) {
				t.Errorf("%d values, parts of %d: differs from the definition", w, depth)
			}
		}
	}
}

func TestConstantWindowsAreCounted(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	base, queries := drawImages(r, 0, 20, 9, 9, 1), drawImages(r, 0, 10, 9, 9, 1)
	for _, i := range []int{3, 19} {
		clear(base.Image(i))
	}
	for y := range 5 { // one window alone, at the upper left
		for x := range 5 {
			queries.Image(7)[y*9+x] = 9
		}
	}
	var count ConstantWindows
	for _, m := range []ImageMetric{Correlation, MirrorShift} {
		if _, err := SearchImages(context.Background(), base, queries, 2, m, ImageOptions{Constant: &count, groups: 4, blocks: 1}); err != nil {
			t.Fatal(err)
		}
		if want := (ConstantWindows{Base: 2, Queries: 1}); count != want {
			t.Errorf("after %s: %+v, want %+v", m, count, want)
		}
	}
}

// Small memory is kept within, down to a least one, which the error names.
func TestImageMemory(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	base, queries := drawImages(r, 0, 300, 16, 16, 3), drawImages(r, 0, 40, 16, 16, 3)
	want, err := SearchImages(context.Background(), base, queries, 3, Correlation, ImageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, memory := range []int64{1_000_000, 2_000_000, 20_000_000} {
		o := ImageOptions{MaxMemory: memory, Threads: 2}
		got, err := SearchImages(context.Background(), base, queries, 3, Correlation, o)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("within %d bytes: another result, error %v", memory, err)
		}
		p, err := newImagePlan(base, queries, 3, Correlation, o.withDefaults())
		if used := p.fixed(50, o.withDefaults()) + int64(p.group)*p.each(50, 3); err != nil || used > memory {
			t.Errorf("within %d bytes: plan %+v of %d bytes, error %v", memory, p, used, err)
		}
	}
	_, err = SearchImages(context.Background(), base, queries, 3, Correlation, ImageOptions{MaxMemory: 30_000, Threads: 2})
	if err == nil || !strings.Contains(err.Error(), "kB of memory beside the images") {
		t.Errorf("within 30 KB: error %v", err)
	}
	huge := Images{N: 1, H: 1500, W: 1500, C: 3, Pix: make([]uint8, 1500*1500*3)}
	if _, err := SearchImages(context.Background(), huge, huge, 1, Pixels, ImageOptions{}); err != nil {
		t.Errorf("an image of 6.75 MB: %v", err)
	}
}

// An image of 5×5 has windows of one pixel, so that offsets can be read off.
func TestWindowsByHand(t *testing.T) {
	query := Images{N: 1, H: 5, W: 5, C: 1, Pix: make([]uint8, 25)}
	for i := range query.Pix {
		query.Pix[i] = uint8(i)
	}
	base := Images{N: 2, H: 5, W: 5, C: 1, Pix: make([]uint8, 50)}
	base.Pix[12], base.Pix[25+12] = 3, 24 // the only pixels that are compared
	for _, tt := range []struct {
		metric ImageMetric
		want   []Match
	}{
		{Shift, []Match{{Row: 0, DY: -2, DX: 1}, {Row: 1, DY: 2, DX: 2}}},
		{MirrorShift, []Match{{Row: 0, DY: -2, DX: 1}, {Row: 1, DY: 2, DX: 2}}},
	} {
		got, err := SearchImages(context.Background(), base, query, 2, tt.metric, ImageOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for i, g := range got {
			if g != tt.want[i] {
				t.Errorf("%s, match %d: %+v, want %+v", tt.metric, i, g, tt.want[i])
			}
		}
	}
}

func TestImageErrors(t *testing.T) {
	of := func(n, h, w, c int) Images { return Images{N: n, H: h, W: w, C: c, Pix: make([]uint8, n*h*w*c)} }
	short := of(2, 6, 6, 1)
	short.Pix = short.Pix[1:]
	for _, tt := range []struct {
		name          string
		base, queries Images
		k             int
		metric        ImageMetric
		own           []int32
		want          error
	}{
		{"k above N", of(3, 6, 6, 1), of(2, 6, 6, 1), 4, Pixels, nil, ErrK},
		{"k of zero", of(3, 6, 6, 1), of(2, 6, 6, 1), 0, Pixels, nil, ErrK},
		{"k of all with one left out", of(3, 6, 6, 1), of(2, 6, 6, 1), 3, Pixels, []int32{0, -1}, ErrK},
		{"other size", of(3, 6, 6, 1), of(2, 6, 7, 1), 1, Pixels, nil, matrix.ErrShape},
		{"other channels", of(3, 6, 6, 3), of(2, 6, 6, 1), 1, Pixels, nil, matrix.ErrShape},
		{"no images", of(0, 6, 6, 1), of(2, 6, 6, 1), 1, Pixels, nil, matrix.ErrShape},
		{"no queries", of(3, 6, 6, 1), of(0, 6, 6, 1), 1, Pixels, nil, matrix.ErrShape},
		{"too low for windows", of(3, 4, 9, 1), of(2, 4, 9, 1), 1, Shift, nil, matrix.ErrShape},
		{"too narrow for windows", of(3, 9, 4, 1), of(2, 9, 4, 1), 1, Correlation, nil, matrix.ErrShape},
		{"short storage", of(3, 6, 6, 1), short, 1, Pixels, nil, matrix.ErrShape},
		{"row left out that is not there", of(3, 6, 6, 1), of(2, 6, 6, 1), 1, Pixels, []int32{0, 3}, matrix.ErrShape},
		{"too few rows left out", of(3, 6, 6, 1), of(2, 6, 6, 1), 1, Pixels, []int32{0}, matrix.ErrShape},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := SearchImages(context.Background(), tt.base, tt.queries, tt.k, tt.metric, ImageOptions{Own: tt.own})
			if !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
		})
	}
	if _, err := SearchImages(context.Background(), of(3, 6, 6, 1), of(2, 6, 6, 1), 3, 7, ImageOptions{}); err == nil {
		t.Error("metric 7 passed")
	}
	stop := errors.New("stop")
	err := EachImage(context.Background(), of(3, 6, 6, 1), of(2, 6, 6, 1), 3, Pixels, ImageOptions{}, func(int, []Match) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("error %v, want that of the caller", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := SearchImages(ctx, of(3, 6, 6, 1), of(2, 6, 6, 1), 1, Pixels, ImageOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}
