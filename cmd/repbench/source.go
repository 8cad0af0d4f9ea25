package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
)

// sourceFlags say where the features to evaluate come from.
type sourceFlags struct {
	features    featureFlags
	dir, record string
	arrays      benchmarks.Arrays
	maxMemory   int64
}

// addTo adds the flags to a command.
func (f *sourceFlags) addTo(c *cobra.Command) {
	f.features.addTo(c)
	fl := c.Flags()
	fl.StringVar(&f.dir, "features", "", "folder of features")
	fl.StringVar(&f.arrays.TrainX, "train-x", "", "NumPy file: training features, N×D float32 or float16")
	fl.StringVar(&f.arrays.TrainY, "train-y", "", "NumPy file: training labels 0 … K-1, N or N×1 whole numbers")
	fl.StringVar(&f.arrays.ValidX, "valid-x", "", "NumPy file: features to choose on, with --train-x (default: rows held out of the training rows)")
	fl.StringVar(&f.arrays.ValidY, "valid-y", "", "NumPy file: their labels")
	fl.StringVar(&f.arrays.TestX, "test-x", "", "NumPy file: test features")
	fl.StringVar(&f.arrays.TestY, "test-y", "", "NumPy file: test labels")
	sizeFlag(c, &f.maxMemory, "max-memory", 1, "read features up to this size into memory, such as 8GiB; larger files are mapped and streamed in blocks of rows (default: half of the memory)")
	fl.StringVar(&f.record, "record", "", "records.jsonl to add the result to (default: in the folder of features)")
}

// source is what the flags name.
func (a *app) source(c *cobra.Command, f sourceFlags) (benchmarks.Source, error) {
	if err := f.conflict(c); err != nil {
		return benchmarks.Source{}, err
	}
	switch {
	case f.arrays.TrainX != "":
		if err := f.validFiles(c); err != nil {
			return benchmarks.Source{}, err
		}
		return benchmarks.Source{Arrays: f.arrays}, required(c, "train-y", "test-x", "test-y")
	case f.arrays.ValidX != "" || f.arrays.ValidY != "":
		return benchmarks.Source{}, errors.New("--valid-x and --valid-y go with --train-x: a folder of features has the split valid where its data set has one; to choose on other rows, give its arrays as --train-x DIR/train_features.npy and so on, of which no record is kept")
	case f.features.encoder != "":
		if err := required(c, "data"); err != nil {
			return benchmarks.Source{}, err
		}
		s, err := a.encoding(c, f.features)
		s.Folder = f.dir
		return s, err
	case f.dir == "":
		return benchmarks.Source{}, errors.New("give --features DIR, --encoder and --data, or --train-x, --train-y, --test-x and --test-y")
	}
	return benchmarks.Source{Folder: f.dir}, nil
}

// validFiles refuses features to choose on without labels, labels without features, and rows
// held out beside them.
func (f sourceFlags) validFiles(c *cobra.Command) error {
	switch {
	case f.arrays.ValidX != "" && f.arrays.ValidY == "":
		return errors.New("--valid-x needs --valid-y, the labels of these rows")
	case f.arrays.ValidX == "" && f.arrays.ValidY != "":
		return errors.New("--valid-y needs --valid-x, the features of these rows")
	case f.arrays.ValidX != "" && c.Flags().Changed("hold-out"):
		return errors.New("--hold-out means nothing with --valid-x, which are the rows to choose on")
	}
	return nil
}

// conflict names a flag that would be ignored beside the source of the features.
func (f sourceFlags) conflict(c *cobra.Command) error {
	source, ignored := "--features without --encoder, as these features are made already", f.features.names()
	switch {
	case f.arrays.TrainX != "":
		source, ignored = "--train-x", append(ignored, "features", "record", "encoder")
	case f.features.encoder != "" || f.dir == "":
		return nil
	}
	for _, name := range ignored {
		if c.Flags().Changed(name) {
			return fmt.Errorf("--%s means nothing with %s%s", name, source, layersHint(c, name))
		}
	}
	return nil
}

// layersHint says how a command evaluates single layers of features, to whom asks it for layers.
func layersHint(c *cobra.Command, flag string) string {
	if flag != "layers" || c.Flags().Lookup("per-layer") == nil {
		return ""
	}
	return "; --per-layer evaluates each of their layers alone, and --select-layer reports the best"
}

// validUnused refuses --valid-x where nothing is chosen on it; because says why.
func validUnused(c *cobra.Command, because string) error {
	if because == "" || !c.Flags().Changed("valid-x") {
		return nil
	}
	return fmt.Errorf("--valid-x means nothing with %s, as nothing is chosen on it", because)
}
