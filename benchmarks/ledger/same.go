package ledger

import (
	"bytes"
	"encoding/json"

	"repbench/internal/jsonfile"
)

// Differs names the first part in which two lines of one key are not the same result, "" for none. Where
// and when a cell ran, how long it took, and the name of its record are no part of the result.
func Differs(a, b *Line) string {
	for _, part := range []struct {
		name string
		a, b any
	}{
		{"options", a.Options, b.Options},
		{"evaluation_seed", a.EvaluationSeed, b.EvaluationSeed},
		{"data_hash", a.DataHash, b.DataHash},
		{"weights_hash", a.WeightsHash, b.WeightsHash},
		{"cell", a.Cell, b.Cell},
		{"fingerprint", a.Fingerprint, b.Fingerprint},
		{"diverged", a.Diverged, b.Diverged},
		{"measurements", a.Measurements, b.Measurements},
		{"correct", a.Correct, b.Correct},
	} {
		if !equalJSON(part.a, part.b) {
			return part.name
		}
	}
	return ""
}

// equalJSON reports whether two values become the same JSON value.
func equalJSON(a, b any) bool {
	ta, erra := canonical(a)
	tb, errb := canonical(b)
	return erra == nil && errb == nil && bytes.Equal(ta, tb)
}

func canonical(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jsonfile.Canonical(text)
}
