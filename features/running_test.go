package features

import (
	"context"
	"testing"

	"repbench/datasets"
	"repbench/features/store"
	"repbench/internal/testcheck"
	"repbench/train"
	"repbench/train/dcgan"
)

// trainedRun is a run folder of a few updates on ds.
func trainedRun(t *testing.T, ds *datasets.Dataset) string {
	t.Helper()
	b := cpu(t)
	a, err := dcgan.NewArch("svhn32", 2)
	if err != nil {
		t.Fatal(err)
	}
	run := t.TempDir()
	d := train.Data{Images: ds.Splits[0].Images, Name: ds.Name, Hash: ds.Hash}
	if _, err := dcgan.Run(context.Background(), run, d, b, dcgan.Options{Arch: a, Batch: 8, Steps: 6, Samples: 2}); err != nil {
		t.Fatal(err)
	}
	return run
}

// The mode Running uses the statistics that training kept: no images of the
// data set enter, so features differ from those of Fixed, do not depend on the
// batch, and have another key.
func TestRunningStatistics(t *testing.T) {
	ds := noise(40, 9)
	spec := "dcgan:" + trainedRun(t, ds)
	features := func(o Options) ([]float32, *store.Meta) {
		dir := t.TempDir()
		m := extract(t, open(t, spec, o), ds, dir)
		_, rows := rowsOf(t, dir, datasets.Test)
		return rows, m
	}
	running, rm := features(Options{BatchNorm: store.Running})
	small, _ := features(Options{BatchNorm: store.Running, BatchSize: 4})
	fixed, fm := features(Options{})
	if e := testcheck.Difference(t, small, running); e > batchTolerance {
		t.Errorf("features at batch 4 differ by %g", e)
	}
	if e := testcheck.Difference(t, running, fixed); e < 1e-3 {
		t.Errorf("running statistics give the features of fixed ones within %g", e)
	}
	if rm.CacheKey == fm.CacheKey || rm.WeightsHash == fm.WeightsHash {
		t.Error("running statistics are not part of the key")
	}
}

// A run on the evaluated set's own images says so; one on another set names it.
func TestNotesOnTraining(t *testing.T) {
	ds := noise(40, 9)
	spec := "dcgan:" + trainedRun(t, ds)
	other := noise(40, 9)
	other.Hash = "other"
	for name, tt := range map[string]struct {
		ds   *datasets.Dataset
		want string
	}{
		"same":  {ds, "The encoder was trained for 6 updates on the training images of this very data set, without labels."},
		"other": {other, "The encoder was trained for 6 updates on noise, without labels."},
	} {
		notes := open(t, spec, Options{}).notes(tt.ds)
		if len(notes) != 1 || notes[0] != tt.want {
			t.Errorf("%s: notes %q, want %q", name, notes, tt.want)
		}
	}
}
