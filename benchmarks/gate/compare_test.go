package gate

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/benchmarks/ledger"
	"repbench/internal/measure"
)

// one is the comparison of a suite that has one cell.
func one(t *testing.T, base, head []ledger.Line, r Rule) Cell {
	t.Helper()
	c, err := Compare(base, head, r)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Cells) != 1 {
		t.Fatalf("%d cells", len(c.Cells))
	}
	if _, err := json.Marshal(c); err != nil {
		t.Errorf("as JSON: %v", err)
	}
	return c.Cells[0]
}

// bits says of n images whether their class was found: yes for the first right images, no for the others, and the
// opposite for the images in change.
func bits(n, right int, change ...int) []bool {
	out := make([]bool, n)
	for i := range right {
		out[i] = true
	}
	for _, i := range change {
		out[i] = !out[i]
	}
	return out
}

// upward are the numbers from a up to b.
func upward(a, b int) (out []int) {
	for i := a; i < b; i++ {
		out = append(out, i)
	}
	return out
}

// A cell is identical if its seeds have the same weights and predictions as in the base; one seed is enough. A
// difference in any of the parts below makes it seeded.
func TestIdentical(t *testing.T) {
	base := lines("e", 70, 71, 72, 73, 74, 75)
	if c := one(t, base, base[:1], Default()); c.Kind != Identical || c.Verdict != Pass || c.P != 1 || c.More != 0 {
		t.Errorf("the same seed: %+v", c)
	}
	fixed := []ledger.Line{fixedLine("e", bits(100, 70))}
	if c := one(t, fixed, fixed, Default()); c.Kind != Identical || c.Verdict != Pass {
		t.Errorf("the same fixed cell: %+v", c)
	}
	for name, change := range map[string]func(*ledger.Line){
		"weights":    func(l *ledger.Line) { l.WeightsHash = "other" },
		"value":      func(l *ledger.Line) { l.Measurements = accuracy(70.01) },
		"options":    func(l *ledger.Line) { l.Options = json.RawMessage(`{"steps":1}`) },
		"evaluation": func(l *ledger.Line) { l.EvaluationSeed = 9 },
		"bits":       func(l *ledger.Line) { l.Correct = &ledger.Bits{true} },
		"seed":       func(l *ledger.Line) { l.Seed = new(uint64(77)) },
	} {
		head := slices.Clone(base[:1])
		change(&head[0])
		if c := one(t, base, head, Default()); c.Kind != Seeded || c.Verdict != Open || c.More != 4 || c.Target != 5 {
			t.Errorf("%s differ: %+v", name, c)
		}
	}
}

// Options that another program wrote again are the same recipe: its numbers, escapes, order and space may differ.
func TestOptionsWrittenAgain(t *testing.T) {
	with := func(options string) []ledger.Line {
		out := lines("e", 70, 71, 72, 73, 74)
		for i := range out {
			out[i].Options = json.RawMessage(options)
		}
		return out
	}
	base := with(`{"encoder":{"rate":0.000001,"name":"\u003cü"},"protocol":{"C":[0.000001,1],"rows":{"a":1e21}}}`)
	again := with(`{"protocol": {"rows": {"a": 1000000000000000000000.0}, "C": [1e-06, 1.0]}, "encoder": {"name": "<\u00fc", "rate": 1e-6}}`)
	if c := one(t, base, again, Default()); c.Kind != Identical || len(c.Differences) > 0 {
		t.Errorf("%s: %q", c.Kind, c.Differences)
	}
	changed := with(`{"encoder":{"rate":0.000002,"name":"\u003cü"},"protocol":{"C":[1e-06,1],"rows":{"a":1e21}}}`)
	if c := one(t, base, changed, Default()); c.Kind != Seeded || !slices.Equal(c.Differences, []string{"encoder.rate: 0.000001 → 0.000002"}) {
		t.Errorf("%s: %q", c.Kind, c.Differences)
	}
}

// Cells without randomness: McNemar, the tolerance, the margin.
func TestFixed(t *testing.T) {
	const n = 10000
	base := []ledger.Line{fixedLine("e", bits(n, 7000))}
	for _, tt := range []struct {
		name      string
		lost, won int
		want      Verdict
		says      string
	}{
		{"one image", 1, 0, Pass, "within the tolerance"},
		{"ten images, certain, within the tolerance", 10, 0, Pass, "within the tolerance"},
		{"eleven images, certain", 11, 0, Regressed, "p = 0.00024, the level is 0.017"},
		{"a small drop among many changes", 520, 500, Pass, "below the margin of 1 points"},
		{"a drop that other images may not have", 820, 740, Open, "More seeds cannot help"},
		{"a point", 250, 150, Regressed, "lost: 250, won: 150"},
		{"better", 150, 250, Pass, "1.00 points better"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changed := append(upward(0, tt.lost), upward(7000, 7000+tt.won)...)
			c := one(t, base, []ledger.Line{fixedLine("e", bits(n, 7000, changed...))}, Default())
			if c.Kind != Fixed || c.Verdict != tt.want || !strings.Contains(c.Reason, tt.says) || c.More != 0 {
				t.Errorf("%s: %s", c.Verdict, c.Reason)
			}
			if len(c.Discordant.Lost) != tt.lost || len(c.Discordant.Won) != tt.won || tt.won > 0 && c.Discordant.Won[0] != 7000 {
				t.Errorf("%d lost, %d won", len(c.Discordant.Lost), len(c.Discordant.Won))
			}
			if d := float64(tt.lost-tt.won) / 100; !near(c.Drop, d) || !(*c.Lower <= d && d <= *c.Upper) {
				t.Errorf("drop %g in [%g, %g], want %g", c.Drop, *c.Lower, *c.Upper, d)
			}
		})
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// Without predictions the exact drop decides, by the tolerance.
func TestFixedWithoutPredictions(t *testing.T) {
	r := Default()
	r.Of = map[string]Threshold{"linear": {Metric: "fid", Margin: 5, Tolerance: 0.5}}
	of := func(v float64) []ledger.Line {
		l := fixedLine("e", bits(10, 5))
		l.Measurements = append(l.Measurements, measure.Measurement{Name: "fid", Value: v, Better: measure.Lower})
		return []ledger.Line{l}
	}
	for v, want := range map[float64]Verdict{20: Pass, 30: Pass, 30.5: Pass, 30.6: Regressed} {
		c := one(t, of(30), of(v), r)
		if c.Verdict != want || !near(c.Drop, v-30) || c.Unit != "" || c.Metric != "fid" {
			t.Errorf("%g: %s: %s", v, c.Verdict, c.Reason)
		}
	}
}

// Where lower values are better, a higher one is the drop.
func TestDirection(t *testing.T) {
	r := Default()
	r.Metric, r.Margin = "fid", 3
	of := func(add float64) (out []ledger.Line) {
		for _, l := range lines("e", 70, 71, 72, 70, 71, 72, 71, 70) {
			l.Measurements[0] = measure.Measurement{Name: "fid", Value: l.Measurements[0].Value*100 + add, Better: measure.Lower}
			l.WeightsHash += "x"
			out = append(out, l)
		}
		return out
	}
	worse, better := of(4), of(-4)
	for i := range worse { // not pairs that differ by a constant
		worse[i].Measurements[0].Value += float64(i%3) / 2
		better[i].Measurements[0].Value += float64(i%3) / 2
	}
	if c := one(t, of(0), worse, r); c.Verdict != Regressed || c.Drop < 4 {
		t.Errorf("higher: %+v", c)
	}
	if c := one(t, of(0), better, r); c.Verdict != Pass || c.Drop > -3 {
		t.Errorf("lower: %+v", c)
	}
}

// A small drop that is certain is a regression unless it is tolerated.
func TestTolerance(t *testing.T) {
	base := lines("e", 70, 71, 72, 73, 74, 75)
	head := lines("e", 69.8, 70.79, 71.8, 72.81, 73.8)
	if c := one(t, base, head, Default()); c.Verdict != Regressed {
		t.Errorf("drop of 0.2: %s", c.Reason)
	}
	r := Default()
	r.Tolerance = 0.25
	if c := one(t, base, head, r); c.Verdict != Pass {
		t.Errorf("drop of 0.2 with a tolerance of 0.25: %s", c.Reason)
	}
	for i := range head { // one image of 10,000 in each pair
		head[i].Measurements = accuracy(100*base[i].Measurements[0].Value - 0.01)
	}
	if c := one(t, base, head, Default()); c.Verdict != Pass || c.P > 1e-6 {
		t.Errorf("one image in each pair: p %g, %s", c.P, c.Reason)
	}
}

// Trainings without a finite result are a failure of their own.
func TestCollapsed(t *testing.T) {
	base := lines("e", 70, 71, 72, 73, 74, 75, 70, 71, 72, 73, 74, 75)
	head := lines("e", 70.1, 70.9, 72.1, 72.9, 74.1)
	collapse := func(of []ledger.Line, seeds ...uint64) []ledger.Line {
		out := slices.Clone(of)
		for i := range out {
			if slices.Contains(seeds, *out[i].Seed) {
				out[i].Diverged, out[i].Measurements = "the loss is NaN", nil
			}
		}
		return out
	}
	c := one(t, base, collapse(head, 2), Default())
	if c.Verdict != Regressed || !strings.Contains(c.Reason, "1 training collapsed in the head (seeds 2), 0 of 12") || c.Head.count() != 5 || c.Look != 5 {
		t.Errorf("one training: %s %s", c.Verdict, c.Reason)
	}
	if c := one(t, collapse(base, 12), collapse(head, 2), Default()); c.Verdict != Pass || len(c.Warnings) != 1 {
		t.Errorf("one on both sides: %s %s, warnings %q", c.Verdict, c.Reason, c.Warnings)
	}
	long := lines("e", slices.Repeat([]float64{70, 71, 72, 73, 74}, 4)...)
	if c := one(t, collapse(long, 12), collapse(head, 1, 2, 3, 4), Default()); c.Verdict != Regressed || !strings.Contains(c.Reason, "4 trainings collapsed") {
		t.Errorf("most of the head: %s %s", c.Verdict, c.Reason)
	}
	if c := one(t, base, collapse(head, 1, 2, 3, 4, 5), Default()); c.Verdict != Regressed {
		t.Errorf("all of the head: %s %s", c.Verdict, c.Reason)
	}
	if c := one(t, collapse(base, 3), collapse(base, 3)[:5], Default()); c.Kind != Identical {
		t.Errorf("the same collapse: %s %s", c.Verdict, c.Reason)
	}
	head[1].Measurements = accuracy(math.NaN())
	if c := one(t, base, head, Default()); c.Verdict != Regressed || len(c.Head.Collapsed) != 1 {
		t.Errorf("a value that is no number: %s %s", c.Verdict, c.Reason)
	}
}

// What cannot be compared is an error of its cell and of the whole.
func TestErrorsOfCells(t *testing.T) {
	base := append(lines("a", 70, 71, 72, 73, 74), lines("b", 70, 71, 72, 73, 74)...)
	for _, tt := range []struct {
		says   string
		change func(head []ledger.Line) []ledger.Line
	}{
		{"did not run", func(h []ledger.Line) []ledger.Line { return h[:5] }},
		{"the data differ: the hash is d in the base and e in test: b", func(h []ledger.Line) []ledger.Line { h[7].DataHash = "e"; return h }},
		{"has no measurement test_accuracy; it has fid", func(h []ledger.Line) []ledger.Line {
			h[6].Measurements = []measure.Measurement{{Name: "fid", Value: 1, Better: measure.Lower}}
			return h
		}},
		{"one side has seeds and the other none", func(h []ledger.Line) []ledger.Line { h[5].Seed = nil; return h[:6] }},
		{"some lines of the cell have a seed and others none", func(h []ledger.Line) []ledger.Line { h[5].Seed = nil; return h }},
		{`better is "lower" for test_accuracy in test: b / shapes / linear, seed 1 of the head`, func(h []ledger.Line) []ledger.Line {
			h[5].Measurements = []measure.Measurement{{Name: "test_accuracy", Value: 1, Better: measure.Lower}}
			return h
		}},
	} {
		c, err := Compare(base, tt.change(append(slices.Clone(base[:5]), lines("b", 70, 71, 72, 73, 74)...)), Default())
		if err != nil {
			t.Fatal(err)
		}
		if c.Cells[0].Verdict != Pass || c.Cells[1].Verdict != Failed || !strings.Contains(c.Cells[1].Reason, tt.says) {
			t.Errorf("%q: %s, %s: %s", tt.says, c.Cells[0].Reason, c.Cells[1].Verdict, c.Cells[1].Reason)
		}
		if c.Verdict != Failed || c.ExitCode() != ExitFailed {
			t.Errorf("%q: the suite is %s", tt.says, c.Verdict)
		}
	}
}

// Lines that are no two sides of one suite are no comparison.
func TestErrors(t *testing.T) {
	base := lines("a", 70, 71)
	other := lines("a", 70)
	other[0].Suite = "second"
	rule := func(change func(*Rule)) Rule { r := Default(); change(&r); return r }
	for _, tt := range []struct {
		says       string
		base, head []ledger.Line
		r          Rule
	}{
		{"the base has no lines", nil, base, Default()},
		{"the head has no lines", base, nil, Default()},
		{`of the suites "test" and "second"`, base, other, Default()},
		{"the head has two lines of test: a / shapes / linear, seed 1", base, append(lines("a", 1), lines("a", 2)...), Default()},
		{"alpha is 0", base, base, rule(func(r *Rule) { r.Alpha = 0 })},
		{"looks is [5 5]", base, base, rule(func(r *Rule) { r.Looks = []int{5, 5} })},
		{"looks has 0", base, base, rule(func(r *Rule) { r.Looks = nil })},
		{"margin is NaN; it must be", base, base, rule(func(r *Rule) { r.Margin = math.NaN() })},
		{"tolerance is 1 and margin is 1; the tolerance must not", base, base, rule(func(r *Rule) { r.Tolerance = 1 })},
		{"alpha is 2; it must lie between 0 and 0.5, 0.05 is usual; base_seeds is -1", base, base, rule(func(r *Rule) { r.Alpha, r.BaseSeeds = 2, -1 })},
		{"metric is missing", base, base, rule(func(r *Rule) { r.Metric = "" })},
		{"base_seeds is -1", base, base, rule(func(r *Rule) { r.BaseSeeds = -1 })},
		{`inconclusive is "x"`, base, base, rule(func(r *Rule) { r.Inconclusive = "x" })},
		{"of.knn: margin", base, base, rule(func(r *Rule) { r.Of = map[string]Threshold{"knn": {Metric: "x"}} })},
	} {
		if c, err := Compare(tt.base, tt.head, tt.r); err == nil || c != nil || !strings.Contains(err.Error(), tt.says) || !errors.Is(err, ErrInput) && !errors.Is(err, ErrRule) {
			t.Errorf("error %v, want %q", err, tt.says)
		}
	}
}

// What differs is named; what only the head has, and what has no such measurement, is not judged.
func TestDifferences(t *testing.T) {
	base, head := lines("a", 70, 71, 72, 73, 74), lines("a", 70, 71, 72, 73, 74)
	for i := range head {
		base[i].Options = json.RawMessage(`{"encoder":{"steps":600,"arch":"svhn32"},"protocol":{"C":[1,2]}}`)
		head[i].Options = json.RawMessage(`{"protocol":{"C":[1, 2],"k":3},"encoder":{"arch":"svhn32","steps":800}}`)
		head[i].EvaluationSeed, head[i].Fingerprint.SIMD, head[i].Machine.Class = 4, "avx2", "n"
		head[i].Fingerprint.Commit, base[i].Fingerprint.Commit = "h", "abcd"[i%4:]
	}
	ungated := lines("q", 1)
	ungated[0].Measurements = []measure.Measurement{{Name: "fid", Value: 1, Better: measure.Lower}}
	c, err := Compare(append(base, ungated...), slices.Concat(head, lines("new", 3), ungated), Default())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"encoder.steps: 600 → 800", "protocol.k: absent → 3", "seed of the evaluation: 0 → 4"}
	if !slices.Equal(c.Cells[0].Differences, want) {
		t.Errorf("%q", c.Cells[0].Differences)
	}
	if len(c.New) != 1 || c.New[0].Encoder != "new" || c.Cells[1].Verdict != Ungated || !strings.Contains(c.Cells[1].Reason, "[gate.of.linear]: fid") || c.Verdict != Pass {
		t.Errorf("new %v, ungated %+v, %s", c.New, c.Cells[1], c.Verdict)
	}
	all := strings.Join(c.Warnings, "\n")
	for _, w := range []string{"base's lines come from 5 commits", "the machines differ: m in the base, m, n in the head", "the vector instructions differ: avx512 in the base"} {
		if !strings.Contains(all, w) {
			t.Errorf("no warning of %q in\n%s", w, all)
		}
	}
	if !slices.ContainsFunc(c.Warnings, func(w string) bool { return strings.Contains(w, "the base has 5 seeds; the rule asks for 20") }) {
		t.Errorf("warnings %q", c.Warnings)
	}
}

// Times are compared between equal machines only.
func TestTimes(t *testing.T) {
	r := Default()
	r.Metric, r.Margin = "seconds", 10
	base, head := lines("a", 70, 71, 72, 73, 74), lines("a", 70, 71, 72, 73, 74)
	for i := range base {
		base[i].Seconds, head[i].Seconds = float64(100+i), float64(140+i*2)
	}
	if c := one(t, base, head, r); c.Verdict != Regressed || c.Unit != "" {
		t.Errorf("equal machines: %s %s", c.Verdict, c.Reason)
	}
	for i := range head {
		head[i].Machine.CPU = "other"
	}
	if c := one(t, base, head, r); c.Verdict != Failed || !strings.Contains(c.Reason, "equal machines only") {
		t.Errorf("other machines: %s %s", c.Verdict, c.Reason)
	}
}

// The next look is the one that has enough seeds; looks cannot be added.
func TestMore(t *testing.T) {
	base := lines("a", 70, 71.4, 72, 70.9, 73, 71.5, 70.2, 72.5)
	head := lines("a", 71.2, 70.1, 71.3, 72.6, 70.4)
	c := one(t, base, head, Default())
	if c.Verdict != Open || c.Look != 5 || c.Target != 12 || c.More != 7 || c.Advised <= 8 || !strings.Contains(c.Reason, "7 more seeds to the last look at 12, though about ") {
		t.Errorf("%+v", c)
	}
	r := Default()
	r.Looks = []int{3, 5}
	if c := one(t, base, head, r); c.Verdict != Open || c.More != 0 || c.Target != 0 || !strings.Contains(c.Reason, "no look is left after 5 seeds") {
		t.Errorf("%+v", c)
	}
	for _, tt := range []struct{ now, advised, want int }{{0, 3, 5}, {5, 6, 8}, {5, 9, 12}, {5, 99, 12}, {8, 3, 12}, {12, 99, 0}} {
		if got := target([]int{5, 8, 12}, tt.now, tt.advised); got != tt.want {
			t.Errorf("after %d with %d advised: %d, want %d", tt.now, tt.advised, got, tt.want)
		}
	}
}

// The expected numbers of seeds were computed with SciPy, for all seeds (first line) and for pairs:
//
//	next(k for k in range(2, 400) if (t.ppf(1-a, kb+k-2) + t.ppf(.9, kb+k-2)) * s * sqrt(1/kb + 1/k) <= 1)
//	next(k for k in range(2, 400) if (t.ppf(1-a, k-1) + t.ppf(.9, k-1)) * s / sqrt(k) <= 1)
func TestAdvise(t *testing.T) {
	for _, tt := range []struct {
		s     float64
		kb    int
		alpha float64
		want  int
	}{{0.5, 10, 0.025, 5}, {0.6, 10, 0.025, 8}, {0.7, 10, 0.025, 14}, {0.5, 20, 0.05 / 3, 4}, {0.8, 20, 0.05 / 3, 14}, {1, 20, 0.05 / 3, 32}, {1, 40, 0.05 / 3, 18}} {
		e := drop{se: tt.s * math.Sqrt(1/float64(tt.kb)+1./5), df: 20}
		if k := advise(tt.kb, 5, []drop{e}, tt.alpha, 1); k != tt.want {
			t.Errorf("%+v: advised %d", tt, k)
		}
	}
	hopeless := drop{se: 1000, df: 3}
	for _, tt := range []struct {
		s, alpha float64
		want     int
	}{{0.1, 0.025, 3}, {0.5, 0.025, 5}, {0.09, 0.05 / 3, 3}, {1, 0.05 / 3, 14}} {
		pairs := drop{se: tt.s / math.Sqrt(5), df: 4, pairs: true}
		if k := advise(2, 5, []drop{hopeless, pairs}, tt.alpha, 1); k != tt.want {
			t.Errorf("pairs %+v: advised %d", tt, k)
		}
	}
	if k := advise(2, 3, []drop{hopeless}, 0.025, 1); k != adviceMost {
		t.Errorf("without hope advised %d", k)
	}
}

// That the base has few seeds is said once, not in every cell.
func TestFewSeedsOnce(t *testing.T) {
	of := func(seeds ...int) *trial {
		t := &trial{Cell: &Cell{Kind: Seeded}}
		for i := range seeds[0] {
			t.base.Values = append(t.base.Values, float64(i))
		}
		return t
	}
	r := Default()
	for _, tt := range []struct {
		name   string
		trials []*trial
		want   string
	}{
		{"equal", []*trial{of(5), of(5)}, "the base has 5 seeds; the rule asks for 20, and with fewer more drops stay open"},
		{"different", []*trial{of(5), of(8), of(20)}, "the base has 5 to 8 seeds in 2 of 3 cells; the rule asks for 20, and with fewer more drops stay open"},
		{"enough", []*trial{of(20)}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(fewSeeds(tt.trials, r), "|"); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
