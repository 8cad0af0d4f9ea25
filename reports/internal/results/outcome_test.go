package results

import (
	"math"
	"strings"
	"testing"

	"repbench/eval"
	"repbench/internal/measure"
	"repbench/reports/record"
)

func TestFamily(t *testing.T) {
	for name, want := range map[string]string{
		"cifar10": "cifar10", "CIFAR-10": "cifar10", "cifar10-jpeg": "cifar10", "cifar10=/data/c": "cifar10", "cifar10 (part)": "cifar10",
		"cifar100": "", "svhn:small": "svhn", "svhnx": "", "mnist": "mnist", "emnist": "", "": "", "mnist/x": "mnist", "mnist.gz": "mnist",
	} {
		if got := Family(name); got != want {
			t.Errorf("%q belongs to %q, want %q", name, got, want)
		}
	}
}

// How a setting came about, and the doubt about one that was chosen on the reported images.
func TestSelectionWords(t *testing.T) {
	for _, tt := range []struct {
		on, reported                   string
		words, remark, short, reporter string
		doubt                          bool
	}{
		{"none (fixed C)", "test", "fixed beforehand", "fixed beforehand", "fixed", "the test split", false},
		{"valid (90 rows)", "test", "selected on the validation split", "selected on the validation split (90 rows)", "valid", "the test split", false},
		{"cv (5 folds of train, seed 0)", "", "selected on parts of the training split in turn", "selected on parts of the training split in turn (5 folds of train, seed 0)", "cv", "the test split", false},
		{"test", "TEST (all)", "selected on the test split", "selected on the test split", "test", "the test split", true},
		{"valid", "valid", "selected on the validation split", "selected on the validation split", "valid", "the validation split", true},
		{"extra", "train", "selected on extra", "selected on extra", "extra", "the training split", false},
	} {
		o := Outcome{SelectedOn: measure.ParseSelection(tt.on), ReportedOn: tt.reported, Knob: "C"}
		if o.Selection() != tt.words || o.SelectionRemark() != tt.remark || o.SelectionShort() != tt.short || o.Report() != tt.reporter {
			t.Errorf("%s: %q, %q, %q, %q", tt.on, o.Selection(), o.SelectionRemark(), o.SelectionShort(), o.Report())
		}
		if got := len(o.Doubts()) > 0; got != tt.doubt {
			t.Errorf("%s reported on %s: doubts %v", tt.on, tt.reported, o.Doubts())
		}
	}
}

// An interval that was never set is not known; [0, 0] around 0 is one.
func TestEnds(t *testing.T) {
	if lo, hi := ends(eval.Interval{}, 0.5); !math.IsNaN(lo) || !math.IsNaN(hi) {
		t.Errorf("never set: %v, %v", lo, hi)
	}
	if lo, hi := ends(eval.Interval{}, 0); lo != 0 || hi != 0 {
		t.Errorf("around 0: %v, %v", lo, hi)
	}
	if lo, hi := ends(eval.Interval{0.1, 0.2}, 0.15); lo != 0.1 || hi != 0.2 {
		t.Errorf("%v, %v", lo, hi)
	}
}

func TestRounded(t *testing.T) {
	for v, want := range map[float64]float64{0.00123456: 0.00123, 98765: 98800, 0: 0, -1.2345: -1.23, 1: 1} {
		if got := rounded(v); got != want {
			t.Errorf("%v becomes %v, want %v", v, got, want)
		}
	}
	if !math.IsInf(rounded(math.Inf(1)), 1) || !math.IsNaN(rounded(math.NaN())) {
		t.Error("infinity and NaN must stay")
	}
}

func TestClassNames(t *testing.T) {
	o := Outcome{Classes: []string{"cat", ""}, Confusion: make([][]int, 3)}
	for i, want := range map[int]string{0: "cat", 1: "1", 2: "2", -1: "-1"} {
		if got := o.Class(i); got != want {
			t.Errorf("class %d is %q, want %q", i, got, want)
		}
	}
	if o.NClasses() != 3 {
		t.Errorf("%d classes, want 3", o.NClasses())
	}
}

// quartiles of five accuracies are the five; of one there is no range.
func TestQuartiles(t *testing.T) {
	for _, tt := range []struct {
		in   []float64
		want string
	}{
		{[]float64{0.5, 0.1, 0.4, 0.2, 0.3}, "10.00 % to 50.00 %, half of them 20.00 % to 40.00 %"},
		{[]float64{0.5, 0.1}, "10.00 % to 50.00 %"},
	} {
		if got := quartiles(tt.in); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.in, got, tt.want)
		}
	}
	if one := quartiles([]float64{0.5}); strings.Contains(one, "50") {
		t.Errorf("one accuracy has the range %q", one)
	}
}

// The protocols of the paper's tables are told by their labels and their data.
func TestPaperProtocols(t *testing.T) {
	few := goodFewShot()
	for protocol, want := range map[string]string{"svhn-1000": SVHN1000, "cifar10-400": CIFAR400, "few-shot": "", "": ""} {
		few.Protocol = protocol
		if o := Of(record.Record{Result: few}); o.Paper != want {
			t.Errorf("protocol %q belongs to %q, want %q", protocol, o.Paper, want)
		}
	}
	s := goodSupervised()
	for _, tt := range []struct {
		labels     int
		data, want string
	}{{400, "cifar10", CIFAR400}, {100, "svhn", SVHN1000}, {100, "cifar10", ""}, {0, "svhn", ""}, {99, "svhn", ""}} {
		s.LabelsPerClass = tt.labels
		if o := Of(record.Record{Data: record.Data{Name: tt.data}, Result: s}); o.Paper != tt.want {
			t.Errorf("%d labels on %s belong to %q, want %q", tt.labels, tt.data, o.Paper, tt.want)
		}
	}
}

// One draw has no deviation; a result on all labels comes after those on few.
func TestDraws(t *testing.T) {
	few := goodFewShot()
	o := Of(record.Record{Result: few})
	if o.Draws.N != 2 || o.Draws.SD != 0.1 || o.Draws.Lo != 0.3 || o.UsesAllLabels() || o.Track() != 10 || o.NLabels != 10 {
		t.Errorf("%+v", o)
	}
	few.Draws = 1
	if o := Of(record.Record{Result: few}); !math.IsNaN(o.Draws.SD) {
		t.Errorf("one draw has the deviation %v", o.Draws.SD)
	}
	if all := Of(record.Record{Result: goodLinear()}); !all.UsesAllLabels() || all.Track() != math.MaxInt {
		t.Errorf("all labels are on track %d", all.Track())
	}
}
