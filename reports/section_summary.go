package reports

import (
	"slices"

	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// summary is the first section: what was measured, the table of results, and what a reader
// must know about them. rs are the results of classifiers.
func summary(in *Input, rs []record.Record, names []string, lead []page.Block) page.Section {
	s := page.Section{ID: "summary", Title: "Summary"}
	if len(in.Notices) > 0 {
		s.Blocks = append(s.Blocks, page.Callout{Kind: page.Warning, Items: shortened(in.Notices)})
	}
	switch {
	case len(in.Records) == 0:
		s.Blocks = append(s.Blocks, page.Text("There is no classification result yet: the runs below were trained and not evaluated."))
		return s
	case len(rs) == 0:
		return s
	case len(rs) == 1:
		s.Blocks = append(s.Blocks, headlineOf(rs[0]))
	default:
		s.Blocks = append(s.Blocks, page.Text(conclusion(rs, names)))
	}
	s.Blocks = append(s.Blocks, lead...)
	s.Blocks = append(s.Blocks, summaryTable(rs, names))
	for _, kind := range []page.CalloutKind{page.Warning, page.Note} {
		if items := remarks(rs, names, kind); len(items) > 0 {
			s.Blocks = append(s.Blocks, page.Callout{Kind: kind, Items: items})
		}
	}
	return s
}

// headlineOf are the numbers of one result to see first.
func headlineOf(r record.Record) page.Tiles {
	v := results.ViewOf(r)
	return v.Headline(v.Outcome(r))
}

func summaryTable(rs []record.Record, names []string) page.Table {
	t := page.Table{
		Caption: "All results, grouped by data set and sorted by accuracy; results on few labels follow those on all labels. Intervals are 95 % confidence " +
			"intervals over test images, or over label draws for few-label results. They do not include the variation between trainings of the encoder. " +
			"The setting is the penalty C of a linear classifier, the number k of neighbours, or the trial of a supervised training. It was selected on the named split, or fixed beforehand.",
		Columns: []page.Column{
			{Title: "Encoder"}, {Title: "Data"}, {Title: "Protocol"}, {Title: "Accuracy", Right: true},
			{Title: "95 % interval", Right: true}, {Title: "Reported on"}, {Title: "Setting", Right: true}, {Title: "Selected on"},
			{Title: "Features", Right: true}, {Title: "Train labels", Right: true}, {Title: "Test images", Right: true},
		},
	}
	for i, r := range rs {
		l := results.Of(r)
		t.Rows = append(t.Rows, page.TableRow{Link: results.SectionID(i + 1), Cells: []string{
			names[i], results.DataName(r), l.Name, format.Percent(l.Test), format.Interval95(l.TestLo, l.TestHi), l.ReportShort(),
			l.Setting, l.SelectionShort(), format.Count(l.Dim), format.Count(l.NLabels), format.Count(l.NTest),
		}})
	}
	return page.Lifted(t, page.Measures...)
}

// remarks are the notes or warnings of all records, each once; with several
// records each says whose it is, unless it is everyone's.
func remarks(rs []record.Record, names []string, kind page.CalloutKind) []string {
	var order []string
	owners := map[string][]string{}
	for i, r := range rs {
		for _, m := range recordRemarks(r, kind) {
			if owners[m] == nil {
				order = append(order, m)
			}
			if !slices.Contains(owners[m], names[i]) {
				owners[m] = append(owners[m], names[i])
			}
		}
	}
	for i, m := range order {
		if len(owners[m]) < len(rs) {
			order[i] = format.List(owners[m][:min(3, len(owners[m]))]) + more(len(owners[m])-3) + ": " + m
		}
	}
	return order
}

func more(n int) string {
	if n <= 0 {
		return ""
	}
	return " and " + format.Itoa(n) + " more"
}

// recordRemarks are the notes or warnings of one record.
func recordRemarks(r record.Record, kind page.CalloutKind) []string {
	if kind == page.Note {
		return shortened(r.Notes)
	}
	l := results.Of(r)
	return append(shortened(l.Warnings), l.Doubts()...)
}

// shortened are texts from outside, fit to be shown.
func shortened(in []string) []string {
	var out []string
	for _, s := range in {
		if s := format.Text(s, 600); s != "" {
			out = append(out, s)
		}
	}
	return out
}
