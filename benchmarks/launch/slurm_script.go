package launch

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"repbench/benchmarks/suite"
)

// slurmLeadMost is the most time before the limit at which a cell gets SIGTERM and saves, in seconds.
const slurmLeadMost = 120

// slurmName is the name of all jobs of a suite's folder whose array indices count from offset. Jobs are
// found by this name, also where a user submitted them; so it holds all that is needed to know a task's cell.
func slurmName(w Work, offset int) string { return fmt.Sprintf("%s-%d", w.name(), offset) }

// slurmScript is the batch script for the cells of one window.
func slurmScript(w Work, o suite.Slurm, win window) string {
	w.Flags = withThreads(w.Flags, o.Cpus)
	if n := slurmBytes(o.Memory); n > 0 { // the program cannot see the limit where Slurm sets none in a control group
		w.Flags = withFlag(w.Flags, "--max-memory", strconv.FormatInt(n/2, 10))
	}
	var b strings.Builder
	set := func(format string, args ...any) { fmt.Fprintf(&b, "#SBATCH "+format+"\n", args...) }
	fmt.Fprintf(&b, "#!/bin/bash\n# Cells of the suite %q: each task of this array is one of them.\n", w.Suite)
	for _, e := range o.Extra {
		set("%s", e)
	}
	if o.Partition != "" {
		set("--partition=%s", o.Partition)
	}
	if o.Time != "" {
		set("--time=%s", o.Time)
	}
	if o.Cpus > 0 {
		set("--cpus-per-task=%d", o.Cpus)
	}
	if o.Memory != "" {
		set("--mem=%s", o.Memory)
	}
	if o.Gpus > 0 {
		set("--gres=gpu:%d", o.Gpus)
	}
	set("--job-name=%s", slurmName(w, win.offset))
	limit := ""
	if o.Parallel > 0 {
		limit = fmt.Sprintf("%%%d", o.Parallel)
	}
	set("--array=%s%s", win.list(), limit)
	set("--ntasks=1")
	set("--output=%s --open-mode=append", directive(slurmLog(w)))
	b.WriteString("# A node that fails puts its cells back into the queue; they go on where they were saved.\n")
	set("--requeue")
	fmt.Fprintf(&b, "# The program is told %d seconds before the time limit. B: tells only this shell, so the program must replace it (exec).\n", slurmLead(o.Time))
	set("--signal=B:TERM@%d", slurmLead(o.Time))
	b.WriteString("set -e\n")
	for _, line := range o.Setup {
		b.WriteString(line + "\n")
	}
	b.WriteString("exec")
	for _, arg := range w.command() {
		b.WriteString(" " + shellQuote(arg))
	}
	if win.offset == 0 {
		b.WriteString(" \"$SLURM_ARRAY_TASK_ID\"\n")
	} else {
		fmt.Fprintf(&b, " \"$((SLURM_ARRAY_TASK_ID + %d))\"\n", win.offset)
	}
	return b.String()
}

// slurmLead is how many seconds before the limit a cell gets SIGTERM and saves: fewer where the limit is short.
func slurmLead(limit string) int {
	seconds, err := slurmSeconds(limit)
	if err != nil {
		return slurmLeadMost
	}
	return min(slurmLeadMost, max(1, seconds/4))
}

// slurmLog is the file of what a task prints, in sbatch's pattern.
func slurmLog(w Work) string {
	return filepath.Join(strings.ReplaceAll(w.jobs(), "%", "%%"), "slurm-%A_%a.log")
}

// directive quotes a value of an #SBATCH line.
func directive(s string) string {
	if !strings.ContainsAny(s, " \t\"'\\#") {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// shellQuote quotes an argument for bash.
func shellQuote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
