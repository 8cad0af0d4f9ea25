package benchmarks

import (
	"fmt"

	"repbench/datasets"
	"repbench/eval/supervised"
	"repbench/reports/record"
	"repbench/train/dcgan"
)

// SupervisedRecord is the record of a network trained with labels of a data set.
func SupervisedRecord(r *supervised.Result, ds *datasets.Dataset) (*record.Record, error) {
	out := &record.Record{
		Kind:     record.Supervised,
		Encoder:  record.Encoder{Spec: supervisedSpec(r.Config), Architecture: r.Arch},
		Data:     record.Data{Name: ds.Name, Source: ds.Source, Hash: ds.Hash},
		Seed:     r.Seed,
		Backend:  r.Backend,
		Versions: thisVersion(),
		Supervised: &record.SupervisedResult{
			LabelsPerClass: r.Labels, Trials: r.Trials, Steps: r.Steps, Batch: r.Batch,
			LearningRate: r.Chosen.LearningRate, WeightDecay: r.Chosen.WeightDecay, Dropout: r.Chosen.Dropout,
			SelectedOn: selectedOn(r), ReportedOn: r.ReportedOn, NFit: r.NFit, NValid: r.NValid, NTrain: r.NFinal, NTest: r.NTest,
			ValidAccuracy: r.ValidAccuracy, TestAccuracy: r.TestAccuracy, TestCI95: r.TestCI95, Classes: ds.Classes, Warnings: r.Warnings,
		},
	}
	var search float64
	for _, t := range r.Tried {
		search += t.Seconds
		out.Supervised.TriedAccuracies = append(out.Supervised.TriedAccuracies, t.ValidAccuracy)
	}
	out.Costs = []record.Cost{{Stage: "select", Seconds: search}, {Stage: "fit", Seconds: max(0, r.Seconds-search)}}
	var err error
	out.ID, err = record.NewID(*out, fmt.Sprintf("%d trials, %d steps of %d, %d labels, hold-out %g", r.Trials, r.Steps, r.Batch, r.Labels, r.HoldOut))
	return out, err
}

// supervisedSpec names the network: "supervised:svhn32", with its width where it is
// not the paper's.
func supervisedSpec(c supervised.Config) string {
	spec := "supervised:" + c.Arch
	if a, err := dcgan.NewArch(c.Arch, 0); err != nil || a.Width != c.Width {
		spec += fmt.Sprintf(",width=%d", c.Width)
	}
	if c.Channels != 0 {
		spec += fmt.Sprintf(",channels=%d", c.Channels)
	}
	return spec
}

// selectedOn names the split first, as records do.
func selectedOn(r *supervised.Result) string {
	if r.SelectedOn == datasets.Valid {
		return fmt.Sprintf("%s (%d rows)", datasets.Valid, r.NValid)
	}
	return fmt.Sprintf("%s (%d rows held out of train)", datasets.Valid, r.NValid)
}
