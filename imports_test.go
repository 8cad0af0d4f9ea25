package repbench

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// order holds the folders from top to bottom: a package may import those further down,
// those of the same folder of the list, and "internal" folders as Go allows. The
// longest folder that a package lies in is its own; so subfolders have ranks too.
var order = []string{
	"scripts",
	"cmd",
	"reports/live",
	"reports/verdicts",
	"benchmarks/launch",
	"benchmarks/suite",
	"benchmarks/gate",
	"benchmarks/ledger",
	"benchmarks",
	"reports",
	"vis",
	"eval/compare", "eval/supervised", "eval/duplicates", "eval/knn", "eval/nnc", "eval/quality", "eval/memorisation",
	"eval/memorisation/threesample", "eval/memorisation/search",
	"eval/memorisation/nearest", "eval/memorisation/pvalues", "eval/memorisation/ranks", "eval/memorisation/plant",
	"eval/memorisation/faults",
	"eval/quality/classifier", "eval/quality/diversity", "eval/quality/fld", "eval/quality/frechet",
	"eval/quality/kid", "eval/quality/nearest", "eval/quality/sliced",
	"eval/quality/metric",
	"eval",
	"eval/linear", "eval/neighbours",
	"eval/linear/internal/precondition",
	"eval/linear/internal/passes", "eval/linear/internal/cholesky",
	"eval/linear/internal/vec",
	"features",
	"features/internal",
	"features/store",
	"internal/dense",
	"features/matrix",
	"train/autoencoder", "train/dcgan", "train/mnistcond",
	"train", "train/runfolder",
	"train/convolution",
	"datasets/prepare", "datasets",
	"datasets/internal/signs",
	"datasets/catalog",
	"datasets/internal",
	"datasets/shapes", "datasets/resize",
	"backends",
	"reports/record",
	"internal",
}

// TestImportsRunDownwards: no package imports one that stands above it.
func TestImportsRunDownwards(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}: {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	used := map[int]bool{}
	for line := range strings.Lines(string(out)) {
		path, imports, _ := strings.Cut(strings.TrimSpace(line), ":")
		folder, ok := strings.CutPrefix(path, "repbench/")
		if !ok {
			continue // the module's root holds tests alone
		}
		from := rank(folder)
		if from < 0 {
			t.Errorf("%s has no place in the order; add its folder to the list", path)
			continue
		}
		used[from] = true
		for _, i := range strings.Fields(imports) {
			if to, ok := strings.CutPrefix(i, "repbench/"); ok && rank(to) < from {
				t.Errorf("%s imports %s, which stands above it", path, i)
			}
		}
	}
	for i, folder := range order {
		if !used[i] {
			t.Errorf("the order names %s, which holds no package", folder)
		}
	}
}

// rank is the place in the order of the longest folder that path lies in; -1: none.
func rank(path string) int {
	best := -1
	for i, folder := range order {
		if (path == folder || strings.HasPrefix(path, folder+"/")) && (best < 0 || len(folder) > len(order[best])) {
			best = i
		}
	}
	return best
}

func TestRank(t *testing.T) {
	for path, folder := range map[string]string{
		"eval/compare":                     "eval/compare",
		"eval":                             "eval",
		"evaluation":                       "",
		"datasets/internal/mat5":           "datasets/internal",
		"backends/cpu/internal/engine/gen": "backends",
	} {
		want := slices.Index(order, folder)
		if got := rank(path); got != want {
			t.Errorf("%s has rank %d, want %d", path, got, want)
		}
	}
}
