package neighbours

import (
	"context"
	"path/filepath"
	"testing"

	"repbench/features/matrix"
	"repbench/internal/npy"
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
// computed.
func TestGoldenImages(t *testing.T) {
	dir := testenv.Path(t, "golden", "nn_search")
	train, query := readImages(t, dir, "train_u8"), readImages(t, dir, "query_u8").Rows(0, 10)
	for _, tt := range []struct {
		metric                 ImageMetric
		file, mirrored, offset string
	}{
		{Pixels, "plain", "", ""},
		{Mirror, "mirror", "mirror_used", ""},
		{Shift, "shift", "", "shift_offset"},
		{MirrorShift, "shiftmirror", "shiftmirror_mirrored", ""},
	} {
		t.Run(tt.metric.String(), func(t *testing.T) {
			got, err := SearchImages(context.Background(), train, query, 5, tt.metric, ImageOptions{})
			if err != nil {
				t.Fatal(err)
			}
			_, rows := readArray[int32](t, dir, tt.file+"_index")
			_, squares := readArray[int64](t, dir, tt.file+"_sqdist")
			for i, g := range got {
				if g.Row != rows[i] || g.Square != squares[i] {
					t.Fatalf("match %d of query %d: %+v, want row %d at %d", i%5, i/5, g, rows[i], squares[i])
				}
			}
			if tt.mirrored != "" {
				_, mirrored := readArray[uint8](t, dir, tt.mirrored)
				for i, g := range got {
					if g.Mirrored != (mirrored[i] == 1) {
						t.Fatalf("match %d of query %d: %+v, want mirrored %d", i%5, i/5, g, mirrored[i])
					}
				}
			}
			if tt.offset != "" {
				_, offsets := readArray[int8](t, dir, tt.offset)
				for i, g := range got {
					if g.DY != offsets[2*i] || g.DX != offsets[2*i+1] {
						t.Fatalf("match %d of query %d: %+v, want offset %v", i%5, i/5, g, offsets[2*i:2*i+2])
					}
				}
			}
		})
	}
}

// TestGoldenEveryPair: the squared distances of a query to all base images, summed.
func TestGoldenEveryPair(t *testing.T) {
	dir := testenv.Path(t, "golden", "nn_search")
	train, query := readImages(t, dir, "train_u8"), readImages(t, dir, "query_u8").Rows(0, 10)
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
		for i, g := range got {
			if g.Row != rows[i] {
				t.Fatalf("%s: neighbour %d of query %d is row %d, want %d", tt.name, i%tt.k, i/tt.k, g.Row, rows[i])
			}
		}
	}
}
