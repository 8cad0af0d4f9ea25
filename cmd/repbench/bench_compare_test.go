package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"repbench/benchmarks"
	"repbench/benchmarks/gate"
	"repbench/benchmarks/ledger"
	"repbench/benchmarks/suite"
	"repbench/datasets"
	"repbench/datasets/catalog"
	"repbench/internal/jsonfile"
	"repbench/internal/measure"
	"repbench/reports/record"
)

// ledgerLine is a line of an accuracy in points; seed 0 is none.
func ledgerLine(commit, encoder string, seed uint64, points float64) ledger.Line {
	l := ledger.Line{
		Key:          ledger.Key{Suite: "made-up", Encoder: encoder, Data: "shapes", Protocol: "linear"},
		Cell:         fmt.Sprintf("%x-%d", encoder, seed),
		DataHash:     "d",
		WeightsHash:  commit,
		Fingerprint:  record.Fingerprint{Commit: commit, Backend: "cpu", Platform: "linux/amd64", SIMD: "avx2"},
		Machine:      ledger.Machine{Class: "ci", Threads: 2},
		Measurements: []measure.Measurement{{Name: measure.TestAccuracy, Value: points / 100, Better: measure.Higher}},
		Seconds:      1,
	}
	if seed > 0 {
		l.Seed = &seed
	}
	return l
}

// seedLines are the lines of the seeds 1, 2, …, shifted by less points.
func seedLines(commit, encoder string, n int, less float64) (out []ledger.Line) {
	rng := rand.New(rand.NewPCG(uint64(len(commit)), uint64(encoder[0])))
	for s := range n {
		out = append(out, ledgerLine(commit, encoder, uint64(s+1), 70-less+0.3*rng.NormFloat64()))
	}
	return out
}

// writeLines writes a ledger file.
func writeLines(t *testing.T, lines ...ledger.Line) string {
	t.Helper()
	var b strings.Builder
	for _, l := range lines {
		text, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(text, '\n'))
	}
	path := filepath.Join(t.TempDir(), "lines.jsonl")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Each exit status of bench compare, and the verdict as the first word of the last line.
func TestBenchCompareStatus(t *testing.T) {
	base := writeLines(t, append(seedLines("abcdef1", "a", 20, 0), seedLines("abcdef1", "b", 20, 0)...)...)
	a := seedLines("abcdef12", "a", 5, 0)
	for _, tt := range []struct {
		name, want string
		head       []ledger.Line
		status     int
	}{
		{"pass", "pass: 2 cells: 2 pass", append(a, seedLines("abcdef12", "b", 5, 0)...), 0},
		{"regressed", "regressed: 2 cells: 1 regressed, 1 pass", append(a, seedLines("abcdef12", "b", 5, 1)...), statusRegressed},
		{"inconclusive", "inconclusive: 2 cells: 1 inconclusive, 1 pass", append(a, seedLines("abcdef12", "b", 3, 0)...), statusInconclusive},
		{"a cell is missing", "error: 2 cells: 1 error, 1 pass", a, statusFailed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			head := writeLines(t, tt.head...)
			status, stdout, stderr := cli(t, "bench", "compare", base, head)
			lines := strings.Split(strings.TrimRight(stdout, "\n"), "\n")
			if status != tt.status || lines[len(lines)-1] != tt.want || stderr != "" {
				t.Errorf("status %d, %q, want %d, %q\n%s%s", status, lines[len(lines)-1], tt.status, tt.want, stdout, stderr)
			}
			status, stdout, _ = cli(t, "bench", "compare", base, head, "--json")
			var v struct {
				Verdict  string
				ExitCode int `json:"exit_code"`
				Cells    []gate.Cell
			}
			if err := json.Unmarshal([]byte(stdout), &v); err != nil || status != tt.status || v.ExitCode != tt.status || !strings.HasPrefix(tt.want, v.Verdict) || len(v.Cells) != 2 {
				t.Errorf("--json: status %d, %+v, %v", status, v, err)
			}
		})
	}
}

// What cannot be compared is 1, a wrong command line is 2, and neither looks like a verdict.
func TestBenchCompareErrors(t *testing.T) {
	base := writeLines(t, seedLines("abcdef1", "a", 20, 0)...)
	other := ledgerLine("abcdef1", "a", 1, 70)
	other.Suite = "second"
	two := writeLines(t, append(seedLines("abcdef1", "a", 5, 0), other)...)
	elsewhere := ledgerLine("abcdef1", "a", 1, 70)
	elsewhere.Machine.Class = "gpu"
	third := ledgerLine("abcdef1", "a", 1, 70)
	third.Machine.Class = "third"
	classes := writeLines(t, elsewhere, third)
	rule := filepath.Join(t.TempDir(), "s.toml")
	wrong := strings.Replace(suiteText(map[string][]string{"a": {"1"}}, "1"), "[gate]", "[gate]\nalpha = 2.0", 1)
	if err := os.WriteFile(rule, []byte(wrong), 0o644); err != nil {
		t.Fatal(err)
	}
	torn := filepath.Join(t.TempDir(), "torn.jsonl")
	if err := os.WriteFile(torn, []byte("{\"suite\":"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args   []string
		says   string
		status int
	}{
		{[]string{base}, "want BASE and HEAD", 2},
		{[]string{base, "4e2573e"}, "HEAD: 4e2573e is no file and no folder; to compare commits, name the ledger with --ledger DIR", 1},
		{[]string{base, t.TempDir()}, "is no folder of a suite", 1},
		{[]string{torn, base}, "torn.jsonl:1: the last line is incomplete", 1},
		{[]string{base, writeLines(t, other)}, "no suite in common: made-up, and second", 1},
		{[]string{two, two}, "several suites: made-up, second; say which with --suite", 2},
		{[]string{base, base, "--suite", "third"}, `has no results of the suite "third"`, 1},
		{[]string{base, classes}, "several classes of machines: gpu, third; say which with --machine", 2},
		{[]string{base, base, "--machine", "fast"}, `no results of machines of the class "fast"; they have ci, and ci`, 1},
		{[]string{base, base, "--suite", rule}, "alpha is 2", 2},
		{[]string{base, base, "--images", "shapes"}, "--images means nothing without --html", 2},
		{[]string{base, base, "--html", filepath.Join(t.TempDir(), "no", "a.html")}, "make the folder", 1},
		{[]string{"zzzz9", "HEAD", "--ledger", t.TempDir()}, "has no results of the commit zzzz9; it has none", 1},
	} {
		status, stdout, stderr := cli(t, append([]string{"bench", "compare"}, tt.args...)...)
		if status != tt.status || !strings.Contains(stderr, tt.says) || stdout != "" {
			t.Errorf("%v: status %d, want %d, %q\n%s%s", tt.args, status, tt.status, tt.says, stdout, stderr)
		}
	}
	if status, _, stderr := cli(t, "bench", "compare", two, two, "--suite", "second"); status != 0 {
		t.Errorf("one of two suites by name: %d %s", status, stderr)
	}
	if status, _, stderr := cli(t, "bench", "compare", base, classes, "--machine", "gpu"); status != statusInconclusive {
		t.Errorf("one of two classes by name: %d %s", status, stderr)
	}
}

// The exit code of suites that are drawn at random, from files: the code path of the simulation in
// package gate ends in the command.
func TestBenchCompareSimulated(t *testing.T) {
	rng := rand.New(rand.NewPCG(18, 18))
	counts := map[string]int{}
	for i := range 24 {
		drop := float64(i % 2)
		var base, head []ledger.Line
		for cell := range 10 {
			for s := range uint64(20) {
				base = append(base, ledgerLine("abc", fmt.Sprint("e", cell), s+1, 70+0.4*rng.NormFloat64()))
			}
			for s := range uint64(12) {
				head = append(head, ledgerLine("abcd", fmt.Sprint("e", cell), s+1, 70-drop+0.4*rng.NormFloat64()))
			}
			drop = 0
		}
		c, err := gate.Compare(base, head, gate.Default())
		if err != nil {
			t.Fatal(err)
		}
		status, _, stderr := cli(t, "bench", "compare", writeLines(t, base...), writeLines(t, head...))
		if status != c.ExitCode() {
			t.Errorf("status %d, the comparison of the same lines in memory %d\n%s", status, c.ExitCode(), stderr)
		}
		counts[fmt.Sprint(i%2, " ", status)]++
	}
	if counts["0 0"] < 11 || counts["1 3"] < 11 {
		t.Errorf("drop and status: %v", counts)
	}
}

// A recorded folder can be compared by its commit, by a beginning of it, and by what git calls it.
func TestBenchRecord(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ledger")
	commit := strings.Repeat("ab12", 10)
	head, err := exec.Command("git", "rev-parse", "HEAD").Output()
	if err != nil {
		t.Skip("no git, or no repository")
	}
	out := suiteFolder(t, seedLines(commit, "a", 20, 0)...)
	if got := must(t, "bench", "record", out, "--ledger", dir); got != dir+": 20 lines added, 0 were there\n" {
		t.Error(got)
	}
	if got := must(t, "bench", "record", out, "--ledger", dir); got != dir+": 0 lines added, 20 were there\n" {
		t.Error(got)
	}
	now := seedLines(strings.TrimSpace(string(head)), "a", 5, 0)
	must(t, "bench", "record", suiteFolder(t, now...), "--ledger", dir)
	for _, base := range []string{commit, "ab12", out, filepath.Join(dir, commit)} {
		status, stdout, stderr := cli(t, "bench", "compare", base, "HEAD", "--ledger", dir)
		if base == filepath.Join(dir, commit) { // with a ledger, folders are read as they are
			status, stdout, stderr = cli(t, "bench", "compare", base, suiteFolder(t, now...))
		}
		if status != 0 {
			t.Errorf("%s: status %d\n%s%s", base, status, stdout, stderr)
		}
	}
	changed := suiteFolder(t, ledgerLine(commit, "a", 1, 12))
	if status, _, stderr := cli(t, "bench", "record", changed, "--ledger", dir); status != 1 || !strings.Contains(stderr, "another result of made-up: a / shapes / linear, seed 1: measurements differs") {
		t.Errorf("status %d: %s", status, stderr)
	}
	if status, _, stderr := cli(t, "bench", "record", t.TempDir(), "--ledger", dir); status != 1 || !strings.Contains(stderr, "is no folder of a suite") {
		t.Errorf("status %d: %s", status, stderr)
	}
}

// A ledger of one commit stands for the commit; a ledger of several is an error that names them.
func TestBenchCompareLedgers(t *testing.T) {
	fill := func(commits ...string) string {
		dir := t.TempDir()
		for _, c := range commits {
			if _, err := ledger.Append(dir, seedLines(c, "a", 5, 0)); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	one, two := fill("abcdef1"), fill("abcdef1", "1234567")
	if got := must(t, "bench", "compare", one, fill("abcdef1")); !strings.HasSuffix(got, "pass: 1 cell: 1 pass\n") {
		t.Error(got)
	}
	want := fmt.Sprintf("HEAD: %s is a ledger of 2 commits: 1234567, abcdef1; name the folder of one commit, as %s", two, filepath.Join(two, "1234567"))
	if status, stdout, stderr := cli(t, "bench", "compare", one, two); status != statusFailed || stdout != "" || !strings.Contains(stderr, want) {
		t.Errorf("status %d: %s%s", status, stdout, stderr)
	}
	must(t, "bench", "compare", one, filepath.Join(two, "abcdef1"))
	parent := t.TempDir() // of the folder of a suite
	if err := os.Rename(suiteFolder(t, seedLines("abcdef1", "a", 5, 0)...), filepath.Join(parent, "out")); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := cli(t, "bench", "compare", one, parent); status != statusFailed || !strings.Contains(stderr, "is no folder of a suite") {
		t.Errorf("status %d: %s", status, stderr)
	}
}

// suiteFolder is the folder of a suite whose cells have these results.
func suiteFolder(t *testing.T, lines ...ledger.Line) string {
	t.Helper()
	out := t.TempDir()
	seeds := map[string][]string{}
	for _, l := range lines {
		seeds[l.Encoder] = append(seeds[l.Encoder], fmt.Sprint(*l.Seed))
	}
	fillFolder(t, out, suiteText(seeds, "0.001"), lines...)
	return out
}

// suiteText is a suite of random encoders with seeds.
func suiteText(seeds map[string][]string, c string) string {
	text := "suite = \"made-up\"\n[[data]]\nname = \"shapes\"\nspec = \"" + goldenShapes + "\"\n[[protocol]]\nname = \"linear\"\nC = [" + c + "]\n[gate]\nbase_seeds = 5\n"
	for name, list := range seeds {
		text += fmt.Sprintf("[[encoder]]\nname = %q\nspec = \"random:svhn32,width=1\"\nseeds = [%s]\n", name, strings.Join(list, ", "))
	}
	return text
}

// fillFolder prepares the folder of a suite and gives its cells the results of the lines.
func fillFolder(t *testing.T, out, text string, lines ...ledger.Line) *suite.Folder {
	t.Helper()
	s, err := suite.Parse([]byte(text), "suite.toml")
	if err != nil {
		t.Fatal(err)
	}
	f, _, err := suite.Prepare(t.Context(), s, out, benchmarks.Machine{Backend: "cpu", Catalog: catalog.Options{CacheDir: t.TempDir(), Offline: true}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range f.Cells() {
		for _, l := range lines {
			if l.Encoder != c.Encoder || l.Seed == nil || *l.Seed != *c.Seed || f.Orphan(c) {
				continue
			}
			l.Cell = c.ID
			if err := os.MkdirAll(f.Path(c), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := jsonfile.Write(filepath.Join(f.Path(c), "record.json"), l); err != nil {
				t.Fatal(err)
			}
		}
	}
	return f
}

// All files at once; annotations come before the verdict; the summary of a step is added to.
func TestBenchCompareOutputs(t *testing.T) {
	dir := t.TempDir()
	summary := filepath.Join(dir, "summary.md")
	if err := os.WriteFile(summary, []byte("before\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GITHUB_STEP_SUMMARY", summary)
	data, err := datasets.Open(t.Context(), goldenShapes, datasets.Options{Seed: new(int64(1))})
	if err != nil {
		t.Fatal(err)
	}
	fixed := func(commit string, wrong int) ledger.Line {
		bits := make(ledger.Bits, 20)
		for i := range bits {
			bits[i] = i >= wrong
		}
		l := ledgerLine(commit, "released", 0, 100*float64(bits.Count())/20)
		l.Correct, l.DataHash = &bits, data.Hash
		return l
	}
	base, head := writeLines(t, fixed("abc", 0)), writeLines(t, fixed("abcd", 8))
	args := []string{"bench", "compare", base, head, "--github", "--images", goldenShapes}
	for flag, name := range map[string]string{"--junit": "j.xml", "--markdown": "m.md", "--html": "h.html"} {
		args = append(args, flag, filepath.Join(dir, name))
	}
	status, stdout, stderr := cli(t, args...)
	if status != statusRegressed || !strings.HasPrefix(stdout, "::error title=regressed%3A released / shapes / linear::40.00 points worse") || !strings.HasSuffix(stdout, "regressed: 1 cell: 1 regressed\n") {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	for name, want := range map[string]string{
		"j.xml": `<failure type="regressed" message="40.00 points worse`, "m.md": "# made-up: regressed", "h.html": `<img src="data:image/png;base64,`, "summary.md": "before\n# made-up: regressed",
	} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s does not hold %q (%v)", name, want, err)
		}
	}
	if status, stdout, stderr = cli(t, "bench", "compare", base, head, "--github", "--json"); status != statusRegressed || !json.Valid([]byte(stdout)) || !strings.HasPrefix(stderr, "::error ") {
		t.Errorf("--json: status %d\n%s%s", status, stdout, stderr)
	}
}

// The seeds that open cells need lie above the head's highest seed; seeds of the base come first.
func TestBenchMore(t *testing.T) {
	base := writeLines(t, append(seedLines("abc", "a", 7, 0), seedLines("abc", "b", 20, 0)...)...)
	head := writeLines(t, append(seedLines("abcd", "a", 3, 0), seedLines("abcd", "b", 5, 0)...)...)
	if got := must(t, "bench", "more", base, head); got != "--seeds 4..5\n" {
		t.Errorf("%q", got)
	}
	if got := must(t, "bench", "more", base, base); got != "" {
		t.Errorf("identical: %q", got)
	}
	if _, _, stderr := cli(t, "bench", "more", base, base, "--quiet=false"); !strings.Contains(stderr, "no seeds to add: no cell is inconclusive; the verdict is pass") {
		t.Errorf("bench more says %q of equal sides", stderr)
	}
	v := document(t, "bench", "more", base, head)
	if cells := v["cells"].([]any); len(cells) != 1 || fmt.Sprint(v["arguments"]) != "[--seeds 4..5]" {
		t.Errorf("%v", v)
	}
	late := []ledger.Line{ledgerLine("abcd", "a", 6, 70), ledgerLine("abcd", "b", 1, 70)}
	if got := must(t, "bench", "more", base, writeLines(t, late...)); got != "--seeds 2..5,7..10\n" {
		t.Errorf("%q", got)
	}
	gone := writeLines(t, seedLines("abcd", "b", 5, 0)...)
	if status, _, stderr := cli(t, "bench", "more", base, gone); status != 1 || !strings.Contains(stderr, "a / shapes / linear: the head has no result") {
		t.Errorf("status %d: %s", status, stderr)
	}
}

// Of two cells with one key in a plan, the one counts whose recipe the suite has now; a failure is named.
func TestFolderAsSide(t *testing.T) {
	out, seeds := t.TempDir(), map[string][]string{"a": {"1", "2"}}
	fillFolder(t, out, suiteText(seeds, "0.5"), ledgerLine("abc", "a", 1, 50), ledgerLine("abc", "a", 2, 50))
	f := fillFolder(t, out, suiteText(seeds, "0.001"), ledgerLine("abc", "a", 1, 60))
	last := f.Cells()[3]
	if err := os.MkdirAll(f.Path(last), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := f.Fail(last, "out of luck", 1); err != nil {
		t.Fatal(err)
	}
	s, err := openSide(out)
	if err != nil || len(s.lines) != 1 || s.lines[0].Measurements[0].Value != 0.6 || s.gate.BaseSeeds != 5 {
		t.Fatalf("%+v, %v", s, err)
	}
	if len(s.failed) != 1 || !strings.Contains(s.failed[0], "a seed 2, shapes, linear failed: out of luck") {
		t.Errorf("%q", s.failed)
	}
	base := writeLines(t, seedLines("abc", "a", 20, 0)...)
	if _, stdout, stderr := cli(t, "bench", "compare", base, out); !strings.Contains(stdout, "note: in the head a seed 2, shapes, linear failed: out of luck") {
		t.Errorf("%s%s", stdout, stderr)
	}
}
