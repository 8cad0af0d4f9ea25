package compare

// Comparison is what Compare found; which parts there are depends on the
// number of encoders and seeds.
type Comparison struct {
	// Protocol is "compare", N the number of test images.
	Protocol string `json:"protocol"`
	N        int    `json:"n"`
	// Single is one seed of one encoder, Pair one seed of each of two.
	Single *AccuracyResult `json:"single,omitempty"`
	Pair   *PairResult     `json:"pair,omitempty"`
	// Seeds are several seeds of one encoder, SeedPair several of each of two.
	Seeds    *SeedResult     `json:"seeds,omitempty"`
	SeedPair *SeedPairResult `json:"seed_pair,omitempty"`
	// Choice is what choosing the best by validation accuracy brought.
	Choice *Choice `json:"choice,omitempty"`
	// Warnings say what the intervals leave out.
	Warnings []string `json:"warnings"`
}

// Compare compares what encoders predicted for the same images: one or two encoders,
// of each the predictions of one seed or more. valid are the validation accuracies of
// the seeds of the only encoder, nil where they are not known.
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
