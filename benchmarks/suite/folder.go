package suite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"repbench/benchmarks"
	"repbench/internal/atomicfile"
	"repbench/internal/jsonfile"
)

// Files and folders of a suite's folder.
const (
	suiteFile    = "suite.toml"
	resolvedFile = "suite.json"
	planFile     = "plan.jsonl"
	trainingsDir = "trainings"
	cellsDir     = "cells"
	prepareLock  = ".lock"
)

// Folder is the folder of a suite: its plan, and what is done of it.
type Folder struct {
	// Dir is the folder.
	Dir string
	// Suite is the suite.
	Suite *Suite

	facts *facts
	cells []Cell
	// works are the cells that the suite has now, by ID.
	works map[string]work
	// program is the running program.
	program Program
	// anyProgram lets the results of every program count.
	anyProgram bool
	// readOnly is why the folder cannot be written; nil: it can.
	readOnly error
}

// Change is what preparing a folder changed in its plan.
type Change struct {
	// Added are new cells.
	Added int
	// Orphans are cells of the plan that the suite has no longer: an option or a data set changed, or
	// an entry was removed. Their results stay.
	Orphans []Cell
	// Missing are the data sets that Look would have to download. The identities of their cells are not final,
	// as the hash of a data set is a part of them.
	Missing []Missing
}

// resolved is the content of suite.json.
type resolved struct {
	*Suite
	facts
	// SHA256 is the hash of the rest.
	SHA256 string `json:"sha256"`
}

// Open opens the folder of a suite that was prepared.
func Open(dir string) (*Folder, error) {
	s, err := Read(filepath.Join(dir, suiteFile))
	if errors.Is(err, fs.ErrNotExist) {
		if _, derr := os.Stat(dir); derr != nil {
			return nil, fmt.Errorf("no folder of a suite is there: %w", derr)
		}
		return nil, fmt.Errorf("%s is no folder of a suite: it has no %s; make one with: repbench bench run SUITE --out %s", dir, suiteFile, dir)
	}
	if err != nil {
		return nil, err
	}
	f := &Folder{Dir: dir, Suite: s, program: ThisProgram()}
	if f.facts, err = readFacts(dir); err != nil {
		return nil, err
	}
	if f.cells, err = readPlan(filepath.Join(dir, planFile)); err != nil {
		return nil, err
	}
	works, err := s.expand(f.facts)
	if err != nil {
		return nil, err
	}
	f.index(works)
	return f, nil
}

// AnyProgram lets the results of every program count, for commands that only show them.
func (f *Folder) AnyProgram() { f.anyProgram = true }

// index keeps the works of a suite by ID.
func (f *Folder) index(works []work) {
	f.works = map[string]work{}
	for _, w := range works {
		f.works[w.ID] = w
	}
}

// readFacts reads suite.json.
func readFacts(dir string) (*facts, error) {
	var r struct{ facts }
	err := jsonfile.Read(filepath.Join(dir, resolvedFile), &r)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w; remove the file: the next bench run makes it again", err)
	}
	return &r.facts, nil
}

// ErrReadOnly is the kind of error of a folder that cannot be written.
var ErrReadOnly = errors.New("the folder of the suite cannot be written")

// Prepare makes or opens the folder of a suite. Cells that the plan has not yet are added to its end;
// nothing is ever removed from it. Data sets are opened, and downloaded, if the folder does not know
// them yet. A folder that cannot be written is opened as it is where nothing has to be added to it; then
// Writable says so.
func Prepare(ctx context.Context, s *Suite, dir string, m benchmarks.Machine) (*Folder, Change, error) {
	if err := ours(dir); err != nil {
		return nil, Change{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, Change{}, err
	}
	unlock, err := await(ctx, filepath.Join(dir, prepareLock))
	if errors.Is(err, syscall.EROFS) || errors.Is(err, fs.ErrPermission) {
		return readOnly(ctx, s, dir, m, err)
	}
	if err != nil {
		return nil, Change{}, err
	}
	defer unlock()
	f, change, err := look(ctx, s, dir, m, false)
	if err != nil {
		return nil, change, err
	}
	return f, change, f.write(change)
}

// readOnly opens a folder that cannot be written, for the reason cause.
func readOnly(ctx context.Context, s *Suite, dir string, m benchmarks.Machine, cause error) (*Folder, Change, error) {
	f, change, err := look(ctx, s, dir, m, true)
	if err != nil {
		return nil, change, err
	}
	f.readOnly = cause
	if change.Added > 0 {
		return nil, change, f.Writable()
	}
	return f, change, nil
}

// Writable is an error of the kind ErrReadOnly where Prepare could not write the folder.
func (f *Folder) Writable() error {
	if f.readOnly == nil {
		return nil
	}
	return fmt.Errorf("%w, and cells are left to do: make %s writable for this user, or run the suite in a new folder: %w", ErrReadOnly, f.Dir, f.readOnly)
}

// Look is Prepare without writing anything and without a download. The folder, "" for none, need not exist.
func Look(ctx context.Context, s *Suite, dir string, m benchmarks.Machine) (*Folder, Change, error) {
	if err := ours(dir); err != nil {
		return nil, Change{}, err
	}
	return look(ctx, s, dir, m, true)
}

// ours refuses a folder with other things in it.
func ours(dir string) error {
	entries, err := os.ReadDir(dir)
	if dir == "" || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	names := []string{suiteFile, resolvedFile, planFile, trainingsDir, cellsDir, prepareLock}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return slices.Contains(names, e.Name()) }) || len(entries) == 0 {
		return nil
	}
	return fmt.Errorf("%s holds %s, and nothing of a suite; give a new folder, or the folder of the suite", dir, entries[0].Name())
}

// look reads a folder and what the suite means on this machine. planning says that nothing is downloaded.
func look(ctx context.Context, s *Suite, dir string, m benchmarks.Machine, planning bool) (*Folder, Change, error) {
	f := &Folder{Dir: dir, Suite: s, facts: &facts{}, program: ThisProgram()}
	var err error
	if dir != "" {
		if err := f.sameSuite(); err != nil {
			return nil, Change{}, err
		}
		if f.facts, err = readFacts(dir); err != nil {
			return nil, Change{}, err
		}
		if f.cells, err = readPlan(filepath.Join(dir, planFile)); err != nil {
			return nil, Change{}, err
		}
	}
	l := learner{suite: s, machine: m, old: f.facts, facts: &facts{}, planning: planning}
	if err := l.learn(ctx); err != nil {
		return nil, Change{}, err
	}
	f.facts = l.facts
	works, err := s.expand(f.facts)
	if err != nil {
		return nil, Change{}, err
	}
	f.index(works)
	change := f.grow(works)
	change.Missing = l.missing
	return f, change, nil
}

// sameSuite refuses the folder of a suite with another name.
func (f *Folder) sameSuite() error {
	old, err := Read(filepath.Join(f.Dir, suiteFile))
	if err != nil || old.Name == f.Suite.Name {
		return nil // none, or one that this version of the program cannot read
	}
	return fmt.Errorf("%s is the folder of the suite %q, this is %q; give each its own", f.Dir, old.Name, f.Suite.Name)
}

// grow adds new works to the plan.
func (f *Folder) grow(works []work) (c Change) {
	planned := map[string]bool{}
	for _, old := range f.cells {
		planned[old.ID] = true
		if f.Orphan(old) {
			c.Orphans = append(c.Orphans, old)
		}
	}
	for _, w := range works {
		if !planned[w.ID] {
			w.Cell.Index = len(f.cells)
			f.cells = append(f.cells, w.Cell)
			c.Added++
		}
	}
	return c
}

// write writes the files of the folder.
func (f *Folder) write(c Change) error {
	r := resolved{Suite: f.Suite, facts: *f.facts}
	var err error
	if r.SHA256, err = hashJSON(r); err != nil {
		return err
	}
	if err := atomicfile.WriteFile(filepath.Join(f.Dir, suiteFile), f.Suite.text, 0o644); err != nil {
		return err
	}
	if err := jsonfile.Write(filepath.Join(f.Dir, resolvedFile), r); err != nil {
		return err
	}
	for _, dir := range []string{trainingsDir, cellsDir} {
		if err := os.MkdirAll(filepath.Join(f.Dir, dir), 0o755); err != nil {
			return err
		}
	}
	if c.Added == 0 {
		return nil
	}
	return writePlan(filepath.Join(f.Dir, planFile), f.cells)
}

// Cells are the cells of the plan, in their order, orphans among them.
func (f *Folder) Cells() []Cell { return slices.Clone(f.cells) }

// Orphan reports whether the suite has a cell of the plan no longer.
func (f *Folder) Orphan(c Cell) bool {
	_, ok := f.works[c.ID]
	return !ok
}

// Cell is the cell of an index.
func (f *Folder) Cell(index int) (Cell, error) {
	if index < 0 || index >= len(f.cells) {
		return Cell{}, fmt.Errorf("%s has the cells 0 to %d, not %d", filepath.Join(f.Dir, planFile), len(f.cells)-1, index)
	}
	return f.cells[index], nil
}

// Path is the folder of a cell.
func (f *Folder) Path(c Cell) string { return filepath.Join(f.Dir, cellsDir, c.ID) }

// TrainingPath is the run folder of a cell's training, "" where it needs none.
func (f *Folder) TrainingPath(c Cell) string {
	if c.Training == "" {
		return ""
	}
	return filepath.Join(f.Dir, trainingsDir, c.Training)
}
