package benchmarks

import (
	"fmt"

	"repbench/eval/memorisation"
	"repbench/reports/record"
)

// record is the record of a run: the images that were compared, with their hashes, the data set
// whose training images they were compared with, and the result with pictures of its examples.
func (s *compared) record(result *memorisation.Result, o Memorisation) (*record.Record, error) {
	stored, err := memorisation.Store(result)
	if err != nil {
		return nil, err
	}
	r := &record.Record{
		Encoder:  record.Encoder{Spec: result.Encoder},
		Data:     record.Data{Name: s.trainName, Hash: s.trainHash},
		Seed:     o.Seed,
		Backend:  s.backend,
		Versions: thisVersion(),
		Notes:    s.notes,
		Result:   stored,

		Fingerprint: record.ThisProgram(s.backend),
		Costs:       []record.Cost{{Stage: "compare", Seconds: result.Seconds, PeakRSSBytes: result.PeakRSSBytes}},
	}
	if s.ds != nil {
		r.Data.Name, r.Data.Source = s.ds.Name, s.ds.Source
	}
	if s.model != nil && s.model.TrainedOn != nil {
		r.TrainingSeed = &s.model.TrainedOn.Seed
	}
	if r.Inputs, err = s.inputs(o.Seed); err != nil {
		return nil, err
	}
	err = r.Identify(result.Kind(), result.Metric, result.Score.String(), result.Encoder, result.WithEncoder,
		fmt.Sprintf("%s of %d", result.Null.Kind, result.Null.Rows), fmt.Sprintf("%d generated", result.Generated),
		fmt.Sprintf("%d controls", o.Control), fmt.Sprintf("FDR %g", result.FDR))
	if err != nil || s.model == nil {
		return r, err
	}
	in, _ := r.Input(record.GeneratedInput)
	nameGenerator(r, in.Hash, fmt.Sprintf("%s, width %d", s.model.Arch.Name, s.model.Arch.Width))
	return r, nil
}

// nameGenerator names the generator as the encoder of a result that no other encoder takes part in.
// The ID is made before that: it has the generator already, as an input, and stays the ID of records from
// before the encoder was named.
func nameGenerator(r *record.Record, weightsHash, architecture string) {
	in, ok := r.Input(record.GeneratedInput)
	if ok && r.Encoder.Spec == "" {
		r.Encoder = record.Encoder{Spec: in.Name, Architecture: architecture, WeightsHash: weightsHash}
	}
}

// inputs are the sets of the run with their hashes: of a generator the hash of its weights, so
// that a record has the same name on every backend, of all others the hash of the content.
func (s *compared) inputs(seed uint64) ([]record.Input, error) {
	generated := record.Input{Role: record.GeneratedInput, Name: s.in.Generated.Name, Rows: s.in.Generated.Len()}
	if s.model == nil {
		generated.Hash = hashSet(s.in.Generated)
	} else {
		var err error
		if generated.Hash, err = s.model.GeneratorHash(); err != nil {
			return nil, err
		}
		generated.Seed = &seed
	}
	train := record.Input{Role: record.TrainInput, Name: s.trainName, Rows: s.in.Train.Len(), Hash: hashSet(s.in.Train)}
	heldOut := record.Input{Role: record.HeldOutInput, Name: s.in.HeldOut.Name, Rows: s.in.HeldOut.Len(), Hash: hashSet(s.in.HeldOut)}
	if s.split != "" {
		heldOut.Name = s.trainName + "/" + s.split
	}
	return []record.Input{generated, train, heldOut}, nil
}

// hashSet is the hash of the content of a set.
func hashSet(s memorisation.Set) string {
	if s.Images.N > 0 {
		return hashImages(s.Images)
	}
	return HashRows(s.Features)
}
