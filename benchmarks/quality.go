package benchmarks

import (
	"fmt"
	"strings"

	"repbench/eval/quality"
	"repbench/features/store"
	"repbench/reports/record"
)

// QualitySets are the rows that a result of package quality compares, and their names as the
// command line has them: NumPy files, or FOLDER:SPLIT of folders of features.
type QualitySets struct {
	// Real, Generated and Test are the names of the sets; Test "": there was none.
	Real, Generated, Test string
	// Inputs are the rows themselves.
	Inputs quality.Inputs
}

// QualityRecord is the record of a comparison of generated with real rows: the sets with the
// hashes of their rows and, where the real rows are a split of a folder of features, the encoder
// and the data set. settings set it apart from other comparisons of the same sets.
func QualityRecord(r *quality.Result, sets QualitySets, settings ...string) (*record.Record, error) {
	out := &record.Record{
		Data: record.Data{Name: sets.Real}, Seed: r.Seed, Versions: thisVersion(), Result: r, Fingerprint: record.ThisProgram(""),
	}
	if dir, ok := featuresFolder(sets.Real); ok {
		m, err := store.ReadMeta(dir)
		if err != nil {
			return nil, err
		}
		out = newRecord(m, r, r.Seed)
	}
	out.Costs = []record.Cost{{Stage: "compare", Seconds: r.Seconds, PeakRSSBytes: r.PeakRSSBytes}}
	in := sets.Inputs
	out.Inputs = []record.Input{
		{Role: record.GeneratedInput, Name: sets.Generated, Rows: in.Generated.N, Hash: HashRows(in.Generated)},
		{Role: record.TrainInput, Name: sets.Real, Rows: in.Real.N, Hash: HashRows(in.Real)},
	}
	if sets.Test != "" {
		out.Inputs = append(out.Inputs, record.Input{Role: record.HeldOutInput, Name: sets.Test, Rows: in.Test.N, Hash: HashRows(in.Test)})
	}
	err := out.Identify(out.Kind(), append([]string{fmt.Sprintf("%d halves", r.Halves)}, settings...)...)
	return out, err
}

// featuresFolder is the folder of a set FOLDER:SPLIT.
func featuresFolder(name string) (string, bool) {
	at := strings.LastIndex(name, ":")
	if at < 0 {
		return "", false
	}
	return name[:at], store.Is(name[:at])
}
