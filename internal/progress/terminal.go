package progress

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
)

const (
	// barWidth is the number of cells of a bar; the numbers next to it need the rest of an
	// 80-column line.
	barWidth = 20
	// eraseLine moves to the start of the line and clears it.
	eraseLine = "\r\x1b[2K"
)

// newTerminal returns the Reporter for a terminal of width() columns (0 if unknown).
func newTerminal(w io.Writer, width func() int) Reporter {
	return &reporter{now: time.Now, newView: func(t *task) view { return newBar(w, width, t) }}
}

// bar draws one task on one line. The progress bar itself does not write to the terminal: its
// line is clipped first, because a line that wraps leaves its parts on the screen.
type bar struct {
	w     io.Writer
	width func() int
	bar   *progressbar.ProgressBar
	fed   int64 // units given to bar
}

func newBar(w io.Writer, width func() int, t *task) *bar {
	total := t.total
	if total <= 0 {
		total = -1 // a spinner
	}
	b := progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(io.Discard),
		progressbar.OptionSetDescription(t.name),
		progressbar.OptionSetWidth(barWidth),
		progressbar.OptionShowCount(),
		progressbar.OptionShowBytes(t.unit == bytesUnit),
		progressbar.OptionSetSpinnerChangeInterval(0), // without a separate goroutine
	)
	if t.unit != bytesUnit {
		progressbar.OptionShowIts()(b)
		progressbar.OptionSetItsString(t.unit)(b)
	}
	b.StartWithoutRender()
	_ = b.Add64(0) // starts its clock
	return &bar{w: w, width: width, bar: b}
}

// update feeds the bar from the start, so that its first rate is right.
func (b *bar) update(t *task, hidden bool) time.Time {
	b.feed(t)
	spent := t.elapsed()
	if spent >= quiet && !hidden {
		fmt.Fprint(b.w, eraseLine+clip(b.line(t), b.width()-1))
		t.shown = true
	}
	return t.start.Add(spent + frame)
}

// feed ignores the bar's error about more units than the total.
func (b *bar) feed(t *task) {
	n := t.count.Load()
	_ = b.bar.Add64(n - b.fed)
	b.fed = n
}

func (b *bar) line(t *task) string {
	text := strings.Trim(b.bar.String(), "\r\n ")
	if t.note != "" {
		text += "  " + t.note
	}
	return text
}

// finish replaces the bar with a plain summary.
func (b *bar) finish(t *task) {
	if t.shown || t.elapsed() >= quiet {
		fmt.Fprint(b.w, eraseLine+finalText(t)+"\n")
	}
}

// clip shortens s to n runes if n is positive.
func clip(s string, n int) string {
	r := []rune(s)
	if n <= 0 || len(r) <= n {
		return s
	}
	return string(r[:n])
}
