package benchmarks

import (
	"repbench/eval"
	"repbench/features/matrix"
	"repbench/features/store"
	"repbench/internal/version"
	"repbench/reports/record"
)

// newRecord returns the record of a result on features: what these are, where
// they came from and what their extraction took.
func newRecord(m *store.Meta, result record.Result, seed uint64) *record.Record {
	r := &record.Record{
		Encoder: record.Encoder{
			Spec: m.Encoder, Architecture: m.Arch, WeightsHash: m.WeightsHash, Layers: layerNames(m.Layers),
			Pooling: string(m.Pooling), Grid: m.Grid, BatchNorm: string(m.BatchNorm), DType: m.DType,
		},
		Data:     record.Data{Name: m.Data, Source: m.DataSource, Hash: m.DataHash},
		Seed:     seed,
		Backend:  m.Backend,
		Versions: thisVersion(),
		Notes:    m.Notes,
		Result:   result,

		TrainingSeed: m.TrainingSeed,
		Fingerprint:  record.ThisProgram(m.Backend),
	}
	if m.Seconds > 0 {
		r.Costs = []record.Cost{extractCost(m)}
	}
	return r
}

// extractCost is what the extraction of features took.
func extractCost(m *store.Meta) record.Cost {
	c := record.Cost{Stage: "extract", Seconds: m.Seconds}
	if m.Cost != nil {
		c.PeakRSSBytes, c.MultiplyAdds, c.Batch = m.Cost.PeakRSSBytes, m.Cost.MultiplyAdds, m.Cost.Batch
		c.ImagesPerSecond, c.GFLOPS = m.Cost.ImagesPerSecond, m.Cost.GFLOPS
	}
	return c
}

// thisVersion says which program makes a record.
func thisVersion() record.Versions {
	v := version.All()
	return record.Versions{Repbench: v["repbench"], Go: v["go"], GitCommit: version.Commit()}
}

func layerNames(layers []matrix.Layer) []string {
	names := make([]string, len(layers))
	for i, l := range layers {
		names[i] = l.Name
	}
	return names
}

// stageCosts are the stages of an evaluation as a record has them.
func stageCosts(stages []eval.Stage) []record.Cost {
	var out []record.Cost
	for _, s := range stages {
		out = append(out, record.Cost{Stage: s.Name, Seconds: s.Seconds, PeakRSSBytes: s.PeakRSSBytes})
	}
	return out
}
