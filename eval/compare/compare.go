package compare

// Comparison is the result of Compare. The number of encoders and seeds decides which parts it
// has.
type Comparison struct {
	// Protocol is "compare".
	Protocol string `json:"protocol"`
	// N is the number of test images.
	N int `json:"n"`
	// Single is the result for one seed of one encoder, Pair for one seed of each of two
	// encoders.
	Single *AccuracyResult `json:"single,omitempty"`
	Pair   *PairResult     `json:"pair,omitempty"`
	// Seeds is the result for several seeds of one encoder, SeedPair for several seeds of each
	// of two encoders.
	Seeds    *SeedResult     `json:"seeds,omitempty"`
	SeedPair *SeedPairResult `json:"seed_pair,omitempty"`
	// Choice is the effect of choosing the best by validation accuracy.
	Choice *Choice `json:"choice,omitempty"`
	// Warnings state what the intervals leave out.
	Warnings []string `json:"warnings"`
}

// Compare compares the predictions of one or two encoders for the same images, with one or more
// seeds per encoder: encoders[e][s] are the predicted classes of seed s of encoder e. valid
// holds the validation accuracies of the seeds of a single encoder, nil if unknown.
func Compare(encoders [][][]int32, truth []int32, valid []float64, b Bootstrap) (*Comparison, error) {
	o := &Comparison{Protocol: "compare", N: len(truth), Warnings: EqualLists(encoders, truth)}
	if err := o.fill(encoders, truth, b); err != nil {
		return nil, err
	}
	if valid != nil {
		choice, err := Choose(valid, encoders[0], truth)
		if err != nil {
			return nil, err
		}
		o.Choice = &choice
	}
	return o, nil
}

// fill makes the comparison that the numbers of encoders and seeds allow.
func (o *Comparison) fill(encoders [][][]int32, truth []int32, b Bootstrap) error {
	const fixed = "one seed of an encoder: intervals are over test samples; the variance between seeds is unknown"
	first := encoders[0]
	switch {
	case len(encoders) == 1 && len(first) == 1:
		o.Warnings = append(o.Warnings, fixed)
		r, err := Accuracy(first[0], truth, b)
		o.Single = &r
		return err
	case len(encoders) == 1:
		r, err := Decompose(first, truth)
		o.Seeds = &r
		return err
	case len(first) == 1 && len(encoders[1]) == 1:
		o.Warnings = append(o.Warnings, fixed)
		r, err := Pair(first[0], encoders[1][0], truth, b)
		o.Pair = &r
		return err
	}
	r, err := SeedPair(first, encoders[1], truth)
	o.SeedPair = &r
	return err
}
