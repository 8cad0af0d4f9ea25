package benchmarks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"repbench/backends"
	"repbench/datasets"
	"repbench/eval/supervised"
	"repbench/internal/progress"
	"repbench/reports/record"
	"repbench/train/dcgan"
)

// Supervised trains the architecture of a DCGAN's discriminator with labels, with a
// random search over hyperparameters; see package supervised. The Source is a data set
// alone, its Folder the folder of the search.
type Supervised struct {
	// Options, of which Progress is set here.
	supervised.Options
}

// run implements Protocol.
func (o Supervised) run(ctx context.Context, c Cell, m Machine) (*Outcome, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if c.Source.Encoder != "" || c.Source.Arrays.given() {
		return nil, errors.New("a supervised training takes a data set, and neither an encoder nor NumPy files")
	}
	if err := c.checkOutputs("", m); err != nil {
		return nil, err
	}
	b, err := backends.Open(m.Backend)
	if err != nil {
		return nil, err
	}
	ds, err := m.openData(ctx, c.Source.Data, c.Source.Reading, o.Arch.ImageSize)
	if err != nil {
		return nil, err
	}
	dir, err := o.folder(c.Source.Folder, ds, b, m)
	if err != nil {
		return nil, err
	}
	if c.Records == "" {
		c.Records = filepath.Join(dir, record.FileName)
		if isFolder(dir) {
			if err := checkRecords(c.Records); err != nil {
				return nil, err
			}
		}
	}
	overlap, err := CompareImages(ctx, ds, m.Progress)
	if err != nil {
		return nil, err
	}
	o.Progress = progress.Or(m.Progress)
	result, err := supervised.Run(ctx, dir, ds, b, o.Options)
	if err != nil {
		return nil, err
	}
	result.Warnings = append(result.Warnings, overlap.Warnings...)
	r, err := supervisedRecord(result, ds)
	if err != nil {
		return nil, err
	}
	out := &Outcome{Records: []*record.Record{r}, Title: fmt.Sprintf("%s on %s", r.Encoder.Spec, ds.Name), Folder: dir, Search: result, Correct: result.Correct}
	return out, out.store(c.Records)
}

// folder is the folder of the search: as given, or in the cache, named by its options.
func (o Supervised) folder(given string, ds *datasets.Dataset, b *backends.Backend, m Machine) (string, error) {
	if given != "" {
		return given, nil
	}
	text, err := json.Marshal(supervised.NewConfig(ds, b, o.Options))
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return m.cached("supervised", hex.EncodeToString(sum[:]))
}

// supervisedRecord is the record of a network trained with labels of a data set.
func supervisedRecord(r *supervised.Result, ds *datasets.Dataset) (*record.Record, error) {
	out := &record.Record{
		Encoder:      record.Encoder{Spec: supervisedSpec(r.Config), Architecture: r.Arch},
		Data:         record.Data{Name: ds.Name, Source: ds.Source, Hash: ds.Hash},
		Seed:         r.Seed,
		TrainingSeed: &r.Seed,
		Backend:      r.Backend,
		Versions:     thisVersion(),
		Fingerprint:  record.ThisProgram(r.Backend),
		Result:       r.Summary(ds.Classes),
	}
	var search float64
	for _, t := range r.Tried {
		search += t.Seconds
	}
	out.Costs = []record.Cost{{Stage: "select", Seconds: search}, {Stage: "fit", Seconds: max(0, r.Seconds-search)}}
	settings := fmt.Sprintf("%d trials, %d steps of %d, %d labels, hold-out %g", r.Trials, r.Steps, r.Batch, r.Labels, r.HoldOut)
	if r.Protocol != "" {
		settings += ", " + r.Protocol
	}
	return out, out.Identify(out.Kind(), settings)
}

// supervisedSpec names the network: "supervised:svhn32", with its width where it is
// not the paper's.
func supervisedSpec(c supervised.Config) string {
	spec := "supervised:" + c.Arch
	if a, err := dcgan.NewArch(c.Arch, 0); err != nil || a.Width != c.Width {
		spec += fmt.Sprintf(",width=%d", c.Width)
	}
	if c.Channels != 0 {
		spec += fmt.Sprintf(",channels=%d", c.Channels)
	}
	return spec
}
