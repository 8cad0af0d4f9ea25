package launch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"repbench/benchmarks/suite"
	"repbench/internal/atomicfile"
	"repbench/internal/errkind"
)

// Sizes of arrays.
const (
	slurmArraySize = 1001 // Slurm's own default of MaxArraySize: array indices are below it
	slurmArrayMost = 5000 // so that a list of single indices stays a short argument
)

// Slurm runs cells as tasks of Slurm's job arrays, by the user's own sbatch, squeue, sacct and scancel.
type Slurm struct {
	Work    Work
	Options suite.Slurm
	// Now is the clock of jobs.jsonl; nil: the machine's.
	Now func() time.Time
}

// The commands of Slurm.
const slurmWhere = "run this on a login node of the cluster, or print the script with \"repbench bench export OUT --engine slurm\" and submit it there"

func slurmProgram(name, advice string) program {
	return program{name: name, where: slurmWhere, advice: advice}
}

// Submit implements Engine: an array for each window of indices.
func (s Slurm) Submit(ctx context.Context, cells []int) ([]Submission, error) {
	if err := checkSlurm(s.Options); err != nil {
		return nil, err
	}
	config, err := s.config(ctx)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(s.Work.jobs(), 0o777); err != nil {
		return nil, err
	}
	var done []Submission
	for _, win := range windows(cells, config.arraySize) {
		sub, err := s.submit(ctx, win, done)
		if err != nil {
			return done, err
		}
		done = append(done, sub)
		if err := note(s.Work.Out, sub); err != nil {
			return done, fmt.Errorf("job %s was submitted, but could not be noted: %w", sub.Job, err)
		}
	}
	return done, nil
}

// submit hands one window to sbatch. Where only some cells may run at once, a window waits for the one before.
func (s Slurm) submit(ctx context.Context, win window, before []Submission) (Submission, error) {
	name := slurmName(s.Work, win.offset)
	path := filepath.Join(s.Work.jobs(), name+".sh")
	if err := atomicfile.WriteFile(path, []byte(slurmScript(s.Work, s.Options, win)), 0o666); err != nil {
		return Submission{}, err
	}
	args := []string{"--parsable"}
	if n := len(before); n > 0 && s.Options.Parallel > 0 {
		args = append(args, "--dependency=afterany:"+before[n-1].Job)
	}
	advice := "mend what it names in [engine.slurm] of the suite, and run the same command again"
	if len(before) > 0 {
		advice += "; the cells before " + strconv.Itoa(win.cells[0]) + " were submitted and stay so"
	}
	out, err := slurmProgram("sbatch", advice).output(ctx, "", append(args, path)...)
	if err != nil {
		return Submission{}, err
	}
	job, err := parseJobID(out)
	if err != nil {
		return Submission{}, err
	}
	return Submission{Engine: SlurmEngine, Name: name, Job: job, Indices: FormatList(win.cells), Submitted: now(s.Now)}, nil
}

var jobIDLine = regexp.MustCompile(`^([0-9]+)(;\S*)?$`)

// parseJobID reads what "sbatch --parsable" prints: an id, on the last line, perhaps with ";cluster" behind it.
func parseJobID(out string) (string, error) {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	m := jobIDLine.FindStringSubmatch(strings.TrimSpace(lines[len(lines)-1]))
	if m == nil {
		return "", errkind.Errorf(ErrEngine, "sbatch printed %.200q instead of a job's id: see with squeue whether the job %s", out, "is there; the same command goes on")
	}
	return m[1], nil
}

// slurmConfig is what is needed of the cluster's configuration.
type slurmConfig struct {
	arraySize  int  // array indices are below it
	accounting bool // whether sacct answers
}

func (s Slurm) config(ctx context.Context) (slurmConfig, error) {
	out, err := slurmProgram("scontrol", "is the controller up (scontrol ping)? The same command goes on").output(ctx, "", "show", "config")
	if err != nil {
		return slurmConfig{}, err
	}
	return parseSlurmConfig(out), nil
}

// parseSlurmConfig reads the lines "Name = value" of "scontrol show config".
func parseSlurmConfig(text string) slurmConfig {
	c := slurmConfig{arraySize: slurmArraySize}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, "=")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(name) {
		case "MaxArraySize":
			if n, err := strconv.Atoi(value); err == nil && n > 1 {
				c.arraySize = min(n, slurmArrayMost)
			}
		case "AccountingStorageType":
			c.accounting = value != "" && value != "(null)" && value != "accounting_storage/none"
		}
	}
	return c
}

// Cancel implements Engine: all tasks of the suite's folder that are queued or running.
func (s Slurm) Cancel(ctx context.Context, all []Submission) ([]string, error) {
	tasks, err := s.queue(ctx, all)
	if err != nil {
		return nil, err
	}
	jobs := map[string]bool{}
	var ids []string
	for _, t := range tasks {
		if t.phase().coming() && !jobs[t.job] {
			jobs[t.job] = true
			ids = append(ids, t.job)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	_, err = slurmProgram("scancel", "see with squeue what is left").output(ctx, "", ids...)
	return ids, err
}

// now is the time by a clock, to the second, in UTC.
func now(clock func() time.Time) time.Time {
	if clock == nil {
		clock = time.Now
	}
	return clock().UTC().Truncate(time.Second)
}
