package launch

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
)

// maxRestarts is how often a cell puts itself back into Slurm's queue. A cell that is cut off more
// often than this does not get on within its time limit.
const maxRestarts = 100

var jobState = regexp.MustCompile(`(?m)(?:^|\s)JobState=(\S+)`)

// Requeue puts a task of a Slurm array that was interrupted back into the queue, as Slurm does by
// itself only when a node fails or another job takes its place. getenv reads the environment that
// Slurm gives to a task. done says what was done, and is "" outside Slurm's arrays.
//
// A task that its user cancelled, and one that Slurm requeues by itself, is COMPLETING at this time: to
// requeue it would undo what the user wanted.
func Requeue(ctx context.Context, getenv func(string) string) (done string, err error) {
	array, index := getenv("SLURM_ARRAY_JOB_ID"), getenv("SLURM_ARRAY_TASK_ID")
	if array == "" || index == "" {
		return "", nil
	}
	task := array + "_" + index
	if n, _ := strconv.Atoi(getenv("SLURM_RESTART_COUNT")); n >= maxRestarts {
		return fmt.Sprintf("the task %s started %d times and is not put back into the queue: give its cells more time ([engine.slurm] time) and run \"bench run\" again", task, n+1), nil
	}
	scontrol := slurmProgram("scontrol", "the task is not put back into the queue; \"bench run\" submits it again")
	out, err := scontrol.output(ctx, "", "-o", "show", "job", task)
	if err != nil {
		return "", err
	}
	m := jobState.FindStringSubmatch(out)
	if m == nil || m[1] != "RUNNING" {
		return fmt.Sprintf("the task %s was ended by Slurm or its user", task), nil
	}
	if _, err := scontrol.output(ctx, "", "requeue", task); err != nil {
		return "", err
	}
	return fmt.Sprintf("the task %s was put back into the queue", task), nil
}
