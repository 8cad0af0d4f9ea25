package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/eval"
	"repbench/eval/memorisation"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/pvalues"
	"repbench/eval/quality"
	"repbench/eval/quality/metric"
	"repbench/internal/measure"
	"repbench/reports/record"
)

// stripPNG is a picture of w×h pixels.
func stripPNG(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func goodMemorisation(t testing.TB) *memorisation.Stored {
	bound := 0.002
	return &memorisation.Stored{
		Result: memorisation.Result{
			Metric: "correlation", TrainRows: 9000, Null: memorisation.Null{Kind: "test", Rows: 2000}, Generated: 1500, FDR: 0.05, FlaggedAt1: 0.01, FlaggedAt5: 0.05,
			Flagged: []memorisation.Flag{{P: 0.0005}}, CopyRate: pvalues.Rate{Estimate: 0.001, Hi: 0.004}, UpperBound95: &bound, NEff: 700,
			Controls:    map[string]memorisation.Control{"exact": {AUC: 1, Detected: 1, SourceFound: 1, DetectedCI95: eval.Interval{0.98, 1}, N: 200}},
			FalseAlarms: &memorisation.FalseAlarms{Nominal: 0.01, Measured: 0.011, Lo: 0.006, Hi: 0.02, N: 1000},
			NND:         &nearest.NND{Generated: []nearest.NNDPoint{{Images: 1000}}},
			Histogram:   &memorisation.Histogram{Width: 0.5, Series: []memorisation.Series{{Name: "generated", Counts: []int{1, 2}}}},
			Verdict:     memorisation.Verdict{Finding: memorisation.Copies, Sentence: "The sentence.", Sees: []string{"exact"}}, Warnings: []string{"w"},
		},
		Pairs: []memorisation.Shown{{Nearest: make([]memorisation.Pair, 2), PNG: stripPNG(t, 12, 4)}},
	}
}

func goodQuality() *quality.Result {
	sd, floor := 0.5, 3.0
	return &quality.Result{RealRows: 100, GeneratedRows: 90, Dim: 16, Halves: 30, Warnings: []string{"all"}, Metrics: map[string]quality.Number{
		metric.NameKID:     {Value: 0.1, Warnings: []string{"odd"}},
		metric.NameFrechet: {Value: 12.3456, SD: &sd, CI95: &[2]float64{11, 13}, Floor: &floor, Parts: map[string]float64{"mean": 1.5, "a": 2}},
		"of-the-future":    {Value: 1},
	}}
}

// Numbers that would make a report of generated images lie or break are refused, each by its name.
func TestChecksOfGenerated(t *testing.T) {
	memorise, samples := goodMemorisation(t), goodQuality()
	for _, r := range []record.Result{memorise, samples} {
		if err := decoded(t, r, func(map[string]any) {}); err != nil {
			t.Fatalf("a good result is refused: %v", err)
		}
	}
	many := map[string]any{}
	for i := range 200 {
		many[fmt.Sprint("m", i)] = map[string]any{"value": 1, "n": 1}
	}
	list := func(n int) []any { return slices.Repeat([]any{map[string]any{}}, n) }
	for _, tt := range []struct {
		result record.Result
		path   string
		value  any
		want   string
	}{
		{memorise, "generated", 0, "generated is 0"}, {memorise, "train_rows", -1, "train_rows is -1"}, {memorise, "null.rows", 0, "null.rows is 0"},
		{memorise, "fdr", 1.5, "fdr is 1.5"}, {memorise, "flagged_at_1", 2, "flagged_at_1 is 2"}, {memorise, "flagged_at_5", -1, "flagged_at_5 is -1"},
		{memorise, "copy_rate.estimate", 1.1, "copy_rate is 1.1"}, {memorise, "copy_rate.lo", 0.5, "copy_rate is [0.5"}, {memorise, "upper_bound95", 2, "upper_bound95 is 2"},
		{memorise, "generated", 0, "flagged has 1 entries for 0"}, {memorise, "false_alarms.measured", 3, "false_alarms.measured is 3"}, {memorise, "false_alarms.lo", 0.9, "its ends are swapped"},
		{memorise, "nnd.training", list(40), "nnd has 41 entries"}, {memorise, "controls.exact.auc", 2, "controls.exact: auc is 2"},
		{memorise, "controls.exact.detected", -1, "controls.exact: detected is -1"}, {memorise, "controls.exact.source_found", 7, "source_found is 7"},
		{memorise, "controls.exact.n", 0, "controls.exact: n is 0"}, {memorise, "controls.exact.detected_ci95", []any{1, 0}, "detected_ci95 is [1, 0]"},
		{memorise, "controls", many, "controls has 200 kinds"}, {memorise, "histogram.width", 0, "histogram.width is 0"}, {memorise, "histogram.series", list(100), "histogram has 100 series"},
		{memorise, "histogram.series.0.counts", []any{-1}, "histogram.series[0] has 1 bins"}, {memorise, "histogram.series.0.counts", slices.Repeat([]any{1}, 2000), "has 2000 bins"},
		{memorise, "pairs", list(300), "pairs has 300 entries"}, {memorise, "pairs.0.png", []byte("no"), "pairs[0]: png is not a PNG file"},
		{memorise, "pairs.0.png", stripPNG(t, 13, 4), "png is 13 pixels wide"}, {memorise, "pairs.0.png", stripPNG(t, 3, 500), "png has 3×500 pixels"},
		{memorise, "score", "unheard", "no score"},
		{samples, "real_rows", -1, "must not be negative"}, {samples, "generated_rows", -3, "generated_rows is -3"}, {samples, "metrics", map[string]any{}, "metrics has 0 entries"},
		{samples, "metrics", many, "metrics has 200 entries"}, {samples, "halves", -1, "must not be negative"}, {samples, "metrics.frechet.ci95", []any{2, 1}, "metrics.frechet.ci95 is [2, 1]"},
	} {
		if err := decoded(t, tt.result, set(tt.path, tt.value)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s = %.60v: error %v, want %q", tt.path, tt.value, err, tt.want)
		}
	}
}

// What a reader sees of a result on copies, and the warning of small numbers.
func TestMemorisationView(t *testing.T) {
	s := goodMemorisation(t)
	r := record.Record{ID: "x", Result: s}
	v := ViewOf(r)
	if got := v.Sentence(r, v.Outcome(r)); got != "The sentence." {
		t.Errorf("sentence %q", got)
	}
	if o := v.Outcome(r); !slices.Equal(o.Warnings, []string{"w"}) || o.NTest != 1500 || o.Name != "memorisation" || !OnGenerated(r) || len(o.Doubts()) != 0 {
		t.Errorf("outcome %+v", o)
	}
	text := fmt.Sprint(v.Headline(v.Outcome(r)))
	for _, want := range []string{"Images selected as copies 1 of 1,500, false discovery rate 0.05", "0.10 %", "at most 0.20 % of the kinds seen", "1 of 1", "200 planted copies"} {
		if !strings.Contains(text, want) {
			t.Errorf("the headline %s does not hold %q", text, want)
		}
	}
	s.Flagged, s.Controls, s.Generated, s.Null.Rows = nil, map[string]memorisation.Control{"exact": {N: 40}}, 500, 500
	o := v.Outcome(r)
	for _, want := range []string{"small numbers", "500 generated images", "500 held-out images in the null", "40 planted copies"} {
		if !strings.Contains(o.Warnings[0], want) {
			t.Errorf("the first warning %q does not hold %q", o.Warnings[0], want)
		}
	}
	if text := fmt.Sprint(v.Headline(o)); !strings.Contains(text, "Images selected as copies 0 of 500") {
		t.Errorf("none found is shown as %s", text)
	}
	s.Controls = nil
	if text := fmt.Sprint(v.Headline(o)); !strings.Contains(text, "not measured") {
		t.Errorf("no controls are shown as %s", text)
	}
}

func TestQualityView(t *testing.T) {
	r := record.Record{ID: "x", Result: goodQuality()}
	v := ViewOf(r)
	o := v.Outcome(r)
	if got := v.Sentence(r, o); got != "90 generated rows were compared with 100 real rows, 16 features each. The Fréchet distance is 12.3; between two real samples it is 3." {
		t.Errorf("sentence %q", got)
	}
	if !slices.Equal(o.Warnings, []string{"all", "KID: odd"}) || !OnGenerated(r) {
		t.Errorf("warnings %q", o.Warnings)
	}
	if got := Metrics(goodQuality()); !slices.Equal(got, []string{"frechet", "kid", "of-the-future"}) {
		t.Errorf("order %v", got)
	}
	var facts []string
	v.Facts(func(key, value string) { facts = append(facts, key+"="+value) })
	if got := strings.Join(facts, ";"); !strings.Contains(got, "Fréchet distance, a=2;Fréchet distance, mean=1.5") || !strings.Contains(got, "standard deviation=30") {
		t.Errorf("facts %s", got)
	}
	for name, want := range map[string]string{metric.NamePrecision: "Precision", metric.NameKID: "KID", "of-the-future": "Of-the-future"} {
		if got := MetricName(name); got != want {
			t.Errorf("%s is called %q, want %q", name, got, want)
		}
	}
	for _, name := range metric.Names() {
		if metricNames[name] == "" {
			t.Errorf("%s has no name for readers", name)
		}
	}
}

// The measurements of both kinds, as an envelope states them, say what is better.
func TestDirectionsOfGenerated(t *testing.T) {
	want := map[string]measure.Direction{
		memorisation.CopyRateName: measure.Lower, memorisation.UpperBoundName: measure.Lower, memorisation.ZUName: "", memorisation.NEffName: "",
		memorisation.FalseAlarmsName: "", metric.NameFrechet: measure.Lower, metric.NameKID: measure.Lower,
	}
	seen := map[string]bool{}
	for _, r := range []record.Result{goodMemorisation(t), goodQuality()} {
		line, err := json.Marshal(record.Record{ID: "x", Result: r})
		if err != nil {
			t.Fatal(err)
		}
		var back record.Record
		if err := json.Unmarshal(line, &back); err != nil {
			t.Fatal(err)
		}
		for _, m := range back.Measurements() {
			seen[m.Name] = true
			if better, ok := want[m.Name]; !ok || m.Better != better || math.IsNaN(m.Value) {
				t.Errorf("%s: better is %q, want %q (known %v)", m.Name, m.Better, better, ok)
			}
		}
	}
	for name := range want {
		if !seen[name] {
			t.Errorf("%s is not measured", name)
		}
	}
}
