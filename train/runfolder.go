package train

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"repbench/internal/atomicfile"
	"repbench/internal/jsonfile"
)

// Files of a run folder.
const (
	configFile  = "config.json"
	metricsFile = "metrics.jsonl"
	logFile     = "log.txt"
	lockFile    = ".lock"
	// SamplesDir is the folder of the sample sheets.
	SamplesDir = "samples"
)

// ErrDiffers is wrapped by the error of Run when a run folder was begun with
// other options.
var ErrDiffers = errors.New("options differ from those the run was begun with")

// Config is a run's config.json.
type Config struct {
	Arch         string      `json:"arch"`
	Width        int         `json:"width"`
	Channels     int         `json:"channels"` // 1 (grey) or 3 (RGB)
	ZDim         int         `json:"z_dim"`
	ZPrior       Prior       `json:"z_prior"`
	Data         string      `json:"data"`
	DataSource   string      `json:"data_source"`
	DataHash     string      `json:"data_hash"`
	Images       int         `json:"images"`
	Batch        int         `json:"batch"`
	Steps        int64       `json:"steps"`
	Seed         uint64      `json:"seed"`
	Alternate    Alternation `json:"alternate"`
	LearningRate float64     `json:"learning_rate"`
	Beta1        float64     `json:"beta1"`
	Beta2        float64     `json:"beta2"`
	Epsilon      float64     `json:"epsilon"`
	WeightDecay  float64     `json:"weight_decay"`
	Samples      int         `json:"samples"`
	Backend      string      `json:"backend"`

	// These do not decide the result and may change when a run is resumed.
	LogEvery        int64 `json:"log_every"`
	SampleEvery     int64 `json:"sample_every"`
	CheckpointEvery int64 `json:"checkpoint_every"`
	Keep            int   `json:"keep"`
	// Record is what the caller added: versions, commit, command.
	Record map[string]any `json:"record,omitempty"`
}

func newConfig(o Options, d Data, backend string) Config {
	a := o.adam()
	return Config{
		Arch: o.Arch.Name, Width: o.Arch.Width, Channels: o.Arch.Channels, ZDim: o.Arch.ZDim, ZPrior: o.Arch.Prior,
		Data: d.Name, DataSource: d.Source, DataHash: d.Hash, Images: d.Images.N,
		Batch: o.Batch, Steps: o.Steps, Seed: o.Seed, Alternate: o.Alternate,
		LearningRate: a.LearningRate, Beta1: a.Beta1, Beta2: a.Beta2, Epsilon: a.Epsilon, WeightDecay: a.WeightDecay,
		Samples: o.Samples, Backend: backend, Record: o.Record,
		LogEvery: o.LogEvery, SampleEvery: o.SampleEvery, CheckpointEvery: o.CheckpointEvery, Keep: o.Keep,
	}
}

// differences names the options on which a resumed run must agree and does not.
// Steps may change, since nothing depends on when a run ends, and the source,
// since the hash tells whether the data are the same.
func (c Config) differences(old Config) []string {
	return fieldDifferences(c, old, freeFields...)
}

// freeFields are the fields of Config on which a resumed run need not agree.
var freeFields = []string{"steps", "data_source", "log_every", "sample_every", "checkpoint_every", "keep", "record"}

// fieldDifferences names the fields, by their JSON names, in which two values of
// one struct type differ, but for those in free.
func fieldDifferences(c, old any, free ...string) []string {
	var diff []string
	a, b := reflect.ValueOf(c), reflect.ValueOf(old)
	for i := range a.NumField() {
		name, _, _ := strings.Cut(a.Type().Field(i).Tag.Get("json"), ",")
		x, y := a.Field(i).Interface(), b.Field(i).Interface()
		if !slices.Contains(free, name) && !reflect.DeepEqual(x, y) {
			diff = append(diff, fmt.Sprintf("%s is %v, was %v", name, x, y))
		}
	}
	sort.Strings(diff)
	return diff
}

// optionsHash is the SHA-256 of a configuration's fields that are not free. Fields
// with their zero value are left out, so that a later field with a zero default
// does not change the hashes of older runs.
func optionsHash(c any, free ...string) (string, error) {
	deciding := map[string]any{}
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if !slices.Contains(free, name) && !v.Field(i).IsZero() {
			deciding[name] = v.Field(i).Interface()
		}
	}
	b, err := json.Marshal(deciding) // keys in alphabetical order
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// ReadConfig reads the config.json of a run folder. One without a number of channels
// is of a version that trained on RGB images alone.
func ReadConfig(run string) (Config, error) {
	c, err := ReadConfigAs[Config](run)
	if err == nil && c.Channels == 0 {
		c.Channels = 3
	}
	return c, err
}

// ReadConfigAs reads the config.json of a run folder whose model is not a DCGAN.
func ReadConfigAs[C any](run string) (C, error) {
	var c C
	err := jsonfile.Read(filepath.Join(run, configFile), &c)
	if errors.Is(err, fs.ErrNotExist) {
		return c, fmt.Errorf("%s is no run folder: it has no %s", run, configFile)
	}
	return c, err
}

// folder is an open run folder, locked against other processes.
type folder struct {
	dir     string
	lock    *flock.Flock
	options string // optionsHash of the configuration, kept in each checkpoint
}

// openFolder creates or opens a run folder and checks that the configuration
// agrees with the one it was begun with.
func openFolder(dir string, c Config) (*folder, error) {
	if err := os.MkdirAll(filepath.Join(dir, SamplesDir), 0o755); err != nil {
		return nil, err
	}
	f, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	if err = f.agrees(c); err == nil {
		f.options, err = optionsHash(c, freeFields...)
	}
	if err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

// lockFolder opens a run folder that exists.
func lockFolder(dir string) (*folder, error) {
	f := &folder{dir: dir, lock: flock.New(filepath.Join(dir, lockFile))}
	ok, err := f.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock run folder %s: %w", dir, err)
	}
	if !ok {
		return nil, fmt.Errorf("run folder %s is in use by another process", dir)
	}
	return f, nil
}

// agrees compares c with the config.json of the folder, if it has one.
func (f *folder) agrees(c Config) error {
	if _, err := os.Stat(filepath.Join(f.dir, configFile)); errors.Is(err, fs.ErrNotExist) {
		return f.unbegun()
	}
	old, err := ReadConfig(f.dir)
	if err != nil {
		return err
	}
	if diff := c.differences(old); len(diff) > 0 {
		return f.differs(diff)
	}
	return nil
}

// unbegun returns an error where a folder without config.json holds a training all
// the same: nobody can tell with which options it was begun.
func (f *folder) unbegun() error {
	dirs, err := checkpoints(f.dir)
	if err != nil {
		return err
	}
	found := ""
	if len(dirs) > 0 {
		found = filepath.Join(checkpointDir, filepath.Base(dirs[len(dirs)-1]))
	} else if info, err := os.Stat(filepath.Join(f.dir, metricsFile)); err == nil && info.Size() > 0 {
		found = metricsFile
	}
	if found == "" {
		return nil
	}
	return fmt.Errorf("%s holds a training (%s) but no %s, so its options are unknown: restore %s, or take another folder",
		f.dir, found, configFile, configFile)
}

// owns checks that a checkpoint was written with the options of this folder's
// configuration.
func (f *folder) owns(s State) error { return s.writtenWith(f.dir, f.options) }

// writtenWith checks that a checkpoint of a run was written with the options of
// this hash. Checkpoints of older versions do not say.
func (s State) writtenWith(run, options string) error {
	if s.Options == "" || s.Options == options {
		return nil
	}
	return fmt.Errorf("%s: %w: the checkpoint of step %d was written with other options than %s names; restore the %s it was begun with, or take another folder",
		run, ErrDiffers, s.Step, configFile, configFile)
}

func (f *folder) differs(diff []string) error {
	return fmt.Errorf("%s: %w: %s; use another folder, or the same options", f.dir, ErrDiffers, strings.Join(diff, "; "))
}

// configure writes config.json. Of a resumed run it keeps what the first
// sitting recorded, such as versions; log.txt tells of the later ones.
func (f *folder) configure(c Config) error {
	if old, err := ReadConfig(f.dir); err == nil && old.Record != nil {
		c.Record = old.Record
	}
	return jsonfile.Write(filepath.Join(f.dir, configFile), c)
}

func (f *folder) close() error { return f.lock.Unlock() }

// logf appends a line with the time of day to log.txt.
func (f *folder) logf(format string, args ...any) error {
	line := time.Now().UTC().Format("2006-01-02 15:04:05 ") + fmt.Sprintf(format, args...) + "\n"
	return appendTo(filepath.Join(f.dir, logFile), []byte(line))
}

func appendTo(path string, b []byte) error {
	w, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return errors.Join(err, w.Close())
}

// Metrics is one line of metrics.jsonl. Losses are null until their network
// was trained once.
type Metrics struct {
	Step            int64    `json:"step"`
	Images          int64    `json:"images"`
	Seconds         float64  `json:"seconds"`
	ImagesPerSecond float64  `json:"images_per_second"`
	DLoss           *float64 `json:"d_loss"`
	GLoss           *float64 `json:"g_loss"`
	DReal           *float64 `json:"d_real"`
	DFake           *float64 `json:"d_fake"`
}

func (f *folder) appendMetrics(m any) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return appendTo(filepath.Join(f.dir, metricsFile), append(b, '\n'))
}

// rewind drops the lines of metrics.jsonl after a step, which a resumed run
// will write again, and a last line that a kill cut short. It returns the last
// line that stays.
func (f *folder) rewind(step int64) (last Metrics, err error) {
	return rewind(f, step, func(m Metrics) int64 { return m.Step })
}

// rewind is the method for lines of any type, of which stepOf tells the step.
func rewind[M any](f *folder, step int64, stepOf func(M) int64) (last M, err error) {
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
		var m M
		if !bytes.HasSuffix(line, []byte("\n")) || json.Unmarshal(line, &m) != nil || stepOf(m) > step {
			break
		}
		kept.Write(line)
		last = m
	}
	if kept.Len() == len(b) {
		return last, nil
	}
	return last, atomicfile.WriteFile(path, kept.Bytes(), 0o644)
}
