package matrix

// Labelled is a split: a feature matrix and the class of each of its rows.
type Labelled struct {
	// X holds the features.
	X View
	// Y holds the class of each row of X.
	Y []int32
}

// Subset returns the rows that index names; only labels are copied.
func (l Labelled) Subset(index []int32) Labelled {
	y := make([]int32, len(index))
	for i, r := range index {
		y[i] = l.Y[r]
	}
	return Labelled{X: l.X.Subset(index), Y: y}
}

// Cols returns the split with the columns [lo, hi) only.
func (l Labelled) Cols(lo, hi int) Labelled { return Labelled{X: l.X.Cols(lo, hi), Y: l.Y} }
