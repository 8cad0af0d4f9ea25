package features

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/features/store"
	"repbench/internal/npy"
)

// Rows in memory are those that Extract writes, bit for bit, also where the images fill no batch
// and where what was learned is learned anew.
func TestRowsAreExtracted(t *testing.T) {
	ds := noise(60, 7)
	for _, spec := range []string{"pixels", "random:svhn32,width=2"} {
		o := Options{BatchSize: 16, Grid: 1}
		dir := t.TempDir()
		meta := extract(t, open(t, spec, o), ds, dir)
		e := open(t, spec, o)
		for _, s := range ds.Splits {
			_, want, err := npy.Read[float32](store.FeaturesPath(dir, s.Name))
			if err != nil {
				t.Fatal(err)
			}
			x, err := e.Rows(context.Background(), ds, "", s.Images, "images", nil)
			if err != nil || x.N != s.Images.N || x.D != meta.Dim {
				t.Fatalf("%s: %d×%d, %v", spec, x.N, x.D, err)
			}
			for i := range x.N {
				if !slices.Equal(x.Row(i, nil), want[i*x.D:(i+1)*x.D]) {
					t.Fatalf("%s: row %d of split %s differs from that on disk", spec, i, s.Name)
				}
			}
		}
	}
}

func TestRowsErrors(t *testing.T) {
	ds := noise(3, 3)
	e := open(t, "random:svhn32,width=2", Options{})
	small := datasets.Images{N: 1, H: 16, W: 16, C: 3, Data: make([]uint8, 768)}
	if _, err := e.Rows(context.Background(), ds, "", small, "images", nil); err == nil || !strings.Contains(err.Error(), "wants images of 32×32×3") {
		t.Errorf("other images: error %v", err)
	}
	test := &datasets.Dataset{Name: "none", Hash: "n", Splits: ds.Splits[1:]}
	if _, err := e.Rows(context.Background(), test, "", ds.Splits[0].Images, "images", nil); err == nil || !strings.Contains(err.Error(), "takes its statistics from the training images") {
		t.Errorf("no training split: error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := open(t, "pixels", Options{}).Rows(ctx, ds, "", ds.Splits[0].Images, "images", nil); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "interrupted at image 0 of images") {
		t.Errorf("cancelled: error %v", err)
	}
}
