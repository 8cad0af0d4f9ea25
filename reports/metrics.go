package reports

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"repbench/internal/jsonfile"
)

// Metric is what a training logged at one step. A value that is null or absent
// in the file (JSON has no NaN) is NaN.
type Metric struct {
	Step                             int64
	Images, Seconds, ImagesPerSecond float64
	// DLoss and GLoss are the losses of discriminator and generator.
	DLoss, GLoss float64
	// DReal and DFake are the mean D(x) over real and D(G(z)) over generated
	// images, probabilities.
	DReal, DFake float64
}

// metricLine is a Metric in a metrics.jsonl.
type metricLine struct {
	Step            *int64   `json:"step"`
	Images          *float64 `json:"images"`
	Seconds         *float64 `json:"seconds"`
	ImagesPerSecond *float64 `json:"images_per_second"`
	DLoss           *float64 `json:"d_loss"`
	GLoss           *float64 `json:"g_loss"`
	DReal           *float64 `json:"d_real"`
	DFake           *float64 `json:"d_fake"`
}

// ParseMetrics reads a metrics.jsonl, one JSON object a line, and returns its
// steps in ascending order. Of a step that is there more than once, as after a
// training was resumed, the last line counts. A last line that was cut off is
// left out and torn is true. Any other bad line is an error that names the file
// (name) and the line.
func ParseMetrics(r io.Reader, name string) (ms []Metric, torn bool, err error) {
	err = jsonfile.EachLine(r, name, func(_ int, l metricLine) error {
		if l.Step == nil || *l.Step < 0 {
			return errors.New(`a logged step needs a "step" of 0 or more`)
		}
		if len(ms) == maxMetrics {
			return fmt.Errorf("more than %d logged steps", maxMetrics)
		}
		ms = append(ms, Metric{
			Step: *l.Step, Images: known(l.Images), Seconds: known(l.Seconds),
			ImagesPerSecond: known(l.ImagesPerSecond), DLoss: known(l.DLoss), GLoss: known(l.GLoss),
			DReal: known(l.DReal), DFake: known(l.DFake),
		})
		return nil
	})
	if err != nil && !errors.Is(err, jsonfile.ErrTorn) {
		return nil, false, err
	}
	return lastOfEach(ms), err != nil, nil
}

// known is *v, or NaN.
func known(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// lastOfEach sorts by step and keeps the last of equal steps.
func lastOfEach(ms []Metric) []Metric {
	slices.SortStableFunc(ms, func(a, b Metric) int { return cmp.Compare(a.Step, b.Step) })
	var out []Metric
	for i, m := range ms {
		if i+1 < len(ms) && ms[i+1].Step == m.Step {
			continue
		}
		out = append(out, m)
	}
	return out
}

// summarise fills the numbers of a TrainingResult from the logged steps.
func (t *TrainingResult) summarise(ms []Metric) {
	t.Logged = len(ms)
	if len(ms) == 0 {
		return
	}
	end := ms[len(ms)-1]
	tail := ms[len(ms)-(len(ms)+9)/10:]
	t.Step = end.Step
	t.Images, t.Seconds = optional(end.Images), optional(end.Seconds)
	t.ImagesPerSecond = optional(median(values(ms, func(m Metric) float64 { return m.ImagesPerSecond })))
	t.DLoss = optional(mean(values(tail, func(m Metric) float64 { return m.DLoss })))
	t.GLoss = optional(mean(values(tail, func(m Metric) float64 { return m.GLoss })))
	t.DReal = optional(mean(values(tail, func(m Metric) float64 { return m.DReal })))
	t.DFake = optional(mean(values(tail, func(m Metric) float64 { return m.DFake })))
}

// optional is nil for NaN, which JSON cannot hold.
func optional(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// values are those of get that are known.
func values(ms []Metric, get func(Metric) float64) []float64 {
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
