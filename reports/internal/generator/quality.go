package generator

import (
	"fmt"
	"math"
	"strconv"

	"repbench/eval/quality"
	"repbench/eval/quality/metric"
	"repbench/internal/measure"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
)

// Quality are the table of the metrics of generated samples.
func Quality(s *quality.Result) []page.Block {
	t := page.Table{
		Caption: "Generated samples beside real ones. " + qualityInterval(s) + " The floor is the same metric between two real samples" + floorRows(s) +
			": a perfect generator would reach it. A metric means nothing without its convention.",
		Columns: []page.Column{{Title: "Metric"}, {Title: "Value", Right: true}, {Title: "95 % interval", Right: true}, {Title: "Floor", Right: true},
			{Title: "Better"}, {Title: "Convention"}},
	}
	for _, name := range results.Metrics(s) {
		n := s.Metrics[name]
		t.Rows = append(t.Rows, page.TableRow{Cells: []string{
			results.MetricName(name), digits(n.Value), intervalOf(n.CI95), optionalDigits(n.Floor), better(name), format.OrNone(format.Text(n.Convention, 300)),
		}})
	}
	return []page.Block{page.Lifted(t, "Value", "95 % interval", "Floor", "Better")}
}

// qualityInterval says what the intervals are.
func qualityInterval(s *quality.Result) string {
	if s.Halves == 0 {
		return "No halves were drawn, so there are no intervals."
	}
	return fmt.Sprintf("The interval is the value ± 1.96 standard deviations over %d random halves of both sets.", s.Halves)
}

// floorRows are the sizes of the two real samples.
func floorRows(s *quality.Result) string {
	if s.FloorRows == [2]int{} {
		return ""
	}
	return fmt.Sprintf(" of %s and %s rows", format.Count(s.FloorRows[0]), format.Count(s.FloorRows[1]))
}

// better says which values of a metric are better.
func better(name string) string {
	switch metric.Better(name) {
	case measure.Lower:
		return "lower"
	case measure.Higher:
		return "higher"
	}
	return "neither"
}

// digits writes a number with four significant digits, a large one as a whole number.
func digits(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return format.None
	case a >= 1000 && a < 1e9:
		return format.Minus(strconv.FormatFloat(v, 'f', 0, 64))
	}
	return format.Minus(strconv.FormatFloat(v, 'g', 4, 64))
}

func optionalDigits(v *float64) string {
	if v == nil {
		return format.None
	}
	return digits(*v)
}

func intervalOf(ci *[2]float64) string {
	if ci == nil {
		return format.None
	}
	return digits(ci[0]) + " to " + digits(ci[1])
}
