package reports

import (
	"slices"
	"testing"

	"repbench/internal/measure"
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
	got := results.Labels([]record.Record{a, b, c})
	if got[0] != "pixels, seed 1" || got[1] != "pixels, seed 2" || got[2] != "random:x" {
		t.Errorf("labels %q", got)
	}
	got = results.Labels([]record.Record{a, a})
	if got[0] == got[1] {
		t.Errorf("two records have the label %q", got[0])
	}
	b.Data.Name = "svhn"
	if got := results.Labels([]record.Record{a, b}); got[0] != "pixels" || got[1] != "pixels" {
		t.Errorf("records of other data sets need no seed: %q", got)
	}
}

// The seed in a label is the seed of the training or of the random weights, not of the evaluation.
func TestLabelsOfSeeds(t *testing.T) {
	of := func(spec, arch string, seed, training uint64) record.Record {
		r := fakeRecord(spec, 0.3, 0)
		r.Encoder.Architecture, r.Seed, r.TrainingSeed = arch, seed, &training
		return r
	}
	const random, a, b = "random:svhn32,width=8", "dcgan:trainings/e431aaaaaaaaaaaa", "dcgan:out/trainings/0b17bbbbbbbbbbbb"
	for _, tt := range []struct {
		name string
		rs   []record.Record
		want []string
	}{
		{"seeds of random weights", []record.Record{of(random, "svhn32", 1, 4), of(random, "svhn32", 1, 5)},
			[]string{random + ", seed 4", random + ", seed 5"}},
		{"seeds of evaluations", []record.Record{of(random, "svhn32", 1, 4), of(random, "svhn32", 2, 4)},
			[]string{random + ", seed 1", random + ", seed 2"}},
		{"seeds of both", []record.Record{of(random, "svhn32", 1, 4), of(random, "svhn32", 2, 4), of(random, "svhn32", 2, 5)},
			[]string{random + ", seed 4, evaluation seed 1", random + ", seed 4, evaluation seed 2", random + ", seed 5"}},
		{"equal seeds", []record.Record{of(random, "svhn32", 1, 4), of("pixels", "", 1, 1), of(random, "svhn32", 1, 4)},
			[]string{random + " (1 of 2)", "pixels", random + " (2 of 2)"}},
		{"one training of a suite", []record.Record{of(a, "svhn32", 1, 3)}, []string{"dcgan:svhn32, seed 3"}},
		{"seeds of a suite", []record.Record{of(a, "svhn32", 1, 3), of(b, "svhn32", 1, 4)}, []string{"dcgan:svhn32, seed 3", "dcgan:svhn32, seed 4"}},
		{"two trainings of a suite", []record.Record{of(a, "svhn32", 1, 3), of(b, "svhn32", 1, 3)},
			[]string{"dcgan:svhn32, seed 3 (e431aa)", "dcgan:svhn32, seed 3 (0b17bb)"}},
		{"files of networks", []record.Record{of("onnx:nets/vit.onnx,preset=mae", "", 1, 1), of("onnx:a/r.onnx", "", 1, 1), of("onnx:b/r.onnx", "", 1, 1)},
			[]string{"onnx:vit.onnx,preset=mae", "onnx:r.onnx (1 of 2)", "onnx:r.onnx (2 of 2)"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := results.Labels(tt.rs); !slices.Equal(got, tt.want) {
				t.Errorf("labels %q, want %q", got, tt.want)
			}
		})
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
