package results

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"

	"repbench/eval/quality"
	"repbench/eval/quality/metric"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// qualityKind says how far generated samples are from real ones.
func qualityKind() kind {
	return kindOf(func(s *quality.Result) View { return qualityView{s} })
}

// KindQuality is the kind of results that compare generated with real samples.
const KindQuality = "quality"

// QualityOf is the result that a record holds, an empty one where it holds none.
func QualityOf(r record.Record) *quality.Result {
	if s, err := record.Decode[quality.Result](r); err == nil {
		return s
	}
	return &quality.Result{}
}

// qualityView shows the metrics of generated samples.
type qualityView struct{ s *quality.Result }

func (v qualityView) Outcome(record.Record) Outcome {
	s := v.s
	o := unknown(KindQuality)
	o.Protocol, o.Name, o.Warnings = "sample quality", "sample quality", slices.Clone(s.Warnings)
	o.FitSeconds, o.PeakBytes, o.NTrain, o.NTest, o.Dim = s.Seconds, s.PeakRSSBytes, s.RealRows, s.GeneratedRows, s.Dim
	for _, m := range v.metrics() {
		for _, w := range s.Metrics[m].Warnings {
			o.Warnings = append(o.Warnings, MetricName(m)+": "+w)
		}
	}
	return o
}

// metrics are the names of the metrics that the result has, in the order of tables; names that
// this version does not know come last.
func (v qualityView) metrics() []string { return Metrics(v.s) }

// Metrics are the names of a result's metrics in the order of tables; names that this version
// does not know come last, in alphabetical order.
func Metrics(s *quality.Result) []string {
	order := metric.Names()
	rank := func(name string) int {
		if i := slices.Index(order, name); i >= 0 {
			return i
		}
		return len(order)
	}
	var out []string
	for name := range s.Metrics {
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
	return out
}

// metricNames are the metrics as a sentence names them.
var metricNames = map[string]string{
	metric.NameFrechet: "Fréchet distance", metric.NameFDInfinity: "Fréchet distance, extrapolated", metric.NameKID: "KID",
	metric.NamePrecision: "precision", metric.NameRecall: "recall", metric.NameDensity: "density", metric.NameCoverage: "coverage",
	metric.NameFScore: "F-score", metric.NameFLD: "FLD", metric.NameFLDGap: "FLD gap", metric.NameMIND: "MIND",
	metric.NameSlicedW2: "sliced Wasserstein distance", metric.NameSWApprox: "sliced Wasserstein distance, closed form",
	metric.NameTwoSampleNN: "two-sample test by 1-NN", metric.NameClassifierScore: "classifier score", metric.NameVendi: "Vendi score",
	metric.NameVendiQ2: "Vendi score, order 2", metric.NameVendiQInf: "Vendi score, order ∞", metric.NameRankMe: "RankMe",
}

// inSentence is a metric as a sentence names it: "precision".
func inSentence(name string) string { return cmp.Or(metricNames[name], format.Text(name, 40)) }

// MetricName is a metric as a table names it: "Precision".
func MetricName(name string) string {
	s := inSentence(name)
	first, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[n:]
}

// headlineMetrics is the number of metrics among the tiles.
const headlineMetrics = 4

func (v qualityView) Headline(Outcome) page.Tiles {
	var out page.Tiles
	for _, m := range v.metrics() {
		if len(out) == headlineMetrics {
			break
		}
		n := v.s.Metrics[m]
		t := page.Tile{Label: MetricName(m), Value: format.Number(rounded(n.Value)), Detail: "floor not known"}
		if n.Floor != nil {
			t.Detail = "two real samples: " + format.Number(rounded(*n.Floor))
		}
		out = append(out, t)
	}
	return out
}

func (v qualityView) Sentence(r record.Record, o Outcome) string {
	s := v.s
	out := fmt.Sprintf("%s generated rows were compared with %s real rows, %s features each.",
		format.Count(s.GeneratedRows), format.Count(s.RealRows), format.Count(s.Dim))
	if s.RealRows == 0 {
		out = format.Count(s.GeneratedRows) + " generated rows were rated without real ones."
	}
	if all := v.metrics(); len(all) > 0 {
		n := s.Metrics[all[0]]
		out += fmt.Sprintf(" The %s is %s", inSentence(all[0]), format.Number(rounded(n.Value)))
		if n.Floor != nil {
			out += fmt.Sprintf("; between two real samples it is %s", format.Number(rounded(*n.Floor)))
		}
		out += "."
	}
	return out
}

func (v qualityView) Facts(add func(key, value string)) {
	s := v.s
	add("Real rows", format.Count(s.RealRows))
	add("Generated rows", format.Count(s.GeneratedRows))
	add("Rows of a second real sample", format.Count(s.TestRows))
	add("Features per row", format.Count(s.Dim))
	add("Random halves behind each standard deviation", zeroOr(s.Halves))
	for _, m := range v.metrics() {
		parts := s.Metrics[m].Parts
		var names []string
		for name := range parts {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names[:min(len(names), maxParts)] {
			add(MetricName(m)+", "+format.Text(name, 40), format.Number(parts[name]))
		}
	}
}

// Limits of what is read of a result on samples.
const (
	maxMetrics = 100
	maxParts   = 20
)

func (v qualityView) check() error {
	s := v.s
	err := errors.Join(atLeast1("generated_rows", s.GeneratedRows))
	if len(s.Metrics) == 0 || len(s.Metrics) > maxMetrics {
		err = errors.Join(err, fmt.Errorf("metrics has %d entries; it must have 1 to %d", len(s.Metrics), maxMetrics))
	}
	if s.RealRows < 0 || s.TestRows < 0 || s.Dim < 0 || s.Halves < 0 {
		err = errors.Join(err, errors.New("real_rows, test_rows, dim and halves must not be negative"))
	}
	for name, n := range s.Metrics {
		if math.IsInf(n.Value, 0) {
			err = errors.Join(err, fmt.Errorf("metrics.%s is %v", format.Text(name, 40), n.Value))
		}
		if n.CI95 != nil {
			err = errors.Join(err, ordered("metrics."+format.Text(name, 40)+".ci95", *n.CI95))
		}
	}
	return err
}
