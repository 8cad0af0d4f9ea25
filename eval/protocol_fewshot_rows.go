package eval

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"repbench/features/matrix"
	"repbench/internal/errkind"
)

// FewShotRows are the rows of every draw, as numbers of rows of the train split. A draw
// holds no row twice and has a row of each class.
type FewShotRows struct {
	// Select are the draws to choose C on, [C][draw][row], in the order of
	// FewShotOptions.C; nil: there are none, which needs a single C.
	Select [][][]int32
	// Report are the draws that are reported on, [draw][row]; nil: no rows are given, and
	// the draws are made by the seed.
	Report [][]int32
	// SelectName and ReportName are what messages call the two, such as names of files.
	SelectName, ReportName string
}

// Given reports whether there are rows.
func (r FewShotRows) Given() bool { return r.Select != nil || r.Report != nil }

// Hash is the SHA-256 of the rows and their arrangement, in hexadecimal digits.
func (r FewShotRows) Hash() string {
	h := sha256.New()
	number := func(n int) { h.Write(binary.LittleEndian.AppendUint64(nil, uint64(n))) }
	draws := func(list [][]int32) {
		number(len(list))
		for _, rows := range list {
			number(len(rows))
			for _, row := range rows {
				number(int(row))
			}
		}
	}
	number(len(r.Select))
	for _, list := range r.Select {
		draws(list)
	}
	draws(r.Report)
	return hex.EncodeToString(h.Sum(nil))
}

// sorted returns the rows with those to choose C on in the ascending order of costs.
func (r FewShotRows) sorted(costs []float64) FewShotRows {
	if len(r.Select) != len(costs) {
		return r // which check refuses
	}
	order := make([]int, len(costs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case costs[a] < costs[b]:
			return -1
		case costs[a] > costs[b]:
			return 1
		}
		return 0
	})
	out := r
	out.Select = make([][][]int32, len(order))
	for i, j := range order {
		out.Select[i] = r.Select[j]
	}
	return out
}

// checkShape says what is wrong with the numbers of draws, whatever the splits are.
func (r FewShotRows) checkShape(costs int) error {
	switch {
	case r.Report == nil:
		return errkind.Errorf(ErrOptions, "%s holds the draws to choose C on, and there are none to report on: give both", r.SelectName)
	case r.Select == nil && costs > 1:
		return errkind.Errorf(ErrOptions, "%s holds the draws to report on, and there are none to choose among %d C on: give these draws, too, or one C", r.ReportName, costs)
	case r.Select != nil && len(r.Select) != costs:
		return errkind.Errorf(ErrOptions, "%s holds draws for %d values of C, and C lists %d: its first axis follows the list of C", r.SelectName, len(r.Select), costs)
	}
	return nil
}

// check says which row of which draw cannot be fitted on: y are the labels of the train
// split, aside the rows, in ascending order, that C is chosen on, and protocol may ask
// for a number of rows per class. It returns the fewest and the most rows of a class in
// a draw.
func (r FewShotRows) check(y []int32, classes []string, aside []int32, protocol *protocol) (fewest, most int, err error) {
	c := drawCheck{y: y, classes: classes, aside: aside, protocol: protocol, at: make([]int, len(y)), fewest: len(y)}
	for i, draws := range r.Select {
		for j, rows := range draws {
			if err := c.draw(rows, r.SelectName, i, j); err != nil {
				return 0, 0, err
			}
		}
	}
	for j, rows := range r.Report {
		if err := c.draw(rows, r.ReportName, j); err != nil {
			return 0, 0, err
		}
	}
	return c.fewest, c.most, nil
}

// drawCheck checks draw after draw.
type drawCheck struct {
	y            []int32
	classes      []string
	aside        []int32
	protocol     *protocol
	at           []int // 1 + the place of a row in the current draw, 0: not there
	fewest, most int   // rows of a class in a draw
}

// draw checks the rows at a place of a file: [C, draw] or [draw].
func (c *drawCheck) draw(rows []int32, name string, place ...int) error {
	defer func() {
		for _, row := range rows {
			if row >= 0 && int(row) < len(c.at) {
				c.at[row] = 0
			}
		}
	}()
	count := make([]int, len(c.classes))
	for i, row := range rows {
		at := append(slices.Clone(place), i)
		switch {
		case row < 0 || int(row) >= len(c.y):
			return inRows(matrix.ErrShape, "%s%s is row %d, and the train split has the rows 0 … %d: rows are numbered from 0 in the order of the features that are given; make the file for these features", name, indexText(at), row, len(c.y)-1)
		case c.at[row] > 0:
			return inRows(matrix.ErrSameRows, "%s%s and [%d] of the same draw are both row %d: a draw holds no row twice; draw without replacement (rng.choice(…, replace=False)), or leave one of the two out of every draw", name, indexText(at), c.at[row]-1, row)
		}
		if _, found := slices.BinarySearch(c.aside, row); found {
			return inRows(matrix.ErrSameRows, "%s%s is row %d, which %s sets aside to choose C on: leave it out of the draws, or give a validation split", name, indexText(at), row, c.protocol.name)
		}
		c.at[row] = i + 1
		count[c.y[row]]++
	}
	for k, n := range count {
		switch {
		case n == 0:
			return inRows(matrix.ErrClassAbsent, "%s%s has no row of class %d (%s): each draw has rows of every class; add some, or leave the class out of all splits", name, indexText(place), k, c.classes[k])
		case c.protocol.labels != 0 && n != c.protocol.labels:
			return inRows(nil, "%s%s has %s of class %d (%s), and %s has %d of each: use the protocol %s", name, indexText(place), rowCount(n), k, c.classes[k], c.protocol.name, c.protocol.labels, FewShotN)
		}
		c.fewest, c.most = min(c.fewest, n), max(c.most, n)
	}
	return nil
}

// ErrRows is wrapped by errors about the rows of given draws, whose text names their file: it is the
// file that has to be mended, and not the features.
var ErrRows = errors.New("rows of draws")

// inRows is an error about given rows, which errors.Is also finds to be kind; nil: of no other kind.
func inRows(kind error, format string, args ...any) error {
	err := errkind.Errorf(ErrRows, format, args...)
	if kind == nil {
		return err
	}
	return errkind.Errorf(kind, "%w", err)
}

// indexText is a place in an array, as NumPy writes it: "[2, 5]".
func indexText(place []int) string {
	text := fmt.Sprint(place[0])
	for _, i := range place[1:] {
		text += fmt.Sprintf(", %d", i)
	}
	return "[" + text + "]"
}
