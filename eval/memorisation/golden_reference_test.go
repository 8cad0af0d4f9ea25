package memorisation

import (
	"context"
	"path/filepath"
	"testing"

	"repbench/eval/memorisation/internal/oracle"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/threesample"
	"repbench/internal/testenv"
)

// reference is the relative tolerance of golden/gan_metrics, made by dgm-eval in float32.
const reference = 1e-4

// TestGoldenReference compares with the values of dgm-eval itself.
func TestGoldenReference(t *testing.T) {
	dir := testenv.Path(t, "golden", "gan_metrics")
	var want struct {
		AuthPct float64 `json:"authpct"`
		ZU      float64 `json:"zu_global"`
		CT      float64 `json:"c_t_3cells"`
	}
	readJSON(t, &want, filepath.Join(dir, "expected.json"))
	train, test, gen := readSet(t, filepath.Join(dir, "train.npy")), readSet(t, filepath.Join(dir, "test.npy")), readSet(t, filepath.Join(dir, "gen.npy"))
	near, held := slowNear(gen, train, 1, false), slowNear(test, train, 1, false)
	share, err := nearest.AuthenticShare(near, own(train))
	if err != nil {
		t.Fatal(err)
	}
	oracle.Within(t, "authpct", 100*share, want.AuthPct, reference)
	three, err := threesample.CompareThreeSamples(near, held)
	if err != nil {
		t.Fatal(err)
	}
	oracle.Within(t, "z_u", three.ZU, want.ZU, reference)
	var cells map[string][]int32
	readJSON(t, &cells, filepath.Join(dir, "cells.json"))
	ct, err := threesample.MeasureCT(context.Background(), threesample.Sets{Train: train.View(), HeldOut: test.View(), Generated: gen.View()}, threesample.CTOptions{Given: &threesample.Cells{Train: cells["train"], HeldOut: cells["test"], Generated: cells["gen"]}})
	if err != nil {
		t.Fatal(err)
	}
	oracle.Within(t, "c_t", ct.Value, want.CT, reference)
}
