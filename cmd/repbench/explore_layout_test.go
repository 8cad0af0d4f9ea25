package main

import "github.com/chromedp/chromedp"

// widths are widths of windows, in pixels, at which a page must need no scrolling sideways.
var widths = []int64{800, 1200, 1600}

// fits checks that the page is as wide as the window, at all widths, and that no text is cut.
func (b tab) fits(what string) {
	b.t.Helper()
	for _, width := range widths {
		b.do(chromedp.EmulateViewport(width, 1000))
		got := look[[]int](b, "[document.documentElement.scrollWidth, innerWidth]")
		if got[0] > got[1] || got[1] != int(width) {
			b.t.Errorf("%s: the page is %d pixels wide in a window of %d", what, got[0], got[1])
		}
		if cut := look[[]string](b, cutTexts); len(cut) > 0 {
			b.t.Errorf("%s, window of %d: the text of %q is wider than its place", what, width, cut)
		}
	}
	b.do(chromedp.EmulateViewport(1200, 2000))
}

// cutTexts lists the texts that reach beyond their element, or are hidden by the edge of one around.
const cutTexts = `[...document.querySelectorAll("main *, header *")].filter((e) => {
	if (!e.checkVisibility() || ["INPUT", "SELECT", "IMG", "PROGRESS"].includes(e.tagName) || !e.textContent.trim()) return false;
	return e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline";
}).map((e) => e.className + " " + e.textContent.slice(0, 60))`
