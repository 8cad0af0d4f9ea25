package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"repbench/benchmarks/gate"
	"repbench/cmd/repbench/internal/term"
	"repbench/internal/atomicfile"
	"repbench/reports/verdicts"
)

// compareOutputs are what bench compare writes besides its text.
type compareOutputs struct {
	junit, markdown, html string
	github                bool
	images                []string
}

func (a *app) benchCompare() *cobra.Command {
	var f linesFlags
	var o compareOutputs
	c := &cobra.Command{
		Use:   "compare BASE HEAD",
		Short: "Say whether HEAD is worse than BASE, cell by cell",
		Long: `Compare the results of two commits of a suite. BASE and HEAD are folders of a suite (bench run
--out), files (records, or a ledger's), ledgers of one commit, or commits of the ledger DIR
(--ledger). Cells are joined by the names that the suite gives them; what differs in their recipes
is named.

A cell regressed if it is shown to be worse, passes if a drop of the margin is excluded, and is
inconclusive otherwise; the rule is the table [gate] of the suite (--suite FILE), or its default.
The last line is the verdict. Exit status: 0 pass, 3 regressed, 4 inconclusive, 1 a cell or the
whole could not be compared, 2 wrong usage.`,
		Example: `  repbench bench compare 4e2573e HEAD --ledger ledger --suite benchmarks/suites/quick.toml
  repbench bench compare base.jsonl out/gate --junit gate.xml --html gate.html`,
		Args: exactly(2, "BASE and HEAD"),
		RunE: func(c *cobra.Command, args []string) error { return a.runBenchCompare(c, f, o, args) },
	}
	addLinesFlags(c, &f)
	fl := c.Flags()
	fl.StringVar(&o.junit, "junit", "", "file of JUnit XML to write")
	fl.StringVar(&o.markdown, "markdown", "", "Markdown file to write")
	fl.StringVar(&o.html, "html", "", "web page to write, one file")
	fl.BoolVar(&o.github, "github", false, "print annotations of GitHub Actions, and add to its step summary ($GITHUB_STEP_SUMMARY)")
	fl.StringArrayVar(&o.images, "images", nil, "data set whose images the web page shows where they changed; may be repeated")
	return c
}

// addLinesFlags adds the flags that say where lines are.
func addLinesFlags(c *cobra.Command, f *linesFlags) {
	c.Flags().StringVar(&f.ledger, "ledger", "", "folder of the ledger, whose commits BASE and HEAD name")
	c.Flags().StringVar(&f.suite, "suite", "", "file of the suite, whose table [gate] is the rule; or the name of one of several suites")
	c.Flags().StringVar(&f.machine, "machine", "", "class of machines, where there are results of several")
}

func (a *app) runBenchCompare(c *cobra.Command, f linesFlags, o compareOutputs, args []string) error {
	pictures, err := a.pictures(c.Context(), o)
	if err != nil {
		return err
	}
	result, err := f.compareSides(args)
	if err != nil {
		return err
	}
	if err := o.write(result, pictures); err != nil {
		return err
	}
	if o.github {
		to := a.stdout
		if a.json { // one document on standard output; GitHub reads both streams
			to = a.stderr
		}
		if _, err := io.WriteString(to, verdicts.Annotations(result)); err != nil {
			return err
		}
	}
	v := struct {
		*gate.Comparison
		ExitCode int `json:"exit_code"`
	}{result, result.ExitCode()}
	if err := a.print(v, term.Verdicts(result)); err != nil {
		return err
	}
	return exitWith(result.ExitCode())
}

// write writes the files.
func (o compareOutputs) write(c *gate.Comparison, pictures verdicts.Pictures) error {
	for _, out := range []struct {
		path string
		make func() ([]byte, error)
	}{
		{o.junit, func() ([]byte, error) { return verdicts.JUnit(c) }},
		{o.markdown, func() ([]byte, error) { return verdicts.Markdown(c) }},
		{o.html, func() ([]byte, error) { return verdicts.HTML(c, pictures) }},
	} {
		if out.path == "" {
			continue
		}
		text, err := out.make()
		if err != nil {
			return err
		}
		if err := atomicfile.WriteFile(out.path, text, 0o644); err != nil {
			return err
		}
	}
	if path := os.Getenv("GITHUB_STEP_SUMMARY"); o.github && path != "" {
		return addSummary(path, c)
	}
	return nil
}

// addSummary adds to the summary of a step, which other commands of the step add to as well.
func addSummary(path string, c *gate.Comparison) error {
	text, err := verdicts.Summary(c)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("step summary: %w", err)
	}
	_, err = f.WriteString(strings.TrimRight(string(text), "\n") + "\n")
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("step summary: %w", err)
	}
	return nil
}
