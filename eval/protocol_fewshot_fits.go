package eval

import (
	"context"
	"fmt"
	"time"

	"repbench/eval/linear"
	"repbench/features/matrix"
	"repbench/internal/progress"
)

// layerSplits are the splits of a range of columns; valid may be the zero value.
type layerSplits struct {
	layer Layer
	from  FitSplit
	valid SelectSplit
	test  ReportSplit
}

// report fits on each draw at the C of score, adds what it got wrong and its time, and
// returns how many fits did not converge.
func (f *fewShot) report(ctx context.Context, s layerSplits, score *FewShotScore) (unsolved int, err error) {
	e := &DrawErrors{}
	var rows []int
	n := s.test.report.X.N
	for i := range f.o.Draws {
		d, err := kept(f.o.Journal, f.part(s.layer, "draw %d at C = %v", i, score.C),
			func(d reportedDraw) bool { return d.sound(s) }, func() (reportedDraw, error) { return f.reportOn(ctx, s, i, score.C) })
		if err != nil {
			return 0, fmt.Errorf("draw %d: %w", i+1, err)
		}
		f.task.Add(1)
		rows, e.TrainErrors, e.TestErrors = append(rows, d.Rows), append(e.TrainErrors, d.Train), append(e.TestErrors, d.Test)
		if s.valid.Given() {
			e.ValidErrors = append(e.ValidErrors, d.Valid)
		}
		score.Accuracies = append(score.Accuracies, float64(n-d.Test)/float64(n))
		score.FitSeconds += d.Fit
		f.reporting += d.Report
		if !d.Converged {
			unsolved++
		}
	}
	score.Report, score.RowsPerDraw = e, rows[0]
	e.summarise(rows, s.valid.selection.X.N, n)
	return unsolved, nil
}

// reportOn fits on a draw and counts what is wrong.
func (f *fewShot) reportOn(ctx context.Context, s layerSplits, i int, c float64) (d reportedDraw, err error) {
	start := time.Now()
	draw := s.from.fit.Subset(f.draws.forReport(i))
	fits, err := f.fit(ctx, draw, []float64{c})
	if err != nil {
		return d, err
	}
	fitted, m := time.Now(), fits[0].Model
	d = reportedDraw{Rows: draw.X.N, Converged: fits[0].Converged, Fit: fitted.Sub(start).Seconds()}
	right, err := rightOf(ctx, m, draw, f.o.Threads)
	if err != nil {
		return d, fmt.Errorf("rows of a draw: %w", err)
	}
	d.Train = draw.X.N - right
	if s.valid.Given() {
		if right, err = s.valid.correct(ctx, m, f.o.Threads); err != nil {
			return d, err
		}
		d.Valid = s.valid.selection.X.N - right
	}
	predicted, err := m.Predict(ctx, s.test.Features(), f.o.Threads)
	if err != nil {
		return d, fmt.Errorf("test split: %w", err)
	}
	r, err := s.test.Report(predicted, len(f.o.Classes))
	d.Test, d.Report = r.Rows-r.Correct, time.Since(fitted).Seconds()
	return d, err
}

// fit fits on the rows of a draw at the costs c.
func (f *fewShot) fit(ctx context.Context, rows matrix.Labelled, c []float64) ([]linear.Fit, error) {
	o := f.o.svm(c)
	o.Progress = progress.Within(f.task)
	return f.o.Classifier.Fit(ctx, rows.X, rows.Y, len(f.o.Classes), o)
}

// choose sets the C of score to that at which the fewest rows are wrong over all draws, the smallest
// of equals, and the wrong rows at each.
func (f *fewShot) choose(ctx context.Context, s layerSplits, score *FewShotScore) error {
	out := make([]CostErrors, len(f.o.C))
	for i, c := range f.o.C {
		out[i].C = c
	}
	for i := range f.o.SelectDraws {
		for first, costs := range f.o.together() {
			d, err := kept(f.o.Journal, f.part(s.layer, "draw %d to choose C on, C = %v at place %d", i, costs, first),
				func(d costDraw) bool { return d.sound(s, len(costs)) }, func() (costDraw, error) { return f.chooseOn(ctx, s, first, i, costs) })
			if err != nil {
				return fmt.Errorf("draw %d to choose C on: %w", i+1, err)
			}
			f.task.Add(1)
			for j := range costs {
				out[first+j].TrainErrors = append(out[first+j].TrainErrors, d.Train[j])
				out[first+j].ValidErrors = append(out[first+j].ValidErrors, d.Valid[j])
			}
			score.SelectSeconds += d.Seconds
		}
	}
	best := 0
	for i, c := range out {
		if c.wrongOf() < out[best].wrongOf() {
			best = i
		}
	}
	score.C, score.Select = out[best].C, out
	return nil
}

// chooseOn fits on a draw at some costs, of which the first has a place in the list, and counts what is
// wrong.
func (f *fewShot) chooseOn(ctx context.Context, s layerSplits, first, i int, costs []float64) (d costDraw, err error) {
	start := time.Now()
	draw := s.from.fit.Subset(f.draws.forC(first, i))
	fits, err := f.fit(ctx, draw, costs)
	if err != nil {
		return d, err
	}
	for _, fit := range fits {
		fitted, err := rightOf(ctx, fit.Model, draw, f.o.Threads)
		if err != nil {
			return d, fmt.Errorf("rows of a draw: %w", err)
		}
		right, err := s.valid.correct(ctx, fit.Model, f.o.Threads)
		if err != nil {
			return d, err
		}
		d.Train, d.Valid = append(d.Train, draw.X.N-fitted), append(d.Valid, s.valid.selection.X.N-right)
	}
	d.Seconds = time.Since(start).Seconds()
	return d, nil
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
