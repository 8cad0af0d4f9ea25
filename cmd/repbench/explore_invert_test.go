package main

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"repbench/internal/npy"
	"repbench/internal/raster"
)

// inverted runs the command of an inversion on the array that the page offers, and looks in the
// picture that it writes for both images that the page shows, one above the other.
func (b tab) inverted(dir string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir})
		return err
	}))
	b.click("#array")
	array, sheetFile := filepath.Join(dir, "picture.npy"), filepath.Join(dir, "invert.png")
	b.downloaded(array)
	shape, data, err := npy.Read[uint8](array)
	if err != nil || !slices.Equal(shape, []int{1, 32, 32, 3}) || !slices.Equal(data, b.pixels(".work img[alt='Your picture 0']")) {
		b.t.Fatalf("picture.npy of %v is not what the page shows; %v", shape, err)
	}
	words := strings.Fields(look[string](b, "document.querySelector('.work code').textContent"))
	for i, w := range words {
		switch w {
		case "picture.npy":
			words[i] = array
		case "invert.png":
			words[i] = sheetFile
		}
	}
	must(b.t, words[1:]...)
	content, err := os.ReadFile(sheetFile)
	if err != nil {
		b.t.Fatal(err)
	}
	written, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		b.t.Fatal(err)
	}
	found := b.pixels(".work img[alt='Your picture 1']")
	if !shows(written, data, found) {
		b.t.Error("the picture that the command writes does not hold the given and the found image of the page")
	}
	other := slices.Clone(found)
	other[0] ^= 64
	if shows(written, data, other) {
		b.t.Error("an image of another colour is found, too")
	}
}

// downloaded waits for a file.
func (b tab) downloaded(path string) {
	b.t.Helper()
	for range 300 {
		if _, err := os.Stat(path); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.t.Fatalf("%s is not downloaded", path)
}

// shows reports whether a sheet of pairs holds an image of 32×32 pixels exactly and, below a white
// line, another one whose bytes are at most one off, both enlarged by two.
func shows(on image.Image, above, below []uint8) bool {
	const side, scale = 32, 2
	pixels := raster.Pixels(on, 3)
	size := on.Bounds().Size()
	match := func(x, y int, want []uint8, off int) bool {
		for i, v := range want {
			px, c := i/3, i%3
			at := ((y+px/side*scale)*size.X+x+px%side*scale)*3 + c
			if d := int(pixels[at]) - int(v); d < -off || d > off {
				return false
			}
		}
		return true
	}
	for y := range size.Y - (2*side+1)*scale + 1 {
		for x := range size.X - side*scale + 1 {
			if match(x, y, above, 0) && match(x, y+(side+1)*scale, below, 1) {
				return true
			}
		}
	}
	return false
}
