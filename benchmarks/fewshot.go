package benchmarks

import (
	"context"
	"fmt"
	"slices"

	"repbench/eval"
	"repbench/features/store"
	"repbench/reports/record"
)

// FewShot evaluates features on few labels per class, with a record for each number of
// labels. C is chosen on the validation split, or on rows of the training split that
// no label is drawn from where there is none. With one C the labels are drawn from the
// same rows.
type FewShot struct {
	// FewShotOptions, of which the splits, Classes, Layers and Progress are set here.
	eval.FewShotOptions
	// LabelCounts are the numbers of labels per class, one evaluation each, in this order;
	// empty: Labels.
	LabelCounts []int
	// SelectRows and ReportRows are NumPy files with the rows of the draws, whole numbers of
	// rows of the training split: C × draws × rows to choose C on, draws × rows to report
	// on. Both "": the rows are drawn.
	SelectRows, ReportRows string
	// PerLayer evaluates each layer alone, too.
	PerLayer bool
}

// Check says which option is out of range or contradicts the protocol; nil: none.
func (o FewShot) Check() error {
	for _, o.Labels = range o.counts() {
		if err := o.FewShotOptions.Check(); err != nil {
			return err
		}
	}
	return nil
}

// counts are the numbers of labels to evaluate at.
func (o FewShot) counts() []int {
	if len(o.LabelCounts) == 0 {
		return []int{o.Labels}
	}
	return o.LabelCounts
}

// run implements Protocol.
func (o FewShot) run(ctx context.Context, c Cell, m Machine) (*Outcome, error) {
	var err error
	if o.Rows, err = readRows(o.SelectRows, o.ReportRows); err != nil {
		return nil, err
	}
	if err := o.Check(); err != nil {
		return nil, err
	}
	if c.Source.Options.BatchNorm == "" && o.Protocol.ReleasedStatistics() {
		c.Source.Options.BatchNorm = store.Released
	}
	return onFeatures(ctx, c, m, "", o.evaluate)
}

func (o FewShot) evaluate(ctx context.Context, in *input) (_ []*record.Record, err error) {
	e := o.FewShotOptions
	e.Train, e.Test, e.Classes, e.Progress = in.train, in.test, in.classes(), in.progress
	switch {
	case len(e.C) != 1 || e.Rows.Given() || in.valid != nil:
		if e.Valid, err = in.selection(); err != nil {
			return nil, err
		}
	case in.hasValid(): // not needed, so not read
		e.HoldOut = new(0.0)
	}
	if o.PerLayer {
		e.Layers = in.layers()
	}
	shared, err := in.shared(ctx, e.Valid)
	if err != nil {
		return nil, err
	}
	shared = slices.Concat(shared, o.statisticsWarning(in.meta))
	kept := o.journal(in, e)
	if kept != nil {
		e.Journal = kept
	}
	var records []*record.Record
	for _, e.Labels = range o.counts() {
		r, err := fewShotRecord(ctx, in, e, shared)
		if err != nil {
			kept.close(false)
			return nil, err
		}
		records = append(records, r)
	}
	kept.close(true)
	return records, nil
}

// journal opens the folder of the cache with the finished draws of an evaluation that was stopped; nil
// where nothing is kept.
func (o FewShot) journal(in *input, e eval.FewShotOptions) *journal {
	features := in.identity()
	if in.cached == nil || features == "" {
		return nil
	}
	share := "default"
	if e.HoldOut != nil {
		share = fmt.Sprint(*e.HoldOut)
	}
	dir, err := in.cached("fewshot", hashText("few-shot draws 1", features, fmt.Sprint(e.Valid.Given()), fmt.Sprintf("%+v", *record.ThisProgram("")),
		string(e.Protocol), share, e.Classifier.String(), fmt.Sprint(e.C), e.Rows.Hash(), fmt.Sprint(e.ReleasedDraws, e.Seed, e.Tolerance, e.MaxIterations)))
	if err != nil { // there is no cache folder
		return nil
	}
	return openJournal(dir)
}

// fewShotRecord evaluates at one number of labels.
func fewShotRecord(ctx context.Context, in *input, e eval.FewShotOptions, shared []string) (*record.Record, error) {
	result, err := eval.FewShot(ctx, e)
	if err != nil {
		if e.Journal != nil {
			err = interruptedIn(ctx, "labels were drawn", err)
		}
		return nil, in.named(err)
	}
	result.Warnings = append(result.Warnings, shared...)
	r := in.record(result, e.Seed)
	r.Costs = append(r.Costs, stageCosts(result.Stages)...)
	parts := idParts(result.Protocol, e.Classifier, fmt.Sprint(result.LabelsPerClass), fmt.Sprint(result.Draws), costs(e.C), result.SelectedOn.String())
	if result.Drawn != "" { // by the seed otherwise, which is a part of every ID
		parts = append(parts, result.Drawn)
	}
	return r, in.identify(r, result.Protocol, parts...)
}

// statisticsWarning says where a protocol of the released code is given features whose
// batch-norm statistics are not the code's. Encoders without such statistics have no mode.
func (o FewShot) statisticsWarning(m *store.Meta) []string {
	if !o.Protocol.ReleasedStatistics() || m == nil || m.BatchNorm == "" || m.BatchNorm == store.Released {
		return nil
	}
	return []string{fmt.Sprintf("the batch-norm statistics of these features are of the mode %s; %s takes them from the training images without those it sets aside: extract with --batch-norm %s",
		m.BatchNorm, o.Protocol, store.Released)}
}
