package memorisation

import (
	"context"
	"path/filepath"
	"testing"

	"repbench/eval/memorisation/internal/oracle"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/ranks"
	"repbench/eval/memorisation/threesample"
)

// expected2 are the values of one set in golden/gan_metrics2/expected.json, without the values of scores.
type expected2 struct {
	AuthPct map[string]float64 `json:"authpct"`
	Yoon    map[string]float64 `json:"yoon_share_below_third"`
	Three   map[string]float64 `json:"three_sample_global"`
	CT      expectedCT         `json:"c_t"`
	CT2     expectedCT         `json:"c_t_tau_0.2"`
}

type expectedCT struct {
	Value    float64   `json:"c_t"`
	Tied     float64   `json:"c_t_tie_corrected"`
	Tau      float64   `json:"tau"`
	Z        []float64 `json:"z_per_cell"`
	TiedZ    []float64 `json:"z_tie_corrected_per_cell"`
	ShareGen []float64 `json:"share_of_generated"`
	ShareOut []float64 `json:"share_of_test"`
	Used     []int     `json:"cells_used"`
}

func TestGoldenStatistics(t *testing.T) {
	for _, name := range golden2Sets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openGolden2(t, name)
			var all map[string]expected2
			readJSON(t, &all, filepath.Join(g.dir, "expected.json"))
			g.checkAuthentic(t, all[name])
			g.checkThreeSamples(t, all[name].Three)
			g.checkCT(t, all[name])
		})
	}
}

func (g golden2) checkAuthentic(t *testing.T, want expected2) {
	t.Helper()
	for what, near := range map[string]nearest.Near{"gen": g.genNear, "test": g.held} {
		share, err := nearest.AuthenticShare(near, g.own)
		if err != nil {
			t.Fatal(err)
		}
		oracle.Within(t, "authpct "+what, 100*share, want.AuthPct[what], oracle.Exact)
		ratio, err := nearest.Scores(nearest.Ratio, near, nearest.TrainNear{})
		if err != nil {
			t.Fatal(err)
		}
		// NaN < 1/3 is false in NumPy, so that the file leaves out the 0/0, which count as 0 here.
		below := nearest.BelowThird(ratio.Values) - float64(ratio.Undecided)/float64(near.N())
		oracle.Within(t, "yoon "+what, below, want.Yoon[what], oracle.Exact)
	}
}

func (g golden2) checkThreeSamples(t *testing.T, want map[string]float64) {
	t.Helper()
	got, err := threesample.CompareThreeSamples(g.genNear, g.held)
	if err != nil {
		t.Fatal(err)
	}
	oracle.Within(t, "z_u", got.ZU, want["z_u"], oracle.Exact)
	oracle.Within(t, "z_u tie-corrected", got.ZUTieCorrected, want["z_u_tie_corrected"], oracle.Exact)
	oracle.Within(t, "u", got.U, want["u"], oracle.Exact)
	if got.Valid != (got.P != nil) {
		t.Errorf("valid %v with p %v", got.Valid, got.P)
	}
	oracle.Within(t, "p", ranks.OneSided(got.ZU), want["p_copying_one_sided_normal"], oracle.Exact)
}

func (g golden2) checkCT(t *testing.T, want expected2) {
	t.Helper()
	sets := threesample.Sets{Train: g.train.View(), HeldOut: g.test.View(), Generated: g.gen.View()}
	var given threesample.Cells
	for what, into := range map[string]*[]int32{"train": &given.Train, "test": &given.HeldOut, "gen": &given.Generated} {
		_, *into = read[int32](t, g.path("cells_"+what))
	}
	centroids := readSet(t, g.path("centroids")).View()
	for what, o := range map[string]threesample.CTOptions{"cells": {Given: &given}, "centroids": {Centroids: &centroids}} {
		for tau, w := range map[float64]expectedCT{0: want.CT, 0.2: want.CT2} {
			o.Tau = tau
			got, err := threesample.MeasureCT(context.Background(), sets, o)
			if err != nil {
				t.Fatal(err)
			}
			w.check(t, got, what)
		}
	}
}

func (w expectedCT) check(t *testing.T, got threesample.CT, what string) {
	t.Helper()
	oracle.Within(t, what+": c_t", got.Value, w.Value, oracle.Exact)
	oracle.Within(t, what+": c_t tie-corrected", got.TieCorrected, w.Tied, oracle.Exact)
	oracle.Within(t, what+": tau", got.Tau, w.Tau, oracle.Exact)
	if len(got.Z) != len(w.Z) || len(got.CellsUsed) != len(w.Used) {
		t.Fatalf("%s: %d cells, %v used, want %d, %v", what, len(got.Z), got.CellsUsed, len(w.Z), w.Used)
	}
	for i := range w.Z {
		oracle.Within(t, what+": z", got.Z[i], w.Z[i], oracle.Exact)
		oracle.Within(t, what+": z tie-corrected", got.TieCorrectedZ[i], w.TiedZ[i], oracle.Exact)
		oracle.Within(t, what+": share of generated", got.ShareOfGenerated[i], w.ShareGen[i], oracle.Exact)
		oracle.Within(t, what+": share of held-out", got.ShareOfHeldOut[i], w.ShareOut[i], oracle.Exact)
	}
	for i, c := range got.CellsUsed {
		if c != w.Used[i] {
			t.Errorf("%s: cells %v are used, want %v", what, got.CellsUsed, w.Used)
		}
	}
}
