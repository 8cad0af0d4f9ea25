package benchmarks

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/eval/knn"
	"repbench/eval/neighbours"
	"repbench/features"
	"repbench/internal/npy"
	"repbench/reports"
	"repbench/reports/record"
)

func TestKNNSelection(t *testing.T) {
	for _, tt := range []struct {
		name   string
		splits []string
		k      []int
		want   string
	}{
		{"one k", []string{"train", "valid", "test"}, []int{5}, "none"},
		{"held out", []string{"train", "test"}, []int{1, 5}, "of each class of train"},
		{"validation split", []string{"train", "valid", "test"}, []int{1, 5}, "valid (90 rows)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := KNN{Options: knn.Options{Rule: knn.Rule{K: tt.k, Metric: neighbours.Metric{Kind: neighbours.Euclidean}}}}
			r, err := one(t, folder(t, threeWays(tt.splits...), features.Options{}), o)
			if err != nil {
				t.Fatal(err)
			}
			if r.Kind() != "knn" || !strings.Contains(knnOf(r).SelectedOn.String(), tt.want) || knnOf(r).ReportedOn != "test" {
				t.Errorf("kind %s, selected on %q, reported on %q; want %q and test", r.Kind(), knnOf(r).SelectedOn.String(), knnOf(r).ReportedOn, tt.want)
			}
			if !slices.Equal(knnOf(r).Classes, []string{"red", "green", "blue"}) || knnOf(r).NTrain != 90 || knnOf(r).Dim != 48 {
				t.Errorf("classes %v, %d training rows of %d", knnOf(r).Classes, knnOf(r).NTrain, knnOf(r).Dim)
			}
			if knnOf(r).TestAccuracy < 0.9 { // as for the SVM; the classes are far apart
				t.Errorf("accuracy %g", knnOf(r).TestAccuracy)
			}
		})
	}
}

func TestKNNRecord(t *testing.T) {
	f := folder(t, threeWays("train", "test"), features.Options{})
	rule, err := knn.Preset("solo")
	if err != nil {
		t.Fatal(err)
	}
	first, err := one(t, f, KNN{Options: knn.Options{Rule: rule, Seed: 3}})
	if err != nil {
		t.Fatal(err)
	}
	again, err := one(t, f, KNN{Options: knn.Options{Rule: rule, Seed: 3, Search: neighbours.Options{Threads: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	rule.K = []int{21}
	other, err := one(t, f, KNN{Options: knn.Options{Rule: rule, Seed: 3}})
	if err != nil {
		t.Fatal(err)
	}
	if first.ID != again.ID || first.ID == other.ID {
		t.Errorf("IDs %q, %q, %q: the same work must share one and other work must not", first.ID, again.ID, other.ID)
	}
	if knnOf(first).Preset != "solo" || knnOf(other).Preset != "" || first.Data.Hash != "h" || first.Seed != 3 {
		t.Errorf("presets %q and %q, record %+v", knnOf(first).Preset, knnOf(other).Preset, first)
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

// The arrays of a folder give what the folder gives.
func TestKNNArrays(t *testing.T) {
	f := folder(t, threeWays("train", "test"), features.Options{Half: true})
	o := KNN{Options: knn.Options{Rule: knn.Rule{K: []int{3, 9}}, Seed: 1}}
	want, err := one(t, f, o)
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(f.Dir, name) }
	out, err := Run(context.Background(), Cell{
		Source:   Source{Arrays: Arrays{TrainX: at("train_features.npy"), TrainY: at("train_labels.npy"), TestX: at("test_features.npy"), TestY: at("test_labels.npy")}},
		Protocol: o,
	}, Machine{})
	if err != nil {
		t.Fatal(err)
	}
	got := knnOf(out.Records[0])
	if out.Records[0].ID != "" || out.Stored != "" || out.Folder != "" {
		t.Errorf("files from nowhere were stored in %q as %q", out.Stored, out.Records[0].ID)
	}
	if got.K != knnOf(want).K || !slices.Equal(got.Predicted, knnOf(want).Predicted) {
		t.Errorf("k = %d and accuracy %g, the folder gives %d and %g", got.K, got.TestAccuracy, knnOf(want).K, knnOf(want).TestAccuracy)
	}
}

func TestKNNErrors(t *testing.T) {
	f := folder(t, threeWays("train", "test"), features.Options{})
	_, err := one(t, f, KNN{Options: knn.Options{Rule: knn.Rule{K: []int{91}}}})
	if err == nil || !strings.Contains(err.Error(), f.Dir) || !strings.Contains(err.Error(), "91") {
		t.Errorf("error %v must name the folder and k", err)
	}
	unlabelled := threeWays("train", "test")
	unlabelled.Splits[1].Labels = nil
	if _, err := one(t, folder(t, unlabelled, features.Options{}), KNN{}); err == nil || !strings.Contains(err.Error(), "labels") {
		t.Errorf("error %v must say that labels are missing", err)
	}
	ragged := filepath.Join(t.TempDir(), "x.npy")
	if err := npy.Write(ragged, []int{2, 3}, make([]float32, 6)); err != nil {
		t.Fatal(err)
	}
	labels := filepath.Join(t.TempDir(), "y.npy")
	if err := npy.Write(labels, []int{2}, []int32{0, 1}); err != nil {
		t.Fatal(err)
	}
	queries := filepath.Join(t.TempDir(), "q.npy")
	if err := npy.Write(queries, []int{2, 3}, []float32{1, 2, 3, 4, 5, 6}); err != nil {
		t.Fatal(err)
	}
	_, err = Run(context.Background(), Cell{Source: Source{Arrays: Arrays{TrainX: ragged, TrainY: labels, TestX: queries, TestY: labels}}, Protocol: KNN{}}, Machine{})
	if err == nil || !strings.Contains(err.Error(), "zeros") || !strings.Contains(err.Error(), ragged) {
		t.Errorf("error %v must say that a row is all zeros", err)
	}
}
