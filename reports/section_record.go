package reports

import (
	"fmt"

	"repbench/reports/internal/figures"
	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// recordSection is all about one result.
func recordSection(r record.Record, name string, n int, only bool) page.Section {
	v := viewOf(r)
	l := v.outcome(r)
	s := page.Section{ID: resultID(n), Title: name + " on " + dataName(r), Minor: true}
	if l.kind != kindLinear {
		s.Title += ", " + l.name
	}
	add := func(bs ...page.Block) { s.Blocks = append(s.Blocks, bs...) }
	if !only {
		add(v.headline(l))
		for _, kind := range []page.CalloutKind{page.Warning, page.Note} {
			if items := recordRemarks(r, kind); len(items) > 0 {
				add(page.Callout{Kind: kind, Items: items})
			}
		}
	}
	add(page.Text(v.sentence(r, l)))
	add(layerBlocks(s.ID, l)...)
	add(gridBlocks(s.ID, l)...)
	add(confusionBlocks(s.ID, l)...)
	add(mistakeBlocks(s.ID, l)...)
	add(recordFacts(r, v))
	return s
}

// resultID is the ID of the section of result n, from 1.
func resultID(n int) string { return fmt.Sprintf("result-%d", n) }

// layerBlocks compare the layers with one another and with all together.
func layerBlocks(id string, l outcome) []page.Block {
	if len(l.layers) == 0 {
		return nil
	}
	all := layer{name: "all layers", dim: l.dim, c: l.c, test: l.test, lo: l.testLo, hi: l.testHi, train: l.train, seconds: l.fitSeconds, sd: nan}
	last, cell := "On training images", func(y layer) string { return percent(y.train) }
	if l.draws.n > 0 {
		all.sd = l.draws.sd
		last, cell = "± 1.96 sd", func(y layer) string { return percent(1.96 * y.sd) }
	}
	var rows []figures.Row
	t := page.Table{
		Caption: "Each layer's features alone, and all of them together; accuracies on " + l.report() + ".",
		Columns: []page.Column{
			{Title: "Layer"}, {Title: "Features", Right: true}, {Title: "C", Right: true}, {Title: "Accuracy", Right: true},
			{Title: "95 % interval", Right: true}, {Title: last, Right: true}, {Title: "Fit", Right: true},
		},
	}
	for _, y := range l.layers {
		rows = append(rows, figures.Row{Label: text(y.name, 60), Value: y.test, Lo: y.lo, Hi: y.hi})
		t.Rows = append(t.Rows, layerRow(y, cell(y), false))
	}
	t.Rows = append(t.Rows, layerRow(all, cell(all), true))
	// Of more layers than a figure holds the last are left out of it; the row of
	// all layers stays.
	hidden := max(0, len(rows)+1-figures.MaxRows)
	rows = append(rows[:len(rows)-hidden], figures.Row{Label: all.name, Value: all.test, Lo: all.lo, Hi: all.hi, Strong: true})
	f := page.Figure{
		Name: id + "-layers",
		Caption: "Accuracy of a classifier on each layer's features alone (pale) and on all together (strong), with 95 % intervals. " +
			"Longer bars mean that the layer says more about the class in a form that a linear classifier can read." + leftOut(hidden),
		Drawing: figures.Bars(rows, figures.BarsOptions{Axis: "accuracy on " + l.report(), Chance: chance(l)}),
	}
	return []page.Block{f, lifted(t, measures...)}
}

func layerRow(y layer, last string, strong bool) page.TableRow {
	return page.TableRow{Strong: strong, Cells: []string{
		text(y.name, 60), count(y.dim), number(y.c), percent(y.test), interval95(y.lo, y.hi), last, seconds(y.seconds),
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
func chance(l outcome) float64 {
	if k := l.nClasses(); k > 1 {
		return 1 / float64(k)
	}
	return 0
}

// gridBlocks show the search over C or k.
func gridBlocks(id string, l outcome) []page.Block {
	if len(l.grid) < 2 {
		return nil
	}
	var points []figures.Point
	for _, g := range l.grid {
		points = append(points, figures.Point{X: g.at, Value: g.value, Lo: g.lo, Hi: g.hi, Selected: g.selected})
	}
	on := split(l.selectedOn.On)
	if l.selectedOn.Fixed() {
		on = "held-out images"
	}
	return []page.Block{page.Figure{
		Name: id + "-search",
		Caption: fmt.Sprintf("The search for %[1]s: accuracy on %[2]s for each %[1]s that was tried, with 95 %% intervals. %[3]s The ringed %[1]s was used.%[4]s",
			l.knob, on, searchHint(l), untouched(l)),
		Drawing: figures.Search(points, figures.SearchOptions{Axis: "accuracy", Name: l.knob}),
	}}
}

// searchHint says what a small and a large candidate do.
func searchHint(l outcome) string {
	if l.apart {
		return "A small k follows single images, a large one smooths over many."
	}
	return "A small C keeps the classifier simple, a large one lets it follow the training images."
}

// untouched says that the reported images had no part in a choice, where that
// is so.
func untouched(l outcome) string {
	if l.selectedOn.Fixed() || l.selectionShort() == l.reportShort() {
		return ""
	}
	return " The accuracy itself is reported on " + l.report() + ", which played no part in the choice."
}

// recordFacts are the settings behind the number and what it cost.
func recordFacts(r record.Record, v view) page.Facts {
	e, l := r.Encoder, v.outcome(r)
	f := page.Facts{Caption: "Settings, versions and cost."}
	add := func(key, value string) {
		if value != "" && value != none {
			f.Items = append(f.Items, page.Fact{Key: key, Value: value})
		}
	}
	add("Record", text(r.ID, 200))
	add("Encoder", text(e.Spec, 200))
	add("Architecture", text(e.Architecture, 100))
	add("Weights (hash)", text(e.WeightsHash, 100))
	add("Layers", text(list(e.Layers), 400))
	add("Pooling", pooling(e))
	add("Batch normalisation", text(e.BatchNorm, 60))
	add("Stored as", text(e.DType, 40))
	add("Data", text(r.Data.Name, 100))
	add("Data from", text(r.Data.Source, 300))
	add("Data (hash)", text(r.Data.Hash, 100))
	add("Backend", text(r.Backend, 60))
	add("Seed", fmt.Sprint(r.Seed))
	if r.TrainingSeed != nil {
		add("Seed of the training", fmt.Sprint(*r.TrainingSeed))
	}
	add(l.knob+" was", l.selectionRemark())
	add("Accuracy is on", l.report())
	add("Objective", number(l.objective))
	add("Duality gap", number(l.gap))
	add("Iterations", iterations(l))
	add("Products of the fit", text(l.products, 120))
	v.facts(add)
	addCosts(add, r, l)
	addVersions(add, r.Versions)
	return f
}

// addCosts adds what each stage took or, of a record that does not say, what
// its result says.
func addCosts(add func(key, value string), r record.Record, l outcome) {
	for _, c := range r.Costs {
		add("Cost of "+text(c.Stage, 30), cost([]record.Cost{c}, func(record.Cost) bool { return true }))
	}
	if len(r.Costs) > 0 {
		return
	}
	fit := "Time to fit"
	if l.apart {
		fit = "Time"
	}
	add(fit, seconds(l.fitSeconds))
	if l.selectSeconds > 0 {
		add("Time to select "+l.knob, seconds(l.selectSeconds))
	}
	add("Peak memory", size(l.peakBytes))
}

// iterations says how many the solver made, and whether they were enough.
func iterations(l outcome) string {
	switch {
	case l.iterations <= 0:
		return none
	case l.converged:
		return count(l.iterations) + ", converged"
	}
	return count(l.iterations) + ", not converged"
}

func pooling(e record.Encoder) string {
	if e.Pooling == "" || e.Grid <= 0 {
		return text(e.Pooling, 40)
	}
	return fmt.Sprintf("%s, to a grid of %d×%d", text(e.Pooling, 40), e.Grid, e.Grid)
}

func addVersions(add func(key, value string), v record.Versions) {
	add("repbench", text(v.Repbench, 60))
	add("Go", text(v.Go, 60))
	add("Git commit", text(v.GitCommit, 60))
}
