package live

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"repbench/benchmarks/gate"
	"repbench/reports/verdicts"
)

// compareData is the page of a comparison.
type compareData struct {
	Sides []side
	compared
	// Problem says why there is no comparison; "": there is one, or nothing was chosen yet.
	Problem  string
	Headline string
	Rows     []verdictRow
	// Whole is the address of the comparison as a page of its own.
	Whole string
}

// verdictRow is a cell of the table of verdicts.
type verdictRow struct {
	gate.Cell
	BaseText, HeadText, DropText, BoundsText, PText string
	Bar                                             *bar
}

// bar is an interval against 0 and the margin, in places of a width of 1000.
type bar struct{ Lo, Hi, Wide, At, Zero, Margin string }

// compare is the page that compares two sides.
func (s *Site) compare(q url.Values) (*content, error) {
	f, err := s.everything()
	if err != nil {
		return nil, err
	}
	d := compareData{Sides: sidesOf(f)}
	d.compared, err = s.compareSides(q, d.Sides)
	c := &content{Title: "Compare", Tab: "Compare", Body: "compare", Notes: append(append([]string{}, f.notes...), d.notes...)}
	switch {
	case errors.Is(err, errChoose):
	case err != nil:
		d.Problem = s.shown(err)
	default:
		d.Headline = strings.TrimPrefix(verdicts.Headline(d.Result), string(d.Result.Verdict)+": ")
		d.Whole = "verdicts?" + d.query()
		for _, cell := range worstFirst(d.Result.Cells) {
			d.add(cell)
		}
	}
	c.Data = d
	return c, nil
}

// severity is the order of verdicts, the worst first.
var severity = []gate.Verdict{gate.Failed, gate.Regressed, gate.Open, gate.Ungated, gate.Pass}

// worstFirst are the cells by their verdict, and among equal ones by their drop in margins.
func worstFirst(cells []gate.Cell) []gate.Cell {
	out := slices.Clone(cells)
	slices.SortStableFunc(out, func(a, b gate.Cell) int {
		return cmp.Or(slices.Index(severity, a.Verdict)-slices.Index(severity, b.Verdict), cmp.Compare(b.Drop/b.Margin, a.Drop/a.Margin))
	})
	return out
}

// add adds a row.
func (d *compareData) add(c gate.Cell) {
	row := verdictRow{Cell: c}
	if c.Verdict != gate.Failed && c.Verdict != gate.Ungated {
		row.BaseText, row.HeadText, row.DropText = sample(c, c.Base), sample(c, c.Head), signed(c.Drop)
		if c.Lower != nil && c.Upper != nil && c.Kind != gate.Identical {
			row.BoundsText = signed(*c.Lower) + " … " + signed(*c.Upper)
			row.PText = strconv.FormatFloat(c.P, 'g', 2, 64)
			if c.P < 0.0001 {
				row.PText = "< 0.0001"
			}
			row.Bar = barOf(c)
		}
	}
	d.Rows = append(d.Rows, row)
}

// sample is the mean of a side with its standard deviation and number of seeds.
func sample(c gate.Cell, s gate.Sample) string {
	switch {
	case len(s.Values) == 0:
		return "–"
	case len(s.Seeds) == 0:
		return c.Number(s.Mean)
	case len(s.Seeds) == 1:
		return c.Number(s.Mean) + " (1)"
	}
	return fmt.Sprintf("%s ± %s (%d)", c.Number(s.Mean), c.Number(s.SD), len(s.Seeds))
}

// signed is a number with its sign.
func signed(v float64) string {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return "?"
	}
	if text := minus(fmt.Sprintf("%+.2f", v)); text != "+0.00" && text != "−0.00" {
		return text
	}
	return "0.00"
}

// barOf places an interval on an axis from 2 margins below 0 to 3 above; what lies beyond is cut off.
func barOf(c gate.Cell) *bar {
	at := func(v float64) float64 { return 1000 * (min(max(v/c.Margin, -2), 3) + 2) / 5 }
	text := func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
	lo, hi := at(*c.Lower), at(*c.Upper)
	if math.IsNaN(lo) || math.IsNaN(hi) {
		return nil
	}
	return &bar{text(lo), text(hi), text(max(hi-lo, 4)), text(at(c.Drop)), text(at(0)), text(at(c.Margin))}
}

// document is the policy of a page that is one file with its own styles: it may load nothing, run nothing
// and reach nothing.
const document = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups"

// verdicts answers the comparison as a page of its own, which can be kept.
func (s *Site) verdicts(w http.ResponseWriter, r *http.Request) {
	f, err := s.everything()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	c, err := s.compareSides(r.URL.Query(), sidesOf(f))
	var text []byte
	if err == nil {
		text, err = verdicts.HTML(c.Result, s.o.Pictures)
	}
	if err != nil {
		s.fail(w, r, &pageError{http.StatusBadRequest, s.shown(err)})
		return
	}
	w.Header().Set("Content-Security-Policy", document)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(text) // the browser has gone: there is nobody to tell
}
