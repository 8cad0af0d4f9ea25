package launch

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/benchmarks/suite"
)

// The script of one array is what sbatch gets; the script of several arrays, run by bash, hands sbatch the
// script of each.
func TestSlurmExport(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	f := newFakes(t, "sbatch", "scontrol")
	s := testSlurm(t, suite.Slurm{Parallel: 1})
	config(f, "4", "(null)")
	one, err := s.Export(t.Context(), []int{1, 2})
	if err != nil || one != slurmScript(s.Work, s.Options, window{0, []int{1, 2}}) {
		t.Errorf("error %v, script\n%s", err, one)
	}
	if _, err := os.Stat(filepath.Join(s.Work.Out, "jobs")); err != nil {
		t.Errorf("Slurm fails jobs whose folder for output is missing: %v", err)
	}
	several, err := s.Export(t.Context(), []int{1, 6, 9})
	if err != nil {
		t.Fatal(err)
	}
	f.calls()
	f.write("sbatch", "#!/bin/sh\ncd "+f.dir+" && echo \"sbatch $*\" >>calls && cat >>scripts && echo '5;main'\n")
	if out, err := exec.CommandContext(t.Context(), bash, "-c", several).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := []string{"sbatch --parsable", "sbatch --parsable --dependency=afterany:5", "sbatch --parsable --dependency=afterany:5"}
	if got := f.calls(); !slices.Equal(got, want) {
		t.Errorf("calls %q, want %q", got, want)
	}
	var scripts string
	for _, w := range []window{{0, []int{1}}, {4, []int{6}}, {8, []int{9}}} {
		scripts += slurmScript(s.Work, s.Options, w)
	}
	if got := f.read("scripts"); got != scripts {
		t.Errorf("sbatch got\n%s\nwant\n%s", got, scripts)
	}
}

// Without a cluster the arrays have Slurm's default size: index 1000 is the last.
func TestSlurmExportElsewhere(t *testing.T) {
	newFakes(t)
	text, err := testSlurm(t, suite.Slurm{}).Export(t.Context(), []int{1000, 1001})
	if err != nil || strings.Count(text, "#SBATCH --array=") != 2 || !strings.Contains(text, "#SBATCH --array=1000\n") {
		t.Errorf("error %v, script\n%s", err, text)
	}
}

func TestKubernetesExport(t *testing.T) {
	k := testKubernetes(t)
	text, err := k.Export(t.Context(), []int{3, 1})
	want, werr := kubernetesManifest(k.Work, kubernetesOptions(k.Options), k.Work.name()+"-1", []int{1, 3})
	if err != nil || werr != nil || text != want {
		t.Errorf("errors %v, %v, manifest\n%s", err, werr, text)
	}
	many := make([]int, kubernetesMost+1)
	for i := range many {
		many[i] = 2 * i
	}
	text, err = k.Export(t.Context(), many)
	if err != nil || strings.Count(text, "\n---\n") != 1 || !strings.Contains(text, "completions: 10000\n") || !strings.Contains(text, "completions: 1\n") {
		t.Errorf("error %v, %d bytes", err, len(text))
	}
}
