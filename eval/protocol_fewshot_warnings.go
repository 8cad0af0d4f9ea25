package eval

import (
	"fmt"
	"slices"
)

// warnings says what is odd about the rows that labels are drawn from.
func (o FewShotOptions) warnings(pool FitSplit) []string {
	var out []string
	if len(o.C) > 1 && !o.Valid.Given() && o.Protocol.row().setAside == 0 {
		out = o.Train.LoneRows(o.Classes, "C")
	}
	if o.drawsAll(pool) {
		out = append(out, fmt.Sprintf("all %d draws are the same rows, since each class has no more than %d to draw from: their spread is 0 and the interval of the mean says nothing; draw fewer labels, or report one fit with eval linear",
			o.Draws, o.Labels))
	}
	return out
}

// drawsAll reports whether every draw takes all rows of the pool.
func (o FewShotOptions) drawsAll(pool FitSplit) bool { return o.Labels*len(o.Classes) == pool.fit.X.N }

// sameAccuracy says that draws of different rows have one accuracy; it is empty
// where they do not, and where the draws are the same rows anyway.
func (o FewShotOptions) sameAccuracy(pool FitSplit, name string, accuracies []float64) string {
	if o.drawsAll(pool) || slices.Min(accuracies) != slices.Max(accuracies) {
		return ""
	}
	return fmt.Sprintf("%s: all %d draws have the same accuracy: the interval of the mean, without width, says nothing of how far another draw would be from it",
		name, len(accuracies))
}
