package reports

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"repbench/internal/jsonfile"
	"repbench/train/runfolder"
)

// Run is a training run.
type Run struct {
	// Name is the name of its folder.
	Name string
	// Record is the run's summary, of the kind Training.
	Record Record
	// Metrics are its logged steps, ascending; none for a run that is known by
	// its record alone.
	Metrics []Metric
	// Samples are its first, middle and last sheet, as far as there are any.
	Samples []runfolder.Sample
}

// Names inside a run folder.
const (
	configFile  = "config.json"
	metricsFile = "metrics.jsonl"
	samplesDir  = "samples"
	recordsFile = "records.jsonl"
)

// loadRun reads a run folder; notices are what a reader should know about it.
func loadRun(dir string) (r Run, notices []string, err error) {
	r.Name = baseName(dir)
	b, err := jsonfile.ReadSmall(filepath.Join(dir, configFile), maxConfigBytes)
	if err != nil {
		return r, nil, fmt.Errorf("read run %s: %w", dir, err)
	}
	config, err := jsonfile.Decode[map[string]any](b)
	if err != nil {
		return r, nil, fmt.Errorf("read run: %s: %w", filepath.Join(dir, configFile), err)
	}
	var torn bool
	r.Metrics, torn, err = readMetrics(filepath.Join(dir, metricsFile))
	if err != nil {
		return r, nil, err
	}
	if torn {
		notices = append(notices, fmt.Sprintf("The last line of %s of run %s is cut off and was left out; the run was stopped while it wrote it.", metricsFile, r.Name))
	}
	if r.Samples, err = runfolder.ReadSamples(filepath.Join(dir, samplesDir)); err != nil {
		return r, nil, err
	}
	r.Record, err = runRecord(r.Name, config, r.Metrics)
	return r, notices, err
}

// baseName is the name of a folder, also for "." and a trailing slash.
func baseName(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return filepath.Base(dir)
}

// readMetrics reads a metrics.jsonl; a run that has not logged yet has none.
func readMetrics(path string) (ms []Metric, torn bool, err error) {
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

// runRecord is the record of a run with these options and logged steps.
func runRecord(name string, config map[string]any, ms []Metric) (Record, error) {
	data, source, _ := strings.Cut(option(config, "data"), "=")
	r := Record{
		Kind:     Training,
		Encoder:  Encoder{Spec: "dcgan:" + name, Architecture: option(config, "arch")},
		Data:     Data{Name: data, Source: cmp.Or(option(config, "data_source"), source), Hash: option(config, "data_hash")},
		Backend:  option(config, "backend"),
		Training: &TrainingResult{Config: config},
		Versions: Versions{
			Repbench:  noted(config, "versions", "repbench"),
			Go:        noted(config, "versions", "go"),
			GitCommit: noted(config, "git_commit"),
		},
	}
	if seed, err := strconv.ParseUint(option(config, "seed"), 10, 64); err == nil {
		r.Seed = seed // the exact text is in Config
	}
	r.Training.summarise(ms)
	id, err := NewID(r, option(config, "steps"), option(config, "width"), option(config, "batch"))
	r.ID = id
	return r, err
}

// noted is an option that stands at the top of a configuration, or among what
// the program noted in its "record".
func noted(config map[string]any, keys ...string) string {
	return cmp.Or(option(config, keys...), option(config, append([]string{"record"}, keys...)...))
}

// option is the value at a path of keys as text; "" where there is none.
func option(config map[string]any, keys ...string) string {
	var v any = config
	for _, k := range keys {
		m, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = m[k]
	}
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return fmt.Sprint(v)
	}
	return ""
}
