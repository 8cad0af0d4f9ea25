package features

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/internal/kmeans"
	"repbench/features/internal/patches"
	"repbench/features/internal/stacked"
	"repbench/features/matrix"
	"repbench/internal/testcheck"
)

// oracleMaps are the maps of one layer of one image, row, column, map.
type oracleMaps struct {
	h, w, k int
	v       []float64
}

func (m oracleMaps) at(row, col int) []float64 {
	return m.v[(row*m.w+col)*m.k:][:m.k]
}

// oracleTriangle is max(0, mean(z) - z_k) of the distances of x to the rows of c.
func oracleTriangle(x, c []float64) []float64 {
	n := len(c) / len(x)
	z := make([]float64, n)
	mean := 0.0
	for k := range z {
		for j, v := range x {
			z[k] += (v - c[k*len(x)+j]) * (v - c[k*len(x)+j])
		}
		z[k] = math.Sqrt(z[k])
		mean += z[k] / float64(n)
	}
	for k, v := range z {
		z[k] = max(0, mean-v)
	}
	return z
}

// oracleWhite is w·((p - mean)/√(variance + offset) - m).
func oracleWhite(p []float64, offset float64, m, w []float64) []float64 {
	mean, variance := 0.0, 0.0
	for _, v := range p {
		mean += v / float64(len(p))
	}
	for _, v := range p {
		variance += (v - mean) * (v - mean) / float64(len(p)-1)
	}
	z := make([]float64, len(w)/len(p))
	for j := range z {
		for i, v := range p {
			z[j] += w[j*len(p)+i] * ((v-mean)/math.Sqrt(variance+offset) - m[i])
		}
	}
	return z
}

// oracleFirst are the maps of the first layer by their definition.
func oracleFirst(d *kmeans.Dictionary, im datasets.Images) oracleMaps {
	m := oracleMaps{h: im.H - d.Size + 1, w: im.W - d.Size + 1, k: d.K()}
	for row := range m.h {
		for col := range m.w {
			var p []float64
			for r := range d.Size {
				from := ((row+r)*im.W + col) * im.C
				for _, v := range im.Data[from : from+d.Size*im.C] {
					p = append(p, float64(v))
				}
			}
			m.v = append(m.v, oracleTriangle(oracleWhite(p, kmeans.ContrastOffset, d.Mean, d.Whitening), d.Centroids)...)
		}
	}
	return m
}

// oracleBlocks averages maps over blocks.
func oracleBlocks(m oracleMaps, side int) oracleMaps {
	out := oracleMaps{h: m.h / side, w: m.w / side, k: m.k}
	for row := range out.h {
		for col := range out.w {
			mean := make([]float64, m.k)
			for r := range side {
				for c := range side {
					for k, v := range m.at(row*side+r, col*side+c) {
						mean[k] += v / float64(side*side)
					}
				}
			}
			out.v = append(out.v, mean...)
		}
	}
	return out
}

// oracleFields are the maps of a deeper layer, field by field and window by window.
func oracleFields(m oracleMaps, fields []kmeans.Field) oracleMaps {
	out := oracleMaps{h: m.h - 1, w: m.w - 1}
	for row := range out.h {
		for col := range out.w {
			for _, f := range fields {
				var p []float64
				for r := range 2 {
					for c := range 2 {
						for _, k := range f.Channels {
							p = append(p, m.at(row+r, col+c)[k])
						}
					}
				}
				out.v = append(out.v, oracleTriangle(oracleWhite(p, f.Offset, f.Mean, f.Whitening), f.Centroids)...)
			}
		}
	}
	out.k = len(out.v) / (out.h * out.w)
	return out
}

// oracleQuadrants sums maps over quadrants, of an odd side the first one longer.
func oracleQuadrants(m oracleMaps) []float64 {
	out := make([]float64, 4*m.k)
	for row := range m.h {
		for col := range m.w {
			quadrant := row/((m.h+1)/2)*2 + col/((m.w+1)/2)
			for k, v := range m.at(row, col) {
				out[quadrant*m.k+k] += v
			}
		}
	}
	return out
}

// deepData are images of which the third layer has 3×3 positions.
func deepData(t testing.TB, train, test int) *datasets.Dataset {
	t.Helper()
	ds, err := datasets.Open(context.Background(), fmt.Sprintf("shapes:size=32,train=%d,test=%d", train, test), datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

// deepEncoder is one of 12, 10 and 4 maps, with few patches and iterations. The
// second layer has two fields of 5 maps, the third one of 4.
func deepEncoder(t testing.TB, o Options) *Encoder {
	t.Helper()
	o.Seed = new(uint64(3))
	e := open(t, "kmeans3:12,10,4,maps=5,inputs=7", o)
	d := e.net.(*stacked.Network)
	d.Opt.First.Patches, d.Opt.First.Iterations, d.Opt.Windows, d.Opt.Iterations = 1500, 3, 90, 4
	return e
}

func TestDeepAgainstTheDefinition(t *testing.T) {
	e, ds := deepEncoder(t, Options{}), deepData(t, 7, 3)
	d := e.net.(*stacked.Network)
	if err := d.Prepare(context.Background(), ds, nil, encoder.Kept{}); err != nil {
		t.Fatal(err)
	}
	if a, b := len(d.Fields[0]), len(d.Fields[1]); a != 2 || b != 1 {
		t.Fatalf("%d and %d receptive fields, want 2 and 1", a, b)
	}
	im := ds.Splits[0].Images
	want := make([][]float64, im.N)
	dim := 4 * (12 + 10 + 4)
	mean, squares := make([]float64, dim), make([]float64, dim)
	for i := range want {
		first := oracleFirst(d.Dict, im.Slice(i, i+1))
		second := oracleFields(oracleBlocks(first, 3), d.Fields[0])
		third := oracleFields(oracleBlocks(second, 2), d.Fields[1])
		if third.h != 3 || third.k != 4 {
			t.Fatalf("the third layer has %d rows of %d maps, want 3 of 4", third.h, third.k)
		}
		want[i] = slices.Concat(oracleQuadrants(first), oracleQuadrants(second), oracleQuadrants(third))
		for j, v := range want[i] {
			mean[j] += v / float64(im.N)
			squares[j] += v * v / float64(im.N)
		}
	}
	got := make([]float32, im.N*dim)
	if err := d.Encode(got, im); err != nil {
		t.Fatal(err)
	}
	// Three layers of roots of differences in float32; features are of order 1.
	const tolerance = 5e-3
	for i := range want {
		for j, v := range want[i] {
			v = (v - mean[j]) / math.Sqrt(squares[j]-mean[j]*mean[j]+patches.StandardOffset)
			if !(math.Abs(float64(got[i*dim+j])-v) <= tolerance) {
				t.Fatalf("feature %d of image %d is %g, want %g", j, i, got[i*dim+j], v)
			}
		}
	}
	part := make([]float32, 3*dim)
	if err := d.Encode(part, im.Slice(2, 5)); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(part, got[2*dim:5*dim]) {
		t.Error("another batch gives other features")
	}
}

func TestDeepLayers(t *testing.T) {
	ds := deepData(t, 6, 2)
	dir := t.TempDir()
	all := extract(t, deepEncoder(t, Options{}), ds, filepath.Join(dir, "all"))
	want := []matrix.Layer{
		{Name: "layer1", Columns: [2]int{0, 48}, Height: 2, Width: 2, Channels: 12},
		{Name: "layer2", Columns: [2]int{48, 88}, Height: 2, Width: 2, Channels: 10},
		{Name: "layer3", Columns: [2]int{88, 104}, Height: 2, Width: 2, Channels: 4},
	}
	if !slices.Equal(all.Layers, want) || all.Dim != 104 {
		t.Fatalf("layers are %v of %d columns, want %v of 104", all.Layers, all.Dim, want)
	}
	_, rows := rowsOf(t, filepath.Join(dir, "all"), datasets.Test)
	for name, chosen := range map[string][2]int{"layer1": {0, 48}, "layer2": {48, 88}} {
		m := extract(t, deepEncoder(t, Options{Layers: []string{name}}), ds, filepath.Join(dir, name))
		if m.Dim != chosen[1]-chosen[0] || m.CacheKey == all.CacheKey {
			t.Errorf("%s alone has %d columns", name, m.Dim)
		}
		_, got := rowsOf(t, filepath.Join(dir, name), datasets.Test)
		for i := range 2 {
			if diff := testcheck.Difference(t, got[i*m.Dim:(i+1)*m.Dim], rows[i*104+chosen[0]:i*104+chosen[1]]); diff > batchTolerance {
				t.Errorf("%s alone differs by %g in image %d", name, diff, i)
			}
		}
	}
}

// Wherever an extraction is interrupted, it goes on to the same bytes; so it does
// with another number of threads. A unit of work is an iteration of k-means, a
// field, or an image.
func TestDeepGoesOn(t *testing.T) {
	ds := deepData(t, 20, 5)
	whole := t.TempDir()
	extract(t, deepEncoder(t, Options{}), ds, whole)
	same := func(t *testing.T, dir string) {
		t.Helper()
		for _, f := range []string{"train_features.npy", "test_features.npy"} {
			want, _ := os.ReadFile(filepath.Join(whole, f))
			got, err := os.ReadFile(filepath.Join(dir, f))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s differs from an uninterrupted run (%v)", f, err)
			}
		}
	}
	// 3 iterations; 20 images' maps, 2 fields; 20, 1; 20 images of the statistics;
	// 20 and 5 of the splits.
	const second, third = 3 + 20 + 2, 3 + 20 + 2 + 20 + 1
	for _, after := range []int64{3 + 10, second + 20, third + 10, third + 20 + 3} {
		t.Run(fmt.Sprint("after ", after), func(t *testing.T) {
			dir := t.TempDir()
			ctx, cancel := context.WithCancel(context.Background())
			_, err := deepEncoder(t, Options{BatchSize: 16}).Extract(ctx, ds, dir, &stopAfter{after, cancel})
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("error %v, want one wrapping context.Canceled", err)
			}
			kept, _ := filepath.Glob(filepath.Join(dir, ".kmeans3-*-layer*.npy"))
			if after >= third && len(kept) != 3 || after < second && len(kept) != 1 {
				t.Errorf("kept %v", kept)
			}
			extract(t, deepEncoder(t, Options{}), ds, dir)
			same(t, dir)
		})
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, threads := range []int{1, 2} {
		runtime.GOMAXPROCS(threads)
		dir := t.TempDir()
		extract(t, deepEncoder(t, Options{}), ds, dir)
		t.Run(fmt.Sprint(threads, " threads"), func(t *testing.T) { same(t, dir) })
	}
}

// A damaged file of what was learned is named, not read.
func TestDeepDamagedFile(t *testing.T) {
	ds := deepData(t, 4, 1)
	cache := encoder.Kept{Dir: t.TempDir()}
	e := deepEncoder(t, Options{})
	if err := e.net.Prepare(context.Background(), ds, nil, cache); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(cache.Dir, e.net.(*stacked.Network).KeptLayer(ds.Hash, 1))
	if err := os.WriteFile(path, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := deepEncoder(t, Options{}).net.Prepare(context.Background(), ds, nil, cache)
	if err == nil || !bytes.Contains([]byte(err.Error()), []byte(filepath.Base(path))) {
		t.Errorf("error is %v, want one that names %s", err, filepath.Base(path))
	}
	if _, err := stacked.ReadField([]float64{0, 9, 0.1, 0, 0, 0}, 2, 1, 1, 9); err == nil {
		t.Error("a field of map 9 of 9 was read")
	}
}

func TestDeepSpecs(t *testing.T) {
	tests := []struct {
		text string
		want [5]int // maps, those of a field, inputs
	}{
		{"", [5]int{1600, 1600, 1600, 100, 200}},
		{":1600,3200,3200", [5]int{1600, 3200, 3200, 100, 200}},
		{":400,800,50", [5]int{400, 800, 50, 100, 200}},
		{":40,80,60,maps=20,inputs=9", [5]int{40, 80, 60, 20, 9}},
	}
	for _, tt := range tests {
		o, err := stacked.ParseDeep(tt.text)
		if got := [5]int{o.Maps[0], o.Maps[1], o.Maps[2], o.PerField, o.Inputs}; err != nil || got != tt.want {
			t.Errorf("kmeans3%s: %v (%v), want %v", tt.text, got, err, tt.want)
		}
	}
	for _, text := range []string{":", ":x", ":1,2", ":1,2,3,4", ":0,1,1", ":-4,1,1", ":9,250,100", ":1,200,100", ":500000,100,100",
		":40,80,60,maps=x", ":40,80,60,maps=0", ":40,80,60,fields=3", ":maps=3,1,1,1", ":1,1,99999999999", ":1,1,1,9"} {
		if _, err := Open("kmeans3"+text, cpu(t), Options{}); !errors.Is(err, ErrSpec) {
			t.Errorf("kmeans3%s: error is %v, want one about the specification", text, err)
		}
	}
	if _, err := Open("kmeans3", cpu(t), Options{Layers: []string{"conv1"}}); !errors.Is(err, ErrOptions) {
		t.Errorf("layer conv1: error is %v", err)
	}
	for side, ok := range map[int]bool{25: false, 26: true} {
		if _, err := open(t, "kmeans3", Options{}).Layers(datasets.Images{H: side, W: 40, C: 3}); (err == nil) != ok {
			t.Errorf("images of %d rows: error is %v", side, err)
		}
	}
	two := open(t, "kmeans3", Options{Layers: []string{"layer2", "layer1"}})
	for side, ok := range map[int]bool{13: false, 14: true} {
		if _, err := two.Layers(datasets.Images{H: side, W: side, C: 3}); (err == nil) != ok {
			t.Errorf("two layers of images of %d rows: error is %v", side, err)
		}
	}
}

// Specifications of deep encoders are understood or refused.
func FuzzDeepSpec(f *testing.F) {
	for _, s := range []string{"", ":1600,3200,3200", ":8,8,8,maps=4,inputs=2", ":1,2", ":9,9,9,maps=", ":,,,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := stacked.ParseDeep(text)
		if err != nil {
			return
		}
		for i := range o.Maps {
			if o.Maps[i] < 1 || i > 0 && (o.Fields(i)*o.PerFieldOf(i) != o.Maps[i] || o.Fields(i) > o.Maps[i-1]) {
				t.Errorf("%q gave %+v", text, o)
			}
		}
	})
}
