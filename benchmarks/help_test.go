package benchmarks

import (
	"context"
	"testing"

	"repbench/eval"
	"repbench/eval/knn"
	"repbench/features/store"
	"repbench/internal/progress"
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

// tasksFrom is a progress.Reporter that calls do once the tasks of a name have come to at.
type tasksFrom struct {
	name string
	at   int64
	do   func()
}

func (s *tasksFrom) Start(name string, total int64, unit string) progress.Task {
	if name != s.name {
		return progress.Silent.Start(name, total, unit)
	}
	return s
}

func (s *tasksFrom) Note(string) {}
func (s *tasksFrom) Done()       {}
func (s *tasksFrom) Add(n int64) {
	if s.at -= n; s.at == 0 && n > 0 {
		s.do()
	}
}
