package launch

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"repbench/internal/errkind"
)

// kubeList is what "kubectl get -o json" prints.
type kubeList[T any] struct {
	Items []T `json:"items"`
}

// kubeMeta is what is needed of an object's metadata.
type kubeMeta struct {
	Name        string            `json:"name"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	Created     time.Time         `json:"creationTimestamp"`
	Deleted     *time.Time        `json:"deletionTimestamp"`
}

// kubeCondition is a condition of a job or a pod.
type kubeCondition struct {
	Type    string `json:"type"`
	Status  string `json:"status"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// kubeJob is what is needed of a Job.
type kubeJob struct {
	Metadata kubeMeta `json:"metadata"`
	Spec     struct {
		Suspend bool `json:"suspend"`
	} `json:"spec"`
	Status struct {
		CompletedIndexes string          `json:"completedIndexes"`
		FailedIndexes    string          `json:"failedIndexes"`
		Conditions       []kubeCondition `json:"conditions"`
	} `json:"status"`
}

// kubePod is what is needed of a Pod.
type kubePod struct {
	Metadata kubeMeta `json:"metadata"`
	Status   struct {
		Phase             string          `json:"phase"`
		Conditions        []kubeCondition `json:"conditions"`
		ContainerStatuses []struct {
			State struct {
				Waiting *struct {
					Reason string `json:"reason"`
				} `json:"waiting"`
			} `json:"state"`
		} `json:"containerStatuses"`
	} `json:"status"`
}

// ended reports whether a job will start no more pods, and why.
func (j kubeJob) ended() (bool, string) {
	for _, c := range j.Status.Conditions {
		if (c.Type == "Complete" || c.Type == "Failed") && c.Status == "True" {
			return true, joined(c.Type, c.Reason, c.Message)
		}
	}
	return j.Metadata.Deleted != nil, "deleted"
}

// joined is a state with its reason and message, as in "Failed (BackoffLimit: text)".
func joined(state, reason, message string) string {
	if reason == "" {
		return state
	}
	if message != "" {
		reason += ": " + message
	}
	return fmt.Sprintf("%s (%.300s)", state, reason)
}

// States implements Engine. All jobs of the folder are asked for at once by their label, and so are the
// pods that have not ended.
func (k Kubernetes) States(ctx context.Context, _ []Submission, _ []int) (map[int]State, error) {
	jobs, err := k.jobs(ctx)
	if err != nil {
		return nil, err
	}
	states := map[int]State{}
	if !slices.ContainsFunc(jobs, func(j kubeJob) bool { ended, _ := j.ended(); return !ended }) {
		return states, mergeJobs(states, jobs, nil)
	}
	pods, err := kubeGet[kubePod](ctx, k, "pods", "--field-selector=status.phase!=Succeeded,status.phase!=Failed")
	if err != nil {
		return nil, err
	}
	return states, mergeJobs(states, jobs, pods)
}

func (k Kubernetes) jobs(ctx context.Context) ([]kubeJob, error) {
	jobs, err := kubeGet[kubeJob](ctx, k, "jobs")
	slices.SortStableFunc(jobs, func(a, b kubeJob) int {
		return cmp.Or(a.Metadata.Created.Compare(b.Metadata.Created), cmp.Compare(a.Metadata.Name, b.Metadata.Name))
	})
	return jobs, err
}

// kubeGet lists objects of the folder.
func kubeGet[T any](ctx context.Context, k Kubernetes, kind string, more ...string) ([]T, error) {
	args := append([]string{"get", kind, "--selector=" + labelFolder + "=" + k.Work.name(), "--output=json"}, more...)
	out, err := k.kubectl(ctx, "does \"kubectl get jobs\" answer? Jobs that are there stay so; the same command goes on", "", args...)
	if err != nil {
		return nil, err
	}
	return parseKubeList[T](out, kind)
}

// parseKubeList reads what kubectl printed.
func parseKubeList[T any](out, kind string) ([]T, error) {
	var list kubeList[T]
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		return nil, errkind.Errorf(ErrEngine, "kubectl get %s printed no list of them: %w", kind, err)
	}
	return list.Items, nil
}

// mergeJobs enters the cells of jobs, the oldest first; of several jobs that had one cell, the one that is
// most alive counts, else the newest.
func mergeJobs(states map[int]State, jobs []kubeJob, pods []kubePod) error {
	byIndex := podsOf(pods)
	for _, j := range jobs {
		cells, err := ParseList(j.Metadata.Annotations[annotatedCells])
		if err != nil {
			return errkind.Errorf(ErrEngine, "the job %s has the annotation %s, which cannot be read: %w", j.Metadata.Name, annotatedCells, err)
		}
		completed, err := ParseList(j.Status.CompletedIndexes)
		if err == nil {
			var failed []int
			failed, err = ParseList(j.Status.FailedIndexes)
			done, bad := setOf(completed), setOf(failed)
			for i, cell := range cells {
				s := j.state(i, done[i], bad[i], byIndex[j.Metadata.Name][i])
				if had, ok := states[cell]; !ok || had.Phase <= s.Phase {
					states[cell] = s
				}
			}
		}
		if err != nil {
			return errkind.Errorf(ErrEngine, "the status of the job %s: %w", j.Metadata.Name, err)
		}
	}
	return nil
}

// state is the state of one completion index.
func (j kubeJob) state(index int, completed, failed bool, pod *kubePod) State {
	s := State{Job: j.Metadata.Name + "/" + strconv.Itoa(index)}
	ended, why := j.ended()
	switch {
	case completed:
		s.Phase, s.Detail = Ended, "completed"
	case failed:
		s.Phase, s.Detail, s.Final = Ended, "failed", true
	case ended:
		s.Phase, s.Detail = Ended, why
	case pod != nil && pod.Status.Phase == "Running":
		s.Phase, s.Detail = Running, "Running"
	case j.Spec.Suspend:
		s.Phase, s.Detail = Pending, "suspended"
		if q := j.Metadata.Labels[labelQueue]; q != "" {
			s.Detail += " (queue " + q + ")"
		}
	case pod != nil:
		s.Phase, s.Detail = Pending, pod.why()
	default:
		s.Phase, s.Detail = Pending, "waits"
	}
	return s
}

// why says why a pod does not run yet.
func (p kubePod) why() string {
	for _, c := range p.Status.ContainerStatuses {
		if w := c.State.Waiting; w != nil && w.Reason != "" {
			return joined("Pending", w.Reason, "")
		}
	}
	for _, c := range p.Status.Conditions {
		if c.Type == "PodScheduled" && c.Status == "False" {
			return joined("Pending", c.Reason, c.Message)
		}
	}
	return "Pending"
}

// podsOf sorts pods by job and completion index.
func podsOf(pods []kubePod) map[string]map[int]*kubePod {
	out := map[string]map[int]*kubePod{}
	for i := range pods {
		p := &pods[i]
		job := p.Metadata.Labels["batch.kubernetes.io/job-name"]
		index, err := parseIndex(p.Metadata.Annotations["batch.kubernetes.io/job-completion-index"])
		if err != nil {
			continue
		}
		if out[job] == nil {
			out[job] = map[int]*kubePod{}
		}
		if had := out[job][index]; had == nil || had.Status.Phase != "Running" {
			out[job][index] = p
		}
	}
	return out
}

func setOf(list []int) map[int]bool {
	set := map[int]bool{}
	for _, i := range list {
		set[i] = true
	}
	return set
}
