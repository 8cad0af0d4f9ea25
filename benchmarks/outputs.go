package benchmarks

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"repbench/features/store"
	"repbench/internal/atomicfile"
	"repbench/internal/npy"
	"repbench/internal/outputs"
	"repbench/reports/record"
)

// checkOutputs says, before any work, why a file that the cell is going to write cannot be
// written, or would replace an input. predictions is the file of predicted labels, "": none.
func (c Cell) checkOutputs(predictions string) error {
	if err := c.checkPredictions(predictions); err != nil {
		return err
	}
	records := c.Records
	if dir := c.Source.Folder; records == "" && isFolder(dir) {
		records = filepath.Join(dir, record.FileName)
	}
	return checkRecords(records)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// checkPredictions is checkOutputs for the file of predicted labels.
func (c Cell) checkPredictions(path string) error {
	if path == "" {
		return nil
	}
	inputs := slices.Concat(c.Source.Arrays.files(), []string{c.Records}, c.Source.Reading.Keep)
	if _, file, ok := strings.Cut(c.Source.Encoder, ":"); ok {
		file, _, _ = strings.Cut(file, ",")
		inputs = append(inputs, file)
	}
	if err := outputs.Replaces(predictionsName, path, inputs...); err != nil {
		return err
	}
	if err := belongs(path, c.Source.Folder); err != nil {
		return err
	}
	return atomicfile.Writable(path)
}

// predictionsName is the file of predicted labels in messages.
const predictionsName = "the file of predictions"

// belongs refuses a file of predictions that is a part of the folder of features.
func belongs(path, dir string) error {
	if path == "" || dir == "" {
		return nil
	}
	return outputs.Belongs(predictionsName, path, dir, "folder of features", func(name string) bool {
		return name == record.FileName || store.Owns(name)
	})
}

// ErrRecords is wrapped by errors about a file to which the result could not be added. They
// come before any work.
var ErrRecords = errors.New("the result could not be stored, so nothing was computed")

// checkRecords says why records could not be added to a file; "" is none.
func checkRecords(path string) error {
	if path == "" {
		return nil
	}
	_, err := record.Read(path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = atomicfile.Writable(path)
	}
	if err != nil {
		return fmt.Errorf("%w: %w; or name another file of records", ErrRecords, err)
	}
	return nil
}

// writePredictions writes predicted classes to a file, if one is named.
func writePredictions(path string, predicted []int32) error {
	if path == "" {
		return nil
	}
	return npy.Write(path, []int{len(predicted)}, predicted)
}

// store adds the records of a finished evaluation to a file.
func (o *Outcome) store(path string) error {
	if err := record.Add(path, recordsOf(o)...); err != nil {
		return err
	}
	o.Stored = path
	return nil
}

func recordsOf(o *Outcome) []record.Record {
	var out []record.Record
	for _, r := range o.Records {
		out = append(out, *r)
	}
	return out
}
