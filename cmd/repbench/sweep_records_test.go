package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/reports/record"
)

// Sweeps over encoders and seeds join records, on machines where commands are interrupted. What they
// need, and the test of each:
//
//   - a record names the run that it is of: TestRecordsOfEqualRuns, TestRecordNamesItsCaller of
//     package benchmarks
//   - it has the seed of the training beside the seed of the evaluation: TestRecordsOfEqualRuns,
//     TestSeedZero
//   - the result of each test image is at hand: TestCorrect, TestCorrectArrays, TestCorrectSupervised
//     and TestCorrectNNC of package benchmarks
//   - interrupted, failed and wrong command lines have exit statuses of their own:
//     TestInterruptedStatus
//   - 0 is a seed: TestSeedZero
//   - the cache stays within a limit, and what is in use stays in it: TestCacheLimit,
//     TestCacheLimitOtherProcess, TestPruneLeavesWhatIsUsed of package cache

// TestRecordsOfEqualRuns: two run folders with the same weights share the features in the cache, and
// yet each record names its own run, with the notes of its own data set and the seed of its training,
// which is not the evaluation's.
func TestRecordsOfEqualRuns(t *testing.T) {
	dir := t.TempDir()
	train := func(name, seed string) string {
		run := filepath.Join(dir, name)
		must(t, "train", "--arch", "svhn32", "--width", "1", "--data", "shapes:train=60,test=20", "--steps", "1", "--batch", "16", "--out", run, "--seed", seed)
		return run
	}
	runs := []string{train("t0", "1"), train("seed1", "1"), train("seed2", "2")}
	var records []record.Record
	for _, run := range runs {
		file := filepath.Join(run, "records.jsonl")
		must(t, "eval", "knn", "--encoder", "dcgan:"+run, "--data", "shapes:train=60,test=20", "--k", "3", "--seed", "1",
			"--cache", filepath.Join(dir, "cache"), "--record", file)
		stored, err := record.Read(file)
		if err != nil || len(stored) != 1 {
			t.Fatalf("%d records of %s: %v", len(stored), run, err)
		}
		records = append(records, stored[0])
	}
	for i, want := range []uint64{1, 1, 2} {
		r := records[i]
		if r.Encoder.Spec != "dcgan:"+runs[i] || r.TrainingSeed == nil || *r.TrainingSeed != want || r.Seed != 1 {
			t.Errorf("the record of %s says %s, training seed %v, evaluation seed %d", runs[i], r.Encoder.Spec, r.TrainingSeed, r.Seed)
		}
		for j := range i {
			if r.ID == records[j].ID {
				t.Errorf("%s and %s share the record %s", runs[i], runs[j], r.ID)
			}
		}
		if text := strings.Join(r.Notes, "\n"); strings.Contains(text, runs[(i+1)%3]) {
			t.Errorf("the notes of %s speak of another run: %s", runs[i], text)
		}
	}
	if records[0].Encoder.WeightsHash != records[1].Encoder.WeightsHash || !slices.Equal(records[0].Notes, records[1].Notes) {
		t.Errorf("equal trainings: weights %s and %s, notes %q and %q", records[0].Encoder.WeightsHash, records[1].Encoder.WeightsHash, records[0].Notes, records[1].Notes)
	}
	if found, err := os.ReadDir(filepath.Join(dir, "cache", "features")); err != nil || len(found) != 2 {
		t.Errorf("%d folders of features for two sets of weights: %v", len(found), err)
	}
}
