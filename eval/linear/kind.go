package linear

import (
	"context"
	"fmt"

	"repbench/features/matrix"
)

// Classifier is the kind of linear classifier that is fitted.
type Classifier int

// The linear classifiers.
const (
	// SVM is FitSVM, the protocol of the DCGAN paper.
	SVM Classifier = iota
	// Softmax is FitSoftmax.
	Softmax
)

// String returns the name that ParseClassifier takes.
func (c Classifier) String() string {
	if c == Softmax {
		return "softmax"
	}
	return "svm"
}

// ParseClassifier returns the Classifier of a name, "svm" or "softmax".
func ParseClassifier(name string) (Classifier, error) {
	for _, c := range []Classifier{SVM, Softmax} {
		if c.String() == name {
			return c, nil
		}
	}
	return 0, fmt.Errorf("no classifier %q: choose svm or softmax", name)
}

// Fit fits it at each C of the options.
func (c Classifier) Fit(ctx context.Context, x matrix.View, y []int32, classes int, o Options) ([]Fit, error) {
	if c == Softmax {
		return FitSoftmax(ctx, x, y, classes, o)
	}
	return FitSVM(ctx, x, y, classes, o)
}
