package reports

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"repbench/eval/supervised"
	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// supervisedKind is the result of a network trained with labels.
func supervisedKind() kind {
	return kindOf(func(s *supervised.Summary) view { return supervisedView{s} })
}

// Numbers of labels a class in the paper's tables.
const (
	cifarLabels = 400
	svhnLabels  = 100
)

// supervisedView shows the best of a random search over hyperparameters.
type supervisedView struct{ s *supervised.Summary }

func (v supervisedView) outcome(r record.Record) outcome {
	s := v.s
	o := unknown(s.Kind())
	o.protocol, o.name, o.knob, o.setting = "supervised", "supervised", "The trial", "best of "+plural(s.Trials, "trial")
	if s.LabelsPerClass > 0 {
		o.name += ", " + count(s.LabelsPerClass) + " a class"
	}
	switch {
	case s.LabelsPerClass == cifarLabels:
		o.paper = cifar400
	case s.LabelsPerClass == svhnLabels && family(r.Data.Name) == "svhn":
		o.paper = svhn1000
	}
	o.test, o.selectedOn, o.reportedOn, o.warnings = s.TestAccuracy, s.SelectedOn, s.ReportedOn, s.Warnings
	o.classes, o.nTrain, o.nTest = s.Classes, s.NTrain, s.NTest
	o.labelsPerClass, o.nLabels = s.LabelsPerClass, s.NTrain
	o.testLo, o.testHi = ends(s.TestCI95, s.TestAccuracy)
	return o
}

func (v supervisedView) headline(l outcome) page.Tiles {
	return page.Tiles{
		accuracyTile("Accuracy on ", l),
		{Label: "Trials", Value: count(v.s.Trials), Detail: "the best " + l.selection()},
		imagesTile(l),
		{Label: "Learning rate", Value: number(rounded(v.s.LearningRate)), Detail: "of the best trial"},
	}
}

func (v supervisedView) sentence(r record.Record, l outcome) string {
	s, labels := v.s, ""
	if s.LabelsPerClass > 0 {
		labels = ", " + count(s.LabelsPerClass) + " a class"
	}
	return fmt.Sprintf("The network %s was trained with the labels of %s images%s, for %s minibatches of %s, with the hyperparameters of the best of %s. "+
		"On %s it names the right class for %s of them. The trial was %s.",
		orNone(text(r.Encoder.Architecture, 60)), count(s.NTrain), labels, count(s.Steps), count(s.Batch), plural(s.Trials, "trial"),
		l.testImages(), percent(l.test), l.selection())
}

func (v supervisedView) facts(add func(key, value string)) {
	s := v.s
	add("Trials", count(s.Trials))
	add("Images of a trial", count(s.NFit)+", validated on "+count(s.NValid))
	add("Accuracy of the best trial there", percent(s.ValidAccuracy))
	add("Of all trials", quartiles(s.TriedAccuracies))
	add("Learning rate", number(rounded(s.LearningRate)))
	add("Weight decay", number(rounded(s.WeightDecay)))
	add("Dropout", number(rounded(s.Dropout)))
}

// quartiles are the least and the largest of accuracies, of many the quarters, too.
func quartiles(a []float64) string {
	if len(a) < 2 {
		return none
	}
	a = slices.Sorted(slices.Values(a))
	at := func(q int) string { return percent(a[q*(len(a)-1)/4]) }
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
