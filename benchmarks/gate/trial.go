package gate

import (
	"fmt"
	"math"
	"strings"

	"repbench/benchmarks/ledger"
	"repbench/internal/measure"
)

// Points is the unit of accuracies: hundredths.
const Points = "points"

// trial is a cell on its way to a verdict.
type trial struct {
	*Cell
	pair
	base, head Sample // all seeds that there are
	scale      float64
	open       bool
	estimates  []drop
	worse      string // what beside the drop makes the cell regressed
}

// newTrial checks what can be compared and collects the values. A cell that cannot be compared has the
// verdict Failed, one without the measurement Ungated; neither is open.
func newTrial(p pair, r Rule) *trial {
	t := &trial{Cell: &Cell{Name: p.name, Threshold: r.For(p.name.Protocol), P: 1, PMargin: 1, DataHash: p.base[0].DataHash}, pair: p, scale: 1}
	err := t.fill()
	switch {
	case err != nil:
		t.Verdict, t.Reason = Failed, err.Error()
	case t.Verdict == "":
		t.open = true
	}
	return t
}

func (t *trial) fill() error {
	if len(t.pair.head) == 0 {
		return fmt.Errorf("the head has no result of this cell: it did not run, or failed; run it, see bench status")
	}
	if err := t.sameData(); err != nil {
		return err
	}
	t.Differences = differences(t.pair.base, t.pair.head)
	b, err := seeded(t.pair.base, "base")
	if err != nil {
		return err
	}
	h, err := seeded(t.pair.head, "head")
	if err != nil {
		return err
	}
	if b != h {
		return fmt.Errorf("one side has seeds and the other none; the suite has changed what is random here, so a new base is needed")
	}
	if done, err := t.metric(); done || err != nil {
		return err
	}
	t.base, err = t.sample(t.pair.base, "base")
	if err == nil {
		t.head, err = t.sample(t.pair.head, "head")
	}
	if err != nil {
		return err
	}
	t.Cell.Base, t.Cell.Head, t.all = t.base, t.head, t.head
	if t.Kind = t.kind(b); t.Kind == Fixed {
		return t.discordant()
	}
	return nil
}

// sameData demands one data set on both sides.
func (t *trial) sameData() error {
	hash := t.pair.base[0].DataHash
	for _, lines := range [][]ledger.Line{t.pair.base, t.pair.head} {
		for i := range lines {
			if lines[i].DataHash != hash {
				return fmt.Errorf("the data differ: the hash is %.12s in the base and %.12s in %s; numbers on different images are not compared, so make a new base",
					hash, lines[i].DataHash, lines[i].Key)
			}
		}
	}
	return nil
}

// metric finds the measurement, its unit and its direction; done says that the cell takes no part.
func (t *trial) metric() (done bool, err error) {
	has := func(lines []ledger.Line) (n int) {
		for i := range lines {
			if m, ok := t.measurement(&lines[i]); ok {
				t.Better = m.Better
				n++
			}
		}
		return n
	}
	h := has(t.pair.head)
	b := has(t.pair.base)
	if b == 0 && h == 0 && !collapsedOnly(t.pair.base) {
		t.Verdict = Ungated
		t.Reason = fmt.Sprintf("no line has the measurement %s; name one of them for this protocol in [gate.of.%s]: %s", t.Metric, t.Protocol, names(t.pair.base))
		return true, nil
	}
	if b > 0 && t.Better != measure.Higher && t.Better != measure.Lower {
		return false, fmt.Errorf("the measurement %s says of neither direction that it is better, so that nothing can be worse; gate by another one: %s", t.Metric, names(t.pair.base))
	}
	t.units()
	return false, t.comparableTimes()
}

// units makes points of accuracies.
func (t *trial) units() {
	if strings.Contains(t.Metric, "accuracy") {
		t.scale, t.Unit = 100, Points
	}
}

// comparableTimes refuses times of different machines.
func (t *trial) comparableTimes() error {
	if !strings.Contains(t.Metric, "seconds") {
		return nil
	}
	b, h := side(t.pair.base).Machines, side(t.pair.head).Machines
	if len(b) != 1 || len(h) != 1 || b[0] != h[0] {
		return fmt.Errorf("times are compared between equal machines only; the base ran on %s, the head on %s", strings.Join(b, ", "), strings.Join(h, ", "))
	}
	return nil
}

// secondsName gates the time of the cell itself.
const secondsName = "seconds"

// measurement is the gated measurement of a line.
func (t *trial) measurement(l *ledger.Line) (measure.Measurement, bool) {
	m, ok := l.Value(t.Metric)
	if !ok && t.Metric == secondsName && l.Diverged == "" {
		return measure.Measurement{Name: secondsName, Value: l.Seconds, Better: measure.Lower}, true
	}
	return m, ok
}

// sample collects the values of one side, in the unit of the margin.
func (t *trial) sample(lines []ledger.Line, side string) (Sample, error) {
	var s Sample
	for i := range lines {
		l := &lines[i]
		m, ok := t.measurement(l)
		if l.Diverged != "" || ok && (math.IsNaN(m.Value) || math.IsInf(m.Value, 0)) {
			if l.Seed == nil {
				return s, fmt.Errorf("the %s has no finite result", side)
			}
			s.Collapsed = append(s.Collapsed, *l.Seed)
			continue
		}
		if !ok {
			return s, fmt.Errorf("%s of the %s has no measurement %s; it has %s", l.Key, side, t.Metric, names(lines[i:i+1]))
		}
		if m.Better != t.Better {
			return s, fmt.Errorf("better is %q for %s in %s of the %s, and %q elsewhere; make a new base", m.Better, t.Metric, l.Key, side, t.Better)
		}
		if l.Seed != nil {
			s.Seeds = append(s.Seeds, *l.Seed)
		}
		s.Values = append(s.Values, m.Value*t.scale)
	}
	s.describe()
	return s, nil
}

// describe sets mean and standard deviation.
func (s *Sample) describe() {
	s.Mean, s.SD = 0, math.Sqrt(variance(s.Values))
	for _, v := range s.Values {
		s.Mean += v / float64(len(s.Values))
	}
}

// first is the sample of the k lowest seeds, collapsed ones included.
func (s Sample) first(k int) Sample {
	var out Sample
	for i, j := 0, 0; i+j < k && i+j < s.count(); {
		if j == len(s.Collapsed) || i < len(s.Seeds) && s.Seeds[i] < s.Collapsed[j] {
			i++
		} else {
			j++
		}
		out.Seeds, out.Values, out.Collapsed = s.Seeds[:i], s.Values[:i], s.Collapsed[:j]
	}
	out.describe()
	return out
}

// oriented turns values so that higher ones are better.
func (t *trial) oriented(values []float64) []float64 {
	if t.Better == measure.Higher {
		return values
	}
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = -v
	}
	return out
}

// collapsedOnly reports whether no line has a result.
func collapsedOnly(lines []ledger.Line) bool {
	for i := range lines {
		if lines[i].Diverged == "" {
			return false
		}
	}
	return true
}

// names are the measurements of the first line that have a direction, as text.
func names(lines []ledger.Line) string {
	var out []string
	for _, m := range lines[0].Measurements {
		if m.Better != "" {
			out = append(out, m.Name)
		}
	}
	if len(out) == 0 {
		return "nothing with a direction"
	}
	return strings.Join(out, ", ")
}
