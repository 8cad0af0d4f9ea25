package benchmarks

import (
	"fmt"
	"slices"

	"repbench/eval/memorisation"
	"repbench/eval/memorisation/plant"
	"repbench/vis/sheet"
)

// pairHeads are the heads of the columns of a sheet of pairs.
var pairHeads = []string{"image", "nearest", "2nd", "3rd", "4th", "5th"}

// pairNote says what is compared, for the top of a sheet.
func pairNote(r *memorisation.Result) []string {
	what := r.Metric
	if r.Encoder != "" {
		what += " in the features of " + r.Encoder
	}
	if r.WithEncoder != "" {
		what += ", and in the features of " + r.WithEncoder
	}
	return []string{
		fmt.Sprintf("%d images of %s against %d training images by %s; score %s, small is suspicious.", r.Generated, r.GeneratedName, r.TrainRows, what, r.Score),
		"Training images are shown as they matched: shifted or mirrored where their captions say so. Orange marks a nearest image that was.",
	}
}

// pairRow is an example as a row of a sheet.
func pairRow(e memorisation.Example, r *memorisation.Result) sheet.PairRow {
	row := sheet.PairRow{Text: []string{e.Name}, Cells: []sheet.PairCell{{Image: e.Image}}}
	if c, ok := r.Controls[e.Group]; ok {
		kind := plant.CopyKind(e.Group)
		row.Heading = fmt.Sprintf("Training images %s (%s): %.0f %% of %d detected, AUC %.3f", kind.Words(), e.Group, 100*c.Detected, c.N, c.AUC)
	}
	row.Text = append(row.Text, fmt.Sprintf("%s %.4g", r.Score, e.Score), fmt.Sprintf("p %.2g", e.P))
	if e.Rank > 0 {
		row.Text = append(row.Text, fmt.Sprintf("rank %d of %d", e.Rank, e.Of))
		if slices.ContainsFunc(r.Flagged, func(f memorisation.Flag) bool { return f.Image == e.Flag.Image }) {
			row.Text = append(row.Text, "selected")
		}
	}
	for i, n := range e.Nearest {
		row.Cells = append(row.Cells, pairCell(e, n, i == 0))
	}
	return row
}

// pairCell is a training image beside an example; the nearest has a frame where it was moved or
// mirrored.
func pairCell(e memorisation.Example, n memorisation.NearImage, nearest bool) sheet.PairCell {
	c := sheet.PairCell{Image: n.Image, Caption: []string{fmt.Sprintf("train %d", n.Train), fmt.Sprintf("%.1f grey levels", n.GreyLevels)}}
	if n.Train == e.Source {
		c.Caption[0] += " (source)"
	}
	plain := len(c.Caption)
	if shift := memorisation.ShiftWords(n.Offset); shift != "" {
		c.Caption = append(c.Caption, shift)
	}
	if n.Mirrored {
		c.Caption = append(c.Caption, "mirrored")
	}
	c.Marked = nearest && len(c.Caption) > plain
	return c
}
