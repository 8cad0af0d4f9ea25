package launch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"repbench/benchmarks/suite"
	"repbench/internal/atomicfile"
)

// kubernetesMost is the most cells of one job, so that their list stays a short argument.
const kubernetesMost = 10_000

// Kubernetes runs cells as pods of Indexed Jobs, by the user's own kubectl with its context and credentials.
type Kubernetes struct {
	Work    Work
	Options suite.Kubernetes
	// Now is the clock of jobs.jsonl and of the names of jobs; nil: the machine's.
	Now func() time.Time
}

// kubectl is the user's kubectl, in the namespace of the options.
func (k Kubernetes) kubectl(ctx context.Context, advice, stdin string, args ...string) (string, error) {
	if k.Options.Namespace != "" {
		args = append(args, "--namespace="+k.Options.Namespace)
	}
	p := program{name: "kubectl", advice: advice,
		where: "install the version of your cluster, or print the manifest with \"repbench bench export OUT --engine kubernetes\" and create it where there is one"}
	return p.output(ctx, stdin, args...)
}

// Submit implements Engine: one job, or several where there are more cells than one may have.
func (k Kubernetes) Submit(ctx context.Context, cells []int) ([]Submission, error) {
	if err := kubernetesOptions(k.Options).check(k.Work); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(k.Work.jobs(), 0o777); err != nil {
		return nil, err
	}
	cells = slices.Compact(slices.Sorted(slices.Values(cells)))
	var done []Submission
	for part := range slices.Chunk(cells, kubernetesMost) {
		sub, err := k.submit(ctx, part)
		if err != nil {
			return done, err
		}
		done = append(done, sub)
		if err := note(k.Work.Out, sub); err != nil {
			return done, fmt.Errorf("job %s was created, but could not be noted: %w", sub.Name, err)
		}
	}
	return done, nil
}

// submit creates one job. Its name has the time, so that cells can be submitted again.
func (k Kubernetes) submit(ctx context.Context, cells []int) (Submission, error) {
	at := now(k.Now)
	name := fmt.Sprintf("%s-%s-%d", k.Work.name(), strconv.FormatInt(at.Unix(), 36), cells[0])
	text, err := kubernetesManifest(k.Work, kubernetesOptions(k.Options), name, cells)
	if err != nil {
		return Submission{}, err
	}
	if err := atomicfile.WriteFile(filepath.Join(k.Work.jobs(), name+".yaml"), []byte(text), 0o666); err != nil {
		return Submission{}, err
	}
	advice := "mend what it names in [engine.kubernetes] of the suite, and run the same command again"
	if _, err := k.kubectl(ctx, advice, text, "create", "-f", "-"); err != nil {
		return Submission{}, err
	}
	return Submission{Engine: KubernetesEngine, Name: name, Indices: FormatList(cells), Submitted: at}, nil
}

// Cancel implements Engine: it deletes all jobs of the folder that have not ended. Their pods get SIGTERM
// and save first.
func (k Kubernetes) Cancel(ctx context.Context, _ []Submission) ([]string, error) {
	jobs, err := k.jobs(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, j := range jobs {
		if ended, _ := j.ended(); !ended {
			names = append(names, j.Metadata.Name)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	args := append([]string{"delete", "jobs", "--wait=false", "--ignore-not-found"}, names...)
	_, err = k.kubectl(ctx, "see with \"kubectl get jobs\" what is left", "", args...)
	return names, err
}
