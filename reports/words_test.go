package reports

import (
	"slices"
	"testing"

	"repbench/internal/measure"
	"repbench/reports/internal/format"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

func TestCountOf(t *testing.T) {
	for _, tt := range []struct{ name, got, want string }{
		{"whole number", countOf(new(float64(2054.4))), "2,054"},
		{"small rate", countOf(new(float64(18.9))), "18.9"},
		{"huge", countOf(new(float64(1e20))), "1e+20"},
		{"missing", countOf(nil), "–"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}

func TestLabels(t *testing.T) {
	a, b, c := fakeRecord("pixels", 0.3, 0), fakeRecord("pixels", 0.4, 0), fakeRecord("random:x", 0.5, 0)
	b.Seed = 2
	got := labels([]record.Record{a, b, c})
	if got[0] != "pixels, seed 1" || got[1] != "pixels, seed 2" || got[2] != "random:x" {
		t.Errorf("labels %q", got)
	}
	got = labels([]record.Record{a, a})
	if got[0] == got[1] {
		t.Errorf("two records have the label %q", got[0])
	}
	b.Data.Name = "svhn"
	if got := labels([]record.Record{a, b}); got[0] != "pixels" || got[1] != "pixels" {
		t.Errorf("records of other data sets need no seed: %q", got)
	}
}

func TestFamily(t *testing.T) {
	for in, want := range map[string]string{
		"cifar10": "cifar10", "CIFAR-10": "cifar10", "cifar10-jpeg": "cifar10", "cifar10=x": "cifar10",
		"cifar100": "", "cifar-100": "", "svhn": "svhn", "svhn:extra": "svhn", "mnist": "mnist", "mnistish": "", "fashion-mnist": "",
		"shapes": "", "": "",
	} {
		if got := results.Family(in); got != want {
			t.Errorf("%q belongs to %q, want %q", in, got, want)
		}
	}
}

// The quoted numbers equal the numbers in the paper's tables.
func TestQuotes(t *testing.T) {
	find := func(data, method string) quotedRow {
		q, ok := quotedFor(data)
		if !ok {
			t.Fatalf("nothing is quoted for %s", data)
		}
		for _, r := range q.rows {
			if r.method == method {
				return r
			}
		}
		t.Fatalf("%s: no row %q", data, method)
		return quotedRow{}
	}
	if r := find("cifar10", "DCGAN + L2-SVM"); r.value != "82.8 %" || r.extra != "73.8 % ± 0.4" || r.units != 512 {
		t.Errorf("CIFAR-10: %+v", r)
	}
	if r := find("svhn", "DCGAN + L2-SVM"); r.value != "22.48 %" {
		t.Errorf("SVHN: %+v", r)
	}
	find("svhn", svhnSupervised)
	if r := find("mnist", "DCGAN"); r.value != "2.98 %" || r.extra != "1.48 %" {
		t.Errorf("MNIST: %+v", r)
	}
	if _, ok := quotedFor("tiny-imagenet"); ok {
		t.Error("something is quoted for tiny-imagenet")
	}
}

func TestShare(t *testing.T) {
	for in, want := range map[string][2]float64{
		"73.8 % ± 0.4": {0.738, 0.004}, "22.48 %": {0.2248, format.NaN}, "": {format.NaN, format.NaN},
	} {
		v, half := share(in)
		same := func(a, b float64) bool { return a == b || a != a && b != b }
		if !same(v, want[0]) || !same(half, want[1]) {
			t.Errorf("%q is %v ± %v, want %v", in, v, half, want)
		}
	}
}

func TestSelection(t *testing.T) {
	tests := []struct {
		name, on, reported        string
		short, words, whole, tell string
		doubts                    int
	}{
		{"fixed", "none (fixed C)", "test", "fixed", "fixed beforehand", "fixed beforehand", "the test split", 0},
		{"not said", "", "", "fixed", "fixed beforehand", "fixed beforehand", "the test split", 0},
		{"validation", "valid (10000 rows)", "test", "valid", "selected on the validation split",
			"selected on the validation split (10000 rows)", "the test split", 0},
		{"cross-validation", "cv", "test", "cv", "selected on parts of the training split in turn",
			"selected on parts of the training split in turn", "the test split", 0},
		{"on the test split", "Test", "test (10000 rows)", "test", "selected on the test split", "selected on the test split", "the test split", 1},
		{"unknown", "dev", "dev", "dev", "selected on dev", "selected on dev", "dev", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := results.Outcome{SelectedOn: measure.ParseSelection(tt.on), ReportedOn: tt.reported}
			got := []string{l.SelectionShort(), l.Selection(), l.SelectionRemark(), l.Report()}
			if want := []string{tt.short, tt.words, tt.whole, tt.tell}; !slices.Equal(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
			if n := len(l.Doubts()); n != tt.doubts {
				t.Errorf("%d doubts, want %d", n, tt.doubts)
			}
		})
	}
}
