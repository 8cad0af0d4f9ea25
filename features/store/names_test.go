package store

import (
	"os"
	"path/filepath"
	"testing"
)

// The names are part of the format: other programs read these files.
func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		FeaturesPath("d", "train"): "train_features.npy",
		LabelsPath("d", "valid"):   "valid_labels.npy",
		IDsPath("d", "test"):       "test_ids.txt",
		FactorsPath("d", "test"):   "test_factors.jsonl",
		LockPath("d"):              ".lock",
		ProgressPath("d"):          ".progress.json",
	} {
		if got != filepath.Join("d", want) {
			t.Errorf("path %s, want %s in d", got, want)
		}
	}
}

func TestOwns(t *testing.T) {
	for _, tt := range []struct {
		name string
		want bool
	}{
		{"meta.json", true},
		{"train_features.npy", true},
		{"train_features.npy.part", true},
		{"test_labels.npy", true},
		{"my_own_split_labels.npy", true},
		{"test_ids.txt", true},
		{"valid_factors.jsonl", true},
		{".lock", true},
		{".progress.json", true},
		{".pca-eb7da4d730987c40.npy", true},
		{"_features.npy", false}, // of no split
		{"_features.npy.part", false},
		{"features.npy", false},
		{"train_features.npz", false},
		{"train_features.npy.bak", false},
		{"train_features.npy.part.part", false},
		{"meta.json.part", false},
		{"records.jsonl", false},
		{"ids.txt", false},
		{"report.html", false},
		{"", false},
	} {
		if got := Owns(tt.name); got != tt.want {
			t.Errorf("Owns(%q) = %v", tt.name, got)
		}
	}
}

// Every file that the functions name is one that Owns knows, whatever the split is called.
func TestOwnsWhatIsNamed(t *testing.T) {
	for _, split := range []string{"train", "valid", "test", "a", "split_of_mine", "x.npy", "ü"} {
		features := FeaturesPath("", split)
		for _, name := range []string{features, partPath(features), LabelsPath("", split), IDsPath("", split), FactorsPath("", split), LockPath(""), ProgressPath("")} {
			if !Owns(name) {
				t.Errorf("%s is not known as a file of a folder of features", name)
			}
		}
	}
}

func TestIs(t *testing.T) {
	dir := t.TempDir()
	if Is(dir) || Is(filepath.Join(dir, "none")) {
		t.Error("a folder without a description holds features")
	}
	if err := os.WriteFile(filepath.Join(dir, progressFile), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if Is(dir) {
		t.Error("an extraction that has not ended is finished")
	}
	if err := os.WriteFile(filepath.Join(dir, MetaFile), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if !Is(dir) {
		t.Error("a folder with a description holds no features")
	}
}
