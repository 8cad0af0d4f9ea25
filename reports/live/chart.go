package live

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"repbench/train/runfolder"
)

// chart is one small figure: lines over the steps of a training. It is drawn in a square of 1000 by
// 1000 that the page stretches; numbers stand beside it as text of the page.
type chart struct {
	Title string
	// Lines are drawn in the colours s0, s1, …
	Lines []chartLine
	// Left, Right, Low and High are the ends of the axes as text; Left is "" where there is one step.
	Left, Right, Low, High string
	// Dots are drawn where there are few values.
	Dots bool
}

// chartLine is a line of a chart.
type chartLine struct {
	Name, Newest string
	// Path is the line as the d of an SVG path, Faint the values before they were smoothed; "" where none were.
	Path, Faint string
	// Points are the places of the dots.
	Points []place
}

// place is a place of a chart.
type place struct{ X, Y string }

// curve is a named list of values over steps.
type curve struct {
	name string
	x, y []float64
}

// Limits and sizes of charts.
const (
	chartSize = 1000
	maxCharts = 40
	// manyPoints is the number from which a line is smoothed, fewDots that up to which dots are drawn.
	manyPoints = 120
	fewDots    = 60
	window     = 9
)

// titles of groups of curves.
var titles = map[string]string{
	"loss": "Losses", "answer": "Answers of D", "images_per_second": "Images per second", "frechet": "Fréchet distance",
}

// group is the chart in which a value belongs, and the name of its line there; "" where the chart's title says it.
func group(name string) (chart, line string) {
	switch name {
	case "d_loss", "g_loss":
		return "loss", name[:1]
	case "d_real", "d_fake":
		return "answer", name[2:]
	}
	for _, base := range []string{"nnd_", "nnc_", "frechet"} {
		if !strings.HasPrefix(name, base) {
			continue
		}
		switch {
		case strings.HasSuffix(name, string(runfolder.OfTraining)):
			return strings.TrimSuffix(name, string(runfolder.OfTraining)), "training images"
		case strings.HasSuffix(name, string(runfolder.OfReal)):
			return strings.TrimSuffix(name, string(runfolder.OfReal)), "real in place of generated"
		}
		return name, "held-out images"
	}
	return name, ""
}

// isMeasured reports whether a value is one that a training measures now and then.
func isMeasured(name string) bool {
	return strings.HasPrefix(name, "nnd_") || strings.HasPrefix(name, "nnc_") || strings.HasPrefix(name, "frechet")
}

// isLogged reports whether a value is one that each line has, and that is worth a chart.
func isLogged(name string) bool { return !isMeasured(name) && name != runfolder.MeasureSeconds }

// chartTitle names a group for people.
func chartTitle(group string) string {
	if t, ok := titles[group]; ok {
		return t
	}
	if n, ok := strings.CutPrefix(group, "nnd_"); ok {
		return "Mean distance to the nearest of " + n + " generated images"
	}
	if n, ok := strings.CutPrefix(group, "nnc_"); ok {
		return "Error of the nearest of " + n + " generated images"
	}
	return strings.ReplaceAll(group, "_", " ")
}

// chartsOf are the charts of some lines, those whose values take says.
func chartsOf(ms []runfolder.Metrics, take func(name string) bool, suffix string) []namedCurves {
	var out []namedCurves
	add := func(m runfolder.Metrics, name string, v float64) {
		if !take(name) || math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
		g, line := group(name)
		i := slices.IndexFunc(out, func(c namedCurves) bool { return c.group == g })
		if i < 0 {
			if len(out) == maxCharts {
				return
			}
			out, i = append(out, namedCurves{group: g}), len(out)
		}
		out[i].add(line+suffix, float64(m.Step), v)
	}
	for _, m := range ms {
		for _, v := range m.Values {
			add(m, v.Name, v.Value)
		}
		add(m, "images_per_second", m.ImagesPerSecond)
	}
	return out
}

// namedCurves are the curves of one chart.
type namedCurves struct {
	group  string
	curves []curve
}

func (c *namedCurves) add(name string, x, y float64) {
	for i := range c.curves {
		if c.curves[i].name == name {
			c.curves[i].x, c.curves[i].y = append(c.curves[i].x, x), append(c.curves[i].y, y)
			return
		}
	}
	c.curves = append(c.curves, curve{name, []float64{x}, []float64{y}})
}

// draw makes a chart of curves.
func (c namedCurves) draw() chart {
	out := chart{Title: chartTitle(c.group)}
	var xs, ys []float64
	most := 0
	for _, l := range c.curves {
		xs, ys, most = append(xs, l.x...), append(ys, l.y...), max(most, len(l.x))
	}
	left, right := slices.Min(xs), slices.Max(xs)
	low, high := valueRange(ys)
	if c.group == "answer" {
		low, high = 0, 1
	}
	out.Right, out.Low, out.High = number(right), number(low), number(high)
	if left != right {
		out.Left = number(left)
	}
	out.Dots = most <= fewDots
	to := func(v, lo, hi float64) float64 {
		if hi == lo {
			return chartSize / 2
		}
		return chartSize * (min(max(v, lo), hi) - lo) / (hi - lo)
	}
	for _, l := range c.curves {
		line := chartLine{Name: l.name, Newest: number(l.y[len(l.y)-1])}
		path := func(ys []float64) string {
			var b strings.Builder
			for i, y := range ys {
				fmt.Fprintf(&b, "%c%.1f %.1f", "ML"[min(i, 1)], to(l.x[i], left, right), chartSize-to(y, low, high))
			}
			return b.String()
		}
		line.Path = path(l.y)
		if len(l.y) >= manyPoints {
			line.Faint, line.Path = line.Path, path(smooth(l.y))
		}
		for i := range l.x {
			if !out.Dots {
				break
			}
			line.Points = append(line.Points, place{fmt.Sprintf("%.1f", to(l.x[i], left, right)), fmt.Sprintf("%.1f", chartSize-to(l.y[i], low, high))})
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}

// smooth is the mean of each value and its neighbours.
func smooth(ys []float64) []float64 {
	out := make([]float64, len(ys))
	for i := range ys {
		from, to := max(0, i-window/2), min(len(ys), i+window/2+1)
		for _, y := range ys[from:to] {
			out[i] += y / float64(to-from)
		}
	}
	return out
}

// valueRange is the range of the axis of values without the lowest and the highest hundredth, which are
// drawn on the edges.
func valueRange(ys []float64) (low, high float64) {
	sorted := slices.Sorted(slices.Values(ys))
	cut := len(sorted) / 100
	return withRoom(sorted[cut], sorted[len(sorted)-1-cut])
}

// withRoom is an axis with room below low and above high; around a single value it is one wide, or as wide as
// the value is large. Values that are not negative get no axis below 0.
func withRoom(low, high float64) (from, to float64) {
	room := (high - low) / 20
	if low == high {
		room = max(1, math.Abs(low)) / 2
	}
	if from = low - room; low >= 0 {
		from = max(from, 0)
	}
	return from, high + room
}

// number is a number for people, with four digits.
func number(v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "–"
	case v == math.Trunc(v) && math.Abs(v) < 1e9:
		return grouped(int64(v))
	case math.Abs(v) >= 1000 && math.Abs(v) < 1e9:
		return grouped(int64(math.Round(v)))
	}
	return minus(strconv.FormatFloat(v, 'g', 4, 64))
}

// grouped is a whole number with a thin space before each three digits.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, text = "−", text[1:]
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return sign + text
}

func minus(text string) string { return strings.Replace(text, "-", "−", 1) }
