package reports

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"repbench/internal/measure"
	"repbench/reports/record"
)

// oldRecords holds a record of each kind as they were written before records had
// measurements.
const oldRecords = "testdata/before_measurements.jsonl"

// Records from before there were measurements are read, and written again with the same
// fields beside their measurements: the old fields keep their form, number by number.
func TestOldRecords(t *testing.T) {
	text, err := os.ReadFile(oldRecords)
	if err != nil {
		t.Fatal(err)
	}
	in, err := Load([]string{oldRecords})
	if err != nil {
		t.Fatal(err)
	}
	again, err := record.Encode(in.all())
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, r := range in.all() {
		kinds = append(kinds, r.Kind())
	}
	slices.Sort(kinds)
	if want := []string{"few-shot", "knn", "linear", "supervised", "training"}; !slices.Equal(kinds, want) {
		t.Errorf("records of %v, want %v", kinds, want)
	}
	before, after := strings.Split(string(text), "\n"), strings.Split(string(again), "\n")
	if len(before) != len(after) {
		t.Fatalf("%d lines become %d", len(before), len(after))
	}
	for i, line := range before[:len(before)-1] {
		if !reflect.DeepEqual(fieldsOf(t, line), fieldsOf(t, after[i], "measurements")) {
			t.Errorf("%s\nis written again as\n%s", line, after[i])
		}
	}
}

// fieldsOf are the fields of a record as JSON with the digits of its numbers, without
// some of them, which must be there.
func fieldsOf(t *testing.T, line string, without ...string) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(line))
	d.UseNumber()
	var out map[string]any
	if err := d.Decode(&out); err != nil {
		t.Fatal(err)
	}
	for _, name := range without {
		if _, ok := out[name]; !ok {
			t.Errorf("%.100s has no %s", line, name)
		}
		delete(out, name)
	}
	return out
}

// The text of an old record says as much as the structure of a new one.
func TestOldRecordMeasurements(t *testing.T) {
	in, err := Load([]string{oldRecords})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]measure.Measurement{
		"linear": {Name: measure.TestAccuracy, Value: 0.2, CI95: &[2]float64{0.08065766257979808, 0.41601743225189364}, Cases: 20, Unit: measure.Images,
			Better: measure.Higher, SelectedOn: &measure.Selection{On: measure.Valid, Share: 0.1, Seed: 1}, ReportedOn: "test"},
		"knn": {Name: measure.TestAccuracy, Value: 0.15, CI95: &[2]float64{0.05236874589621659, 0.36041886474075696}, Cases: 20, Unit: measure.Images,
			Better: measure.Higher, SelectedOn: &measure.Selection{On: measure.Valid, Share: 0.1, Seed: 1}, ReportedOn: "test"},
		"supervised": {Name: measure.TestAccuracy, Value: 0.1, CI95: &[2]float64{0.02786648121376822, 0.3010336452284873}, Cases: 20, Unit: measure.Images,
			Better: measure.Higher, SelectedOn: &measure.Selection{On: measure.Valid, Rows: 10, From: measure.HeldOut}, ReportedOn: "test"},
	}
	for _, r := range in.Records {
		w, ok := want[r.Kind()]
		if got := r.Measurements()[0]; ok && !reflect.DeepEqual(got, w) {
			t.Errorf("%s: %+v, selected on %+v; want %+v", r.Kind(), got, got.SelectedOn, w)
		}
		if r.Kind() == "few-shot" {
			if m := r.Measurements()[0]; m.Cases != 3 || m.Unit != measure.Draws || m.SelectedOn.Draws != 10 {
				t.Errorf("few-shot: %+v, selected on %+v", m, m.SelectedOn)
			}
		}
	}
}
