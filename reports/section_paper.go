package reports

import (
	"encoding/json"

	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// paperBlocks are the paper's table on a data set with our rows in it.
func paperBlocks(rs []record.Record, names []string, g []int) []page.Block {
	q, ok := quotedFor(dataName(rs[g[0]]))
	if !ok {
		return nil
	}
	switch family(dataName(rs[g[0]])) {
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
	return "Measured here, and below in grey italics quoted from " + source + " (“" + q.table + "”), not measured. " + q.conditions
}

// paperCIFAR is the number of training images behind the paper's accuracies.
const paperCIFAR = 50_000

// table1 is the paper's Table 1: all labels beside 400 a class.
func table1(q quote, rs []record.Record, names []string, g []int) page.Table {
	t := page.Table{
		Caption: quotedFrom(q) + " With 400 labels a class our number is the mean over draws ± the standard deviation of a draw, " +
			"with the 95 % interval of the mean (of a network trained with labels one draw, and the interval of its accuracy); what is quoted after ± is as printed. Feature units are the most maps in a layer. " +
			"Where the two columns were selected or reported on different splits, both are named.",
		Columns: []page.Column{
			{Title: "Method"}, {Title: "Accuracy", Right: true}, {Title: "95 % interval", Right: true},
			{Title: "400 labels a class", Right: true}, {Title: "95 % interval", Right: true}, {Title: "Max. feature units", Right: true},
			{Title: "Selected on"}, {Title: "Reported on"}, {Title: "From"},
		},
	}
	for _, p := range joined(rs, g) {
		cells := []string{pairName(rs, names, p), none, none, none, none, none}
		var o []outcome
		if p.full >= 0 {
			l := outcomeOf(rs[p.full])
			o = append(o, l)
			cells[1], cells[2] = percent(l.test), interval95(l.testLo, l.testHi)
		}
		if p.few >= 0 {
			l := outcomeOf(rs[p.few])
			o = append(o, l)
			cells[3], cells[4] = plusMinus(l.test, l.draws.sd), interval95(l.testLo, l.testHi)
		}
		cells[5] = count(units(rs, p))
		cells = append(cells, both(o, outcome.selectionShort), both(o, outcome.reportShort), "measured")
		t.Rows = append(t.Rows, page.TableRow{Cells: cells, Strong: true, Link: resultID(p.first() + 1)})
	}
	if len(t.Rows) == 0 {
		t.Caption += " There is no result on all labels or with 400 a class (" + cifar400 + ") yet."
	}
	for _, r := range q.rows {
		t.Rows = append(t.Rows, page.TableRow{Quoted: true, Cells: []string{
			r.method, orNone(r.value), none, orNone(r.extra), none, count(r.units), none, "test", "quoted",
		}})
	}
	return lifted(t, measures...)
}

// both names what the outcomes share once, or what each has: "valid, cv".
func both(o []outcome, get func(outcome) string) string {
	s := get(o[0])
	if len(o) > 1 && get(o[1]) != s {
		s += ", " + get(o[1])
	}
	return s
}

// plusMinus writes fractions as "73.80 % ± 0.41".
func plusMinus(v, half float64) string {
	if half != half {
		return percent(v)
	}
	p := percent(half)
	return percent(v) + " ± " + p[:len(p)-len(" %")]
}

// resultPair is the results of one encoder on all labels and on 400 a class, by
// their places; -1 where there is none.
type resultPair struct{ full, few int }

func (p resultPair) first() int {
	if p.full >= 0 {
		return p.full
	}
	return p.few
}

// joined pairs the results on all labels with those on 400 a class of the same
// encoder, or trained network, and data, if there are several those of the same seed
// first. Each result is in one pair; k-nearest-neighbour results and those without
// a partner stand alone.
func joined(rs []record.Record, g []int) []resultPair {
	var out []resultPair
	taken := map[int]bool{}
	for _, i := range g {
		if l := outcomeOf(rs[i]); l.usesAllLabels() {
			out = append(out, resultPair{i, -1})
		}
	}
	for _, sameSeed := range []bool{true, false} {
		for n, p := range out {
			if p.few >= 0 || outcomeOf(rs[p.full]).apart {
				continue
			}
			for _, i := range g {
				if outcomeOf(rs[i]).paper == cifar400 && !taken[i] && sameWork(rs[p.full], rs[i]) && (!sameSeed || rs[i].Seed == rs[p.full].Seed) {
					out[n].few, taken[i] = i, true
					break
				}
			}
		}
	}
	for _, i := range g {
		if outcomeOf(rs[i]).paper == cifar400 && !taken[i] {
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
	l := outcomeOf(rs[p.first()])
	if l.apart {
		name += ", " + l.name
	}
	if p.full >= 0 && l.nTrain > 0 && l.nTrain != paperCIFAR {
		name += " (" + count(l.nTrain) + " training images)"
	}
	return name
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
	l, cells := outcomeOf(r), max(1, r.Encoder.Grid)*max(1, r.Encoder.Grid)
	if r.Encoder.Grid > 1<<10 || r.Encoder.Pooling == "none" {
		return 0
	}
	dims := []int{l.dim}
	if len(l.layers) > 0 || len(r.Encoder.Layers) > 1 {
		dims = nil
		for _, y := range l.layers {
			dims = append(dims, y.dim)
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
		Caption: quotedFrom(q) + " Errors are 100 % less the accuracy; ours are means over the draws ± 1.96 standard deviations of a draw, as the paper's code prints " +
			"(the range of single draws, not that of the mean, whose 95 % interval stands beside it). A network trained with labels has one draw and the interval of its accuracy.",
		Columns: []page.Column{
			{Title: "Method"}, {Title: "Error", Right: true}, {Title: "95 % interval of the mean", Right: true}, {Title: "Draws", Right: true},
			{Title: "Setting", Right: true}, {Title: "Selected on"}, {Title: "Reported on"}, {Title: "From"},
		},
	}
	for _, i := range g {
		l := outcomeOf(rs[i])
		if l.paper != svhn1000 {
			continue
		}
		spread, draws := 1.96*l.draws.sd, max(1, l.draws.n)
		t.Rows = append(t.Rows, page.TableRow{Strong: true, Link: resultID(i + 1), Cells: []string{
			names[i], plusMinus(1-l.test, spread), interval95(1-l.testHi, 1-l.testLo), count(draws),
			l.setting, l.selectionShort(), l.reportShort(), "measured",
		}})
	}
	if len(t.Rows) == 0 {
		t.Caption += " There is no result with this protocol (" + svhn1000 + ") yet; other results on this data set are not comparable."
	}
	for _, r := range q.rows {
		reported := "test"
		if r.method == svhnSupervised {
			reported = "valid"
		}
		t.Rows = append(t.Rows, page.TableRow{Quoted: true, Cells: []string{r.method, r.value, none, none, none, none, reported, "quoted"}})
	}
	return lifted(t, measures...)
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
		l := outcomeOf(rs[i])
		t.Rows = append(t.Rows, page.TableRow{Strong: true, Link: resultID(i + 1), Cells: []string{
			names[i], orNone(l.name), percent(1 - l.test), interval95(1-l.testHi, 1-l.testLo), none,
			l.selectionShort(), l.reportShort(), "measured",
		}})
	}
	for _, r := range q.rows {
		t.Rows = append(t.Rows, page.TableRow{Quoted: true, Cells: []string{
			r.method, "1-NN, generated", orNone(r.value), none, orNone(r.extra), none, "test", "quoted",
		}})
	}
	return lifted(t, measures...)
}
