package eval

import (
	"context"
	"fmt"

	"repbench/features/matrix"
	"repbench/internal/equalrows"
	"repbench/internal/errkind"
	"repbench/internal/progress"
)

// Overlap looks for equal rows in different splits; selection may be the zero
// value. Two splits that have the same rows in the same order are an error,
// matrix.ErrSameRows: one was given for the other. Single rows that a split shares with an
// earlier one of train, valid and test are a warning with their number. Rows are
// equal when all their features are, to the bit, with float16 features read as
// float32. Each split is read once or twice.
func Overlap(ctx context.Context, fit FitSplit, selection SelectSplit, report ReportSplit, p progress.Reporter) ([]string, error) {
	parts := []overlapping{{"train", fit.fit.X}, {"valid", selection.selection.X}, {"test", report.report.X}}
	var warnings []string
	for i, b := range parts {
		for _, a := range parts[:i] {
			w, err := a.shared(ctx, b, p)
			if err != nil {
				return nil, err
			}
			warnings = append(warnings, w...)
		}
	}
	return warnings, nil
}

// overlapping is the rows of a split.
type overlapping struct {
	split string
	matrix.View
}

// shared warns of rows of b that equal a row of a.
func (a overlapping) shared(ctx context.Context, b overlapping, p progress.Reporter) ([]string, error) {
	if a.N == 0 || b.N == 0 || a.D != b.D {
		return nil, nil
	}
	task := progress.Or(p).Start(fmt.Sprintf("compare %s with %s", b.split, a.split), int64(a.N+b.N), "rows")
	defer task.Done()
	r, err := equalrows.Compare(ctx, a.Bytes(), b.Bytes(), func(n int) { task.Add(int64(n)) })
	switch {
	case err != nil:
		return nil, err
	case r.Same:
		return nil, errkind.Errorf(matrix.ErrSameRows, "the %s split has the rows of the %s split, all %d in the same order: give the %s split's own rows", b.split, a.split, b.N, b.split)
	case r.Rows == 0:
		return nil, nil
	}
	return []string{fmt.Sprintf("%d of %d rows of the %s split equal a row of the %s split (the first: row %d equals row %d): they tell nothing about new rows; leave them out of one of the splits",
		r.Rows, b.N, b.split, a.split, r.B, r.A)}, nil
}
