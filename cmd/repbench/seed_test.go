package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"repbench/features/store"
	"repbench/reports/record"
)

// TestSeedZero: 0 is a seed like any other, of data, random weights, trainings and
// evaluations, and other than the default 1.
func TestSeedZero(t *testing.T) {
	dir := t.TempDir()
	for _, seed := range []string{"0", "1"} {
		at := filepath.Join(dir, seed)
		must(t, "eval", "knn", "--encoder", "random:svhn32,width=2", "--data", "shapes:train=60,test=20", "--k", "3",
			"--features", at, "--seed", seed)
		must(t, "train", "--arch", "svhn32", "--width", "2", "--data", "shapes:train=60,test=20", "--steps", "1", "--batch", "16",
			"--out", at+"-run", "--seed", seed)
		must(t, "eval", "supervised", "--arch", "svhn32", "--width", "2", "--data", "shapes:train=60,test=20", "--trials", "1", "--steps", "1",
			"--batch", "16", "--out", at+"-search", "--seed", seed)
		for _, name := range []string{"-run", "-search"} {
			text, err := os.ReadFile(filepath.Join(at+name, "config.json"))
			if err != nil {
				t.Fatal(err)
			}
			var config map[string]any
			if err := json.Unmarshal(text, &config); err != nil || config["seed"] != map[string]any{"0": 0.0, "1": 1.0}[seed] {
				t.Errorf("--seed %s: config.json of %s has the seed %v, %v", seed, name, config["seed"], err)
			}
		}
		records, err := record.Read(filepath.Join(at, record.FileName))
		if err != nil || len(records) != 1 || records[0].TrainingSeed == nil || *records[0].TrainingSeed != records[0].Seed || records[0].Seed != uint64(seed[0]-'0') {
			t.Errorf("--seed %s: records %+v, %v", seed, records, err)
		}
	}
	zero, err := store.ReadMeta(filepath.Join(dir, "0"))
	if err != nil {
		t.Fatal(err)
	}
	one, err := store.ReadMeta(filepath.Join(dir, "1"))
	if err != nil {
		t.Fatal(err)
	}
	if zero.WeightsHash == one.WeightsHash || zero.DataHash == one.DataHash {
		t.Errorf("seeds 0 and 1 give the same weights (%v) or the same images (%v)", zero.WeightsHash == one.WeightsHash, zero.DataHash == one.DataHash)
	}
}
