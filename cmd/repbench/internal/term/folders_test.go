package term

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"repbench/datasets"
	"repbench/datasets/catalog"
	"repbench/datasets/prepare"
	"repbench/eval/duplicates"
	"repbench/features/matrix"
	"repbench/features/store"
	"repbench/internal/cache"
)

func TestCache(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 0, 0, time.Local)
	a := cache.Entry{Kind: "features", Path: "/c/features/a", Bytes: 1_500_000, Used: at}
	b := cache.Entry{Kind: "prepared", Path: "/c/prepared/b", Bytes: 40_000}
	compareText(t, CacheList([]cache.Entry{a, b}), `KIND      LAST USED         SIZE    FOLDER
features  2026-03-04 05:06  1.5 MB  /c/features/a
prepared                    0.0 MB  /c/prepared/b

2 folders, 1.5 MB
`)
	p := cache.Pruned{Removed: []cache.Entry{a}, InUse: []cache.Entry{b}, Bytes: a.Bytes, LeftBytes: b.Bytes}
	compareText(t, CachePruned(p, false), `removed /c/features/a (1.5 MB, last used 2026-03-04 05:06)
in use, left: /c/prepared/b
removed 1 folders, 1.5 MB; 0.0 MB left
`)
	if dry := CachePruned(p, true); strings.Contains(dry, "\nremoved") || strings.HasPrefix(dry, "removed") || !strings.Contains(dry, "would remove 1 folders") {
		t.Errorf("a dry run says that it removed:\n%s", dry)
	}
}

// Where a set is, or else the step that brings it here.
func TestWhereText(t *testing.T) {
	for want, s := range map[string]catalog.SetInfo{
		"/data/x":  {Name: "x", Present: true, Path: "/data/x"},
		"built in": {Name: "shapes", Present: true},
		"repbench data fetch x (2.0 MB are there)":    {Name: "x", PartBytes: 2e6, Missing: []string{"a"}, Fetchable: true},
		"repbench data fetch x (2 files are missing)": {Name: "x", Path: "/data", Missing: []string{"a", "b"}, Fetchable: true},
		"repbench data fetch x":                       {Name: "x", Fetchable: true, URL: "http://x"},
		"get it from http://x":                        {Name: "x", URL: "http://x"},
		"give its path":                               {Name: "folder"},
	} {
		if got := whereText(s); got != want {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
}

func TestInventory(t *testing.T) {
	inv := catalog.Inventory{Cache: "/c", Bytes: 3e6, Sets: []catalog.SetInfo{{Name: "mnist", Description: "digits", Path: "/c/mnist", Bytes: 11_600_000, Present: true}},
		Prepared: []catalog.Prepared{{Path: "/c/p", Splits: []string{"train", "test"}, Bytes: 1e5}}}
	compareText(t, Inventory(inv), `DATA SET  HERE      SIZE     VERIFIED  WHAT
mnist     /c/mnist  11.6 MB            digits

PREPARED  SIZE    SPLITS
/c/p      0.1 MB  train, test

cache /c: 3.0 MB
`)
	without(t, Inventory(catalog.Inventory{}), "PREPARED", "cache")
}

func TestFileChecks(t *testing.T) {
	compareText(t, FileChecks([]catalog.FileCheck{{Set: "mnist", Path: "/c/a.gz", Bytes: 1e6, State: "bad", Reason: "fetch it again"}}), `STATE  DATA SET  SIZE    FILE     REASON
bad    mnist     1.0 MB  /c/a.gz  fetch it again
`)
	if got := FileChecks(nil); got != "there are no data sets in the cache folder\n" {
		t.Errorf("no files: %q", got)
	}
}

func TestFeatures(t *testing.T) {
	m := &store.Meta{Key: store.Key{Encoder: "dcgan:r", Data: "svhn", DType: "float16",
		Layers: []matrix.Layer{{Name: "conv1", Height: 2, Width: 2, Channels: 5, Columns: [2]int{0, 20}}}}, Dim: 20, Splits: []store.SplitMeta{{Name: "train", Rows: 5}}}
	// Columns are told with the last one, not the one after it.
	compareText(t, Features("out", m), `out: 20 features of dcgan:r for svhn (float16)
  train  5 rows
  conv1  2×2×5, columns 0 to 19
`)
}

func preparedSet(dir string, size, bad int) prepare.Set {
	m := &datasets.Manifest{Size: size, Channels: 3, Hash: "h", Splits: []datasets.ManifestSplit{{Name: "train", Images: 7}}}
	for i := range bad {
		m.Bad = append(m.Bad, datasets.BadImage{Split: "train", ID: fmt.Sprintf("%d.jpg", i), Reason: "cut off"})
	}
	return prepare.Set{Dir: dir, Manifest: m}
}

// Images that are left out at every size are listed once, others under their size.
func TestPrepared(t *testing.T) {
	const a, b, bad = "prepared:a: 8×8 pixels, 3 channels, hash h\n  train  7 images\n", "prepared:b: 16×16 pixels, 3 channels, hash h\n  train  7 images\n", "  left out: 0.jpg: cut off\n"
	compareText(t, Prepared(&prepare.Result{Sets: []prepare.Set{preparedSet("a", 8, 1), preparedSet("b", 16, 1)}}), a+b+bad)
	compareText(t, Prepared(&prepare.Result{Sets: []prepare.Set{preparedSet("a", 8, 1), preparedSet("b", 16, 0)}}), a+bad+b)
	many := Prepared(&prepare.Result{Sets: []prepare.Set{preparedSet("a", 8, maxBadShown+3)}})
	if n := strings.Count(many, "left out"); n != maxBadShown || !strings.HasSuffix(many, "  and 3 more, listed in manifest.json\n") {
		t.Errorf("%d bad images are listed:\n%s", n, many)
	}
	if exactly := Prepared(&prepare.Result{Sets: []prepare.Set{preparedSet("a", 8, maxBadShown)}}); strings.Contains(exactly, "more") {
		t.Errorf("more is said where nothing is left:\n%s", exactly)
	}
}

func TestDuplicates(t *testing.T) {
	s := duplicates.Summary{Images: 100, Groups: 4, Removed: 5, AcrossClasses: 2,
		Methods:  []duplicates.MethodSummary{{Method: duplicates.MethodExact, Groups: 3, Removed: 3}},
		Parts:    []duplicates.PartSummary{{Set: "x", Split: "train", Images: 90, Kept: 85}},
		Overlaps: []duplicates.Overlap{{A: "x/train", B: "x/test", NearA: 4, NearB: 3, ExactA: 2, ExactB: 1}}}
	compareText(t, Duplicates("out/index.html", "out", s), `out/index.html: 100 images, 4 groups of duplicates, 5 images to remove
  exact                                    3 groups, 3 removed
  groups that hold images of several classes: 2; look at them ("classes" in out/groups.jsonl) before you use the keep-lists
  x/train              85 of 90 kept
  x/train and x/test share 4 and 3 images, 2 and 1 of them exactly
`)
	s.AcrossClasses = 0
	without(t, Duplicates("p", "out", s), "several classes")
}

func TestPlanted(t *testing.T) {
	v := duplicates.Score{MethodSummary: duplicates.MethodSummary{Method: duplicates.MethodExact}, All: duplicates.Share{Found: 1, Of: 2},
		Precision: duplicates.Share{Found: 3, Of: 4}, Others: duplicates.Share{Found: 6, Of: 9}}
	v.Recall[0] = duplicates.Share{Found: 1, Of: 8}
	lines := strings.Split(Planted("p", duplicates.PlantedSummary{Images: 50, Planted: 10, Kinds: []string{"jpeg"}, Scores: []duplicates.Score{v}}), "\n")
	if lines[0] != "p: 10 near duplicates among 50 images" {
		t.Errorf("it begins with %q", lines[0])
	}
	fields := strings.Fields(lines[2])
	// recall of the first kind, …, of all, precision, the number of the others
	if fields[1] != "12.5" || fields[len(fields)-3] != "50.0" || fields[len(fields)-2] != "75.0" || fields[len(fields)-1] != "6" {
		t.Errorf("the score reads %q", lines[2])
	}
}
