package reports

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"repbench/reports/record"
	"repbench/train/autoencoder"
	"repbench/train/dcgan"
	"repbench/train/mnistcond"
	"repbench/train/runfolder"
)

// Run is a training run.
type Run struct {
	// Name is the name of its folder.
	Name string
	// Record is the run's summary, of the kind Training.
	Record record.Record
	// Metrics are its logged steps, ascending; none for a run that is known by
	// its record alone.
	Metrics []runfolder.Metrics
	// Samples are its first, middle and last sheet, as far as there are any.
	Samples []runfolder.Sample
}

// loadRun reads a run folder; notices are what a reader should know about it.
func loadRun(dir string) (r Run, notices []string, err error) {
	r.Name = baseName(dir)
	run, err := runfolder.ReadRun(dir)
	if err != nil {
		return r, nil, err
	}
	check := dcgan.CheckRun
	switch option(run.Config, "arch") {
	case autoencoder.Arch:
		check = autoencoder.CheckRun
	case mnistcond.Name:
		check = mnistcond.CheckRun
	}
	if err := check(dir); errors.Is(err, runfolder.ErrDiffers) {
		return r, nil, err
	}
	r.Metrics, r.Samples = run.Metrics, run.Samples
	if run.Torn {
		notices = append(notices, fmt.Sprintf("The last line of metrics.jsonl of run %s is cut off and was left out; the run was stopped while it wrote it.", r.Name))
	}
	r.Record, err = runRecord(r.Name, run.Config, r.Metrics)
	return r, notices, err
}

// baseName is the name of a folder, also for "." and a trailing slash.
func baseName(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return filepath.Base(dir)
}

// runRecord is the record of a run with these options and logged steps.
func runRecord(name string, config map[string]any, ms []runfolder.Metrics) (record.Record, error) {
	data, source, _ := strings.Cut(option(config, "data"), "=")
	r := record.Record{
		Encoder: record.Encoder{Spec: "dcgan:" + name, Architecture: option(config, "arch")},
		Data:    record.Data{Name: data, Source: cmp.Or(option(config, "data_source"), source), Hash: option(config, "data_hash")},
		Backend: option(config, "backend"),
		Result:  runfolder.Summarise(config, ms),
		Versions: record.Versions{
			Repbench:  noted(config, "versions", "repbench"),
			Go:        noted(config, "versions", "go"),
			GitCommit: noted(config, "git_commit"),
		},
	}
	if seed, err := strconv.ParseUint(option(config, "seed"), 10, 64); err == nil {
		r.Seed, r.TrainingSeed = seed, &seed // the exact text is in Config
	}
	id, err := record.NewID(r, option(config, "steps"), option(config, "width"), option(config, "batch"))
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
