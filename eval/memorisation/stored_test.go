package memorisation

import (
	"bytes"
	"encoding/json"
	"image/png"
	"reflect"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/eval/memorisation/plant"
	"repbench/eval/memorisation/pvalues"
)

// counting is one h×w×c image of bytes that count up from first.
func counting(h, w, c int, first uint8) datasets.Images {
	im := datasets.Images{N: 1, H: h, W: w, C: c, Data: make([]uint8, h*w*c)}
	for i := range im.Data {
		im.Data[i] = first + uint8(i)
	}
	return im
}

// A picture has the pixels of the image and of its neighbours, side by side.
func TestStripPixels(t *testing.T) {
	for _, c := range []int{1, 3} {
		ims := []datasets.Images{counting(3, 2, c, 0), counting(3, 2, c, 100), counting(3, 2, c, 200)}
		b, err := strip(ims)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil || img.Bounds().Dx() != 6 || img.Bounds().Dy() != 3 {
			t.Fatalf("%v, %v", img.Bounds(), err)
		}
		for i, im := range ims {
			for at := range 6 {
				r, g, bl, _ := img.At(2*i+at%2, at/2).RGBA()
				px := im.Data[at*c : (at+1)*c]
				if uint8(r) != px[0] || uint8(g) != px[c/2] || uint8(bl) != px[c-1] {
					t.Errorf("%d channels, image %d, pixel %d: %d %d %d, want %v", c, i, at, uint8(r), uint8(g), uint8(bl), px)
				}
			}
		}
	}
}

func TestStripOddSizes(t *testing.T) {
	b, err := strip([]datasets.Images{counting(200, 100, 3, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := png.DecodeConfig(bytes.NewReader(b)); err != nil || c.Width != 32 || c.Height != 64 {
		t.Errorf("a large image becomes %d×%d (%v), want 32×64", c.Width, c.Height, err)
	}
	for _, other := range []datasets.Images{counting(3, 3, 1, 0), counting(3, 2, 3, 0), {N: 2, H: 3, W: 2, C: 1, Data: make([]uint8, 12)}} {
		if _, err := strip([]datasets.Images{counting(3, 2, 1, 0), other}); err == nil {
			t.Errorf("%d×%d×%d beside 3×2×1 is drawn", other.H, other.W, other.C)
		}
	}
}

// What is stored is the result, field by field, with its examples; the JSON of both agrees.
func TestStore(t *testing.T) {
	r := &Result{Metric: "pixels", TrainRows: 5, Generated: 3, CopyRate: pvalues.Rate{Estimate: 0.1, Hi: 0.3}, Warnings: []string{"w"}, Examples: []Example{
		{Group: GroupSuspicious, Name: "g/0", Image: counting(2, 2, 1, 0), Flag: Flag{Pair{Image: 0, Train: 4, Score: 0.5}, 0.01}, Rank: 1, Of: 3, Source: -1,
			Nearest: []NearImage{{Pair: Pair{Train: 4, Distance: 2}, Image: counting(2, 2, 1, 9)}}},
		{Group: string(plant.CopyExact), Name: "copy of t/0", Image: counting(2, 2, 1, 0)},
	}}
	s, err := Store(r)
	if err != nil {
		t.Fatal(err)
	}
	if s.Kind() != r.Kind() || !reflect.DeepEqual(s.Measurements(), r.Measurements()) {
		t.Errorf("kind %s, measurements %v", s.Kind(), s.Measurements())
	}
	if len(s.Pairs) != 2 || s.Pairs[0].Source != nil || *s.Pairs[1].Source != 0 || s.Pairs[0].Nearest[0].Train != 4 || s.Pairs[0].P != 0.01 {
		t.Errorf("pairs %+v", s.Pairs)
	}
	plain, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := json.Marshal(s)
	if err != nil || !strings.HasPrefix(string(stored), string(plain[:len(plain)-1])+`,"pairs":[{"group":"most suspicious"`) {
		t.Errorf("stored as\n%s, not beginning with\n%s (%v)", stored, plain, err)
	}
	var back Stored
	if err := json.Unmarshal(stored, &back); err != nil || back.TrainRows != 5 || back.Pairs[0].Score != 0.5 || !bytes.Equal(back.Pairs[1].PNG, s.Pairs[1].PNG) {
		t.Errorf("reads back as %+v, %v", back, err)
	}
	r.Examples[0].Nearest[0].Image = counting(1, 1, 1, 0)
	if _, err := Store(r); err == nil || !strings.Contains(err.Error(), "picture of g/0") {
		t.Errorf("images of two sizes: error %v", err)
	}
}
