package memorisation

import (
	"path/filepath"
	"testing"

	"repbench/eval/memorisation/internal/oracle"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/pvalues"
)

type expectedDecoy struct {
	Wins     int     `json:"training_wins"`
	Share    float64 `json:"share"`
	Expected float64 `json:"expected_share"`
	Naive    float64 `json:"z_independent"`
	NEff     float64 `json:"n_eff"`
	Z        float64 `json:"z"`
	Distinct int     `json:"distinct_nearest_rows"`

	Distance5  expectedFDR `json:"distance_fdr0.05"`
	Distance10 expectedFDR `json:"distance_fdr0.1"`
	Distance20 expectedFDR `json:"distance_fdr0.2"`
	Ratio5     expectedFDR `json:"ratio_1_2_fdr0.05"`
	Ratio10    expectedFDR `json:"ratio_1_2_fdr0.1"`
	Ratio20    expectedFDR `json:"ratio_1_2_fdr0.2"`
}

type expectedFDR struct {
	Selected  int      `json:"training_rows_selected"`
	Threshold *float64 `json:"threshold"`
}

type expectedOwn struct {
	Rows     int       `json:"rows"`
	Distance detection `json:"distance"`
	Ratio    detection `json:"ratio_1_2"`
	Carlini  detection `json:"ratio_1_50mean"`
}

func TestGoldenNulls(t *testing.T) {
	sets := golden2Sets
	if testing.Short() {
		sets = sets[:1]
	}
	for _, name := range sets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openGolden2(t, name)
			var all map[string]struct {
				Decoy    expectedDecoy `json:"target_decoy"`
				Negative expectedDecoy `json:"target_decoy_negative"`
				Own      expectedOwn   `json:"own_null"`
			}
			readJSON(t, &all, filepath.Join(g.dir, "expected.json"))
			want := all[name]
			first, second := g.test.Part(0, g.test.N/2), g.test.Part(g.test.N/2, g.test.N)
			want.Decoy.check(t, "generated", g.train, g.test, g.gen)
			want.Negative.check(t, "half of test", g.train, first, second)
			want.Own.check(t, g.train, g.test, g.gen)
		})
	}
}

func (w expectedDecoy) check(t *testing.T, what string, train, held, gen oracle.Set) {
	t.Helper()
	d := nearest.Decoys{Train: slowNear(gen, train, 2, false), HeldOut: slowNear(gen, held, 2, false), TrainRows: train.N, HeldOutRows: held.N}
	for score, fdr := range map[nearest.Score][]expectedFDR{nearest.Distance: {w.Distance5, w.Distance10, w.Distance20}, nearest.Ratio: {w.Ratio5, w.Ratio10, w.Ratio20}} {
		got, err := d.Compete(score, 0.05, 0.1, 0.2)
		if err != nil {
			t.Fatal(err)
		}
		if got.Wins != w.Wins || got.Distinct != w.Distinct {
			t.Errorf("%s: %d wins, %d distinct, want %d, %d", what, got.Wins, got.Distinct, w.Wins, w.Distinct)
		}
		oracle.Within(t, what+": share", got.Share, w.Share, oracle.Exact)
		oracle.Within(t, what+": expected share", got.Expected, w.Expected, oracle.Exact)
		oracle.Within(t, what+": z of independent images", got.ZIndependent, w.Naive, oracle.Exact)
		oracle.Within(t, what+": n_eff", got.NEff, w.NEff, oracle.Exact)
		oracle.Within(t, what+": z", got.Z, w.Z, oracle.Exact)
		for i, f := range fdr {
			if got.FDR[i].Selected != f.Selected || (got.FDR[i].Threshold == nil) != (f.Threshold == nil) {
				t.Errorf("%s, %v at %v: %+v, want %+v", what, score, got.FDR[i].Q, got.FDR[i], f)
			} else if f.Threshold != nil {
				oracle.Within(t, what+": threshold", *got.FDR[i].Threshold, *f.Threshold, oracle.Exact)
			}
		}
	}
}

func (w expectedOwn) check(t *testing.T, train, held, gen oracle.Set) {
	t.Helper()
	rows := min(train.N, held.N)
	if rows != w.Rows {
		t.Fatalf("%d rows, want %d", rows, w.Rows)
	}
	fold, out := slowNear(gen, train.Part(0, rows), nearest.Wide, false), slowNear(gen, held.Part(0, rows), nearest.Wide, false)
	for score, want := range map[nearest.Score]detection{nearest.Distance: w.Distance, nearest.Ratio: w.Ratio, nearest.Carlini: w.Carlini} {
		x, err := nearest.Scores(score, fold, nearest.TrainNear{})
		if err != nil {
			t.Fatal(err)
		}
		y, err := nearest.Scores(score, out, nearest.TrainNear{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := pvalues.CompareOwnNull([][]float64{x.Values}, y.Values, rows, 0.05)
		if err != nil {
			t.Fatal(err)
		}
		m := float64(gen.N)
		oracle.Within(t, score.String()+": flagged at 0.01", got.FlaggedAt1, float64(want.At1)/m, oracle.Exact)
		oracle.Within(t, score.String()+": flagged at 0.05", got.FlaggedAt5, float64(want.At5)/m, oracle.Exact)
		if got.Selected[0] != want.BH {
			t.Errorf("%v: %d selected, want %d", score, got.Selected[0], want.BH)
		}
	}
}
