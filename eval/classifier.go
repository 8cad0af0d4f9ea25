package eval

import (
	"context"
	"fmt"
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
	return 0, fmt.Errorf("eval: no classifier %q: choose svm or softmax", name)
}

// fit fits it at each C of the options.
func (c Classifier) fit(ctx context.Context, x Matrix, y []int32, classes int, o SVMOptions) ([]Fit, error) {
	if c == Softmax {
		return FitSoftmax(ctx, x, y, classes, o)
	}
	return FitSVM(ctx, x, y, classes, o)
}
