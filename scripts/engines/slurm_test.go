package engines

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// A suite on a cluster of three nodes whose arrays have at most four tasks: a node loses its power while it
// trains, a task is requeued, a task is cancelled without the program. The records equal the records of local
// processes. With accounting the same.
func TestSlurm(t *testing.T) {
	for _, tt := range []struct {
		name     string
		programs []string
		packages string
		start    []string
	}{
		{"without accounting", []string{"munged", "slurmctld", "slurmd", "sbatch", "unshare"}, "munge slurmctld slurmd slurm-client", []string{"3"}},
		{"with accounting", []string{"munged", "slurmctld", "slurmd", "sbatch", "unshare", "slurmdbd", "mariadbd"},
			"munge slurmctld slurmd slurm-client slurmdbd mariadb-server", []string{"3", "dbd"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			for _, p := range tt.programs {
				if _, err := exec.LookPath(p); err != nil {
					t.Skipf("no %s: apt-get install -y --no-install-recommends %s", p, tt.packages)
				}
			}
			b.local()
			b.cluster("slurm.sh", []string{"MAX_ARRAY_SIZE=4"}, tt.start...)
			begin := time.Now()
			b.slurmSuite()
			t.Logf("suite on Slurm: %s", time.Since(begin).Round(time.Second))
			b.slurmCancel()
		})
	}
}

// slurmSuite runs the suite through what clusters do to it.
func (b *bench) slurmSuite() {
	run := b.start("bench", "run", "suite.toml", "--out", "out", "--engine", "slurm", "--poll", "1s")
	b.until("two trainings with checkpoints", time.Minute, func() bool { return b.slurmTask(0) != "" && b.plan("out")[0].begun() && b.plan("out")[1].begun() })
	cells := b.plan("out")
	first, second := b.slurmTask(0), b.slurmTask(1)
	b.tool("slurm.sh", "kill-node", b.dir, b.node(first))
	b.tool("scontrol", "requeue", second)
	b.until("the second array", 20*time.Second, func() bool { return strings.Contains(b.queue(), "|5|1|") })
	cancelled := ""
	for line := range strings.Lines(b.queue()) {
		if f := strings.Split(line, "|"); f[1] == "5" {
			cancelled = f[0] + "_" + f[2]
		}
	}
	b.tool("scancel", cancelled)
	run.wait(3*time.Minute, b.hurry)
	for _, want := range []string{"the engine lost the cells 5: ", "submitted to slurm", "6 done"} {
		if !strings.Contains(run.said(), want) {
			b.t.Errorf("it did not say %q:\n%s", want, run.said())
		}
	}
	for _, c := range cells[:2] {
		if n := b.attempts("out", c); n < 2 {
			b.t.Errorf("cell %d was cut off and has %d attempts", c.Index, n)
		}
	}
	b.sameRecords("local", "out")
	before := b.queue()
	b.run(0, "bench", "run", "suite.toml", "--out", "out", "--engine", "slurm", "--poll", "1s")
	if after := b.queue(); after != before {
		b.t.Errorf("a suite that is done was submitted again:\n%s", after)
	}
}

// slurmCancel cancels jobs while they train: they save, and do not come back, neither by themselves nor by
// "bench status"; the same command goes on.
func (b *bench) slurmCancel() {
	run := []string{"bench", "run", "suite.toml", "--out", "out2", "--engine", "slurm", "--poll", "1s"}
	b.run(0, append(run, "--detach")...)
	b.until("a training with a checkpoint", time.Minute, func() bool { return slices.ContainsFunc(b.plan("out2"), cell.begun) })
	if text := b.run(0, "bench", "status", "out2"); !strings.Contains(text, "PENDING") {
		b.t.Errorf("the status does not say what waits:\n%s", text)
	}
	b.run(0, "bench", "cancel", "out2")
	b.until("the end of all tasks", 30*time.Second, func() bool {
		return !strings.Contains(b.queue(), "RUNNING") && !strings.Contains(b.queue(), "COMPLETING")
	})
	time.Sleep(2 * time.Second) // a requeue would be seen by now
	if q := b.queue(); strings.Contains(q, "PENDING") || strings.Contains(q, "RUNNING") {
		b.t.Errorf("cancelled tasks came back:\n%s", q)
	}
	again := b.start(run...)
	again.wait(3*time.Minute, b.hurry)
	b.sameRecords("local", "out2")
}

// queue is what squeue shows: array, cell, index, state, reason, node.
func (b *bench) queue() string {
	out := b.tool("squeue", "-h", "-r", "-t", "all", "-o", "%F|%j|%K|%T|%r|%N")
	var lines []string
	for line := range strings.Lines(out) {
		f := strings.Split(strings.TrimSpace(line), "|")
		offset := f[1][strings.LastIndex(f[1], "-")+1:]
		cell := f[2]
		if offset == "4" {
			cell = map[string]string{"0": "4", "1": "5"}[f[2]]
		}
		lines = append(lines, strings.Join([]string{f[0], cell, f[2], f[3], f[4], f[5]}, "|"))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// slurmTask is the running task of a cell, "": none.
func (b *bench) slurmTask(cell int) string {
	for line := range strings.Lines(b.queue()) {
		if f := strings.Split(line, "|"); f[1] == string(rune('0'+cell)) && f[3] == "RUNNING" {
			return f[0] + "_" + f[2]
		}
	}
	return ""
}

// node is where a task runs.
func (b *bench) node(task string) string {
	return strings.TrimSpace(b.tool("squeue", "-h", "-j", task, "-o", "%N"))
}

// hurry lets tasks that were requeued begin now; Slurm makes them wait two minutes.
func (b *bench) hurry() {
	for line := range strings.Lines(b.queue()) {
		if f := strings.Split(line, "|"); f[4] == "BeginTime" {
			_, _ = b.try("scontrol", "update", "jobid="+f[0]+"_"+f[2], "StartTime=now")
		}
	}
}
