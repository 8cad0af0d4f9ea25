package duplicates

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

func TestPlant(t *testing.T) {
	im := trainSplit(t, shapes(t, 60, 1, 32)).Images
	p, err := Plant(im, 40, 3)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := Plant(im, 40, 3)
	other, _ := Plant(im, 40, 4)
	if !bytes.Equal(p.Images.Data, again.Images.Data) || !slices.Equal(p.Sources, again.Sources) {
		t.Error("the same seed gives other duplicates")
	}
	if slices.Equal(p.Sources, other.Sources) {
		t.Error("another seed gives the same sources")
	}
	var of [kinds]int
	for i, k := range p.Kinds {
		of[k]++
		source, planted := im.At(p.Sources[i]), p.Images.At(i)
		if bytes.Equal(source, planted) && k != Flip {
			t.Errorf("number %d (%s) has the pixels of its source", i, k)
		}
		// Near duplicates are close: no kind except the mirror image moves the mean of all
		// pixels by more than the largest shift of brightness.
		if d := mean(source) - mean(planted); d > 33 || d < -33 {
			t.Errorf("number %d (%s) differs by %g grey levels on average", i, k, d)
		}
	}
	if of != [kinds]int{10, 10, 10, 10} {
		t.Errorf("kinds are planted %v times, want 10 each", of)
	}
	if s := slices.Sorted(slices.Values(p.Sources)); len(slices.Compact(s)) != 40 {
		t.Error("two duplicates have one source")
	}
}

func mean(px []uint8) float64 {
	sum := 0
	for _, v := range px {
		sum += int(v)
	}
	return float64(sum) / float64(len(px))
}

// TestPlantGrey tests images of one channel and of sizes that are not square.
func TestPlantGrey(t *testing.T) {
	im := formula(1, 28, 20)
	im.C, im.N, im.Data = 1, 3, im.Data[:28*20*3]
	p, err := Plant(im, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	if p.Images.C != 1 || len(p.Images.Data) != 3*28*20 {
		t.Errorf("%d channels, %d bytes", p.Images.C, len(p.Images.Data))
	}
}

func TestPlantLimits(t *testing.T) {
	im := formula(1, 8, 8)
	for _, n := range []int{-1, 0, 2} {
		if _, err := Plant(im, n, 1); !errors.Is(err, ErrOptions) {
			t.Errorf("%d of one image: error %v, want ErrOptions", n, err)
		}
	}
}
