package suite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"repbench/benchmarks"
	"repbench/benchmarks/ledger"
	"repbench/internal/atomicfile"
	"repbench/reports/record"
)

// compute trains, where the cell needs a training that is not there yet, evaluates, and writes the
// record. Records of other programs are kept beside it.
func (f *Folder) compute(ctx context.Context, w work, l *lock, o RunOptions, a *Attempt, out io.Writer) error {
	start := time.Now()
	s, err := f.subject(w, o)
	if err != nil {
		return err
	}
	diverged := ""
	if w.Training != "" {
		if diverged, err = f.trained(ctx, w, o, out); err != nil {
			return err
		}
		a.TrainSeconds = time.Since(start).Seconds()
	}
	if err := f.keepOld(w.Cell); err != nil {
		return err
	}
	var line *ledger.Line
	if begin := time.Now(); diverged != "" {
		line, err = f.newLine(w, o, "")
		line.Diverged = diverged
	} else {
		line, err = f.evaluate(ctx, w, s, o)
		if err == nil {
			line.Seconds = time.Since(begin).Seconds()
		}
	}
	if err != nil {
		return err
	}
	return f.store(w.Cell, line, l)
}

// evaluate runs the protocol of a cell.
func (f *Folder) evaluate(ctx context.Context, w work, s subject, o RunOptions) (*ledger.Line, error) {
	cell, err := w.protocol.Options.cell(s)
	if err != nil {
		return nil, err
	}
	cell.Records = filepath.Join(f.Path(w.Cell), recordsFile)
	outcome, err := benchmarks.Run(ctx, cell, o.Machine)
	if err != nil {
		return nil, err
	}
	return f.line(w, outcome, o)
}

// store writes the record of a cell, which makes it done.
func (f *Folder) store(c Cell, line *ledger.Line, l *lock) error {
	line.Finished = time.Now().UTC()
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	if err := l.Held(); err != nil {
		return err
	}
	return atomicfile.WriteFile(filepath.Join(f.Path(c), recordFile), append(text, '\n'), 0o644)
}

// subject is what a cell evaluates.
func (f *Folder) subject(w work, o RunOptions) (subject, error) {
	s := subject{seed: w.Seed, features: w.encoder.Features, data: w.data.spec(), reading: w.data.reading(), threads: o.Threads, memory: o.Machine.MaxMemory}
	s.encoder, s.generator = w.encoder.Spec, w.encoder.Spec
	if t := w.encoder.Train; t != nil {
		s.run = f.TrainingPath(w.Cell)
		s.name = "dcgan:" + trainingsDir + "/" + w.Training
		s.encoder, s.generator = "dcgan:"+s.run, "dcgan:"+s.run
		if t.Arch == autoencoderArch {
			s.encoder, s.generator = "autoencoder:"+s.run, ""
			s.name = "autoencoder:" + trainingsDir + "/" + w.Training
		}
	}
	return s, nil
}

// keepOld gives the record of another program, or one that does not count for another reason, a name of
// its own, so that nothing is lost when the cell is done again.
func (f *Folder) keepOld(c Cell) error {
	dir := f.Path(c)
	path := filepath.Join(dir, recordFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return os.RemoveAll(filepath.Join(dir, recordsFile)) // of an attempt that ended before its record
	}
	name := "damaged"
	if line, err := readLine(path); err == nil {
		name = programOf(line).String()
	}
	for n := 1; ; n++ {
		suffix := "-" + name
		if n > 1 {
			suffix = fmt.Sprintf("-%s-%d", name, n)
		}
		old := filepath.Join(dir, "record"+suffix+".json")
		if _, err := os.Stat(old); err == nil {
			continue
		}
		if err := os.Rename(filepath.Join(dir, recordsFile), filepath.Join(dir, "records"+suffix+".jsonl")); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return os.Rename(path, old)
	}
}

// line makes the line of a ledger of what an evaluation gave.
func (f *Folder) line(w work, o *benchmarks.Outcome, run RunOptions) (*ledger.Line, error) {
	if len(o.Records) != 1 {
		return nil, fmt.Errorf("the evaluation has %d results, and a cell has one", len(o.Records))
	}
	r := o.Records[0]
	if err := f.sameData(w, r); err != nil {
		return nil, err
	}
	line, err := f.newLine(w, run, r.Backend)
	if err != nil {
		return nil, err
	}
	line.Record, line.EvaluationSeed, line.Measurements = r.ID, r.Seed, r.Measurements()
	line.DataHash, line.WeightsHash = r.Data.Hash, r.Encoder.WeightsHash
	if r.Fingerprint != nil {
		line.Fingerprint = *r.Fingerprint
	}
	if o.Correct != nil {
		bits := ledger.Bits(o.Correct)
		line.Correct = &bits
	}
	return line, nil
}

// newLine is a line without a result.
func (f *Folder) newLine(w work, o RunOptions, backend string) (*ledger.Line, error) {
	opts, err := json.Marshal(f.Suite.options(w, f.facts))
	return &ledger.Line{
		Key: w.Key(f.Suite.Name), Cell: w.ID, Options: opts, DataHash: f.facts.hash(w.data, f.facts.size(w.encoder)),
		Fingerprint: *record.ThisProgram(backend), Machine: thisMachine(o, backend),
	}, err
}

// sameData refuses a result on other data than the planned data.
func (f *Folder) sameData(w work, r *record.Record) error {
	planned := f.facts.hash(w.data, f.facts.size(w.encoder))
	if r.Data.Hash == "" || planned == "" || r.Data.Hash == planned {
		return nil
	}
	return fmt.Errorf("the data set %q is no longer the one that was planned (hash %.12s, now %.12s): put the files back, or run the suite in a new folder",
		w.data.Name, planned, r.Data.Hash)
}

// thisMachine describes the machine.
func thisMachine(o RunOptions, backend string) ledger.Machine {
	m := MachineOf(backend)
	if o.Class != "" {
		m.Class = o.Class
	}
	m.Threads = runtime.GOMAXPROCS(0)
	return m
}
