// Command repbench measures how good a learned image representation is: it trains
// DCGANs, extracts features, fits linear classifiers on them and writes reports.
//
// Run "repbench help" for the commands. Results go to standard output (with
// --json as one JSON document), progress to standard error. The exit status is 0
// when the work is done, 1 when it failed, 2 when the command line is wrong, 75 when
// it was interrupted and the same command goes on. bench compare has two more: 3 when
// a cell regressed, 4 when it is inconclusive.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"repbench/backends"
	"repbench/benchmarks"
	"repbench/benchmarks/gate"
	"repbench/benchmarks/inside"
	"repbench/benchmarks/launch"
	"repbench/benchmarks/suite"
	"repbench/datasets"
	"repbench/datasets/prepare"
	"repbench/eval"
	"repbench/eval/duplicates"
	"repbench/eval/neighbours/nearfiles"
	"repbench/eval/quality/metric"
	"repbench/features"
	"repbench/internal/outputs"
	"repbench/train"
	"repbench/train/mnistcond"
	"repbench/vis/filters"
	"repbench/vis/forget"
	"repbench/vis/invert"
	"repbench/vis/latent"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second Ctrl-C ends the process at once; but signals that come together are one: bench cancel and
	// Slurm tell a runner and its cells to stop, and the runner tells its cells, too.
	context.AfterFunc(ctx, func() { time.AfterFunc(time.Second, stop) })
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// usageError marks a command line that is wrong.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// Exit statuses: 0 is done.
const (
	statusFailed       = gate.ExitFailed
	statusUsage        = 2
	statusRegressed    = gate.ExitRegressed // of bench compare
	statusInconclusive = gate.ExitOpen      // of bench compare
	statusInterrupted  = 75                 // EX_TEMPFAIL of sysexits.h: the same command goes on
)

// exitStatus is the outcome of a command that has said all it has to say: no message follows.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// exitWith ends a command with a status; 0 is no error.
func exitWith(status int) error {
	if status == 0 {
		return nil
	}
	return exitStatus(status)
}

// run executes one command line and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	a, root := newApp(stdout, stderr)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	a.limitCache(ctx)
	if err == nil {
		return 0
	}
	var status exitStatus
	if errors.As(err, &status) {
		return int(status)
	}
	fmt.Fprintf(stderr, "repbench: %s%s\n", told(ctx, err), flagOf(err))
	if isUsage(err) {
		fmt.Fprintf(stderr, "Run '%s --help' for usage.\n", cmd.CommandPath())
		return statusUsage
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) || errors.Is(err, suite.ErrBusy) || errors.Is(err, launch.ErrCancelled) {
		return statusInterrupted
	}
	return statusFailed
}

// told is an error in words. After Ctrl-C an error that says no next step gets one, and "context canceled",
// which only says that there was a signal, becomes "interrupted".
func told(ctx context.Context, err error) string {
	text := err.Error()
	if ctx.Err() == nil || !errors.Is(err, context.Canceled) || strings.Contains(text, "the same command") {
		return text
	}
	for _, cause := range []error{context.Cause(ctx), context.Canceled} {
		text = strings.TrimSuffix(strings.TrimSuffix(text, cause.Error()), ": ")
	}
	if !strings.Contains(text, "interrupted") {
		text = strings.TrimSuffix("interrupted: "+text, ": ")
	}
	return text + "; give the same command again: it uses what was finished"
}

// flagOf is the flag with which the next step that an error names is taken, in brackets.
func flagOf(err error) string {
	if errors.Is(err, benchmarks.ErrRecords) {
		return " (--record FILE)"
	}
	return ""
}

// isUsage reports whether err is an error of the command line (exit status 2).
func isUsage(err error) bool {
	var usage usageError
	if errors.As(err, &usage) {
		return true
	}
	for _, e := range []error{
		datasets.ErrSpec, prepare.ErrOptions, duplicates.ErrOptions,
		features.ErrSpec, features.ErrOptions,
		train.ErrOptions, backends.ErrUnknown,
		eval.ErrHoldOut, eval.ErrOptions, nearfiles.ErrOptions, metric.ErrOptions,
		outputs.ErrTaken, inside.ErrName,
		mnistcond.ErrCheckpoint, latent.ErrOptions, forget.ErrLayer, forget.ErrMaps, filters.ErrOptions, invert.ErrOptions,
		suite.ErrFile, launch.ErrOptions,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
