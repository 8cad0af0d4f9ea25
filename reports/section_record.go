package reports

import (
	"fmt"

	"repbench/internal/measure"
	"repbench/reports/internal/figures"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// recordSection is all about one result.
func recordSection(r record.Record, name string, n int, only bool) page.Section {
	v := results.ViewOf(r)
	l := v.Outcome(r)
	s := page.Section{ID: results.SectionID(n), Title: name + " on " + results.DataName(r), Minor: true}
	if l.Kind != results.KindLinear {
		s.Title += ", " + l.Name
	}
	add := func(bs ...page.Block) { s.Blocks = append(s.Blocks, bs...) }
	if !only {
		add(v.Headline(l))
		for _, kind := range []page.CalloutKind{page.Warning, page.Note} {
			if items := recordRemarks(r, kind); len(items) > 0 {
				add(page.Callout{Kind: kind, Items: items})
			}
		}
	}
	add(page.Text(v.Sentence(r, l) + further(r)))
	add(layerBlocks(s.ID, l)...)
	add(gridBlocks(s.ID, l)...)
	add(confusionBlocks(s.ID, l)...)
	add(mistakeBlocks(s.ID, l)...)
	add(recordFacts(r, v))
	return s
}

// further says the accuracies beside the first one: top 5, and the mean over the classes.
func further(r record.Record) string {
	text := ""
	for _, m := range r.Measurements() {
		value := format.Percent(m.Value)
		if m.CI95 != nil {
			value += " (" + format.Interval95(m.CI95[0], m.CI95[1]) + ")"
		}
		switch m.Name {
		case measure.Top5Accuracy:
			text += fmt.Sprintf(" For %s of the images the right class is among the five that come first.", value)
		case measure.MeanClassAccuracy:
			text += fmt.Sprintf(" The mean accuracy per class is %s.", value)
		}
	}
	return text
}

// layerBlocks compare the layers with one another and with all together.
func layerBlocks(id string, l results.Outcome) []page.Block {
	if len(l.Layers) == 0 {
		return nil
	}
	all := results.Layer{Name: "all layers", Dim: l.Dim, C: l.C, Test: l.Test, Lo: l.TestLo, Hi: l.TestHi, Train: l.Train, Seconds: l.FitSeconds, SD: format.NaN}
	last, cell := "On training images", func(y results.Layer) string { return format.Percent(y.Train) }
	if l.Draws.N > 0 {
		all.SD = l.Draws.SD
		last, cell = "± 1.96 sd", func(y results.Layer) string { return format.Percent(1.96 * y.SD) }
	}
	var rows []figures.Row
	t := page.Table{
		Caption: "Each layer's features alone, and all of them together; accuracies on " + l.Report() + ".",
		Columns: []page.Column{
			{Title: "Layer"}, {Title: "Features", Right: true}, {Title: "C", Right: true}, {Title: "Accuracy", Right: true},
			{Title: "95 % interval", Right: true}, {Title: last, Right: true}, {Title: "Fit", Right: true},
		},
	}
	for _, y := range l.Layers {
		rows = append(rows, figures.Row{Label: format.Text(y.Name, 60), Value: y.Test, Lo: y.Lo, Hi: y.Hi})
		t.Rows = append(t.Rows, layerRow(y, cell(y), false))
	}
	t.Rows = append(t.Rows, layerRow(all, cell(all), true))
	// Of more layers than a figure holds the last are left out of it; the row of
	// all layers stays.
	hidden := max(0, len(rows)+1-figures.MaxRows)
	rows = append(rows[:len(rows)-hidden], figures.Row{Label: all.Name, Value: all.Test, Lo: all.Lo, Hi: all.Hi, Strong: true})
	f := page.Figure{
		Name: id + "-layers",
		Caption: "Accuracy of a classifier on each layer's features alone (pale) and on all together (strong), with 95 % intervals. " +
			"Longer bars mean that the layer says more about the class in a form that a linear classifier can read." + leftOut(hidden),
		Drawing: figures.Bars(rows, figures.BarsOptions{Axis: "accuracy on " + l.Report(), Chance: chance(l)}),
	}
	return []page.Block{f, page.Lifted(t, page.Measures...)}
}

func layerRow(y results.Layer, last string, strong bool) page.TableRow {
	return page.TableRow{Strong: strong, Cells: []string{
		format.Text(y.Name, 60), format.Count(y.Dim), format.Number(y.C), format.Percent(y.Test), format.Interval95(y.Lo, y.Hi), last, format.Seconds(y.Seconds),
	}}
}

func leftOut(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" The last %d layers are in the table alone.", n)
}

// chance is the share that guessing gets when all classes are equally frequent;
// 0 when the number of classes is not known.
func chance(l results.Outcome) float64 {
	if k := l.NClasses(); k > 1 {
		return 1 / float64(k)
	}
	return 0
}

// gridBlocks show the search over C or k.
func gridBlocks(id string, l results.Outcome) []page.Block {
	if len(l.Grid) < 2 {
		return nil
	}
	var points []figures.Point
	for _, g := range l.Grid {
		points = append(points, figures.Point{X: g.At, Value: g.Value, Lo: g.Lo, Hi: g.Hi, Selected: g.Selected})
	}
	on := results.Split(l.SelectedOn.On)
	if l.SelectedOn.Fixed() {
		on = "held-out images"
	}
	return []page.Block{page.Figure{
		Name: id + "-search",
		Caption: fmt.Sprintf("The search for %[1]s: accuracy on %[2]s for each %[1]s that was tried, with 95 %% intervals. %[3]s The ringed %[1]s was used.%[4]s",
			l.Knob, on, searchHint(l), untouched(l)),
		Drawing: figures.Search(points, figures.SearchOptions{Axis: "accuracy", Name: l.Knob}),
	}}
}

// searchHint says what a small and a large candidate do.
func searchHint(l results.Outcome) string {
	if l.Apart {
		return "A small k follows single images, a large one smooths over many."
	}
	return "A small C keeps the classifier simple, a large one lets it follow the training images."
}

// untouched says that the reported images had no part in a choice, where that
// is so.
func untouched(l results.Outcome) string {
	if l.SelectedOn.Fixed() || l.SelectionShort() == l.ReportShort() {
		return ""
	}
	return " The accuracy itself is reported on " + l.Report() + ", which played no part in the choice."
}

// recordFacts are the settings behind the number and what it cost.
func recordFacts(r record.Record, v results.View) page.Facts {
	e, l := r.Encoder, v.Outcome(r)
	f := page.Facts{Caption: "Settings, versions and cost."}
	add := func(key, value string) {
		if value != "" && value != format.None {
			f.Items = append(f.Items, page.Fact{Key: key, Value: value})
		}
	}
	add("Record", format.Text(r.ID, 200))
	add("Encoder", format.Text(e.Spec, 200))
	add("Architecture", format.Text(e.Architecture, 100))
	add("Weights (hash)", format.Text(e.WeightsHash, 100))
	add("Layers", format.Text(format.List(e.Layers), 400))
	add("Pooling", pooling(e))
	add("Batch normalisation", format.Text(e.BatchNorm, 60))
	add("Stored as", format.Text(e.DType, 40))
	add("Data", format.Text(r.Data.Name, 100))
	add("Data from", format.Text(r.Data.Source, 300))
	add("Data (hash)", format.Text(r.Data.Hash, 100))
	add("Backend", format.Text(r.Backend, 60))
	add("Seed", fmt.Sprint(r.Seed))
	if r.TrainingSeed != nil {
		add("Seed of the training", fmt.Sprint(*r.TrainingSeed))
	}
	add(l.Knob+" was", l.SelectionRemark())
	add("Accuracy is on", l.Report())
	add("Objective", format.Number(l.Objective))
	add("Duality gap", format.Number(l.Gap))
	add("Iterations", iterations(l))
	add("Products of the fit", format.Text(l.Products, 120))
	v.Facts(add)
	addCosts(add, r, l)
	addVersions(add, r.Versions)
	return f
}

// addCosts adds what each stage took or, of a record that does not say, what
// its result says.
func addCosts(add func(key, value string), r record.Record, l results.Outcome) {
	for _, c := range r.Costs {
		add("Cost of "+format.Text(c.Stage, 30), cost([]record.Cost{c}, func(record.Cost) bool { return true }))
	}
	if len(r.Costs) > 0 {
		return
	}
	fit := "Time to fit"
	if l.Apart {
		fit = "Time"
	}
	add(fit, format.Seconds(l.FitSeconds))
	if l.SelectSeconds > 0 {
		add("Time to select "+l.Knob, format.Seconds(l.SelectSeconds))
	}
	add("Peak memory", format.Size(l.PeakBytes))
}

// iterations says how many the solver made, and whether they were enough.
func iterations(l results.Outcome) string {
	switch {
	case l.Iterations <= 0:
		return format.None
	case l.Converged:
		return format.Count(l.Iterations) + ", converged"
	}
	return format.Count(l.Iterations) + ", not converged"
}

func pooling(e record.Encoder) string {
	if e.Pooling == "" || e.Grid <= 0 {
		return format.Text(e.Pooling, 40)
	}
	return fmt.Sprintf("%s, to a grid of %d×%d", format.Text(e.Pooling, 40), e.Grid, e.Grid)
}

func addVersions(add func(key, value string), v record.Versions) {
	add("repbench", format.Text(v.Repbench, 60))
	add("Go", format.Text(v.Go, 60))
	add("Git commit", format.Text(v.GitCommit, 60))
}
