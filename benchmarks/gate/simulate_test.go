package gate

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"repbench/benchmarks/ledger"
	"repbench/internal/measure"
)

// suites of the simulation: what CI meets, as ledger lines in and an exit code out.
const (
	simulated = 1000
	cellsEach = 10
	baseSeeds = 20
)

// simulation draws suites of ten cells whose seeds spread by sd points around 70.
type simulation struct {
	rng        *rand.Rand
	base, head []ledger.Line
}

func newSimulation(seed uint64, heads int) *simulation {
	s := &simulation{rng: rand.New(rand.NewPCG(seed, 18))}
	for cell := range cellsEach {
		for k := range baseSeeds {
			s.base = append(s.base, line(fmt.Sprint("encoder", cell), uint64(k+1), 0))
		}
		for k := range heads {
			s.head = append(s.head, line(fmt.Sprint("encoder", cell), uint64(k+1), 0))
		}
	}
	return s
}

// draw gives all lines new values; the first cell of the head loses drop points. The head's seeds
// spread by spread times sd.
func (s *simulation) draw(sd, spread, drop float64) {
	for i := range s.base {
		s.base[i].Measurements = accuracy(70 + sd*s.rng.NormFloat64())
	}
	for i := range s.head {
		v := 70 + spread*sd*s.rng.NormFloat64()
		if s.head[i].Encoder == "encoder0" {
			v -= drop
		}
		s.head[i].Measurements = accuracy(v)
	}
}

func accuracy(points float64) []measure.Measurement {
	return []measure.Measurement{{Name: measure.TestAccuracy, Value: points / 100, Better: measure.Higher}}
}

// exits counts the exit codes of simulated suites.
func (s *simulation) exits(t *testing.T, sd, spread, drop float64) map[int]int {
	t.Helper()
	out := map[int]int{}
	for range simulated {
		s.draw(sd, spread, drop)
		c, err := Compare(s.base, s.head, Default())
		if err != nil {
			t.Fatal(err)
		}
		out[c.ExitCode()]++
	}
	return out
}

// Of 1000 suites without a change at most 50 may fail (5 %, which the rule promises); of 1000 with a drop
// of one point at least 900 are to be caught, and at most 50 may pass. An independent simulation in
// NumPy and SciPy (docs/gate.md) gives for the three standard deviations: 12, 12, 23 fail; 999, 990, 946 are caught;
// 1, 9, 17 pass.
func TestSimulatedSuites(t *testing.T) {
	for _, tt := range []struct {
		sd                     float64
		fail, caught, passed   int // as simulated independently
		leastOpen, atMostOpens int
	}{{0.3, 12, 999, 1, 0, 20}, {0.4, 12, 990, 9, 0, 20}, {0.5, 23, 946, 17, 5, 60}} {
		t.Run(fmt.Sprint("sd=", tt.sd), func(t *testing.T) {
			t.Parallel()
			s := newSimulation(uint64(tt.sd*10), 12)
			same, dropped := s.exits(t, tt.sd, 1, 0), s.exits(t, tt.sd, 1, 1)
			t.Logf("without change %d fail, %d stay open (independent: %d fail); of drops of 1 point %d are caught, %d pass, %d stay open (independent: %d, %d)",
				same[ExitRegressed], same[ExitOpen], tt.fail, dropped[ExitRegressed], dropped[ExitPass], dropped[ExitOpen], tt.caught, tt.passed)
			if same[ExitRegressed] > 50 || dropped[ExitRegressed] < 900 || dropped[ExitPass] > 50 {
				t.Errorf("without change %v, with a drop %v", same, dropped)
			}
			// Four standard deviations of a count around 20 are 18.
			if d := same[ExitRegressed] - tt.fail; d > 18 || d < -18 {
				t.Errorf("%d fail without change; %d do in the independent simulation", same[ExitRegressed], tt.fail)
			}
			if n := same[ExitOpen]; n < tt.leastOpen || n > tt.atMostOpens {
				t.Errorf("%d suites stay open without change", n)
			}
		})
	}
}

// A head whose seeds spread twice as much fails rarely, because Welch's error is taken from 5 seeds on,
// and is warned about. The independent simulation has 48 failures, and without Welch's error 231.
func TestSimulatedSpread(t *testing.T) {
	s := newSimulation(4, 12)
	out := s.exits(t, 0.4, 2, 0)
	t.Logf("of 1000 heads that spread twice as much %d fail, %d stay open", out[ExitRegressed], out[ExitOpen])
	if out[ExitRegressed] > 80 {
		t.Errorf("%d fail", out[ExitRegressed])
	}
	c, err := Compare(s.base, s.head, Default())
	if err != nil {
		t.Fatal(err)
	}
	warned := 0
	for _, cell := range c.Cells {
		warned += len(cell.Warnings)
	}
	if warned < 2 {
		t.Errorf("%d of ten cells are warned about; the F-test at 1 %% sees most of them", warned)
	}
}

// Looks are replayed: with the seeds of the first look alone, cells have the verdict that they have when
// all later seeds are there, or are open.
func TestLooksAreReplayed(t *testing.T) {
	s := newSimulation(7, 12)
	decided := 0
	for range 20 {
		s.draw(0.5, 1, 0.7)
		all, err := Compare(s.base, s.head, Default())
		if err != nil {
			t.Fatal(err)
		}
		for i, k := range []int{5, 6, 8} {
			c, err := Compare(s.base, upTo(s.head, uint64(k)), Default())
			if err != nil {
				t.Fatal(err)
			}
			for j, cell := range c.Cells {
				if cell.Verdict == Open {
					continue
				}
				decided++
				if whole := all.Cells[j]; whole.Verdict != cell.Verdict || whole.Look != cell.Look || whole.P != cell.P || whole.Reason != cell.Reason {
					t.Errorf("%d seeds (%d): %s, with all 12: %s", k, i, cell.Reason, whole.Reason)
				}
			}
		}
	}
	if decided < 300 {
		t.Errorf("only %d cells were decided", decided)
	}
}

func upTo(lines []ledger.Line, seed uint64) []ledger.Line {
	var out []ledger.Line
	for _, l := range lines {
		if *l.Seed <= seed {
			out = append(out, l)
		}
	}
	return out
}
