package engines

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A suite on a Kubernetes control plane with a node that runs pods as processes: a process is killed, a pod
// is evicted, the job is suspended and resumed, and one index has a wrong command line. The records are those
// of local processes. The API server accepts the manifest of every example suite.
func TestKubernetes(t *testing.T) {
	bin := os.Getenv("REPBENCH_K8S_BIN")
	if os.Getenv(enabled) != "" && bin == "" {
		t.Skip("REPBENCH_K8S_BIN does not name the folder of kube-apiserver, kube-controller-manager, kube-scheduler and kubectl; " +
			"scripts/engines/k8s.sh build DIR builds them into DIR/bin, once, in about 25 minutes on two cores")
	}
	b := newBench(t)
	for _, p := range []string{"etcd", "openssl", "curl", "perl", "python3"} {
		if _, err := b.try("sh", "-c", "command -v "+p); err != nil {
			t.Skipf("no %s: apt-get install -y --no-install-recommends etcd-server openssl curl perl python3", p)
		}
	}
	b.local()
	b.cluster("k8s.sh", []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "REPBENCH_K8S_BIN=" + bin})
	b.claim()
	b.dryRuns()
	begin := time.Now()
	b.kubernetesSuite()
	t.Logf("suite on Kubernetes: %s", time.Since(begin).Round(time.Second))
	b.wrongIndex()
	b.kubernetesCancel()
}

// claim makes the claim "bench". The node runs pods as processes of this machine, so its volume is not used.
func (b *bench) claim() {
	b.apply(fmt.Sprintf(`
apiVersion: v1
kind: PersistentVolume
metadata: {name: bench}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteMany]
  storageClassName: none
  hostPath: {path: %s}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: bench}
spec:
  accessModes: [ReadWriteMany]
  storageClassName: none
  volumeName: bench
  resources: {requests: {storage: 1Gi}}
`, b.dir))
	b.until("the claim is bound", 20*time.Second, func() bool {
		return b.tool("kubectl", "get", "pvc", "bench", "-o", "jsonpath={.status.phase}") == "Bound"
	})
}

// apply creates what a manifest says.
func (b *bench) apply(manifest string, more ...string) string {
	b.t.Helper()
	b.write("manifest.yaml", manifest)
	return b.tool("kubectl", append([]string{"create", "-f", b.path("manifest.yaml")}, more...)...)
}

// dryRuns lets the API server check the manifests of all example suites, and one that is wrong.
func (b *bench) dryRuns() {
	suites, err := filepath.Glob("../../benchmarks/suites/*.toml")
	if err != nil {
		b.t.Fatal(err)
	}
	for _, path := range suites {
		b.apply(exampleManifest(b.t, path), "--dry-run=server", "--validate=strict")
	}
	b.write("manifest.yaml", strings.Replace(exampleManifest(b.t, b.path("suite.toml")), "Indexed", "Indxed", 1))
	if out, err := b.try("kubectl", "create", "-f", b.path("manifest.yaml"), "--dry-run=server"); err == nil || !strings.Contains(out, "Indxed") {
		b.t.Errorf("the dry run accepts a manifest that is wrong: %s", out)
	}
}

// kubernetesSuite runs the suite through what clusters do to it.
func (b *bench) kubernetesSuite() {
	run := b.start("bench", "run", "suite.toml", "--out", "out", "--engine", "kubernetes", "--poll", "1s")
	b.until("two trainings with checkpoints", 2*time.Minute, func() bool {
		_, err := os.Stat(b.path("out", "plan.jsonl"))
		return err == nil && b.plan("out")[0].begun() && b.plan("out")[1].begun()
	})
	cells := b.plan("out")
	if pid := b.process("out", cells[0]); pid <= 1 || syscall.Kill(pid, syscall.SIGKILL) != nil {
		b.t.Errorf("cell 0 has no process (%d) to kill", pid)
	}
	pod := b.pod(1)
	b.write("eviction.json", fmt.Sprintf(`{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": %q, "namespace": "default"}}`, pod))
	b.tool("kubectl", "create", "--raw", "/api/v1/namespaces/default/pods/"+pod+"/eviction", "-f", b.path("eviction.json"))
	b.until("cells 2 and 3 train", 2*time.Minute, func() bool { return cells[2].begun() || cells[3].begun() })
	job := strings.TrimSpace(b.tool("kubectl", "get", "jobs", "-o", "name"))
	b.tool("kubectl", "patch", job, "-p", `{"spec": {"suspend": true}}`)
	b.until("the pods of a suspended job are gone", 30*time.Second, func() bool { return b.active() == 0 })
	if text := b.run(0, "bench", "status", "out"); !strings.Contains(text, "suspended") {
		b.t.Errorf("the status does not say that the job is suspended:\n%s", text)
	}
	b.tool("kubectl", "patch", job, "-p", `{"spec": {"suspend": false}}`)
	run.wait(4*time.Minute, nil)
	for _, c := range cells[:2] {
		if n := b.attempts("out", c); n < 2 {
			b.t.Errorf("cell %d was cut off and has %d attempts", c.Index, n)
		}
	}
	b.sameRecords("local", "out")
	b.until("the job is complete", 20*time.Second, func() bool {
		return strings.Contains(b.tool("kubectl", "get", job, "-o", "jsonpath={.status.conditions[*].type}"), "Complete")
	})
	if failed := b.tool("kubectl", "get", job, "-o", "jsonpath={.status.failedIndexes}"); failed != "" {
		b.t.Errorf("failed indices %s", failed)
	}
	b.run(0, "bench", "run", "suite.toml", "--out", "out", "--engine", "kubernetes", "--poll", "1s")
	if again := strings.TrimSpace(b.tool("kubectl", "get", "jobs", "-o", "name")); again != job {
		b.t.Errorf("a suite that is done was submitted again: %s", again)
	}
}

// wrongIndex gives a job one index more than its list has cells: exit status 2, which is not tried again,
// while the others run to their end.
func (b *bench) wrongIndex() {
	b.run(0, "bench", "run", "suite.toml", "--out", "out3", "--seeds", "999") // plans, and computes nothing
	text := b.run(0, "bench", "export", "out3", "--seeds", "1", "--engine", "kubernetes")
	b.apply(strings.Replace(text, "completions: 2\n", "completions: 3\n", 1))
	name := b.kube(text).Metadata.Name
	b.until("the job has ended", 2*time.Minute, func() bool {
		return strings.Contains(b.tool("kubectl", "get", "job", name, "-o", "jsonpath={.status.conditions[*].type}"), "Failed")
	})
	var job struct {
		Status struct {
			CompletedIndexes, FailedIndexes string
			Failed                          int
		}
	}
	if err := json.Unmarshal([]byte(b.tool("kubectl", "get", "job", name, "-o", "json")), &job); err != nil {
		b.t.Fatal(err)
	}
	if s := job.Status; s.CompletedIndexes != "0,1" || s.FailedIndexes != "2" || s.Failed != 1 {
		b.t.Errorf("%+v; index 2 has no cell, and is not to be tried again", s)
	}
}

// kubernetesCancel cancels a job while it trains; the same command goes on.
func (b *bench) kubernetesCancel() {
	run := []string{"bench", "run", "suite.toml", "--out", "out2", "--engine", "kubernetes", "--poll", "1s"}
	b.run(0, append(run, "--detach")...)
	b.until("a training with a checkpoint", time.Minute, func() bool { return b.plan("out2")[0].begun() || b.plan("out2")[1].begun() })
	b.run(0, "bench", "cancel", "out2")
	b.until("no pod is left", time.Minute, func() bool { return b.active() == 0 })
	again := b.start(run...)
	again.wait(4*time.Minute, nil)
	b.sameRecords("local", "out2")
}

// active is the number of pods that have not ended.
func (b *bench) active() int {
	out := b.tool("kubectl", "get", "pods", "--field-selector=status.phase!=Succeeded,status.phase!=Failed", "-o", "name")
	return len(strings.Fields(out))
}

// pod is the pod of a completion index that has not ended.
func (b *bench) pod(index int) string {
	b.t.Helper()
	out := b.tool("kubectl", "get", "pods", "--field-selector=status.phase=Running", "-o", "name",
		fmt.Sprintf("--selector=batch.kubernetes.io/job-completion-index=%d", index))
	name, ok := strings.CutPrefix(strings.TrimSpace(out), "pod/")
	if !ok || strings.Contains(name, "\n") {
		b.t.Fatalf("pods of index %d: %q", index, out)
	}
	return name
}
