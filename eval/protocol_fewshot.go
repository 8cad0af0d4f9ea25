package eval

import (
	"context"
	"fmt"

	"repbench/internal/errkind"
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
	f, err := o.fewShot()
	if err != nil {
		return nil, err
	}
	o, pool := f.o, f.pool
	r := &FewShotResult{
		Protocol: string(o.Protocol), Classifier: o.Classifier.String(), SelectedOn: selectedOn, ReportedOn: "test", Classes: o.Classes,
		NTrain: pool.fit.X.N, NSetAside: o.Train.fit.X.N - pool.fit.X.N, NTest: o.Test.report.X.N, Seed: o.Seed, Drawn: o.drawn(), Warnings: []string{},
	}
	r.Warnings = append(r.Warnings, append(o.warnings(pool), f.uneven...)...)
	f.task = o.Progress.Start("few-shot draws", int64(o.fits()), "fits")
	defer f.task.Done()
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
	out := []Stage{{"fit", fitting, 0}, {"report", f.reporting, r.PeakRSSBytes}}
	if f.o.choosing() {
		out = append([]Stage{{"select", selecting, 0}}, out...)
	}
	return out
}

// fewShot is one call of FewShot.
type fewShot struct {
	o     FewShotOptions
	pool  FitSplit // that labels are drawn from
	valid SelectSplit
	// draws are rows of from: of pool, or of Train where they are listed.
	draws  drawer
	from   FitSplit
	uneven []string      // warnings of draws with other numbers of labels
	most   int           // rows of a class in a listed draw; 0: as many as Labels
	task   progress.Task // counts the fits

	reporting float64 // seconds
}

// fewShot divides the rows and says how they are drawn.
func (o FewShotOptions) fewShot() (*fewShot, error) {
	if o.Rows.Given() && !o.Valid.Given() && o.Protocol.row().setAside == 0 {
		if o.choosing() {
			return nil, errkind.Errorf(ErrHoldOut, "%s holds the draws to choose C on, and there is no validation split to choose on: take features that have a split valid (extract writes it where the data set has one), or features as NumPy files with --valid-x and --valid-y, or the protocol %s, which sets rows aside; or give one C and no such draws", o.Rows.SelectName, SVHN1000)
		}
		o.HoldOut = new(0.0)
	}
	pool, valid, err := o.divide()
	if err != nil {
		return nil, err
	}
	f := &fewShot{o: o, pool: pool, valid: valid, from: o.Train}
	aside := o.setsAside()
	switch {
	case o.Rows.Given():
		var held []int32
		if aside {
			held = o.Train.asideRows(o.Protocol.row().setAside)
		}
		fewest, most, err := o.Rows.check(o.Train.fit.Y, o.Classes, held, o.Protocol.row())
		if err != nil {
			return nil, err
		}
		f.o.Labels, f.most, f.draws = fewest, most, listed{o.Rows}
		if fewest != most {
			f.uneven = []string{fmt.Sprintf("a class has from %d to %d rows in a draw: the fewest stand as the number of labels per class", fewest, most)}
		}
	case o.ReleasedDraws:
		f.draws = listed{o.Train.releasedRows(aside, len(o.C))}
		if !aside {
			f.uneven = []string{"the draws are those of the released code only if the rows of the train split are in its shuffled order, without its validation images"}
		}
	default:
		f.from, f.draws = pool, seeded{pool, o.Labels, o.Seed, len(o.C)}
	}
	return f, nil
}

// evaluate chooses C for the columns of a layer and scores the draws.
func (f *fewShot) evaluate(ctx context.Context, l Layer) (FewShotScore, []string, error) {
	score := FewShotScore{
		LabelsPerClass: f.o.Labels, Draws: f.o.Draws, C: f.o.C[0], Dim: l.Hi - l.Lo, Converged: true,
	}
	if f.most > f.o.Labels {
		score.LabelsMost = f.most
	}
	var warnings []string
	s := layerSplits{layer: l, from: f.from.Cols(l.Lo, l.Hi), test: f.o.Test.Cols(l.Lo, l.Hi)}
	if f.valid.Given() {
		s.valid = f.valid.Cols(l.Lo, l.Hi)
	}
	if f.o.choosing() {
		if err := f.choose(ctx, s, &score); err != nil {
			return score, nil, err
		}
		if len(f.o.C) > 1 {
			score.Grid, warnings = gridOf(score.Select, s.valid.selection.X.N), endWarning(l.Name, score.C, f.o.C)
		}
	}
	unsolved, err := f.report(ctx, s, &score)
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
