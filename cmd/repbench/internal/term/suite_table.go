package term

import (
	"fmt"
	"strconv"
	"strings"

	"repbench/benchmarks/suite"
)

// Table is the table of a suite for a paper, in Markdown: for each encoder, data set and protocol the number of
// seeds, the mean ± standard deviation over them, and a 95 % interval.
func Table(o *suite.Overview) string {
	var b strings.Builder
	b.WriteString("| encoder | data | protocol | measurement | seeds | mean ± sd | 95 % interval |\n|---|---|---|---|---:|---:|---:|\n")
	for _, r := range o.Rows {
		mean, interval := "–", "–"
		in := scale(r.Metric)
		if r.Mean != nil {
			mean = in.number(*r.Mean, *r.Mean)
			if r.SD != nil {
				mean += " ± " + in.number(*r.SD, *r.Mean)
			}
			mean += in.unit
			if r.CI95 != nil {
				interval = fmt.Sprintf("%s to %s%s", in.number(r.CI95[0], *r.Mean), in.number(r.CI95[1], *r.Mean), in.unit)
			}
		}
		metric := r.Metric
		if metric == "" {
			metric = "–"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", r.Encoder, r.Data, r.Protocol, metric, seedsOf(r), mean, interval)
	}
	b.WriteString("\nThe standard deviation is over the seeds of the training or of the random weights, and the interval is Student's for the mean over " +
		"them. A row of one result has the interval of this result, over its test images or draws.\n")
	return b.String()
}

// seedsOf is the number of seeds behind a row, with what is missing.
func seedsOf(r suite.Row) string {
	text := strconv.Itoa(len(r.Values))
	if !r.Seeded {
		text = "–"
	}
	if len(r.Values) < r.Total && r.Seeded {
		text += fmt.Sprintf(" of %d", r.Total)
	}
	if r.Diverged > 0 {
		text += fmt.Sprintf(", %d diverged", r.Diverged)
	}
	if r.Failed > 0 {
		text += fmt.Sprintf(", %d failed", r.Failed)
	}
	return text
}

// shown is how a measurement is written.
type shown struct {
	factor float64
	unit   string
}

// scale is how a measurement of a name is written: accuracies in per cent.
func scale(metric string) shown {
	if strings.HasSuffix(metric, "accuracy") {
		return shown{100, " %"}
	}
	return shown{1, ""}
}

// number writes a value with the decimals that fit the mean beside it: two of per cent, else as many as give the mean
// four digits.
func (s shown) number(v, mean float64) string {
	decimals := 2
	if s.factor == 1 {
		text := strconv.FormatFloat(mean, 'e', 3, 64)
		exponent, _ := strconv.Atoi(text[strings.IndexByte(text, 'e')+1:])
		decimals = min(max(3-exponent, 0), 12)
	}
	return strconv.FormatFloat(s.factor*v, 'f', decimals, 64)
}
