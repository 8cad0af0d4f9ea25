package launch

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Settings of every job.
const (
	// cellRetries is how often a cell whose process was killed, by a lack of memory for example, starts again.
	cellRetries = 2
	// podGrace is how long a cell may take to save once it is asked to end, in seconds.
	podGrace = 120
	// jobKept is how long Kubernetes keeps a job that has ended, in seconds: a week.
	jobKept = 7 * 24 * 3600
)

// Exit statuses of a cell, which decide what becomes of it.
const (
	cellFailed      = 1
	cellUsage       = 2
	cellInterrupted = 75
)

// Labels and annotations by which jobs are found again, also jobs that a user submitted by hand.
const (
	labelName      = "app.kubernetes.io/name"
	labelFolder    = "app.kubernetes.io/instance"
	labelQueue     = "kueue.x-k8s.io/queue-name"
	annotatedCells = "repbench/cells"
	annotatedOut   = "repbench/out"
)

// The parts of a Job that are written, with the field names of Kubernetes.
type (
	manifest struct {
		APIVersion string   `yaml:"apiVersion"`
		Kind       string   `yaml:"kind"`
		Metadata   metadata `yaml:"metadata"`
		Spec       jobSpec  `yaml:"spec"`
	}
	metadata struct {
		Name        string            `yaml:"name,omitempty"`
		Namespace   string            `yaml:"namespace,omitempty"`
		Labels      map[string]string `yaml:"labels"`
		Annotations map[string]string `yaml:"annotations,omitempty"`
	}
	jobSpec struct {
		CompletionMode          string        `yaml:"completionMode"`
		Completions             int           `yaml:"completions"`
		Parallelism             int           `yaml:"parallelism"`
		BackoffLimitPerIndex    int           `yaml:"backoffLimitPerIndex"`
		PodReplacementPolicy    string        `yaml:"podReplacementPolicy"`
		TTLSecondsAfterFinished int           `yaml:"ttlSecondsAfterFinished"`
		PodFailurePolicy        failurePolicy `yaml:"podFailurePolicy"`
		Template                podTemplate   `yaml:"template"`
	}
	failurePolicy struct {
		Rules []failureRule `yaml:"rules"`
	}
	failureRule struct {
		Action          string         `yaml:"action"`
		OnPodConditions []podCondition `yaml:"onPodConditions,omitempty"`
		OnExitCodes     *exitCodes     `yaml:"onExitCodes,omitempty"`
	}
	podCondition struct {
		Type string `yaml:"type"`
	}
	exitCodes struct {
		Operator string `yaml:"operator"`
		Values   []int  `yaml:"values,flow"`
	}
	podTemplate struct {
		Metadata metadata `yaml:"metadata"`
		Spec     podSpec  `yaml:"spec"`
	}
	podSpec struct {
		RestartPolicy                 string      `yaml:"restartPolicy"`
		TerminationGracePeriodSeconds int         `yaml:"terminationGracePeriodSeconds"`
		AutomountServiceAccountToken  bool        `yaml:"automountServiceAccountToken"`
		EnableServiceLinks            bool        `yaml:"enableServiceLinks"`
		Containers                    []container `yaml:"containers"`
		Volumes                       []volume    `yaml:"volumes"`
	}
	container struct {
		Name         string        `yaml:"name"`
		Image        string        `yaml:"image"`
		Command      []string      `yaml:"command,flow"`
		Args         []string      `yaml:"args,flow"`
		Env          []variable    `yaml:"env"`
		Resources    resources     `yaml:"resources,omitempty"`
		VolumeMounts []volumeMount `yaml:"volumeMounts"`
	}
	variable struct {
		Name      string     `yaml:"name"`
		Value     string     `yaml:"value,omitempty"`
		ValueFrom *valueFrom `yaml:"valueFrom,omitempty"`
	}
	valueFrom struct {
		FieldRef fieldRef `yaml:"fieldRef"`
	}
	fieldRef struct {
		FieldPath string `yaml:"fieldPath"`
	}
	resources struct {
		Requests map[string]string `yaml:"requests,omitempty"`
		Limits   map[string]string `yaml:"limits,omitempty"`
	}
	volumeMount struct {
		Name      string `yaml:"name"`
		MountPath string `yaml:"mountPath"`
	}
	volume struct {
		Name     string    `yaml:"name"`
		Claim    *claim    `yaml:"persistentVolumeClaim,omitempty"`
		EmptyDir *struct{} `yaml:"emptyDir,omitempty"`
	}
	claim struct {
		ClaimName string `yaml:"claimName"`
	}
)

// kubernetesManifest is the manifest of one Indexed Job for cells. Completion index i is the i-th of them.
func kubernetesManifest(w Work, o kubernetesOptions, name string, cells []int) (string, error) {
	w.Program = o.program()
	list := FormatList(cells)
	labels := map[string]string{labelName: "repbench", labelFolder: w.name()}
	jobLabels := map[string]string{labelName: "repbench", labelFolder: w.name()}
	if o.Queue != "" {
		jobLabels[labelQueue] = o.Queue
	}
	parallel := len(cells)
	if o.Parallel > 0 {
		parallel = min(parallel, o.Parallel)
	}
	m := manifest{
		APIVersion: "batch/v1", Kind: "Job",
		Metadata: metadata{Name: name, Namespace: o.Namespace, Labels: jobLabels, Annotations: map[string]string{annotatedCells: list, annotatedOut: w.Out}},
		Spec: jobSpec{
			CompletionMode: "Indexed", Completions: len(cells), Parallelism: parallel,
			BackoffLimitPerIndex: cellRetries, PodReplacementPolicy: "Failed", TTLSecondsAfterFinished: jobKept,
			PodFailurePolicy: failurePolicy{[]failureRule{
				{Action: "Ignore", OnPodConditions: []podCondition{{"DisruptionTarget"}}},
				{Action: "Ignore", OnExitCodes: &exitCodes{"In", []int{cellInterrupted}}},
				{Action: "FailIndex", OnExitCodes: &exitCodes{"In", []int{cellFailed, cellUsage}}},
			}},
			Template: podTemplate{metadata{Labels: labels}, kubernetesPod(w, o, list)},
		},
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `# Cells of the suite %q, one for each completion index.
# A pod that is evicted, preempted or interrupted (exit status %d) starts again and goes on where it was
# saved; one whose process was killed starts again %d times; one that failed (%d) or has a wrong command
# line (%d) does not. A replacement waits until the old pod has ended.
`, w.Suite, cellInterrupted, cellRetries, cellFailed, cellUsage)
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(m); err != nil {
		return "", fmt.Errorf("write the manifest: %w", err)
	}
	return b.String(), nil
}

// kubernetesPod is the pod of a cell.
func kubernetesPod(w Work, o kubernetesOptions, list string) podSpec {
	mount := o.mount(w)
	w.Flags = withFlag(withThreads(w.Flags, o.threads()), "--cache", mount+"/cache")
	w.Flags = append(w.Flags, "--of", list)
	command := w.command()
	for i, arg := range command {
		command[i] = strings.ReplaceAll(arg, "$(", "$$(") // Kubernetes expands $(NAME)
	}
	r := resources{Requests: map[string]string{}, Limits: map[string]string{}}
	if o.CPU != "" {
		r.Requests["cpu"] = o.CPU
	}
	if o.Memory != "" {
		r.Requests["memory"], r.Limits["memory"] = o.Memory, o.Memory
	}
	if o.Gpus > 0 {
		r.Limits["nvidia.com/gpu"] = strconv.Itoa(o.Gpus)
	}
	return podSpec{
		RestartPolicy: "Never", TerminationGracePeriodSeconds: podGrace,
		Containers: []container{{
			Name: "cell", Image: o.Image, Command: command[:1], Args: append(command[1:], "$(JOB_COMPLETION_INDEX)"),
			Env:          []variable{{Name: "HOME", Value: "/tmp"}, {Name: "REPBENCH_JOB", ValueFrom: &valueFrom{fieldRef{"metadata.name"}}}},
			Resources:    r,
			VolumeMounts: []volumeMount{{"bench", mount}, {"tmp", "/tmp"}},
		}},
		Volumes: []volume{{Name: "bench", Claim: &claim{o.Claim}}, {Name: "tmp", EmptyDir: &struct{}{}}},
	}
}
