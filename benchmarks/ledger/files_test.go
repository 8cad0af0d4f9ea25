package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"repbench/internal/measure"
	"repbench/reports/record"
)

func aLine(seed uint64) Line {
	bits := Bits{true, false, true, true}
	return Line{
		Key:          Key{Suite: "quick suite", Encoder: "dcgan", Data: "shapes", Protocol: "linear", Seed: &seed},
		Cell:         "0123456789abcdef",
		Options:      json.RawMessage(`{"steps":10,"rate":0.000001,"arch":"svhn32"}`),
		Fingerprint:  record.Fingerprint{Commit: "abcdef12", Platform: "linux/amd64"},
		Machine:      Machine{Class: "ci", CPU: "one", Threads: 2},
		Measurements: []measure.Measurement{{Name: measure.TestAccuracy, Value: 0.75, Better: measure.Higher}},
		Correct:      &bits,
		Seconds:      1,
	}
}

// Lines are appended once; where and when they were made does not matter, the result does.
func TestAppend(t *testing.T) {
	dir := t.TempDir()
	if n, err := Append(dir, []Line{aLine(1), aLine(2)}); n != 2 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	path := filepath.Join(dir, "abcdef12", "quick-suite-ci.jsonl")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	again := aLine(2)
	again.Seconds, again.Finished, again.Record, again.Machine.CPU, again.Options = 9, time.Now(), "other", "two", json.RawMessage(`{"arch":"svhn32", "rate":1e-06, "steps":10.0}`)
	if n, err := Append(dir, []Line{again, aLine(3)}); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	lines, err := Read(path)
	if err != nil || len(lines) != 3 || lines[1].Seconds != 1 || *lines[2].Seed != 3 {
		t.Fatalf("%v, %v", lines, err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(after), string(before)) {
		t.Errorf("the lines there were changed: %v", err)
	}
	for part, change := range map[string]func(*Line){
		"measurements": func(l *Line) {
			l.Measurements = []measure.Measurement{{Name: measure.TestAccuracy, Value: 0.5, Better: measure.Higher}}
			l.Correct = &Bits{true, false}
		},
		"correct":                  func(l *Line) { l.Correct = &Bits{false, true, true, true} },
		"weights_hash":             func(l *Line) { l.WeightsHash = "x" },
		"options (steps: 10 → 11)": func(l *Line) { l.Options = json.RawMessage(`{"steps":11,"rate":0.000001,"arch":"svhn32"}`) },
		"evaluation_seed":          func(l *Line) { l.EvaluationSeed = 5 },
		"fingerprint":              func(l *Line) { l.Fingerprint.SIMD = "avx2" },
		"diverged":                 func(l *Line) { l.Diverged, l.Measurements, l.Correct = "NaN", nil, nil },
	} {
		l := aLine(2)
		change(&l)
		n, err := Append(dir, []Line{aLine(4), l})
		if !errors.Is(err, ErrDiffers) || n != 0 || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "dcgan / shapes / linear, seed 2: "+part) {
			t.Errorf("%s: %d, %v", part, n, err)
		}
	}
	unknown := aLine(2)
	unknown.Fingerprint.Commit = UnknownCommit
	if _, err := Append(dir, []Line{unknown}); err != nil {
		t.Error(err)
	}
	unknown.Options = json.RawMessage(`{"steps":11}`)
	if _, err := Append(dir, []Line{unknown}); !errors.Is(err, ErrDiffers) || !strings.Contains(err.Error(), UnknownCommitHint) {
		t.Errorf("another result of an unknown commit: %v", err)
	}
	if now, err := os.ReadFile(path); err != nil || string(now) != string(after) {
		t.Errorf("a refusal changed the file: %v", err)
	}
}

// Goroutines that append at once lose nothing, and another commit or machine has another file.
func TestAppendAtOnce(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for w := range uint64(4) {
		all.Go(func() {
			for i := range uint64(10) {
				if n, err := Append(dir, []Line{aLine(w*10 + i)}); n != 1 || err != nil {
					t.Errorf("%d, %v", n, err)
				}
			}
		})
	}
	all.Wait()
	other, third := aLine(1), aLine(1)
	other.Machine.Class, third.Fingerprint.Modified = "../gpu", true
	if n, err := Append(dir, []Line{other, third}); n != 2 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	lines, err := ReadFolder(filepath.Join(dir, "abcdef12"))
	if err != nil || len(lines) != 41 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
	if _, err := os.Stat(filepath.Join(dir, "abcdef12", "quick-suite--gpu.jsonl")); err != nil {
		t.Error(err)
	}
	commits, err := Commits(dir)
	if err != nil || !slices.Equal(commits, []string{"abcdef12", "abcdef12-modified"}) {
		t.Errorf("%v, %v", commits, err)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []string{"abcdef12", "abcd0000", "unknown"} {
		l := aLine(1)
		l.Fingerprint.Commit = c
		if _, err := Append(dir, []Line{l}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"abcdef12": "abcdef12", "abcde": "abcdef12", "unkn": "unknown"} {
		if got, err := Find(dir, name); got != want || err != nil {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	for name, says := range map[string]string{"abcd": "begins 2 commits", "abc": "has no results of the commit abc; it has abcd0000, abcdef12, unknown", "empty": "bench record adds"} {
		if _, err := Find(dir, name); !errors.Is(err, ErrCommit) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Errors name the file, the line and what is wrong.
func TestReadErrors(t *testing.T) {
	text := func(change func(*Line)) string {
		l := aLine(1)
		change(&l)
		b, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		return string(b) + "\n"
	}
	good := text(func(*Line) {})
	for says, content := range map[string]string{
		":1: \"suite\" is missing":                                               text(func(l *Line) { l.Suite = " " }),
		":1: \"encoder\" is \"a\\nb\"":                                           text(func(l *Line) { l.Encoder = "a\nb" }),
		":1: \"fingerprint.commit\" is \"../x":                                   text(func(l *Line) { l.Fingerprint.Commit = "../x" }),
		":1: \"measurements\" is empty":                                          text(func(l *Line) { l.Measurements = nil }),
		":1: there are measurements beside":                                      text(func(l *Line) { l.Diverged = "x" }),
		":1: \"correct\" has 3 right of 4":                                       text(func(l *Line) { l.Measurements[0].Value = 0.7 }),
		":1: \"seconds\" is -1":                                                  text(func(l *Line) { l.Seconds = -1 }),
		":2: quick suite: dcgan / shapes / linear, seed 1 was on line 1 already": good + good,
		"the last line is incomplete":                                            good + good[:50],
		":2: invalid character":                                                  good + "x\n",
		":1: correct bits":                                                       strings.Replace(good, `"n":4`, `"n":40`, 1),
	} {
		path := filepath.Join(t.TempDir(), "a.jsonl")
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if lines, err := Read(path); err == nil || lines != nil || !strings.Contains(err.Error(), says) || !strings.HasPrefix(err.Error(), path) {
			t.Errorf("%q: %v, %v", says, lines, err)
		}
	}
	record := filepath.Join(t.TempDir(), "record.json")
	if err := os.WriteFile(record, []byte(text(func(l *Line) { l.Suite = "" })), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(record); err == nil || !strings.Contains(err.Error(), record+`: "suite" is missing`) {
		t.Errorf("a record: %v", err)
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none.jsonl")); !os.IsNotExist(errors.Unwrap(err)) {
		t.Errorf("no file: %v", err)
	}
}

// A line that cannot be read is never appended to: the file stays.
func TestAppendToDamagedFile(t *testing.T) {
	dir := t.TempDir()
	l := aLine(1)
	path := File(dir, &l)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(`{"suite":`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Append(dir, []Line{l}); err == nil || !strings.Contains(err.Error(), "delete that line") {
		t.Errorf("%v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != `{"suite":` {
		t.Errorf("%s, %v", text, err)
	}
}

// FuzzParse: what is read can be written and read again, and is the same.
func FuzzParse(f *testing.F) {
	b, err := json.Marshal(aLine(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(b, '\n'))
	f.Add([]byte(`{"suite":"a","encoder":"b","data":"c","protocol":"d","fingerprint":{"commit":"unknown"},"machine":{"class":"m"},"diverged":"x"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines, err := Parse(strings.NewReader(string(text)), "f")
		if err != nil {
			return
		}
		dir := t.TempDir()
		n, err := Append(dir, lines)
		if err != nil || n != len(lines) {
			t.Fatalf("%d of %d lines are written: %v", n, len(lines), err)
		}
		for i := range lines {
			again, err := Read(File(dir, &lines[i]))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(again, func(l Line) bool { return l.identity() == lines[i].identity() && Differs(&l, &lines[i]) == "" }) {
				t.Errorf("line %d is not there again: %s", i, fmt.Sprint(lines[i]))
			}
		}
	})
}
