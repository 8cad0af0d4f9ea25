package eval

import "repbench/internal/measure"

// Kinds of results, as records name them.
const (
	linearKind  = "linear"
	fewShotKind = "few-shot"
)

// Kind is "linear".
func (r *LinearResult) Kind() string { return linearKind }

// Measurements are the accuracies of the result, the one on the test split first.
func (r *LinearResult) Measurements() []measure.Measurement {
	on := r.SelectedOn
	out := []measure.Measurement{
		{Name: measure.TestAccuracy, Value: r.TestAccuracy, CI95: measure.Interval(r.TestCI95, r.TestAccuracy), Cases: r.NTest,
			Unit: measure.Images, Better: measure.Higher, SelectedOn: &on, ReportedOn: r.ReportedOn},
		{Name: measure.TrainAccuracy, Value: r.TrainAccuracy, Cases: r.NTrain, Unit: measure.Images, Better: measure.Higher,
			SelectedOn: &on, ReportedOn: "train"},
	}
	out = append(out, validation(r.Grid, r.C, &on)...)
	return append(out, r.Shares.Measurements(r.NTest, &on, r.ReportedOn)...)
}

// Kind is "few-shot".
func (r *FewShotResult) Kind() string { return fewShotKind }

// Measurements are the mean accuracy over the draws and, of several draws, their
// standard deviation.
func (r *FewShotResult) Measurements() []measure.Measurement {
	on := r.SelectedOn
	out := []measure.Measurement{{Name: measure.TestAccuracy, Value: r.Mean, CI95: measure.Interval(r.CI95, r.Mean), Cases: r.Draws,
		Unit: measure.Draws, Better: measure.Higher, SelectedOn: &on, ReportedOn: r.ReportedOn}}
	if r.Draws > 1 {
		out = append(out, measure.Measurement{Name: measure.TestAccuracy + "_std_dev", Value: r.StdDev, Cases: r.Draws,
			Unit: measure.Draws, SelectedOn: &on, ReportedOn: r.ReportedOn})
	}
	return append(out, validation(r.Grid, r.C, &on)...)
}

// validation is the accuracy at the chosen C on what it was chosen on; none where C was
// fixed.
func validation(grid []GridPoint, c float64, on *measure.Selection) []measure.Measurement {
	for _, g := range grid {
		if g.C == c {
			return []measure.Measurement{{Name: measure.ValidAccuracy, Value: g.Accuracy, CI95: measure.Interval(g.CI95, g.Accuracy),
				Cases: on.Rows, Unit: unit(on.Rows), Better: measure.Higher, SelectedOn: on, ReportedOn: on.On}}
		}
	}
	return nil
}

// unit is that of a number of images, "" where the number is not known.
func unit(images int) string {
	if images == 0 {
		return ""
	}
	return measure.Images
}
