package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/eval"
	"repbench/reports/internal/page"
	"repbench/reports/record"
	"repbench/vis"
)

// insideRecords is a file of records in dir with a figure of three pictures, of which one is as it
// was, one has changed since and one is missing.
func insideRecords(t *testing.T, dir string) string {
	t.Helper()
	r := vis.NewResult("walk")
	r.Says = "Nothing jumps."
	r.Add(vis.Score{Name: "largest_step_p95", Value: 0.18, Control: new(0.62), N: 8, Better: "lower", Of: "largest step / chord", Against: "snap"})
	r.Add(vis.Score{Name: "shape_kept", Value: 0.5, CI95: &eval.Interval{0.3785, 0.6215}, N: 60})
	r.Set("steps", 16)
	px := datasets.Images{N: 1, H: 4, W: 4, C: 3, Data: make([]uint8, 48)}
	for i, name := range []string{"same.png", "changed.png", "missing.png"} {
		px.Data[0] = uint8(i)
		content := sheetPNG(t, px)
		sum := sha256.Sum256(content)
		r.Pictures = append(r.Pictures, vis.Picture{Path: "pictures/" + name, SHA256: hex.EncodeToString(sum[:]), Caption: "The caption of " + name})
		if name == "changed.png" {
			content[len(content)-1]++
		}
		if name != "missing.png" {
			if err := os.MkdirAll(filepath.Join(dir, "pictures"), 0o755); err != nil {
				t.Fatal(err)
			}
			writeFile(t, dir, "pictures/"+name, content)
		}
	}
	path := filepath.Join(dir, record.FileName)
	if err := record.Add(path, record.Record{ID: "w", Encoder: record.Encoder{Spec: "theano:weights"}, Result: r}); err != nil {
		t.Fatal(err)
	}
	return path
}

// A figure is shown with its scores and with the pictures whose content is what it was; what is
// not shown is named.
func TestInside(t *testing.T) {
	in, err := Load([]string{insideRecords(t, t.TempDir())})
	if err != nil {
		t.Fatal(err)
	}
	d := document(t, in)
	var s page.Section
	for _, one := range d.Sections {
		if strings.HasPrefix(one.Title, "Inside theano:weights: vis walk") {
			s = one
		}
	}
	var shown []string
	for _, b := range s.Blocks {
		if p, ok := b.(page.Pictures); ok {
			shown = append(shown, p.Caption)
		}
	}
	if len(shown) != 1 || shown[0] != "The caption of same.png" {
		t.Errorf("pictures shown: %q", shown)
	}
	for _, want := range []string{"pictures/changed.png is not beside the records", "pictures/missing.png is not beside the records", "largest step p95", "0.62", "95 % interval", "0.3785 to 0.6215", "--steps"} {
		if !strings.Contains(words(s), want) {
			t.Errorf("the section does not hold %q:\n%s", want, words(s))
		}
	}
	if summary := words(d.Sections[0]); !strings.Contains(summary, "Nothing jumps.") {
		t.Errorf("the summary does not say what the figure says:\n%s", summary)
	}
}

// A hostile record is refused or shown without its pictures.
func TestInsideHostile(t *testing.T) {
	dir := t.TempDir()
	secret := writeFile(t, dir, "secret.txt", []byte("no picture"))
	sum := sha256.Sum256([]byte("no picture"))
	lines := `{"kind":"vis","id":"a","vis":{"figure":"|<b>","scores":{"|":{"value":1e300,"control":-1e300,"n":2147483647}},"settings":{"|":{"a":[1]}},"files":[],` +
		`"pictures":[{"path":"../` + filepath.Base(dir) + `/secret.txt","sha256":"` + hex.EncodeToString(sum[:]) + `","caption":"<i>"},{"path":"` + secret + `","sha256":"` + strings.Repeat("0", 64) + `","caption":"|"}]}}` + "\n"
	in, err := Load([]string{writeFile(t, dir, "r.jsonl", []byte(lines))})
	if err != nil {
		t.Fatal(err)
	}
	d := document(t, in)
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if _, ok := b.(page.Pictures); ok {
				t.Error("a file that is no picture is shown")
			}
		}
	}
	for want, line := range map[string]string{
		"figure":    `{"kind":"vis","id":"a","vis":{"scores":{}}}`,
		"64 digits": `{"kind":"vis","id":"a","vis":{"figure":"walk","pictures":[{"path":"a.png"}]}}`,
		"score":     `{"kind":"vis","id":"a","vis":{"figure":"walk","scores":{"a":3}}}`,
	} {
		if _, err := Load([]string{writeFile(t, dir, "bad.jsonl", []byte(line+"\n"))}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// Figures of a network follow one another as the commands are listed, each has a line of the contents,
// and the summary gives no number of images and no data that they were not compared with.
func TestInsideSummary(t *testing.T) {
	path := filepath.Join(t.TempDir(), record.FileName)
	names := []string{"grid", "walk", "arithmetic", "turn", "filters", "forget", "invert"}
	for i, name := range []string{"invert", "turn", "grid", "filters", "walk", "forget", "arithmetic"} {
		r := vis.NewResult(name)
		r.Says = "Words of " + name + "."
		r.Add(vis.Score{Name: "a", Value: 1, N: 1128})
		if err := record.Add(path, record.Record{ID: string(rune('a' + i)), Encoder: record.Encoder{Spec: "theano:weights"}, Result: r}); err != nil {
			t.Fatal(err)
		}
	}
	in, err := Load([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	d := document(t, in)
	var got []string
	for _, s := range d.Sections {
		if name, ok := strings.CutPrefix(s.Title, "Inside theano:weights: vis "); ok {
			got = append(got, name)
			if s.Minor {
				t.Errorf("%s is left out of long contents", s.Title)
			}
		}
	}
	if !slices.Equal(got, names) {
		t.Errorf("sections %v, want %v", got, names)
	}
	summary := words(d.Sections[0])
	if strings.Contains(summary, "unnamed data") || strings.Contains(summary, "1,128") || !strings.Contains(summary, "these 4 results and 3 more") {
		t.Errorf("summary: %s", summary)
	}
}
