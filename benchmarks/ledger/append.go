package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"repbench/internal/atomicfile"
	"repbench/internal/errkind"
	"repbench/internal/filelock"
)

// ErrDiffers is the kind of error of a line that is refused because another result is there.
var ErrDiffers = errors.New("another result is in the ledger")

// suffix ends the names of a ledger's files.
const suffix = ".jsonl"

// File is the file of a line in the ledger dir: COMMIT/SUITE-MACHINE.jsonl.
func File(dir string, l *Line) string {
	return filepath.Join(dir, l.Commit(), safe(l.Suite)+"-"+safe(l.Machine.Class)+suffix)
}

// safe makes a name fit for a file on any system.
func safe(name string) string {
	out := strings.Map(func(r rune) rune {
		if r == '.' || r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, name)
	return strings.TrimLeft(out, ".")
}

// Append adds lines to the files of the ledger dir and returns how many were new. Lines never change: one
// that is there already is left as it is, and one whose result differs from the line there is refused, by an
// error of the kind ErrDiffers; then nothing is written. Programs that append at the same time wait for
// one another. A file is replaced as a whole, so that a reader finds the old one or the new one.
func Append(dir string, lines []Line) (added int, err error) {
	files := map[string][]Line{}
	for _, l := range lines {
		if err := l.Check(); err != nil {
			return 0, fmt.Errorf("%s: %w", l.Key, err)
		}
		path := File(dir, &l)
		files[path] = append(files[path], l)
	}
	paths := slices.Sorted(maps.Keys(files))
	for _, path := range paths { // before the first file is changed
		if _, _, err := merge(path, files[path]); err != nil {
			return 0, err
		}
	}
	for _, path := range paths {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return added, err
		}
		n, err := appendTo(path, files[path])
		added += n
		if err != nil {
			return added, err
		}
	}
	return added, nil
}

// appendTo adds lines to one file, under its lock.
func appendTo(path string, lines []Line) (added int, err error) {
	err = filelock.Replace(path, func() error {
		var text []byte
		if text, added, err = merge(path, lines); err != nil || added == 0 {
			return err
		}
		return atomicfile.WriteFile(path, text, 0o644)
	})
	if err != nil {
		return 0, fmt.Errorf("append to the ledger: %w", err)
	}
	return added, nil
}

// merge is the text of a file with the lines that it has not yet.
func merge(path string, lines []Line) (text []byte, added int, err error) {
	old, err := Read(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, 0, err
	}
	if text, err = os.ReadFile(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, 0, err
	}
	if n := len(text); n > 0 && text[n-1] != '\n' {
		text = append(text, '\n')
	}
	there := map[string]*Line{}
	for i := range old {
		there[old[i].identity()] = &old[i]
	}
	out := bytes.NewBuffer(text)
	for i := range lines {
		l := &lines[i]
		if before, ok := there[l.identity()]; ok {
			if part := Differs(before, l); part != "" {
				if options := OptionDifferences(before.Options, l.Options); part == "options" && len(options) > 0 {
					part += " (" + strings.Join(options, ", ") + ")"
				}
				hint := ""
				if l.Fingerprint.Commit == UnknownCommit {
					hint = "; " + UnknownCommitHint
				}
				return nil, 0, errkind.Errorf(ErrDiffers, "%s has another result of %s: %s differs. Lines of a ledger never change; results of other sources belong to another commit, "+
					"and a machine that gives other digits needs a class of its own%s", path, l.Key, part, hint)
			}
			continue
		}
		b, err := json.Marshal(l)
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", l.Key, err)
		}
		out.Write(b)
		out.WriteByte('\n')
		there[l.identity()] = l
		added++
	}
	return out.Bytes(), added, nil
}
