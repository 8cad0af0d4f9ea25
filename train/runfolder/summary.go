package runfolder

import (
	"maps"
	"math"
	"slices"
	"strings"

	"repbench/internal/measure"
)

// Summary is a training run in numbers, as records hold it. Its means are over the last
// tenth of the logged steps; a number that was never logged is null.
type Summary struct {
	// Config holds every resolved option, as the run's config.json has it.
	Config map[string]any `json:"config"`
	// Logged is the number of logged steps; Step, Images and Seconds are those of the
	// last.
	Logged  int      `json:"logged"`
	Step    int64    `json:"step"`    // step, from 1
	Images  *float64 `json:"images"`  // images seen, with repetition
	Seconds *float64 `json:"seconds"` // of training, over all sittings
	// ImagesPerSecond is the median of the logged values.
	ImagesPerSecond *float64 `json:"images_per_second"`
	// DLoss and GLoss are the losses, DReal and DFake the discriminator's answers.
	DLoss *float64 `json:"d_loss"`
	GLoss *float64 `json:"g_loss"` // loss of the generator
	DReal *float64 `json:"d_real"` // mean D(x) of real images, 0 to 1
	DFake *float64 `json:"d_fake"` // mean D(G(z)), 0 to 1
	// Measured are the newest numbers measured in the course of the training, by name; nil where
	// there are none.
	Measured map[string]float64 `json:"measured,omitempty"`
}

// Summarise returns the numbers of logged steps beside the options of their run.
func Summarise(config map[string]any, ms []Metrics) *Summary {
	t := &Summary{Config: config, Logged: len(ms)}
	if len(ms) == 0 {
		return t
	}
	end := ms[len(ms)-1]
	tail := ms[len(ms)-(len(ms)+9)/10:]
	t.Step = end.Step
	t.Images, t.Seconds = optional(end.Images), optional(end.Seconds)
	t.ImagesPerSecond = optional(median(values(ms, func(m Metrics) float64 { return m.ImagesPerSecond })))
	t.DLoss = optional(mean(values(tail, func(m Metrics) float64 { return m.Get("d_loss") })))
	t.GLoss = optional(mean(values(tail, func(m Metrics) float64 { return m.Get("g_loss") })))
	t.DReal = optional(mean(values(tail, func(m Metrics) float64 { return m.Get("d_real") })))
	t.DFake = optional(mean(values(tail, func(m Metrics) float64 { return m.Get("d_fake") })))
	t.Measured = newest(ms, measuredNames())
	return t
}

// newest are the newest known values of these names; nil if there are none.
func newest(ms []Metrics, names map[string]Of) (out map[string]float64) {
	for _, m := range ms {
		for _, v := range m.Values {
			if _, ok := names[v.Name]; !ok || optional(v.Value) == nil {
				continue
			}
			if out == nil {
				out = map[string]float64{}
			}
			out[v.Name] = v.Value
		}
	}
	return out
}

// Kind is "training".
func (*Summary) Kind() string { return "training" }

// Measurements are the numbers that are known.
func (s *Summary) Measurements() []measure.Measurement {
	var out []measure.Measurement
	for _, m := range []struct {
		name   string
		value  *float64
		better measure.Direction
	}{
		{"images_per_second", s.ImagesPerSecond, measure.Higher},
		{"d_loss", s.DLoss, ""}, {"g_loss", s.GLoss, ""}, {"d_real", s.DReal, ""}, {"d_fake", s.DFake, ""},
	} {
		if m.value != nil {
			out = append(out, measure.Measurement{Name: m.name, Value: *m.value, Better: m.better, ReportedOn: "train"})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Measured)) {
		out = append(out, s.measurement(name))
	}
	return out
}

// measurement is a number that was measured in the course of the training. A smaller nnd may come
// from better images or from copies, so it has no direction.
func (s *Summary) measurement(name string) measure.Measurement {
	m := measure.Measurement{Name: name, Value: s.Measured[name], ReportedOn: "train"}
	if of := measuredNames()[name]; of != OfTraining {
		m.ReportedOn = "held-out"
		if c, ok := s.Config["measure"].(map[string]any); ok {
			if split, ok := c["held_out"].(string); ok && split != "" {
				m.ReportedOn = split
			}
		}
	}
	if name == Frechet(OfHeldOut) || name == Frechet(OfTraining) || strings.HasPrefix(name, "nnc_") {
		m.Better = measure.Lower
	}
	return m
}

// optional is nil for NaN, which JSON cannot hold.
func optional(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// values are those of get that are known.
func values(ms []Metrics, get func(Metrics) float64) []float64 {
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
