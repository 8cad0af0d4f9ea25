package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"repbench/benchmarks/ledger"
	"repbench/benchmarks/suite"
	"repbench/internal/measure"
	"repbench/reports/record"
)

// fixedSuite is a suite of two cells that take no time.
const fixedSuite = `
suite = "fixed"
[[encoder]]
name = "random"
spec = "random:svhn32,width=2"
seeds = 1
[[encoder]]
name = "pixels"
spec = "pixels"
[[data]]
name = "shapes"
spec = "shapes:train=60,test=20"
[[protocol]]
name = "linear"
C = 1e-3
`

// suiteAt writes a suite file and returns its path and a folder for the suite.
func suiteAt(t *testing.T, text string) (path, out string) {
	t.Helper()
	t.Setenv(asProgram, "1") // of the cells, which are processes of the test binary
	dir := t.TempDir()
	path = filepath.Join(dir, "suite.toml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path, filepath.Join(dir, "out")
}

// lineOf is the record of a cell.
func lineOf(t *testing.T, f *suite.Folder, c suite.Cell) ledger.Line {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(f.Path(c), "record.json"))
	if err != nil {
		t.Fatal(err)
	}
	var l ledger.Line
	if err := json.Unmarshal(text, &l); err != nil {
		t.Fatal(err)
	}
	return l
}

// A suite gives the numbers of the commands, and its records have their names.
func TestBenchEqualsEval(t *testing.T) {
	path, out := suiteAt(t, fixedSuite)
	must(t, "bench", "run", path, "--out", out)
	f, err := suite.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range f.Cells() {
		l := lineOf(t, f, c)
		spec := map[string]string{"random": "random:svhn32,width=2", "pixels": "pixels"}[c.Encoder]
		records := filepath.Join(t.TempDir(), "records.jsonl")
		doc := document(t, "eval", "linear", "--encoder", spec, "--data", "shapes:train=60,test=20", "--C", "1e-3", "--per-layer=false", "--record", records)
		m, ok := l.Value(measure.TestAccuracy)
		if !ok || m.Value != doc["test_accuracy"] || l.Record != doc["id"] {
			t.Errorf("%s: the suite says %v of the record %s, eval linear %v of %v", c, m.Value, l.Record, doc["test_accuracy"], doc["id"])
		}
		if all, err := record.Read(filepath.Join(f.Path(c), "records.jsonl")); err != nil || len(all) != 1 || all[0].ID != l.Record {
			t.Errorf("%s: records.jsonl has %d records: %v", c, len(all), err)
		}
	}
}

// The options of protocols and trainings have the names of the flags.
func TestBenchOptionsAreFlags(t *testing.T) {
	root := newRoot(os.Stdout, os.Stderr)
	for _, tt := range []struct {
		command []string
		options any
		own     []string // that no flag has
	}{
		{[]string{"eval", "linear"}, suite.Linear{}, nil},
		{[]string{"eval", "fewshot"}, suite.FewShot{}, nil},
		{[]string{"eval", "knn"}, suite.KNN{}, nil},
		{[]string{"eval", "supervised"}, suite.Supervised{}, nil},
		{[]string{"eval", "nnc"}, suite.NNC{}, nil},
		{[]string{"memorization"}, suite.Memorization{}, nil},
		{[]string{"quality"}, suite.Quality{}, append(tomlNames(reflect.TypeFor[suite.Features]()), "encoder", "n")},
		{[]string{"extract"}, suite.Features{}, nil},
		{[]string{"extract"}, suite.Data{}, []string{"name", "path", "spec"}},
		{[]string{"train"}, suite.Training{}, []string{"hidden", "dropout", "size"}},
		{[]string{"train", "autoencoder"}, struct {
			Hidden  int     `toml:"hidden"`
			Dropout float64 `toml:"dropout"`
			Size    int     `toml:"size"`
		}{}, nil},
	} {
		c, _, err := root.Find(tt.command)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range tomlNames(reflect.TypeOf(tt.options)) {
			if !slices.Contains(tt.own, name) && c.Flags().Lookup(name) == nil && c.InheritedFlags().Lookup(name) == nil {
				t.Errorf("%s has no flag --%s, which suites have as an option", c.CommandPath(), name)
			}
		}
	}
}

// newRoot is the command line of the program.
func newRoot(stdout, stderr *os.File) *cobra.Command {
	_, root := newApp(stdout, stderr)
	return root
}

// tomlNames are the TOML names of a struct and of the structs in it.
func tomlNames(t reflect.Type) (names []string) {
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous {
			names = append(names, tomlNames(f.Type)...)
		} else if name := f.Tag.Get("toml"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func TestBenchUsage(t *testing.T) {
	path, out := suiteAt(t, fixedSuite)
	bad, _ := suiteAt(t, strings.Replace(fixedSuite, "spec", "spek", 1))
	missing, _ := suiteAt(t, strings.Replace(fixedSuite, "spec = \"shapes:train=60,test=20\"", "spec = \"cifar10\"", 1))
	must(t, "bench", "plan", path, "--out", out)
	if _, err := os.Stat(out); err == nil {
		t.Error("bench plan makes the folder")
	}
	for _, tt := range []struct {
		name, args, want string
		status           int
	}{
		{"unknown key", "bench plan " + bad, `did you mean "spec"?`, 2},
		{"unknown key, run", "bench run " + bad + " --out " + out, `did you mean "spec"?`, 2},
		{"no suite", "bench plan /nonexistent.toml", "/nonexistent.toml", 1},
		{"missing data", "bench run " + missing + " --out " + out, "cifar-10-binary.tar.gz", 1},
		{"no folder", "bench run " + path, "--out is required", 2},
		{"jobs", "bench run " + path + " --out " + out + " --jobs 0", "--jobs 0", 2},
		{"shard", "bench run " + path + " --out " + out + " --shard 3/2", "from 1/4 to 4/4", 2},
		{"seeds", "bench run " + path + " --out " + out + " --seeds x", "--seeds", 2},
		{"retry", "bench run " + path + " --out " + out + " --retry all", "the only value is failed", 2},
		{"reuse", "bench run " + path + " --out " + out + " --reuse all", "the only value is modified", 2},
		{"index", "bench cell " + out + " x", "a number from 0", 2},
		{"no such folder", "bench status /nonexistent/out", "no folder of a suite", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, _, stderr := cli(t, strings.Fields(tt.args)...)
			if status != tt.status || !strings.Contains(stderr, tt.want) {
				t.Errorf("status %d, want %d; %s\nwant %q", status, tt.status, stderr, tt.want)
			}
		})
	}
	must(t, "bench", "run", path, "--out", out)
	if status, _, stderr := cli(t, "bench", "cell", out, "9"); status != 1 || !strings.Contains(stderr, "the cells 0 to 1, not 9") {
		t.Errorf("a cell that is not there: status %d, %s", status, stderr)
	}
	if text := must(t, "bench", "cell", out, "0"); !strings.Contains(text, "done") {
		t.Errorf("a cell that is done says %q", text)
	}
	if text := must(t, "bench", "cancel", out); text != "no job and no process works on it\n" {
		t.Errorf("bench cancel says %q", text)
	}
	if doc := document(t, "bench", "status", out); doc["done"] != 2.0 || doc["total"] != 2.0 {
		t.Errorf("bench status says %v", doc)
	}
	if text := must(t, "bench", "status", out, "--watch"); !strings.Contains(text, "2 of 2 done") {
		t.Errorf("bench status --watch says %s", text)
	}
}

// A cell that fails leaves the others alone: status 1, its reason in status, and --retry runs it again.
func TestBenchFailure(t *testing.T) {
	path, out := suiteAt(t, fixedSuite+"[[protocol]]\nname = \"rows\"\nkind = \"fewshot\"\nC = 1e-3\nreport-rows = \"/nonexistent/rows.npy\"\n[[skip]]\nencoder = \"random\"\nprotocol = \"rows\"\n")
	for range 2 { // the second time nothing is tried again
		status, stdout, stderr := cli(t, "bench", "run", path, "--out", out)
		if status != 1 || !strings.Contains(stderr, "1 of 3 failed") || !strings.Contains(stdout, "2 of 3 done, 1 failed") || !strings.Contains(stdout, "/nonexistent/rows.npy") {
			t.Errorf("status %d\n%s\n%s", status, stdout, stderr)
		}
	}
	f, err := suite.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	c := f.Cells()[2]
	if n := len(f.Attempts(c)); n != 1 {
		t.Errorf("%d attempts, want 1", n)
	}
	if status, _, _ := cli(t, "bench", "run", path, "--out", out, "--retry", "failed"); status != 1 || len(f.Attempts(c)) != 2 {
		t.Errorf("--retry failed: status %d, %d attempts", status, len(f.Attempts(c)))
	}
}

// Going on with a thousand cells that are done takes less than two seconds.
func TestBenchThousandDone(t *testing.T) {
	path, out := suiteAt(t, strings.Replace(fixedSuite, "seeds = 1", `seeds = "1..1000"`, 1)+"[[skip]]\nencoder = \"pixels\"\n")
	must(t, "bench", "plan", path)
	if status, _, _ := cli(t, "bench", "run", path, "--out", out, "--seeds", "2000"); status != 0 { // makes the plan alone
		t.Fatal("the plan was not made")
	}
	f, err := suite.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	bits := make(ledger.Bits, 10_000)
	for i := range bits {
		bits[i] = i*i%7 < 3
	}
	for _, c := range f.Cells() {
		l := ledger.Line{Key: c.Key("fixed"), Cell: c.ID, Fingerprint: *record.ThisProgram("cpu"), Correct: &bits,
			Measurements: []measure.Measurement{{Name: measure.TestAccuracy, Value: float64(bits.Count()) / 10_000}}}
		text, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(f.Path(c), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(f.Path(c), "record.json"), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	start, before := time.Now(), cpuTime(t)
	text := must(t, "bench", "run", path, "--out", out)
	used := cpuTime(t) - before
	if !strings.Contains(text, "1000 of 1000 done") || used > 2*time.Second { // processor time, as other work may share the machine
		t.Errorf("it takes %s of the processor and says\n%s", used, text)
	}
	t.Logf("%s, of which %s of the processor", time.Since(start), used)
}

// cpuTime is what this process has used of the processor.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
