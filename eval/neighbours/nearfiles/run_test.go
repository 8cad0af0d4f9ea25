package nearfiles

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/eval/neighbours"
	"repbench/features/matrix"
	"repbench/internal/npy"
	"repbench/internal/progress"
)

// write makes a NumPy file in dir and returns its path.
func write[T npy.Elem](t *testing.T, dir, name string, shape []int, data []T) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := npy.Write(path, shape, data); err != nil {
		t.Fatal(err)
	}
	return path
}

// images draws images of 8×8×3 and features draws rows of 5 into files.
func images(t *testing.T, dir, name string, n int, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 1))
	pix := make([]uint8, n*8*8*3)
	for i := range pix {
		pix[i] = uint8(r.IntN(256))
	}
	return write(t, dir, name, []int{n, 8, 8, 3}, pix)
}

func features(t *testing.T, dir, name string, n int, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, n*5)
	for i := range x {
		x[i] = r.Float32() + 0.1
	}
	return write(t, dir, name, []int{n, 5}, x)
}

// read returns an array of a search.
func read[T npy.Elem](t *testing.T, dir, name string, shape ...int) []T {
	t.Helper()
	s, data, err := npy.Read[T](filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s, shape) {
		t.Fatalf("%s has the shape %v, want %v", name, s, shape)
	}
	return data
}

// What is written is what the search finds, for every metric and any number of blocks.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	const q, n, k = 11, 40, 3
	iq, ib, fq, fb := images(t, dir, "iq.npy", q, 1), images(t, dir, "ib.npy", n, 2), features(t, dir, "fq.npy", q, 3), features(t, dir, "fb.npy", n, 4)
	for _, name := range Metrics() {
		for _, perBlock := range []int{0, 4} {
			o := Options{Queries: iq, Base: ib, Metric: name, K: k, perBlock: perBlock}
			m, err := o.parse()
			if err != nil {
				t.Fatal(err)
			}
			if !m.images {
				o.Queries, o.Base = fq, fb
			}
			out := filepath.Join(t.TempDir(), "out")
			r, err := Run(context.Background(), out, o)
			if err != nil {
				t.Fatal(err)
			}
			if r.Metric != name || r.Distances != m.distances || r.ResumedAt != 0 {
				t.Errorf("%s: result %+v", name, r)
			}
			if m.images {
				checkImages(t, out, o, m, q, n, k)
			} else {
				checkRows(t, out, o, m, q, n, k)
			}
			entries, _ := os.ReadDir(out)
			if len(entries) != len(r.Files)+1 {
				t.Errorf("%s: the folder holds %v", name, entries)
			}
		}
	}
}

func checkImages(t *testing.T, out string, o Options, m metric, q, n, k int) {
	t.Helper()
	open := func(path string, n int) neighbours.Images {
		return neighbours.Images{N: n, H: 8, W: 8, C: 3, Pix: read[uint8](t, "", path, n, 8, 8, 3)}
	}
	want, err := neighbours.SearchImages(context.Background(), open(o.Base, n), open(o.Queries, q), k, m.image, neighbours.ImageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	rows, mirrored, offsets := read[int32](t, out, indexFile, q, k), read[uint8](t, out, mirrorFile, q, k), read[int8](t, out, offsetFile, q, k, 2)
	var squares []int64
	var distances []float64
	if m.image == neighbours.Correlation {
		distances = read[float64](t, out, distanceFile, q, k)
	} else {
		squares = read[int64](t, out, distanceFile, q, k)
	}
	for i, w := range want {
		same := rows[i] == w.Row && (mirrored[i] == 1) == w.Mirrored && offsets[2*i] == w.DY && offsets[2*i+1] == w.DX
		if squares != nil && squares[i] != w.Square || distances != nil && distances[i] != w.Distance || !same {
			t.Fatalf("%s: match %d is not %+v", m.name, i, w)
		}
	}
}

func checkRows(t *testing.T, out string, o Options, m metric, q, n, k int) {
	t.Helper()
	open := func(path string, n int) matrix.View {
		return matrix.View{Data: read[float32](t, "", path, n, 5), N: n, D: 5}
	}
	want, err := neighbours.Search(context.Background(), open(o.Base, n), open(o.Queries, q), k, neighbours.Metric{Kind: m.kind}, neighbours.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, distances := read[int32](t, out, indexFile, q, k), read[float64](t, out, distanceFile, q, k)
	for i, w := range want {
		d := w.Square
		if m.kind == neighbours.Cosine {
			d = 1 - w.Similarity
		}
		if rows[i] != w.Row || distances[i] != d {
			t.Fatalf("%s: neighbour %d is row %d at %g, want %+v", m.name, i, rows[i], distances[i], w)
		}
	}
}

// stopper cancels a search once a number of pairs has been compared.
type stopper struct {
	progress.Task
	left   int64
	cancel func()
}

func (s *stopper) Start(string, int64, string) progress.Task { return s }
func (s *stopper) Done()                                     {}
func (s *stopper) Add(n int64) {
	if s.left -= n; s.left < 0 {
		s.cancel()
	}
}

// interrupted runs a search until it has stored some queries, but not all.
func interrupted(t *testing.T, out string, o Options) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	info, err := os.Stat(o.Queries)
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.Stat(o.Base)
	if err != nil {
		t.Fatal(err)
	}
	o.Progress = &stopper{left: info.Size() + other.Size() + 5*40, cancel: cancel} // reading counts bytes; the third block is finished
	_, err = Run(ctx, out, o)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "interrupted after 6 of 11 queries; the same command goes on from there") {
		t.Fatalf("error %v", err)
	}
	if _, err := os.Stat(filepath.Join(out, indexFile)); err == nil {
		t.Fatal("an array has its final name before the search is done")
	}
}

// A search that was stopped goes on, and gives what it gives in one go; done, it is not done again.
func TestRunGoesOn(t *testing.T) {
	dir := t.TempDir()
	o := Options{Queries: images(t, dir, "q.npy", 11, 1), Base: images(t, dir, "b.npy", 40, 2), Metric: "correlation", K: 3, perBlock: 2}
	whole, out := filepath.Join(dir, "whole"), filepath.Join(dir, "out")
	if _, err := Run(context.Background(), whole, o); err != nil {
		t.Fatal(err)
	}
	interrupted(t, out, o)
	r, err := Run(context.Background(), out, o)
	if err != nil || r.ResumedAt != 6 || len(r.Notes) != 0 {
		t.Fatalf("result %+v, error %v", r, err)
	}
	for _, name := range resultFiles {
		a, _ := os.ReadFile(filepath.Join(whole, name))
		b, _ := os.ReadFile(filepath.Join(out, name))
		if len(a) == 0 || !slices.Equal(a, b) {
			t.Errorf("%s differs from that of a search in one go", name)
		}
	}
	if r, err = Run(context.Background(), out, o); err != nil || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "already") {
		t.Errorf("a search that is done: %+v, error %v", r, err)
	}
}

// Other settings or inputs start anew and say so; damage of what was stored does too.
func TestRunStartsAnew(t *testing.T) {
	dir := t.TempDir()
	o := Options{Queries: images(t, dir, "q.npy", 11, 1), Base: images(t, dir, "b.npy", 40, 2), Metric: "mirror", K: 3, perBlock: 2}
	rows := Options{Queries: features(t, dir, "fq.npy", 11, 1), Base: features(t, dir, "fb.npy", 40, 2), Metric: "euclidean", K: 3}
	for _, tt := range []struct {
		name, says string
		change     func(t *testing.T, out string, o *Options)
	}{
		{"k", "k 4, was 3", func(_ *testing.T, _ string, o *Options) { o.K = 4 }},
		{"metric", "metric pixels, was mirror", func(_ *testing.T, _ string, o *Options) { o.Metric = "pixels" }},
		{"queries", "other queries", func(t *testing.T, _ string, o *Options) { o.Queries = images(t, t.TempDir(), "q.npy", 11, 5) }},
		{"base", "another base", func(t *testing.T, _ string, o *Options) { o.Base = images(t, t.TempDir(), "b.npy", 40, 5) }},
		{"features", "metric euclidean, was mirror", func(_ *testing.T, _ string, o *Options) { *o = rows }},
		{"damaged state", "cannot be read", func(t *testing.T, out string, _ *Options) {
			if err := os.WriteFile(filepath.Join(out, partialDir, stateFile), []byte("{"), 0o644); err != nil {
				t.Fatal(err)
			}
		}},
		{"array lost", "", func(t *testing.T, out string, _ *Options) {
			if err := os.Remove(filepath.Join(out, partialDir, mirrorFile)); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, changed := filepath.Join(t.TempDir(), "out"), o
			interrupted(t, out, o)
			tt.change(t, out, &changed)
			r, err := Run(context.Background(), out, changed)
			if err != nil || r.ResumedAt != 0 {
				t.Fatalf("result %+v, error %v", r, err)
			}
			if said := strings.Join(r.Notes, " "); !strings.Contains(said, tt.says) || tt.says != "" && !strings.Contains(said, "starts anew") {
				t.Errorf("notes %q, want %q", said, tt.says)
			}
			m, _ := changed.parse()
			if m.images {
				checkImages(t, out, changed, m, 11, 40, changed.K)
			} else {
				checkRows(t, out, changed, m, 11, 40, changed.K)
			}
		})
	}
	out := filepath.Join(t.TempDir(), "out") // features after images leave no arrays of images
	for _, o := range []Options{o, rows} {
		if _, err := Run(context.Background(), out, o); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(out, mirrorFile)); err == nil {
		t.Error("the arrays of the search before are still there")
	}
}

func TestRunErrors(t *testing.T) {
	dir := t.TempDir()
	q, b := images(t, dir, "q.npy", 3, 1), images(t, dir, "b.npy", 4, 2)
	fq := features(t, dir, "fq.npy", 3, 3)
	nan := write(t, dir, "nan.npy", []int{2, 5}, []float32{1, 1, 1, 1, 1, 1, 1, 1, float32(math.NaN()), 1})
	zero := write(t, dir, "zero.npy", []int{2, 5}, []float32{1, 1, 1, 1, 1, 0, 0, 0, 0, 0})
	grey := write(t, dir, "grey.npy", []int{2, 8, 8}, make([]uint8, 128))
	small := write(t, dir, "small.npy", []int{2, 4, 4, 3}, make([]uint8, 96))
	wide := write(t, dir, "wide.npy", []int{2, 6}, make([]float32, 12))
	double := write(t, dir, "double.npy", []int{2, 5}, make([]float64, 10))
	empty := write(t, dir, "empty.npy", []int{0, 8, 8, 3}, []uint8{})
	for _, tt := range []struct {
		name     string
		o        Options
		says     []string
		wrongUse bool
	}{
		{"metric", Options{Queries: q, Base: b, Metric: "l1", K: 1}, []string{`metric "l1": choose pixels`}, true},
		{"k of zero", Options{Queries: q, Base: b, Metric: "pixels"}, []string{"k = 0"}, true},
		{"k above n", Options{Queries: q, Base: b, Metric: "pixels", K: 5}, []string{"k = 5", "b.npy has 4 rows", "at most 4"}, false},
		{"features by pixels", Options{Queries: fq, Base: b, Metric: "pixels", K: 1}, []string{"fq.npy holds float32", "euclidean or cosine"}, false},
		{"images by cosine", Options{Queries: q, Base: b, Metric: "cosine", K: 1}, []string{"q.npy holds uint8", "correlation for images"}, false},
		{"no channels", Options{Queries: grey, Base: b, Metric: "pixels", K: 1}, []string{"grey.npy has the shape [2 8 8]", "reshape"}, false},
		{"other sizes", Options{Queries: small, Base: b, Metric: "pixels", K: 1}, []string{"small.npy has the shape [2 4 4 3]", "b.npy [4 8 8 3]"}, false},
		{"too small for windows", Options{Queries: small, Base: small, Metric: "shift", K: 1}, []string{"at least 5×5; these are 4×4", "choose pixels or mirror"}, false},
		{"other widths", Options{Queries: fq, Base: wide, Metric: "euclidean", K: 1}, []string{"features of one encoder"}, false},
		{"float64", Options{Queries: double, Base: fq, Metric: "euclidean", K: 1}, []string{"holds float64", "astype('float32')"}, false},
		{"images of float64", Options{Queries: double, Base: b, Metric: "mirror", K: 1}, []string{"127.5"}, false},
		{"no images", Options{Queries: empty, Base: b, Metric: "pixels", K: 1}, []string{"empty.npy is empty"}, false},
		{"NaN", Options{Queries: fq, Base: nan, Metric: "euclidean", K: 1}, []string{"nan.npy, row 1, column 3 is NaN"}, false},
		{"row of zeros", Options{Queries: zero, Base: fq, Metric: "cosine", K: 1}, []string{"zero.npy, row 1 is all zeros", "choose euclidean"}, false},
		{"no file", Options{Queries: filepath.Join(dir, "absent.npy"), Base: b, Metric: "pixels", K: 1}, []string{"absent.npy"}, false},
		{"little memory", Options{Queries: q, Base: b, Metric: "pixels", K: 1, MaxMemory: 1000}, []string{"kB of memory beside", "1.0 kB are allowed"}, false},
		{"little memory for features", Options{Queries: fq, Base: fq, Metric: "cosine", K: 1, MaxMemory: 1000}, []string{"of memory beside", "1.0 kB are allowed"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			_, err := Run(context.Background(), out, tt.o)
			if err == nil {
				t.Fatal("no error")
			}
			for _, s := range tt.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("error %q does not say %q", err, s)
				}
			}
			if errors.Is(err, ErrOptions) != tt.wrongUse {
				t.Errorf("error %v: wrong use is %t", err, !tt.wrongUse)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("the folder was made")
			}
		})
	}
}

// An input is never replaced, nor is a folder of other things used.
func TestRunLeavesOthersAlone(t *testing.T) {
	dir := t.TempDir()
	q := images(t, dir, indexFile, 3, 1)
	o := Options{Queries: q, Base: q, Metric: "pixels", K: 1}
	if _, err := Run(context.Background(), dir, o); err == nil || !strings.Contains(err.Error(), "would replace") {
		t.Errorf("the folder of an input: error %v", err)
	}
	out := t.TempDir()
	if err := os.WriteFile(filepath.Join(out, "thesis.txt"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), out, o); err == nil || !strings.Contains(err.Error(), "thesis.txt") {
		t.Errorf("a folder of other things: error %v", err)
	}
	for _, name := range []string{distanceFile, metaFile} {
		out := t.TempDir()
		file := filepath.Join(out, name)
		if err := os.WriteFile(file, []byte("{}"), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Run(context.Background(), out, o)
		if b, _ := os.ReadFile(file); err == nil || !strings.Contains(err.Error(), name) || string(b) != "{}" {
			t.Errorf("a folder with a %s of something else: error %v, the file is now %q", name, err, b)
		}
	}
}

// Little memory gives the same neighbours of features.
func TestRunMemory(t *testing.T) {
	dir := t.TempDir()
	o := Options{Queries: features(t, dir, "q.npy", 500, 1), Base: features(t, dir, "b.npy", 300, 2), Metric: "euclidean", K: 3, Threads: 1, MaxMemory: 3 << 20}
	if _, err := Run(context.Background(), filepath.Join(dir, "out"), o); err != nil {
		t.Fatal(err)
	}
	m, _ := o.parse()
	checkRows(t, filepath.Join(dir, "out"), o, m, 500, 300, 3)
}
