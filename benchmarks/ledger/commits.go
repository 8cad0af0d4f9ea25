package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"repbench/internal/errkind"
)

// ErrCommit is the kind of error of a commit that a ledger does not have.
var ErrCommit = errors.New("the ledger has no such commit")

// Commits are the commits of the ledger dir, in alphabetical order. Folders without lines do not count.
func Commits(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	var out []string
	for _, e := range entries {
		if files, err := filepath.Glob(filepath.Join(escapeGlob(filepath.Join(dir, e.Name())), "*"+suffix)); err == nil && len(files) > 0 && e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// Find is the commit of the ledger dir that name stands for: the whole commit, or a beginning of at least
// four characters that only one has.
func Find(dir, name string) (string, error) {
	all, err := Commits(dir)
	if err != nil {
		return "", err
	}
	var found []string
	for _, c := range all {
		if c == name {
			return c, nil
		}
		if len(name) >= 4 && strings.HasPrefix(c, name) {
			found = append(found, c)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", errkind.Errorf(ErrCommit, "%s has no results of the commit %s; it has %s. bench record adds the results of a run", dir, name, Some(all))
	}
	return "", errkind.Errorf(ErrCommit, "%s begins %d commits in %s: %s; give more of it", name, len(found), dir, Some(found))
}

// Some are the first names of a list, for a message.
func Some(names []string) string {
	const most = 5
	if len(names) == 0 {
		return "none"
	}
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// ReadFolder reads all lines of the files in a folder, for example the folder of a commit.
func ReadFolder(dir string) ([]Line, error) {
	files, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*"+suffix))
	if err != nil {
		return nil, err
	}
	var out []Line
	for _, f := range files {
		lines, err := Read(f)
		if err != nil {
			return nil, err
		}
		out = append(out, lines...)
	}
	return out, nil
}

// escapeGlob keeps the characters of a folder's name from being a pattern.
func escapeGlob(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}
