package benchmarks

import (
	"context"
	"testing"

	"repbench/eval"
	"repbench/eval/knn"
	"repbench/features/store"
	"repbench/reports/record"
)

// evaluates is a protocol that evaluates features.
type evaluates interface {
	evaluate(ctx context.Context, in *input) ([]*record.Record, error)
}

// all evaluates an open folder and returns the records; set changes what is known of
// the features.
func all(t *testing.T, f *store.Folder, o evaluates, set ...func(*input)) ([]*record.Record, error) {
	t.Helper()
	in := &input{}
	if err := in.open(f); err != nil {
		return nil, err
	}
	for _, s := range set {
		s(in)
	}
	return o.evaluate(t.Context(), in)
}

// one is all for a protocol with one record.
func one(t *testing.T, f *store.Folder, o evaluates, set ...func(*input)) (*record.Record, error) {
	t.Helper()
	records, err := all(t, f, o, set...)
	if err != nil {
		return nil, err
	}
	if len(records) != 1 {
		t.Fatalf("%d records, want 1", len(records))
	}
	return records[0], nil
}

// linearOf, fewShotOf and knnOf are the result of a record.
func linearOf(r *record.Record) *eval.LinearResult   { return r.Result.(*eval.LinearResult) }
func fewShotOf(r *record.Record) *eval.FewShotResult { return r.Result.(*eval.FewShotResult) }
func knnOf(r *record.Record) *knn.Result             { return r.Result.(*knn.Result) }
