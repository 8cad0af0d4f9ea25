package features

import (
	"context"
	"errors"
	"math"
	"testing"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/internal/kmeans"
	"repbench/features/internal/patches"
	"repbench/internal/progress"
)

// oraclePatches is the encoder by its definition, in float64, without
// standardisation.
func oraclePatches(d *kmeans.Dictionary, im datasets.Images) []float64 {
	n, k := d.D(), d.K()
	rows, cols := im.H-d.Size+1, im.W-d.Size+1
	out := make([]float64, im.N*4*k)
	for i := range im.N {
		for row := range rows {
			for col := range cols {
				p := make([]float64, 0, n)
				mean, variance := 0.0, 0.0
				for r := range d.Size {
					from := ((row+r)*im.W + col) * im.C
					for _, v := range im.At(i)[from : from+d.Size*im.C] {
						p = append(p, float64(v))
						mean += float64(v) / float64(n)
					}
				}
				for _, v := range p {
					variance += (v - mean) * (v - mean) / float64(n-1)
				}
				white := make([]float64, n)
				for j := range white {
					for l, v := range p {
						white[j] += d.Whitening[j*n+l] * ((v-mean)/math.Sqrt(variance+kmeans.ContrastOffset) - d.Mean[l])
					}
				}
				distance := make([]float64, k)
				average := 0.0
				for c := range distance {
					for j, v := range white {
						distance[c] += (v - d.Centroids[c*n+j]) * (v - d.Centroids[c*n+j])
					}
					distance[c] = math.Sqrt(distance[c])
					average += distance[c] / float64(k)
				}
				quadrant := 0
				if row >= (rows+1)/2 {
					quadrant += 2
				}
				if col >= (cols+1)/2 {
					quadrant++
				}
				for c, z := range distance {
					out[(i*4+quadrant)*k+c] += max(0, average-z)
				}
			}
		}
	}
	return out
}

// patchEncoder is one with a small dictionary.
func patchEncoder(t *testing.T, k int) (*Encoder, *datasets.Dataset) {
	t.Helper()
	b, err := backends.Open("cpu")
	if err != nil {
		t.Fatal(err)
	}
	ds, err := datasets.Open(context.Background(), "shapes:size=16,train=40,test=9", datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := Open("kmeans:8", b, Options{Seed: new(uint64(3))})
	if err != nil {
		t.Fatal(err)
	}
	p := e.net.(*patches.Network)
	p.Opt.K, p.Opt.Patches, p.Opt.Iterations, p.Opt.Threads = k, 2000, 3, 2
	return e, ds
}

func TestPatchesAgainstTheDefinition(t *testing.T) {
	e, ds := patchEncoder(t, 8)
	p := e.net.(*patches.Network)
	if err := p.Prepare(context.Background(), ds, progress.Or(nil), encoder.Kept{}); err != nil {
		t.Fatal(err)
	}
	train, err := ds.Split("train")
	if err != nil {
		t.Fatal(err)
	}
	im := train.Images
	want := oraclePatches(p.Dict, im)
	d := 4 * p.Opt.K
	mean, squares := make([]float64, d), make([]float64, d)
	for i, v := range want {
		mean[i%d] += v / float64(im.N)
		squares[i%d] += v * v / float64(im.N)
	}
	for i := range want {
		j := i % d
		want[i] = (want[i] - mean[j]) / math.Sqrt(squares[j]-mean[j]*mean[j]+patches.StandardOffset)
	}
	got := make([]float32, len(want))
	if err := p.Encode(got, im); err != nil {
		t.Fatal(err)
	}
	// Distances are roots of differences in float32; features are of order 1.
	const tolerance = 2e-3
	for i, v := range want {
		if !(math.Abs(float64(got[i])-v) <= tolerance) {
			t.Fatalf("feature %d of image %d is %g, want %g", i%d, i/d, got[i], v)
		}
	}
	// Other batches give the same bits.
	part := make([]float32, 5*d)
	if err := p.Encode(part, im.Slice(3, 8)); err != nil {
		t.Fatal(err)
	}
	for i, v := range part {
		if v != got[3*d+i] {
			t.Fatalf("feature %d of image %d is %g in another batch, %g before", i%d, 3+i/d, v, got[3*d+i])
		}
	}
}

// TestPatchesGoOn stops while the statistics are taken and goes on.
func TestPatchesGoOn(t *testing.T) {
	e, ds := patchEncoder(t, 6)
	whole := e.net.(*patches.Network)
	if err := whole.Prepare(context.Background(), ds, nil, encoder.Kept{}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	again, _ := patchEncoder(t, 6)
	p := again.net.(*patches.Network)
	if err := p.Prepare(ctx, ds, stopper{"statistics of the features", cancel}, encoder.Kept{Dir: dir}); !errors.Is(err, context.Canceled) {
		t.Fatalf("error is %v, want the interruption", err)
	}
	if err := p.Prepare(context.Background(), ds, nil, encoder.Kept{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	for j, v := range whole.Mean {
		if p.Mean[j] != v || p.Scale[j] != whole.Scale[j] {
			t.Fatalf("statistics of feature %d are %g and %g, want %g and %g", j, p.Mean[j], p.Scale[j], v, whole.Scale[j])
		}
	}
}

func TestKMeansSpecs(t *testing.T) {
	for _, spec := range []string{"", "x", "0", "-3", "500000", "1600,6"} {
		if _, err := Open("kmeans:"+spec, cpu(t), Options{}); !errors.Is(err, ErrSpec) {
			t.Errorf("kmeans:%s: error is %v, want one about the specification", spec, err)
		}
	}
}
