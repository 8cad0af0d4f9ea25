package comparison

import (
	"encoding/json"
	"slices"

	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// paperBlocks are the paper's table on a data set with our rows in it.
func paperBlocks(rs []record.Record, names []string, g []int) []page.Block {
	q, ok := quotedFor(results.DataName(rs[g[0]]))
	if !ok {
		return nil
	}
	switch results.Family(results.DataName(rs[g[0]])) {
	case "cifar10":
		return []page.Block{table1(q, rs, names, g)}
	case "svhn":
		return []page.Block{table2(q, rs, names, g)}
	default:
		return []page.Block{mnistTable(q, rs, names, g)}
	}
}

// quotedFrom says which rows of a table are not ours.
func quotedFrom(q quote) string {
	return "Measured here, and below in grey italics quoted from " + Source + " (“" + q.table + "”), not measured. " + q.conditions
}

// paperCIFAR is the number of training images behind the paper's accuracies.
const paperCIFAR = 50_000

// paperCIFARTest is the number of the test images.
const paperCIFARTest = 10_000

// table1 is the paper's Table 1: all labels beside 400 per class.
func table1(q quote, rs []record.Record, names []string, g []int) page.Table {
	t := page.Table{
		Caption: quotedFrom(q) + " With 400 labels per class our number is the mean over draws ± the standard deviation between draws, " +
			"with the 95 % interval of the mean. A network trained with labels has one draw and the interval of its accuracy. Quoted numbers after ± are as printed. Feature units are the maps of the widest layer. " +
			"If the two columns were selected or reported on different splits, both are named.",
		Columns: []page.Column{
			{Title: "Method"}, {Title: "Accuracy", Right: true}, {Title: "95 % interval", Right: true},
			{Title: "400 labels per class", Right: true}, {Title: "95 % interval", Right: true}, {Title: "Max. feature units", Right: true},
			{Title: "Selected on"}, {Title: "Reported on"}, {Title: "From"},
		},
	}
	for _, p := range joined(rs, g) {
		cells := []string{pairName(rs, names, p), format.None, format.None, format.None, format.None, format.None}
		var o []results.Outcome
		if p.full >= 0 {
			l := results.Of(rs[p.full])
			o = append(o, l)
			cells[1], cells[2] = format.Percent(l.Test), format.Interval95(l.TestLo, l.TestHi)
		}
		if p.few >= 0 {
			l := results.Of(rs[p.few])
			o = append(o, l)
			cells[3], cells[4] = plusMinus(l.Test, l.Draws.SD), format.Interval95(l.TestLo, l.TestHi)
		}
		cells[5] = format.Count(units(rs, p))
		cells = append(cells, both(o, results.Outcome.SelectionShort), both(o, results.Outcome.ReportShort), "measured")
		t.Rows = append(t.Rows, page.TableRow{Cells: cells, Strong: true, Link: results.SectionID(p.first() + 1)})
	}
	if slices.ContainsFunc(g, func(i int) bool { return otherTest(results.Of(rs[i])) }) {
		t.Caption += " Warning: results on other numbers of test images than the official 10,000, named in their rows, are not comparable with the quoted ones."
	}
	if len(t.Rows) == 0 {
		t.Caption += " There is no result on all labels or with 400 per class (" + results.CIFAR400 + ") yet."
	}
	for _, r := range q.rows {
		t.Rows = append(t.Rows, page.TableRow{Quoted: true, Cells: []string{
			r.method, format.OrNone(r.value), format.None, format.OrNone(r.extra), format.None, format.Count(r.units), format.None, "test", "quoted",
		}})
	}
	return page.Lifted(t, page.Measures...)
}

// both names what the outcomes share once, or what each has: "valid, cv".
func both(o []results.Outcome, get func(results.Outcome) string) string {
	s := get(o[0])
	if len(o) > 1 && get(o[1]) != s {
		s += ", " + get(o[1])
	}
	return s
}

// plusMinus writes fractions as "73.80 % ± 0.41".
func plusMinus(v, half float64) string {
	if half != half {
		return format.Percent(v)
	}
	p := format.Percent(half)
	return format.Percent(v) + " ± " + p[:len(p)-len(" %")]
}

// resultPair is the results of one encoder on all labels and on 400 per class, by
// their places; -1 where there is none.
type resultPair struct{ full, few int }

func (p resultPair) first() int {
	if p.full >= 0 {
		return p.full
	}
	return p.few
}

// joined pairs the results on all labels with the results on 400 per class of the same
// encoder, or trained network, and the same data; of several partners a result of the same
// seed is taken first. Each result is in one pair; k-nearest-neighbour results and results
// without a partner stand alone.
func joined(rs []record.Record, g []int) []resultPair {
	var out []resultPair
	taken := map[int]bool{}
	for _, i := range g {
		if l := results.Of(rs[i]); l.UsesAllLabels() {
			out = append(out, resultPair{i, -1})
		}
	}
	for _, sameSeed := range []bool{true, false} {
		for n, p := range out {
			if p.few >= 0 || results.Of(rs[p.full]).Apart {
				continue
			}
			for _, i := range g {
				if results.Of(rs[i]).Paper == results.CIFAR400 && !taken[i] && sameWork(rs[p.full], rs[i]) && (!sameSeed || rs[i].Seed == rs[p.full].Seed) {
					out[n].few, taken[i] = i, true
					break
				}
			}
		}
	}
	for _, i := range g {
		if results.Of(rs[i]).Paper == results.CIFAR400 && !taken[i] {
			out = append(out, resultPair{-1, i})
		}
	}
	return out
}

// sameWork reports whether two records are of the same features of the same data.
func sameWork(a, b record.Record) bool {
	x, errX := json.Marshal(a.Encoder)
	y, errY := json.Marshal(b.Encoder)
	return errX == nil && errY == nil && string(x) == string(y) && a.Data.Name == b.Data.Name && a.Data.Hash == b.Data.Hash
}

// pairName is the name of a row of table1.
func pairName(rs []record.Record, names []string, p resultPair) string {
	name := names[p.first()]
	l := results.Of(rs[p.first()])
	if l.Apart {
		name += ", " + l.Name
	}
	if p.full >= 0 && l.NTrain > 0 && l.NTrain != paperCIFAR {
		name += " (" + format.Count(l.NTrain) + " training images)"
	}
	if otherTest(l) {
		name += " (" + format.Count(l.NTest) + " test images)"
	}
	return name
}

// otherTest reports that an outcome on the test split is not of the official number of images.
func otherTest(l results.Outcome) bool {
	return l.NTest > 0 && l.NTest != paperCIFARTest && (l.ReportedOn == "" || l.ReportedOn == "test")
}

// units is the most maps in a layer of a pair's encoder, as far as its records
// tell: the width of the layers, less the places of the pooled grid.
func units(rs []record.Record, p resultPair) int {
	if n := maps(rs[p.first()]); n > 0 || p.few < 0 {
		return n
	}
	return maps(rs[p.few])
}

func maps(r record.Record) int {
	l, cells := results.Of(r), max(1, r.Encoder.Grid)*max(1, r.Encoder.Grid)
	if r.Encoder.Grid > 1<<10 || r.Encoder.Pooling == "none" {
		return 0
	}
	dims := []int{l.Dim}
	if len(l.Layers) > 0 || len(r.Encoder.Layers) > 1 {
		dims = nil
		for _, y := range l.Layers {
			dims = append(dims, y.Dim)
		}
	}
	most := 0
	for _, d := range dims {
		if d%cells != 0 {
			return 0
		}
		most = max(most, d/cells)
	}
	return most
}

// table2 is the paper's Table 2: errors with 1000 labels.
func table2(q quote, rs []record.Record, names []string, g []int) page.Table {
	t := page.Table{
		Caption: quotedFrom(q) + " The error is 100 % minus the accuracy. Ours is the mean over draws ± 1.96 standard deviations between draws, as the paper's code prints it: " +
			"the range of single draws. The 95 % interval of the mean stands beside it. A network trained with labels has one draw and the interval of its accuracy.",
		Columns: []page.Column{
			{Title: "Method"}, {Title: "Error", Right: true}, {Title: "95 % interval of the mean", Right: true}, {Title: "Draws", Right: true},
			{Title: "Setting", Right: true}, {Title: "Selected on"}, {Title: "Reported on"}, {Title: "From"},
		},
	}
	for _, i := range g {
		l := results.Of(rs[i])
		if l.Paper != results.SVHN1000 {
			continue
		}
		spread, draws := 1.96*l.Draws.SD, max(1, l.Draws.N)
		t.Rows = append(t.Rows, page.TableRow{Strong: true, Link: results.SectionID(i + 1), Cells: []string{
			names[i], plusMinus(1-l.Test, spread), format.Interval95(1-l.TestHi, 1-l.TestLo), format.Count(draws),
			l.Setting, l.SelectionShort(), l.ReportShort(), "measured",
		}})
	}
	if len(t.Rows) == 0 {
		t.Caption += " There is no result with this protocol (" + results.SVHN1000 + ") yet; other results on this data set are not comparable."
	}
	for _, r := range q.rows {
		reported := "test"
		if r.method == svhnSupervised {
			reported = "valid"
		}
		t.Rows = append(t.Rows, page.TableRow{Quoted: true, Cells: []string{r.method, r.value, format.None, format.None, format.None, format.None, reported, "quoted"}})
	}
	return page.Lifted(t, page.Measures...)
}

// svhnSupervised is the one row of Table 2 that is not on the test split.
const svhnSupervised = "Supervised CNN of the same architecture (validation)"

// mnistTable puts errors of ours beside the paper's, which are of another
// protocol.
func mnistTable(q quote, rs []record.Record, names []string, g []int) page.Table {
	t := page.Table{
		Caption: quotedFrom(q),
		Columns: []page.Column{
			{Title: "Method"}, {Title: "Protocol"}, {Title: "Error", Right: true}, {Title: "95 % interval", Right: true},
			{Title: "10M samples", Right: true}, {Title: "Selected on"}, {Title: "Reported on"}, {Title: "From"},
		},
	}
	for _, i := range g {
		l := results.Of(rs[i])
		t.Rows = append(t.Rows, page.TableRow{Strong: true, Link: results.SectionID(i + 1), Cells: []string{
			names[i], format.OrNone(l.Name), format.Percent(1 - l.Test), format.Interval95(1-l.TestHi, 1-l.TestLo), format.None,
			l.SelectionShort(), l.ReportShort(), "measured",
		}})
	}
	for _, r := range q.rows {
		t.Rows = append(t.Rows, page.TableRow{Quoted: true, Cells: []string{
			r.method, "1-NN, generated", format.OrNone(r.value), format.None, format.OrNone(r.extra), format.None, "test", "quoted",
		}})
	}
	return page.Lifted(t, page.Measures...)
}
