package nearest

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"

	"repbench/eval/memorisation/faults"
)

// Scored are the scores of a list of queries.
type Scored struct {
	// Values are the scores, one for each query. +Inf: the query lies at some distance from one
	// of several equal training rows, under a score that divides by the distance among these rows.
	Values []float64
	// Undecided is the number of queries whose score is 0/0: exact copies of a training image
	// that the training set holds more than once. They count as 0, the most suspicious value.
	Undecided int
	// Duplicates are the training rows that these queries copy and that other training rows
	// equal; ascending.
	Duplicates []int32
}

// Scores returns the score of each query. own is read by the scores that compare with the
// distances among training images (Score.OwnNeighbours), and may be empty for the others.
func Scores(s Score, near Near, own TrainNear) (Scored, error) {
	out := Scored{Values: make([]float64, near.N())}
	if near.K < s.Neighbours() {
		return out, fmt.Errorf("%s needs %d neighbours of each image; the list has %d: %w", s, s.Neighbours(), near.K, faults.ErrNeighbours)
	}
	for i := range out.Values {
		below, err := s.denominator(near, own, i)
		if err != nil {
			return out, err
		}
		row, d := near.Nearest(i)
		if d == 0 && below == 0 {
			out.Undecided++
			out.Duplicates = append(out.Duplicates, row)
			continue
		}
		out.Values[i] = d / below
	}
	slices.Sort(out.Duplicates)
	out.Duplicates = slices.Compact(out.Duplicates)
	return out, nil
}

// denominator is what the distance of the nearest row is divided by.
func (s Score) denominator(near Near, own TrainNear, i int) (float64, error) {
	switch s {
	case Ratio:
		return near.Of(i)[1], nil
	case Carlini:
		return floats.Sum(near.Of(i)[:Wide]) / (2 * Wide), nil
	case CarliniTrain, Authenticity:
		row, _ := near.Nearest(i)
		d, err := own.of(row, s.OwnNeighbours())
		if err != nil {
			return 0, err
		}
		if s == Authenticity {
			return d[0], nil
		}
		return floats.Sum(d) / (2 * Wide), nil
	}
	return 1, nil
}

// named is the number of duplicate rows that a warning names.
const named = 5

// Warning is the warning about undecided scores, "" if there are none. name gives the name of a
// training row, such as its id; nil: "row 17".
func (s Scored) Warning(score Score, name func(row int32) string) string {
	if s.Undecided == 0 {
		return ""
	}
	if name == nil {
		name = func(row int32) string { return fmt.Sprintf("row %d", row) }
	}
	var names []string
	for _, row := range s.Duplicates[:min(named, len(s.Duplicates))] {
		names = append(names, name(row))
	}
	rest := ""
	if more := len(s.Duplicates) - named; more > 0 {
		rest = fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("the score %s of %d images is 0/0: they copy training images that the training set holds more than once (%s%s); "+
		"it counts as 0, the most suspicious value; \"repbench data dedup\" finds such images", score, s.Undecided, strings.Join(names, ", "), rest)
}
