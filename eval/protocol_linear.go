package eval

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"repbench/eval/linear"
	"repbench/internal/sysinfo"
)

// allLayers is the name of all columns together.
const allLayers = "all layers"

// Linear evaluates features by a linear SVM: C, and the layer if asked, is
// chosen as the options say, the SVM fitted on all training rows at that C, and
// the accuracy reported on the test split. The code that chooses is given no
// ReportSplit.
func Linear(ctx context.Context, o LinearOptions) (*LinearResult, error) {
	o = o.withDefaults()
	var err error
	if o.Classes, err = o.Train.named(o.Classes); err != nil {
		return nil, err
	}
	if err := o.validate(); err != nil {
		return nil, err
	}
	if o.Device.Backend != "" {
		if o.device, err = o.Device.Open(); err != nil {
			return nil, err
		}
		defer o.device.Close()
	}
	r := &LinearResult{
		Protocol: "linear", Classifier: o.Classifier.String(), SelectedOn: o.selectedOn(), ReportedOn: "test", Classes: o.Classes,
		NTrain: o.Train.fit.X.N, NTest: o.Test.report.X.N, Seed: o.Seed, Warnings: []string{},
	}
	if o.chooses() && !o.Valid.Given() {
		r.Warnings = append(r.Warnings, o.Train.LoneRows(o.Classes, "C")...)
	}
	cs := o.candidates()
	picked := cs[0]
	if o.chooses() {
		if err := r.stage("select", cs, func(c *candidate) error { return o.choose(ctx, c) }); err != nil {
			return nil, err
		}
	}
	if o.SelectLayer {
		picked = pick(cs)
		r.Layer = picked.score.Name
	}
	if err := r.stage("fit", cs, func(c *candidate) error { return o.fit(ctx, c) }); err != nil {
		return nil, err
	}
	if err := r.stage("report", cs, func(c *candidate) error { return o.report(ctx, c) }); err != nil {
		return nil, err
	}
	r.conclude(cs, picked)
	return r, nil
}

// candidate is the evaluation of a range of columns.
type candidate struct {
	score     LayerScore
	correct   int // rows that C is chosen on and that are right at the chosen C
	fitted    *linear.Model
	predicted []int32
	report    Report
	mistakes  []Mistake
	warnings  []string
}

// candidates returns all columns, then the layers.
func (o LinearOptions) candidates() []*candidate {
	var cs []*candidate
	for _, l := range append([]Layer{{allLayers, 0, o.Train.fit.X.D}}, o.Layers...) {
		c := &candidate{score: LayerScore{Name: l.Name, Columns: [2]int{l.Lo, l.Hi}}}
		c.score.C, c.score.Dim = o.C[0], l.Hi-l.Lo
		cs = append(cs, c)
	}
	return cs
}

func (c *candidate) layer() Layer {
	return Layer{Name: c.score.Name, Lo: c.score.Columns[0], Hi: c.score.Columns[1]}
}

// stage runs do for each candidate and notes what it took.
func (r *LinearResult) stage(name string, cs []*candidate, do func(*candidate) error) error {
	start := time.Now()
	for _, c := range cs {
		if err := do(c); err != nil {
			return fmt.Errorf("%s: %w", c.score.Name, err)
		}
	}
	r.Stages = append(r.Stages, Stage{name, time.Since(start).Seconds(), sysinfo.PeakRSS()})
	return nil
}

// choose sets C and its grid.
func (o LinearOptions) choose(ctx context.Context, c *candidate) error {
	start := time.Now()
	chosen, err := o.chooser(c.layer()).choose(ctx)
	if err != nil {
		return err
	}
	c.score.C, c.correct, c.score.Grid = chosen.c, chosen.correct, chosen.grid
	c.score.SelectSeconds = time.Since(start).Seconds()
	c.warnings = append(c.warnings, endWarning(c.score.Name, c.score.C, o.C)...)
	return nil
}

// endWarning says that the chosen cost is the first or last of the costs.
func endWarning(name string, chosen float64, costs []float64) []string {
	if len(costs) < 2 || chosen != costs[0] && chosen != costs[len(costs)-1] {
		return nil
	}
	return []string{fmt.Sprintf("%s: the chosen C = %g is at the end of the list; a better one may lie beyond", name, chosen)}
}

// pick returns the candidate that gets most validation rows right, of equals that
// of fewest columns. It runs before anything is reported.
func pick(cs []*candidate) *candidate {
	best := cs[0]
	for _, c := range cs[1:] {
		if c.correct > best.correct || c.correct == best.correct && c.score.Dim < best.score.Dim {
			best = c
		}
	}
	return best
}

// fit fits on all training rows at the chosen C.
func (o LinearOptions) fit(ctx context.Context, c *candidate) error {
	train := o.Train.Cols(c.score.Columns[0], c.score.Columns[1]).fit
	fits, err := o.Classifier.Fit(ctx, train.X, train.Y, len(o.Classes), o.svm([]float64{c.score.C}))
	if err != nil {
		return err
	}
	fit, score := fits[0], &c.score
	for _, w := range fit.Warnings {
		c.warnings = append(c.warnings, fmt.Sprintf("%s: %v%s", score.Name, w, o.worstName(w)))
	}
	score.Objective, score.ObjectivePerClass, score.DualityGap = fit.Objective, fit.ObjectivePerClass, fit.DualityGap
	score.Iterations, score.Converged, score.FitSeconds, score.Products = fit.Iterations, fit.Converged, fit.Seconds, fit.Products
	predicted, err := fit.Model.Predict(ctx, train.X, o.Threads)
	if err != nil {
		return err
	}
	score.TrainAccuracy, _ = Accuracy(predicted, train.Y)
	c.fitted = fit.Model
	return nil
}

// worstName adds the name of the class to a warning that some did not converge.
func (o LinearOptions) worstName(warning error) string {
	var n *linear.NotConverged
	if !errors.As(warning, &n) || o.Classes[n.Worst] == strconv.Itoa(n.Worst) {
		return ""
	}
	return fmt.Sprintf(" (class %d is %q)", n.Worst, o.Classes[n.Worst])
}

// report scores the fit on the test split.
func (o LinearOptions) report(ctx context.Context, c *candidate) (err error) {
	test := o.Test.Cols(c.score.Columns[0], c.score.Columns[1])
	var ranked []int32
	if c.predicted, ranked, c.mistakes, err = test.judge(ctx, c.fitted, o.Threads); err != nil {
		return fmt.Errorf("test split: %w", err)
	}
	if c.report, err = test.Report(c.predicted, len(o.Classes)); err != nil {
		return err
	}
	c.score.TestAccuracy, c.score.TestCI95 = c.report.Accuracy, c.report.CI95
	c.score.Shares = test.Shares(ranked, c.report.Confusion)
	return nil
}

// conclude fills in the result of the picked candidate and of all layers.
func (r *LinearResult) conclude(cs []*candidate, picked *candidate) {
	r.LinearScore, r.Model, r.Predicted = picked.score.LinearScore, picked.fitted, picked.predicted
	r.Confusion, r.Mistakes, r.Correct = picked.report.Confusion, picked.mistakes, picked.report.Right
	for i, c := range cs {
		r.Warnings = append(r.Warnings, c.warnings...)
		if i > 0 || r.Layer != "" {
			r.Layers = append(r.Layers, c.score)
		}
	}
	r.PeakRSSBytes = sysinfo.PeakRSS()
}
