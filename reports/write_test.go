package reports

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"repbench/eval"
	"repbench/internal/measure"
	"repbench/reports/record"
	"repbench/train/runfolder"
)

// keep is the folder that a test writes its report to. REPBENCH_REPORT_OUT
// names a folder that keeps it, to be looked at.
func keep(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("REPBENCH_REPORT_OUT")
	if dir == "" {
		return filepath.Join(t.TempDir(), "report")
	}
	return filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-"))
}

// fakeInput is a run, the result of its encoder and three to compare with.
func fakeInput(t *testing.T) *Input {
	t.Helper()
	dir := fakeRun(t, 200)
	run := fakeRecord("dcgan:runs/svhn32-cifar10", 0.6512, 3)
	run.Notes = []string{"The encoder was trained on CIFAR-10's own training images without labels for 10,000 steps; " +
		"it is not the paper's ImageNet-1k model."}
	if err := record.Add(filepath.Join(dir, "records.jsonl"), run); err != nil {
		t.Fatal(err)
	}
	others := filepath.Join(t.TempDir(), "records.jsonl")
	theano := fakeRecord("theano:svhn_dcgan_2015", 0.6974, 3)
	linearOf(theano).SelectedOn = measure.ParseSelection("none (fixed C)")
	linearOf(theano).Grid = nil
	random := fakeRecord("random:svhn32", 0.5612, 3)
	linearOf(random).Warnings = []string{"class 3 has only 980 of 5000 training images"}
	if err := record.Add(others, theano, random, fakeRecord("pixels", 0.3921, 0)); err != nil {
		t.Fatal(err)
	}
	in, err := Load([]string{dir, others})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// write makes a report and returns its files by name.
func write(t *testing.T, in *Input) map[string]string {
	t.Helper()
	dir := keep(t)
	if err := Write(in, dir, Options{}); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	checkHTML(t, files["index.html"])
	checkMarkdown(t, files)
	if !strings.HasPrefix(files["report.pdf"], "%PDF-1.") || !strings.HasSuffix(files["report.pdf"], "%%EOF\n") {
		t.Error("report.pdf is not a whole PDF file")
	}
	return files
}

func TestWrite(t *testing.T) {
	files := write(t, fakeInput(t))
	for _, want := range []string{
		"theano:svhn_dcgan_2015", "69.74\u00a0%", "68.83–70.63", // Wilson's interval of 6974 of 10000
		"Exemplar CNN", ">84.3\u00a0%</td>", "quoted", "not the paper&#39;s ImageNet-1k model",
		"class 3 has only 980 of 5000 training images", "selected on the validation split (10000 rows)", "1\u00a0min 5\u00a0s", "fixed beforehand",
		"before training", "step 10,000", "4b62044", "8.1\u00a0s", "1.50\u00a0GiB", "learning_rate", "weight_decay", "1e-05",
	} {
		if !strings.Contains(files["index.html"], want) {
			t.Errorf("index.html does not say %q", want)
		}
	}
	if n := strings.Count(files["index.html"], "<svg "); n != 14 {
		// 1 comparison, 1 of the layers of several encoders, 3 of layers, 3 searches, 4 confusion matrices and 2 curves,
		// without the search of the result whose C was fixed.
		t.Errorf("index.html has %d figures", n)
	}
	recs, err := record.Parse(strings.NewReader(files["records.jsonl"]), "records.jsonl")
	if err != nil || len(recs) != 5 {
		t.Errorf("records.jsonl reads back as %d records, %v; want 4 results and 1 run", len(recs), err)
	}
}

// The same records give the same bytes, each time and in whatever order they
// were named.
func TestWriteDeterministic(t *testing.T) {
	run := fakeRun(t, 50)
	a, b := filepath.Join(t.TempDir(), "a.jsonl"), filepath.Join(t.TempDir(), "b.jsonl")
	if err := record.Add(a, fakeRecord("pixels", 0.39, 0), fakeRecord("random:svhn32", 0.56, 2)); err != nil {
		t.Fatal(err)
	}
	if err := record.Add(b, fakeRecord("theano:x", 0.69, 3)); err != nil {
		t.Fatal(err)
	}
	var first map[string]string
	for i, paths := range [][]string{{run, a, b}, {b, a, run}, {a, b, run, a}} {
		in, err := Load(paths)
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]string{}
		out, err := render(in, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range out {
			files[f.Name] = string(f.Data)
		}
		if i == 0 {
			first = files
		}
		if len(files) != len(first) {
			t.Errorf("report %d has %d files, the first %d", i, len(files), len(first))
		}
		for name, data := range files {
			if data != first[name] {
				t.Errorf("%s differs in report %d", name, i)
			}
		}
	}
}

func TestWriteEdges(t *testing.T) {
	one := func(change func(r *record.Record)) *Input {
		r := fakeRecord("pixels", 0.39, 2)
		change(&r)
		return &Input{Records: []record.Record{r}}
	}
	classes := func(k int) func(r *record.Record) {
		return func(r *record.Record) {
			r.Data.Name = "tiny-imagenet"
			linearOf(r).Confusion = fakeConfusion(k, 50, 0.2, 3)
			linearOf(r).Classes = nil
			for i := range k {
				linearOf(r).Classes = append(linearOf(r).Classes, fmt.Sprintf("n%08d", 1440000+i*i))
			}
		}
	}
	many := &Input{}
	for i := range 70 {
		r := fakeRecord(fmt.Sprintf("random:svhn32-%d", i), 0.3+0.005*float64(i), 0)
		linearOf(r).Confusion, linearOf(r).Grid = nil, nil
		many.Records = append(many.Records, r)
	}
	tests := []struct {
		name string
		in   *Input
		want string // in index.html
		not  string
	}{
		{"one record", one(func(*record.Record) {}), ">1 result</p>", "Results on cifar10 beside the paper</h2>\n\n</section>"},
		{"no layers", one(func(r *record.Record) { linearOf(r).Layers = nil }), "pixels on cifar10", "Each layer"},
		{"bare", one(func(r *record.Record) {
			*r = record.Record{ID: "x", Result: &eval.LinearResult{LinearScore: eval.LinearScore{C: 1}}}
		}), "unnamed data", "Each layer"},
		{"no class names", one(func(r *record.Record) { linearOf(r).Classes = nil }), ">9</td>", "airplane"},
		{"200 classes", one(classes(200)), "With 200 classes names and numbers are left out", "quoted</td>"},
		{"30 classes", one(classes(30)), "n01440841", "names and numbers are left out"}, // 1440000 + 29²
		{"2 classes", one(classes(2)), "n01440001", "left out"},
		{"svhn is quoted as error", one(func(r *record.Record) { r.Data.Name = "svhn" }), "22.48\u00a0%", "Exemplar CNN"},
		{"mnist is quoted but not drawn", one(func(r *record.Record) { r.Data.Name = "mnist" }), "another protocol", "Grey diamonds"},
		{"cifar100 is not CIFAR-10", one(func(r *record.Record) { r.Data.Name = "cifar100" }), "cifar100", "quoted</td>"},
		{"many records", many, "70 results", "(2)"},
		{"cross-validation", one(func(r *record.Record) {
			linearOf(r).SelectedOn = measure.ParseSelection("cv (5 folds of train, seed 1)")
		}),
			"selected on parts of the training split in turn (5 folds of train, seed 1)", ""},
		{"C selected on the test split", one(func(r *record.Record) { linearOf(r).SelectedOn = measure.ParseSelection("test") }), "too good to be quoted", "no part in the choice"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := write(t, tt.in)
			if !strings.Contains(files["index.html"], tt.want) {
				t.Errorf("index.html does not say %q", tt.want)
			}
			if tt.not != "" && strings.Contains(files["index.html"], tt.not) {
				t.Errorf("index.html says %q", tt.not)
			}
		})
	}
}

func TestWriteRuns(t *testing.T) {
	nothing := `{"step":1,"d_loss":null,"g_loss":null}` + "\n"
	tests := []struct {
		name    string
		metrics string
		want    string
		figures int
	}{
		{"no metrics file", "", "No step was logged", 0},
		{"empty metrics", "\n", "No step was logged", 0},
		{"one step", string(fakeMetrics(1)), "Each point is one logged step", 2},
		{"null everywhere", nothing, "1 of them logged", 0},
		{"torn last line", string(fakeMetrics(3)) + `{"step": 2`, "is cut off", 2},
		{"many steps", string(fakeMetrics(3000)), "the median of 121 neighbouring logged steps", 2}, // 3000/25, odd
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			writeFile(t, dir, "config.json", []byte(fakeConfig))
			if tt.metrics != "" {
				writeFile(t, dir, "metrics.jsonl", []byte(tt.metrics))
			}
			in, err := Load([]string{dir})
			if err != nil {
				t.Fatal(err)
			}
			html := write(t, in)["index.html"]
			if !strings.Contains(html, tt.want) {
				t.Errorf("index.html does not say %q", tt.want)
			}
			if n := strings.Count(html, "<svg "); n != tt.figures {
				t.Errorf("%d figures, want %d", n, tt.figures)
			}
			if len(html) > 400_000 {
				t.Errorf("index.html has %d bytes; long curves must be thinned", len(html))
			}
		})
	}
}

// hostile is text that would be markup in one of the forms, or break it.
const hostile = "<script>alert(1)</script> | `x` *b* [a](http://e.example) \"q\" 'p' & \\ \u202e \x00 \u4f60\U0001F600 " +
	"</style></svg><img src=x onerror=1>"

func TestWriteHostileText(t *testing.T) {
	r := fakeRecord(hostile, 0.4, 1)
	r.Data = record.Data{Name: hostile, Source: hostile, Hash: hostile}
	r.Notes = []string{hostile, strings.Repeat("very long ", 10000)}
	linearOf(r).Protocol, linearOf(r).SelectedOn, linearOf(r).ReportedOn = hostile, measure.ParseSelection(hostile), hostile
	linearOf(r).Classes = append([]string{hostile, strings.Repeat("w", 5000)}, cifarClasses[2:]...)
	linearOf(r).Layers[0].Name = hostile
	linearOf(r).Warnings = []string{hostile}
	run := Run{Name: hostile, Record: record.Record{
		ID: hostile, Notes: []string{hostile},
		Result: &runfolder.Summary{Config: map[string]any{hostile: hostile, "list": []any{hostile}, "b": true, "null": nil}},
	}}
	dir := keep(t)
	if err := Write(&Input{Records: []record.Record{r}, Runs: []Run{run}, Notices: []string{hostile}}, dir, Options{Title: hostile}); err != nil {
		t.Fatal(err)
	}
	html, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	if err := wellFormed(string(html)); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"<script", "<img src=x", "</style></svg>", "\u202e"} {
		if bytes.Contains(html, []byte(bad)) {
			t.Errorf("index.html holds %q", bad)
		}
	}
	md, err := os.ReadFile(filepath.Join(dir, "report.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "<img", " [a](http", " `x`", " *b*"} {
		if bytes.Contains(md, []byte(bad)) {
			t.Errorf("report.md holds %q", bad)
		}
	}
	checkMarkdown(t, map[string]string{"report.md": regexp.MustCompile(`!\[.*`).ReplaceAllString(string(md), "")})
}

func TestWriteErrors(t *testing.T) {
	ok := fakeRecord("pixels", 0.39, 0)
	bad := ok
	bad.ID = ""
	file := writeFile(t, t.TempDir(), "file", nil)
	tests := []struct {
		name string
		in   *Input
		dir  string
		want string
	}{
		{"nil", nil, t.TempDir(), "no record and no run"},
		{"empty", &Input{}, t.TempDir(), "no record and no run"},
		{"bad record", &Input{Records: []record.Record{bad}}, t.TempDir(), `needs an "id"`},
		{"folder is a file", &Input{Records: []record.Record{ok}}, filepath.Join(file, "out"), "make its folder"},
		{"damaged sample", &Input{Runs: []Run{{
			Record:  record.Record{ID: "x", Result: &runfolder.Summary{}},
			Samples: []runfolder.Sample{{PNG: []byte("not a picture"), W: 1, H: 1}},
		}}}, t.TempDir(), "picture run-1-samples-1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Write(tt.in, tt.dir, Options{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v does not contain %q", err, tt.want)
			}
		})
	}
}
