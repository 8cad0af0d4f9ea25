package launch

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"repbench/benchmarks/suite"
	"repbench/internal/golden"
)

// fakeKubectl answers "get jobs" with jobs.out, "get pods" with pods.out, and keeps what it is given to create.
func fakeKubectl(t *testing.T) *fakes {
	f := newFakes(t, "kubectl")
	f.write("kubectl", "#!/bin/sh\ncd "+f.dir+` && printf '%s\n' "kubectl $*" >>calls
if [ -e kubectl.rc ]; then cat kubectl.err >&2; exit 1; fi
case $1 in
create) cat >created; echo "job.batch/x created" ;;
get) cat "$2.out" ;;
esac
`)
	f.says("jobs", `{"items": []}`)
	f.says("pods", `{"items": []}`)
	return f
}

func testKubernetes(t *testing.T) Kubernetes {
	t.Helper()
	return Kubernetes{
		Work:    Work{Suite: "gate", Out: filepath.Join(t.TempDir(), "out")},
		Options: suite.Kubernetes{Image: "registry/repbench:1", Claim: "bench", Namespace: "lab"},
		Now:     func() time.Time { return testTime },
	}
}

func TestKubernetesSubmit(t *testing.T) {
	f := fakeKubectl(t)
	k := testKubernetes(t)
	subs, err := k.Submit(t.Context(), []int{7, 0, 1, 2})
	if err != nil {
		t.Fatal(err)
	}
	name := k.Work.name() + "-tp7o00-0"
	want := []Submission{{Engine: "kubernetes", Name: name, Indices: "0-2,7", Submitted: testTime}}
	if !slices.Equal(subs, want) {
		t.Errorf("submitted %+v, want %+v", subs, want)
	}
	if noted, err := Submissions(k.Work.Out); err != nil || !slices.Equal(noted, want) {
		t.Errorf("noted %+v, %v", noted, err)
	}
	if got := f.calls(); !slices.Equal(got, []string{"kubectl create -f - --namespace=lab"}) {
		t.Errorf("calls %q", got)
	}
	kept, err := os.ReadFile(filepath.Join(k.Work.Out, "jobs", name+".yaml"))
	if err != nil || string(kept) != f.read("created") || !strings.Contains(string(kept), "completions: 4\n") {
		t.Errorf("the manifest that is kept is another, error %v:\n%s\n%s", err, kept, f.read("created"))
	}
}

// No kubectl, no cluster, a manifest that is refused: errors with the next step, and nothing noted.
func TestKubernetesErrors(t *testing.T) {
	for _, tt := range []struct {
		name string
		fake func() *fakes
		want []string
	}{
		{"no kubectl", func() *fakes { return newFakes(t) }, []string{"no kubectl on the PATH", "bench export"}},
		{"no cluster", func() *fakes {
			f := fakeKubectl(t)
			f.fails("kubectl", "The connection to the server localhost:8080 was refused - did you specify the right host or port?\n")
			return f
		}, []string{"kubectl create", "did you specify the right host or port?", "[engine.kubernetes]"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.fake()
			k := testKubernetes(t)
			_, err := k.Submit(t.Context(), []int{0})
			if !errors.Is(err, ErrEngine) {
				t.Fatalf("error %v", err)
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("no %q in %q", w, err)
				}
			}
			if noted, err := Submissions(k.Work.Out); err != nil || len(noted) != 0 {
				t.Errorf("noted %+v, %v", noted, err)
			}
		})
	}
	f := fakeKubectl(t)
	f.says("jobs", "No resources found\n")
	if _, err := testKubernetes(t).States(t.Context(), nil, nil); !errors.Is(err, ErrEngine) {
		t.Errorf("error %v of an answer that is no list", err)
	}
}

// The states of the cells of three jobs: one that ended, one that runs, one that a queue holds.
func TestKubernetesStates(t *testing.T) {
	f := fakeKubectl(t)
	k := testKubernetes(t)
	f.says("jobs", `{"items": [
{"metadata": {"name": "b", "creationTimestamp": "2026-11-28T12:00:01Z", "annotations": {"repbench/cells": "2-6"}},
 "status": {"completedIndexes": "0", "failedIndexes": "1"}},
{"metadata": {"name": "a", "creationTimestamp": "2026-11-28T12:00:00Z", "annotations": {"repbench/cells": "0-2"}},
 "status": {"completedIndexes": "0", "conditions": [{"type": "Failed", "status": "True", "reason": "PodFailurePolicy", "message": "pod x"}]}},
{"metadata": {"name": "c", "creationTimestamp": "2026-11-28T12:00:02Z", "annotations": {"repbench/cells": "8"}, "labels": {"kueue.x-k8s.io/queue-name": "q"}},
 "spec": {"suspend": true}, "status": {"conditions": [{"type": "Suspended", "status": "True"}]}}]}`)
	pod := func(index, status string) string {
		return `{"metadata": {"labels": {"batch.kubernetes.io/job-name": "b"}, "annotations": {"batch.kubernetes.io/job-completion-index": "` + index + `"}}, "status": ` + status + `}`
	}
	f.says("pods", `{"items": [`+strings.Join([]string{
		pod("2", `{"phase": "Running"}`),
		pod("3", `{"phase": "Pending", "containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff"}}}]}`),
		pod("4", `{"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available: 3 Insufficient cpu."}]}`),
	}, ",")+`]}`)
	states, err := k.States(t.Context(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[int]State{
		0: {Phase: Ended, Job: "a/0", Detail: "completed"},
		1: {Phase: Ended, Job: "a/1", Detail: "Failed (PodFailurePolicy: pod x)"},
		2: {Phase: Ended, Job: "b/0", Detail: "completed"},
		3: {Phase: Ended, Job: "b/1", Detail: "failed", Final: true},
		4: {Phase: Running, Job: "b/2", Detail: "Running"},
		5: {Phase: Pending, Job: "b/3", Detail: "Pending (ImagePullBackOff)"},
		6: {Phase: Pending, Job: "b/4", Detail: "Pending (Unschedulable: 0/3 nodes are available: 3 Insufficient cpu.)"},
		8: {Phase: Pending, Job: "c/0", Detail: "suspended (queue q)"},
	}
	if !maps.Equal(states, want) {
		t.Errorf("states %v, want %v", states, want)
	}
	selector := "--selector=app.kubernetes.io/instance=" + k.Work.name() + " --output=json"
	wantCalls := []string{"kubectl get jobs " + selector + " --namespace=lab",
		"kubectl get pods " + selector + " --field-selector=status.phase!=Succeeded,status.phase!=Failed --namespace=lab"}
	if got := f.calls(); !slices.Equal(got, wantCalls) {
		t.Errorf("calls %q, want %q", got, wantCalls)
	}
	names, err := k.Cancel(t.Context(), nil)
	if err != nil || !slices.Equal(names, []string{"b", "c"}) {
		t.Errorf("cancelled %v, %v", names, err)
	}
	if got := f.calls(); len(got) != 2 || got[1] != "kubectl delete jobs --wait=false --ignore-not-found b c --namespace=lab" {
		t.Errorf("calls %q", got)
	}
}

func TestKubernetesManifest(t *testing.T) {
	w := Work{Suite: "CIFAR 10/table", Out: "/bench/my $(HOME)/out", Flags: []string{"--backend", "cpu"}}
	for name, o := range map[string]kubernetesOptions{
		"kubernetes-least.yaml": {Image: "repbench:1", Claim: "bench"},
		"kubernetes-full.yaml": {Image: "registry/repbench:1", Program: "/usr/bin/repbench", Namespace: "lab", Claim: "bench", Mount: "/bench/", CPU: "7500m",
			Memory: "16Gi", Gpus: 1, Parallel: 2, Queue: "lab-queue"},
	} {
		if err := o.check(w); err != nil {
			t.Fatal(err)
		}
		text, err := kubernetesManifest(w, o, w.name()+"-x-0", []int{0, 1, 5})
		if err != nil {
			t.Fatal(err)
		}
		golden.Compare(t, filepath.Join("testdata", name), text)
	}
}

func TestKubernetesOptions(t *testing.T) {
	w := Work{Out: "/bench/out"}
	for _, tt := range []struct {
		name string
		set  func(*kubernetesOptions)
		want string // in the error; "": none
	}{
		{"least", func(*kubernetesOptions) {}, ""},
		{"image", func(o *kubernetesOptions) { o.Image = "" }, "build/Containerfile"},
		{"program", func(o *kubernetesOptions) { o.Program = "repbench" }, "path in the image"},
		{"claim", func(o *kubernetesOptions) { o.Claim = "" }, "ReadWriteMany"},
		{"namespace", func(o *kubernetesOptions) { o.Namespace = "a b" }, "namespace"},
		{"queue", func(o *kubernetesOptions) { o.Queue = "A" }, "LocalQueue"},
		{"cpu", func(o *kubernetesOptions) { o.CPU = "eight" }, `"500m"`},
		{"memory", func(o *kubernetesOptions) { o.Memory = "16GB" }, `"16Gi"`},
		{"gpus", func(o *kubernetesOptions) { o.Gpus = -1 }, "negative"},
		{"mount", func(o *kubernetesOptions) { o.Mount = "/data" }, "/bench/out lies below it"},
		{"mount of everything", func(o *kubernetesOptions) { o.Mount = "/" }, "mount"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := kubernetesOptions{Image: "i", Claim: "c"}
			tt.set(&o)
			err := o.check(w)
			if (err == nil) != (tt.want == "") || err != nil && (!strings.Contains(err.Error(), tt.want) || !errors.Is(err, ErrOptions)) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestKubernetesThreads(t *testing.T) {
	for cpu, want := range map[string]int{"": 0, "8": 8, "500m": 1, "7500m": 8, "1.5": 2, "2Gi": 0} {
		if got := (kubernetesOptions{CPU: cpu}).threads(); got != want {
			t.Errorf("%s: %d threads, want %d", cpu, got, want)
		}
	}
}

func FuzzKubernetesAnswers(f *testing.F) {
	f.Add(`{"items": [{"metadata": {"name": "b", "annotations": {"repbench/cells": "2-6"}}, "status": {"completedIndexes": "0"}}]}`)
	f.Fuzz(func(_ *testing.T, text string) {
		jobs, _ := parseKubeList[kubeJob](text, "jobs")
		pods, _ := parseKubeList[kubePod](text, "pods")
		mergeJobs(map[int]State{}, jobs, pods)
	})
}
