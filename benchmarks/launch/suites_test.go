package launch

import (
	"path/filepath"
	"strings"
	"testing"

	"repbench/benchmarks/suite"
)

// Every example suite can be exported for both engines: with its own settings, or without any on Slurm and with an
// image and a claim on Kubernetes. Its name is a part of the jobs' names.
func TestExampleSuites(t *testing.T) {
	paths, err := filepath.Glob("../suites/*.toml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("example suites: %q, %v", paths, err)
	}
	newFakes(t)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			s, err := suite.Read(path)
			if err != nil {
				t.Fatal(err)
			}
			if s.Engine.Kubernetes == nil {
				s.Engine.Kubernetes = &suite.Kubernetes{Image: "repbench:1", Claim: "bench"}
			}
			out := filepath.Join(t.TempDir(), "out")
			w := Work{Suite: s.Name, Out: out, Program: "/opt/repbench"}
			for name, want := range map[string][]string{
				SlurmEngine:      {"#SBATCH --array=0-2,7", "exec /opt/repbench bench cell", out + " \"$SLURM_ARRAY_TASK_ID\"\n"},
				KubernetesEngine: {"completions: 4\n", "repbench/cells: 0-2,7\n", "command: [/repbench]\n", out + ", $(JOB_COMPLETION_INDEX)]\n"},
			} {
				e, err := Open(name, s, w)
				if err != nil {
					t.Fatal(err)
				}
				text, err := e.Export(t.Context(), []int{0, 1, 2, 7})
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range append(want, "repbench-"+strings.ReplaceAll(s.Name, "_", "-")[:5]) {
					if !strings.Contains(text, l) {
						t.Errorf("%s: no %q in\n%s", name, l, text)
					}
				}
			}
		})
	}
}
