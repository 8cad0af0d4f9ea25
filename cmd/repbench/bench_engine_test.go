package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"repbench/benchmarks/suite"
)

const engineSuite = `suite = "small"
[[encoder]]
name = "pixels"
spec = "pixels"
[[data]]
name = "shapes"
spec = "` + goldenShapes + `"
[[protocol]]
name = "weak"
kind = "linear"
C    = 1e-4
[[protocol]]
name = "strong"
kind = "linear"
C    = 1e-2
[engine.slurm]
cpus = 1
`

// cluster is a folder with a suite, and scripts in place of Slurm's programs before all others on the
// PATH. Each adds its command line to calls; squeue prints the file queue.
type cluster struct {
	t   *testing.T
	dir string
}

// runsAll is an sbatch that runs all tasks of an array before it returns; losesAll one that runs none.
const (
	runsAll = `list=$(sed -n 's/^#SBATCH --array=//p' "$2")
for i in $(seq ${list%-*} ${list#*-}); do SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=$i sh "$2" >>"$dir/tasks" 2>&1; done
echo 7`
	losesAll = `echo 7`
)

func newCluster(t *testing.T, sbatch string) *cluster {
	t.Helper()
	c := &cluster{t, t.TempDir()}
	t.Setenv(asProgram, "1")
	t.Setenv("PATH", filepath.Join(c.dir, "bin")+":"+os.Getenv("PATH"))
	if err := os.Mkdir(filepath.Join(c.dir, "bin"), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"sbatch": sbatch, "squeue": `cat "$dir/queue"`, "scancel": "", "scontrol": "echo 'MaxArraySize = 1001'",
	} {
		path := filepath.Join(c.dir, "bin", name)
		text := "#!/bin/sh\ndir=" + c.dir + "\necho \"" + name + ` $*" >>"$dir/calls"` + "\n" + body + "\n"
		if err := os.WriteFile(path, []byte(text), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	c.write("suite.toml", engineSuite)
	c.write("queue", "")
	t.Chdir(c.dir)
	return c
}

func (c *cluster) write(name, text string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o666); err != nil {
		c.t.Fatal(err)
	}
}

func (c *cluster) read(name string) string {
	data, _ := os.ReadFile(filepath.Join(c.dir, name))
	return string(data)
}

// bench runs a command of bench, which must exit with status; what it says must have all of want.
func (c *cluster) bench(status int, args []string, want ...string) (stdout string) {
	c.t.Helper()
	var out, said bytes.Buffer
	args = append([]string{"bench"}, append(args, "--cache", "cache", "--backend", "cpu")...)
	if got := run(c.t.Context(), args, &out, &said); got != status {
		c.t.Fatalf("%q: status %d, want %d\n%s%s\ntasks: %s", args, got, status, out.String(), said.String(), c.read("tasks"))
	}
	for _, w := range want {
		if !strings.Contains(out.String()+said.String(), w) {
			c.t.Errorf("%q does not say %q:\n%s%s", args, w, out.String(), said.String())
		}
	}
	return out.String()
}

// A suite through a cluster's own commands, to its end; the second time nothing is submitted.
func TestBenchOnSlurm(t *testing.T) {
	c := newCluster(t, runsAll)
	command := []string{"run", "suite.toml", "--out", "out", "--engine", "slurm", "--poll", "10ms"}
	c.bench(0, command, "submitted to slurm: job 7", "2 of 2 done")
	if n := strings.Count(c.read("calls"), "sbatch "); n != 1 {
		t.Errorf("%d submissions:\n%s", n, c.read("calls"))
	}
	c.bench(0, command, "2 of 2 done")
	if n := strings.Count(c.read("calls"), "sbatch "); n != 1 {
		t.Errorf("a suite that is done was submitted again:\n%s", c.read("calls"))
	}
	export := []string{"export", "out", "--engine", "slurm"}
	if script := c.bench(0, export, "nothing is left to submit", "2 of 2 done"); script != "" {
		t.Errorf("a suite that is done exports %q", script)
	}
	if doc := c.bench(0, append(export, "--json")); !strings.Contains(doc, `"cells": []`) {
		t.Errorf("a suite that is done exports %s", doc)
	}
	f, err := suite.Open("out")
	if err != nil {
		t.Fatal(err)
	}
	cell := f.Cells()[0]
	if err := os.Remove(filepath.Join(f.Path(cell), "record.json")); err != nil {
		t.Fatal(err)
	}
	if err := f.Fail(cell, "it was told to", 1); err != nil {
		t.Fatal(err)
	}
	c.bench(0, export, "1 of 2 done, 1 failed", "--out out --retry failed")
}

// With --detach the command returns; status says what the queue has, and goes without an answer; cancel ends the
// jobs, and the same command submits again.
func TestBenchDetached(t *testing.T) {
	c := newCluster(t, losesAll)
	c.bench(0, []string{"run", "suite.toml", "--out", "out", "--engine", "slurm", "--poll", "10ms", "--detach"},
		"2 cells are with slurm", `"repbench bench status out"`)
	name := filepath.Base(c.glob("out/jobs/*.sh"))
	name = strings.TrimSuffix(name, ".sh")
	c.write("queue", "7|0|RUNNING|None|"+name+"\n7|1|PENDING|Priority|"+name+"\n")
	c.bench(0, []string{"status", "out"}, "0 of 2 done", "slurm: 1 running (cells 0)", "slurm: 1 PENDING (Priority) (cells 1)")
	var status struct {
		Queues []struct {
			Engine string
			Cells  []struct {
				Index              int
				Phase, Job, Detail string
			}
		}
	}
	if err := json.Unmarshal([]byte(c.bench(0, []string{"status", "out", "--json"})), &status); err != nil {
		t.Fatal(err)
	}
	if q := status.Queues; len(q) != 1 || q[0].Engine != "slurm" || len(q[0].Cells) != 2 || q[0].Cells[1].Job != "7_1" || q[0].Cells[1].Phase != "pending" {
		t.Errorf("queues %+v", status.Queues)
	}
	c.bench(0, []string{"cancel", "out"}, "cancelled: slurm job 7")
	if !strings.Contains(c.read("calls"), "scancel 7\n") {
		t.Errorf("calls:\n%s", c.read("calls"))
	}
	c.write("queue", "7|0|CANCELLED|None|"+name+"\n")
	c.bench(0, []string{"run", "suite.toml", "--out", "out", "--engine", "slurm", "--poll", "10ms", "--detach"})
	if n := strings.Count(c.read("calls"), "sbatch "); n != 2 {
		t.Errorf("%d submissions:\n%s", n, c.read("calls"))
	}
	c.write("bin/squeue", "#!/bin/sh\necho 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1\n")
	c.bench(0, []string{"status", "out"}, "0 of 2 done", "slurm could not be asked", "Unable to contact slurm controller")
	c.bench(1, []string{"run", "suite.toml", "--out", "out", "--engine", "slurm"}, "scontrol ping")
}

func (c *cluster) glob(pattern string) string {
	c.t.Helper()
	found, err := filepath.Glob(filepath.Join(c.dir, pattern))
	if err != nil || len(found) != 1 {
		c.t.Fatalf("%s: %q, %v", pattern, found, err)
	}
	return found[0]
}

// A cluster that loses every job: it is said, and after three submissions the cells are given up, with
// exit status 1. Nothing is lost: local processes do the same cells.
func TestBenchLost(t *testing.T) {
	c := newCluster(t, losesAll)
	c.bench(1, []string{"run", "suite.toml", "--out", "out", "--engine", "slurm", "--poll", "10ms"},
		"the engine lost the cells 0-1: they have no record", "0 done, 2 lost", "the engine lost the cells 0-1 each time", "the same command submits them again")
	if n := strings.Count(c.read("calls"), "sbatch "); n != 3 {
		t.Errorf("%d submissions:\n%s", n, c.read("calls"))
	}
	c.bench(0, []string{"status", "out"}, "2 no longer in the queue and without a record (cells 0-1; not in the queue): bench run submits them again")
	c.bench(0, []string{"run", "suite.toml", "--out", "out"}, "2 of 2 done")
}

// Interrupted watching is exit status 75 and says that the jobs go on.
func TestBenchWatchInterrupted(t *testing.T) {
	c := newCluster(t, losesAll)
	ctx, cancel := context.WithCancel(t.Context())
	var out, said bytes.Buffer
	done := make(chan int)
	go func() {
		done <- run(ctx, []string{"bench", "run", "suite.toml", "--out", "out", "--engine", "slurm", "--cache", "cache"}, &out, &said)
	}()
	for strings.Count(c.read("calls"), "sbatch ") == 0 {
		select {
		case status := <-done:
			t.Fatalf("ended with %d: %s", status, said.String())
		case <-time.After(10 * time.Millisecond):
		}
	}
	cancel()
	if status := <-done; status != statusInterrupted || !strings.Contains(said.String(), `"bench cancel out" ends it`) {
		t.Errorf("status %d: %s", status, said.String())
	}
}

func TestBenchExport(t *testing.T) {
	c := newCluster(t, losesAll)
	c.bench(1, []string{"export", "out", "--engine", "slurm"}, "no folder of a suite")
	first := c.bench(0, []string{"export", "out", "--suite", "suite.toml", "--engine", "slurm"})
	c.bench(0, []string{"run", "suite.toml", "--out", "out", "--engine", "slurm", "--detach"})
	before := strings.Count(c.read("calls"), "sbatch ")
	script := c.bench(0, []string{"export", "out", "--engine", "slurm"})
	if first != script {
		t.Errorf("before the first run it exports\n%s\nand later\n%s", first, script)
	}
	submitted, err := os.ReadFile(c.glob("out/jobs/*.sh"))
	if err != nil || string(submitted) != script {
		t.Errorf("error %v; it exports\n%s\nand submits\n%s", err, script, submitted)
	}
	if n := strings.Count(c.read("calls"), "sbatch "); n != before {
		t.Errorf("export submitted:\n%s", c.read("calls"))
	}
	c.bench(2, []string{"export", "out", "--engine", "kubernetes"}, "no table [engine.kubernetes]", "image and claim")
	c.write("out/suite.toml", engineSuite+"[engine.kubernetes]\nimage = \"repbench:1\"\nclaim = \"bench\"\n")
	manifest := c.bench(0, []string{"export", "out", "--engine", "kubernetes"})
	for _, want := range []string{"kind: Job\n", "completions: 2\n", "claimName: bench\n", "mountPath: " + c.dir + "\n"} {
		if !strings.Contains(manifest, want) {
			t.Errorf("no %q in\n%s", want, manifest)
		}
	}
}

func TestBenchEngineUsage(t *testing.T) {
	c := newCluster(t, losesAll)
	c.bench(0, []string{"run", "suite.toml", "--out", "out", "--engine", "slurm", "--detach"})
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"run", "suite.toml", "--out", "o", "--engine", "nomad"}, `engine "nomad": want local, slurm or kubernetes`},
		{[]string{"run", "suite.toml", "--out", "o", "--engine", "slurm", "--jobs", "2"}, "[engine.slurm] parallel"},
		{[]string{"run", "suite.toml", "--out", "o", "--engine", "kubernetes"}, "[engine.kubernetes]"},
		{[]string{"run", "suite.toml", "--out", "o", "--detach"}, "--detach is for --engine slurm"},
		{[]string{"run", "suite.toml", "--out", "o", "--engine", "slurm", "--poll", "0s"}, "positive time"},
		{[]string{"export", "out"}, "--engine is required"},
		{[]string{"cell", "out", "2", "--of", "0-1"}, "--of 0-1 has 2 cells, from 0, and no 2"},
		{[]string{"cell", "out", "0", "--of", "1-"}, "--of"},
	} {
		c.bench(2, tt.args, tt.want)
	}
	if _, err := os.Stat(filepath.Join(c.dir, "o")); err == nil {
		t.Error("a wrong command line made the suite's folder")
	}
	c.bench(0, []string{"cell", "out", "0", "--of", "1"}, "cell 1, pixels, shapes, strong: done")
}
