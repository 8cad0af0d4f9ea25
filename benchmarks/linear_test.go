package benchmarks

import (
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/eval"
	"repbench/features"
	"repbench/features/store"
	"repbench/reports"
	"repbench/reports/record"
)

// threeWays is a data set of three classes, each with a brighter colour channel
// of its own under noise.
func threeWays(names ...string) *datasets.Dataset {
	ds := &datasets.Dataset{Name: "channels", Source: "test", Hash: "h", Classes: []string{"red", "green", "blue"}}
	seed := uint32(1)
	for _, name := range names {
		const n, side = 90, 4
		s := &datasets.Split{Name: name, Images: datasets.Images{N: n, H: side, W: side, C: 3}}
		for i := range n {
			label := i % 3
			for p := range side * side * 3 {
				seed = seed*1664525 + 1013904223
				v := seed >> 25
				if p%3 == label {
					v += 60
				}
				s.Images.Data = append(s.Images.Data, uint8(v))
			}
			s.Labels = append(s.Labels, int32(label))
			s.IDs = append(s.IDs, name)
		}
		ds.Splits = append(ds.Splits, s)
	}
	return ds
}

// folder extracts pixels of ds.
func folder(t *testing.T, ds *datasets.Dataset, o features.Options) *store.Folder {
	t.Helper()
	dir := t.TempDir()
	e, err := features.Open("pixels", nil, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Extract(context.Background(), ds, dir, nil); err != nil {
		t.Fatal(err)
	}
	f, err := store.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestLinearSelection(t *testing.T) {
	for _, tt := range []struct {
		name   string
		splits []string
		o      Linear
		want   string
	}{
		{"one C", []string{"train", "test"}, Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-3}}}, "none"},
		{"held out", []string{"train", "test"}, Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-4, 1e-3}}}, "of each class of train"},
		{"validation split", []string{"train", "valid", "test"}, Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-4, 1e-3}}}, "valid (90 rows)"},
		{"cross-validation", []string{"train", "valid", "test"}, Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-4, 1e-3}, SelectOn: eval.SelectCV}}, "cv (5 folds"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := one(t, folder(t, threeWays(tt.splits...), features.Options{}), tt.o)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(linearOf(r).SelectedOn.String(), tt.want) || linearOf(r).ReportedOn != "test" {
				t.Errorf("selected on %q, reported on %q; want %q and test", linearOf(r).SelectedOn.String(), linearOf(r).ReportedOn, tt.want)
			}
			if linearOf(r).TestAccuracy < 0.9 { // 16 pixels of noise of ±37 about a difference of 60
				t.Errorf("accuracy %g", linearOf(r).TestAccuracy)
			}
		})
	}
}

func TestRecord(t *testing.T) {
	f := folder(t, threeWays("train", "test"), features.Options{})
	o := Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-3}, Seed: 3}, PerLayer: true}
	first, err := one(t, f, o)
	if err != nil {
		t.Fatal(err)
	}
	again, err := one(t, f, o)
	if err != nil {
		t.Fatal(err)
	}
	o.C = []float64{1e-2}
	other, err := one(t, f, o)
	if err != nil {
		t.Fatal(err)
	}
	if first.ID != again.ID || first.ID == other.ID {
		t.Errorf("IDs %q, %q, %q: the same work must share one and other work must not", first.ID, again.ID, other.ID)
	}
	if first.Data.Hash != "h" || first.Encoder.Spec != "pixels" || first.Seed != 3 || first.Versions.Repbench == "" {
		t.Errorf("provenance is incomplete: %+v", first)
	}
	path := filepath.Join(t.TempDir(), "records.jsonl")
	if err := record.Add(path, *first, *other); err != nil {
		t.Fatal(err)
	}
	in, err := reports.Load([]string{path})
	if err != nil || len(in.Records) != 2 {
		t.Errorf("%d records read back, error %v; want 2", len(in.Records), err)
	}
}

// float16 features give the objective of float32 ones within their rounding.
func TestHalfFeatures(t *testing.T) {
	var objective [2]float64
	for i, half := range []bool{false, true} {
		r, err := one(t, folder(t, threeWays("train", "test"), features.Options{Half: half}), Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-3}}})
		if err != nil {
			t.Fatal(err)
		}
		objective[i] = linearOf(r).Objective
	}
	if math.Abs(objective[0]-objective[1]) > 1e-3*objective[0] { // 2⁻¹¹ relative per feature
		t.Errorf("objectives %g and %g", objective[0], objective[1])
	}
}

func TestLinearErrors(t *testing.T) {
	unlabelled := threeWays("train", "test")
	unlabelled.Splits[1].Labels = nil
	oneClass := threeWays("train", "test")
	for i := range oneClass.Splits[0].Labels {
		oneClass.Splits[0].Labels[i] = 0
	}
	for _, tt := range []struct {
		name string
		ds   *datasets.Dataset
		want string
	}{
		{"no test split", threeWays("train"), `no split "test"`},
		{"no labels", unlabelled, "split test has no labels"},
		{"class without images", oneClass, "green"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := one(t, folder(t, tt.ds, features.Options{}), Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-3}}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
}
