package benchmarks

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"repbench/reports/record"
)

// evaluation evaluates features and returns the records of its results.
type evaluation func(ctx context.Context, in *input) ([]*record.Record, error)

// onFeatures is Run for a protocol that evaluates features. predictions is the file to write
// predicted test labels to; "": none.
func onFeatures(ctx context.Context, c Cell, m Machine, predictions string, evaluate evaluation) (*Outcome, error) {
	if c.Source.Arrays.given() && c.Records != "" {
		return nil, errors.New("results on NumPy files are not stored, as nothing says what they are results of: give no file of records")
	}
	if err := c.checkOutputs(predictions, m); err != nil {
		return nil, err
	}
	in, release, err := openInput(ctx, c.Source, m)
	defer release()
	if err != nil {
		return nil, err
	}
	if in.folder != nil {
		if c.Records == "" {
			c.Records = filepath.Join(in.folder.Dir, record.FileName)
		}
		// The folder may be one that did not exist, or was not known, before.
		if err := errors.Join(in.folder.Meta.CheckNames(in.folder.Dir), belongs(predictions, in.folder.Dir), checkRecords(c.Records)); err != nil {
			return nil, err
		}
	}
	records, err := evaluate(ctx, in)
	if err != nil {
		return nil, err
	}
	out := &Outcome{Records: records, Title: c.Source.Arrays.TrainX, Correct: in.correct}
	err = writePredictions(predictions, in.predicted)
	if in.folder != nil {
		out.Title, out.Folder = fmt.Sprintf("%s on %s", in.meta.Encoder, in.meta.Data), in.folder.Dir
		err = errors.Join(err, out.store(c.Records))
	}
	return out, err
}
