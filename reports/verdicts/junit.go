package verdicts

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"repbench/benchmarks/gate"
)

// The elements of JUnit's XML that are written. Each cell is a suite of its own with one case, because
// properties belong to suites in the schemas that readers check against.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Properties junitProperties `xml:"properties"`
		Case       junitCase       `xml:"testcase"`
	}
	junitProperties struct {
		Property []junitProperty `xml:"property"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		ClassName string        `xml:"classname,attr"`
		Skipped   *junitOutcome `xml:"skipped"`
		Error     *junitOutcome `xml:"error"`
		Failure   *junitOutcome `xml:"failure"`
		Out       string        `xml:"system-out,omitempty"`
	}
	junitOutcome struct {
		Type    string `xml:"type,attr,omitempty"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit is the comparison as JUnit XML: a test case per cell, which fails where the cell regressed, has an
// error where it could not be compared, and is skipped where it is inconclusive (a failure where the rule
// says so) or takes no part. The numbers are properties of the suite around it.
func JUnit(c *gate.Comparison) ([]byte, error) {
	all := junitSuites{Name: c.Suite, Suites: []junitSuite{}}
	for i := range c.Cells {
		s := junitOf(c, &c.Cells[i])
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		all.Suites = append(all.Suites, s)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return nil, fmt.Errorf("write JUnit: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func junitOf(c *gate.Comparison, cell *gate.Cell) junitSuite {
	s := junitSuite{
		Name: c.Suite + ": " + cell.Name.String(), Tests: 1, Properties: junitProperties{properties(c, cell)},
		Case: junitCase{Name: cell.Name.String(), ClassName: "repbench." + c.Suite},
	}
	outcome := &junitOutcome{Type: string(cell.Verdict), Message: cell.Reason, Text: strings.Join(append(cell.Differences, cell.Warnings...), "\n")}
	switch {
	case cell.Verdict == gate.Failed:
		s.Errors, s.Case.Error = 1, outcome
	case cell.Verdict == gate.Regressed, cell.Verdict == gate.Open && c.Rule.Inconclusive == gate.Fail:
		s.Failures, s.Case.Failure = 1, outcome
	case cell.Verdict == gate.Open, cell.Verdict == gate.Ungated:
		s.Skipped, s.Case.Skipped = 1, outcome
	default:
		s.Case.Out = strings.Join(append(append([]string{cell.Reason}, cell.Differences...), cell.Warnings...), "\n")
	}
	return s
}

// properties are the numbers of a cell.
func properties(c *gate.Comparison, cell *gate.Cell) []junitProperty {
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', 8, 64) }
	out := []junitProperty{
		{"base_commit", strings.Join(c.Base.Commits, " ")}, {"head_commit", strings.Join(c.Head.Commits, " ")},
		{"verdict", string(cell.Verdict)}, {"metric", cell.Metric}, {"margin", number(cell.Margin)},
	}
	if cell.Verdict == gate.Failed || cell.Verdict == gate.Ungated {
		return out
	}
	out = append(out,
		junitProperty{"kind", string(cell.Kind)},
		junitProperty{"drop", number(cell.Drop)}, junitProperty{"p", number(cell.P)}, junitProperty{"level", number(cell.Level)},
		junitProperty{"base_mean", number(cell.Base.Mean)}, junitProperty{"head_mean", number(cell.Head.Mean)},
		junitProperty{"base_sd", number(cell.Base.SD)}, junitProperty{"head_sd", number(cell.Head.SD)},
		junitProperty{"base_seeds", strconv.Itoa(len(cell.Base.Seeds))}, junitProperty{"head_seeds", strconv.Itoa(len(cell.Head.Seeds))},
	)
	if cell.Lower != nil {
		out = append(out, junitProperty{"drop_lower", number(*cell.Lower)}, junitProperty{"drop_upper", number(*cell.Upper)})
	}
	if cell.More > 0 {
		out = append(out, junitProperty{"more_seeds", strconv.Itoa(cell.More)})
	}
	return out
}
