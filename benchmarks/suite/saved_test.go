package suite

import (
	"os"
	"path/filepath"
	"testing"

	"repbench/internal/jsonfile"
)

// Of a training that was interrupted the overview has the step of its newest checkpoint; one of another program begins
// anew and has none.
func TestOverviewSaved(t *testing.T) {
	dir := t.TempDir()
	f, _ := prepare(t, small, dir)
	c := cellOf(t, f, "dcgan", "linear")
	for _, step := range []string{"step-00000001", "step-00000003"} {
		if err := os.MkdirAll(filepath.Join(f.TrainingPath(c), "checkpoints", step), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	begun := filepath.Join(dir, trainingsDir, "."+c.Training+".json")
	if err := jsonfile.Write(begun, begunRecord{f.program}); err != nil {
		t.Fatal(err)
	}
	o := f.Overview(Seeds{}, false)
	if len(o.Saved) != 1 || o.Saved[0].Step != 3 || o.Saved[0].Steps != 4 || *o.Saved[0].Seed != *c.Seed || o.Trainings.Interrupted != 1 || o.Trainings.Open != 1 {
		t.Errorf("saved %+v, trainings %+v", o.Saved, o.Trainings)
	}
	if err := jsonfile.Write(begun, begunRecord{Program{Commit: "other"}}); err != nil {
		t.Fatal(err)
	}
	if o := f.Overview(Seeds{}, false); len(o.Saved) != 0 || o.Trainings.Open != 2 {
		t.Errorf("of another program: saved %+v, trainings %+v", o.Saved, o.Trainings)
	}
}

// A row has Student's interval over its seeds, or the interval of its only result.
func TestRowInterval(t *testing.T) {
	own := &[2]float64{0.2, 0.4}
	one := Row{Values: []float64{0.3}, CI95: own}
	if one.conclude(); one.CI95 != own || one.SD != nil {
		t.Errorf("one result: %v", one.CI95)
	}
	three := Row{Values: []float64{1, 2, 3}, CI95: own}
	three.conclude()
	const half = 4.302652729911275 / 1.7320508075688772 // the 97.5 % quantile of Student's t with 2 degrees of freedom / √3
	if lo, hi := three.CI95[0], three.CI95[1]; max(lo-(2-half), (2-half)-lo, hi-(2+half), (2+half)-hi) > 1e-9 {
		t.Errorf("three results: %v, want 2 ± %v", three.CI95, half)
	}
}
