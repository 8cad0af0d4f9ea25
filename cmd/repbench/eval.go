package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
	"repbench/features"
	"repbench/reports/record"
)

func (a *app) eval() *cobra.Command {
	return group("eval", "Evaluate features", a.evalLinear(), a.evalFewShot(), a.evalKNN(), a.evalNNC(), a.evalSupervised(), a.evalCompare())
}

// evaluation is what differs between the commands that evaluate features.
type evaluation struct {
	command *cobra.Command // Use, Short and Long
	flags   func(c *cobra.Command)
	// protocol turns the flags into what is run; its errors are errors of the command
	// line. arrays says that the features are NumPy files.
	protocol func(c *cobra.Command, arrays bool) (benchmarks.Protocol, error)
	// show returns the result as a document for --json and as text.
	show func(o *benchmarks.Outcome) (any, string)
}

// evaluation is the command: it opens the features, evaluates, stores and prints.
func (a *app) evaluation(e evaluation) *cobra.Command {
	var f sourceFlags
	c := e.command
	c.Args = exactly(0, "no arguments")
	c.RunE = func(c *cobra.Command, _ []string) error { return a.evaluate(c, e, f) }
	f.addTo(c)
	a.addReading(c)
	e.flags(c)
	return c
}

func (a *app) evaluate(c *cobra.Command, e evaluation, f sourceFlags) error {
	if features.Asks(f.features.encoder) {
		return a.list(f.features.encoder)
	}
	protocol, err := e.protocol(c, f.arrays.TrainX != "")
	if err != nil {
		return usageError{err}
	}
	if err := givenPositive(c, "select-draws", "tolerance", "folds", "batch", "grid"); err != nil {
		return err
	}
	source, err := a.source(c, f)
	if err != nil {
		return usageError{err}
	}
	m := a.machine()
	m.MaxMemory = f.maxMemory
	out, err := benchmarks.Run(c.Context(), benchmarks.Cell{Source: source, Protocol: protocol, Records: f.record}, m)
	return a.finished(e, out, err)
}

// finished prints a result, also where an error says that it could not be stored.
func (a *app) finished(e evaluation, out *benchmarks.Outcome, err error) error {
	if out == nil {
		return err
	}
	document, text := e.show(out)
	if out.Stored != "" {
		text += fmt.Sprintf("  features in %s, record in %s\n", out.Folder, out.Stored)
	}
	return errors.Join(err, a.print(document, text))
}

// classifierUsage is the help of --classifier.
const classifierUsage = "svm: L2-regularised squared hinge, one class against the rest; softmax: L2-regularised softmax regression"

// costsText is a list of costs as --C takes it: "1e-4,2e-4".
func costsText(costs ...float64) string {
	text := make([]string, len(costs))
	for i, c := range costs {
		text[i] = strings.Replace(strconv.FormatFloat(c, 'e', -1, 64), "e-0", "e-", 1)
	}
	return strings.Join(text, ",")
}

// machine is what the common flags say of it.
func (a *app) machine() benchmarks.Machine {
	return benchmarks.Machine{Backend: a.backend, Catalog: a.dataOptions().Options, Progress: a.progress(), Notes: a.showNotes}
}

// stored says where a result was put, and what led to it.
type stored struct {
	ID       string        `json:"id"`
	Record   string        `json:"record"`
	Features string        `json:"features"`
	Notes    []string      `json:"notes"`
	Costs    []record.Cost `json:"costs"`
}

// storedOf is nil of a result that was not stored.
func storedOf(o *benchmarks.Outcome, r *record.Record) *stored {
	if o.Stored == "" {
		return nil
	}
	return &stored{r.ID, o.Stored, o.Folder, r.Notes, r.Costs}
}
