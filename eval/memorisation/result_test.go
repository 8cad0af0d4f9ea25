package memorisation

import (
	"encoding/json"
	"slices"
	"testing"

	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/pvalues"
	"repbench/eval/memorisation/threesample"
	"repbench/internal/measure"
)

func example() *Result {
	bound := 0.004
	return &Result{Metric: "correlation", Score: nearest.Ratio, TrainRows: 50000, Null: Null{Kind: "test", Rows: 2000}, Generated: 1500,
		Flagged:  []Flag{{Pair: Pair{Image: 3, Train: 17, Score: 0.1, Mirrored: true, Offset: [2]int{-1, 2}}, P: 0.0005}},
		CopyRate: pvalues.Rate{Estimate: 0.01, Lo: 0.006, Hi: 0.02}, UpperBound95: &bound, Controls: map[string]Control{"exact": {AUC: 1, Detected: 1, SourceFound: 1}},
		FalseAlarms: &FalseAlarms{Nominal: 0.01, Measured: 0.012, Lo: 0.008, Hi: 0.02, N: 2000}, ZU: -0.5, CT: &threesample.CT{Value: -0.3},
		AuthPct: &Beside{90, 91}, NEff: 900}
}

// TestResultKeys: the keys of the JSON that scripts rely on.
func TestResultKeys(t *testing.T) {
	b, err := json.Marshal(example())
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]json.RawMessage
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"metric", "score", "train_rows", "null", "generated", "flagged", "fdr", "copy_rate", "upper_bound95", "controls",
		"false_alarms", "z_u", "c_t", "authpct", "n_eff", "warnings", "verdict"} {
		if _, ok := got[key]; !ok {
			t.Errorf("%s is missing from %s", key, b)
		}
	}
	var flagged []map[string]any
	if err := json.Unmarshal(got["flagged"], &flagged); err != nil || len(flagged) != 1 {
		t.Fatalf("flagged is %s", got["flagged"])
	}
	for _, key := range []string{"image", "train", "score", "p", "mirrored", "offset"} {
		if _, ok := flagged[0][key]; !ok {
			t.Errorf("flagged lacks %s: %s", key, got["flagged"])
		}
	}
	var back Result
	if err := json.Unmarshal(b, &back); err != nil || back.Flagged[0].Offset != [2]int{-1, 2} || back.CT.Value != -0.3 {
		t.Errorf("%+v, %v", back, err)
	}
}

func TestMeasurements(t *testing.T) {
	better := map[string]measure.Direction{CopyRateName: measure.Lower, UpperBoundName: measure.Lower, FalseAlarmsName: "", ZUName: "", CTName: "", AuthPctName: "", NEffName: ""}
	var names []string
	for _, m := range example().Measurements() {
		if err := m.Check(); err != nil {
			t.Error(err)
		}
		if want, ok := better[m.Name]; !ok || m.Better != want {
			t.Errorf("%s: better is %q, want %q", m.Name, m.Better, want)
		}
		names = append(names, m.Name)
	}
	if len(names) != len(better) || names[0] != CopyRateName {
		t.Errorf("measurements %v", names)
	}
	if (&Result{}).Kind() != "memorisation" {
		t.Error((&Result{}).Kind())
	}
	for _, m := range (&Result{}).Measurements() {
		if slices.Contains([]string{UpperBoundName, FalseAlarmsName, CTName}, m.Name) {
			t.Errorf("a result without %s has the measurement", m.Name)
		}
	}
}
