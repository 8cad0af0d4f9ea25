package memorisation

import (
	"encoding/json"
	"errors"
	"math"
	"path/filepath"
	"testing"

	"repbench/datasets"
	"repbench/eval/memorisation/internal/oracle"
	"repbench/eval/memorisation/plant"
	"repbench/eval/memorisation/pvalues"
	"repbench/eval/memorisation/ranks"
	"repbench/eval/memorisation/search"
	"repbench/internal/simd"
	"repbench/internal/testenv"
)

// rootTolerance is the tolerance of golden/memorisation_controls for correlation: a copy has c = 1 up to
// rounding, which the root of 2-2c magnifies.
const rootTolerance = 1e-6

// goldenRun is golden/memorisation_controls, or every tenth image of it on portable kernels.
type goldenRun struct {
	dir   string
	every int
	in    Inputs
}

func readGoldenRun(t *testing.T) goldenRun {
	c := goldenRun{dir: testenv.Path(t, "golden", "memorisation_controls"), every: 1}
	if simd.Level() == simd.Portable {
		c.every = 10
	}
	images := func(dir, name string, most, every int) Set {
		shape, px := read[uint8](t, filepath.Join(dir, name+".npy"))
		im := datasets.Images{Data: px, N: shape[0], H: shape[1], W: shape[2], C: shape[3]}
		return Set{Name: name, Images: search.Part{Images: im}.Take(c.rows(min(most, im.N), every)).Images}
	}
	c.in = Inputs{
		Train:     images(testenv.Path(t, "golden", "nn_search"), "train_u8", 1990, 1),
		Generated: images(c.dir, "planted_u8", math.MaxInt, c.every),
		HeldOut:   images(c.dir, "null_u8", math.MaxInt, c.every),
		Negative:  images(c.dir, "negative_u8", math.MaxInt, c.every),
	}
	return c
}

// rows are every so manyth of n.
func (c goldenRun) rows(n, every int) []int32 {
	var rows []int32
	for i := 0; i < n; i += every {
		rows = append(rows, int32(i))
	}
	return rows
}

// scores reads the golden scores of the images in use.
func (c goldenRun) scores(t *testing.T, name string, every int) []float64 {
	_, all := read[float64](t, filepath.Join(c.dir, name+".npy"))
	var out []float64
	for _, i := range c.rows(len(all), every) {
		out = append(out, all[i])
	}
	return out
}

// TestRunGolden: the default detector, end to end, on the copies of golden/memorisation_controls:
// scores, p-values, sources, detection and AUC of each kind.
func TestRunGolden(t *testing.T) {
	if testing.Short() {
		t.Skip("searches 880 images among 1,990 by 50 windows each")
	}
	c := readGoldenRun(t)
	keep, err := search.NewKeeper("", false)
	if err != nil {
		t.Fatal(err)
	}
	r, err := newRun(t.Context(), c.in, Options{Seed: 1}, keep)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.first.search(t.Context()); err != nil {
		t.Fatal(err)
	}
	d, most := r.first, 0.0
	for _, s := range []struct {
		part string
		got  []float64
		want []float64
	}{
		{"planted", d.generatedScores.Values, c.scores(t, "correlation_ratio_1_2_planted", c.every)},
		{"null", d.nullScores.Values, c.scores(t, "correlation_ratio_1_2_null", c.every)},
		{"negative", d.negativeScores.Values, c.scores(t, "correlation_ratio_1_2_negative", c.every)},
	} {
		for i, v := range s.got {
			most = max(most, math.Abs(v-s.want[i]))
			if !(math.Abs(v-s.want[i]) <= rootTolerance) {
				t.Errorf("%s: the score of image %d is %.9g, want %.9g", s.part, i, v, s.want[i])
			}
		}
	}
	t.Logf("scores differ by at most %.2g", most)
	_, nearest := read[int32](t, filepath.Join(c.dir, "correlation_nearest_planted.npy"))
	for i := range d.nearGenerated.Len() {
		if got := d.nearGenerated.Of(i)[0].Row; got != nearest[i*c.every] {
			t.Errorf("the nearest training image of planted %d is %d, want %d", i, got, nearest[i*c.every])
		}
	}
	if c.every == 1 {
		c.compareKinds(t, r)
	}
}

// compareKinds compares what is flagged, found and seen of each kind with expected.json.
func (c goldenRun) compareKinds(t *testing.T, r *run) {
	var expected struct {
		Detectors map[string]json.RawMessage
		AUC       map[string]map[string]float64 `json:"auc_copies_vs_negative"`
	}
	readJSON(t, &expected, filepath.Join(c.dir, "expected.json"))
	var want struct {
		Planted1  []int `json:"flagged_planted_per_kind_at_0.01"`
		Planted5  []int `json:"flagged_planted_per_kind_at_0.05"`
		Negative1 int   `json:"flagged_negative_at_0.01"`
		Negative5 int   `json:"flagged_negative_at_0.05"`
	}
	var sources []int
	if err := errors.Join(json.Unmarshal(expected.Detectors["correlation_ratio_1_2"], &want),
		json.Unmarshal(expected.Detectors["correlation_source_found_per_kind"], &sources)); err != nil {
		t.Fatal(err)
	}
	d := r.first
	p, negative := d.pValues(d.generatedScores), d.pValues(d.negativeScores)
	if a, b := pvalues.Flagged(negative, 0.01), pvalues.Flagged(negative, 0.05); a != want.Negative1 || b != want.Negative5 {
		t.Errorf("negative controls: %d and %d flagged, want %d and %d", a, b, want.Negative1, want.Negative5)
	}
	shape, source := read[int32](t, filepath.Join(c.dir, "planted_source_row.npy"))
	for k, kind := range plant.CopyKinds() {
		lo, hi := k*shape[1], (k+1)*shape[1]
		a, b := pvalues.Flagged(p[lo:hi], 0.01), pvalues.Flagged(p[lo:hi], 0.05)
		if a != want.Planted1[k] || b != want.Planted5[k] || a < 38 {
			t.Errorf("%s: %d and %d of 40 flagged, want %d and %d, at least 38", kind, a, b, want.Planted1[k], want.Planted5[k])
		}
		auc := ranks.AUC(d.generatedScores.Values[lo:hi], d.negativeScores.Values)
		if oracle.Within(t, "AUC of "+string(kind), auc, expected.AUC["correlation_ratio_1_2"][string(kind)], oracle.Exact); auc < 0.99 {
			t.Errorf("AUC of %s is %g, below 0.99", kind, auc)
		}
		found := 0
		for i := lo; i < hi; i++ {
			if d.nearGenerated.Of(i)[0].Row == source[i] {
				found++
			}
		}
		if found != sources[k] {
			t.Errorf("%s: the source of %d was found, want %d", kind, found, sources[k])
		}
	}
}
