package suite

import (
	"path/filepath"
	"testing"
)

// The suites of the repository are read, and make the cells that they are for.
func TestExampleSuites(t *testing.T) {
	want := map[string]struct{ cells, trainings int }{
		"quick": {44, 20}, "cifar10-table": {12, 3}, "cifar10-400": {9, 3}, "svhn-1000": {12, 3}, "memorisation": {24, 6},
	}
	files, err := filepath.Glob("../suites/*.toml")
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d suites, want %d: %v", len(files), len(want), err)
	}
	for _, path := range files {
		s, err := Read(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if s.Name+".toml" != filepath.Base(path) {
			t.Errorf("%s has the name %s", path, s.Name)
		}
		works, err := s.expand(&facts{})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		trainings := map[string]bool{}
		for _, w := range works {
			if w.Training != "" {
				trainings[w.Training] = true
			}
		}
		if n := want[s.Name]; len(works) != n.cells || len(trainings) != n.trainings {
			t.Errorf("%s makes %d cells and %d trainings, want %d and %d", s.Name, len(works), len(trainings), n.cells, n.trainings)
		}
	}
}
