package inside

import (
	"fmt"

	"repbench/internal/version"
	"repbench/reports/record"
	"repbench/train/dcgan"
	"repbench/vis"
)

// Subject is what a figure is of.
type Subject struct {
	// Spec is the model as its user named it.
	Spec string
	// Model is the model.
	Model *dcgan.Model
	// Discriminator says that the figure is of D and not of G.
	Discriminator bool
	// Backend computed, BatchNorm is the mode of batch normalisation.
	Backend   string
	BatchNorm vis.BatchNorm
	// Data are images that the figure used; the zero value: none, and then the record names those
	// that the model was trained on.
	Data record.Data
	// Seed is the seed of what was drawn.
	Seed uint64
	// Notes are caveats about the inputs.
	Notes []string
}

// SubjectOf is the subject of a figure of a generator.
func SubjectOf(g *vis.Generator, seed uint64) Subject {
	return Subject{Spec: g.Spec, Model: g.Model, Backend: g.Backend.Spec, BatchNorm: g.BatchNorm, Seed: seed}
}

// store adds the record of a figure to a file.
func (s Subject) store(path string, result *vis.Result) error {
	r, err := s.record(result)
	if err != nil {
		return err
	}
	return record.Add(path, *r)
}

// record is the record of a figure.
func (s Subject) record(result *vis.Result) (*record.Record, error) {
	hash, err := s.hash()
	if err != nil {
		return nil, err
	}
	a := s.Model.Arch
	v := version.All()
	r := &record.Record{
		Encoder: record.Encoder{
			Spec: s.Spec, Architecture: fmt.Sprintf("%s, width %d", a.Name, a.Width), WeightsHash: hash, BatchNorm: string(s.BatchNorm),
		},
		Data: s.Data, Seed: s.Seed, Backend: s.Backend, Notes: s.Notes, Result: result,
		Versions:    record.Versions{Repbench: v["repbench"], Go: v["go"], GitCommit: version.Commit()},
		Fingerprint: record.ThisProgram(s.Backend),
		Costs:       []record.Cost{{Stage: "figure", Seconds: result.Seconds}},
	}
	if t := s.Model.TrainedOn; t != nil {
		r.TrainingSeed = &t.Seed
		if r.Data.Name == "" {
			r.Data = record.Data{Name: t.Data, Hash: t.DataHash}
		}
	}
	settings := []string{result.Figure}
	for _, o := range result.Settings {
		settings = append(settings, fmt.Sprintf("%s %v", o.Name, o.Value))
	}
	return r, r.Identify(vis.Kind, settings...)
}

func (s Subject) hash() (string, error) {
	if s.Discriminator {
		return s.Model.DiscriminatorHash(false)
	}
	return s.Model.GeneratorHash()
}
