package eval

import (
	"context"
	"fmt"
	"time"

	"repbench/eval/linear"
	"repbench/features/matrix"
	"repbench/internal/progress"
)

// report fits on each draw at the C of score, adds what it got wrong and its time, and
// returns how many fits did not converge. valid may be the zero value.
func (f *fewShot) report(ctx context.Context, from FitSplit, valid SelectSplit, test ReportSplit, score *FewShotScore) (unsolved int, err error) {
	score.Report = &DrawErrors{}
	var rows []int
	for i := range f.o.Draws {
		start := time.Now()
		draw := from.fit.Subset(f.draws.forReport(i))
		fits, err := f.fit(ctx, draw, []float64{score.C})
		if err != nil {
			return 0, fmt.Errorf("draw %d: %w", i+1, err)
		}
		fitted := time.Now()
		if err := f.count(ctx, fits[0].Model, draw, valid, test, score); err != nil {
			return 0, err
		}
		rows = append(rows, draw.X.N)
		score.FitSeconds += fitted.Sub(start).Seconds()
		f.reporting += time.Since(fitted)
		if !fits[0].Converged {
			unsolved++
		}
	}
	score.RowsPerDraw = rows[0]
	score.Report.summarise(rows, valid.selection.X.N, test.report.X.N)
	return unsolved, nil
}

// count adds the wrong rows of a model that was fitted on a draw.
func (f *fewShot) count(ctx context.Context, m *linear.Model, draw matrix.Labelled, valid SelectSplit, test ReportSplit, score *FewShotScore) error {
	right, err := rightOf(ctx, m, draw, f.o.Threads)
	if err != nil {
		return fmt.Errorf("rows of a draw: %w", err)
	}
	e := score.Report
	e.TrainErrors = append(e.TrainErrors, draw.X.N-right)
	if valid.Given() {
		if right, err = valid.correct(ctx, m, f.o.Threads); err != nil {
			return err
		}
		e.ValidErrors = append(e.ValidErrors, valid.selection.X.N-right)
	}
	predicted, err := m.Predict(ctx, test.Features(), f.o.Threads)
	if err != nil {
		return fmt.Errorf("test split: %w", err)
	}
	r, err := test.Report(predicted, len(f.o.Classes))
	if err != nil {
		return err
	}
	e.TestErrors = append(e.TestErrors, r.Rows-r.Correct)
	score.Accuracies = append(score.Accuracies, r.Accuracy)
	return nil
}

// fit fits on the rows of a draw at the costs c.
func (f *fewShot) fit(ctx context.Context, rows matrix.Labelled, c []float64) ([]linear.Fit, error) {
	o := f.o.svm(c)
	o.Progress = progress.Within(f.task)
	fits, err := f.o.Classifier.Fit(ctx, rows.X, rows.Y, len(f.o.Classes), o)
	f.task.Add(1)
	return fits, err
}

// choose returns the C at which the fewest rows are wrong over all draws, the smallest
// of equals, and the wrong rows at each.
func (f *fewShot) choose(ctx context.Context, from FitSplit, valid SelectSplit) (float64, []CostErrors, error) {
	out := make([]CostErrors, len(f.o.C))
	for i, c := range f.o.C {
		out[i].C = c
	}
	for i := range f.o.SelectDraws {
		for first, costs := range f.o.together() {
			draw := from.fit.Subset(f.draws.forC(first, i))
			fits, err := f.fit(ctx, draw, costs)
			if err != nil {
				return 0, nil, fmt.Errorf("draw %d to choose C on: %w", i+1, err)
			}
			for j, fit := range fits {
				if err := out[first+j].add(ctx, fit.Model, draw, valid, f.o.Threads); err != nil {
					return 0, nil, err
				}
			}
		}
	}
	best := 0
	for i, c := range out {
		if c.wrongOf() < out[best].wrongOf() {
			best = i
		}
	}
	return out[best].C, out, nil
}

// add adds the wrong rows of a model that was fitted on a draw.
func (c *CostErrors) add(ctx context.Context, m *linear.Model, draw matrix.Labelled, valid SelectSplit, threads int) error {
	fitted, err := rightOf(ctx, m, draw, threads)
	if err != nil {
		return fmt.Errorf("rows of a draw: %w", err)
	}
	right, err := valid.correct(ctx, m, threads)
	if err != nil {
		return err
	}
	c.TrainErrors = append(c.TrainErrors, draw.X.N-fitted)
	c.ValidErrors = append(c.ValidErrors, valid.selection.X.N-right)
	return nil
}

// gridOf is the mean accuracy at each cost on so many validation rows, with Student's
// interval over the draws.
func gridOf(costs []CostErrors, rows int) []GridPoint {
	grid := make([]GridPoint, len(costs))
	for i, c := range costs {
		accuracies := make([]float64, len(c.ValidErrors))
		for j, wrong := range c.ValidErrors {
			accuracies[j] = float64(rows-wrong) / float64(rows)
		}
		m := moments(accuracies)
		m.mean = float64(rows*len(accuracies)-c.wrongOf()) / float64(rows*len(accuracies)) // of equal counts equal to the last bit
		grid[i] = GridPoint{C: c.C, Accuracy: m.mean, CI95: m.ci95()}
	}
	return grid
}

// correct returns how many rows the model gets right.
func (s SelectSplit) correct(ctx context.Context, m *linear.Model, threads int) (int, error) {
	right, err := rightOf(ctx, m, s.selection, threads)
	if err != nil {
		return 0, fmt.Errorf("rows to choose on: %w", err)
	}
	return right, nil
}

// rightOf is the number of rows that a model names the class of.
func rightOf(ctx context.Context, m *linear.Model, l matrix.Labelled, threads int) (int, error) {
	predicted, err := m.Predict(ctx, l.X, threads)
	if err != nil {
		return 0, err
	}
	_, n := Accuracy(predicted, l.Y)
	return n, nil
}
