package compare

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"repbench/internal/npy"
)

// Lists that equal others or the true classes are counted, and the first is named.
func TestEqualLists(t *testing.T) {
	truth := []int32{0, 1, 1, 0, 1, 0}
	a, b, c := []int32{0, 1, 0, 0, 1, 0}, []int32{0, 0, 1, 0, 1, 0}, []int32{1, 1, 1, 0, 1, 0}
	again := slices.Clone[[]int32]
	for _, tt := range []struct {
		name     string
		encoders [][][]int32
		want     []string
	}{
		{"all differ", [][][]int32{{a, b}, {c}}, []string{}},
		{"one list", [][][]int32{{a}}, []string{}},
		{"all seeds equal", [][][]int32{{a, again(a), again(a)}},
			[]string{"the 3 seeds of encoder 1 predict the same for every image: the variance between them is 0 and says nothing of another seed"}},
		{"some seeds equal", [][][]int32{{c}, {a, b, again(b), again(a)}},
			[]string{"2 of 4 seeds of encoder 2 predict the same for every image as an earlier one (the first: seed 3 as seed 2): a copy lowers the variance between seeds; give each seed once"}},
		{"the truth", [][][]int32{{a, again(truth)}},
			[]string{"1 of 2 lists of predictions of encoder 1 equal the true classes for every image (the first: seed 2): make sure that they are not a copy of the file of --truth"}},
		{"two encoders", [][][]int32{{a, b}, {c, again(b)}},
			[]string{"1 of 2 lists of predictions of encoder 2 equal one of encoder 1 for every image (the first: seed 2 of encoder 2 equals seed 2): a model that counts for both encoders hides their difference"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := EqualLists(tt.encoders, truth); !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// One file given twice is an error under any of its names; copies of a file, and the labels and
// predictions in one folder, are not.
func TestDistinctFiles(t *testing.T) {
	dir := t.TempDir()
	y, a, copied, link := filepath.Join(dir, LabelsFile()), filepath.Join(dir, PredictionsFile), filepath.Join(dir, "copy.npy"), filepath.Join(dir, "link.npy")
	for _, path := range []string{y, a, copied} {
		if err := npy.Write(path, []int{3}, []int32{0, 1, 2}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(a, link); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, truth string
		predictions []string
		same        bool
	}{
		{"folder", dir, []string{dir}, false},
		{"copy", y, []string{a, copied}, false},
		{"truth", y, []string{a, y}, true},
		{"truth of the folder", dir, []string{y}, true},
		{"link", y, []string{copied, a, link}, true},
		{"file of the folder", y, []string{dir, a}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := DistinctFiles(tt.truth, tt.predictions...); errors.Is(err, ErrSame) != tt.same || !tt.same && err != nil {
				t.Errorf("error %v, want one: %v", err, tt.same)
			}
		})
	}
}
