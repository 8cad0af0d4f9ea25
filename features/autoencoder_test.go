package features

import (
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/store"
	"repbench/internal/progress"
	"repbench/train"
	"repbench/train/autoencoder"
)

// autoencoderRun trains a small autoencoder on the first split of ds.
func autoencoderRun(t *testing.T, b *backends.Backend, ds *datasets.Dataset, steps int64) string {
	t.Helper()
	run := t.TempDir()
	d := train.Data{Images: ds.Splits[0].Images, Name: ds.Name, Source: ds.Source, Hash: ds.Hash}
	if _, err := autoencoder.Run(context.Background(), run, d, b, autoencoder.Options{Hidden: 8, Batch: 8, Steps: steps}); err != nil {
		t.Fatal(err)
	}
	return run
}

// Features are the codes of the model, whatever the batch size, and their key
// follows the weights.
func TestAutoencoderEncoder(t *testing.T) {
	b, err := backends.Open(backends.CPU)
	if err != nil {
		t.Fatal(err)
	}
	ds, err := datasets.Open(context.Background(), "shapes:size=16,train=30,test=9", datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	run := autoencoderRun(t, b, ds, 3)
	m, err := autoencoder.Load(run, b)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	want, err := m.Codes(ds.Splits[0].Images)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, batch := range []int{1, 7, 128} {
		e, err := Open("autoencoder:"+run, b, Options{BatchSize: batch})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		dir := filepath.Join(t.TempDir(), "f")
		meta, err := e.Extract(context.Background(), ds, dir, progress.Silent)
		if err != nil {
			t.Fatal(err)
		}
		keys[meta.CacheKey] = true
		compareCodes(t, dir, want, batch)
		if len(meta.Notes) != 1 || !strings.Contains(meta.Notes[0], "this very data set") {
			t.Errorf("notes are %q, want one that says what the encoder has seen", meta.Notes)
		}
	}
	if len(keys) != 1 {
		t.Errorf("the batch size changes the cache key: %v", keys)
	}
	other, err := Open("autoencoder:"+autoencoderRun(t, b, ds, 4), b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if key, err := other.CacheKey(ds); err != nil || keys[key] {
		t.Errorf("other weights have the same key (error %v)", err)
	}
}

func compareCodes(t *testing.T, dir string, want []float32, batch int) {
	t.Helper()
	const tolerance = 1e-5 // rounding of a sum of 768 products of order 1
	f, err := store.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := f.Split(datasets.Train)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Float32) != len(want) {
		t.Fatalf("batch %d: %d values, want %d", batch, len(got.Float32), len(want))
	}
	for i, v := range got.Float32 {
		if math.Abs(float64(v-want[i])) > tolerance {
			t.Fatalf("batch %d: value %d is %g, the model's code %g", batch, i, v, want[i])
		}
	}
}

func TestAutoencoderWantsItsImages(t *testing.T) {
	b, err := backends.Open(backends.CPU)
	if err != nil {
		t.Fatal(err)
	}
	ds, err := datasets.Open(context.Background(), "shapes:size=16,train=30,test=9", datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := Open("autoencoder:"+autoencoderRun(t, b, ds, 1), b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if e.ImageSize() != 16 {
		t.Errorf("wants images of side %d, trained on 16", e.ImageSize())
	}
	if _, err := e.Layers(datasets.Images{N: 1, H: 32, W: 32, C: 3, Data: make([]uint8, 3072)}); err == nil || !strings.Contains(err.Error(), "16×16×3") {
		t.Errorf("images of another size: error %v", err)
	}
}
