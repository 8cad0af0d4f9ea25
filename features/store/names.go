package store

import (
	"os"
	"path/filepath"
	"strings"
)

// The files of a folder of features. Each split has four, whose names begin with the
// name of the split.
const (
	// MetaFile describes the folder.
	MetaFile = "meta.json"

	lockFile     = ".lock"
	progressFile = ".progress.json" // how far an extraction has come
)

// FeaturesPath is the file of a split's matrix.
func FeaturesPath(dir, split string) string { return filepath.Join(dir, split+"_features.npy") }

// LabelsPath is the file of a split's labels.
func LabelsPath(dir, split string) string { return filepath.Join(dir, LabelsName(split)) }

// LabelsName is the name of the file of a split's labels.
func LabelsName(split string) string { return split + "_labels.npy" }

// IDsPath is the file of the names of a split's images, one per line.
func IDsPath(dir, split string) string { return filepath.Join(dir, split+"_ids.txt") }

// FactorsPath is the file of what is known of drawn images, one JSON object per line.
func FactorsPath(dir, split string) string { return filepath.Join(dir, split+"_factors.jsonl") }

// LockPath is the file that a process locks while it writes the folder.
func LockPath(dir string) string { return filepath.Join(dir, lockFile) }

// ProgressPath is the file that says how far an extraction has come.
func ProgressPath(dir string) string { return filepath.Join(dir, progressFile) }

// Is reports whether a folder holds features that are finished.
func Is(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, MetaFile))
	return err == nil
}

// Owns reports whether a file of this name belongs to a folder of features: a file that
// Extract writes, or a hidden file with what it keeps.
func Owns(name string) bool {
	if name == MetaFile || strings.HasPrefix(name, ".") {
		return true
	}
	name = strings.TrimSuffix(name, partSuffix)
	for _, suffix := range []string{FeaturesPath("", ""), LabelsName(""), IDsPath("", ""), FactorsPath("", "")} {
		if split, ok := strings.CutSuffix(name, suffix); ok && split != "" {
			return true
		}
	}
	return false
}

// partSuffix ends the name of a matrix that is being written.
const partSuffix = ".part"
