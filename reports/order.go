package reports

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// sorted is a copy of in whose order does not depend on where things came from: results
// by data set, then by number of labels (all labels first), then the best first; runs by
// name. Copies of a record and records of runs that are there with their folder are left
// out; records that share an ID and differ are kept and noted.
func (in *Input) sorted() (*Input, error) {
	out := &Input{Notices: slices.Clone(in.Notices), pictures: in.pictures}
	var err error
	if out.Records, err = withoutCopies(in.Records); err != nil {
		return nil, err
	}
	slices.SortFunc(out.Records, byResult)
	for i, r := range out.Records {
		if slices.ContainsFunc(out.Records[:i], func(o record.Record) bool { return o.ID == r.ID }) {
			out.Notices = append(out.Notices, fmt.Sprintf("Several records share the name %s and differ; all are shown.", r.ID))
		}
	}
	slices.Sort(out.Notices)
	out.Notices = slices.Compact(out.Notices)
	out.Runs = sortedRuns(in.Runs)
	return out, nil
}

// withoutCopies drops records that are there already, byte for byte.
func withoutCopies(rs []record.Record) ([]record.Record, error) {
	seen := map[string]bool{}
	var out []record.Record
	for _, r := range rs {
		line, err := json.Marshal(r)
		if err != nil {
			return nil, fmt.Errorf("record %q: %w", r.ID, err)
		}
		if !seen[string(line)] {
			seen[string(line)] = true
			out = append(out, r)
		}
	}
	return out, nil
}

// sortedRuns sorts by name. Runs with a folder stand before runs known by their record
// alone; of a run that is known in both ways the record alone is dropped.
func sortedRuns(runs []Run) []Run {
	runs = slices.Clone(runs)
	slices.SortStableFunc(runs, func(a, b Run) int {
		return cmp.Or(
			cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.Record.ID, b.Record.ID),
			-cmp.Compare(len(a.Metrics)+len(a.Samples), len(b.Metrics)+len(b.Samples)),
			compareLines(a.Record, b.Record),
		)
	})
	return slices.CompactFunc(runs, func(a, b Run) bool {
		return a.Record.ID == b.Record.ID && (a.onlyRecord() || b.onlyRecord())
	})
}

// onlyRecord reports whether a run is known by its record alone.
func (r Run) onlyRecord() bool { return len(r.Metrics)+len(r.Samples) == 0 }

// byResult orders records by data set, then by number of labels (all labels first, then
// the larger number), then the best first.
func byResult(a, b record.Record) int {
	x, y := results.Of(a), results.Of(b)
	return cmp.Or(
		cmp.Compare(a.Data.Name, b.Data.Name),
		cmp.Compare(y.Track(), x.Track()),
		cmp.Compare(y.Test, x.Test),
		byFigure(a, b),
		cmp.Compare(a.ID, b.ID),
		compareLines(a, b),
	)
}

// figureOrder is the order of the figures that look inside a network.
var figureOrder = []string{"grid", "walk", "arithmetic", "turn", "filters", "forget", "invert"}

// byFigure orders figures by their network, then by what they show; others are equal, and
// figures of other names last.
func byFigure(a, b record.Record) int {
	if a.Kind() != results.KindVis || b.Kind() != results.KindVis {
		return 0
	}
	place := func(r record.Record) int {
		if i := slices.Index(figureOrder, results.VisOf(r).Figure); i >= 0 {
			return i
		}
		return len(figureOrder)
	}
	return cmp.Or(cmp.Compare(a.Encoder.Spec, b.Encoder.Spec), cmp.Compare(place(a), place(b)))
}

// compareLines orders records that differ in nothing else by their content.
func compareLines(a, b record.Record) int {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	if errX != nil || errY != nil {
		return 0
	}
	return bytes.Compare(x, y)
}
