package term

import (
	"testing"

	"repbench/eval"
	"repbench/eval/knn"
	"repbench/eval/supervised"
	"repbench/internal/measure"
)

func linearResult() *eval.LinearResult {
	score := eval.LinearScore{C: 1e-4, TrainAccuracy: 0.75, TestAccuracy: 0.6974, TestCI95: eval.Interval{0.688, 0.706}, Dim: 7168, FitSeconds: 2.04}
	conv := score
	conv.TestAccuracy, conv.Dim, conv.C = 0.5, 16, 0.001
	return &eval.LinearResult{
		Classifier: "svm", LinearScore: score, NTrain: 50000, NTest: 10000, ReportedOn: "test",
		SelectedOn: measure.Selection{On: measure.None, Of: "C"},
		Layers:     []eval.LayerScore{{Name: "conv1", LinearScore: conv}},
		Warnings:   []string{"few rows"},
	}
}

func TestLinear(t *testing.T) {
	compareText(t, Linear("pixels on cifar10", linearResult(), []string{"batch statistics"}),
		`pixels on cifar10: linear SVM on 7168 features, 50000 training and 10000 test images
  conv1        test  50.00 %  [68.80, 70.60]   train  75.00 %   C 0.001   16 features, 2.0 s
  all          test  69.74 %  [68.80, 70.60]   train  75.00 %   C 0.0001   7168 features, 2.0 s
  C selected on: none (fixed C); accuracy reported on: test, with its 95 % Wilson interval
  note: batch statistics
  warning: few rows
`)
}

// A layer that was chosen is named, and so is a device that made the products.
func TestLinearChosenLayer(t *testing.T) {
	r := linearResult()
	r.Classifier, r.Layer, r.Layers, r.Warnings = "softmax", "conv2", nil, nil
	r.Products = measure.Products{Device: "xla:cuda", Blocks: 3}
	compareText(t, Linear("x", r, nil), `x: softmax regression on 7168 features, 50000 training and 10000 test images
  chosen on validation images: conv2
  chosen       test  69.74 %  [68.80, 70.60]   train  75.00 %   C 0.0001   7168 features, 2.0 s
  products made on: device xla:cuda, matrix sent in 3 blocks at every pass; verified on the CPU
  C selected on: none (fixed C); accuracy reported on: test, with its 95 % Wilson interval
`)
	r.Products = measure.Products{CPU: true, Bytes: true}
	without(t, Linear("x", r, nil), "products", "note", "warning")
}

// Older results name no classifier: they are of the SVM.
func TestClassifierName(t *testing.T) {
	for name, want := range map[string]string{"": "linear SVM", "svm": "linear SVM", "softmax": "softmax regression"} {
		if got := classifierName(name); got != want {
			t.Errorf("%q is called %q, want %q", name, got, want)
		}
	}
}

func TestFewShot(t *testing.T) {
	score := eval.FewShotScore{LabelsPerClass: 100, Draws: 10, C: 0.001, Mean: 0.775, StdDev: 0.01, StdError: 0.00316, CI95: eval.Interval{0.768, 0.782}, Dim: 64, FitSeconds: 1.26}
	r := &eval.FewShotResult{
		Protocol: "svhn-1000", FewShotScore: score, NTrain: 63257, NSetAside: 10000, NTest: 26032, ReportedOn: "test",
		SelectedOn: measure.Selection{On: measure.Valid, Rows: 10000, Draws: 10},
		Layers:     []eval.FewShotLayer{{Name: "conv4", FewShotScore: score}},
		Warnings:   []string{"C is the smallest of its list"},
	}
	// 1.96 standard deviations of 0.01 are 1.96 points; the standard error has one factor less.
	compareText(t, FewShot("D on svhn", []*eval.FewShotResult{r}, []string{"statistics of the release"}), `D on svhn: linear SVM on few labels
svhn-1000, 100 labels per class of 63257 images (10000 set aside), 10 draws, 26032 test images
  conv4        test  77.50 % ± 1.96 (1.96 sd)   mean in [76.80, 78.20], standard error 0.32   C 0.001   64 features, 1.3 s
  all          test  77.50 % ± 1.96 (1.96 sd)   mean in [76.80, 78.20], standard error 0.32   C 0.001   64 features, 1.3 s
  C selected on: valid (10000 rows; mean of 10 draws); accuracy reported on: test, with Student's 95 % interval of the mean over draws
  note: statistics of the release
  warning: C is the smallest of its list
`)
	r.NSetAside = 0
	without(t, FewShot("x", []*eval.FewShotResult{r}, nil), "set aside", "note")
}

func TestKNN(t *testing.T) {
	r := &knn.Result{Preset: "sklearn", Convention: "euclidean", K: 5, Dim: 48, NTrain: 100, NTest: 50, TestAccuracy: 0.5, TestCI95: eval.Interval{0.366, 0.634},
		Grid:       []knn.Point{{K: 1, Accuracy: 0.4, CI95: eval.Interval{0.3, 0.5}}, {K: 5, Accuracy: 0.45, CI95: eval.Interval{0.35, 0.55}}},
		SelectedOn: measure.Selection{On: measure.Valid, Rows: 90}, ReportedOn: "test", Seconds: 0.24, Warnings: []string{"ties"}}
	compareText(t, KNN("pixels", r, []string{"n"}), `pixels: k nearest neighbours on 48 features, 100 training and 50 test images
  sklearn      test  50.00 %  [36.60, 63.40]   k 5   0.2 s
  k 1          valid 40.00 %  [30.00, 50.00]
  k 5          valid 45.00 %  [35.00, 55.00]
  convention: euclidean
  k selected on: valid (90 rows); accuracy reported on: test, with its 95 % Wilson interval
  note: n
  warning: ties
`)
	r.Preset, r.Grid = "", nil
	if text := KNN("pixels", r, nil); text[len("pixels: k nearest neighbours on 48 features, 100 training and 50 test images\n"):][:5] != "  own" {
		t.Errorf("a convention without a name is not called own:\n%s", text)
	}
}

func TestSupervised(t *testing.T) {
	r := &supervised.Result{
		Config: supervised.Config{Arch: "svhn32", Data: "svhn", Trials: 64, Steps: 2000, Batch: 128},
		Best:   6, Chosen: supervised.Hyper{LearningRate: 0.00123, WeightDecay: 4.5e-6, Dropout: 0.25},
		SelectedOn: measure.Selection{On: measure.Valid, Share: 0.1, Seed: 1}, ReportedOn: "test",
		NFit: 900, NValid: 100, NFinal: 1000, ValidAccuracy: 0.73, TestAccuracy: 0.7113, TestCI95: eval.Interval{0.70, 0.72}, Warnings: []string{"w"}, Seconds: 61.55,
	}
	// Trials are numbered from 1 for people.
	compareText(t, Supervised("runs/s", r), `svhn32 with labels on svhn: test 71.13 %  [70.00, 72.00]
  trial 7 of 64: validation 73.00 %, learning rate 0.00123, weight decay 4.5e-06, dropout 0.25
  fitted on 1000 images for 2000 steps of 128; trials on 900, validated on 100
  selected on: valid (0.1 of each class of train, seed 1); accuracy reported on: test, with its 95 % Wilson interval
  warning: w
  61.5 s, search in runs/s
`)
}
