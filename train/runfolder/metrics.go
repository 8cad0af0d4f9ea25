package runfolder

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"repbench/internal/atomicfile"
)

// Metrics is one line of metrics.jsonl: the values that a training logged at one step. A number
// that is null or absent in the file (JSON has no NaN) is NaN.
type Metrics struct {
	// Step is the number of updates done.
	Step int64
	// Images is the number of training images seen, Seconds the time spent over all sittings,
	// ImagesPerSecond the speed since the previous line.
	Images, Seconds, ImagesPerSecond float64
	// Values are the losses and all other logged values, in the order of the file.
	Values []Value
}

// Value is a named number in a line.
type Value struct {
	// Name is the field name in the file.
	Name string
	// Value is the number; NaN if it is null in the file.
	Value float64
}

// Get returns the value with the given name; NaN if there is none.
func (m Metrics) Get(name string) float64 {
	for _, v := range m.Values {
		if v.Name == name {
			return v.Value
		}
	}
	return math.NaN()
}

// MarshalJSON writes the line.
func (m Metrics) MarshalJSON() ([]byte, error) {
	b := fmt.Appendf(nil, `{"step":%d`, m.Step)
	for _, v := range append([]Value{{"images", m.Images}, {"seconds", m.Seconds}, {"images_per_second", m.ImagesPerSecond}}, m.Values...) {
		name, err := json.Marshal(v.Name)
		if err != nil {
			return nil, err
		}
		number := []byte("null")
		if !math.IsNaN(v.Value) && !math.IsInf(v.Value, 0) {
			if number, err = json.Marshal(v.Value); err != nil {
				return nil, err
			}
		}
		b = append(append(append(append(b, ','), name...), ':'), number...)
	}
	return append(b, '}'), nil
}

// UnmarshalJSON reads a line. It ignores unknown fields that hold no number.
func (m *Metrics) UnmarshalJSON(b []byte) error {
	nan := math.NaN()
	*m = Metrics{Step: -1, Images: nan, Seconds: nan, ImagesPerSecond: nan}
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New("a logged step is a JSON object")
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		if err := m.set(name.(string), raw); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if m.Step < 0 {
		return errors.New(`a logged step needs a "step" of 0 or more`)
	}
	return nil
}

func (m *Metrics) set(name string, raw json.RawMessage) error {
	if name == "step" {
		return json.Unmarshal(raw, &m.Step)
	}
	var v *float64
	err := json.Unmarshal(raw, &v)
	if v == nil {
		nan := math.NaN()
		v = &nan
	}
	switch name {
	case "images":
		m.Images = *v
	case "seconds":
		m.Seconds = *v
	case "images_per_second":
		m.ImagesPerSecond = *v
	default:
		if err == nil {
			m.Values = append(m.Values, Value{name, *v})
		}
		return nil
	}
	return err
}

// AppendMetrics appends a line to metrics.jsonl, and its numbers to the event file if one is written.
func (f *Folder) AppendMetrics(m Metrics) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return errors.Join(appendTo(filepath.Join(f.dir, metricsFile), append(b, '\n')), f.appendEvents(m))
}

// Rewind removes the lines of metrics.jsonl after a step, which a resumed run will write again,
// and a last line that was cut short when the process was killed. It returns the last remaining
// line, or the zero value. The event file, if one is written, then holds the same lines.
func (f *Folder) Rewind(step int64) (last Metrics, err error) {
	if last, err = f.rewind(step); err == nil {
		err = f.beginEvents()
	}
	return last, err
}

func (f *Folder) rewind(step int64) (last Metrics, err error) {
	path := filepath.Join(f.dir, metricsFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return last, nil
	}
	if err != nil {
		return last, err
	}
	var kept bytes.Buffer
	for line := range bytes.Lines(b) {
		var m Metrics
		if !bytes.HasSuffix(line, []byte("\n")) || json.Unmarshal(line, &m) != nil || m.Step > step {
			break
		}
		kept.Write(line)
		last = m
	}
	if math.IsNaN(last.Seconds) {
		last.Seconds = 0
	}
	if kept.Len() == len(b) {
		return last, nil
	}
	return last, atomicfile.WriteFile(path, kept.Bytes(), 0o644)
}
