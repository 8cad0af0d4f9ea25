package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// A page of serve that is looked at follows its run: a new line of metrics.jsonl appears without a reload, and
// what the reader typed, ticked and opened stays. When the program ends, the page says so.
func TestServeInBrowser(t *testing.T) {
	chromium(t)
	dir := t.TempDir()
	for _, name := range []string{"one", "two", "three"} {
		logged(t, dir, name, 10)
	}
	url, stop := onPage(t, "serve", dir, "--addr", "127.0.0.1:0")
	b := openTab(t, url+"run?dir=one")
	b.wait("document.querySelector('.tiles').innerText.includes('10')")
	b.fits("run")
	b.do(chromedp.Evaluate[chromedp.Void]("window.sameDocument = true"))
	logged(t, dir, "one", 20)
	b.wait("document.querySelector('.tiles').innerText.includes('20') && window.sameDocument")

	// While the reader types, the page is left alone; afterwards it goes on.
	b.do(chromedp.Focus(chromedp.CSS("#other")), chromedp.KeyEvent("tw"))
	logged(t, dir, "one", 30)
	b.click("h2")
	b.do(chromedp.Evaluate[chromedp.Void]("document.activeElement.blur()"))
	b.wait("document.querySelector('.tiles').innerText.includes('30')")
	if typed := look[string](b, "document.querySelector('#other').value"); typed != "tw" {
		t.Errorf("the field has %q after the page was made anew, want tw", typed)
	}

	b.do(chromedp.Navigate(url + "runs"))
	b.fits("runs")
	b.click("#pick-one", "#pick-two")
	logged(t, dir, "three", 40)
	b.wait("document.querySelector('table').innerText.includes('40')")
	if ticked := look[int](b, "document.querySelectorAll('input:checked').length"); ticked != 2 {
		t.Errorf("%d runs are ticked after the page was made anew, want 2", ticked)
	}
	b.click("form[action=diff] button")
	b.wait("document.querySelector('h2')?.textContent == 'Two runs'")
	b.fits("diff")

	stop()
	b.wait("document.querySelector('#status').innerText.includes('does not answer')")
	if other := look[[]string](b, fmt.Sprintf("performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith(%q))", url)); len(other) > 0 {
		t.Errorf("the page asks for %v", other)
	}
}

// logged appends a logged step to the run folder name, which it makes where it is not there.
func logged(t *testing.T, dir, name string, step int) {
	t.Helper()
	folder := filepath.Join(dir, name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	config := `{"arch":"svhn32","width":8,"data":"shapes","steps":100,"seed":3}`
	if err := os.WriteFile(filepath.Join(folder, "config.json"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(folder, "metrics.jsonl"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, `{"step":%d,"images":%d,"seconds":%d.5,"images_per_second":123.5,"d_loss":0.5,"g_loss":1.25}`+"\n", step, 16*step, step); err != nil {
		t.Fatal(err)
	}
}
