package runfolder

import (
	"math"
	"strings"
	"testing"

	"repbench/internal/measure"
)

func TestSummarise(t *testing.T) {
	var ms []Metrics
	for i := range 20 {
		// The last tenth, two steps, has the losses 18 and 19.
		ms = append(ms, Metrics{Step: int64(i + 1), Images: math.NaN(), Seconds: float64(i), ImagesPerSecond: float64(10 * i),
			Values: []Value{{Name: "d_loss", Value: float64(i)}, {Name: "d_real", Value: 0.5}, {Name: "d_fake", Value: math.NaN()}}})
	}
	r := Summarise(nil, ms)
	if r.Logged != 20 || r.Step != 20 || *r.Seconds != 19 || *r.DLoss != 18.5 || *r.DReal != 0.5 {
		t.Errorf("summary %+v", r)
	}
	if *r.ImagesPerSecond != 95 { // the median of 0, 10, …, 190
		t.Errorf("median %v, want 95", *r.ImagesPerSecond)
	}
	if r.Images != nil || r.GLoss != nil || r.DFake != nil {
		t.Error("what was never logged must be nil")
	}
	none := Summarise(nil, nil)
	if none.Logged != 0 || none.Seconds != nil {
		t.Errorf("summary of nothing: %+v", none)
	}
}

func FuzzParseMetrics(f *testing.F) {
	f.Add([]byte("{\"step\":1,\"d_loss\":0.7}\n{\"step\":2"))
	f.Add([]byte("{\"step\":1,\"d_loss\":null}\n\n{\"step\":1}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		ms, _, err := ParseMetrics(strings.NewReader(string(b)), "f")
		for i := 1; err == nil && i < len(ms); i++ {
			if ms[i].Step <= ms[i-1].Step {
				t.Errorf("step %d stands after step %d", ms[i].Step, ms[i-1].Step)
			}
		}
		r := Summarise(nil, ms)
		if r.Logged != len(ms) {
			t.Errorf("%d steps summarised as %d", len(ms), r.Logged)
		}
	})
}

// The newest measured numbers are part of the summary, each with the images that it is of.
func TestSummariseMeasured(t *testing.T) {
	line := func(step int64, values ...Value) Metrics { return Metrics{Step: step, Values: values} }
	ms := []Metrics{
		line(10, Value{"d_loss", 1}, Value{"nnd_1000", 20}, Value{"nnd_1000_train", 19}, Value{"frechet", 30}, Value{"measure_seconds", 4}),
		line(20, Value{"d_loss", 1}),
		line(30, Value{"nnd_1000", 18}, Value{"nnd_1000_train", math.NaN()}, Value{"frechet", 25}, Value{"frechet_real", 2}, Value{"nnd_2000", 5}),
	}
	s := Summarise(map[string]any{"measure": map[string]any{"held_out": "valid"}}, ms)
	want := map[string]float64{"nnd_1000": 18, "nnd_1000_train": 19, "frechet": 25, "frechet_real": 2}
	if len(s.Measured) != len(want) {
		t.Errorf("measured %v, want %v", s.Measured, want)
	}
	for name, v := range want {
		if s.Measured[name] != v {
			t.Errorf("%s is %g, want %g", name, s.Measured[name], v)
		}
	}
	got := map[string]measure.Measurement{}
	for _, m := range s.Measurements() {
		if err := m.Check(); err != nil {
			t.Error(err)
		}
		got[m.Name] = m
	}
	for name, on := range map[string]string{"nnd_1000": "valid", "nnd_1000_train": "train", "frechet": "valid", "frechet_real": "valid"} {
		better := measure.Direction("")
		if name == "frechet" {
			better = measure.Lower
		}
		if m := got[name]; m.ReportedOn != on || m.Better != better || m.Value != want[name] {
			t.Errorf("%s: %+v", name, m)
		}
	}
	if s := Summarise(nil, ms[1:2]); s.Measured != nil {
		t.Errorf("nothing measured: %+v", s)
	}
	if m := (&Summary{Measured: map[string]float64{"frechet": 1}}).Measurements(); m[0].ReportedOn != "held-out" {
		t.Errorf("without options: %+v", m[0])
	}
}
