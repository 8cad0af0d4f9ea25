package runfolder

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"repbench/internal/jsonfile"
)

// Limits on the size of a run folder's files, which another program may have written.
const (
	maxConfigBytes = 1 << 20
	maxMetrics     = 2_000_000
)

// Run is the content of a run folder.
type Run struct {
	// Config is the content of config.json; numbers keep their digits, as json.Number.
	Config map[string]any
	// Metrics are the logged steps in ascending order; empty for a run that has not logged yet.
	Metrics []Metrics
	// Torn reports that the last line was cut off and is left out.
	Torn bool
	// Samples are the first, the middle and the last sample sheet, where they exist.
	Samples []Sample
}

// Is reports whether a folder is a run folder, that is, has a config.json.
func Is(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, configFile))
	return err == nil
}

// ReadRun reads a run folder of any model.
func ReadRun(dir string) (r Run, err error) {
	if r.Config, err = ReadConfig(dir); err != nil {
		return r, err
	}
	if r.Metrics, r.Torn, err = readMetrics(filepath.Join(dir, metricsFile)); err != nil {
		return r, err
	}
	r.Samples, err = ReadSamples(filepath.Join(dir, samplesDir))
	return r, err
}

// readMetrics reads a metrics.jsonl; a run that has not logged yet has none.
func readMetrics(path string) (ms []Metrics, torn bool, err error) {
	f, err := jsonfile.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read metrics: %w", err)
	}
	defer f.Close()
	return ParseMetrics(f, path)
}

// ParseMetrics reads a metrics.jsonl, one JSON object per line, and returns its steps in
// ascending order. If a step occurs more than once, as after a training was resumed, its last
// line counts. A last line that was cut off is left out, and torn is true. Any other bad line
// gives an error that names the file (name) and the line.
func ParseMetrics(r io.Reader, name string) (ms []Metrics, torn bool, err error) {
	err = jsonfile.EachLine(r, name, func(_ int, m Metrics) error {
		if len(ms) == maxMetrics {
			return fmt.Errorf("more than %d logged steps", maxMetrics)
		}
		ms = append(ms, m)
		return nil
	})
	if err != nil && !errors.Is(err, jsonfile.ErrTorn) {
		return nil, false, err
	}
	return lastOfEach(ms), err != nil, nil
}

// lastOfEach sorts by step and keeps the last of equal steps.
func lastOfEach(ms []Metrics) []Metrics {
	slices.SortStableFunc(ms, func(a, b Metrics) int { return cmp.Compare(a.Step, b.Step) })
	var out []Metrics
	for i, m := range ms {
		if i+1 < len(ms) && ms[i+1].Step == m.Step {
			continue
		}
		out = append(out, m)
	}
	return out
}
