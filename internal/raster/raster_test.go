package raster

import (
	"bytes"
	"image/color"
	"testing"
)

func TestPixelsOfPicture(t *testing.T) {
	for _, c := range []int{1, 3} {
		px := make([]uint8, 4*5*c)
		for i := range px {
			px[i] = uint8(7 * i)
		}
		img := Picture(px, 4, 5, c)
		if got := Pixels(img, c); !bytes.Equal(got, px) {
			t.Errorf("%d channels: %v, want %v", c, got, px)
		}
		at := px[(2*5+3)*c:]
		want := color.RGBA{at[0], at[0], at[0], 255}
		if c == 3 {
			want = color.RGBA{at[0], at[1], at[2], 255}
		}
		if got := color.RGBAModel.Convert(img.At(3, 2)); got != want {
			t.Errorf("%d channels: column 3 of row 2 is %v, want %v", c, got, want)
		}
	}
}

// Two images of 1×2 pixels: each row is turned on its own.
func TestMirror(t *testing.T) {
	src := []uint8{1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16}
	dst := make([]uint8, len(src))
	Mirror(dst, src, 2, 3)
	if want := []uint8{4, 5, 6, 1, 2, 3, 14, 15, 16, 11, 12, 13}; !bytes.Equal(dst, want) {
		t.Errorf("%v, want %v", dst, want)
	}
}

// A flat image survives JPEG to a grey level; a step between red and blue loses colour, which
// is stored at half the resolution.
func TestRecompress(t *testing.T) {
	flat := bytes.Repeat([]uint8{90}, 16*16)
	got, err := Recompress(flat, 16, 16, 1, 75)
	if err != nil || len(got) != len(flat) {
		t.Fatal(len(got), err)
	}
	for i, v := range got {
		if v < 89 || v > 91 {
			t.Fatalf("pixel %d of a flat image is %d, want 90", i, v)
		}
	}
	step := make([]uint8, 0, 16*16*3)
	for i := range 16 * 16 {
		if i%16 < 7 {
			step = append(step, 255, 0, 0)
		} else {
			step = append(step, 0, 0, 255)
		}
	}
	got, err = Recompress(step, 16, 16, 3, 75)
	if err != nil {
		t.Fatal(err)
	}
	if left, right := got[6*3:7*3], got[7*3:8*3]; left[0]-right[0] > 100 || left[0] > 220 {
		t.Errorf("the pixels beside the step are %v and %v: the colours must have been averaged over two columns", left, right)
	}
}
