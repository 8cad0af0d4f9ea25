package launch

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSubmissions(t *testing.T) {
	dir := t.TempDir()
	if got, err := Submissions(dir); got != nil || err != nil {
		t.Errorf("a folder without jobs: %v, %v", got, err)
	}
	first := Submission{Engine: "slurm", Name: "a", Job: "1", Indices: "0-4", Submitted: testTime}
	if err := note(dir, first); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, jobsFile)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"engine":"slurm","na`) // a process that was killed
	f.Close()
	if got, err := Submissions(dir); err != nil || !slices.Equal(got, []Submission{first}) {
		t.Errorf("with a torn line: %v, %v", got, err)
	}
	second := Submission{Engine: "kubernetes", Name: "b", Indices: "5", Submitted: testTime}
	if err := note(dir, second); err != nil {
		t.Fatal(err)
	}
	if got, err := Submissions(dir); err != nil || !slices.Equal(got, []Submission{first, second}) {
		t.Errorf("after a torn line: %v, %v", got, err)
	}
	for _, bad := range []string{"x\n", `{"indices":"4-1"}` + "\n"} {
		if err := os.WriteFile(path, []byte(bad+bad), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := Submissions(dir); err == nil || !strings.Contains(err.Error(), jobsFile+":1") || !strings.Contains(err.Error(), "remove that line") {
			t.Errorf("%q: error %v", bad, err)
		}
	}
}

func FuzzSubmissions(f *testing.F) {
	f.Add([]byte(`{"engine":"slurm","name":"a","job":"1","indices":"0-4"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := parseSubmissions(data, "jobs.jsonl")
		if err != nil {
			return
		}
		if _, err := submitted(all); err != nil {
			t.Error(err)
		}
	})
}
