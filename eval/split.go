package eval

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"repbench/features/matrix"
	"repbench/internal/errkind"
	"repbench/internal/labels"
)

// checkSplit says what is wrong with the sizes or labels of a split, or nil.
func checkSplit(l matrix.Labelled, name string, classes int) error {
	if err := l.X.Validate(); err != nil {
		return fmt.Errorf("%s split: %w", name, err)
	}
	if l.X.N != len(l.Y) {
		return fmt.Errorf("%s split: %d rows of features and %d labels: %w", name, l.X.N, len(l.Y), matrix.ErrShape)
	}
	if l.X.N == 0 {
		return fmt.Errorf("%s split: no rows: %w", name, matrix.ErrShape)
	}
	if err := labels.Within(l.Y, classes); err != nil {
		return fmt.Errorf("%s split: %w: %w", name, err, matrix.ErrLabel)
	}
	return nil
}

// deal puts the rows of each class, shuffled with the seed, into the folds in
// turn, so that every fold has its share of every class. The only row of a class
// is in no fold, so that it is fitted on with each. Rows of a fold ascend, for the
// sake of reading them in order.
func deal(y []int32, folds int, seed uint64) [][]int32 {
	rng := rand.New(rand.NewPCG(seed, 0xf01d))
	out := make([][]int32, folds)
	next := 0
	for _, rows := range labels.ByClass(y) {
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		if len(rows) == 1 {
			continue
		}
		for _, r := range rows {
			out[next%folds] = append(out[next%folds], r)
			next++
		}
	}
	for _, f := range out {
		slices.Sort(f)
	}
	return out
}

// DefaultHoldOut is the share of each class that is held out where no share is given.
const DefaultHoldOut = 0.1

// ErrOptions: an option is out of range, whatever the splits are.
var ErrOptions = errors.New("options out of range")

// asOptions makes an error one of ErrOptions; nil stays nil.
func asOptions(err error) error {
	if err == nil {
		return nil
	}
	return errkind.Errorf(ErrOptions, "%w", err)
}

// ErrHoldOut: the share to hold out is no share, or leaves nothing to choose on.
var ErrHoldOut = errors.New("nothing to choose on")

// CheckHoldOut refuses a share of each class to hold out that does not lie between 0
// and 1, with ErrHoldOut.
func CheckHoldOut(share float64) error {
	if share > 0 && share < 1 {
		return nil
	}
	return errkind.Errorf(ErrHoldOut, "a held-out share of %v: the share of each class lies between 0 and 1, such as %g", share, DefaultHoldOut)
}

// holdOut splits off the share of the rows of each class, at least one and never
// all, so that the only row of a class stays, chosen with the seed. Rows of both
// parts ascend.
func holdOut(y []int32, share float64, seed uint64) (rest, held []int32) {
	rng := rand.New(rand.NewPCG(seed, 0x4e1d))
	for _, rows := range labels.ByClass(y) {
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		n := min(max(0, len(rows)-1), max(1, int(share*float64(len(rows))+0.5)))
		held, rest = append(held, rows[:n]...), append(rest, rows[n:]...)
	}
	slices.Sort(held)
	slices.Sort(rest)
	return rest, held
}

// without returns the rows 0 … n-1 that are not in the ascending list.
func without(n int, list []int32) []int32 {
	rest := make([]int32, 0, n-len(list))
	for i := range int32(n) {
		if len(list) > 0 && list[0] == i {
			list = list[1:]
			continue
		}
		rest = append(rest, i)
	}
	return rest
}

// disjoint returns an error when the two splits share a row of one storage.
// Equal rows at different places are not seen.
func disjoint(aName string, a matrix.Labelled, bName string, b matrix.Labelled) error {
	at := make(map[any]int, a.X.N)
	for i := range a.X.N {
		if p := a.X.Address(i); p != nil {
			at[p] = i
		}
	}
	for i := range b.X.N {
		if j, ok := at[b.X.Address(i)]; ok {
			return fmt.Errorf("row %d of the %s split is row %d of the %s split; the splits must not share rows", i, bName, j, aName)
		}
	}
	return nil
}

// namedSplit is a split with its name, for messages.
type namedSplit struct {
	name string
	matrix.Labelled
}

// checkSplits checks sizes and labels, and that no row serves two purposes.
func checkSplits(splits []namedSplit, classes int) error {
	first := splits[0]
	for i, s := range splits {
		if err := checkSplit(s.Labelled, s.name, classes); err != nil {
			return err
		}
		if s.X.D != first.X.D {
			return fmt.Errorf("%s split has %d features a row, %s split %d: %w", s.name, s.X.D, first.name, first.X.D, matrix.ErrShape)
		}
		for _, t := range splits[:i] {
			if err := disjoint(t.name, t.Labelled, s.name, s.Labelled); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkClasses returns an error that names the first class without a row among
// the labels of what is fitted on.
func checkClasses(where string, y []int32, names []string) error {
	count := make([]int, len(names))
	for _, k := range y {
		count[k]++
	}
	for k, n := range count {
		if n == 0 {
			return fmt.Errorf("class %d (%s) has no row in %s: add rows of it, or leave the class out of all splits: %w", k, names[k], where, matrix.ErrClassAbsent)
		}
	}
	return nil
}

// ClassNames returns "0", "1", … for the classes of the rows. Labels that are not
// 0 … K-1, each with a row, are an error that says how they are mended.
func (s FitSplit) ClassNames() ([]string, error) {
	classes, err := labels.Count(s.fit.Y)
	if err != nil {
		return nil, fmt.Errorf("train split: %w: %w", err, matrix.ErrLabel)
	}
	names := make([]string, classes)
	for k := range names {
		names[k] = strconv.Itoa(k)
	}
	return names, nil
}

// named returns the names that are given, or those of the classes of the rows.
func (s FitSplit) named(given []string) ([]string, error) {
	if given != nil {
		return given, nil
	}
	return s.ClassNames()
}
