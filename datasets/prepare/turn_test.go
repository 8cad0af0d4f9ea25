package prepare

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/datasets/internal/exif"
	"repbench/datasets/internal/jpegscale"
	"repbench/datasets/resize"
)

// oriented puts an orientation into a JPEG file.
func oriented(file []byte, o exif.Orientation) []byte {
	body := append([]byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00"), byte(o), 0, 0, 0, 0, 0, 0, 0)
	head := binary.BigEndian.AppendUint16([]byte("\xff\xd8\xff\xe1"), uint16(len(body)+2))
	return slices.Concat(head, body, file[2:])
}

// wanted returns the square of a JPEG file at 1/scale, decoded whole, turned whole and then
// resized.
func wanted(t *testing.T, file []byte, o exif.Orientation, scale, n int) []uint8 {
	t.Helper()
	im, err := new(jpegscale.Decoder).Decode(file, scale)
	if err != nil {
		t.Fatal(err)
	}
	fullW, fullH, err := jpegscale.Size(file)
	if err != nil {
		t.Fatal(err)
	}
	w, h := o.Size(im.W, im.H)
	turned := make([]uint8, len(im.Pix))
	o.Turn(turned, im.Pix, im.W, im.H, im.C, image.Rect(0, 0, w, h))
	in := resize.Image{Pix: turned, W: w, H: h, C: im.C, Scale: scale}
	in.FullW, in.FullH = o.Size(fullW, fullH)
	out := make([]uint8, n*n*im.C)
	if err := new(resize.Scaler).Square(out, in, n, resize.Bicubic); err != nil {
		t.Fatal(err)
	}
	return out
}

// Pictures are turned before they are resized, at the fraction at which they are decoded, for
// any decoded part of them.
func TestTurnedPixels(t *testing.T) {
	for _, side := range []image.Point{{61, 45}, {45, 61}, {128, 64}, {64, 128}} {
		file := asJPEG(pictureOf(side.X, side.Y, 3))
		for o := exif.Upright; o <= exif.Rotate270; o++ {
			for _, d := range []Decode{Full, Scaled, Draft} {
				sizes := []int{4, 9, 32}
				w := worker{o: Options{Decode: d, Sizes: sizes, Data: datasets.Options{ExifRotate: true}}, channels: 3}
				w.begin(o)
				for _, n := range sizes {
					dst, scale := make([]uint8, 3*n*n), w.scale(side.X, side.Y, n)
					if err := w.picture(dst, oriented(file, o), n); err != nil {
						t.Fatal(err)
					}
					if !bytes.Equal(dst, wanted(t, file, o, scale, n)) {
						t.Errorf("%v, orientation %d, %s, size %d at 1/%d: other pixels", side, o, d, n, scale)
					}
				}
			}
		}
	}
}

// A fraction whose grid differs from the grid of the turned picture is not used.
func TestScaleOfTurnedPictures(t *testing.T) {
	for _, tt := range []struct {
		turn    exif.Orientation
		w, h, n int
		want    int
	}{{exif.Upright, 500, 375, 32, 8}, {exif.Rotate90, 500, 375, 32, 1}, {exif.Rotate180, 504, 376, 32, 8}, {exif.Mirror, 500, 376, 32, 4}} {
		w := worker{o: Options{Decode: Draft, Data: datasets.Options{ExifRotate: true}}}
		w.begin(tt.turn)
		if got := w.scale(tt.w, tt.h, tt.n); got != tt.want {
			t.Errorf("%d×%d, orientation %d: 1/%d, want 1/%d", tt.w, tt.h, tt.turn, got, tt.want)
		}
	}
}

// The other JPEG decoder, for CMYK files, also turns pictures.
func TestTurnedCMYK(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "cmyk.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	w := worker{o: Options{Sizes: []int{12}, Data: datasets.Options{ExifRotate: true}}, channels: 3}
	at := func(o exif.Orientation, x, y int) []uint8 {
		w.begin(o)
		dst := make([]uint8, 12*12*3)
		if err := w.picture(dst, data, 12); err != nil {
			t.Fatal(err)
		}
		return dst[3*(12*y+x):][:3]
	}
	if a, b := slices.Clone(at(exif.Upright, 0, 0)), at(exif.Rotate180, 11, 11); !bytes.Equal(a, b) || bytes.Equal(b, at(exif.Rotate180, 0, 0)) {
		t.Errorf("the first pixel is %v, and turned by half a circle the last is %v", a, b)
	}
}

// A preparation counts the orientations, records whether they were applied, and is not mixed
// with another preparation.
func TestPreparedOrientations(t *testing.T) {
	files, count := mixed(), 0
	for i := range files {
		if i%2 == 0 && strings.HasSuffix(files[i].name, ".jpg") && bytes.HasPrefix(files[i].data, []byte("\xff\xd8")) {
			files[i].data = oriented(files[i].data, exif.Orientation(2+i%7))
			count++
		}
	}
	src := "folder:" + folderOf(t, append(files, file{"train/a/3broken.jpg", []byte("\xff\xd8")}))
	dir := filepath.Join(t.TempDir(), "out")
	none, some := 0.0, 0.1
	if _, err := Run(context.Background(), src, dir, Options{Sizes: []int{8}, MaxBad: &none}); !errors.Is(err, ErrTooManyBad) {
		t.Fatalf("with a broken file: %v", err)
	}
	kept := must(t, src, dir, Options{Sizes: []int{8}, MaxBad: &some}) // goes on and counts on
	if kept.ResumedAt == 0 {
		t.Error("nothing was done before the broken file")
	}
	opened, err := datasets.Open(context.Background(), "prepared:"+dir, datasets.Options{})
	if err != nil || len(opened.Notes) != 1 || !strings.HasPrefix(opened.Notes[0], fmt.Sprintf("%d of 26 images", count)) || !strings.Contains(opened.Notes[0], "prepare the set again with --exif-rotate") {
		t.Errorf("opened without the option: %v, %v", opened, err)
	}
	rotate := Options{Sizes: []int{8}, MaxBad: &some, Data: datasets.Options{ExifRotate: true}}
	_, err = Run(context.Background(), src, dir, rotate)
	if !errors.Is(err, ErrDiffers) || !strings.Contains(err.Error(), "the EXIF rotation is on, was off") {
		t.Errorf("in the folder of another: %v", err)
	}
	_, err = datasets.Open(context.Background(), "prepared:"+dir, datasets.Options{ExifRotate: true})
	if err == nil || !strings.Contains(err.Error(), "prepare it again with --exif-rotate") {
		t.Errorf("opened with the option: %v", err)
	}
	dir = filepath.Join(t.TempDir(), "turned")
	turned := must(t, src, dir, rotate)
	d, err := datasets.Open(context.Background(), "prepared:"+dir, datasets.Options{ExifRotate: true})
	if err != nil || d.Hash != turned.Sets[0].Hash || len(d.Notes) != 0 {
		t.Errorf("opened with the option: %v", err)
	}
	if kept.Sets[0].Hash == turned.Sets[0].Hash {
		t.Error("the hash is the same with pictures turned and as they are")
	}
	again := must(t, src, dir, rotate) // finds it done
	for _, r := range []*Result{kept, turned, again} {
		if n := r.Sets[0].Oriented; n != count || len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0], fmt.Sprintf("%d of 26 images", n)) {
			t.Errorf("%d counted, notes %q", n, r.Notes)
		}
	}
	text, err := os.ReadFile(filepath.Join(must(t, "folder:"+folderOf(t, mixed()), filepath.Join(t.TempDir(), "o"), Options{Sizes: []int{8}}).Sets[0].Dir, datasets.ManifestFile))
	if err != nil || strings.Contains(string(text), "exif") {
		t.Errorf("the manifest of a set without orientations speaks of them: %v", err)
	}
}
