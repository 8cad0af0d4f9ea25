package reports

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/jsonfile"
	"repbench/reports/internal/results"
	"repbench/reports/record"
	"repbench/train/runfolder"
)

func TestLoadRun(t *testing.T) {
	dir := fakeRun(t, 20)
	in, err := Load([]string{dir + "/"})
	if err != nil {
		t.Fatal(err)
	}
	if len(in.Runs) != 1 || len(in.Records) != 0 || len(in.Notices) != 0 {
		t.Fatalf("%d runs, %d records, notices %q", len(in.Runs), len(in.Records), in.Notices)
	}
	r := in.Runs[0]
	if r.Name != "svhn32-cifar10" || len(r.Metrics) != 20 || r.Record.Encoder.Architecture != "svhn32" {
		t.Errorf("run %s with %d steps of %s", r.Name, len(r.Metrics), r.Record.Encoder.Architecture)
	}
	if d := r.Record.Data; d.Name != "cifar10" || d.Source != "data/cifar10-jpeg.tar.gz" || d.Hash != "3c3c3c" {
		t.Errorf("data %+v", d)
	}
	if r.Record.Seed != 1 || r.Record.Backend != "cpu" || r.Record.Versions != (record.Versions{Repbench: "0.1.0", Go: "go1.26.8", GitCommit: "4b62044"}) {
		t.Errorf("provenance %+v", r.Record)
	}
	// Of the sheets of steps 0, 2500, 5000, 10000: the first, the middle, the last.
	var steps []int64
	for _, s := range r.Samples {
		steps = append(steps, s.Step)
		if s.W != 8*34+2 || s.H != s.W { // 8 images of 32 with a gap of 2
			t.Errorf("sheet of %d×%d pixels", s.W, s.H)
		}
	}
	if len(steps) != 3 || steps[0] != 0 || steps[1] != 5000 || steps[2] != 10000 {
		t.Errorf("sheets of the steps %v", steps)
	}
}

// Options may also stand at the top, and the data set with its place.
func TestRunRecordFlat(t *testing.T) {
	config, err := jsonfile.Decode[map[string]any]([]byte(`{"data":"svhn=data/svhn","seed":18446744073709551615,"versions":{"go":"go1"},"git_commit":"abc"}`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := runRecord("x", config, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Data.Name != "svhn" || r.Data.Source != "data/svhn" || r.Seed != 1<<64-1 || r.Versions != (record.Versions{Go: "go1", GitCommit: "abc"}) {
		t.Errorf("%+v", r)
	}
}

func TestLoadMerges(t *testing.T) {
	run := fakeRun(t, 5)
	a, b := fakeRecord("pixels", 0.3, 0), fakeRecord("random:svhn32", 0.5, 0)
	if err := record.Add(filepath.Join(run, "records.jsonl"), a); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	changed := a
	changed.Notes = []string{"measured again"}
	if err := record.Add(filepath.Join(folder, "records.jsonl"), b, changed); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "x.jsonl")
	if err := record.Add(file, a, b); err != nil {
		t.Fatal(err)
	}
	in, err := Load([]string{file, folder, run, folder, run})
	if err != nil {
		t.Fatal(err)
	}
	if len(in.Runs) != 1 || len(in.Records) != 3 {
		t.Fatalf("%d runs and %d records, want 1 and 3", len(in.Runs), len(in.Records))
	}
	if in.Records[0].ID != b.ID || in.Records[1].ID != a.ID || in.Records[2].ID != a.ID {
		t.Error("the best record must be the first")
	}
	if len(in.Notices) != 1 || !strings.Contains(in.Notices[0], a.ID) {
		t.Errorf("notices %q must name the record that is there in two versions", in.Notices)
	}
}

// The records.jsonl of a report can be reported again: the run is then known by
// its record, and beside its folder it counts once.
func TestLoadReportAgain(t *testing.T) {
	run, dir := fakeRun(t, 5), t.TempDir()
	in, err := Load([]string{run})
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(in, dir, Options{}); err != nil {
		t.Fatal(err)
	}
	alone, err := Load([]string{dir})
	if err != nil || len(alone.Runs) != 1 || len(alone.Runs[0].Metrics) != 0 || alone.Runs[0].Name != "svhn32-cifar10" {
		t.Fatalf("a run known by its record alone is not read back as such: %v", err)
	}
	both, err := Load([]string{dir, run})
	if err != nil || len(both.Runs) != 1 || len(both.Runs[0].Metrics) != 5 {
		t.Fatalf("a run beside its own record does not count once: %v", err)
	}
}

func TestLoadErrors(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	run := func(name string, files map[string]string) string {
		d := filepath.Join(dir, name)
		for f, data := range files {
			writeFile(t, d, f, []byte(data))
		}
		return d
	}
	tests := []struct {
		name string
		path string
		want string
	}{
		{"missing", filepath.Join(dir, "missing"), "does not exist; name a run folder"},
		{"neither run nor results", empty, "holds neither config.json (a run) nor records.jsonl"},
		{"other file", writeFile(t, dir, "a.txt", nil), "neither a folder nor a .jsonl file"},
		{"bad record", writeFile(t, dir, "bad.jsonl", []byte(minimal+"\n{}\n")), "bad.jsonl:2:"},
		{"bad config", run("config", map[string]string{"config.json": "[]"}), "config.json"},
		{"bad metrics", run("metrics", map[string]string{"config.json": "{}", "metrics.jsonl": "{}\n"}), "metrics.jsonl:1:"},
		{"bad sample", run("sample", map[string]string{"config.json": "{}", "samples/step-1.png": "x"}), "step-1.png is not a PNG"},
		{"damaged sample", run("damaged", map[string]string{"config.json": "{}", "samples/step-1.png": string(fakeSheet(t, 1)[:900])}), "step-1.png is damaged"},
		{"bad record of a run", run("records", map[string]string{"config.json": "{}", "records.jsonl": "{}\n"}), "records.jsonl:1:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load([]string{tt.path})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v does not contain %q", err, tt.want)
			}
		})
	}
	if _, err := Load(nil); err == nil || !strings.Contains(err.Error(), "nothing to report") {
		t.Errorf("error %v for no path", err)
	}
}

func TestSamplesOrder(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"step-9.png", "step-10.png", "step-0000100.png", "final.png", "step-x[1].png"} {
		writeFile(t, dir, name, fakeSheet(t, 1))
	}
	ss, err := runfolder.ReadSamples(dir)
	if err != nil {
		t.Fatal(err)
	}
	// Without a step first, then by number: final, x[1], 9, 10, 100.
	if len(ss) != 3 || ss[0].Step != -1 || ss[1].Step != 9 || ss[2].Step != 100 {
		t.Errorf("sheets %v %v %v", ss[0].Step, ss[1].Step, ss[2].Step)
	}
	bracket := filepath.Join(t.TempDir(), "a[b]*?")
	writeFile(t, bracket, "step-1.png", fakeSheet(t, 1))
	if ss, err := runfolder.ReadSamples(bracket); err != nil || len(ss) != 1 {
		t.Errorf("%d sheets in a folder with a strange name, %v", len(ss), err)
	}
}

func TestAdd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "records.jsonl")
	a, b := fakeRecord("pixels", 0.3, 0), fakeRecord("random:svhn32", 0.5, 1)
	if err := record.Add(path, a, b); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// A record of the same ID takes the place of the old one.
	newer := fakeRecord("pixels", 0.3, 0)
	linearOf(newer).TestAccuracy = 0.35
	if err := record.Add(path, newer); err != nil {
		t.Fatal(err)
	}
	recs, err := record.Read(path)
	if err != nil || len(recs) != 2 {
		t.Fatalf("%d records, %v; want 2", len(recs), err)
	}
	for _, r := range recs {
		if r.ID == a.ID && results.Of(r).Test != 0.35 {
			t.Errorf("the old record stayed, with %v", results.Of(r).Test)
		}
	}
	// The order of adding leaves no trace.
	if err := record.Add(path, b, a); err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(path)
	if err != nil || string(second) != string(first) {
		t.Errorf("the same records gave other bytes, %v", err)
	}
}

func TestAddErrors(t *testing.T) {
	dir := t.TempDir()
	bad := writeFile(t, dir, "bad.jsonl", []byte("hello\n"))
	ok := fakeRecord("pixels", 0.3, 0)
	none := ok
	none.ID = ""
	for name, err := range map[string]error{
		"bad.jsonl:1:":                   record.Add(bad, ok),
		`needs an "id"`:                  record.Add(filepath.Join(dir, "new.jsonl"), none),
		filepath.Join(dir, "no", "x.js"): record.Add(filepath.Join(dir, "no", "x.jsonl"), ok),
	} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v does not contain %q", err, name)
		}
	}
	if b, err := os.ReadFile(bad); err != nil || string(b) != "hello\n" {
		t.Errorf("a file that cannot be read was changed: %q, %v", b, err)
	}
}
