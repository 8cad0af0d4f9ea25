package verdicts

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"repbench/benchmarks/gate"
	"repbench/internal/golden"
)

// fontData is what a page holds of its fonts.
var fontData = regexp.MustCompile(`base64,[A-Za-z0-9+/=]{200,}`)

// Golden files hold every verdict and every kind of cell in every form; -update writes them anew.
func TestGoldenForms(t *testing.T) {
	c := everything(t, gate.Default())
	for _, v := range []gate.Verdict{gate.Failed, gate.Regressed, gate.Open, gate.Pass, gate.Ungated} {
		if c.Count(v) == 0 {
			t.Errorf("no cell is %s", v)
		}
	}
	for name, make := range map[string]func() ([]byte, error){
		"comparison.md":   func() ([]byte, error) { return Markdown(c) },
		"comparison.xml":  func() ([]byte, error) { return JUnit(c) },
		"annotations.txt": func() ([]byte, error) { return []byte(Annotations(c)), nil },
		"comparison.html": func() ([]byte, error) {
			b, err := HTML(c, somePictures)
			return fontData.ReplaceAll(b, []byte("base64,…")), err
		},
	} {
		got, err := make()
		if err != nil {
			t.Fatal(err)
		}
		golden.Compare(t, filepath.Join("testdata", name), string(got))
	}
}

// A page refers to nothing outside, and is well-formed.
func TestPageIsSelfContained(t *testing.T) {
	for name, pictures := range map[string]Pictures{"pictures": somePictures, "numbers": nil} {
		b, err := HTML(everything(t, gate.Default()), pictures)
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(bytes.NewReader(b))
		d.Entity = xml.HTMLEntity
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if outside := regexp.MustCompile(`(src|href)="(https?:)?//`).Find(b); outside != nil || bytes.Contains(b, []byte("worse<b>")) {
			t.Errorf("%s: outside %q, or markup from a name", name, outside)
		}
		if shown := bytes.Contains(b, []byte("by their places in the test split: 0, 1, 2")); shown != (pictures == nil) {
			t.Errorf("%s: numbers are shown: %v", name, shown)
		}
	}
}

// JUnit is valid by a schema: testdata/junit.xsd has what readers of JUnit agree on; REPBENCH_JUNIT_XSD may
// name another one, as Jenkins's junit-10.xsd.
func TestJUnitSchema(t *testing.T) {
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("no xmllint is installed (Debian: apt-get install libxml2-utils)")
	}
	schemas := []string{"testdata/junit.xsd"}
	if other := os.Getenv("REPBENCH_JUNIT_XSD"); other != "" {
		schemas = append(schemas, other)
	}
	for _, r := range []func(*gate.Rule){func(*gate.Rule) {}, func(r *gate.Rule) { r.Inconclusive = gate.Fail }} {
		rule := gate.Default()
		r(&rule)
		c := everything(t, rule)
		c.Cells[0].Reason += " \x01 ]]> & \n\t"
		text, err := JUnit(c)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "junit.xml")
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, schema := range schemas {
			if out, err := exec.Command(lint, "--noout", "--schema", schema, file).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s\n%s", schema, err, out, text)
			}
		}
	}
	wrong := filepath.Join(t.TempDir(), "wrong.xml")
	if err := os.WriteFile(wrong, []byte(`<testsuites><testsuite name="a"><testcase/></testsuite></testsuites>`), 0o644); err != nil {
		t.Fatal(err)
	}
	if exec.Command(lint, "--noout", "--schema", schemas[0], wrong).Run() == nil {
		t.Error("the schema accepts a case without a name")
	}
}

// Counts of JUnit agree with its cases; an inconclusive cell is skipped, or fails where the rule says so.
func TestJUnitCounts(t *testing.T) {
	for how, want := range map[gate.Inconclusive][3]int{gate.Warn: {2, 1, 3}, gate.Fail: {4, 1, 1}} {
		r := gate.Default()
		r.Inconclusive = how
		text, err := JUnit(everything(t, r))
		if err != nil {
			t.Fatal(err)
		}
		var all junitSuites
		if err := xml.Unmarshal(text, &all); err != nil {
			t.Fatal(err)
		}
		got := [3]int{}
		for _, s := range all.Suites {
			got[0] += s.Failures
			got[1] += s.Errors
			got[2] += s.Skipped
			if (s.Case.Failure != nil) != (s.Failures == 1) || (s.Case.Error != nil) != (s.Errors == 1) || (s.Case.Skipped != nil) != (s.Skipped == 1) {
				t.Errorf("%s: counts and elements differ", s.Name)
			}
		}
		if got != want || all.Failures != got[0] || all.Errors != got[1] || all.Tests != 9 {
			t.Errorf("%s: %v, %+v", how, got, want)
		}
	}
}

// Workflow commands are one line each, escaped, the worst first, and at most ten of a kind.
func TestAnnotations(t *testing.T) {
	c := everything(t, gate.Default())
	c.Cells[0].Encoder, c.Cells[0].Reason = "a,b: 100%\n::error::x", "lost\r\n50 %"
	got := Annotations(c)
	if want := "::error title=regressed%3A a%2Cb%3A 100%25%0A%3A%3Aerror%3A%3Ax / shapes / linear::lost%0D%0A50 %25%0ADifferent: encoder.steps: 600 → 800\n"; !strings.Contains(got, want) {
		t.Errorf("%s lacks\n%s", got, want)
	}
	if !strings.HasPrefix(got, "::error title=error%3A gone") {
		t.Errorf("what could not be compared does not come first:\n%s", got)
	}
	many := *c
	many.Warnings = nil
	many.Cells = nil
	for i := range 15 {
		cell := c.Cells[0]
		cell.Encoder, cell.Drop = fmt.Sprint("e", i), float64(i)
		many.Cells = append(many.Cells, cell)
	}
	list := strings.Split(strings.TrimSpace(Annotations(&many)), "\n")
	if len(list) != 10 || !strings.Contains(list[0], "e14 /") || !strings.Contains(list[9], "and 6 more") {
		t.Errorf("%d annotations:\n%s", len(list), strings.Join(list, "\n"))
	}
}

// A summary keeps below GitHub's limit, and the worst cells stay.
func TestSummaryIsShort(t *testing.T) {
	c := everything(t, gate.Default())
	small, err := Summary(c)
	if err != nil {
		t.Fatal(err)
	}
	if whole, err := Markdown(c); err != nil || !bytes.Equal(small, whole) {
		t.Errorf("a small comparison is not shown as a whole: %v", err)
	}
	pass := c.Cells[slices.IndexFunc(c.Cells, func(c gate.Cell) bool { return c.Verdict == gate.Pass })]
	for i := range 3000 {
		cell := pass
		cell.Encoder = fmt.Sprint(strings.Repeat("long", 40), i)
		c.Cells = append(c.Cells, cell)
	}
	bad := c.Cells[0]
	for i := range 3000 {
		cell := bad
		cell.Encoder = fmt.Sprint(strings.Repeat("bad", 40), i)
		c.Cells = append(c.Cells, cell)
	}
	text, err := Summary(c)
	if err != nil || len(text) > maxSummary || len(text) < 10_000 || !bytes.Contains(text, []byte("gone")) || !bytes.Contains(text, []byte(" more cells are left out")) {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}

func TestHeadline(t *testing.T) {
	if got := Headline(everything(t, gate.Default())); got != "error: 9 cells: 1 error, 2 regressed, 2 inconclusive, 3 pass, 1 not gated" {
		t.Error(got)
	}
}

func TestShort(t *testing.T) {
	for in, want := range map[string]string{"4e2573e4c1d2aabb": "4e2573e4c1d2", "4e2573e4c1d2aabb-modified": "4e2573e4c1d2-modified", "unknown": "unknown"} {
		if got := Short(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}
