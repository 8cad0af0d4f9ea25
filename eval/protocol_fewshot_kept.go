package eval

import "fmt"

// Journal keeps finished parts of an evaluation. It must be one of the same splits, protocol, costs,
// held-out rows, listed rows, classifier, tolerance and seed, of the same program on the same kind of
// processor; numbers of labels and of draws, and layers, may differ.
type Journal interface {
	// Get reads the part of a name into v, a pointer, and reports whether there is one.
	Get(name string, v any) bool
	// Put keeps a part. One that cannot be kept is done again.
	Put(name string, v any)
}

// reportedDraw is what a draw that is reported on gave.
type reportedDraw struct {
	Rows      int     `json:"rows"`           // of the draw
	Train     int     `json:"train_errors"`   // wrong rows of the draw
	Valid     int     `json:"valid_errors"`   // of those to choose C on, where there are any
	Test      int     `json:"test_errors"`    // of the test split
	Converged bool    `json:"converged"`      // whether the fit is within the tolerance
	Fit       float64 `json:"fit_seconds"`    // wall time
	Report    float64 `json:"report_seconds"` // wall time
}

// costDraw is what a draw to choose C on gave, at one cost or several.
type costDraw struct {
	Train   []int   `json:"train_errors"` // wrong rows of the draw, by cost
	Valid   []int   `json:"valid_errors"` // of those to choose C on, by cost
	Seconds float64 `json:"seconds"`      // wall time
}

// part names a part: of how many labels per class, which columns, and what.
func (f *fewShot) part(l Layer, what string, more ...any) string {
	return fmt.Sprintf("%d labels, columns %d to %d, ", f.o.Labels, l.Lo, l.Hi) + fmt.Sprintf(what, more...)
}

// kept takes a part from the journal if it is sound, or does it and keeps it.
func kept[T any](j Journal, name string, sound func(T) bool, do func() (T, error)) (T, error) {
	var v T
	if j != nil && j.Get(name, &v) && sound(v) {
		return v, nil
	}
	v, err := do()
	if err == nil && j != nil {
		j.Put(name, v)
	}
	return v, err
}

// sound reports whether the numbers are possible on these splits.
func (d reportedDraw) sound(s layerSplits) bool {
	return d.Rows > 0 && d.Rows <= s.from.fit.X.N && within(d.Train, d.Rows) && within(d.Valid, s.valid.selection.X.N) && within(d.Test, s.test.report.X.N)
}

// sound reports whether there are numbers for each cost, and they are possible on these splits.
func (d costDraw) sound(s layerSplits, costs int) bool {
	for i := range min(len(d.Train), len(d.Valid)) {
		if !within(d.Train[i], s.from.fit.X.N) || !within(d.Valid[i], s.valid.selection.X.N) {
			return false
		}
	}
	return len(d.Train) == costs && len(d.Valid) == costs
}

func within(n, most int) bool { return n >= 0 && n <= most }
