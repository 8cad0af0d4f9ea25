package reports

import (
	"math"
	"slices"

	"repbench/reports/record"
	"repbench/train/runfolder"
)

// summarise fills the numbers of a TrainingResult from the logged steps.
func summarise(t *record.TrainingResult, ms []runfolder.Metrics) {
	t.Logged = len(ms)
	if len(ms) == 0 {
		return
	}
	end := ms[len(ms)-1]
	tail := ms[len(ms)-(len(ms)+9)/10:]
	t.Step = end.Step
	t.Images, t.Seconds = optional(end.Images), optional(end.Seconds)
	t.ImagesPerSecond = optional(median(values(ms, func(m runfolder.Metrics) float64 { return m.ImagesPerSecond })))
	t.DLoss = optional(mean(values(tail, func(m runfolder.Metrics) float64 { return m.Get("d_loss") })))
	t.GLoss = optional(mean(values(tail, func(m runfolder.Metrics) float64 { return m.Get("g_loss") })))
	t.DReal = optional(mean(values(tail, func(m runfolder.Metrics) float64 { return m.Get("d_real") })))
	t.DFake = optional(mean(values(tail, func(m runfolder.Metrics) float64 { return m.Get("d_fake") })))
}

// optional is nil for NaN, which JSON cannot hold.
func optional(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// values are those of get that are known.
func values(ms []runfolder.Metrics, get func(runfolder.Metrics) float64) []float64 {
	var out []float64
	for _, m := range ms {
		if v := get(m); !math.IsNaN(v) {
			out = append(out, v)
		}
	}
	return out
}

// mean is NaN for no value.
func mean(vs []float64) float64 {
	var sum float64
	for _, v := range vs {
		sum += v
	}
	return sum / float64(len(vs))
}

// median is NaN for no value.
func median(vs []float64) float64 {
	if len(vs) == 0 {
		return math.NaN()
	}
	vs = slices.Sorted(slices.Values(vs))
	return (vs[(len(vs)-1)/2] + vs[len(vs)/2]) / 2
}
