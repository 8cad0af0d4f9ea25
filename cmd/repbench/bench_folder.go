package main

import (
	"errors"
	"fmt"
	"io/fs"

	"repbench/benchmarks/gate"
	"repbench/benchmarks/ledger"
	"repbench/benchmarks/suite"
)

// suiteSide is what the folder of a suite gives a comparison.
type suiteSide struct {
	lines  []ledger.Line
	gate   *gate.Rule
	failed []string // what failed, with its reason
}

// openSide reads the results of the cells that are done, of any program. Cells that the
// suite has no longer, because an option changed, are left out.
func openSide(dir string) (s suiteSide, err error) {
	f, err := suite.Open(dir)
	if err != nil {
		return s, err
	}
	s.gate = &f.Suite.Gate
	for _, c := range f.Cells() {
		if f.Orphan(c) {
			continue
		}
		l, err := f.Result(c)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if at := f.Look(c, true); at.State == suite.Failed {
				s.failed = append(s.failed, fmt.Sprintf("%s failed: %s", c, at.Failure.Reason))
			}
			continue
		case err != nil:
			return s, err
		}
		s.lines = append(s.lines, *l)
	}
	switch {
	case len(s.lines) > 0:
		return s, nil
	case len(s.failed) > 0:
		return s, fmt.Errorf("no cell of %s is done: %s", dir, s.failed[0])
	}
	return s, fmt.Errorf("no cell of %s is done; see bench status %s", dir, dir)
}
