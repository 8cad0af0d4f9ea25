package launch

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"repbench/internal/errkind"
)

// squeueFormat asks for a task's array, its index, state, reason and job name.
const squeueFormat = "%F|%K|%T|%r|%j"

// slurmTask is one task of an array as squeue or sacct tells of it.
type slurmTask struct {
	job, state, reason string
	index              int // in the array
	name               string
}

func (t slurmTask) phase() Phase { return slurmPhase(t.state) }

// slurmPhase says what a state of Slurm means. States that end a job, and ones that are not known
// here, are Ended: the files say whether the cell is done.
func slurmPhase(state string) Phase {
	word, _, _ := strings.Cut(state, " ") // sacct: "CANCELLED by 1000"
	switch word {
	case "PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESV_DEL_HOLD", "SPECIAL_EXIT":
		return Pending
	case "RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "RESIZING", "STAGE_OUT":
		return Running
	}
	return Ended
}

// States implements Engine. One squeue lists all jobs of the suite's folder; sacct, where there is accounting,
// is asked only for jobs that the queue no longer has.
func (s Slurm) States(ctx context.Context, all []Submission, cells []int) (map[int]State, error) {
	tasks, err := s.queue(ctx, all)
	if err != nil {
		return nil, err
	}
	states := map[int]State{}
	merge(states, tasks)
	forgotten := forgotten(all, states, cells)
	if len(forgotten) == 0 {
		return states, nil
	}
	config, err := s.config(ctx)
	if err != nil || !config.accounting {
		return states, err
	}
	old, err := s.accounted(ctx, forgotten)
	if err != nil {
		return nil, err
	}
	merge(states, old)
	return states, nil
}

// merge enters tasks; of several that had one cell, the one that is most alive counts, else the newest.
func merge(states map[int]State, tasks []slurmTask) {
	slices.SortStableFunc(tasks, func(a, b slurmTask) int { return jobNumber(a.job) - jobNumber(b.job) })
	for _, t := range tasks {
		offset, ours := slurmOffset(t.name)
		if !ours {
			continue
		}
		cell := offset + t.index
		if had, ok := states[cell]; ok && had.Phase > t.phase() {
			continue
		}
		detail := t.state
		if t.reason != "" && t.reason != "None" {
			detail += " (" + t.reason + ")"
		}
		states[cell] = State{Phase: t.phase(), Job: t.job + "_" + strconv.Itoa(t.index), Detail: detail}
	}
}

func jobNumber(id string) int { n, _ := strconv.Atoi(id); return n }

// slurmOffset is what the name of a job says of its array indices.
func slurmOffset(name string) (offset int, ours bool) {
	i := strings.LastIndexByte(name, '-')
	if i < 0 {
		return 0, false
	}
	offset, err := parseIndex(name[i+1:])
	return offset, err == nil && strings.HasPrefix(name, "repbench-")
}

// queue is what squeue says of the jobs of this folder: the jobs in jobs.jsonl, and jobs that a user submitted
// by hand, or a process that was killed before it noted the job.
func (s Slurm) queue(ctx context.Context, all []Submission) ([]slurmTask, error) {
	names := []string{slurmName(s.Work, 0)}
	for _, sub := range all {
		if sub.Name != "" && !slices.Contains(names, sub.Name) {
			names = append(names, sub.Name)
		}
	}
	out, err := slurmProgram("squeue", "is the controller up (scontrol ping)? Jobs that are queued stay so; the same command goes on").
		output(ctx, "", "-h", "-r", "-t", "all", "--name="+strings.Join(names, ","), "-o", squeueFormat)
	if err != nil {
		return nil, err
	}
	return parseSqueue(out)
}

// parseSqueue reads lines of squeueFormat. Jobs that are no arrays have "N/A" as index and are left out.
func parseSqueue(out string) ([]slurmTask, error) {
	var tasks []slurmTask
	for line := range strings.Lines(out) {
		f := strings.Split(strings.TrimRight(line, "\r\n"), "|")
		if len(f) == 1 && strings.TrimSpace(f[0]) == "" {
			continue
		}
		if len(f) != 5 {
			return nil, errkind.Errorf(ErrEngine, "squeue printed the line %.200q instead of five fields with | between them", line)
		}
		index, err := parseIndex(f[1])
		if err != nil {
			continue
		}
		tasks = append(tasks, slurmTask{job: f[0], index: index, state: f[2], reason: f[3], name: f[4]})
	}
	return tasks, nil
}

// forgotten are the submissions of the cells that the queue does not show.
func forgotten(all []Submission, states map[int]State, cells []int) []Submission {
	missing := map[int]bool{}
	for _, c := range cells {
		if _, ok := states[c]; !ok {
			missing[c] = true
		}
	}
	var out []Submission
	for _, sub := range all {
		list, err := ParseList(sub.Indices)
		if err == nil && sub.Job != "" && slices.ContainsFunc(list, func(c int) bool { return missing[c] }) {
			out = append(out, sub)
		}
	}
	return out
}

// accounted is what sacct says of submissions.
func (s Slurm) accounted(ctx context.Context, all []Submission) ([]slurmTask, error) {
	names := map[string]string{}
	var ids []string
	for _, sub := range all {
		names[sub.Job] = sub.Name
		ids = append(ids, sub.Job)
	}
	out, err := slurmProgram("sacct", "is the accounting up (sacctmgr ping)? Jobs that are queued stay so; the same command goes on").
		output(ctx, "", "-X", "-n", "-P", "-j", strings.Join(ids, ","), "-o", "JobID,State")
	if err != nil {
		return nil, err
	}
	tasks, err := parseSacct(out)
	for i := range tasks {
		tasks[i].name = names[tasks[i].job]
	}
	return tasks, err
}

// parseSacct reads lines "12_3|STATE" and "12_[4-6%2]|PENDING".
func parseSacct(out string) ([]slurmTask, error) {
	var tasks []slurmTask
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		id, state, ok := strings.Cut(line, "|")
		if !ok {
			return nil, errkind.Errorf(ErrEngine, "sacct printed the line %.200q instead of a job and a state", line)
		}
		job, index, isTask := strings.Cut(id, "_")
		if !isTask {
			continue
		}
		index, _, _ = strings.Cut(strings.Trim(index, "[]"), "%")
		list, err := ParseList(index)
		if err != nil {
			return nil, errkind.Errorf(ErrEngine, "sacct printed the line %.200q: %w", line, err)
		}
		for _, i := range list {
			tasks = append(tasks, slurmTask{job: job, index: i, state: state})
		}
	}
	return tasks, nil
}
