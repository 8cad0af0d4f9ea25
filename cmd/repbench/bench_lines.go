package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"repbench/benchmarks/gate"
	"repbench/benchmarks/ledger"
)

// linesFlags say where the lines of a comparison are.
type linesFlags struct {
	ledger  string
	suite   string
	machine string
}

// side reads the lines that an argument of bench compare names: the folder of a suite, a file, a folder of
// ledger files, or a commit in the ledger.
func (f linesFlags) side(arg string) ([]ledger.Line, error) {
	info, err := os.Stat(arg)
	switch {
	case err == nil && !info.IsDir():
		return ledger.Read(arg)
	case err == nil && isFile(filepath.Join(arg, planFile)):
		return outLines(arg)
	case err == nil && f.ledger == "":
		lines, err := ledger.ReadFolder(arg)
		if err == nil && len(lines) == 0 {
			err = fmt.Errorf("%s is no folder of a suite (it has no %s) and holds no .jsonl files of a ledger", arg, planFile)
		}
		return lines, err
	case f.ledger == "" && errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s is no file and no folder; to compare commits, name the ledger with --ledger DIR", arg)
	case f.ledger == "":
		return nil, err
	}
	commit, err := findCommit(f.ledger, arg)
	if err != nil {
		return nil, err
	}
	return ledger.ReadFolder(filepath.Join(f.ledger, commit))
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// findCommit is the commit of a ledger that a name stands for: its beginning, or what git knows by that
// name in the current folder.
func findCommit(dir, name string) (string, error) {
	commit, err := ledger.Find(dir, name)
	if !errors.Is(err, ledger.ErrCommit) || strings.HasPrefix(name, "-") {
		return commit, err
	}
	out, gitErr := exec.Command("git", "rev-parse", "--verify", "--quiet", name+"^{commit}").Output()
	if gitErr != nil {
		return "", err
	}
	return ledger.Find(dir, strings.TrimSpace(string(out)))
}

// both reads two sides and keeps the lines of one suite and of one class of machines on each.
func (f linesFlags) both(base, head string, name string) (b, h []ledger.Line, err error) {
	if b, err = f.side(base); err != nil {
		return nil, nil, fmt.Errorf("BASE: %w", err)
	}
	if h, err = f.side(head); err != nil {
		return nil, nil, fmt.Errorf("HEAD: %w", err)
	}
	if name == "" {
		if name, err = commonSuite(b, h); err != nil {
			return nil, nil, err
		}
	}
	other := func(l ledger.Line) bool { return l.Suite != name }
	b, h = slices.DeleteFunc(b, other), slices.DeleteFunc(h, other)
	for _, s := range []struct {
		name, arg string
		n         int
	}{{"BASE", base, len(b)}, {"HEAD", head, len(h)}} {
		if s.n == 0 {
			return nil, nil, fmt.Errorf("%s: %s has no results of the suite %q", s.name, s.arg, name)
		}
	}
	return f.machines(b, h)
}

// commonSuite is the only suite that both sides have.
func commonSuite(b, h []ledger.Line) (string, error) {
	in := func(lines []ledger.Line) []string {
		var out []string
		for _, l := range lines {
			out = append(out, l.Suite)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	sb, sh := in(b), in(h)
	common := slices.DeleteFunc(slices.Clone(sb), func(s string) bool { return !slices.Contains(sh, s) })
	switch {
	case len(common) == 1:
		return common[0], nil
	case len(common) == 0:
		return "", fmt.Errorf("BASE and HEAD have no suite in common: %s, and %s", orNothing(sb), orNothing(sh))
	}
	return "", usageError{fmt.Errorf("BASE and HEAD have several suites: %s; say which with --suite FILE or --suite NAME", strings.Join(common, ", "))}
}

func orNothing(names []string) string {
	if len(names) == 0 {
		return "no results"
	}
	return strings.Join(names, ", ")
}

// machines chooses a class of machines on each side: the one that is asked for, the only one, or the
// only one that both have.
func (f linesFlags) machines(b, h []ledger.Line) (base, head []ledger.Line, err error) {
	classes := func(lines []ledger.Line) []string {
		var out []string
		for _, l := range lines {
			out = append(out, l.Machine.Class)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	cb, ch := classes(b), classes(h)
	common := slices.DeleteFunc(slices.Clone(cb), func(c string) bool { return !slices.Contains(ch, c) })
	choose := func(lines []ledger.Line, classes []string, side string) ([]ledger.Line, error) {
		class := classes[0]
		switch {
		case f.machine != "" && slices.Contains(classes, f.machine):
			class = f.machine
		case len(classes) == 1:
		case len(common) == 1:
			class = common[0]
		default:
			return nil, usageError{fmt.Errorf("%s has results of several classes of machines: %s; say which with --machine", side, strings.Join(classes, ", "))}
		}
		return slices.DeleteFunc(lines, func(l ledger.Line) bool { return l.Machine.Class != class }), nil
	}
	if base, err = choose(b, cb, "BASE"); err == nil {
		head, err = choose(h, ch, "HEAD")
	}
	return base, head, err
}

// compareSides is the comparison that bench compare and bench more make.
func (f linesFlags) compareSides(base, head string) (*gate.Comparison, error) {
	rule, name, err := f.rule()
	if err != nil {
		return nil, err
	}
	b, h, err := f.both(base, head, name)
	if err != nil {
		return nil, err
	}
	return gate.Compare(b, h, rule)
}
