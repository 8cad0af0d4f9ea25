// Package engines has tests that run a suite on real engines, which scripts of this folder bring up on this
// machine: slurm.sh a Slurm cluster of several nodes, k8s.sh a Kubernetes control plane. "make test-engines"
// runs them; they need root.
package engines

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"repbench/internal/golden"
)

// enabled is the variable that asks for these tests.
const enabled = "REPBENCH_TEST_ENGINES"

// suiteText is six cells: four trainings that last long enough to be cut off, and two encoders with random
// weights. PROGRAM is replaced.
const suiteText = `suite = "engines"
seeds = "1..2"

[[encoder]]
name  = "dcgan"
seeds = "1..4"
train = { arch = "svhn32", width = 8, data = "small", batch = 16, steps = 100, checkpoint-every = 10, log-every = 50, samples = 4 }

[[encoder]]
name = "random"
spec = "random:svhn32,width=2"

[[data]]
name = "small"
spec = "shapes:train=100,test=40"

[[protocol]]
name = "linear"
C    = 1e-3

[engine.slurm]
time     = "10"
cpus     = 1
memory   = "600M"
parallel = 3

[engine.kubernetes]
image    = "repbench:test"
program  = "PROGRAM"
claim    = "bench"
cpu      = "500m"
memory   = "600Mi"
parallel = 2
`

// cells is the number of cells of the suite.
const cells = 6

// program builds the program once and returns its path; the file is removed after the last test.
// REPBENCH_TEST_PROGRAM names a program that is built already.
var program = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("REPBENCH_TEST_PROGRAM"); path != "" {
		return path, nil
	}
	dir, err := os.MkdirTemp("", "repbench-engines-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "repbench")
	c := exec.Command("go", "build", "-o", path, "repbench/cmd/repbench")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return "", errors.New(string(out))
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if os.Getenv(enabled) != "" && os.Getenv("REPBENCH_TEST_PROGRAM") == "" {
		if path, err := program(); err == nil {
			os.RemoveAll(filepath.Dir(path))
		}
	}
	os.Exit(code)
}

// bench is a suite's folder with the program.
type bench struct {
	t   *testing.T
	bin string
	dir string // the suite's folder lies in it
	env []string
}

// newBench skips the test unless it was asked for, and makes a folder with the suite.
func newBench(t *testing.T) *bench {
	t.Helper()
	if os.Getenv(enabled) == "" {
		t.Skipf("brings up a cluster: make test-engines")
	}
	if os.Getuid() != 0 {
		t.Skip("needs root, to start daemons and process namespaces")
	}
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("/tmp", "rb") // short: sockets have paths of at most 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, bin: bin, dir: dir, env: os.Environ()}
	b.write("suite.toml", strings.ReplaceAll(suiteText, "PROGRAM", bin))
	return b
}

func (b *bench) path(elem ...string) string {
	return filepath.Join(append([]string{b.dir}, elem...)...)
}

func (b *bench) write(name, text string) {
	b.t.Helper()
	if err := os.WriteFile(b.path(name), []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// command runs the program with a cache of the test's own.
func (b *bench) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, b.bin, append(args, "--backend", "cpu", "--cache", b.path("cache"))...)
	c.Env, c.Dir = b.env, b.dir
	return c
}

// run runs the program to its end; it must exit with status.
func (b *bench) run(status int, args ...string) string {
	b.t.Helper()
	out, err := b.command(b.t.Context(), args...).CombinedOutput()
	if got := exitStatus(err); got != status {
		b.t.Fatalf("repbench %s: status %d, want %d\n%s", strings.Join(args, " "), got, status, out)
	}
	return string(out)
}

// tool runs another program to its end.
func (b *bench) tool(name string, args ...string) string {
	b.t.Helper()
	out, err := b.try(name, args...)
	if err != nil {
		b.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}

func (b *bench) try(name string, args ...string) (string, error) {
	path := name
	if strings.HasSuffix(name, ".sh") {
		path, _ = filepath.Abs(name)
	}
	for _, e := range b.env { // the last PATH counts
		if list, ok := strings.CutPrefix(e, "PATH="); ok {
			for _, d := range filepath.SplitList(list) {
				if _, err := os.Stat(filepath.Join(d, name)); err == nil && !strings.Contains(name, "/") {
					path = filepath.Join(d, name)
					break
				}
			}
		}
	}
	c := exec.Command(path, args...)
	c.Env = b.env
	out, err := c.CombinedOutput()
	return string(out), err
}

func exitStatus(err error) int {
	var e *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e.ExitCode()
	}
	return -1
}

// running is a bench run in the background.
type running struct {
	b    *bench
	cmd  *exec.Cmd
	out  bytes.Buffer
	mu   sync.Mutex
	done chan error
}

// start starts the program in the background; it is ended with the test.
func (b *bench) start(args ...string) *running {
	b.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{b: b, cmd: b.command(ctx, args...), done: make(chan error, 1)}
	r.cmd.Stdout, r.cmd.Stderr = r, r
	r.cmd.Cancel = func() error { return r.cmd.Process.Signal(syscall.SIGTERM) }
	if err := r.cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(cancel)
	go func() { r.done <- r.cmd.Wait() }()
	return r
}

func (r *running) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out.Write(p)
}

func (r *running) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out.String()
}

// wait waits for the end, which must be with status 0, and calls each once a second.
func (r *running) wait(limit time.Duration, each func()) {
	r.b.t.Helper()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for end := time.After(limit); ; {
		select {
		case err := <-r.done:
			if err != nil {
				r.b.t.Fatalf("%v\n%s", err, r.said())
			}
			return
		case <-end:
			r.b.t.Fatalf("not done within %s\n%s", limit, r.said())
		case <-tick.C:
			if each != nil {
				each()
			}
		}
	}
}

// until calls holds until it is true.
func (b *bench) until(what string, limit time.Duration, holds func() bool) {
	b.t.Helper()
	for end := time.Now().Add(limit); !holds(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("%s: not within %s", what, limit)
		}
	}
}

// cell is a line of plan.jsonl.
type cell struct {
	Index          int
	ID, Training   string
	Encoder        string
	trainingFolder string
}

// plan reads plan.jsonl of the folder out.
func (b *bench) plan(out string) []cell {
	b.t.Helper()
	text, err := os.ReadFile(b.path(out, "plan.jsonl"))
	if err != nil {
		b.t.Fatal(err)
	}
	var all []cell
	for line := range strings.Lines(string(text)) {
		var c cell
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			b.t.Fatal(err)
		}
		c.trainingFolder = b.path(out, "trainings", c.Training)
		all = append(all, c)
	}
	if len(all) != cells {
		b.t.Fatalf("%d cells, want %d", len(all), cells)
	}
	return all
}

// begun reports whether the training of a cell has a checkpoint.
func (c cell) begun() bool {
	found, _ := filepath.Glob(filepath.Join(c.trainingFolder, "checkpoints", "step-*", "state.json"))
	return len(found) > 0
}

// attempts is how many processes worked on a cell.
func (b *bench) attempts(out string, c cell) int {
	text, _ := os.ReadFile(b.path(out, "cells", c.ID, "attempts.jsonl"))
	starts := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		var a struct {
			Host, Start string
			PID         int
		}
		if json.Unmarshal([]byte(line), &a) == nil {
			starts[a.Host+a.Start+strconv.Itoa(a.PID)] = true
		}
	}
	return len(starts)
}

// process is the process that works on a cell; 0: none.
func (b *bench) process(out string, c cell) int {
	var holder struct{ PID int }
	text, _ := os.ReadFile(b.path(out, "cells", c.ID, "lock"))
	_ = json.Unmarshal(text, &holder)
	return holder.PID
}

// sameRecords compares the records of two folders: all but times and the machine.
func (b *bench) sameRecords(want, got string) {
	b.t.Helper()
	for _, c := range b.plan(want) {
		w, g := b.record(want, c), b.record(got, c)
		if !reflect.DeepEqual(w, g) {
			x, _ := json.MarshalIndent(w, "", " ")
			y, _ := json.MarshalIndent(g, "", " ")
			b.t.Errorf("cell %d (%s) differs:\n%s", c.Index, c.ID, golden.Diff(string(x), string(y)))
		}
	}
}

// record is record.json of a cell without what differs between two runs of one program.
func (b *bench) record(out string, c cell) map[string]any {
	b.t.Helper()
	text, err := os.ReadFile(b.path(out, "cells", c.ID, "record.json"))
	if err != nil {
		b.t.Error(err)
		return nil
	}
	var r map[string]any
	if err := json.Unmarshal(text, &r); err != nil {
		b.t.Fatal(err)
	}
	for _, k := range []string{"seconds", "finished", "machine"} {
		delete(r, k)
	}
	if r["correct"] == nil || r["measurements"] == nil {
		b.t.Errorf("cell %d has no result: %s", c.Index, text)
	}
	return r
}

// local computes the suite as processes of this machine, whose records engines have to reproduce.
func (b *bench) local() {
	b.t.Helper()
	begin := time.Now()
	b.run(0, "bench", "run", "suite.toml", "--out", "local", "--jobs", "2", "--threads", "1")
	b.t.Logf("local: %s", time.Since(begin).Round(time.Second))
}

// cluster runs a script of this folder that starts a cluster, takes the variables that it prints, and stops
// it with the test. Afterwards none of its processes is left.
func (b *bench) cluster(script string, env []string, start ...string) {
	b.t.Helper()
	b.env = append(b.env, env...)
	b.t.Cleanup(func() {
		pids := b.pids()
		if out, err := b.try(script, "stop", b.dir); err != nil {
			b.t.Errorf("%s stop: %v\n%s", script, err, out)
		}
		for name, pid := range pids {
			if syscall.Kill(pid, 0) == nil {
				b.t.Errorf("%s (process %d) is left", name, pid)
			}
		}
	})
	begin := time.Now()
	out := b.tool(script, append([]string{"start", b.dir}, start...)...)
	for line := range strings.Lines(out) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "export "); ok {
			b.env = append(b.env, v)
		}
	}
	b.t.Logf("%s: up after %s", script, time.Since(begin).Round(100*time.Millisecond))
}

// pids are the processes that the script has started.
func (b *bench) pids() map[string]int {
	pids := map[string]int{}
	files, _ := filepath.Glob(b.path("run", "*.pid"))
	for _, f := range files {
		text, _ := os.ReadFile(f)
		if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			pids[filepath.Base(f)] = pid
		}
	}
	return pids
}

var _ io.Writer = (*running)(nil)
