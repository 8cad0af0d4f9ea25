package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
	"repbench/cmd/repbench/internal/term"
	"repbench/eval/quality"
	"repbench/eval/quality/diversity"
	"repbench/eval/quality/kid"
	"repbench/eval/quality/metric"
	"repbench/features/store"
	"repbench/internal/npy"
	"repbench/internal/outputs"
	"repbench/reports/record"
)

// qualityFlags are the flags of quality.
type qualityFlags struct {
	real, gen, test, metrics, convention string
	halves, k                            int
	self, closed, centred                bool
	epsilon                              float64
	estimator                            string
	logits, testLogits, testLabels       string
	kidRows, fdinfRows, directions, perm string
	realism, record                      string
	maxMemory                            int64
}

func (a *app) quality() *cobra.Command {
	var f qualityFlags
	c := &cobra.Command{
		Use:   "quality --real TRAIN.npy --gen GEN.npy [--test TEST.npy] --metrics LIST",
		Short: "Compare generated with real rows in a feature space: Fréchet, KID, precision, recall and others",
		Long: `Compare generated rows with real rows in any feature space. The sets are NumPy files
N×D of float32 or float16, or splits of a folder that extract wrote, DIR:train. The
real set is the training sample in every metric, --test a second real sample, which
the generator has not seen.

--metrics takes names separated by commas: frechet, fd-infinity, kid, precision,
recall, density, coverage, fscore (prdc stands for these five), mind, sliced-w2,
sw-approx, two-sample-nn, classifier-score, vendi, vendi-q2, vendi-qinf,
rankme, and fld and fld-gap, which need --test. Beside each value stand a 95 %
interval from random halves of both sets, the floor (the same metric between two real
samples: what a perfect generator would get), the convention it is computed by, and
what is odd about it. --convention takes the settings of another program, for all
metrics or for one: dgm-eval, kid=fld,prdc=torch-fidelity.

classifier-score needs --logits, what a classifier says of the generated rows;
alone, it takes the rows of --gen for logits and the rows of --test for held-out ones.`,
		Example: `  repbench quality --real train.npy --gen gen.npy --test test.npy --metrics frechet,kid,prdc
  repbench quality --real real:train --test real:test --gen sampled:train --metrics kid --convention clean-fid
  repbench quality --real train.npy --gen gen.npy --metrics prdc --k 3 --closed --halves 0 --json`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return a.runQuality(c, f) },
	}
	f.addTo(c)
	return c
}

// addTo adds the flags to the command.
func (f *qualityFlags) addTo(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVar(&f.real, "real", "", "real rows the generator was trained on: NumPy file, or DIR:SPLIT of a folder of features")
	fl.StringVar(&f.gen, "gen", "", "generated rows")
	fl.StringVar(&f.test, "test", "", "real rows the generator has not seen (without them floors compare two halves of --real)")
	fl.StringVar(&f.metrics, "metrics", "", "names of metrics, separated by commas")
	fl.StringVar(&f.convention, "convention", "", "program whose settings the metrics take, or METRIC=PROGRAM pairs separated by commas")
	fl.IntVar(&f.halves, "halves", quality.AutoHalves, fmt.Sprintf("random halves behind each interval, 0 to %d (default %d up to %d columns, else 0)", metric.MaxHalves, quality.DefaultHalves, quality.HalvesColumns))
	fl.Lookup("halves").DefValue = "0" // the text says what it is
	fl.IntVar(&f.k, "k", 0, "neighbour at which the balls of prdc end (default: of the convention)")
	fl.BoolVar(&f.self, "self", false, "prdc counts a row as its own first neighbour (default: of the convention)")
	fl.BoolVar(&f.closed, "closed", false, "prdc takes distance ≤ radius as inside, not distance < radius (default: of the convention)")
	fl.StringVar(&f.estimator, "kid-estimator", "unbiased", "unbiased, biased or u-statistic")
	fl.Float64Var(&f.epsilon, "rankme-epsilon", diversity.RankMeEpsilon, "what rankme adds to each share, 0 or more and below 1 (default: of the convention)")
	fl.Lookup("rankme-epsilon").DefValue = "0" // the text says what it is
	fl.BoolVar(&f.centred, "rankme-centred", false, "rankme takes the mean row out before")
	fl.StringVar(&f.logits, "logits", "", "logits of a classifier for the generated rows, N×classes")
	fl.StringVar(&f.testLogits, "test-logits", "", "logits of the classifier for held-out real rows: the floor of classifier-score")
	fl.StringVar(&f.testLabels, "test-labels", "", "classes of the rows of --test-logits, for the accuracy of the classifier")
	fl.StringVar(&f.kidRows, "kid-rows", "", "REAL.npy,GEN.npy: given rows of subsets for kid, each S×R whole numbers")
	fl.StringVar(&f.fdinfRows, "fdinf-rows", "", "ROWS.npy,SIZES.npy: given generated rows for fd-infinity, one list after another, and their lengths")
	fl.StringVar(&f.directions, "directions", "", "given unit vectors for mind and sliced-w2, S×D")
	fl.StringVar(&f.perm, "fld-permutation", "", "given order of the real rows for the baseline of fld, N whole numbers")
	fl.StringVar(&f.realism, "realism", "", "NumPy file to write the realism score of each generated row to, N float64 (with a metric of prdc)")
	fl.StringVar(&f.record, "record", "", "records.jsonl to add the result to (default: the result is not stored)")
	sizeFlag(c, &f.maxMemory, "max-memory", 1, "most memory for features and for work, half for each; larger files are mapped and read in blocks (default: half of the memory)")
}

// runQuality computes and prints the numbers.
func (a *app) runQuality(c *cobra.Command, f qualityFlags) error {
	if err := required(c, "gen", "metrics"); err != nil {
		return err
	}
	s, err := f.settings(c)
	if err != nil {
		return err
	}
	if !slices.Equal(s.Metrics, []string{metric.NameClassifierScore}) {
		if err := required(c, "real"); err != nil {
			return err
		}
	}
	if err := f.check(s); err != nil {
		return err
	}
	memory := f.maxMemory
	if memory == 0 {
		memory = store.DefaultMaxMemory()
	}
	read := store.ReadOptions{MaxMemory: max(memory/2, 1), Progress: a.progress()}
	if memory < 0 {
		read.MaxMemory = memory
	}
	folder, in, err := f.inputs(read, s)
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := f.given(&s); err != nil {
		return err
	}
	o := metric.Options{Threads: a.threads, MaxMemory: max(memory/2, 0), Progress: a.progress(), Seed: a.seed}
	r, err := a.resumable(c.Context(), in, s, o)
	if err != nil {
		return err
	}
	return errors.Join(a.print(r, term.Quality(r)), f.store(in, s, r))
}

// store adds the result to the file of records, if one is named.
func (f qualityFlags) store(in quality.Inputs, s quality.Settings, r *quality.Result) error {
	if f.record == "" {
		return nil
	}
	settings, err := json.Marshal(s)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(settings)
	rec, err := benchmarks.QualityRecord(r, benchmarks.QualitySets{Real: f.real, Generated: f.gen, Test: f.test, Inputs: in},
		strings.Join(s.Metrics, ","), "settings "+hex.EncodeToString(sum[:8]))
	if err != nil {
		return err
	}
	return record.Add(f.record, *rec)
}

// settings are those that the flags alone give.
func (f qualityFlags) settings(c *cobra.Command) (quality.Settings, error) {
	s := quality.Settings{Halves: f.halves, K: f.k, Centred: f.centred}
	var err error
	if s.Metrics, err = metric.ParseNames(f.metrics); err != nil {
		return s, fmt.Errorf("--metrics: %w", err)
	}
	if s.Convention, err = quality.ParseConventions(f.convention); err != nil {
		return s, fmt.Errorf("--convention: %w", err)
	}
	if s.Estimator, err = kid.ParseEstimator(f.estimator); err != nil {
		return s, fmt.Errorf("--kid-estimator: %w", err)
	}
	changed := c.Flags().Changed
	if changed("halves") && (f.halves < 0 || f.halves > metric.MaxHalves) {
		return s, usageError{fmt.Errorf("--halves %d: must be from 0 to %d", f.halves, metric.MaxHalves)}
	}
	if changed("k") && f.k < 1 {
		return s, usageError{fmt.Errorf("--k %d: must be at least 1", f.k)}
	}
	if changed("self") {
		s.Self = &f.self
	}
	if changed("closed") {
		s.Closed = &f.closed
	}
	if changed("rankme-epsilon") {
		if !(f.epsilon >= 0 && f.epsilon < 1) {
			return s, usageError{fmt.Errorf("--rankme-epsilon %g: must be at least 0 and below 1", f.epsilon)}
		}
		s.RankMeEpsilon = &f.epsilon
	}
	if f.realism != "" {
		s.Realism = func(scores []float64) error { return npy.Write(f.realism, []int{len(scores)}, scores) }
	}
	return s, f.unused(c, s.Metrics)
}

// unused refuses flags that mean nothing with the metrics.
func (f qualityFlags) unused(c *cobra.Command, metrics []string) error {
	prdc := []string{metric.NamePrecision, metric.NameRecall, metric.NameDensity, metric.NameCoverage, metric.NameFScore}
	for _, group := range []struct {
		flags, metrics []string
	}{
		{[]string{"k", "self", "closed", "realism"}, prdc},
		{[]string{"kid-rows", "kid-estimator"}, []string{metric.NameKID}},
		{[]string{"fdinf-rows"}, []string{metric.NameFDInfinity}},
		{[]string{"rankme-epsilon", "rankme-centred"}, []string{metric.NameRankMe}},
		{[]string{"fld-permutation"}, []string{metric.NameFLD, metric.NameFLDGap}},
		{[]string{"directions"}, []string{metric.NameMIND, metric.NameSlicedW2}},
		{[]string{"logits", "test-logits", "test-labels"}, []string{metric.NameClassifierScore}},
	} {
		for _, flag := range group.flags {
			if c.Flags().Changed(flag) && !slices.ContainsFunc(metrics, func(m string) bool { return slices.Contains(group.metrics, m) }) {
				return usageError{fmt.Errorf("--%s means nothing without the metric %s", flag, group.metrics[0])}
			}
		}
	}
	return nil
}

// check refuses files that are missing or in each other's place.
func (f qualityFlags) check(s quality.Settings) error {
	score := slices.Contains(s.Metrics, metric.NameClassifierScore)
	switch {
	case score && f.logits == "" && len(s.Metrics) > 1:
		return usageError{errors.New("classifier-score beside other metrics needs --logits, the logits of a classifier for the generated rows")}
	case f.testLabels != "" && f.testLogits == "" && (f.logits != "" || f.test == ""):
		return usageError{errors.New("--test-labels needs --test-logits")}
	}
	r := outputs.Reads{Files: []string{f.real, f.gen, f.test, f.logits, f.testLogits, f.testLabels, f.directions, f.perm}}
	r = r.With(strings.Split(f.kidRows, ",")...).With(strings.Split(f.fdinfRows, ",")...)
	return benchmarks.CheckFiles(r, outputs.File{Flag: "--record", Path: f.record}, outputs.File{Flag: "--realism", Path: f.realism})
}

// resumable runs with a journal in the cache folder, so that a long run that is
// interrupted goes on.
func (a *app) resumable(ctx context.Context, in quality.Inputs, s quality.Settings, o metric.Options) (*quality.Result, error) {
	journal, err := a.qualityJournal(in, s, o)
	if err != nil {
		return nil, err
	}
	if journal != nil {
		s.Journal = journal
	}
	r, err := quality.Run(ctx, in, s, o)
	if err != nil {
		return nil, err
	}
	return r, journal.remove()
}
