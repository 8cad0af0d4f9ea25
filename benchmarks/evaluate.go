package benchmarks

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"repbench/internal/npy"
	"repbench/reports/record"
)

// evaluation evaluates features and returns the records of its results.
type evaluation func(ctx context.Context, in *input) ([]*record.Record, error)

// onFeatures is Run for a protocol that evaluates features.
func onFeatures(ctx context.Context, c Cell, m Machine, evaluate evaluation) (*Outcome, error) {
	if c.Source.Arrays.given() && c.Records != "" {
		return nil, errors.New("results on NumPy files are not stored, as nothing says what they are results of: give no file of records")
	}
	in, close, err := openInput(ctx, c.Source, m)
	defer close()
	if err != nil {
		return nil, err
	}
	records, err := evaluate(ctx, in)
	if err != nil {
		return nil, err
	}
	if in.folder == nil {
		return &Outcome{Records: records, Title: c.Source.Arrays.TrainX}, nil
	}
	out := &Outcome{Records: records, Title: fmt.Sprintf("%s on %s", in.meta.Encoder, in.meta.Data), Folder: in.folder.Dir}
	if c.Records == "" {
		c.Records = filepath.Join(out.Folder, record.FileName)
	}
	return out, out.store(c.Records)
}

// writePredictions writes predicted classes to a file, if one is named.
func writePredictions(path string, predicted []int32) error {
	if path == "" {
		return nil
	}
	return npy.Write(path, []int{len(predicted)}, predicted)
}
