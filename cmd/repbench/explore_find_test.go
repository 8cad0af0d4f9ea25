package main

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// A model that was trained on shapes has a button that finds boxes: while the detector is fitted the
// page says how far it is, and it can be stopped.
func TestExploreFindsBoxes(t *testing.T) {
	chromium(t)
	model := filepath.Join(t.TempDir(), "model")
	must(t, "train", "--arch", "svhn32", "--width", "2", "--data", "shapes:train=60,test=20", "--steps", "1", "--batch", "20", "--out", model, "-q")
	b := openTab(t, exploring(t, model, "--samples", "24"))
	b.wait(gridReady)
	b.click("#tab-forget", "#findboxes")
	b.wait("/^fitting the detector of shapes: [1-9][0-9]* of 800 steps/.test(document.querySelector('.work').innerText)")
	if share := look[float64](b, "document.querySelector('.work progress').value"); share <= 0 || share >= 1 {
		t.Errorf("the bar stands at %g", share)
	}
	b.fits("finding boxes")
	look[chromedp.Void](b, "[...document.querySelectorAll('.work button')].find((e) => e.textContent == 'Stop').click()")
	b.wait("!document.querySelector('.work progress')")
	// The page goes on: another page of samples.
	b.click("#next")
	b.wait("document.querySelector('#range').textContent.startsWith('24 to 47') && !document.querySelector('#grid.busy')")
}
