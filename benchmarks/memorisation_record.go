package benchmarks

import (
	"fmt"

	"repbench/eval/memorisation"
	"repbench/reports/record"
)

// record is the record of a run: the generator as what was examined, the data set whose training
// images it was compared with.
func (s *compared) record(result *memorisation.Result, o Memorisation) (*record.Record, error) {
	r := &record.Record{
		Encoder:  record.Encoder{Spec: s.in.Generated.Name},
		Data:     record.Data{Name: s.trainName, Hash: s.trainHash},
		Seed:     o.Seed,
		Backend:  s.backend,
		Versions: thisVersion(),
		Notes:    s.notes,
		Result:   result,

		Fingerprint: record.ThisProgram(s.backend),
		Costs:       []record.Cost{{Stage: "report", Seconds: result.Seconds, PeakRSSBytes: result.PeakRSSBytes}},
	}
	if s.ds != nil {
		r.Data.Name, r.Data.Source = s.ds.Name, s.ds.Source
	}
	if s.model != nil {
		r.Encoder.Architecture = s.model.Arch.Name
		if t := s.model.TrainedOn; t != nil {
			r.TrainingSeed = &t.Seed
		}
	}
	err := r.Identify(result.Kind(), result.Metric, result.Score.String(), result.Encoder, result.WithEncoder,
		fmt.Sprintf("%s of %d", result.Null.Kind, result.Null.Rows), fmt.Sprintf("%d generated", result.Generated),
		fmt.Sprintf("%d controls", o.Control), fmt.Sprintf("FDR %g", result.FDR))
	return r, err
}
