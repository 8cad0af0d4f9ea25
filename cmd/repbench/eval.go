package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"repbench/backends"
	"repbench/benchmarks"
	"repbench/cmd/repbench/internal/term"
	"repbench/datasets"
	"repbench/eval"
	"repbench/eval/linear"
	"repbench/features"
	"repbench/internal/cache"
	"repbench/internal/npy"
	"repbench/reports/record"
)

func (a *app) eval() *cobra.Command {
	return group("eval", "Evaluate features", a.evalLinear(), a.evalFewShot(), a.evalKNN(), a.evalSupervised(), a.evalCompare())
}

// sourceFlags say where the features to evaluate come from.
type sourceFlags struct {
	features       featureFlags
	dir, record    string
	trainX, trainY string
	testX, testY   string
	maxMemory      int64
}

// addTo adds the flags to a command.
func (f *sourceFlags) addTo(c *cobra.Command) {
	f.features.addTo(c)
	fl := c.Flags()
	fl.StringVar(&f.dir, "features", "", "folder of features")
	fl.StringVar(&f.trainX, "train-x", "", "NumPy file: training features, N×D float32 or float16")
	fl.StringVar(&f.trainY, "train-y", "", "NumPy file: training labels 0 … K-1, N or N×1 whole numbers")
	fl.StringVar(&f.testX, "test-x", "", "NumPy file: test features")
	fl.StringVar(&f.testY, "test-y", "", "NumPy file: test labels")
	sizeFlag(c, &f.maxMemory, "max-memory", 1, "read features up to this size into memory, such as 8GiB; larger files are mapped and streamed in blocks of rows (default: half of the memory)")
	fl.StringVar(&f.record, "record", "", "records.jsonl to add the result to (default: in the folder of features)")
}

// linearFlags are the flags of eval linear.
type linearFlags struct {
	sourceFlags
	costs, selectOn string
	classifier      string
	predictions     string
	deviceMemory    int64
	opt             benchmarks.LinearOptions
}

func (a *app) evalLinear() *cobra.Command {
	var f linearFlags
	c := &cobra.Command{
		Use:   "linear --features DIR | --encoder ENC --data SET | --train-x A --train-y B --test-x C --test-y D",
		Short: "Fit a linear SVM, or softmax regression, on features and report its test accuracy",
		Long: `Fit an L2-regularised squared-hinge linear SVM, one class against the rest, on the
training split and report its accuracy on the test split.

Features come from a folder that extract wrote (--features), from an encoder and
a data set (extracted first, into --features or the cache), or from NumPy files
made anywhere. With several C the best one is chosen on validation images, or by
cross-validation, inside the training data; never on the test split. The result
is added to records.jsonl in the folder of features, for report.

The fits run on the CPU unless --backend names another one (go, xla:…): then that
device makes their products with the features, and the CPU verifies the result in
float64. The JSON says which under "products".`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return a.runLinear(c, f) },
	}
	f.addTo(c)
	a.addReading(c)
	fl := c.Flags()
	fl.StringVar(&f.classifier, "classifier", "svm", "svm: L2-regularised squared hinge, one class against the rest; softmax: L2-regularised softmax regression")
	fl.StringVar(&f.costs, "C", "1e-4", "cost, or several separated by commas to choose from")
	fl.StringVar(&f.selectOn, "select-on", "valid", "valid: the validation split, or images held out of the training split; cv: cross-validation")
	fl.Float64Var(&f.opt.HoldOut, "hold-out", 0.1, "share of each class held out to choose on when there is no validation split")
	fl.IntVar(&f.opt.Folds, "folds", 5, "folds of cross-validation")
	fl.Float64Var(&f.opt.Tolerance, "tolerance", 1e-6, "relative error of the objective at which a fit has converged")
	fl.BoolVar(&f.opt.PerLayer, "per-layer", true, "evaluate each layer alone, too")
	fl.BoolVar(&f.opt.SelectLayer, "select-layer", false, "report the layer, or all of them, that does best on the images C is chosen on")
	fl.StringVar(&f.predictions, "predictions", "", "NumPy file to write the predicted test labels to, N int32")
	sizeFlag(c, &f.deviceMemory, "device-memory", 1, "most memory a fit takes of the device that --backend names (default 4GiB)")
	return c
}

// device is where the products of the fits are made: on a backend that was named
// and is not the CPU.
func (a *app) device(memory int64) (linear.Device, error) {
	switch a.backend {
	case "", backends.Auto, backends.CPU:
		if memory > 0 {
			return linear.Device{}, fmt.Errorf("--device-memory means nothing with --backend %s, where the fits run on the CPU", a.backend)
		}
		return linear.Device{}, nil
	}
	return linear.Device{Backend: a.backend, Memory: memory}, nil
}

func (a *app) runLinear(c *cobra.Command, f linearFlags) error {
	o, err := f.options()
	if err != nil {
		return usageError{err}
	}
	if err := checkLinearHoldOut(o); err != nil {
		return err
	}
	o.Seed, o.Progress = a.seed, a.progress()
	if o.Device, err = a.device(f.deviceMemory); err != nil {
		return usageError{err}
	}
	if err := f.conflict(c); err != nil {
		return usageError{err}
	}
	if f.trainX != "" {
		return a.linearArrays(c, f, o)
	}
	if o.TestImages, o.Overlap, err = a.ensureFeatures(c, &f.sourceFlags); err != nil {
		return err
	}
	return a.linearFolder(c, f, o)
}

// checkLinearHoldOut checks --hold-out, which cross-validation makes no use of.
func checkLinearHoldOut(o benchmarks.LinearOptions) error {
	choices, instead := several(len(o.C), "C"), "give one C"
	switch {
	case o.SelectOn == eval.SelectCV:
		choices = ""
	case o.SelectLayer:
		choices, instead = "layers", "leave --select-layer out"
	}
	return checkHoldOut(o.HoldOut, choices, instead)
}

// ensureFeatures extracts the features where an encoder was given, sets their
// folder, and returns the test images and what splits share where they are at hand.
func (a *app) ensureFeatures(c *cobra.Command, f *sourceFlags) (*datasets.Images, *benchmarks.Overlap, error) {
	if f.features.encoder != "" {
		if err := required(c, "data"); err != nil {
			return nil, nil, err
		}
		return a.extractFor(c, f)
	}
	if f.dir == "" {
		return nil, nil, usageError{fmt.Errorf("give --features DIR, --encoder and --data, or --train-x, --train-y, --test-x and --test-y")}
	}
	return nil, nil, nil
}

// conflict names a flag that would be ignored beside the source of the features.
func (f sourceFlags) conflict(c *cobra.Command) error {
	source, ignored := "--features without --encoder", f.features.names()
	switch {
	case f.trainX != "":
		source, ignored = "--train-x", append(ignored, "features", "record", "encoder")
	case f.features.encoder != "" || f.dir == "":
		return nil
	}
	for _, name := range ignored {
		if c.Flags().Changed(name) {
			return fmt.Errorf("--%s means nothing with %s", name, source)
		}
	}
	return nil
}

// options parses the flags that are text.
func (f linearFlags) options() (benchmarks.LinearOptions, error) {
	o := f.opt
	var err error
	if o.Classifier, err = linear.ParseClassifier(f.classifier); err != nil {
		return o, fmt.Errorf("--classifier: %w", err)
	}
	if o.C, err = parseList("C", f.costs, positiveNumber); err != nil {
		return o, err
	}
	o.SelectOn, err = eval.ParseSelection(f.selectOn)
	return o, err
}

// extractFor extracts the features to evaluate, sets their folder and returns
// the test images, nil where there are none, and the images that splits share.
func (a *app) extractFor(c *cobra.Command, f *sourceFlags) (*datasets.Images, *benchmarks.Overlap, error) {
	enc, ds, backend, err := a.openEncoder(c, f.features)
	if err != nil {
		return nil, nil, err
	}
	defer enc.Close()
	overlap, err := benchmarks.CompareImages(c.Context(), ds, a.progress())
	if err != nil {
		return nil, nil, err
	}
	if f.dir == "" {
		key, err := enc.CacheKey(ds)
		if err != nil {
			return nil, nil, err
		}
		if f.dir, err = a.dataOptions().CachePath("features", key[:16]); err != nil {
			return nil, nil, err
		}
		defer cache.Touch(f.dir)
	}
	if _, err = enc.Extract(c.Context(), ds, f.dir, backend, a.progress()); err != nil {
		return nil, nil, err
	}
	for _, s := range ds.Splits {
		if s.Name == datasets.Test {
			return &s.Images, overlap, nil
		}
	}
	return nil, overlap, nil
}

// linearOutput is the result with where it was put.
type linearOutput struct {
	*eval.LinearResult
	ID       string        `json:"id"`
	Record   string        `json:"record"`
	Features string        `json:"features"`
	Notes    []string      `json:"notes"`
	Costs    []record.Cost `json:"costs"`
}

func (a *app) linearFolder(c *cobra.Command, f linearFlags, o benchmarks.LinearOptions) error {
	folder, err := a.reading(f.sourceFlags).OpenFolder(f.dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	r, err := benchmarks.Linear(c.Context(), folder, o)
	if err != nil {
		return err
	}
	if err := writePredictions(f.predictions, r.Linear.Predicted); err != nil {
		return err
	}
	path := f.recordPath()
	if err := record.Add(path, *r); err != nil {
		return err
	}
	title := fmt.Sprintf("%s on %s", r.Encoder.Spec, r.Data.Name)
	text := term.Linear(title, r.Linear, r.Notes) + fmt.Sprintf("  features in %s, record in %s\n", f.dir, path)
	return a.print(linearOutput{r.Linear, r.ID, path, f.dir, r.Notes, r.Costs}, text)
}

// recordPath is the file that results are added to.
func (f sourceFlags) recordPath() string {
	if f.record != "" {
		return f.record
	}
	return filepath.Join(f.dir, "records.jsonl")
}

// writePredictions writes predicted labels to a file, if one is named.
func writePredictions(path string, predicted []int32) error {
	if path == "" {
		return nil
	}
	return npy.Write(path, []int{len(predicted)}, predicted)
}

func (a *app) linearArrays(c *cobra.Command, f linearFlags, o benchmarks.LinearOptions) error {
	folder, train, test, err := a.arrays(c, f.sourceFlags)
	if err != nil {
		return err
	}
	defer folder.Close()
	r, err := benchmarks.LinearArrays(c.Context(), train, test, o)
	if err != nil {
		return err
	}
	if err := writePredictions(f.predictions, r.Predicted); err != nil {
		return err
	}
	return a.print(r, term.Linear(f.trainX, r, nil))
}

// arrays opens the NumPy files.
func (a *app) arrays(c *cobra.Command, f sourceFlags) (folder *features.Folder, train, test *features.Matrix, err error) {
	if err := required(c, "train-y", "test-x", "test-y"); err != nil {
		return nil, nil, nil, err
	}
	return a.reading(f).Arrays(f.trainX, f.trainY, f.testX, f.testY)
}

// reading says how the features are opened.
func (a *app) reading(f sourceFlags) features.ReadOptions {
	return features.ReadOptions{MaxMemory: f.maxMemory, Progress: a.progress()}
}
