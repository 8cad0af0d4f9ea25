package nearfiles

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"repbench/internal/jsonfile"
	"repbench/internal/outputs"
	"repbench/internal/progress"
)

// Result describes a search that is done; meta.json of its folder holds it.
type Result struct {
	settings
	// Distances says what distances.npy holds.
	Distances string `json:"distances"`
	// Files are the names of the arrays in the folder.
	Files []string `json:"files"`
	// ResumedAt is the query from which the last run went on; 0: it did all.
	ResumedAt int `json:"resumed_at"`
	// Seconds is how long the last run took.
	Seconds float64 `json:"seconds"`
	// Warnings are caveats about the result.
	Warnings []string `json:"warnings"`
	// Notes say what happened to a search that was in the folder before.
	Notes []string `json:"-"`
}

// Run searches the neighbours and writes them to the folder out. A search that was stopped there
// goes on; one that is done is not done again.
func Run(ctx context.Context, out string, o Options) (*Result, error) {
	start := time.Now()
	o.Progress = progress.Or(o.Progress)
	m, err := o.parse()
	if err != nil {
		return nil, err
	}
	if err := checkOutputs(out, o); err != nil {
		return nil, err
	}
	q, err := open(o.Queries, m)
	if err != nil {
		return nil, err
	}
	defer q.mapped.Close()
	b, err := open(o.Base, m)
	if err != nil {
		return nil, err
	}
	defer b.mapped.Close()
	s, err := newSearch(q, b, m, o)
	if err != nil {
		return nil, err
	}
	for _, a := range []*array{q, b} {
		if err := a.check(m, o.Progress); err != nil {
			return nil, err
		}
	}
	set := settings{Metric: m.name, K: o.K, Queries: q.Input, Base: b.Input}
	lock, err := lockFolder(out)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	if r := finished(out, set); r != nil {
		return r, nil
	}
	return s.run(ctx, out, set, start)
}

// checkOutputs refuses a folder of other things, and to replace an input.
func checkOutputs(out string, o Options) error {
	for _, name := range resultFiles {
		if err := outputs.Replaces("--out", filepath.Join(out, name), o.Queries, o.Base); err != nil {
			return err
		}
	}
	parts := own
	if !holdsSearch(out) {
		parts = func(string) bool { return false }
	}
	return outputs.Foreign(out, "a search of neighbours", parts)
}

// holdsSearch reports whether the folder holds a search, finished or not. Without one a file named
// indices.npy or meta.json is another's.
func holdsSearch(out string) bool {
	var r Result
	if jsonfile.Read(filepath.Join(out, metaFile), &r) == nil && r.K > 0 && len(r.Files) > 0 {
		return true
	}
	_, err := os.Stat(filepath.Join(out, partialDir))
	return err == nil
}

// finished returns the result of the same search, if the folder has it whole.
func finished(out string, s settings) *Result {
	var r Result
	if jsonfile.Read(filepath.Join(out, metaFile), &r) != nil || s.differs(r.settings) != "" {
		return nil
	}
	for _, name := range r.Files {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			return nil
		}
	}
	r.Notes = append(r.Notes, "the result of this search is there already; nothing was computed")
	return &r
}

// run does what is left of the search.
func (s *search) run(ctx context.Context, out string, set settings, start time.Time) (*Result, error) {
	p, note, err := openPartial(out, set, s.columns)
	if err != nil {
		return nil, err
	}
	r := &Result{settings: set, Distances: s.metric.distances, ResumedAt: p.state.Done, Warnings: []string{}}
	if note != "" {
		r.Notes = append(r.Notes, note)
	}
	for _, c := range s.columns {
		r.Files = append(r.Files, c.name)
	}
	total := int64(s.queries.n()) * int64(s.base.n())
	task := s.o.Progress.Start("nearest neighbours", total, "pairs")
	defer task.Done()
	progress.Earlier(task, int64(p.state.Done)*int64(s.base.n()))
	for p.state.Done < s.queries.n() {
		if err := s.block(ctx, p, task); err != nil {
			return nil, errors.Join(s.explain(ctx, p, err), p.close())
		}
	}
	r.Warnings = append(r.Warnings, s.warnings(p.state.Constant)...)
	r.Seconds = time.Since(start).Seconds()
	if err := p.finish(out, s.columns, r); err != nil {
		return nil, err
	}
	return r, nil
}

// explain says how far a search that was interrupted has come.
func (s *search) explain(ctx context.Context, p *partial, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return fmt.Errorf("interrupted after %d of %d queries; the same command goes on from there: %w", p.state.Done, s.queries.n(), context.Cause(ctx))
	}
	return err
}
