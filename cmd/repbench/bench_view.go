package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"repbench/benchmarks/launch"
	show "repbench/cmd/repbench/internal/term"
)

// runView shows how far bench run is: on a terminal some lines that are drawn again, with the cells that
// run and the time left; elsewhere a line for each thing that happens.
type runView struct {
	w       io.Writer
	jobs    int
	width   func() int // nil: no terminal
	drawn   int        // lines that are to be drawn again
	started time.Time
	last    launch.Snapshot
	said    time.Time // when a line without an event was last written
}

// quietLine is the time between two lines where nothing happens and there is no terminal.
const quietLine = time.Minute

func (a *app) runView(jobs int) *runView {
	v := &runView{w: a.stderr, jobs: jobs, started: time.Now(), said: time.Now()}
	if a.quiet {
		v.w = io.Discard
	}
	if f, ok := a.stderr.(*os.File); ok && !a.quiet && term.IsTerminal(int(f.Fd())) {
		v.width = func() int {
			w, _, err := term.GetSize(int(f.Fd()))
			if err != nil || w < 20 {
				return 80
			}
			return w
		}
	}
	return v
}

func (v *runView) show(s launch.Snapshot) {
	v.last = s
	if v.width == nil {
		v.line(s)
		return
	}
	var b strings.Builder
	v.clear(&b)
	if s.Event != "" {
		b.WriteString(s.Event + "\n")
	}
	width := v.width()
	v.drawn = 0
	for _, line := range v.lines(s) {
		b.WriteString(cutTo(line, width-1) + "\n")
		v.drawn++
	}
	io.WriteString(v.w, b.String())
}

// line writes a plain line.
func (v *runView) line(s launch.Snapshot) {
	now := time.Now()
	if s.Event == "" && now.Sub(v.said) < quietLine {
		return
	}
	v.said = now
	event := s.Event
	if event == "" {
		var names []string
		for _, p := range s.Running {
			names = append(names, fmt.Sprintf("cell %d (%s)", p.Index, p.Cell))
		}
		event = "running: " + strings.Join(names, "; ")
	}
	fmt.Fprintf(v.w, "%s [%s]\n", event, v.head(s))
}

// lines are those of a terminal.
func (v *runView) lines(s launch.Snapshot) []string {
	lines := []string{fmt.Sprintf("%s %s, %s so far", bar(s.Done+s.Failed, s.Total, 24), v.head(s), show.Duration(time.Since(v.started).Seconds()))}
	for _, p := range s.Running {
		line := fmt.Sprintf("  cell %d, %s, %s", p.Index, p.Cell, show.Duration(time.Since(p.Started).Seconds()))
		if p.Last != "" {
			line += ": " + p.Last
		}
		lines = append(lines, line)
	}
	if s.Elsewhere > 0 {
		lines = append(lines, fmt.Sprintf("  %d in other processes", s.Elsewhere))
	}
	return lines
}

// head is how far the run is in words.
func (v *runView) head(s launch.Snapshot) string {
	text := fmt.Sprintf("%d of %d done", s.Done, s.Total)
	if s.Failed > 0 {
		text += fmt.Sprintf(", %d failed", s.Failed)
	}
	if s.Left > 0 {
		text += ", about " + show.Duration(s.Left.Seconds()) + " left"
	}
	return text
}

// clear removes what was drawn.
func (v *runView) clear(b *strings.Builder) {
	if v.drawn > 0 {
		fmt.Fprintf(b, "\x1b[%dA\x1b[J", v.drawn)
	}
}

// end removes the view.
func (v *runView) end() {
	if v.width == nil {
		return
	}
	var b strings.Builder
	v.clear(&b)
	v.drawn = 0
	io.WriteString(v.w, b.String())
}

// bar is a bar of the given number of characters.
func bar(done, total, width int) string {
	n := 0
	if total > 0 {
		n = done * width / total
	}
	return "[" + strings.Repeat("=", n) + strings.Repeat(" ", width-n) + "]"
}

// cutTo cuts a line to a number of characters, and leaves out what would move the cursor.
func cutTo(line string, width int) string {
	var b strings.Builder
	n := 0
	for _, r := range line {
		if r < ' ' || r == 0x7f {
			continue
		}
		if n++; n > width {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}
