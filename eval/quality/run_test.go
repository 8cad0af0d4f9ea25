package quality

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"repbench/eval/quality/frechet"
	"repbench/eval/quality/internal/qualitytest"
	"repbench/eval/quality/metric"
	"repbench/eval/quality/nearest"
	"repbench/features/matrix"
)

// ran is Run without an error.
func ran(t *testing.T, in Inputs, s Settings, o metric.Options) *Result {
	t.Helper()
	r, err := Run(t.Context(), in, s, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// gaussians are two real samples and generated rows with another mean; rows are as given.
func gaussians(real, gen, test int) Inputs {
	return Inputs{Real: qualitytest.Normal(1, real, 6, 0), Generated: qualitytest.Normal(2, gen, 6, 0.5), Test: qualitytest.Normal(3, test, 6, 0)}
}

// every is all metrics that need features alone.
func every() []string {
	var names []string
	for _, f := range families {
		if f.name != metric.NameClassifierScore {
			names = append(names, f.names...)
		}
	}
	return names
}

// Every number has an interval about its value and a floor that is near the floor of two
// samples of one distribution, on the side of it that its direction says.
func TestRunEveryMetric(t *testing.T) {
	in := gaussians(240, 200, 200)
	r := ran(t, in, Settings{Metrics: every(), Halves: AutoHalves}, metric.Options{Seed: 1})
	for _, name := range every() {
		n := r.Metrics[name]
		if n.SD == nil || n.CI95 == nil || n.Floor == nil || n.Convention == "" {
			t.Errorf("%s lacks something: %+v", name, n)
			continue
		}
		if *n.SD < 0 || math.Abs((n.CI95[0]+n.CI95[1])/2-n.Value) > 1e-9*(1+math.Abs(n.Value)) {
			t.Errorf("%s: %g ± %g, interval %v", name, n.Value, *n.SD, *n.CI95)
		}
		switch metric.Better(name) {
		case "lower":
			if *n.Floor >= n.Value {
				t.Errorf("%s: floor %g, value %g of another distribution", name, *n.Floor, n.Value)
			}
		case "higher":
			if *n.Floor < n.Value-3**n.SD {
				t.Errorf("%s: floor %g, value %g of another distribution", name, *n.Floor, n.Value)
			}
		}
	}
	if r.Halves != 30 || r.FloorRows != [2]int{240, 200} || len(r.Warnings) != 0 || len(r.Metrics) != len(every()) {
		t.Errorf("%d halves, floor rows %v, warnings %q, %d numbers", r.Halves, r.FloorRows, r.Warnings, len(r.Metrics))
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

// balls are precision and recall without errors.
func balls(t *testing.T, real, gen matrix.View, p nearest.PRDCOptions) nearest.PRDCValue {
	t.Helper()
	v, err := nearest.PrecisionRecall(t.Context(), real, gen, p, metric.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The values are the metrics' own; the standard deviation is taken over halves; the floor has the
// test set in the place of the generated set.
func TestRunParts(t *testing.T) {
	in := gaussians(120, 90, 80)
	r := ran(t, in, Settings{Metrics: []string{metric.NameKID, metric.NameRecall, metric.NameFrechet}, Halves: 7}, metric.Options{Seed: 4})
	h, err := metric.DrawHalves(7, 120, 90, 4)
	if err != nil {
		t.Fatal(err)
	}
	kidOf := func(a, b matrix.View) float64 { return qualitytest.KIDByLoops(a, b) }
	recallOf := func(a, b matrix.View) float64 { return balls(t, a, b, nearest.PRDCOptions{K: 5}).Recall }
	frechetOf := func(a, b matrix.View) float64 {
		v, err := frechet.Distance(t.Context(), a, b, metric.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return v.Value
	}
	for name, f := range map[string]func(a, b matrix.View) float64{metric.NameKID: kidOf, metric.NameRecall: recallOf, metric.NameFrechet: frechetOf} {
		n := r.Metrics[name]
		qualitytest.Near(t, name, n.Value, f(in.Real, in.Generated), 1e-9)
		qualitytest.Near(t, name+" floor", *n.Floor, f(in.Real, in.Test), 1e-9)
		var values []float64
		for s := range 7 {
			a, b := h.Pair(s, in.Real, in.Generated)
			values = append(values, f(a, b))
		}
		qualitytest.Near(t, name+" sd", *n.SD, metric.Spread(values), 1e-9)
	}
	if _, found := r.Metrics[metric.NamePrecision]; found || len(r.Metrics) != 3 {
		t.Errorf("%d numbers, want the numbers asked for", len(r.Metrics))
	}
}

// Without a test set the floor compares two halves of the real set; of a larger test set
// as many rows count as there are generated ones.
func TestRunFloorRows(t *testing.T) {
	in := gaussians(101, 60, 0)
	r := ran(t, in, Settings{Metrics: []string{metric.NameKID}}, metric.Options{})
	if r.FloorRows != [2]int{50, 51} || r.TestRows != 0 || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "there is no test set") {
		t.Errorf("%+v", r)
	}
	if n := r.Metrics[metric.NameKID]; n.SD != nil || n.CI95 != nil || len(n.Warnings) != 0 {
		t.Errorf("no halves were asked for: %+v", n)
	}
	in = gaussians(100, 60, 90)
	r = ran(t, in, Settings{Metrics: []string{metric.NameKID}}, metric.Options{})
	if r.FloorRows != [2]int{100, 60} || len(r.Warnings) != 0 {
		t.Errorf("floor rows %v, warnings %q", r.FloorRows, r.Warnings)
	}
	in = gaussians(10, 20, 0)
	n := ran(t, in, Settings{Metrics: []string{metric.NameRecall}}, metric.Options{}).Metrics[metric.NameRecall]
	if n.Floor != nil || len(n.Warnings) != 1 || !strings.Contains(n.Warnings[0], "no floor: prdc: k = 5 needs at least 6 rows") {
		t.Errorf("%+v", n)
	}
}

// Above 2,048 columns there are halves only where a number is given; the warning says how
// long they would take.
func TestRunWide(t *testing.T) {
	in := Inputs{Real: qualitytest.Normal(1, 12, 2049, 0), Generated: qualitytest.Normal(2, 13, 2049, 0), Test: qualitytest.Normal(3, 12, 2049, 0)}
	n := ran(t, in, Settings{Metrics: []string{metric.NameKID}, Halves: AutoHalves}, metric.Options{}).Metrics[metric.NameKID]
	if n.SD != nil || len(n.Warnings) != 1 || !strings.Contains(n.Warnings[0], "above 2048 columns none is computed unless a number of halves is given; 30 halves would take up to about 1 s") {
		t.Errorf("%+v", n)
	}
	n = ran(t, in, Settings{Metrics: []string{metric.NameKID}, Halves: 3}, metric.Options{}).Metrics[metric.NameKID]
	if n.SD == nil || len(n.Warnings) != 0 {
		t.Errorf("%+v", n)
	}
	for seconds, want := range map[float64]string{0.1: "1 s", 99: "99 s", 125: "2 minutes", 6000: "2 hours"} {
		if got := duration(seconds); got != want {
			t.Errorf("%g seconds: %q, want %q", seconds, got, want)
		}
	}
}

func TestRunWarnings(t *testing.T) {
	equal := Inputs{Real: qualitytest.Normal(1, 1, 3, 0).Subset(make([]int32, 40)), Generated: qualitytest.Normal(1, 1, 3, 0).Subset(make([]int32, 30))}
	outlier := gaussians(100, 100, 100)
	for j := range 6 {
		outlier.Generated.Data[17*6+j] = 5000
	}
	copies := gaussians(200, 200, 200)
	copies.Generated = copies.Real
	for want, c := range map[string]struct {
		in   Inputs
		name string
	}{
		"radius 0: 70 rows are duplicates": {equal, metric.NameRecall},
		"one row carries more than half of the kernel sum: row 17 of the generated set takes part in 100": {outlier, metric.NameKID},
		"strongly negative, a sign of copies: as low as about 200 generated rows":                         {copies, metric.NameKID},
		"the generated rows contain copies of real rows (200 of 200): the likelihood is unbounded":        {copies, metric.NameFLD},
		"the sets have 40 and 30 rows: compare the distance only with":                                    {equal, metric.NameFrechet},
		"the sets have 40 and 30 rows: the first 30 of each take part":                                    {equal, metric.NameMIND},
	} {
		for _, halves := range []int{0, 10} {
			n := ran(t, c.in, Settings{Metrics: []string{c.name}, Halves: halves}, metric.Options{}).Metrics[c.name]
			if !slices.ContainsFunc(n.Warnings, func(w string) bool { return strings.Contains(w, want) }) {
				t.Errorf("%s: warnings %q lack %q", c.name, n.Warnings, want)
			}
		}
	}
	if n := ran(t, gaussians(200, 200, 200), Settings{Metrics: []string{metric.NameKID}, Halves: 10}, metric.Options{}).Metrics[metric.NameKID]; len(n.Warnings) != 0 {
		t.Errorf("warnings without a cause: %q", n.Warnings)
	}
}

// Test rows that are real rows make a floor that means nothing.
func TestRunSharedRows(t *testing.T) {
	in := gaussians(30, 30, 0)
	in.Test = in.Real.Rows(10, 20)
	r := ran(t, in, Settings{Metrics: []string{metric.NameKID}}, metric.Options{})
	if !slices.ContainsFunc(r.Warnings, func(w string) bool {
		return strings.HasPrefix(w, "10 of 10 rows of the test set equal a row of the real set (the first: row 0 equals row 10)")
	}) {
		t.Errorf("warnings %q", r.Warnings)
	}
}

// A classifier's logits may be of other rows than the features.
func TestRunClassifierScore(t *testing.T) {
	in := gaussians(50, 40, 50)
	in.Logits, in.TestLogits, in.TestLabels = qualitytest.Normal(5, 30, 4, 0), qualitytest.Normal(6, 60, 4, 0), make([]int32, 60)
	s := Settings{Metrics: []string{metric.NameClassifierScore}, Halves: 5}
	n := ran(t, in, s, metric.Options{}).Metrics[metric.NameClassifierScore]
	accuracy, found := n.Parts["held_out_accuracy"]
	if n.SD == nil || n.Floor == nil || !found || accuracy <= 0 || len(n.Warnings) != 0 || !strings.Contains(n.Convention, "of 60 held-out rows") {
		t.Errorf("%+v", n)
	}
	in.TestLogits = matrix.View{}
	n = ran(t, in, s, metric.Options{}).Metrics[metric.NameClassifierScore]
	if n.Floor != nil || len(n.Warnings) != 2 || !strings.Contains(n.Warnings[0], "accuracy of the classifier on held-out images is not known") {
		t.Errorf("%+v", n)
	}
	n = ran(t, Inputs{Logits: qualitytest.Normal(5, 30, 4, 0), TestLogits: qualitytest.Normal(6, 20, 4, 0)}, s, metric.Options{}).Metrics[metric.NameClassifierScore]
	if n.SD == nil || n.Floor == nil || len(n.Warnings) != 1 {
		t.Errorf("logits alone: %+v", n)
	}
	in.Logits = matrix.View{}
	if _, err := Run(t.Context(), in, s, metric.Options{}); !errors.Is(err, metric.ErrOptions) {
		t.Errorf("no logits: error %v", err)
	}
}

func TestRunErrors(t *testing.T) {
	bad := gaussians(20, 20, 20)
	bad.Test.Data[6*7+2] = float32(math.NaN())
	wide := gaussians(20, 20, 20)
	wide.Test = qualitytest.Normal(1, 20, 7, 0)
	for want, c := range map[string]struct {
		in Inputs
		s  Settings
	}{
		"the test set holds NaN in row 7, column 2":                                 {bad, Settings{Metrics: []string{metric.NameKID}}},
		"rows of the real set have 6 features, rows of the test set 7":              {wide, Settings{Metrics: []string{metric.NameKID}}},
		"fld: needs a test set":                                                     {gaussians(20, 20, 0), Settings{Metrics: []string{metric.NameFLD}}},
		"no metric is asked for":                                                    {gaussians(9, 9, 9), Settings{}},
		`metric "fid"`:                                                              {gaussians(9, 9, 9), Settings{Metrics: []string{"fid"}}},
		"64 halves: must be from 0 to 63":                                           {gaussians(9, 9, 9), Settings{Metrics: []string{metric.NameKID}, Halves: 64}},
		"prdc: k = 5 needs at least 6 rows in each set; generated has 4":            {gaussians(9, 4, 9), Settings{Metrics: []string{metric.NameKID, metric.NameRecall}}},
		"kid: torch-fidelity takes subsets of 1000 rows; real has 20, generated 20": {gaussians(20, 20, 9), Settings{Metrics: []string{metric.NameKID}, Convention: Conventions{All: torchFidelity}}},
		"real has 20, generated 1":                                                  {gaussians(20, 1, 9), Settings{Metrics: []string{metric.NameKID}}},
		"the covariance of one row is not defined":                                  {gaussians(20, 1, 9), Settings{Metrics: []string{metric.NameFrechet}}},
	} {
		if _, err := Run(t.Context(), c.in, c.s, metric.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// memory is a journal in memory that can end a run.
type memory struct {
	parts map[string][]byte
	stop  context.CancelFunc
	after int
}

func (m *memory) Get(name string, v any) bool {
	b, found := m.parts[name]
	return found && json.Unmarshal(b, v) == nil
}

func (m *memory) Put(name string, v any) error {
	b, err := json.Marshal(v)
	m.parts[name] = b
	if len(m.parts) == m.after {
		m.stop()
	}
	return err
}

// untimed are the numbers without the times that they took.
func untimed(r *Result) map[string]Number {
	out := maps.Clone(r.Metrics)
	for name, n := range out {
		n.Seconds = 0
		out[name] = n
	}
	return out
}

// A run that was interrupted after any number of parts goes on and gives the same numbers.
func TestRunResumes(t *testing.T) {
	in := gaussians(80, 70, 60)
	s := Settings{Metrics: every(), Halves: 3}
	want := untimed(ran(t, in, s, metric.Options{}))
	for after := 1; ; after += 3 {
		ctx, cancel := context.WithCancel(t.Context())
		m := &memory{map[string][]byte{}, cancel, after}
		s.Journal = m
		_, err := Run(ctx, in, s, metric.Options{})
		if err == nil { // there are fewer parts
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("after %d parts: %v", after, err)
		}
		m.after = -1
		if got := untimed(ran(t, in, s, metric.Options{})); !reflect.DeepEqual(got, want) {
			t.Errorf("resumed after %d parts: %v, want %v", after, got, want)
		}
	}
}

// The convention of a program and single settings reach the metric.
func TestRunSettings(t *testing.T) {
	in := gaussians(60, 50, 60)
	yes := true
	c, err := ParseConventions("fld")
	if err != nil {
		t.Fatal(err)
	}
	var scores []float64
	s := Settings{Metrics: []string{metric.NameKID, metric.NameDensity}, Convention: c, Closed: &yes, K: 6, Realism: func(v []float64) error { scores = v; return nil }}
	r := ran(t, in, s, metric.Options{})
	if got, want := r.Metrics[metric.NameDensity], balls(t, in.Real, in.Generated, nearest.PRDCOptions{K: 6, Self: true, Closed: true}); got.Value != want.Density || got.Convention != "fld: k = 6, the row itself counted, distance ≤ radius" {
		t.Errorf("%+v, want density %g", got, want.Density)
	}
	if n := r.Metrics[metric.NameKID]; n.Parts["subset_sd"] <= 0 || n.Convention != "fld: 100 random subsets of 25 rows, kernel (x·y/d+1)³, unbiased" {
		t.Errorf("%+v", n)
	}
	zero := 0.0
	rank := ran(t, in, Settings{Metrics: []string{metric.NameRankMe}, RankMeEpsilon: &zero, Centred: true}, metric.Options{}).Metrics[metric.NameRankMe]
	if rank.Convention != "p = σ/Σσ + 0, rows centred" || rank.Value < 5 || rank.Value > 6 {
		t.Errorf("%+v", rank)
	}
	if len(scores) != 50 {
		t.Errorf("%d realism scores", len(scores))
	}
	s.Given = Given{KIDReal: [][]int32{{0, 1, 2}}, KIDGenerated: [][]int32{{3, 4, 5}}}
	n := ran(t, in, s, metric.Options{}).Metrics[metric.NameKID]
	qualitytest.Near(t, "kid of given rows", n.Value, qualitytest.KIDByLoops(in.Real.Rows(0, 3), in.Generated.Rows(3, 6)), 1e-9)
	if !strings.HasPrefix(n.Convention, "1 given subsets") {
		t.Error(n.Convention)
	}
}
