package progress

import (
	"fmt"
	"io"
	"time"
)

// newLines returns the Reporter for logs. now is the clock.
func newLines(w io.Writer, now func() time.Time) Reporter {
	return &reporter{now: now, newView: func(*task) view { return lines{w} }}
}

// lines shows a task as plain lines of text.
type lines struct{ w io.Writer }

func (l lines) update(t *task, hidden bool) time.Time {
	spent := t.elapsed()
	if spent < quiet {
		return t.start.Add(quiet)
	}
	if !hidden {
		fmt.Fprintln(l.w, statusText(t))
		t.shown = true
	}
	return t.start.Add(spent + min(max(spent/20, firstLine), lastLine))
}

func (l lines) finish(t *task) {
	if t.shown || t.elapsed() >= quiet {
		fmt.Fprintln(l.w, finalText(t))
	}
}
