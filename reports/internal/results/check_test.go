package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"

	"repbench/eval"
	"repbench/eval/knn"
	"repbench/eval/supervised"
	"repbench/reports/record"
)

// decoded puts a result into a record, changes its JSON and reads it again, as a report does
// with a file that another program may have written.
func decoded(t *testing.T, result record.Result, change func(details map[string]any)) error {
	t.Helper()
	b, err := json.Marshal(record.Record{ID: "x", Result: result})
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	change(all[strings.ReplaceAll(result.Kind(), "-", "_")].(map[string]any))
	if b, err = json.Marshal(all); err != nil {
		t.Fatal(err)
	}
	var r record.Record
	if err := json.Unmarshal(b, &r); err != nil {
		return err
	}
	return Decode(&r)
}

// set returns a change of one field; nested ones are separated by dots, elements by numbers.
func set(path string, value any) func(map[string]any) {
	return func(details map[string]any) {
		parts := strings.Split(path, ".")
		var at any = details
		for _, p := range parts[:len(parts)-1] {
			switch v := at.(type) {
			case map[string]any:
				at = v[p]
			case []any:
				at = v[int(p[0]-'0')]
			}
		}
		switch v := at.(type) {
		case map[string]any:
			v[parts[len(parts)-1]] = value
		case []any:
			v[int(parts[len(parts)-1][0]-'0')] = value
		}
	}
}

func goodLinear() *eval.LinearResult {
	score := eval.LinearScore{C: 1, TrainAccuracy: 0.9, TestAccuracy: 0.5, TestCI95: eval.Interval{0.4, 0.6}, Dim: 4, Grid: []eval.GridPoint{{C: 1, Accuracy: 0.5, CI95: eval.Interval{0.4, 0.6}}}}
	return &eval.LinearResult{Protocol: "linear", LinearScore: score, ReportedOn: "test", Classes: []string{"a", "b"}, Confusion: [][]int{{3, 1}, {2, 4}}, NTrain: 9, NTest: 10,
		Layers: []eval.LayerScore{{Name: "conv1", LinearScore: score}}, Mistakes: []eval.Mistake{{Row: 1, Truth: 0, Predicted: 1, Margin: 0.5}}}
}

func goodFewShot() *eval.FewShotResult {
	rate := eval.ErrorRate{Rows: 10, Mean: 0.5, Spread95: 0.2, Spread95N: 0.1}
	wrong := []int{4, 6}
	score := eval.FewShotScore{Select: []eval.CostErrors{{C: 1, TrainErrors: wrong, ValidErrors: wrong}},
		Report:         &eval.DrawErrors{TrainErrors: wrong, ValidErrors: wrong, TestErrors: wrong, Train: rate, Valid: &rate, Test: rate},
		LabelsPerClass: 10, Draws: 2, C: 1, Accuracies: []float64{0.4, 0.6}, Mean: 0.5, StdDev: 0.1, StdError: 0.07, CI95: eval.Interval{-0.1, 1.1}, Spread95: eval.Interval{0.3, 0.7}}
	return &eval.FewShotResult{Protocol: "few-shot", FewShotScore: score, Classes: []string{"a"}, Layers: []eval.FewShotLayer{{Name: "conv1", FewShotScore: score}}}
}

func goodNeighbours() *knn.Result {
	return &knn.Result{K: 5, TestAccuracy: 0.5, TestCI95: eval.Interval{0.4, 0.6}, Grid: []knn.Point{{K: 1, Accuracy: 0.4, CI95: eval.Interval{0.3, 0.5}}}}
}

func goodSupervised() *supervised.Summary {
	return &supervised.Summary{Trials: 2, TriedAccuracies: []float64{0.4, 0.5}, ValidAccuracy: 0.5, TestAccuracy: 0.5, TestCI95: eval.Interval{0.4, 0.6}}
}

// Each number that would make a report lie is refused, and the error names it.
func TestChecks(t *testing.T) {
	for _, tt := range []struct {
		result record.Result
		path   string
		value  any
		want   string
	}{
		{goodLinear(), "test_accuracy", 1.01, "test_accuracy is 1.01; it must be a fraction"},
		{goodLinear(), "train_accuracy", -0.1, "train_accuracy is -0.1"},
		{goodLinear(), "test_accuracy_ci95", []any{0.6, 0.4}, "its ends are swapped"},
		{goodLinear(), "test_accuracy_ci95.1", 1.5, "test_accuracy_ci95[1] is 1.5"},
		{goodLinear(), "C", 0, "C is 0; it must be above 0"},
		{goodLinear(), "n_test", -1, "n_train, n_test and dim must not be negative"},
		{goodLinear(), "grid.0.C", -1, "grid[0]: C is -1"},
		{goodLinear(), "grid.0.valid_accuracy", 2, "grid[0]: valid_accuracy is 2"},
		{goodLinear(), "layers.0.test_accuracy", 2, "layers[0]: test_accuracy is 2"},
		{goodLinear(), "confusion", []any{[]any{1}}, "confusion has 1 rows for 2 classes"},
		{goodLinear(), "confusion.1", []any{1}, "confusion row 1 has 1 columns; it needs 2"},
		{goodLinear(), "confusion.0.1", -1, "confusion row 0 holds the count -1"},
		{goodLinear(), "confusion.0.1", 1 << 40, "holds the count 1099511627776"},
		{goodLinear(), "mistakes.0.truth", 2, "mistakes[0]: truth 2 and predicted 1 must be among 2 classes"},
		{goodLinear(), "mistakes.0.predicted", 0, "class 0 is both true and predicted"},
		{goodLinear(), "mistakes.0.row", -1, "row is -1"},
		{goodLinear(), "mistakes.0.margin", -0.5, "margin is -0.5"},
		{goodLinear(), "mistakes.0.png", "AAAA", "png is not a PNG file"},
		{goodFewShot(), "test_accuracy", 1.5, "test_accuracy is 1.5"},
		{goodFewShot(), "test_accuracy_spread95", []any{0.7, 0.3}, "test_accuracy_spread95 is [0.7, 0.3]"},
		{goodFewShot(), "labels_per_class", 0, "labels_per_class is 0"},
		{goodFewShot(), "draws", 0, "draws is 0; it must be in [1, 100000]"},
		{goodFewShot(), "draws", 3, "test_accuracies has 2 values for 3 draws"},
		{goodFewShot(), "test_accuracies.1", 7, "test_accuracies[1] is 7"},
		{goodFewShot(), "std_dev", -1, "std_dev and std_error must not be negative"},
		{goodFewShot(), "select.0.C", 0, "select[0].C is 0"},
		{goodFewShot(), "select.0.train_errors", []any{1}, "select[0].train_errors has 1 values for 2 draws"},
		{goodFewShot(), "select.0.valid_errors.1", -3, "select[0].valid_errors[1] is -3"},
		{goodFewShot(), "report.test_errors", []any{1, 2, 3}, "report.test_errors has 3 values for 2 draws"},
		{goodFewShot(), "report.valid_errors.0", -1, "report.valid_errors[0] is -1"},
		{goodFewShot(), "report.train.mean_error", 1.5, "report.train.mean_error is 1.5"},
		{goodFewShot(), "report.valid.rows", 0, "report.valid has 0 rows"},
		{goodFewShot(), "report.test.spread95_n", -0.1, "report.test has 10 rows, spreads 0.2 and -0.1"},
		{goodFewShot(), "layers.0.C", 0, "layers[0]: C is 0"},
		{goodNeighbours(), "k", 0, "k is 0; it must be at least 1"},
		{goodNeighbours(), "grid.0.k", 0, "grid[0]: k is 0"},
		{goodNeighbours(), "test_accuracy", -1, "test_accuracy is -1"},
		{goodSupervised(), "trials", 0, "trials is 0"},
		{goodSupervised(), "trials", 3, "tried_valid_accuracies has 2 values for 3 trials"},
		{goodSupervised(), "tried_valid_accuracies.0", -1, "tried_valid_accuracies[0] is -1"},
		{goodSupervised(), "labels_per_class", -1, "labels_per_class is -1"},
		{goodSupervised(), "valid_accuracy", 2, "valid_accuracy is 2"},
	} {
		if err := decoded(t, tt.result, func(map[string]any) {}); err != nil {
			t.Fatalf("%s: %v", tt.result.Kind(), err)
		}
		err := decoded(t, tt.result, set(tt.path, tt.value))
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), `record "x": `) {
			t.Errorf("%s of a %s: error %v, want %q", tt.path, tt.result.Kind(), err, tt.want)
		}
	}
}

// Sizes have limits, so that a small file cannot ask for a huge report.
func TestCheckLimits(t *testing.T) {
	names := make([]string, MaxClasses+1)
	square := make([][]int, MaxClasses+1)
	for name, change := range map[string]func(map[string]any){
		"2001 classes; at most 2000":         set("classes", names),
		"confusion has 2001 classes":         set("confusion", square),
		"mistakes has 101 entries":           set("mistakes", make([]eval.Mistake, MaxMistakes+1)),
		"png has 65537 bytes; at most 65536": set("mistakes.0.png", make([]byte, MaxPNGBytes+1)),
	} {
		var result record.Result = goodLinear()
		if strings.Contains(name, "classes; at most") {
			result = goodFewShot()
		}
		if err := decoded(t, result, change); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want %q", err, name)
		}
	}
}

// A kind that this version does not know is an error with those that it knows.
func TestUnknownKind(t *testing.T) {
	var r record.Record
	if err := json.Unmarshal([]byte(`{"kind":"later","id":"x","later":{}}`), &r); err != nil {
		t.Fatal(err)
	}
	if err := Decode(&r); err == nil || !strings.Contains(err.Error(), `record "x" has the kind "later"; this version knows "linear"`) {
		t.Errorf("error %v", err)
	}
	if o := Of(r); o.Kind != "later" || !math.IsNaN(o.Test) || !math.IsNaN(o.C) {
		t.Errorf("its numbers are %+v", o)
	}
}

// A picture is written anew: what stands beside its pixels is gone.
func TestCleanPNG(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 3, 2))
	img.Set(1, 1, color.NRGBA{10, 20, 30, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	clean, w, h, err := CleanPNG(append(b.Bytes(), "<script>"...))
	if err != nil || w != 3 || h != 2 || bytes.Contains(clean, []byte("script")) {
		t.Fatalf("%d×%d, %v", w, h, err)
	}
	again, err := png.Decode(bytes.NewReader(clean))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(again.At(1, 1)); got != fmt.Sprint(color.NRGBA{10, 20, 30, 255}) {
		t.Errorf("the pixel is %s", got)
	}
	for want, bad := range map[string][]byte{"is not a PNG file": []byte("GIF89a"), "is damaged": b.Bytes()[:b.Len()-20]} {
		if _, _, _, err := CleanPNG(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	var wide bytes.Buffer
	if err := png.Encode(&wide, image.NewGray(image.Rect(0, 0, maxPNGSide+1, 1))); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := CleanPNG(wide.Bytes()); err == nil || !strings.Contains(err.Error(), "129×1 pixels") {
		t.Errorf("a wide picture: error %v", err)
	}
}
