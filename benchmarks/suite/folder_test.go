package suite

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What is added to a suite is added to the end of its plan, what changes makes new cells, and the old
// ones are named.
func TestPlanGrows(t *testing.T) {
	dir := t.TempDir()
	f, change := prepare(t, small, dir)
	if len(f.Cells()) != 6 || change.Added != 6 {
		t.Fatalf("%d cells, %d of them new, want 6", len(f.Cells()), change.Added)
	}
	before := readFile(t, filepath.Join(dir, planFile))
	more := changed(t, small, `"1..2"`, `"1..3"`) + "[[protocol]]\nname = \"cv\"\nkind = \"linear\"\nC = [1e-4, 1e-3]\nselect-on = \"cv\"\n"
	f, change = prepare(t, more, dir)
	if len(f.Cells()) != 12 || change.Added != 6 || len(change.Orphans) != 0 {
		t.Fatalf("%d cells, %d of them new, orphans %v; want 12, 6, none", len(f.Cells()), change.Added, change.Orphans)
	}
	if after := readFile(t, filepath.Join(dir, planFile)); !strings.HasPrefix(after, before) {
		t.Errorf("the plan was changed:\n%s\nto\n%s", before, after)
	}
	f, change = prepare(t, changed(t, more, "k = [1, 5]", "k = [1, 7]"), dir)
	if change.Added != 4 || len(change.Orphans) != 4 || change.Orphans[0].Protocol != "near" {
		t.Errorf("%d new, orphans %v; want 4 new cells and the 4 orphans of near", change.Added, change.Orphans)
	}
	if again, same := prepare(t, changed(t, more, "k = [1, 5]", "k = [1, 7]"), dir); same.Added != 0 || len(again.Cells()) != 16 {
		t.Errorf("the same suite adds %d cells", same.Added)
	}
	opened, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range opened.Cells() {
		if opened.Orphan(c) != f.Orphan(c) || c.Index != i || c.ID != f.Cells()[i].ID {
			t.Errorf("cell %d: %v read back as %v", i, f.Cells()[i], c)
		}
	}
	if err := f.Run(context.Background(), change.Orphans[0].Index, RunOptions{Machine: machine(t)}); err == nil || !strings.Contains(err.Error(), "no longer in the suite") {
		t.Errorf("an orphan runs: %v", err)
	}
}

// Of orphans the overview says which have a record.
func TestOverviewKeepsOrphans(t *testing.T) {
	dir := t.TempDir()
	prepare(t, small, dir)
	f, change := prepare(t, changed(t, small, "k = [1, 5]", "k = [1, 7]"), dir)
	kept := change.Orphans[1]
	if err := os.MkdirAll(f.Path(kept), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(f.Path(change.Orphans[0]), 0o755); err != nil { // begun, without a record
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.Path(kept), recordFile), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if o := f.Overview(Seeds{}, false); len(o.Orphans) != 3 || !slices.Equal(o.Kept, []int{kept.Index}) {
		t.Errorf("%d orphans, want 3; with a record %v, want %d", len(o.Orphans), o.Kept, kept.Index)
	}
}

// What is known of encoders is kept: a suite that was opened has the cells that were planned.
func TestOpenedIdentities(t *testing.T) {
	dir := t.TempDir()
	text := changed(t, small, `spec = "pixels"`, `spec = "random:dcgan64,width=2"`)
	text = changed(t, text, "spec = \"random", "seeds = [4]\nspec = \"random")
	f, _ := prepare(t, text, dir)
	opened, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range opened.Cells() {
		if opened.Orphan(c) {
			t.Errorf("cell %d (%s) is an orphan once the folder is opened", c.Index, c)
		}
	}
	if size := opened.facts.encoder("pixels").ImageSize; size != 64 || size != f.facts.encoder("pixels").ImageSize {
		t.Errorf("the encoder takes images of %d pixels, want 64", size)
	}
}

// The identity of a cell depends on all that decides its result, and on nothing else.
func TestIdentities(t *testing.T) {
	ids := func(text string) (cell, training string) {
		f, _ := prepare(t, text, t.TempDir())
		return f.Cells()[0].ID, f.Cells()[0].Training
	}
	cell, training := ids(small)
	for _, tt := range []struct {
		name, old, by          string
		sameCell, sameTraining bool
	}{
		{"what is watched", "samples = 4", "samples = 4, log-every = 1, checkpoint-every = 2, measure = \"nnd\", measure-images = 1000", true, true},
		{"a default that is written out", "batch = 8", "batch = 8, alternate = \"released\", learning-rate = 2e-4", true, true},
		{"another protocol", "k = [1, 5]", "k = [1, 6]", true, true},
		{"steps", "steps = 4", "steps = 5", false, false},
		{"option of the training", "batch = 8", "batch = 9", false, false},
		{"option of the features", `name = "dcgan"`, "name = \"dcgan\"\npool = \"mean\"", false, true},
		{"option of the protocol", `name = "linear"`, "name = \"linear\"\nC = 1e-3", false, true},
		{"seed of the evaluation", `name = "linear"`, "name = \"linear\"\nseed = 2", false, true},
		{"data", "train=60", "train=61", false, false},
		{"name of the encoder", `name = "dcgan"`, `name = "dcgan2"`, false, true},
	} {
		c, tr := ids(changed(t, small, tt.old, tt.by))
		if (c == cell) != tt.sameCell || (tr == training) != tt.sameTraining {
			t.Errorf("%s: the cell is the same %v, want %v; the training %v, want %v", tt.name, c == cell, tt.sameCell, tr == training, tt.sameTraining)
		}
	}
}

// A plan whose lines were changed is refused, and nothing is written.
func TestDamagedPlan(t *testing.T) {
	dir := t.TempDir()
	prepare(t, small, dir)
	path := filepath.Join(dir, planFile)
	whole := readFile(t, path)
	lines := strings.SplitAfter(whole, "\n")
	_, rest, _ := strings.Cut(whole, `"id":"`)
	for want, text := range map[string]string{
		"want 0: the lines of a plan are never changed": strings.Join(lines[1:], ""),
		"is there twice":          lines[0] + strings.Replace(lines[0], `"index":0`, `"index":1`, 1),
		"16 hexadecimal digits":   strings.Replace(whole, rest[:16], "../../x", 1),
		"last line is incomplete": whole[:len(whole)-10],
	} {
		writeFile(t, path, text)
		_, _, err := Prepare(context.Background(), read(t, small), dir, machine(t))
		if err == nil || !strings.Contains(err.Error(), want) || readFile(t, path) != text {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// Other folders are left alone.
func TestForeignFolder(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "thesis.tex"), "x")
	if _, _, err := Prepare(context.Background(), read(t, small), dir, machine(t)); err == nil || !strings.Contains(err.Error(), "thesis.tex") {
		t.Errorf("error %v", err)
	}
	dir = t.TempDir()
	prepare(t, small, dir)
	if _, _, err := Prepare(context.Background(), read(t, changed(t, small, `suite = "small"`, `suite = "other"`)), dir, machine(t)); err == nil || !strings.Contains(err.Error(), `the suite "small"`) {
		t.Errorf("another suite: error %v", err)
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "bench run SUITE --out") {
		t.Errorf("an empty folder: error %v", err)
	}
}

// Every data set that is missing is named, with the way to get it.
func TestMissingData(t *testing.T) {
	text := small + `
[[data]]
name = "cifar10"
[[data]]
name = "svhn"
path = "/nonexistent/svhn"
`
	_, _, err := Prepare(context.Background(), read(t, text), t.TempDir(), machine(t))
	if err == nil {
		t.Fatal("data sets that are not there are found")
	}
	for _, want := range []string{`data set "cifar10"`, "cifar-10-binary.tar.gz", `data set "svhn"`, "/nonexistent/svhn"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %q", err, want)
		}
	}
}

// [[only]] and [[skip]] make lists of the product.
func TestOnlyAndSkip(t *testing.T) {
	names := func(text string) []string {
		f, _ := prepare(t, text, t.TempDir())
		var out []string
		for _, c := range f.Cells() {
			if n := c.Encoder + "/" + c.Protocol; !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
		return out
	}
	if got := names(small + "[[skip]]\nencoder = \"pixels\"\nprotocol = \"near\""); !slices.Equal(got, []string{"dcgan/linear", "dcgan/near", "pixels/linear"}) {
		t.Errorf("%v", got)
	}
	if got := names(small + "[[only]]\nencoder = \"pixels\"\n[[only]]\nprotocol = \"near\""); !slices.Equal(got, []string{"dcgan/near", "pixels/linear", "pixels/near"}) {
		t.Errorf("%v", got)
	}
	if _, _, err := Prepare(context.Background(), read(t, small+"[[skip]]\ndata = \"shapes\""), t.TempDir(), machine(t)); err == nil || !strings.Contains(err.Error(), "no cell is left") {
		t.Errorf("error %v", err)
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
