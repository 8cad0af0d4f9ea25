package supervised

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"repbench/backends"
	"repbench/datasets"
	"repbench/eval"
	"repbench/internal/jsonfile"
	"repbench/internal/measure"
	"repbench/internal/progress"
	"repbench/train"
	"repbench/train/runfolder"
)

// Config is the content of config.json in a search folder.
type Config struct {
	Kind     string  `json:"kind"`                       // kind of search
	Arch     string  `json:"arch"`                       // name of the architecture, see dcgan.ArchNames
	Width    int     `json:"width"`                      // maps of D's first layer
	Channels int     `json:"channels,omitempty"`         // of the images: 1 (grey), or 0 for RGB
	Data     string  `json:"data"`                       // name of the data set
	DataHash string  `json:"data_hash"`                  // hash of the data set
	Trials   int     `json:"trials"`                     // trials in all
	Steps    int64   `json:"steps"`                      // minibatches per trial
	Batch    int     `json:"batch"`                      // images per minibatch
	HoldOut  float64 `json:"hold_out"`                   // share of the training images for validation, for sets without a validation split
	Labels   int     `json:"labels_per_class,omitempty"` // labelled images per class, 0 for all
	Protocol string  `json:"protocol,omitempty"`         // "svhn-1000", or "" for none
	Seed     uint64  `json:"seed"`                       // seed of everything random
	Backend  string  `json:"backend"`                    // Spec of the backend
}

// Files of a search folder, besides config.json and log.txt.
const (
	trialsFile  = "trials.json"
	resultFile  = "result.json"
	correctFile = "correct.npy"
)

// Trial is the outcome of one set of hyperparameters.
type Trial struct {
	Hyper
	// ValidAccuracy is the share of validation images classified correctly; 0 if the trial
	// diverged.
	ValidAccuracy float64 `json:"valid_accuracy"`
	// Loss is the loss of the last minibatch, with dropout; 0 if the trial diverged.
	Loss float64 `json:"loss"`
	// Diverged reports that a loss or a logit was not finite.
	Diverged bool `json:"diverged,omitempty"`
	// Seconds is the duration of the trial.
	Seconds float64 `json:"seconds"`
}

// Result is the outcome of a search.
type Result struct {
	Config
	// Tried are the trials in order.
	Tried []Trial `json:"tried"`
	// Best is the index of the chosen trial: the one with the best validation accuracy, the
	// first of equal ones.
	Best int `json:"best"`
	// Chosen are the hyperparameters of the chosen trial, fitted again on NFinal images.
	Chosen Hyper `json:"chosen"`
	// SelectedOn says on what the trial was chosen, ReportedOn the split of
	// TestAccuracy.
	SelectedOn measure.Selection `json:"selected_on"`
	ReportedOn string            `json:"reported_on"`
	// NFit and NValid are the numbers of images to fit and to validate per trial, NFinal the
	// number of images of the final fit (all training images, or the labelled ones), NTest the
	// number of test images.
	NFit   int `json:"n_fit"`
	NValid int `json:"n_valid"`
	NFinal int `json:"n_final"`
	NTest  int `json:"n_test"`
	// ValidAccuracy is the validation accuracy of the chosen trial; it is optimistic, as the
	// best of many.
	ValidAccuracy float64 `json:"valid_accuracy"`
	// TestAccuracy is the share of test images classified correctly after the final fit.
	TestAccuracy float64       `json:"test_accuracy"`
	TestCI95     eval.Interval `json:"test_accuracy_ci95"` // Wilson's interval
	// Seconds is the duration of all trials and the final fit.
	Seconds float64 `json:"seconds"`
	// Warnings report trials that diverged.
	Warnings []string `json:"warnings,omitempty"`
	// Correct says of each test image, in their order, whether the final fit classified it
	// correctly. It is kept in correct.npy beside the result; nil for results that were made
	// before it was kept.
	Correct []bool `json:"-"`
}

// NewConfig returns what identifies a search: the options with their defaults filled in, the
// data and the backend.
func NewConfig(ds *datasets.Dataset, b *backends.Backend, o Options) Config {
	o = o.withDefaults()
	channels := o.Arch.Channels
	if channels == 3 { // as in searches made before grey images were supported
		channels = 0
	}
	return Config{
		Kind: "supervised", Channels: channels, Arch: o.Arch.Name, Width: o.Arch.Width, Data: ds.Name, DataHash: ds.Hash,
		Trials: o.Trials, Steps: o.Steps, Batch: o.Batch, HoldOut: o.HoldOut, Labels: o.LabelsPerClass, Protocol: string(o.Protocol), Seed: *o.Seed, Backend: b.Spec,
	}
}

// search is one call of Run.
type search struct {
	Options
	dir     string
	folder  *runfolder.Folder
	backend *backends.Backend
	data    *searchData
	trials  []Trial
}

// Run searches in the folder dir, or resumes the search in it; see the package comment. It
// writes config.json, log.txt, trials.json after every trial, and result.json at the end. A
// stopped search resumes at the interrupted trial; a finished search returns its result again.
// Other options give an error wrapping runfolder.ErrDiffers, except for the number of trials,
// which may grow.
func Run(ctx context.Context, dir string, ds *datasets.Dataset, b *backends.Backend, o Options) (*Result, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	data, err := newSearchData(ds, o)
	if err != nil {
		return nil, err
	}
	test, err := ds.Split(datasets.Test)
	if err != nil {
		return nil, fmt.Errorf("%w; the accuracy is reported on a test split with labels: take a data set that has one (a folder has train/CLASS/… and test/CLASS/…)", err)
	}
	if err := checkSplit(test, o.Arch, data.classes); err != nil {
		return nil, fmt.Errorf("data set %s: %w", ds.Name, err)
	}
	c := NewConfig(ds, b, o)
	f, old, err := runfolder.Open(dir, c, "trials")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if old == nil {
		if err := unbegun(dir); err != nil {
			return nil, err
		}
	}
	s := &search{Options: o, dir: dir, folder: f, backend: b, data: data}
	if done, err := s.resume(c); done != nil || err != nil {
		return done, err
	}
	if err := f.Configure(c); err != nil {
		return nil, err
	}
	if err := s.run(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, err), f.Logf("stopped after %d trials: %v", len(s.trials), err))
	}
	r, err := s.report(ctx, c, test)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if err := writeCorrect(dir, r.Correct); err != nil {
		return nil, err
	}
	return r, jsonfile.Write(filepath.Join(dir, resultFile), r)
}

// unbegun returns an error if a folder without config.json holds trials: their options are
// unknown.
func unbegun(dir string) error {
	for _, name := range []string{trialsFile, resultFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return fmt.Errorf("%s holds a search (%s) but no config.json, so its options are unknown: restore config.json, or use another folder", dir, name)
		}
	}
	return nil
}

// resume reads the trials so far, and the result of this search if there is one.
func (s *search) resume(c Config) (*Result, error) {
	var r Result
	err := jsonfile.Read(filepath.Join(s.dir, resultFile), &r)
	if err == nil && r.Config == c {
		r.SelectedOn = s.data.selectedOn // older results have it in other words
		r.Correct = readCorrect(s.dir, &r)
		return &r, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w; the file is damaged: remove it, and it is made again from the trials", err)
	}
	err = jsonfile.Read(filepath.Join(s.dir, trialsFile), &s.trials)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w; the file is damaged: restore it, or remove it to begin the search again", err)
	}
	if len(s.trials) > s.Trials {
		return nil, fmt.Errorf("%s holds %d trials, more than the %d asked for", s.dir, len(s.trials), s.Trials)
	}
	for i, t := range s.trials {
		if t.Hyper != draw(*s.Seed, i) {
			return nil, fmt.Errorf("%s: trial %d of %s was not drawn from seed %d", s.dir, i+1, trialsFile, *s.Seed)
		}
	}
	return nil, s.folder.Logf("search of %d trials, %d of them done", s.Trials, len(s.trials))
}

// run performs the remaining trials.
func (s *search) run(ctx context.Context) error {
	task := progress.Or(s.Progress).Start("random search", int64(s.Trials)*s.Steps, "steps")
	defer task.Done()
	progress.Earlier(task, int64(len(s.trials))*s.Steps)
	for i := len(s.trials); i < s.Trials; i++ {
		t, err := s.trial(ctx, i, func() { task.Add(1) })
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted in trial %d; the same command starts again with that trial: %w", i+1, context.Cause(ctx))
		}
		if err != nil {
			return fmt.Errorf("trial %d: %w", i+1, err)
		}
		s.trials = append(s.trials, *t)
		if err := jsonfile.Write(filepath.Join(s.dir, trialsFile), s.trials); err != nil {
			return err
		}
		task.Note(fmt.Sprintf("best %.2f %%", 100*s.trials[best(s.trials)].ValidAccuracy))
	}
	return nil
}

// trial fits trial number i and evaluates it on the validation images.
func (s *search) trial(ctx context.Context, i int, tick func()) (*Trial, error) {
	t := &Trial{Hyper: draw(*s.Seed, i)}
	began := time.Now()
	right, loss, err := s.fitAndJudge(ctx, t.Hyper, i, s.data.fit, s.data.valid, tick)
	t.Seconds = time.Since(began).Seconds()
	if errors.Is(err, train.ErrDiverged) {
		t.Diverged = true
		return t, nil
	}
	t.Loss, t.ValidAccuracy = loss, float64(count(right))/float64(s.data.valid.n())
	return t, err
}

// fitAndJudge fits on one set of images and says which predictions on another are correct. position
// selects the random numbers of the fit.
func (s *search) fitAndJudge(ctx context.Context, h Hyper, position int, fit, judge rows, tick func()) ([]bool, float64, error) {
	seed := train.Random(*s.Seed, streamTrial, int64(position)).Uint64()
	c, err := newClassifier(s.Arch, s.data.classes, h, seed, s.backend)
	if err != nil {
		return nil, 0, err
	}
	defer c.close()
	loss, err := c.fit(ctx, fit, s.Options, seed, tick)
	if err != nil {
		return nil, 0, err
	}
	right, err := c.correct(ctx, judge)
	return right, loss, err
}

// best returns the index of the trial with the best validation accuracy, the first of equals.
// All trials have the same number of images, so that equal counts give equal shares.
func best(trials []Trial) int {
	b := 0
	for i, t := range trials {
		if t.ValidAccuracy > trials[b].ValidAccuracy {
			b = i
		}
	}
	return b
}

// finalFit is the position of the final fit, beyond all trials.
const finalFit = 1 << 40

// report fits the chosen hyperparameters on all training images and evaluates the result once
// on the test images.
func (s *search) report(ctx context.Context, c Config, test *datasets.Split) (*Result, error) {
	b := best(s.trials)
	chosen := s.trials[b]
	if chosen.Diverged {
		return nil, fmt.Errorf("%w in every one of %d trials", train.ErrDiverged, len(s.trials))
	}
	task := progress.Or(s.Progress).Start("final fit", s.Steps, "steps")
	defer task.Done()
	began := time.Now()
	correct, _, err := s.fitAndJudge(ctx, chosen.Hyper, finalFit, s.data.final, allOf(test), func() { task.Add(1) })
	if ctx.Err() != nil {
		return nil, fmt.Errorf("interrupted in the final fit; the same command starts it again: %w", context.Cause(ctx))
	}
	if err != nil {
		return nil, fmt.Errorf("final fit: %w", err)
	}
	n, right := test.Images.N, count(correct)
	r := &Result{
		Config: c, Tried: s.trials, Best: b, Chosen: chosen.Hyper, SelectedOn: s.data.selectedOn, ReportedOn: datasets.Test,
		NFit: s.data.fit.n(), NValid: s.data.valid.n(), NFinal: s.data.final.n(), NTest: n,
		ValidAccuracy: chosen.ValidAccuracy, TestAccuracy: float64(right) / float64(n), TestCI95: eval.Wilson(right, n),
		Seconds: time.Since(began).Seconds(), Warnings: warnings(s.trials), Correct: correct,
	}
	for _, t := range s.trials {
		r.Seconds += t.Seconds
	}
	return r, s.folder.Logf("finished: trial %d chosen, test accuracy %.4f", b+1, r.TestAccuracy)
}

// warnings returns a warning with the number of trials that diverged, if any.
func warnings(trials []Trial) []string {
	n := 0
	for _, t := range trials {
		if t.Diverged {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d of %d trials diverged and count as 0", n, len(trials))}
}
