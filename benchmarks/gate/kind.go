package gate

import (
	"fmt"
	"slices"

	"repbench/benchmarks/ledger"
	"repbench/internal/measure"
)

// kind says how the cell is judged.
func (t *trial) kind(random bool) Kind {
	base := map[uint64]*ledger.Line{}
	for i := range t.pair.base {
		if s := t.pair.base[i].Seed; s != nil {
			base[*s] = &t.pair.base[i]
		}
	}
	same := true
	for i := range t.pair.head {
		h, b := &t.pair.head[i], &t.pair.base[0]
		if random {
			b = base[*h.Seed]
		}
		same = same && b != nil && t.same(b, h)
	}
	switch {
	case same:
		return Identical
	case random:
		return Seeded
	}
	return Fixed
}

// same reports whether two lines are of the same inputs and have the same weights and predictions.
// Where there are no predictions the measurement must be equal.
func (t *trial) same(b, h *ledger.Line) bool {
	if len(ledger.OptionDifferences(b.Options, h.Options)) > 0 || b.DataHash != h.DataHash || b.EvaluationSeed != h.EvaluationSeed ||
		b.WeightsHash != h.WeightsHash || (b.Diverged != "") != (h.Diverged != "") || (b.Correct == nil) != (h.Correct == nil) {
		return false
	}
	if b.Correct != nil && !slices.Equal(*b.Correct, *h.Correct) {
		return false
	}
	mb, _ := t.measurement(b)
	mh, _ := t.measurement(h)
	return mb.Value == mh.Value
}

// discordant collects the test images that changed, where predictions are known.
func (t *trial) discordant() error {
	b, h := t.pair.base[0].Correct, t.pair.head[0].Correct
	if t.Metric != measure.TestAccuracy || b == nil || h == nil {
		return nil
	}
	if len(*b) != len(*h) {
		return fmt.Errorf("the base has %d test images and the head %d; numbers on different images are not compared, so make a new base", len(*b), len(*h))
	}
	d := &Discordant{Images: len(*b), Lost: []int{}, Won: []int{}}
	for i, right := range *b {
		switch {
		case right && !(*h)[i]:
			d.Lost = append(d.Lost, i)
		case !right && (*h)[i]:
			d.Won = append(d.Won, i)
		}
	}
	t.Discordant = d
	return nil
}

// differences name what differs between the recipes, weights and seeds of evaluation of two sides.
func differences(base, head []ledger.Line) []string {
	b, h := firstResult(base), firstResult(head)
	out := ledger.OptionDifferences(b.Options, h.Options)
	if b.EvaluationSeed != h.EvaluationSeed {
		out = append(out, fmt.Sprintf("seed of the evaluation: %d → %d", b.EvaluationSeed, h.EvaluationSeed))
	}
	if b.Seed == nil && h.Seed == nil && b.WeightsHash != h.WeightsHash {
		out = append(out, fmt.Sprintf("weights: %.12s → %.12s", orNone(b.WeightsHash), orNone(h.WeightsHash)))
	}
	return out
}

// firstResult is the first line whose training did not diverge, else the first.
func firstResult(lines []ledger.Line) *ledger.Line {
	for i := range lines {
		if lines[i].Diverged == "" {
			return &lines[i]
		}
	}
	return &lines[0]
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
