package eval

import (
	"context"
	"fmt"
	"time"

	"repbench/eval/linear"
	"repbench/internal/progress"
	"repbench/internal/sysinfo"
)

// FewShot fits a linear SVM on few labels per class, several times on labels drawn
// anew, and reports the accuracies on the test split. With several C one is
// chosen first, for each range of columns, by the mean validation accuracy over
// draws of their own; the code that does so is given no ReportSplit. See
// docs/protocols.md for what each draw is.
func FewShot(ctx context.Context, o FewShotOptions) (*FewShotResult, error) {
	o = o.withDefaults()
	var err error
	if o.Classes, err = o.Train.named(o.Classes); err != nil {
		return nil, err
	}
	if err := o.validate(); err != nil {
		return nil, err
	}
	selectedOn := o.selectedOn()
	pool, valid, err := o.divide()
	if err != nil {
		return nil, err
	}
	r := &FewShotResult{
		Protocol: string(o.Protocol), Classifier: o.Classifier.String(), SelectedOn: selectedOn, ReportedOn: "test", Classes: o.Classes,
		NTrain: pool.fit.X.N, NSetAside: o.Train.fit.X.N - pool.fit.X.N, NTest: o.Test.report.X.N, Seed: o.Seed, Warnings: []string{},
	}
	r.Warnings = append(r.Warnings, o.warnings(pool)...)
	task := o.Progress.Start("few-shot draws", int64(o.fits()), "fits")
	defer task.Done()
	f := &fewShot{o: o, pool: pool, valid: valid, task: task}
	for i, l := range append([]Layer{{allLayers, 0, pool.fit.X.D}}, o.Layers...) {
		score, warnings, err := f.evaluate(ctx, l)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.Name, err)
		}
		r.Warnings = append(r.Warnings, warnings...)
		if i == 0 {
			r.FewShotScore = score
		} else {
			r.Layers = append(r.Layers, FewShotLayer{l.Name, [2]int{l.Lo, l.Hi}, score})
		}
	}
	r.PeakRSSBytes = sysinfo.PeakRSS()
	r.Stages = f.stages(r)
	return r, nil
}

// stages returns what choosing, fitting and reporting took in all.
func (f *fewShot) stages(r *FewShotResult) []Stage {
	selecting, fitting := r.SelectSeconds, r.FitSeconds
	for _, l := range r.Layers {
		selecting, fitting = selecting+l.SelectSeconds, fitting+l.FitSeconds
	}
	out := []Stage{{"fit", fitting, 0}, {"report", f.reporting.Seconds(), r.PeakRSSBytes}}
	if len(f.o.C) > 1 {
		out = append([]Stage{{"select", selecting, 0}}, out...)
	}
	return out
}

// fewShot is one call of FewShot.
type fewShot struct {
	o     FewShotOptions
	pool  FitSplit // that labels are drawn from
	valid SelectSplit
	task  progress.Task // counts the fits

	reporting time.Duration
}

// evaluate chooses C for the columns of a layer and scores the draws.
func (f *fewShot) evaluate(ctx context.Context, l Layer) (FewShotScore, []string, error) {
	score := FewShotScore{
		LabelsPerClass: f.o.Labels, Draws: f.o.Draws, C: f.o.C[0], Dim: l.Hi - l.Lo, Converged: true,
	}
	var warnings []string
	pool := f.pool.Cols(l.Lo, l.Hi)
	if len(f.o.C) > 1 {
		start := time.Now()
		var err error
		if score.C, score.Grid, err = f.choose(ctx, pool, f.valid.Cols(l.Lo, l.Hi)); err != nil {
			return score, nil, err
		}
		score.SelectSeconds = time.Since(start).Seconds()
		warnings = endWarning(l.Name, score.C, f.o.C)
	}
	unsolved, err := f.draws(ctx, pool, f.o.Test.Cols(l.Lo, l.Hi), &score)
	if err != nil {
		return score, nil, err
	}
	if unsolved > 0 {
		score.Converged = false
		warnings = append(warnings, fmt.Sprintf("%s: %d of %d fits did not converge at C = %g", l.Name, unsolved, f.o.Draws, score.C))
	}
	score.summarise()
	if w := f.o.sameAccuracy(f.pool, l.Name, score.Accuracies); w != "" {
		warnings = append(warnings, w)
	}
	return score, warnings, nil
}

// draws fits on each draw at the C of score, adds its test accuracy and its
// time, and returns how many fits did not converge.
func (f *fewShot) draws(ctx context.Context, pool FitSplit, test ReportSplit, score *FewShotScore) (unsolved int, err error) {
	for i := range f.o.Draws {
		start := time.Now()
		fits, err := f.fit(ctx, pool, reportDraw, i, []float64{score.C})
		if err != nil {
			return 0, fmt.Errorf("draw %d: %w", i+1, err)
		}
		fitted := time.Now()
		accuracy, err := f.report(ctx, test, fits[0].Model)
		if err != nil {
			return 0, err
		}
		score.Accuracies = append(score.Accuracies, accuracy)
		score.FitSeconds += fitted.Sub(start).Seconds()
		f.reporting += time.Since(fitted)
		if !fits[0].Converged {
			unsolved++
		}
	}
	return unsolved, nil
}

func (f *fewShot) report(ctx context.Context, test ReportSplit, m *linear.Model) (float64, error) {
	predicted, err := m.Predict(ctx, test.Features(), f.o.Threads)
	if err != nil {
		return 0, fmt.Errorf("test split: %w", err)
	}
	r, err := test.Report(predicted, len(f.o.Classes))
	return r.Accuracy, err
}

// fit fits on draw i of a stream at the costs c.
func (f *fewShot) fit(ctx context.Context, pool FitSplit, stream uint64, i int, c []float64) ([]linear.Fit, error) {
	rows := pool.draw(f.o.Labels, f.o.Seed, stream, i).fit
	o := f.o.svm(c)
	o.Progress = progress.Within(f.task)
	fits, err := f.o.Classifier.Fit(ctx, rows.X, rows.Y, len(f.o.Classes), o)
	f.task.Add(1)
	return fits, err
}

// choose returns the C at which most rows are right over all draws, the smallest
// of equals, and the mean accuracy at each with Student's interval over the draws.
func (f *fewShot) choose(ctx context.Context, pool FitSplit, valid SelectSplit) (float64, []GridPoint, error) {
	rows := valid.selection.X.N
	accuracies := make([][]float64, len(f.o.C))
	correct := make([]int, len(f.o.C))
	for i := range f.o.SelectDraws {
		for first, costs := range f.o.together() {
			fits, err := f.fit(ctx, pool, selectDraw, i*len(f.o.C)+first, costs)
			if err != nil {
				return 0, nil, fmt.Errorf("draw %d to choose C on: %w", i+1, err)
			}
			for j, fit := range fits {
				n, err := valid.correct(ctx, fit.Model, f.o.Threads)
				if err != nil {
					return 0, nil, err
				}
				correct[first+j] += n
				accuracies[first+j] = append(accuracies[first+j], float64(n)/float64(rows))
			}
		}
	}
	grid := make([]GridPoint, len(f.o.C))
	for i, n := range correct {
		m := moments(accuracies[i])
		m.mean = float64(n) / float64(rows*f.o.SelectDraws) // of equal counts equal to the last bit
		grid[i] = GridPoint{C: f.o.C[i], Accuracy: m.mean, CI95: m.ci95()}
	}
	best := most(correct)
	return grid[best].C, grid, nil
}

// correct returns how many rows the model gets right.
func (s SelectSplit) correct(ctx context.Context, m *linear.Model, threads int) (int, error) {
	predicted, err := m.Predict(ctx, s.selection.X, threads)
	if err != nil {
		return 0, fmt.Errorf("rows to choose on: %w", err)
	}
	_, n := Accuracy(predicted, s.selection.Y)
	return n, nil
}
