package benchmarks

import (
	"path/filepath"
	"testing"

	"repbench/eval/knn"
	"repbench/features"
	"repbench/reports/record"
)

// TestRecordNamesItsCaller: two specifications of one encoder share the features in the
// cache, and yet each record names its own, with the seed of the weights and of the
// evaluation apart.
func TestRecordNamesItsCaller(t *testing.T) {
	m := machine(t, nil)
	var records []*record.Record
	for i, spec := range []string{"random:svhn32,width=2", "random:svhn32,width=2,channels=3"} {
		out, err := Run(t.Context(), Cell{
			Source:   Source{Encoder: spec, Data: "shapes:train=60,test=20", Options: features.Options{Seed: new(uint64(7))}},
			Protocol: KNN{Options: knn.Options{Rule: knn.Rule{K: []int{3}}, Seed: 2}}, Records: filepath.Join(t.TempDir(), "r.jsonl"),
		}, m)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := record.Read(out.Stored)
		if err != nil || len(stored) != 1 {
			t.Fatalf("%d records are stored: %v", len(stored), err)
		}
		r := &stored[0]
		if r.Encoder.Spec != spec || out.Title != spec+" on shapes" {
			t.Errorf("run %d of %s: the record names %s, the title is %q", i+1, spec, r.Encoder.Spec, out.Title)
		}
		if r.TrainingSeed == nil || *r.TrainingSeed != 7 || r.Seed != 2 {
			t.Errorf("seeds %v and %d, want 7 and 2", r.TrainingSeed, r.Seed)
		}
		if f := r.Fingerprint; f == nil || f.Backend == "" || f.SIMD == "" || f.Program == "" {
			t.Errorf("fingerprint %+v", f)
		}
		if r.Protocol == nil || r.Protocol.Name != "knn" || len(r.Protocol.Settings) == 0 {
			t.Errorf("protocol %+v", r.Protocol)
		}
		if all := r.Measurements(); len(all) == 0 || all[0].Name != "test_accuracy" || all[0].Value != knnOf(out.Records[0]).TestAccuracy {
			t.Errorf("measurements %+v", all)
		}
		records = append(records, r)
	}
	a, b := records[0], records[1]
	if a.Encoder.WeightsHash != b.Encoder.WeightsHash || a.Costs[0] != b.Costs[0] {
		t.Error("the second run did not find the features of the first")
	}
	if a.ID == b.ID {
		t.Errorf("both records are called %s", a.ID)
	}
}
