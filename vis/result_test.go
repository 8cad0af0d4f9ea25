package vis_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"repbench/eval"
	"repbench/internal/measure"
	"repbench/vis"
)

func result() *vis.Result {
	r := &vis.Result{Figure: "walk", Files: []string{"w.png"}}
	r.Add(vis.Score{Name: "z_last", Value: 0.13, Control: new(0.62), N: 8, Better: measure.Lower, Of: "median", Against: "snap"})
	r.Add(vis.Score{Name: "a_first", Value: 2, CI95: &eval.Interval{1, 4}, N: 3})
	r.Set("steps", 16.0)
	r.Set("bn", "fixed")
	r.Set("clip", true)
	return r
}

// The JSON keeps the order of scores and settings, and a score without a control says null.
func TestResultJSON(t *testing.T) {
	r := result()
	b, err := json.Marshal(r)
	want := `{"figure":"walk","scores":{"z_last":{"value":0.13,"control":0.62,"n":8,"better":"lower","of":"median","against":"snap"},` +
		`"a_first":{"value":2,"control":null,"ci95":[1,4],"n":3}},"settings":{"steps":16,"bn":"fixed","clip":true},"files":["w.png"]}`
	if err != nil || string(b) != want {
		t.Errorf("%s, %v; want %s", b, err, want)
	}
	var back vis.Result
	if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(&back, r) {
		t.Errorf("%+v, %v", back, err)
	}
	for _, bad := range []string{`{"scores":[]}`, `{"scores":{"a":1}}`, `{"settings":3}`} {
		if err := json.Unmarshal([]byte(bad), &back); err == nil {
			t.Errorf("%s passes", bad)
		}
	}
}

func TestMeasurements(t *testing.T) {
	var names []string
	for _, m := range result().Measurements() {
		names = append(names, m.Name)
		if ci := m.CI95; (ci != nil) != (m.Name == "a_first") || ci != nil && *ci != [2]float64{1, 4} {
			t.Errorf("%s has the interval %v", m.Name, ci)
		}
		if err := m.Check(); err != nil {
			t.Error(err)
		}
	}
	if got := strings.Join(names, " "); got != "z_last z_last_control a_first" {
		t.Errorf("measurements %s", got)
	}
}

// A number that is not known becomes a warning, not an invalid record.
func TestAddNotFinite(t *testing.T) {
	r := &vis.Result{Figure: "turn"}
	r.Add(vis.Score{Name: "a", Value: 1, Control: new(math.NaN())})
	r.Add(vis.Score{Name: "b", Value: math.Inf(1)})
	r.Add(vis.Score{Name: "c", Value: 1, CI95: &eval.Interval{math.NaN(), 2}})
	if a, ok := r.Score("a"); !ok || a.Control != nil || len(r.Scores) != 2 || len(r.Warnings) != 2 || r.Scores[1].CI95 != nil {
		t.Errorf("%+v", r)
	}
}

func TestCheck(t *testing.T) {
	if err := result().Check(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*vis.Result){
		"figure":     func(r *vis.Result) { r.Figure = "" },
		"at most":    func(r *vis.Result) { r.Files = make([]string, 201) },
		"finite":     func(r *vis.Result) { r.Scores[0].Value = math.NaN() },
		"lower one":  func(r *vis.Result) { r.Scores[1].CI95 = &eval.Interval{4, 1} },
		"ends are":   func(r *vis.Result) { r.Scores[1].CI95 = &eval.Interval{0, math.Inf(1)} },
		"64 digits":  func(r *vis.Result) { r.Pictures = []vis.Picture{{Path: "a.png"}} },
		`"path"`:     func(r *vis.Result) { r.Pictures = []vis.Picture{{SHA256: strings.Repeat("0", 64)}} },
		"n is not":   func(r *vis.Result) { r.Scores[1].N = -1 },
		"40 bytes":   func(r *vis.Result) { r.Figure = strings.Repeat("x", 41) },
		"200 can be": func(r *vis.Result) { r.Warnings = make([]string, 300) },
	} {
		r := result()
		change(r)
		if err := r.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// A record that was written before scores had intervals is read as before.
func TestOldRecord(t *testing.T) {
	var r vis.Result
	old := `{"figure":"invert","scores":{"gap":{"value":20,"control":null,"n":24,"better":"higher","of":"decibels (95 % interval 14.0 to 25.0)"}},"settings":{},"files":[]}`
	if err := json.Unmarshal([]byte(old), &r); err != nil {
		t.Fatal(err)
	}
	if s, ok := r.Score("gap"); !ok || s.CI95 != nil || s.Value != 20 || r.Check() != nil {
		t.Errorf("%+v, %v", s, r.Check())
	}
}
