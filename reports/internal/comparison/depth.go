package comparison

import (
	"fmt"
	"slices"
	"strings"

	"repbench/reports/internal/figures"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// depthFigures compare the layers of several encoders, results on all labels
// apart from the results of each protocol on few labels.
func depthFigures(id string, rs []record.Record, names []string, g []int) []page.Block {
	var order []string
	of := map[string][]int{}
	for _, i := range g {
		l := results.Of(rs[i])
		if len(l.Layers) == 0 {
			continue
		}
		name := l.Name
		if of[name] == nil {
			order = append(order, name)
		}
		of[name] = append(of[name], i)
	}
	order = slices.DeleteFunc(order, func(name string) bool { return len(of[name]) < 2 })
	var out []page.Block
	for n, name := range order[:min(len(order), maxDepths)] {
		out = append(out, depthFigure(fmt.Sprintf("%s-depth-%d", id, n+1), name, rs, names, of[name])...)
	}
	return out
}

// maxDepths is the number of protocols whose layers are compared, protocols with
// most labels first; the sections of the results have all of them.
const maxDepths = 3

func depthFigure(id, protocol string, rs []record.Record, names []string, g []int) []page.Block {
	deepest, shared := 0, true
	for _, i := range g {
		deepest = max(deepest, len(results.Of(rs[i]).Layers))
		shared = shared && slices.Equal(layerNames(rs[i]), layerNames(rs[g[0]]))
	}
	var lines []figures.Line
	for _, i := range g {
		l := results.Of(rs[i])
		line := figures.Line{Name: names[i]}
		for k, y := range l.Layers {
			line.Points = append(line.Points, figures.LinesPoint{X: float64(k + 1), Value: y.Test, Lo: y.Lo, Hi: y.Hi})
		}
		if len(l.Layers) > 1 {
			line.Points = append(line.Points,
				figures.LinesPoint{X: float64(deepest + 1), Value: l.Test, Lo: l.TestLo, Hi: l.TestHi, Apart: true})
		}
		lines = append(lines, line)
	}
	axis := "layer, in the order of each encoder"
	if shared {
		axis = "layer"
	}
	caption := fmt.Sprintf("Accuracy against layer (%s) on %s: each layer's features alone, and on the right all layers together, "+
		"with 95 %% intervals. %s The axis does not begin at 0.",
		format.OrNone(protocol), results.Of(rs[g[0]]).Report(), selections(rs, g))
	o := figures.LinesOptions{Axis: "accuracy", XAxis: axis, Ticks: depthTicks(layerNames(rs[g[0]]), deepest, shared), Span: lines}
	return lineFigures(id, caption, lines, o)
}

// selections says how the settings behind a figure came about.
func selections(rs []record.Record, g []int) string {
	var ways []string
	for _, i := range g {
		if w := results.Of(rs[i]).Selection(); !slices.Contains(ways, w) {
			ways = append(ways, w)
		}
	}
	return "C was " + strings.Join(ways[:min(len(ways), 4)], " or ") + "."
}

func layerNames(r record.Record) []string {
	var out []string
	for _, y := range results.Of(r).Layers {
		out = append(out, format.Text(y.Name, 24))
	}
	return out
}

// depthTicks name the layers where all encoders have the same, or count them.
func depthTicks(names []string, deepest int, shared bool) []figures.LinesTick {
	var out []figures.LinesTick
	for k := range deepest {
		t := figures.LinesTick{X: float64(k + 1), Label: format.Itoa(k + 1)}
		if shared {
			t.Label, t.Short = names[k], t.Label
		}
		out = append(out, t)
	}
	return append(out, figures.LinesTick{X: float64(deepest + 1), Label: "all layers", Short: "all"})
}

// lineFigures draws lines in as many figures as they need, on the same axes.
func lineFigures(id, caption string, lines []figures.Line, o figures.LinesOptions) []page.Block {
	var out []page.Block
	for n, part := range slices.Collect(slices.Chunk(lines, figures.MaxLines)) {
		out = append(out, page.Figure{
			Name: fmt.Sprintf("%s-%d", id, n+1), Caption: caption, Drawing: figures.Lines(part, o),
		})
	}
	return out
}
