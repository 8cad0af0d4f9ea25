package sheet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image/color"
	"strings"
	"testing"

	"golang.org/x/image/webp"

	"repbench/datasets"
)

// several puts images behind one another.
func several(images ...datasets.Images) datasets.Images {
	all := images[0]
	all.N, all.Data = 0, nil
	for _, im := range images {
		all.N, all.Data = all.N+im.N, append(all.Data, im.Data...)
	}
	return all
}

// Every image stands where its row and its place say, in its own colour, and no text is lost.
func TestDrawRows(t *testing.T) {
	red, blue := one(8, 8, 200, 0, 0), one(8, 8, 0, 0, 200)
	long := "a label of many words that has to be wrapped to the width of its place, whatever it says"
	rows := []Row{
		{Heading: "walk", Label: []string{"segment 1", long}, Images: several(red, blue, red), Captions: []string{"0", "1", "a caption of many words"}, Gaps: []int{1}},
		{Images: several(blue)},
	}
	img, err := DrawRows(rows, RowOptions{Title: "title", Note: []string{long}})
	if err != nil {
		t.Fatal(err)
	}
	found := map[color.Color]int{}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			found[img.At(x, y)]++
		}
	}
	if r, bl := found[color.RGBA{200, 0, 0, 255}], found[color.RGBA{0, 0, 200, 255}]; r != 2*64*64 || bl != 2*64*64 {
		t.Errorf("%d red and %d blue pixels, want %d of each", r, bl, 2*64*64)
	}
	p, err := newPen(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{5, 60, 160} {
		lines := p.wrapped(p.normal, long, width)
		if got := strings.ReplaceAll(strings.Join(lines, ""), " ", ""); got != strings.ReplaceAll(long, " ", "") {
			t.Errorf("wrapped to %d pixels it says %q", width, got)
		}
		if width == 160 && len(lines) < 3 {
			t.Errorf("%d lines of %d pixels", len(lines), width)
		}
	}
}

func TestDrawRowsErrors(t *testing.T) {
	good := one(8, 8, 1, 2, 3)
	for want, rows := range map[string][]Row{
		"no rows":        nil,
		"row 1":          {{Images: good}, {}},
		"of 4×8×3":       {{Images: good}, {Images: one(4, 8, 1, 2, 3)}},
		"2 captions for": {{Images: good, Captions: []string{"a", "b"}}},
	} {
		if _, err := DrawRows(rows, RowOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if _, err := DrawRows([]Row{{Images: good}}, RowOptions{Scale: 1 << 20}); err == nil {
		t.Error("a figure of 2⁴⁰ pixels passes")
	}
}

// The frames of an animation have exactly the pixels of the images, forth and back.
func TestAnimate(t *testing.T) {
	im := several(one(4, 4, 1, 2, 3), one(4, 4, 250, 130, 7), one(4, 4, 9, 9, 9))
	im.Data[0] = 77
	b, err := Animate(im, AnimationOptions{Scale: 2, Milliseconds: 40, Back: true})
	if err != nil {
		t.Fatal(err)
	}
	frames := framesOf(t, b)
	if len(frames) != 4 {
		t.Fatalf("%d frames, want 3 and 1 back", len(frames))
	}
	for i, frame := range frames {
		of := min(i, 4-i)
		img, err := webp.Decode(bytes.NewReader(frame))
		if err != nil {
			t.Fatal(err)
		}
		for y := range 8 {
			for x := range 8 {
				px := im.At(of)[(y/2*4+x/2)*3:]
				if r, g, bl, _ := img.At(x, y).RGBA(); uint8(r>>8) != px[0] || uint8(g>>8) != px[1] || uint8(bl>>8) != px[2] {
					t.Fatalf("frame %d, pixel %d, %d is %d %d %d, want %v", i, x, y, r>>8, g>>8, bl>>8, px[:3])
				}
			}
		}
	}
	if _, err := Animate(im, AnimationOptions{Scale: 1 << 14}); err == nil {
		t.Error("a huge animation passes")
	}
	if _, err := Animate(datasets.Images{}, AnimationOptions{}); err == nil {
		t.Error("an animation of nothing passes")
	}
}

// framesOf are the frames of an animated WebP, each as a WebP of its own.
func framesOf(t *testing.T, b []byte) (frames [][]byte) {
	t.Helper()
	if string(b[:4]) != "RIFF" || string(b[8:12]) != "WEBP" {
		t.Fatalf("no WebP: % x", b[:12])
	}
	for at := 12; at+8 <= len(b); {
		name, size := string(b[at:at+4]), int(binary.LittleEndian.Uint32(b[at+4:]))
		if name == "ANMF" {
			data := b[at+8+16 : at+8+size] // 16 bytes say where and how long the frame is shown
			if ms := int(b[at+8+12]); ms != 40 {
				t.Errorf("a frame of %d ms", ms)
			}
			head := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+len(data)))
			frames = append(frames, append(append(head, "WEBP"...), data...))
		}
		at += 8 + size + size%2
	}
	return frames
}

// TestDrawRowsStops: the error of Stop ends the drawing.
func TestDrawRowsStops(t *testing.T) {
	rows, asked, stop := []Row{{Images: one(8, 8, 1, 2, 3)}, {Images: one(8, 8, 1, 2, 3)}}, 0, errors.New("enough")
	for last := range 5 {
		asked = 0
		_, err := DrawRows(rows, RowOptions{Stop: func() error {
			if asked++; asked > last {
				return stop
			}
			return nil
		}})
		if done := last == 4; done != (err == nil) || !done && !errors.Is(err, stop) {
			t.Errorf("Stop at its call %d: %v", last+1, err)
		}
	}
}
