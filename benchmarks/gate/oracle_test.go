package gate

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"repbench/benchmarks/ledger"
)

// oracle is what testdata/oracle.py computed with SciPy.
type oracle struct {
	Suites [][]struct {
		First      uint64
		Base, Head []float64
		P, Drop    float64
		PMargin    float64 `json:"p_margin"`
		Verdict    Verdict
		Look       int
	}
	Tables []struct {
		N, Lost, Won           int
		Level, P, Lower, Upper float64
	}
	Fisher []struct {
		B, KB, H, KH int
		P            float64
	}
}

func readOracle(t *testing.T) (o oracle) {
	t.Helper()
	text, err := os.ReadFile("testdata/oracle.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// tolerance is absolute for p-values and bounds: SciPy's and Gonum's incomplete beta functions agree to
// about 1e-12, and values in points pass through fractions.
const tolerance = 1e-9

// 200 cells: p-values, looks, Holm and verdicts as by SciPy, with pairs, some pairs and no pairs, with unequal
// spreads, and with heads that end between looks.
func TestAgainstSciPy(t *testing.T) {
	verdicts := map[Verdict]int{}
	for i, suite := range readOracle(t).Suites {
		var base, head []ledger.Line
		for j, c := range suite {
			name := fmt.Sprint("encoder", j)
			for k, v := range c.Base {
				base = append(base, line(name, uint64(k+1), v/100))
			}
			for k, v := range c.Head {
				head = append(head, line(name, c.First+uint64(k), v/100))
			}
		}
		got, err := Compare(base, head, Default())
		if err != nil {
			t.Fatal(err)
		}
		for j, want := range suite {
			c := got.Cells[j]
			verdicts[c.Verdict]++
			if c.Verdict != want.Verdict || c.Look != want.Look || !(math.Abs(c.Drop-want.Drop) <= tolerance) || !(math.Abs(c.P-want.P) <= tolerance) || !(math.Abs(c.PMargin-want.PMargin) <= tolerance) {
				t.Errorf("suite %d, cell %d: %s at %d, p %.12g, %.12g; SciPy: %s at %d, %.12g, %.12g", i, j,
					c.Verdict, c.Look, c.P, c.PMargin, want.Verdict, want.Look, want.P, want.PMargin)
			}
			checkBounds(t, c)
		}
	}
	for _, v := range []Verdict{Pass, Regressed, Open} {
		if verdicts[v] < 20 {
			t.Errorf("only %d cells are %s", verdicts[v], v)
		}
	}
}

// checkBounds: a verdict and its bound say the same.
func checkBounds(t *testing.T, c Cell) {
	t.Helper()
	if (*c.Lower > 0) != (c.P < c.Level) {
		t.Errorf("%s: lower bound %g, p %g, level %g", c.Name, *c.Lower, c.P, c.Level)
	}
	if c.Verdict == Pass && *c.Upper > c.Margin || c.Verdict == Open && *c.Upper <= c.Margin {
		t.Errorf("%s: %s with the upper bound %g", c.Name, c.Verdict, *c.Upper)
	}
}

func TestFixedAgainstSciPy(t *testing.T) {
	o := readOracle(t)
	for _, w := range o.Tables {
		p, lower, upper := midP(w.Lost, w.Won), tango(w.Lost, w.Won, w.N, w.Level, -1), tango(w.Lost, w.Won, w.N, w.Level, 1)
		if !(math.Abs(p-w.P) <= tolerance) || !(math.Abs(lower-w.Lower) <= tolerance) || !(math.Abs(upper-w.Upper) <= tolerance) {
			t.Errorf("%+v: p %.12g, bounds %.12g, %.12g", w, p, lower, upper)
		}
	}
	for _, w := range o.Fisher {
		if p := fisher(w.B, w.KB, w.H, w.KH); !(math.Abs(p-w.P) <= tolerance) {
			t.Errorf("%+v: Fisher %.12g", w, p)
		}
	}
	if len(o.Tables) < 60 || len(o.Fisher) < 5 {
		t.Errorf("%d tables, %d of Fisher", len(o.Tables), len(o.Fisher))
	}
}
