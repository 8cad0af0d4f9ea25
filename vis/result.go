package vis

import (
	"errors"
	"fmt"
	"math"

	"repbench/eval"
	"repbench/internal/measure"
)

// Kind is the kind of the records of figures.
const Kind = "vis"

// Score is a number that a figure carries, beside the score of its control.
type Score struct {
	// Name is one of the figure's names: "largest_step_p95".
	Name string `json:"-"`
	// Value is what was measured of the figure.
	Value float64 `json:"value"`
	// Control is the same of the control; nil: the score has none.
	Control *float64 `json:"control"`
	// CI95 is the 95 % interval of Value over its cases; nil: it has none, or none is known.
	CI95 *eval.Interval `json:"ci95,omitempty"`
	// N is the number of cases behind Value: segments, images, units.
	N int `json:"n"`
	// Better says which values are better; "": neither.
	Better measure.Direction `json:"better,omitempty"`
	// Of says in a few words what Value and N are of: "largest step / chord, 95 % of 8 segments".
	Of string `json:"of,omitempty"`
	// Against says what the control is: "snap to the nearest of 5,000 generated images".
	Against string `json:"against,omitempty"`
}

// Setting is an option of a figure with its value, a string, a number or a boolean.
type Setting struct {
	// Name is the option's, as the command line has it: "steps".
	Name string
	// Value is its value.
	Value any
}

// Picture is a file that a report shows.
type Picture struct {
	// Path is the file, in a record relative to the folder of the file of records.
	Path string `json:"path"`
	// SHA256 is the hash of its content, in hexadecimal.
	SHA256 string `json:"sha256"`
	// Caption says what is seen.
	Caption string `json:"caption"`
}

// Result is a figure: its scores, its settings and its files. A pointer to it is the result of a
// record, see package record.
type Result struct {
	// Figure is the name of the command that made it: "walk".
	Figure string `json:"figure"`
	// Says is a sentence that puts the scores in words.
	Says string `json:"says,omitempty"`
	// Scores are the numbers, the most important first.
	Scores Scores `json:"scores"`
	// Settings are the options that decide the figure, in an order of its own.
	Settings Settings `json:"settings"`
	// Files are the paths of all files that were written.
	Files []string `json:"files"`
	// Pictures are the files that a report shows.
	Pictures []Picture `json:"pictures,omitempty"`
	// Warnings are caveats that a reader must know.
	Warnings []string `json:"warnings,omitempty"`
	// Seconds is the time that it took.
	Seconds float64 `json:"seconds,omitempty"`
}

// NewResult is a figure without scores and files.
func NewResult(figure string) *Result { return &Result{Figure: figure, Files: []string{}} }

// Scores are scores in an order; their JSON is an object by name.
type Scores []Score

// Settings are settings in an order; their JSON is an object by name.
type Settings []Setting

// Score returns a score by its name; ok is false where there is none.
func (r *Result) Score(name string) (s Score, ok bool) {
	for _, s := range r.Scores {
		if s.Name == name {
			return s, true
		}
	}
	return Score{}, false
}

// Add adds a score. A value or control that is not finite is left out with a warning, for a figure
// of which one number is not known is still a figure. An interval that is not finite is left out.
func (r *Result) Add(s Score) {
	if s.Control != nil && !finite(*s.Control) {
		r.Warn("the control of %s is not known%s", s.Name, why(*s.Control))
		s.Control = nil
	}
	if s.CI95 != nil && !(finite(s.CI95[0]) && finite(s.CI95[1])) {
		s.CI95 = nil
	}
	if !finite(s.Value) {
		r.Warn("%s is not known%s", s.Name, why(s.Value))
		return
	}
	r.Scores = append(r.Scores, s)
}

// Set adds a setting.
func (r *Result) Set(name string, value any) {
	r.Settings = append(r.Settings, Setting{name, value})
}

// Warn adds a warning.
func (r *Result) Warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

// why says of a value that is not finite what it is; NaN is no word for people.
func why(v float64) string {
	if math.IsInf(v, 0) {
		return ": it is infinite"
	}
	return ": there is nothing to measure it by"
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Kind implements record.Result.
func (r *Result) Kind() string { return Kind }

// Measurements implements record.Result: each score, followed by its control under its name with
// "_control".
func (r *Result) Measurements() []measure.Measurement {
	var out []measure.Measurement
	for _, s := range r.Scores {
		out = append(out, measure.Measurement{Name: s.Name, Value: s.Value, CI95: (*[2]float64)(s.CI95), Cases: s.N, Better: s.Better})
		if s.Control != nil {
			out = append(out, measure.Measurement{Name: s.Name + "_control", Value: *s.Control, Cases: s.N})
		}
	}
	return out
}

// Limits of a result that is read from a file, far above any real figure.
const (
	maxEntries = 200
	maxText    = 2000
)

// Check says what is wrong with a result that was read.
func (r *Result) Check() error {
	if r.Figure == "" || len(r.Figure) > 40 {
		return errors.New(`a figure needs its name as "figure", of at most 40 bytes`)
	}
	for what, n := range map[string]int{"scores": len(r.Scores), "settings": len(r.Settings), "files": len(r.Files),
		"pictures": len(r.Pictures), "warnings": len(r.Warnings)} {
		if n > maxEntries {
			return fmt.Errorf("%s has %d entries; at most %d can be reported", what, n, maxEntries)
		}
	}
	for _, s := range r.Scores {
		if !finite(s.Value) || s.Control != nil && !finite(*s.Control) || s.N < 0 {
			return fmt.Errorf("score %.40q has the value %g for n = %d; values are finite and n is not negative", s.Name, s.Value, s.N)
		}
	}
	for _, s := range r.Scores {
		if ci := s.CI95; ci != nil && !(finite(ci[0]) && finite(ci[1]) && ci[0] <= ci[1]) {
			return fmt.Errorf("score %.40q has the interval %v; its ends are finite, and the lower one comes first", s.Name, *ci)
		}
	}
	for _, p := range r.Pictures {
		if p.Path == "" || len(p.Path) > maxText || len(p.SHA256) != 64 {
			return fmt.Errorf(`picture %.80q needs a "path", and a "sha256" of 64 digits`, p.Path)
		}
	}
	return nil
}
