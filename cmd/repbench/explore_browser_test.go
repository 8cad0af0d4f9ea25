package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"repbench/internal/npy"
	"repbench/internal/raster"
	"repbench/vis/forget"
)

// tab is a page in a browser.
type tab struct {
	t   *testing.T
	ctx context.Context
}

// openTab opens an address in Chromium; where there is none the test is skipped.
func openTab(t *testing.T, url string) tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.ExecPath(chromium(t)))
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := tab{t, ctx}
	b.do(chromedp.EmulateViewport(1200, 2000), chromedp.Navigate(url))
	return b
}

// chromium is the path of a browser.
func chromium(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds to start")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no Chromium is installed (Debian: apt-get install chromium)")
	return ""
}

func (b tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// click clicks the elements that CSS selectors find.
func (b tab) click(selectors ...string) {
	b.t.Helper()
	for _, s := range selectors {
		b.do(chromedp.Click(chromedp.CSS(s)))
	}
}

// sample clicks samples of the grid.
func (b tab) sample(numbers ...int) {
	b.t.Helper()
	for _, n := range numbers {
		b.click(fmt.Sprintf(`#grid button[data-number="%d"]`, n))
	}
}

// look evaluates an expression in the page.
func look[T any](b tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// wait waits until an expression is true.
func (b tab) wait(expression string) {
	b.t.Helper()
	for range 1200 {
		if look[bool](b, "!!("+expression+")") {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.t.Fatalf("%s never comes true; the page says %s", expression, look[string](b, "document.body.innerText"))
}

// drag presses the mouse at a place of an element, given as shares of its sides, and releases it at
// another one.
func (b tab) drag(selector string, from, to [2]float64) {
	b.t.Helper()
	r := look[[]float64](b, fmt.Sprintf("(r => [r.left, r.top, r.width, r.height])(document.querySelector(%q).getBoundingClientRect())", selector))
	b.do(chromedp.DragAndDropXY(r[0]+from[0]*r[2], r[1]+from[1]*r[3], r[0]+to[0]*r[2], r[1]+to[1]*r[3], 8))
}

// pixels are the bytes of a picture that the page shows, RGB.
func (b tab) pixels(selector string) []uint8 {
	b.t.Helper()
	src := look[string](b, fmt.Sprintf("document.querySelector(%q).src", selector))
	data, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(src, "data:image/png;base64,"))
	if err != nil {
		b.t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		b.t.Fatal(err)
	}
	return raster.Pixels(img, 3)
}

// written runs the command that the page shows with an array instead of its picture, and returns
// the images that it writes.
func (b tab) written(selector string) [][]float32 {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), "images.npy")
	words := strings.Fields(look[string](b, fmt.Sprintf("document.querySelector(%q).textContent", selector)))
	at := slices.Index(words, "--out")
	if at < 0 || words[0] != "repbench" {
		b.t.Fatalf("the page shows the command %v", words)
	}
	must(b.t, append(words[1:at], "--npy", path)...)
	shape, data, err := npy.Read[float32](path)
	if err != nil {
		b.t.Fatal(err)
	}
	size := len(data) / shape[0]
	return slices.Collect(slices.Chunk(data, size))
}

// same compares a picture with floats in [-1, 1]; a byte may be one off, as images are generated in
// batches of other sizes.
func (b tab) same(what string, got []uint8, want []float32) {
	b.t.Helper()
	for i, v := range want {
		if d := float32(got[i]) - (v+1)*127.5; d > 1 || d < -1 {
			b.t.Errorf("%s: the page shows %d at value %d, and the command writes %g", what, got[i], i, (v+1)*127.5)
			return
		}
	}
}

const gridReady = "document.querySelectorAll('#grid button').length == 24 && !document.querySelector('#grid.busy')"

// What a user sees after clicks and drags is what the commands write that the page shows.
func TestExploreInBrowser(t *testing.T) {
	chromium(t)
	boxes := filepath.Join(t.TempDir(), "boxes.json")
	url := exploring(t, "random:svhn32,width=8", "--samples", "24", "--boxes", boxes)
	b := openTab(t, url)
	b.wait(gridReady)

	b.fits("samples")
	b.walk()
	b.fits("walk")
	b.arithmetic()
	b.fits("arithmetic")
	b.turn()
	b.fits("turn")
	b.forget(boxes)
	b.fits("forget")
	b.invert()

	if other := look[[]string](b, fmt.Sprintf("performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith(%q) && !n.startsWith('data:'))", url)); len(other) > 0 {
		t.Errorf("the page asks for %v", other)
	}
}

// walk picks three points and draws the slider.
func (b tab) walk() {
	b.sample(3, 17, 9)
	b.wait("document.querySelector('#frame').src")
	b.drag("#slider", [2]float64{0.02, 0.5}, [2]float64{0.6, 0.5})
	b.wait("document.querySelector('.big').dataset.frame == document.querySelector('#slider').value && document.querySelector('#slider').value > 4")
	k := look[int](b, "Number(document.querySelector('#slider').value)")
	shown := b.pixels("#frame")
	b.click("#score")
	b.wait("document.querySelector('.work code')")
	frames := b.written(".work code")
	if len(frames) != 33 {
		b.t.Fatalf("%d frames", len(frames))
	}
	b.same(fmt.Sprintf("frame %d", k), shown, frames[k])
}

// arithmetic picks exemplars, choosing groups with keys.
func (b tab) arithmetic() {
	b.click("#tab-arithmetic")
	for i, samples := range [][]int{{1, 2}, {5}, {7, 8}} {
		b.do(chromedp.KeyEvent("abc"[i : i+1]))
		b.sample(samples...)
	}
	b.wait("document.querySelector('#result') && document.querySelector('.work code')?.textContent.includes('--a 1,2 --b 5 --c 7,8')")
	shown := b.pixels("#result")
	b.same("the result", shown, b.written(".work code")[5])
	// Next page and back, a pick taken out again: the result goes.
	b.click("#next")
	b.wait("document.querySelector('#range').textContent.startsWith('24 to 47')")
	b.click("#previous")
	b.wait("document.querySelector('#range').textContent.startsWith('0 to 23')")
	b.do(chromedp.KeyEvent("b"))
	b.sample(5)
	b.wait("!document.querySelector('#result')")
}

// turn picks both sides.
func (b tab) turn() {
	b.click("#tab-turn")
	b.sample(4, 6)
	b.click(`.group[data-group="right"] input`)
	b.sample(10)
	b.wait("document.querySelector('.work code')")
	shown := b.pixels(".row .strip img[alt='Base 10 0']")
	b.same("the turned base (sample 10) at t = -1", shown, b.written(".work code")[0])
}

// forget draws a box, saves it, finds the maps and drops them.
func (b tab) forget(file string) {
	b.click("#tab-forget")
	for _, n := range []int{2, 11} {
		b.sample(n)
		b.wait(fmt.Sprintf("document.querySelector('#editor img').alt == 'sample %d'", n))
		b.drag("#editor", [2]float64{4.5 / 32, 6.5 / 32}, [2]float64{15.5 / 32, 19.5 / 32})
	}
	b.click("#save")
	b.wait("!document.querySelector('#message').hidden")
	got, err := forget.ReadBoxes(file)
	want := []forget.Box{{Image: 2, X0: 4, Y0: 6, X1: 16, Y1: 20}, {Image: 11, X0: 4, Y0: 6, X1: 16, Y1: 20}}
	if err != nil || !slices.Equal(got, want) {
		b.t.Fatalf("boxes %v, %v; want %v", got, err, want)
	}
	before := b.pixels(`#grid button[data-number="2"] img`)
	b.click("#findmaps")
	b.wait("document.querySelector('#mapcount')")
	b.click("#drop")
	b.wait("!document.querySelector('#dropped').hidden && " + gridReady)
	after := b.written("#found code")
	for _, n := range []int{0, 2, 11} {
		b.same(fmt.Sprintf("sample %d after the drop", n), b.pixels(fmt.Sprintf(`#grid button[data-number="%d"] img`, n)), after[n])
	}
	if slices.Equal(before, b.pixels(`#grid button[data-number="2"] img`)) {
		b.t.Error("the drop changes nothing")
	}
	b.click("#drop")
	b.wait("document.querySelector('#dropped').hidden && " + gridReady)
	if !slices.Equal(before, b.pixels(`#grid button[data-number="2"] img`)) {
		b.t.Error("without the drop a sample is another one")
	}
}

// invert uploads a picture, compares what is found with what the command writes for the picture that
// the page gives, and then uploads a file that is no picture.
func (b tab) invert() {
	b.click("#tab-invert")
	dir := b.t.TempDir()
	img := image.NewGray(image.Rect(0, 0, 40, 40))
	for i := range img.Pix {
		img.Pix[i] = uint8(i)
	}
	img.SetGray(0, 0, color.Gray{255})
	var picture bytes.Buffer
	if err := png.Encode(&picture, img); err != nil {
		b.t.Fatal(err)
	}
	files := map[string][]byte{"own.png": picture.Bytes(), "none.png": []byte("no picture")}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			b.t.Fatal(err)
		}
	}
	look[chromedp.Void](b, "document.querySelector('#invertsteps').value = 10")
	b.do(chromedp.SetUploadFiles(chromedp.ID("file"), []string{filepath.Join(dir, "own.png")}))
	b.wait("document.querySelector('.work code')")
	if text := look[string](b, "document.querySelector('.work').innerText"); !strings.Contains(text, " dB") || !strings.Contains(text, "--images picture.npy --steps 10") {
		b.t.Errorf("the page says %s", text)
	}
	b.fits("invert")
	b.inverted(dir)
	b.do(chromedp.SetUploadFiles(chromedp.ID("file"), []string{filepath.Join(dir, "none.png")}))
	b.wait("document.querySelector('.failed')")
	if text := look[string](b, "document.querySelector('.failed').innerText"); !strings.Contains(text, "neither a PNG nor a JPEG") {
		b.t.Errorf("the page says %s", text)
	}
}
