package reports

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/jsonfile"
	"repbench/reports/internal/results"
	"repbench/reports/record"
	"repbench/train/runfolder"
)

// minimal is the shortest line that is a record.
const minimal = `{"kind":"linear","id":"a","linear":{"C":1,"test_accuracy":0.5,"test_accuracy_ci95":[0.4,0.6]}}`

// minimalFew and minimalKNN are the shortest lines of the other kinds of results.
const (
	minimalFew = `{"kind":"few-shot","id":"f","few_shot":{"labels_per_class":1,"draws":1,"C":1,"test_accuracy":0.5}}`
	minimalKNN = `{"kind":"knn","id":"k","knn":{"k":1,"test_accuracy":0.5}}`
)

// with replaces a part of the minimal record.
func with(old, new string) string {
	if !strings.Contains(minimal, old) {
		panic("no " + old)
	}
	return strings.Replace(minimal, old, new, 1)
}

func TestParseRecords(t *testing.T) {
	in := "\n" + minimal + "\n  \n" + with(`"a"`, `"b"`) + "\r\n" + with(`"id":"a"`, `"id":"c","later":[1,{"x":2}]`)
	recs, err := record.Parse(strings.NewReader(in), "x.jsonl", results.Decode)
	if err != nil {
		t.Fatal(err)
	}
	if len(recs) != 3 || recs[0].ID != "a" || recs[1].ID != "b" || recs[2].ID != "c" {
		t.Errorf("records %v", recs)
	}
	if l := results.Of(recs[0]); l.Test != 0.5 || l.TestLo != 0.4 || l.TestHi != 0.6 || l.C != 1 {
		t.Errorf("read as %+v", l)
	}
}

func TestParseRecordsErrors(t *testing.T) {
	matrix := func(m string) string { return with(`"C":1`, `"C":1,"confusion":`+m) }
	tests := []struct{ name, in, want string }{
		{"not JSON", minimal + "\nhello\n", "x.jsonl:2: invalid character"},
		{"cut off", minimal + "\n" + minimal[:30], "x.jsonl:2: the last line is incomplete"},
		{"cut off inside", minimal[:30] + "\n" + minimal + "\n", "x.jsonl:1: unexpected EOF"},
		{"two values", minimal + minimal + "\n", "more than one JSON value"},
		{"not an object", "[1]\n", "x.jsonl:1:"},
		{"NaN", with("0.5", "NaN") + "\n", "x.jsonl:1: invalid character 'N'"},
		{"number too large", with("0.5", "1e999") + "\n", "x.jsonl:1:"},
		{"wrong type", with("0.5", `"high"`) + "\n", "test_accuracy"},
		{"no id", with(`"a"`, `" "`), `needs an "id"`},
		{"long id", with(`"a"`, `"`+strings.Repeat("a", 600)+`"`), "at most 512"},
		{"id twice", minimal + "\n" + minimal, `x.jsonl:2: the id "a" was on line 1`},
		{"unknown kind", `{"kind":"svm","id":"a","svm":{}}`, `kind "svm"; this version knows "linear", "few-shot", "knn", "supervised", "memorisation", "quality", "nnc", "vis", "training"`},
		{"payload missing", `{"kind":"linear","id":"a"}`, `must hold "linear"`},
		{"payload of another kind", `{"kind":"training","id":"a","linear":{"C":1}}`, `must hold "training"`},
		{"accuracy as percent", with("0.5", "50"), "test_accuracy is 50; it must be a fraction"},
		{"negative accuracy", with("0.5", "-0.5"), "test_accuracy is -0.5"},
		{"interval swapped", with("[0.4,0.6]", "[0.6,0.4]"), "ends are swapped"},
		{"interval outside", with("[0.4,0.6]", "[0.4,1.6]"), "test_accuracy_ci95[1] is 1.6"},
		{"C is 0", with(`"C":1`, `"C":0`), "C is 0; it must be above 0"},
		{"negative count", with(`"C":1`, `"C":1,"n_train":-1`), "must not be negative"},
		{"layer", with(`"C":1`, `"C":1,"layers":[{"name":"a","C":1,"test_accuracy":2}]`), "layers[0]: test_accuracy is 2"},
		{"confusion not square", matrix(`[[1,2]]`), "confusion row 0 has 2 columns; it needs 1"},
		{"confusion negative", matrix(`[[-1]]`), "count -1"},
		{"confusion too large a count", matrix(`[[3000000000]]`), "count 3000000000"},
		{"confusion and classes differ", with(`"C":1`, `"C":1,"confusion":[[1]],"classes":["a","b"]`), "1 rows for 2 classes"},
		{"too many classes", matrix("[" + strings.Repeat("[],", results.MaxClasses) + "[]]"), "at most 2000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			recs, err := record.Parse(strings.NewReader(tt.in), "x.jsonl", results.Decode)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "x.jsonl:") {
				t.Errorf("error %v does not contain %q", err, tt.want)
			}
			if recs != nil {
				t.Errorf("%d records beside an error", len(recs))
			}
		})
	}
}

func TestReadRecordsTorn(t *testing.T) {
	path := writeFile(t, t.TempDir(), "records.jsonl", []byte(minimal[:40]))
	_, err := record.Read(path)
	if !errors.Is(err, jsonfile.ErrTorn) || !strings.Contains(err.Error(), "delete that line") {
		t.Errorf("error %v does not say what to do", err)
	}
}

func TestParseMetrics(t *testing.T) {
	in := `{"step":20,"d_loss":1.5,"g_loss":null}
{"step":10,"d_loss":1,"d_real":0.5,"seconds":2.5,"other":"x"}

{"step":20,"d_loss":2,"g_loss":3}
`
	ms, torn, err := runfolder.ParseMetrics(strings.NewReader(in), "m")
	if err != nil || torn || len(ms) != 2 {
		t.Fatalf("%v, %v, %v", ms, torn, err)
	}
	if m := ms[0]; m.Step != 10 || m.Get("d_real") != 0.5 || m.Seconds != 2.5 || !math.IsNaN(m.Get("g_loss")) || !math.IsNaN(m.Get("d_fake")) {
		t.Errorf("the first step is %+v", m)
	}
	if m := ms[1]; m.Step != 20 || m.Get("d_loss") != 2 || m.Get("g_loss") != 3 {
		t.Errorf("of a step logged twice the last line must count, not %+v", m)
	}
}

func TestParseMetricsErrors(t *testing.T) {
	tests := []struct {
		name, in, want string
		torn           bool
		n              int
	}{
		{"cut off at the end", "{\"step\":1}\n{\"step\":2,\"d_l", "", true, 1},
		{"whole last line without its end", "{\"step\":1}\n{\"step\":2}", "", false, 2},
		{"cut off inside", "{\"step\":1,\n{\"step\":2}\n", "m:1:", false, 0},
		{"no step", "{\"d_loss\":1}\n", `m:1: a logged step needs a "step"`, false, 0},
		{"negative step", "{\"step\":1}\n{\"step\":-1}\n", "m:2:", false, 0},
		{"step is not whole", "{\"step\":1.5}\n", "m:1:", false, 0},
		{"NaN", "{\"step\":1,\"d_loss\":NaN}\n", "m:1:", false, 0},
		{"line too long", "{\"step\":1,\"x\":\"" + strings.Repeat("x", jsonfile.MaxLineBytes) + "\"}\n", "token too long", false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ms, torn, err := runfolder.ParseMetrics(strings.NewReader(tt.in), "m")
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if torn != tt.torn || len(ms) != tt.n {
				t.Errorf("%d steps, torn %v; want %d, %v", len(ms), torn, tt.n, tt.torn)
			}
		})
	}
}

func FuzzParseRecords(f *testing.F) {
	f.Add([]byte(minimal + "\n"))
	f.Add([]byte(with(`"C":1`, `"C":1,"confusion":[[1,0],[2,3]],"classes":["a","b"],"layers":[{"name":"x","C":1}],"grid":[{"C":1}]`)))
	f.Add([]byte(`{"kind":"training","id":"t","training":{"config":{"a":{"b":[1,null]}},"logged":3}}`))
	f.Add([]byte(minimalFew + "\n" + minimalKNN))
	f.Add([]byte(with(`"C":1`, `"C":1,"mistakes":[{"row":1,"truth":1,"predicted":0,"margin":2,"png":"iVBORw0KGgo="}]`)))
	f.Fuzz(func(t *testing.T, b []byte) {
		recs, err := record.Parse(strings.NewReader(string(b)), "f", results.Decode)
		if err != nil {
			return
		}
		// What was read can be written, and reads back as the same lines.
		once, err := record.Encode(recs)
		if err != nil {
			t.Fatal(err)
		}
		again, err := record.Parse(strings.NewReader(string(once)), "again", results.Decode)
		if err != nil {
			t.Fatalf("%v in %s", err, once)
		}
		twice, err := record.Encode(again)
		if err != nil || string(twice) != string(once) {
			t.Errorf("%s\nreads back as\n%s, %v", once, twice, err)
		}
	})
}

func TestOpenRefusesFolder(t *testing.T) {
	dir := t.TempDir()
	if _, err := jsonfile.Open(dir); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("error %v for a folder", err)
	}
	if _, err := jsonfile.Open(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v for a missing file", err)
	}
}

func TestReadSmall(t *testing.T) {
	path := writeFile(t, t.TempDir(), "f", []byte("12345"))
	if b, err := jsonfile.ReadSmall(path, 5); err != nil || string(b) != "12345" {
		t.Errorf("%q, %v", b, err)
	}
	if _, err := jsonfile.ReadSmall(path, 4); err == nil || !strings.Contains(err.Error(), "more than 4 bytes") {
		t.Errorf("error %v for a file above the limit", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := jsonfile.ReadSmall(path, 4); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v for a missing file", err)
	}
}
