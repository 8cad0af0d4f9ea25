package gate

import (
	"errors"
	"fmt"
	"slices"

	"repbench/benchmarks/ledger"
	"repbench/internal/errkind"
)

// ErrInput is the kind of error of lines that cannot be compared at all.
var ErrInput = errors.New("the lines cannot be compared")

// pair is the lines of one cell, each side in ascending order of seeds.
type pair struct {
	name       Name
	base, head []ledger.Line
}

// join puts the lines of both sides together by cell: the cells of the base in the order in which it has
// them, then the cells that only the head has.
func join(base, head []ledger.Line) ([]pair, error) {
	var pairs []pair
	at := map[Name]int{}
	for s, lines := range [][]ledger.Line{base, head} {
		side := [...]string{"base", "head"}[s]
		if len(lines) == 0 {
			return nil, errkind.Errorf(ErrInput, "the %s has no lines; nothing can be compared", side)
		}
		for _, l := range lines {
			if l.Suite != base[0].Suite {
				return nil, errkind.Errorf(ErrInput, "the lines are of the suites %q and %q; compare one suite at a time", base[0].Suite, l.Suite)
			}
			i, ok := at[nameOf(&l)]
			if !ok {
				i = len(pairs)
				at[nameOf(&l)] = i
				pairs = append(pairs, pair{name: nameOf(&l)})
			}
			if s == 0 {
				pairs[i].base = append(pairs[i].base, l)
			} else {
				pairs[i].head = append(pairs[i].head, l)
			}
		}
	}
	for _, p := range pairs {
		if err := errors.Join(order(p.base, "base"), order(p.head, "head")); err != nil {
			return nil, err
		}
	}
	return pairs, nil
}

// order sorts the lines of a cell by seed, lines without one first. A seed may occur once.
func order(lines []ledger.Line, side string) error {
	slices.SortStableFunc(lines, func(a, b ledger.Line) int { return compareSeeds(a.Seed, b.Seed) })
	for i := 1; i < len(lines); i++ {
		if compareSeeds(lines[i-1].Seed, lines[i].Seed) == 0 {
			return errkind.Errorf(ErrInput, "the %s has two lines of %s; give files of one machine and one commit", side, lines[i].Key)
		}
	}
	return nil
}

func compareSeeds(a, b *uint64) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	case *a < *b:
		return -1
	case *a > *b:
		return 1
	}
	return 0
}

// seeded reports whether the lines of one side have seeds; an error says that only some have.
func seeded(lines []ledger.Line, side string) (bool, error) {
	first, last := lines[0].Seed != nil, lines[len(lines)-1].Seed != nil
	if first != last {
		return false, fmt.Errorf("in the %s some lines of the cell have a seed and others none", side)
	}
	return first, nil
}
