package measure

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
)

// forms are selections with their texts, which records have held since before there was
// a structure.
var forms = map[string]Selection{
	"none (fixed C)": {On: None, Of: "C"},
	"none (fixed k)": {On: None, Of: "k"},
	"none (fixed C; 0.2 of each class of train set aside, seed 5)": {On: None, Of: "C", Share: 0.2, Seed: 5},
	"cv (5 folds of train, seed 0)":                                {On: CrossValidation, Folds: 5},
	"cv (5 folds of train, seed 1), layer and C":                   {On: CrossValidation, Of: "layer and C", Folds: 5, Seed: 1},
	"valid (90 rows)":              {On: Valid, Rows: 90},
	"valid (90 rows), layer and C": {On: Valid, Of: "layer and C", Rows: 90},
	"valid (0.25 of each class of train, seed 18446744073709551615)":                 {On: Valid, Share: 0.25, Seed: math.MaxUint64},
	"valid (1e-05 of each class of train, seed 7)":                                   {On: Valid, Share: 1e-5, Seed: 7},
	"valid (90 rows; mean of 10 draws)":                                              {On: Valid, Rows: 90, Draws: 10},
	"valid (0.1 of each class of train, seed 7; mean of 10 draws)":                   {On: Valid, Share: 0.1, Seed: 7, Draws: 10},
	"valid (450 rows held out of train)":                                             {On: Valid, Rows: 450, From: HeldOut},
	"valid (the 10000 rows of train that the released code takes; mean of 10 draws)": {On: Valid, Rows: 10000, From: ReleasedRows, Draws: 10},
	"valid": {On: Valid},
	"":      {},
}

func TestSelectionText(t *testing.T) {
	for text, s := range forms {
		if got := s.String(); got != text {
			t.Errorf("%+v has the text %q, want %q", s, got, text)
		}
		if got := ParseSelection(text); got != s {
			t.Errorf("%q reads as %+v, want %+v", text, got, s)
		}
	}
}

// A text of another form keeps its words; the first of them is what it is on.
func TestSelectionOldText(t *testing.T) {
	for text, on := range map[string]string{
		"Valid (9 rows)": "valid", "valid (9 rows, roughly)": "valid", "TEST": "test", "valid (09 rows)": "valid",
		"valid (9 rows": "valid", "valid 9 rows": "valid", "cv (5 folds of train, seed 1), ": "cv",
	} {
		s := ParseSelection(text)
		if s.On != on || s.String() != text || s.Rows+s.Folds != 0 {
			t.Errorf("%q reads as %+v", text, s)
		}
	}
}

func TestSelectionFixed(t *testing.T) {
	for text, want := range map[string]bool{"none (fixed C)": true, "fixed": true, "given beforehand": true, "": true, "valid": false, "cv (2 folds of train, seed 1)": false} {
		if got := ParseSelection(text).Fixed(); got != want {
			t.Errorf("%q: fixed %v", text, got)
		}
	}
}

// A measurement holds its selection as an object; other fields hold the text.
func TestMeasurementJSON(t *testing.T) {
	m := Measurement{Name: TestAccuracy, Value: 0.5, CI95: &[2]float64{0.4, 0.6}, Cases: 100, Unit: Images, Better: Higher,
		SelectedOn: &Selection{On: Valid, Rows: 90}, ReportedOn: "test"}
	b, err := json.Marshal([]any{m, Selection{On: Valid, Rows: 90}})
	want := `[{"name":"test_accuracy","value":0.5,"ci95":[0.4,0.6],"cases":100,"unit":"images","better":"higher",` +
		`"selected_on":{"on":"valid","rows":90},"reported_on":"test"},"valid (90 rows)"]`
	if err != nil || string(b) != want {
		t.Errorf("%s, %v; want %s", b, err, want)
	}
	var read []Measurement
	if err := json.Unmarshal(append(b[:strings.LastIndex(string(b), `,"valid`)], ']'), &read); err != nil || !reflect.DeepEqual(read, []Measurement{m}) {
		t.Errorf("reads back as %+v, %v", read, err)
	}
}

func TestMeasurementCheck(t *testing.T) {
	ok := Measurement{Name: "x", Value: 1, CI95: &[2]float64{1, 1}, Better: Lower}
	if err := ok.Check(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*Measurement){
		`needs a "name"`:        func(m *Measurement) { m.Name = "" },
		"is NaN":                func(m *Measurement) { m.Value = math.NaN() },
		"is -Inf":               func(m *Measurement) { m.Value = math.Inf(-1) },
		"lower end comes first": func(m *Measurement) { m.CI95 = &[2]float64{2, 1} },
		"must not be negative":  func(m *Measurement) { m.Cases = -1 },
		`better is "more"`:      func(m *Measurement) { m.Better = "more" },
	} {
		m := ok
		change(&m)
		if err := m.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", m, err, want)
		}
	}
	if Interval([2]float64{}, 0.5) != nil || Interval([2]float64{}, 0) == nil {
		t.Error("[0, 0] is the interval of 0 alone")
	}
}

// FuzzParseSelection: every text is kept.
func FuzzParseSelection(f *testing.F) {
	for text := range forms {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := ParseSelection(text)
		if s.String() != text {
			t.Errorf("%q becomes %q", text, s.String())
		}
		s.Detail()
	})
}
