package neighbours

import (
	"context"
	"math"
	"path/filepath"
	"testing"

	"repbench/features/matrix"
	"repbench/internal/npy"
	"repbench/internal/simd"
	"repbench/internal/testenv"
)

// readArray reads an array of the reference data.
func readArray[T npy.Elem](t *testing.T, dir, name string) ([]int, []T) {
	t.Helper()
	shape, data, err := npy.Read[T](filepath.Join(dir, name+".npy"))
	if err != nil {
		t.Fatal(err)
	}
	return shape, data
}

func readImages(t *testing.T, dir, name string) Images {
	t.Helper()
	s, pix := readArray[uint8](t, dir, name)
	return Images{N: s[0], H: s[1], W: s[2], C: s[3], Pix: pix}
}

// TestGoldenImages: rows, squared distances, offsets and mirroring of the reference, which NumPy
// computed; in plain Go for every tenth query.
func TestGoldenImages(t *testing.T) {
	if testing.Short() {
		t.Skip("a minute under the race detector; TestSearchImagesEqualsDefinition runs the same threads")
	}
	dir := testenv.Path(t, "golden", "nn_search")
	train, query := readImages(t, dir, "train_u8"), readImages(t, dir, "query_u8")
	for _, tt := range []struct {
		metric                 ImageMetric
		file, mirrored, offset string
	}{
		{Pixels, "plain", "", ""},
		{Mirror, "mirror", "mirror_used", ""},
		{Shift, "shift", "", "shift_offset"},
		{MirrorShift, "shiftmirror", "shiftmirror_mirrored", ""},
	} {
		_, rows := readArray[int32](t, dir, tt.file+"_index")
		_, squares := readArray[int64](t, dir, tt.file+"_sqdist")
		var mirrored []uint8
		if tt.mirrored != "" {
			_, mirrored = readArray[uint8](t, dir, tt.mirrored)
		}
		var offsets []int8
		if tt.offset != "" {
			_, offsets = readArray[int8](t, dir, tt.offset)
		}
		for _, tile := range simd.MatrixIntTiles() {
			t.Run(tt.metric.String()+"/"+tile.ISA().String(), func(t *testing.T) {
				step := 1
				if tile.ISA() == simd.Portable {
					step = 10
				}
				part := every(query, step)
				got, err := SearchImages(context.Background(), train, part, 5, tt.metric, ImageOptions{tile: tile})
				if err != nil {
					t.Fatal(err)
				}
				for i, g := range got {
					at := i/5*step*5 + i%5
					switch {
					case g.Row != rows[at] || g.Square != squares[at] || g.Distance != math.Sqrt(float64(squares[at])):
						t.Fatalf("match %d of query %d: %+v, want row %d at %d", i%5, at/5, g, rows[at], squares[at])
					case mirrored != nil && g.Mirrored != (mirrored[at] == 1):
						t.Fatalf("match %d of query %d: %+v, want mirrored %d", i%5, at/5, g, mirrored[at])
					case offsets != nil && (g.DY != offsets[2*at] || g.DX != offsets[2*at+1]):
						t.Fatalf("match %d of query %d: %+v, want offset %v", i%5, at/5, g, offsets[2*at:2*at+2])
					}
				}
			})
		}
	}
}

// every returns every step-th image.
func every(x Images, step int) Images {
	out := Images{H: x.H, W: x.W, C: x.C}
	for i := 0; i < x.N; i += step {
		out.N++
		out.Pix = append(out.Pix, x.Image(i)...)
	}
	return out
}

// TestGoldenCorrelation: the nearest image and its distance by correlation, of planted copies.
func TestGoldenCorrelation(t *testing.T) {
	dir, controls := testenv.Path(t, "golden", "nn_search"), testenv.Path(t, "golden", "memorisation_controls")
	train := readImages(t, dir, "train_u8").Rows(0, 1990)
	s, pix := readArray[uint8](t, controls, "planted_u8")
	planted := Images{N: s[0], H: s[1], W: s[2], C: s[3], Pix: pix}
	_, rows := readArray[int32](t, controls, "correlation_nearest_planted")
	_, distances := readArray[float64](t, controls, "correlation_distance_planted")
	got, err := SearchImages(context.Background(), train, planted, 1, Correlation, ImageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range got {
		if g.Row != rows[i] || math.Abs(g.Distance-distances[i]) > 1e-6 {
			t.Errorf("planted image %d: %+v, want row %d at %g", i, g, rows[i], distances[i])
		}
	}
}

// TestGoldenEveryPair: the squared distances of a query to all base images, summed.
func TestGoldenEveryPair(t *testing.T) {
	dir := testenv.Path(t, "golden", "nn_search")
	train, query := readImages(t, dir, "train_u8"), readImages(t, dir, "query_u8")
	_, want := readArray[int64](t, dir, "plain_sqdist_sum_over_train")
	err := EachImage(context.Background(), train, query, train.N, Pixels, ImageOptions{}, func(i int, matches []Match) error {
		var sum int64
		for _, m := range matches {
			sum += m.Square
		}
		if sum != want[i] {
			t.Errorf("query %d: distances sum up to %d, want %d", i, sum, want[i])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestGoldenFloats: ties among floats go to the lower row, and rows far from the origin, which
// float32 products cannot tell apart, are found.
func TestGoldenFloats(t *testing.T) {
	dir := testenv.Path(t, "golden", "nn_search")
	for _, tt := range []struct {
		name string
		k    int
	}{{"ties", 7}, {"offset", 3}} {
		read := func(name string) matrix.View {
			s, data := readArray[float32](t, dir, name)
			return matrix.View{Data: data, N: s[0], D: s[1]}
		}
		train, query := read(tt.name+"_train"), read(tt.name+"_query")
		got, err := Search(context.Background(), train, query, tt.k, Metric{Kind: Euclidean}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, rows := readArray[int32](t, dir, tt.name+"_index")
		var squares []float64
		if tt.name == "offset" {
			_, squares = readArray[float64](t, dir, "offset_sqdist")
		} else {
			_, whole := readArray[int64](t, dir, "ties_sqdist")
			for _, v := range whole {
				squares = append(squares, float64(v))
			}
		}
		for i, g := range got {
			if g.Row != rows[i] || g.Square != squares[i] {
				t.Fatalf("%s: neighbour %d of query %d is %+v, want row %d at %g", tt.name, i%tt.k, i/tt.k, g, rows[i], squares[i])
			}
		}
	}
}
