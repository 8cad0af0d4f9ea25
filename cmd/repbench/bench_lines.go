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
	"repbench/benchmarks/suite"
)

// linesFlags say where the lines of a comparison are.
type linesFlags struct {
	ledger, suite, machine string
}

// planFile marks the folder of a suite.
const planFile = "plan.jsonl"

// side reads the lines that an argument of bench compare names: the folder of a suite, a file, a folder of
// ledger files, a ledger of one commit, or a commit in the ledger --ledger.
func (f linesFlags) side(arg string) (s suiteSide, err error) {
	info, err := os.Stat(arg)
	switch {
	case err == nil && !info.IsDir():
		s.lines, err = ledger.Read(arg)
	case err == nil && isFile(filepath.Join(arg, planFile)):
		return openSide(arg)
	case err == nil && f.ledger == "":
		if s.lines, err = ledger.ReadFolder(arg); err == nil && len(s.lines) == 0 {
			s.lines, err = onlyCommit(arg)
		}
	case f.ledger == "" && errors.Is(err, fs.ErrNotExist):
		err = fmt.Errorf("%s is no file and no folder; to compare commits, name the ledger with --ledger DIR", arg)
	case f.ledger != "":
		var commit string
		if commit, err = findCommit(f.ledger, arg); err == nil {
			s.lines, err = ledger.ReadFolder(filepath.Join(f.ledger, commit))
		}
	}
	return s, err
}

// onlyCommit reads the lines of the only commit of a ledger. A ledger of several commits is an error that
// says how to name one; so is a folder that is no ledger.
func onlyCommit(dir string) ([]ledger.Line, error) {
	commits, err := ledger.Commits(dir)
	if err != nil {
		return nil, err
	}
	commits = slices.DeleteFunc(commits, func(c string) bool { return isFile(filepath.Join(dir, c, planFile)) })
	switch len(commits) {
	case 0:
		return nil, fmt.Errorf("%s is no folder of a suite (it has no %s) and holds no .jsonl files of a ledger", dir, planFile)
	case 1:
		return ledger.ReadFolder(filepath.Join(dir, commits[0]))
	}
	return nil, fmt.Errorf("%s is a ledger of %d commits: %s; name the folder of one commit, as %s, or compare two of its commits with --ledger %s",
		dir, len(commits), ledger.Some(commits), filepath.Join(dir, commits[0]), dir)
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

// both keeps of two sides the lines of one suite and of one class of machines.
func (f linesFlags) both(args []string, b, h []ledger.Line, name string) (base, head []ledger.Line, err error) {
	if name == "" {
		if name, err = commonSuite(b, h); err != nil {
			return nil, nil, err
		}
	}
	other := func(l ledger.Line) bool { return l.Suite != name }
	b, h = slices.DeleteFunc(b, other), slices.DeleteFunc(h, other)
	for i, n := range []int{len(b), len(h)} {
		if n == 0 {
			return nil, nil, fmt.Errorf("%s: %s has no results of the suite %q", [...]string{"BASE", "HEAD"}[i], args[i], name)
		}
	}
	return f.machines(b, h)
}

// commonSuite is the only suite that both sides have.
func commonSuite(b, h []ledger.Line) (string, error) {
	suite := func(l ledger.Line) string { return l.Suite }
	sb, sh := distinct(b, suite), distinct(h, suite)
	common := inBoth(sb, sh)
	switch {
	case len(common) == 1:
		return common[0], nil
	case len(common) == 0:
		return "", fmt.Errorf("BASE and HEAD have no suite in common: %s, and %s", orNothing(sb), orNothing(sh))
	}
	return "", usageError{fmt.Errorf("BASE and HEAD have several suites: %s; say which with --suite FILE or --suite NAME", strings.Join(common, ", "))}
}

// distinct are the values of a field in lines, each once, in alphabetical order.
func distinct(lines []ledger.Line, field func(ledger.Line) string) []string {
	var out []string
	for _, l := range lines {
		out = append(out, field(l))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// inBoth are the names that occur in both lists.
func inBoth(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(name string) bool { return !slices.Contains(b, name) })
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
	class := func(l ledger.Line) string { return l.Machine.Class }
	cb, ch := distinct(b, class), distinct(h, class)
	if f.machine != "" && !slices.Contains(cb, f.machine) && !slices.Contains(ch, f.machine) {
		return nil, nil, fmt.Errorf("BASE and HEAD have no results of machines of the class %q; they have %s, and %s", f.machine, strings.Join(cb, ", "), strings.Join(ch, ", "))
	}
	common := inBoth(cb, ch)
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

// compareSides is the comparison that bench compare and bench more make, of BASE and HEAD.
func (f linesFlags) compareSides(args []string) (*gate.Comparison, error) {
	base, err := f.side(args[0])
	if err != nil {
		return nil, fmt.Errorf("BASE: %w", err)
	}
	head, err := f.side(args[1])
	if err != nil {
		return nil, fmt.Errorf("HEAD: %w", err)
	}
	rule, name, err := f.rule(head.gate, base.gate)
	if err != nil {
		return nil, err
	}
	b, h, err := f.both(args, base.lines, head.lines, name)
	if err != nil {
		return nil, err
	}
	c, err := gate.Compare(b, h, rule)
	if err != nil {
		return nil, err
	}
	for _, failed := range head.failed {
		c.Warnings = append(c.Warnings, "in the head "+failed)
	}
	return c, nil
}

// rule is the rule and the name of the suite. Both come from --suite where it is a file. Else the rule comes from
// the folder of a suite that is compared, or is the default, and the name is --suite itself.
func (f linesFlags) rule(folders ...*gate.Rule) (gate.Rule, string, error) {
	name := f.suite
	if f.suite != "" && isFile(f.suite) {
		s, err := suite.Read(f.suite)
		if err != nil {
			return gate.Rule{}, "", err
		}
		return s.Gate, s.Name, nil
	}
	for _, r := range folders {
		if r != nil {
			return *r, name, nil
		}
	}
	return gate.Default(), name, nil
}
