package results

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"repbench/eval/supervised"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// supervisedKind is the result of a network trained with labels.
func supervisedKind() kind {
	return kindOf(func(s *supervised.Summary) View { return supervisedView{s} })
}

// Numbers of labels per class in the paper's tables.
const (
	cifarLabels = 400
	svhnLabels  = 100
)

// supervisedView shows the best of a random search over hyperparameters.
type supervisedView struct{ s *supervised.Summary }

func (v supervisedView) Outcome(r record.Record) Outcome {
	s := v.s
	o := unknown(s.Kind())
	o.Protocol, o.Name, o.Knob, o.Setting = "supervised", "supervised", "The trial", "best of "+format.Plural(s.Trials, "trial")
	if s.LabelsPerClass > 0 {
		o.Name += ", " + format.Count(s.LabelsPerClass) + " per class"
	}
	switch {
	case s.LabelsPerClass == cifarLabels:
		o.Paper = CIFAR400
	case s.LabelsPerClass == svhnLabels && Family(r.Data.Name) == "svhn":
		o.Paper = SVHN1000
	}
	o.Test, o.SelectedOn, o.ReportedOn, o.Warnings = s.TestAccuracy, s.SelectedOn, s.ReportedOn, s.Warnings
	o.Classes, o.NTrain, o.NTest = s.Classes, s.NTrain, s.NTest
	o.LabelsPerClass, o.NLabels = s.LabelsPerClass, s.NTrain
	o.TestLo, o.TestHi = ends(s.TestCI95, s.TestAccuracy)
	return o
}

func (v supervisedView) Headline(l Outcome) page.Tiles {
	return page.Tiles{
		accuracyTile("Accuracy on ", l),
		{Label: "Trials", Value: format.Count(v.s.Trials), Detail: "the best " + l.Selection()},
		imagesTile(l),
		{Label: "Learning rate", Value: format.Number(rounded(v.s.LearningRate)), Detail: "of the best trial"},
	}
}

func (v supervisedView) Sentence(r record.Record, l Outcome) string {
	s, labels := v.s, ""
	if s.LabelsPerClass > 0 {
		labels = ", " + format.Count(s.LabelsPerClass) + " per class"
	}
	return fmt.Sprintf("The network %s was trained with the labels of %s images%s, for %s minibatches of %s, with the hyperparameters of the best of %s. "+
		"On %s it names the right class for %s of them. The trial was %s.",
		format.OrNone(format.Text(r.Encoder.Architecture, 60)), format.Count(s.NTrain), labels, format.Count(s.Steps), format.Count(s.Batch), format.Plural(s.Trials, "trial"),
		l.testImages(), format.Percent(l.Test), l.Selection())
}

func (v supervisedView) Facts(add func(key, value string)) {
	s := v.s
	add("Trials", format.Count(s.Trials))
	add("Images of a trial", format.Count(s.NFit)+", validated on "+format.Count(s.NValid))
	add("Accuracy of the best trial there", format.Percent(s.ValidAccuracy))
	add("Of all trials", quartiles(s.TriedAccuracies))
	add("Learning rate", format.Number(rounded(s.LearningRate)))
	add("Weight decay", format.Number(rounded(s.WeightDecay)))
	add("Dropout", format.Number(rounded(s.Dropout)))
}

// quartiles are the least and the largest of accuracies, of many the quarters, too.
func quartiles(a []float64) string {
	if len(a) < 2 {
		return format.None
	}
	a = slices.Sorted(slices.Values(a))
	at := func(q int) string { return format.Percent(a[q*(len(a)-1)/4]) }
	if len(a) < 5 {
		return at(0) + " to " + at(4)
	}
	return fmt.Sprintf("%s to %s, half of them %s to %s", at(0), at(4), at(1), at(3))
}

func (v supervisedView) check() error {
	s := v.s
	err := errors.Join(
		fraction("test_accuracy", s.TestAccuracy),
		interval("test_accuracy_ci95", s.TestCI95),
		fraction("valid_accuracy", s.ValidAccuracy),
		atLeast1("trials", s.Trials),
		counts(s.NTrain, s.NTest, 0),
	)
	if n := len(s.TriedAccuracies); n != 0 && n != s.Trials {
		err = errors.Join(err, fmt.Errorf("tried_valid_accuracies has %d values for %d trials", n, s.Trials))
	}
	if s.Trials > maxDraws {
		err = errors.Join(err, fmt.Errorf("%d trials; at most %d can be reported", s.Trials, maxDraws))
	}
	for i, a := range s.TriedAccuracies {
		err = errors.Join(err, fraction(fmt.Sprintf("tried_valid_accuracies[%d]", i), a))
	}
	if s.LabelsPerClass < 0 || s.LabelsPerClass > math.MaxInt32 {
		err = errors.Join(err, fmt.Errorf("labels_per_class is %d; it must not be negative", s.LabelsPerClass))
	}
	return errors.Join(err, checkClasses(s.Classes))
}
