package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"repbench/benchmarks"
	"repbench/internal/jsonfile"
	"repbench/internal/progress"
	"repbench/internal/sysinfo"
)

// RunOptions say with what a cell is computed.
type RunOptions struct {
	// Machine is as in benchmarks.Run; its Progress and Notes are set here.
	Machine benchmarks.Machine
	// Threads is the number of threads; 0: all.
	Threads int
	// Log receives the lines of log.txt, too; nil: nobody does.
	Log io.Writer
	// Class names the class of this machine; "": of platform and vector instructions.
	Class string
	// Reuse also counts results of another changed tree of the same commit.
	Reuse bool
}

// ErrFailed is the kind of error of a cell that failed, now or before.
var ErrFailed = errors.New("the cell failed")

// Run computes a cell, unless it is done, and writes its record last. A cell that another process works
// on gives an error of the kind ErrBusy; one that gave up before is left as it is. What was interrupted
// goes on the next time.
func (f *Folder) Run(ctx context.Context, index int, o RunOptions) error {
	c, err := f.Cell(index)
	if err != nil {
		return err
	}
	w, ok := f.works[c.ID]
	if !ok {
		return fmt.Errorf("cell %d (%s) is no longer in the suite: an option or a data set changed since it was planned; its successor has another index", index, c)
	}
	w.Cell = c
	if err := os.MkdirAll(f.Path(c), 0o755); err != nil {
		return err
	}
	l, held, err := takeLock(filepath.Join(f.Path(c), lockFile))
	if err != nil {
		return err
	}
	if held != nil {
		return fmt.Errorf("cell %d (%s): %w: %s", index, c, ErrBusy, held)
	}
	defer l.Release()
	switch s := f.Look(c, o.Reuse); {
	case s.State == Done:
		return nil
	case f.failure(c) != nil:
		return fmt.Errorf("%w before: cell %d (%s): %s; bench run --retry failed tries it again", ErrFailed, index, c, f.failure(c).Reason)
	}
	return f.attempt(ctx, w, l, o)
}

// failure is the content of a cell's failed.json; nil: there is none.
func (f *Folder) failure(c Cell) *Failure {
	var failure Failure
	if jsonfile.Read(filepath.Join(f.Path(c), failedFile), &failure) != nil {
		return nil
	}
	return &failure
}

// Retry lets a cell that failed be tried again.
func (f *Folder) Retry(c Cell) error {
	err := os.Remove(filepath.Join(f.Path(c), failedFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// attempt computes a cell whose lock is held, and says in its files how that went.
func (f *Folder) attempt(ctx context.Context, w work, l *lock, o RunOptions) (err error) {
	a := Attempt{Host: l.who.Host, PID: l.who.PID, Job: l.who.Job, Start: l.who.Time, Program: f.program}
	log, err := os.OpenFile(filepath.Join(f.Path(w.Cell), logFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	_ = debug.SetCrashOutput(log, debug.CrashOptions{}) // of a panic that no one recovers
	out := io.Writer(log)
	if o.Log != nil {
		out = io.MultiWriter(log, o.Log)
	}
	if err := f.addAttempt(w.Cell, a); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s cell %d: %s\n", time.Now().UTC().Format(time.DateTime), w.Index, w.Cell)
	o.Machine.Progress = progress.New(out)
	o.Machine.Notes = func(spec string, notes []string) {
		for _, n := range notes {
			fmt.Fprintf(out, "note: %s: %s\n", spec, n)
		}
	}
	err = f.compute(ctx, w, l, o, &a, out)
	a.End, a.PeakRSSBytes = time.Now().UTC(), sysinfo.PeakRSS()
	a.Exit, a.Reason, a.DiskFull = Exit(err), reason(err), DiskFull(err)
	if err != nil {
		fmt.Fprintf(out, "%s %v\n", time.Now().UTC().Format(time.DateTime), err)
	}
	if gaveUp(err) {
		err = fmt.Errorf("%w: %w", ErrFailed, errors.Join(err, f.Fail(w.Cell, a.Reason, a.Exit)))
	}
	return errors.Join(err, f.addAttempt(w.Cell, a))
}

// Exit is the exit status of a process that computed a cell with this error: 0, 1, or 75 where it is to be
// started again.
func Exit(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, context.Canceled) || errors.Is(err, ErrBusy):
		return 75
	}
	return 1
}

func reason(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// gaveUp reports whether an error says that the cell would fail again. A full disk is not the cell's
// fault: it goes on when there is room.
func gaveUp(err error) bool { return err != nil && Exit(err) == 1 && !DiskFull(err) }

// DiskFull reports whether a full disk, or a quota that is used up, is the cause of an error.
func DiskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// Fail says in the files of a cell that it gave up.
func (f *Folder) Fail(c Cell, reason string, exit int) error {
	return jsonfile.Write(filepath.Join(f.Path(c), failedFile), Failure{
		Cell: c, Reason: reason, Exit: exit, Log: f.LogTail(c, 50), Host: me().Host, Time: time.Now().UTC(),
	})
}
