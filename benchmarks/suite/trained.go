package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"repbench/internal/jsonfile"
	"repbench/train"
)

// trainedRecord is trainings/ID.json, written last: the training in trainings/ID is done.
type trainedRecord struct {
	Encoder string    `json:"encoder"`
	Seed    uint64    `json:"seed"`
	Steps   int64     `json:"steps"`
	Seconds float64   `json:"seconds"`
	Program Program   `json:"program"`
	Time    time.Time `json:"time"`
	// Diverged says why there is no network; "": there is one.
	Diverged string `json:"diverged,omitempty"`
}

// begunRecord is trainings/.ID.json, written first: which program trains.
type begunRecord struct {
	Program Program `json:"program"`
}

// Trained reports whether the training of a cell is done, by this program.
func (f *Folder) Trained(c Cell) bool {
	_, ok := f.readTrained(c, false)
	return ok
}

func (f *Folder) readTrained(c Cell, reuse bool) (trainedRecord, bool) {
	var r trainedRecord
	err := jsonfile.Read(f.TrainingPath(c)+".json", &r)
	return r, err == nil && (f.anyProgram || r.Program.same(f.program, reuse))
}

// trainingLock is the lock of a training.
func (f *Folder) trainingLock(c Cell) string {
	return filepath.Join(f.Dir, trainingsDir, "."+c.Training+".lock")
}

// Training reports whether a process trains what a cell needs.
func (f *Folder) Training(c Cell) bool {
	if c.Training == "" {
		return false
	}
	_, held := locked(f.trainingLock(c))
	return held
}

// trained makes the training of a cell, or waits for the process that does. diverged says why a training
// that is done has no network.
func (f *Folder) trained(ctx context.Context, w work, o RunOptions, out io.Writer) (diverged string, err error) {
	if r, ok := f.readTrained(w.Cell, o.Reuse); ok {
		return r.Diverged, nil
	}
	release, err := await(ctx, f.trainingLock(w.Cell), func(h holder) {
		fmt.Fprintf(out, "waiting for the training %s, which %s makes\n", w.Training, h)
	})
	if err != nil {
		return "", err
	}
	defer release()
	if r, ok := f.readTrained(w.Cell, o.Reuse); ok {
		return r.Diverged, nil
	}
	dir := f.TrainingPath(w.Cell)
	if err := f.begin(w.Cell, o.Reuse); err != nil {
		return "", err
	}
	data, _ := f.Suite.trainingData(w.encoder)
	notes := func(all []string) {
		for _, n := range all {
			fmt.Fprintf(out, "note: %s\n", n)
		}
	}
	r := trainedRecord{Encoder: w.Encoder, Seed: *w.Seed, Program: f.program}
	sum, err := w.encoder.Train.run(ctx, dir, data.spec(), data.reading(), *w.Seed, o.Machine, notes)
	switch {
	case errors.Is(err, train.ErrDiverged):
		r.Diverged = err.Error()
	case err != nil:
		return "", fmt.Errorf("training: %w", err)
	default:
		r.Steps, r.Seconds = sum.Steps, sum.Seconds
	}
	r.Time = time.Now().UTC()
	return r.Diverged, jsonfile.Write(dir+".json", r)
}

// begin moves the training of another program out of the way, so that every number of a cell is one of
// this program.
func (f *Folder) begin(c Cell, reuse bool) error {
	dir := f.TrainingPath(c)
	begun := filepath.Join(f.Dir, trainingsDir, "."+c.Training+".json")
	var b begunRecord
	if err := jsonfile.Read(begun, &b); err == nil && b.Program.same(f.program, reuse) {
		return nil
	}
	if _, err := os.Stat(dir); err == nil {
		for n := 1; ; n++ {
			old := fmt.Sprintf("%s-%s", dir, b.Program)
			if n > 1 {
				old = fmt.Sprintf("%s-%d", old, n)
			}
			if _, err := os.Stat(old); err == nil {
				continue
			}
			if err := os.Rename(dir, old); err != nil {
				return err
			}
			if err := os.Rename(dir+".json", old+".json"); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			break
		}
	}
	return jsonfile.Write(begun, begunRecord{f.program})
}
