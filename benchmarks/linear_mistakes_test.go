package benchmarks

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/eval"
	"repbench/features"
	"repbench/features/matrix"
)

// wrong is threeWays with every ninth test label turned and a name a row.
func wrong() *datasets.Dataset {
	ds := threeWays("train", "test")
	test := ds.Splits[1]
	for i := range test.Labels {
		if i%9 == 0 {
			test.Labels[i] = (test.Labels[i] + 1) % 3
		}
		test.IDs[i] = "image-" + string(rune('a'+i%26))
	}
	return ds
}

func TestMistakes(t *testing.T) {
	ds := wrong()
	f := folder(t, ds, features.Options{})
	images := ds.Splits[1].Images
	r, err := one(t, f, Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-3}}}, func(in *input) { in.images = &images })
	if err != nil {
		t.Fatal(err)
	}
	if len(linearOf(r).Mistakes) < 10 { // the ten that were turned
		t.Fatalf("%d mistakes", len(linearOf(r).Mistakes))
	}
	for _, m := range linearOf(r).Mistakes {
		if want := ds.Splits[1].IDs[m.Row]; m.ID != want {
			t.Errorf("row %d is called %q, want %q", m.Row, m.ID, want)
		}
		picture, err := png.Decode(bytes.NewReader(m.PNG))
		if err != nil {
			t.Fatal(err)
		}
		red, _, blue, _ := picture.At(2, 1).RGBA()
		if p := images.At(m.Row)[(1*4+2)*3:]; uint8(red>>8) != p[0] || uint8(blue>>8) != p[2] {
			t.Errorf("row %d: pixel %d, %d, want %d, %d", m.Row, red>>8, blue>>8, p[0], p[2])
		}
	}
	if got := stages(r.Costs); got != "extract fit report" {
		t.Errorf("costs of %q", got)
	}
}

func TestMistakesWithoutImages(t *testing.T) {
	f := folder(t, wrong(), features.Options{})
	if err := os.Remove(filepath.Join(f.Dir, "test_ids.txt")); err != nil {
		t.Fatal(err)
	}
	r, err := one(t, f, Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-3}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range linearOf(r).Mistakes {
		if m.ID != "" || m.PNG != nil {
			t.Errorf("mistake %+v has a name or a picture from nowhere", m)
		}
	}
}

func TestMistakeErrors(t *testing.T) {
	f := folder(t, wrong(), features.Options{})
	few := datasets.Images{N: 1, H: 1, W: 1, C: 1, Data: []uint8{1}}
	_, err := one(t, f, Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-3}}}, func(in *input) { in.images = &few })
	if err == nil || !strings.Contains(err.Error(), "1 test images for 90 test rows") {
		t.Errorf("one image: error %v", err)
	}
	if err := os.WriteFile(filepath.Join(f.Dir, "test_ids.txt"), []byte("one\ntwo\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = one(t, f, Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-3}}})
	if err == nil || !strings.Contains(err.Error(), "2 names for 90 rows") {
		t.Errorf("two names: error %v", err)
	}
}

func TestThumbnail(t *testing.T) {
	for _, tt := range []struct {
		name         string
		h, w, c      int
		wantH, wantW int
		wantR, wantG uint8
	}{
		{"grey", 3, 5, 1, 3, 5, 200, 200},
		{"colour", 3, 5, 3, 3, 5, 200, 100},
		{"large", 100, 192, 3, 50, 96, 200, 100},
		{"very flat", 1, 500, 3, 1, 96, 200, 100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			im := datasets.Images{N: 1, H: tt.h, W: tt.w, C: tt.c}
			for range tt.h * tt.w {
				im.Data = append(im.Data, []uint8{200, 100, 50}[:tt.c]...)
			}
			b, err := thumbnail(im, 0)
			if err != nil {
				t.Fatal(err)
			}
			picture, err := png.Decode(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			red, green, _, _ := picture.At(0, 0).RGBA()
			if s := picture.Bounds(); s.Dy() != tt.wantH || s.Dx() != tt.wantW || uint8(red>>8) != tt.wantR || uint8(green>>8) != tt.wantG {
				t.Errorf("%v of colour %d, %d", s, red>>8, green>>8)
			}
		})
	}
}

func TestSelectLayerNeedsLayers(t *testing.T) {
	f := folder(t, threeWays("train", "valid", "test"), features.Options{})
	_, err := one(t, f, Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-3}, SelectLayer: true}})
	if err == nil || !strings.Contains(err.Error(), "without layers") {
		t.Errorf("pixels have one layer: error %v", err)
	}
	f.Meta.Layers = []matrix.Layer{{Name: "top", Columns: [2]int{0, 24}}, {Name: "bottom", Columns: [2]int{24, 48}}}
	r, err := one(t, f, Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-3}, SelectLayer: true}})
	if err != nil {
		t.Fatal(err)
	}
	if linearOf(r).SelectedOn.String() != "valid (90 rows), layer and C" || linearOf(r).Layer == "" || len(linearOf(r).Layers) != 3 {
		t.Errorf("selected %q on %q", linearOf(r).Layer, linearOf(r).SelectedOn.String())
	}
}
