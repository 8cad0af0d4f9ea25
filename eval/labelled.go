package eval

// Labelled is a split: a feature matrix and the class of each of its rows.
type Labelled struct {
	X Matrix
	Y []int32
}

// subset returns the rows that index names; only labels are copied.
func (l Labelled) subset(index []int32) Labelled {
	y := make([]int32, len(index))
	for i, r := range index {
		y[i] = l.Y[r]
	}
	return Labelled{X: l.X.Subset(index), Y: y}
}

// cols returns the split with the columns [lo, hi) only.
func (l Labelled) cols(lo, hi int) Labelled { return Labelled{X: l.X.Cols(lo, hi), Y: l.Y} }
