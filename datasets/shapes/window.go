package shapes

// pane is a window in whole pixels of one image.
type pane struct {
	box   Box
	x, y  span
	light [3]fixed
	dark  [3]fixed
}

// span is one direction of a window: frame, pane, bar, pane, frame, from start to start + 3·bar
// + 2·glass.
type span struct{ start, bar, glass int }

// frameTone is the brightness of frame and cross as a share of the panes'.
const frameTone = fixedOne * 28 / 100

func newPane(size int, w Window) pane {
	p := pane{x: newSpan(size, w.X, w.Width), y: newSpan(size, w.Y, w.Height)}
	for c, v := range w.Color {
		p.light[c] = toLevel(v)
		p.dark[c] = mul(toLevel(v), frameTone)
	}
	p.box = Box{p.x.start, p.y.start, min(p.x.end(), size), min(p.y.end(), size)}
	return p
}

// newSpan rounds a centre and a length, relative to the side of the image, to whole pixels so
// that both panes are equal, and moves the span inside.
func newSpan(size int, centre, length float64) span {
	side := fixed(size)
	bar := max(side/32, 1)
	glass := max((toFixed(length)*side-3*bar*fixedOne+fixedOne)>>(fixedBits+1), 1)
	whole := 3*bar + 2*glass
	start := (toFixed(centre)*side - whole*fixedHalf + fixedHalf) >> fixedBits
	return span{int(clampFixed(start, 0, max(side-whole, 0))), int(bar), int(glass)}
}

func (s span) end() int { return s.start + 3*s.bar + 2*s.glass }

// solid reports whether position i belongs to the frame or to the bar in the middle.
func (s span) solid(i int) bool { return (i-s.start)%(s.bar+s.glass) < s.bar }

// drawRow draws the window's part of row y of an image; row is size×3.
func (p *pane) drawRow(row []fixed, y int) {
	if y < p.box.Y0 || y >= p.box.Y1 {
		return
	}
	for x := p.box.X0; x < p.box.X1; x++ {
		tone := &p.light
		if p.x.solid(x) || p.y.solid(y) {
			tone = &p.dark
		}
		copy(row[3*x:], tone[:])
	}
}
