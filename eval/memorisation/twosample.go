package memorisation

import (
	"context"
	"fmt"

	"repbench/eval/neighbours"
	"repbench/features/matrix"
)

// TwoSample is the leave-one-out accuracy of a nearest-neighbour classifier that tells training
// rows from as many generated ones: ½ where it cannot, near 1 where the two sets lie apart, and
// near 0 where each generated row is the copy of a training row (D. Lopez-Paz and M. Oquab,
// "Revisiting classifier two-sample tests", ICLR 2017).
type TwoSample struct {
	// N is the number of rows of each set, the first ones.
	N int `json:"n"`
	// TrainAccuracy is the share of training rows whose nearest other row is a training row.
	TrainAccuracy float64 `json:"train_accuracy"`
	// GeneratedAccuracy is the share of generated rows whose nearest other row is a generated row.
	GeneratedAccuracy float64 `json:"generated_accuracy"`
}

// MeasureTwoSample compares the first min(n, m) rows of both sets by Euclidean distance; the
// lower row of equally near ones counts, training rows first.
func MeasureTwoSample(ctx context.Context, train, generated matrix.View, threads int) (TwoSample, error) {
	t := TwoSample{N: min(train.N, generated.N)}
	if t.N < 1 || train.D != generated.D {
		return t, fmt.Errorf("the two-sample test needs rows of one width in both sets; they are %d×%d and %d×%d: %w", train.N, train.D, generated.N, generated.D, matrix.ErrShape)
	}
	all := matrix.View{Data: make([]float32, 0, 2*t.N*train.D), N: 2 * t.N, D: train.D}
	for _, x := range []matrix.View{train, generated} {
		buf := make([]float32, x.D)
		for i := range t.N {
			all.Data = append(all.Data, x.Row(i, buf)...)
		}
	}
	near, err := neighbours.Search(ctx, all, all, 2, neighbours.Metric{Kind: neighbours.Euclidean}, neighbours.Options{Threads: threads})
	if err != nil {
		return t, err
	}
	ofTrain, ofGenerated := 0, 0
	for i := range all.N {
		other := near[2*i].Row
		if int(other) == i {
			other = near[2*i+1].Row
		}
		switch own := int(other) < t.N == (i < t.N); {
		case own && i < t.N:
			ofTrain++
		case own:
			ofGenerated++
		}
	}
	t.TrainAccuracy, t.GeneratedAccuracy = float64(ofTrain)/float64(t.N), float64(ofGenerated)/float64(t.N)
	return t, nil
}
