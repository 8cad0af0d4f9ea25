package runfolder

import (
	"math"
	"strings"
	"testing"
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
