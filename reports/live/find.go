package live

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"repbench/train/runfolder"
)

// Limits of the walk.
const (
	maxDepth   = 12
	maxEntries = 1_000_000
	maxFound   = 20_000
)

// found is what lies below the folder, as slash-separated paths relative to it, "." for itself.
type found struct {
	// runs are run folders, suites the folders of suites, ledgers the folders of ledgers with their commits,
	// reports those with a report.
	runs, suites, reports []string
	ledgers               []ledgerFolder
	// notes say what was left out.
	notes []string
}

// ledgerFolder is a ledger and its commits.
type ledgerFolder struct {
	dir     string
	commits []string
}

// everything is what lies below the folder now.
func (s *Site) everything() (*found, error) { return s.found.get(s.o.Every, s.walk) }

// walker walks through the folders.
type walker struct {
	*found
	s       *Site
	entries int
}

// errEnough ends the walk.
var errEnough = errors.New("enough")

// walk looks for everything.
func (s *Site) walk() (*found, error) {
	w := &walker{found: &found{}, s: s}
	if _, err := fs.Stat(s.root.FS(), "."); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", s.o.Dir, err)
	}
	if err := w.folder(".", 0); err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	return w.found, nil
}

// folder looks at a folder and those in it.
func (w *walker) folder(dir string, depth int) error {
	entries, err := fs.ReadDir(w.s.root.FS(), dir)
	if err != nil {
		w.note("%s cannot be read and is left out: %v", dir, err)
		return nil
	}
	if w.entries += len(entries); w.entries > maxEntries || len(w.runs)+len(w.suites)+len(w.reports) > maxFound {
		w.note("there is more below %s than is looked at; give a folder further down", w.s.o.Dir)
		return errEnough
	}
	var files, folders []string
	for _, e := range entries {
		switch {
		case e.IsDir():
			folders = append(folders, e.Name())
		case e.Type().IsRegular():
			files = append(files, e.Name())
		}
	}
	inner := w.kind(dir, files, folders)
	for _, name := range folders {
		if strings.HasPrefix(name, ".") || inner(name) {
			continue
		}
		if depth == maxDepth {
			w.note("folders below %s are left out: they lie more than %d deep", dir, maxDepth)
			break
		}
		if err := w.folder(path.Join(dir, name), depth+1); err != nil {
			return err
		}
	}
	return nil
}

// kind notes what a folder is. inner says in which folders of it nothing is looked for.
func (w *walker) kind(dir string, files, folders []string) (inner func(name string) bool) {
	has := func(name string) bool { return slices.Contains(files, name) }
	inner = func(string) bool { return false }
	if runfolder.Looks(slices.Concat(files, folders)) {
		w.runs = append(w.runs, dir)
		inner = runfolder.Inner
	}
	if has("suite.toml") && has("plan.jsonl") {
		w.suites = append(w.suites, dir)
		inner = func(name string) bool { return name == "cells" }
	}
	if has("index.html") && has("records.jsonl") {
		w.reports = append(w.reports, dir)
	}
	if commit := path.Base(dir); commitName.MatchString(commit) && slices.ContainsFunc(files, isLedgerFile) {
		w.commit(path.Dir(dir), commit)
	}
	return inner
}

// commit adds a folder of a ledger.
func (w *walker) commit(dir, commit string) {
	for i, l := range w.ledgers {
		if l.dir == dir {
			w.ledgers[i].commits = append(l.commits, commit)
			return
		}
	}
	w.ledgers = append(w.ledgers, ledgerFolder{dir, []string{commit}})
}

// commitName matches the name of a commit's folder in a ledger.
var commitName = regexp.MustCompile(`^(unknown|[0-9a-f]{7,64})(-modified)?$`)

// isLedgerFile reports whether a file has the form of name of a ledger's files, SUITE-MACHINE.jsonl.
func isLedgerFile(name string) bool {
	return strings.HasSuffix(name, ".jsonl") && strings.Contains(name, "-")
}

func (w *walker) note(format string, args ...any) {
	const most = 20
	if len(w.notes) < most {
		w.notes = append(w.notes, fmt.Sprintf(format, args...))
	}
}

// path is where something that was found lies on this machine.
func (s *Site) path(rel string) string { return filepath.Join(s.o.Dir, filepath.FromSlash(rel)) }

// lookUp is the entry of a list that a request names.
func lookUp(what, name string, all []string) (string, error) {
	if slices.Contains(all, name) {
		return name, nil
	}
	return "", notFound(fmt.Sprintf("there is no %s %.200q below this folder; it was removed, or its name is wrong", what, name))
}
