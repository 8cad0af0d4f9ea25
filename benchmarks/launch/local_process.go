package launch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"repbench/benchmarks/suite"
)

// process is a cell that runs.
type process struct {
	cell    suite.Cell
	cmd     *exec.Cmd
	started time.Time
	said    *lastLines
	err     error // how it ended
}

// start starts the process of a cell.
func (r *run) start(c suite.Cell) error {
	threads := max(1, r.Threads/r.Jobs)
	args := append([]string{"bench", "cell"}, r.Flags...)
	args = append(args, "--quiet", "--threads", strconv.Itoa(threads))
	if r.Memory > 0 {
		args = append(args, "--max-memory", strconv.FormatInt(max(1, r.Memory/int64(r.Jobs)), 10))
	}
	if r.Reuse {
		args = append(args, "--reuse", "modified")
	}
	args = append(args, "--", r.Folder.Dir, strconv.Itoa(c.Index))
	p := &process{cell: c, cmd: exec.Command(r.Program, args...), started: time.Now(), said: &lastLines{}}
	p.cmd.Stderr = p.said
	p.cmd.Env = os.Environ()
	if r.Memory > 0 && os.Getenv("GOMEMLIMIT") == "" {
		p.cmd.Env = append(p.cmd.Env, fmt.Sprintf("GOMEMLIMIT=%d", 2*r.Memory/int64(r.Jobs)))
	}
	ownGroup(p.cmd) // so that Ctrl-C reaches this process alone, which passes it on
	if err := p.cmd.Start(); err != nil {
		return err
	}
	r.running[c.Index] = p
	go func() {
		p.err = p.cmd.Wait()
		r.ended <- p
	}()
	return nil
}

// terminate asks all processes to stop where they can go on later.
func (r *run) terminate() {
	for _, p := range r.running {
		_ = terminate(p.cmd.Process)
	}
}

// drain waits for all processes.
func (r *run) drain() {
	for len(r.running) > 0 {
		p := <-r.ended
		delete(r.running, p.cell.Index)
	}
}

// finish files a cell whose process ended.
func (r *run) finish(ctx context.Context, p *process) {
	c := p.cell
	delete(r.running, c.Index)
	s := r.Folder.Look(c, r.Reuse)
	if s.State == suite.Done || s.State == suite.Failed || s.State == suite.Running {
		r.settle(c, s)
		return
	}
	var exit *exec.ExitError
	code := -1
	if errors.As(p.err, &exit) {
		code = exit.ExitCode()
	}
	switch {
	case ctx.Err() != nil:
		r.pending = append(r.pending, c)
	case code == cellInterrupted && r.yielded[c.Index] < yields:
		r.yielded[c.Index]++
		r.pending = append(r.pending, c)
	case code == cellFailed && (r.Folder.OutOfDisk(c) || p.said.full()):
		r.full = r.diskFull(c, lastLine(p.said.lines()))
		r.pending = append(r.pending, c)
	case code == -1 && r.killed[c.Index]+1 < kills: // by a signal
		r.killed[c.Index]++
		r.pending = append(r.pending, c)
		r.show(fmt.Sprintf("cell %d (%s): %v; it is started again", c.Index, c, p.err))
	default:
		r.giveUp(p, code)
	}
}

// giveUp says in the files of a cell that it failed, as its process did not say so.
func (r *run) giveUp(p *process, code int) {
	reason := fmt.Sprintf("its process ended with %v", p.err)
	switch {
	case p.err == nil:
		reason = "its process ended as if it were done, and its record does not count: " + r.Folder.Look(p.cell, r.Reuse).Why
	case code == -1:
		reason += fmt.Sprintf(", %d times; if memory was short, run fewer at a time (--jobs)", kills)
	case len(p.said.lines()) > 0:
		reason += ": " + lastLine(p.said.lines())
	}
	if err := r.Folder.Fail(p.cell, reason, code); err != nil {
		if suite.DiskFull(err) {
			r.full = r.diskFull(p.cell, err.Error())
		}
		r.show(fmt.Sprintf("cell %d (%s): failed: %s; this could not be noted: %v", p.cell.Index, p.cell, reason, err))
		r.snapshot.Failed++
		return
	}
	r.settle(p.cell, r.Folder.Look(p.cell, r.Reuse))
}

// lastLine is the last line that says something.
func lastLine(lines []string) string {
	for i := len(lines) - 1; i >= 0; i-- {
		if line := strings.TrimSpace(lines[i]); line != "" {
			return line
		}
	}
	return "it said nothing"
}

// lastLines keeps the end of what a process writes.
type lastLines struct {
	mu   sync.Mutex
	text []byte
}

// maxSaid bounds what is kept, in bytes.
const maxSaid = 16 << 10

// Write implements io.Writer.
func (l *lastLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	if over := len(l.text) - maxSaid; over > 0 {
		l.text = bytes.Clone(l.text[over:])
	}
	return len(p), nil
}

// full reports whether it says that the disk is full.
func (l *lastLines) full() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Contains(l.text, []byte(syscall.ENOSPC.Error())) || bytes.Contains(l.text, []byte(syscall.EDQUOT.Error()))
}

func (l *lastLines) lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Split(strings.TrimRight(string(l.text), "\n"), "\n")
}
