package fld

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/eval/quality/internal/qualitytest"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/dense"
	"repbench/internal/npy"
	"repbench/internal/testenv"
)

// fldBar is the bar of golden/gan_metrics2: the fit is of 50 steps of Adam.
const fldBar = 1e-3

func TestFLDGolden(t *testing.T) {
	g := qualitytest.Expected(t)
	for _, set := range []string{"synth16", "real48"} {
		_, order, err := npy.Read[int32](testenv.Path(t, "golden", "gan_metrics2", set+"_fld_permutation.npy"))
		if err != nil {
			t.Fatal(err)
		}
		v, err := FLD(t.Context(), qualitytest.GoldenView(t, set+"_train"), qualitytest.GoldenView(t, set+"_test"), qualitytest.GoldenView(t, set+"_gen"), Options{Permutation: order}, metric.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for key, got := range map[string]float64{
			"fld_test": v.Value, "fld_train": v.Train, "gap": v.Gap, "nll_test": v.NLLTest, "nll_train": v.NLLTrain, "nll_base": v.NLLBase,
		} {
			qualitytest.Near(t, set+" "+key, got, g.At(t, set, "fld", key), fldBar)
		}
		for key, got := range map[string]int{"steps": v.Steps, "steps_base": v.BaselineSteps, "baseline_rows": v.BaselineRows} {
			if want := int(g.At(t, set, "fld", key)); got != want {
				t.Errorf("%s: %s is %d, want %d", set, key, got, want)
			}
		}
		for i, want := range qualitytest.GoldenFloats(t, set+"_fld_memorisation_score") {
			qualitytest.Near(t, set+" score", v.Scores[i], want, fldBar)
		}
	}
}

// TestFLDConstant: golden synth64 has a constant column.
func TestFLDConstant(t *testing.T) {
	_, err := FLD(t.Context(), qualitytest.GoldenView(t, "synth64_train"), qualitytest.GoldenView(t, "synth64_test"), qualitytest.GoldenView(t, "synth64_gen"), Options{}, metric.Options{})
	if err == nil || !strings.Contains(err.Error(), "fld: column 7 of the test set is constant (3.25)") {
		t.Errorf("got %v", err)
	}
}

// fldSets are training, test and generated rows of one Gaussian.
func fldSets(n int) (train, test, gen matrix.View) {
	return qualitytest.Gaussian(1, 2*n, 6, 1, qualitytest.One), qualitytest.Gaussian(2, n, 6, 1, qualitytest.One), qualitytest.Gaussian(3, n, 6, 1, qualitytest.One)
}

func mustFLD(t *testing.T, train, test, gen matrix.View, o metric.Options) Value {
	t.Helper()
	v, err := FLD(t.Context(), train, test, gen, Options{}, o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestFLDDirection: a sample of the same distribution is near 0; one that is moved, and one
// that lacks half of the distribution, are worse; copies of the training rows have a gap far
// below 0, and their scores are the largest.
func TestFLDDirection(t *testing.T) {
	kinds := func(seed uint64, n int) matrix.View { // two, at −3 and 3
		x := qualitytest.Gaussian(seed, n, 6, 0, qualitytest.One)
		for i := range x.Data {
			x.Data[i] += float32(6*(i/6%2) - 3)
		}
		return x
	}
	train, test, gen := kinds(1, 600), kinds(2, 300), kinds(3, 300)
	same := mustFLD(t, train, test, gen, metric.Options{Seed: 1})
	moved := mustFLD(t, train, test, qualitytest.Changed(gen, func(v float32) float32 { return v + 1 }), metric.Options{Seed: 1})
	var odd []int32
	for i := int32(1); i < 300; i += 2 {
		odd = append(odd, i)
	}
	lacking := mustFLD(t, train, test, gen.Subset(odd), metric.Options{Seed: 1})
	if math.Abs(same.Value) > 5 || moved.Value < same.Value+5 || lacking.Value < same.Value+5 {
		t.Errorf("same %v, moved %v, lacking %v", same.Value, moved.Value, lacking.Value)
	}
	copies := kinds(3, 300)
	copy(copies.Data, train.Data[:30*6])
	v := mustFLD(t, train, test, copies, metric.Options{Seed: 1})
	if v.Gap > same.Gap-3 {
		t.Errorf("gap with copies %v, without %v", v.Gap, same.Gap)
	}
	if least, most := slices.Min(v.Scores[:30]), slices.Max(v.Scores[30:]); least <= most {
		t.Errorf("scores of copies from %v, of others up to %v", least, most)
	}
}

// TestFLDCopies: a copy of the training set, whose value is absurd, and single copies are named by
// a warning, as are duplicates among the training rows; rows moved by more than rounding are none.
func TestFLDCopies(t *testing.T) {
	train, test, gen := fldSets(40)
	single := qualitytest.Changed(gen, func(v float32) float32 { return v })
	copy(single.Data, train.Data[:2*6])
	twice := qualitytest.Changed(train, func(v float32) float32 { return v })
	copy(twice.Data[40*6:], train.Data[:40*6])
	for _, c := range []struct {
		name       string
		train, gen matrix.View
		want       string // "": no warning
	}{
		{"no copies", train, gen, ""},
		{"all", train, train, "the generated rows contain copies of real rows (80 of 80): the likelihood is unbounded there"},
		{"two", train, single, "the generated rows contain copies of real rows (2 of 40): the likelihood is unbounded there"},
		{"near copies", train, qualitytest.Changed(train, func(v float32) float32 { return v + 1e-3 }), ""},
		{"rounded copies", train, qualitytest.Changed(train, func(v float32) float32 { return v * (1 + 1e-7) }), "the generated rows contain copies of real rows (80 of 80)"},
		{"duplicates", twice, gen, "the real rows contain duplicates: "},
	} {
		v := mustFLD(t, c.train, test, c.gen, metric.Options{Seed: 1})
		warned := strings.Join(v.Warnings, "\n")
		if c.want == "" && warned != "" || !strings.Contains(warned, c.want) {
			t.Errorf("%s: value %g, gap %g: warnings %q, want %q", c.name, v.Value, v.Gap, warned, c.want)
		}
		if c.name == "all" && v.Value < 1e9 {
			t.Errorf("a copy of the training set has the value %g; is there something to warn of?", v.Value)
		}
	}
}

// TestFLDLaws: the order of rows and the units of columns play no part, and any number of
// threads gives the same bits.
func TestFLDLaws(t *testing.T) {
	train, test, gen := fldSets(150)
	order := qualitytest.Identity(train.N)
	slices.Reverse(order)
	v, err := FLD(t.Context(), train, test, gen, Options{Permutation: order}, metric.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	again, err := FLD(t.Context(), train, test, gen, Options{Permutation: order}, metric.Options{Threads: 3})
	if err != nil || again.Value != v.Value || again.Gap != v.Gap {
		t.Errorf("3 threads: %v, %v; one: %v, %v (%v)", again.Value, again.Gap, v.Value, v.Gap, err)
	}
	double := func(v float32) float32 { return 4 * v }
	scaled, err := FLD(t.Context(), qualitytest.Changed(train, double), qualitytest.Changed(test, double), qualitytest.Changed(gen, double), Options{Permutation: order}, metric.Options{})
	if err != nil {
		t.Fatal(err)
	}
	moved, err := FLD(t.Context(), train, qualitytest.Shuffled(test), qualitytest.Shuffled(gen), Options{Permutation: order}, metric.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, w := range map[string]Value{"scaled": scaled, "order": moved} {
		if math.Abs(w.Value-v.Value) > 1e-3 || math.Abs(w.Gap-v.Gap) > 1e-3 {
			t.Errorf("%s: %v, %v, want %v, %v", name, w.Value, w.Gap, v.Value, v.Gap)
		}
	}
}

// TestFLDDistances: distances of copies are exact where the product of norms would round.
func TestFLDDistances(t *testing.T) {
	x := scaledRows{x: qualitytest.Gaussian(1, 300, 5, 1000, qualitytest.One), mean: make([]float64, 5), scale: []float64{1, 1, 1, 2, 1}}
	rows, mu := x.all(1), x.subset(qualitytest.Identity(40)).all(2)
	mu.Set(3, 1, mu.At(3, 1)+1e-6)
	eachDistances(x, mu, 2, func(lo int, _, c *dense.Matrix) {
		for i := range c.Rows {
			for k, got := range c.Row(i) {
				if want := squaredDistance(rows.Row(lo+i), mu.Row(k)); math.Abs(got-want) > 1e-9*want {
					t.Fatalf("rows %d and %d: %v, want %v", lo+i, k, got, want)
				}
			}
		}
	})
}

func TestFLDErrors(t *testing.T) {
	train, test, gen := fldSets(20)
	bad := qualitytest.Changed(gen, func(v float32) float32 { return v })
	bad.Data[6*4+2] = float32(math.NaN())
	for _, c := range []struct {
		name, text       string
		kind             error
		train, test, gen matrix.View
		f                Options
		o                metric.Options
	}{
		{"one test row", "at least 2 real and 2 test rows; there are 40 and 1", metric.ErrRows, train, test.Rows(0, 1), gen, Options{}, metric.Options{}},
		{"widths", "rows of the test set have 5 features, rows of the real set 6", matrix.ErrShape, train, test.Cols(0, 5), gen, Options{}, metric.Options{}},
		{"NaN", "the generated set holds NaN in row 4, column 2", matrix.ErrNotFinite, train, test, bad, Options{}, metric.Options{}},
		{"short", "the permutation has 3 rows, the real set 40", metric.ErrOptions, train, test, gen, Options{Permutation: []int32{0, 1, 2}}, metric.Options{}},
		{"twice", "the permutation names row 0 of 40 twice", metric.ErrOptions, train, test, gen, Options{Permutation: make([]int32, 40)}, metric.Options{}},
		{"memory", "for the distances of 40 real and 20 generated rows", metric.ErrOptions, train, test, gen, Options{}, metric.Options{MaxMemory: 5000}},
	} {
		if _, err := FLD(t.Context(), c.train, c.test, c.gen, c.f, c.o); err == nil || !strings.Contains(err.Error(), c.text) || !errors.Is(err, c.kind) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.text)
		}
	}
}

// TestFLDBatches: more rows than a batch come near the fit of one batch, and are the same for a
// seed; of too many generated rows some are drawn.
func TestFLDBatches(t *testing.T) {
	train, test, gen := fldSets(100)
	one := mustFLD(t, train, test, gen, metric.Options{Seed: 1})
	var first Value
	for i := range 2 {
		v, err := FLD(t.Context(), train, test, gen, Options{batch: 60, most: 80}, metric.Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = v
		}
		if math.Abs(v.NLLTest-one.NLLTest) > 0.05*one.NLLTest || v.Value != first.Value {
			t.Errorf("in batches %v, before %v, in one %v", v.NLLTest, first.NLLTest, one.NLLTest)
		}
		if len(v.Scores) != 80 || !slices.Equal(v.Warnings, []string{"80 of 100 generated rows, drawn at random, are used"}) {
			t.Errorf("%d rows used, %q", len(v.Scores), v.Warnings)
		}
	}
}
