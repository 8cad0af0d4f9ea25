package launch

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
)

// Export is what Submit would hand to sbatch, as one script: the array's script, or, where the cells need
// several arrays, a script that submits each. It makes the folder for what tasks print, which Slurm does not.
// Where the cluster does not answer, arrays have Slurm's default size.
func (s Slurm) Export(ctx context.Context, cells []int) (string, error) {
	if err := checkSlurm(s.Options); err != nil {
		return "", err
	}
	if err := os.MkdirAll(s.Work.jobs(), 0o777); err != nil {
		return "", err
	}
	config, err := s.config(ctx)
	if err != nil {
		config.arraySize = slurmArraySize
	}
	all := windows(cells, config.arraySize)
	if len(all) == 1 {
		return slurmScript(s.Work, s.Options, all[0]), nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "#!/bin/bash\n# Submits the cells of the suite %q as %d arrays, as an array has at most %d tasks here. Run it with bash.\nset -e\n",
		s.Work.Suite, len(all), config.arraySize)
	for i, win := range all {
		wait := ""
		if i > 0 && s.Options.Parallel > 0 {
			wait = ` --dependency=afterany:"${job%%;*}"`
		}
		fmt.Fprintf(&b, "job=$(sbatch --parsable%s <<'END_OF_SCRIPT'\n%sEND_OF_SCRIPT\n)\necho \"submitted $job\"\n", wait, slurmScript(s.Work, s.Options, win))
	}
	return b.String(), nil
}

// Export is what Submit would hand to "kubectl create -f -".
func (k Kubernetes) Export(_ context.Context, cells []int) (string, error) {
	if err := kubernetesOptions(k.Options).check(k.Work); err != nil {
		return "", err
	}
	cells = slices.Compact(slices.Sorted(slices.Values(cells)))
	var b strings.Builder
	for part := range slices.Chunk(cells, kubernetesMost) {
		text, err := kubernetesManifest(k.Work, kubernetesOptions(k.Options), fmt.Sprintf("%s-%d", k.Work.name(), part[0]), part)
		if err != nil {
			return "", err
		}
		if b.Len() > 0 {
			b.WriteString("---\n")
		}
		b.WriteString(text)
	}
	return b.String(), nil
}
