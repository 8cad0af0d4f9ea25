package reports

import (
	"path/filepath"
	"testing"

	"repbench/internal/golden"
)

func TestGoldenMarkdown(t *testing.T) {
	files, err := render(fakeInput(t), Options{Title: "A report for the tests"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name == markdownFile || f.Name == recordsFile {
			golden.Compare(t, filepath.Join("testdata", f.Name), string(f.Data))
		}
	}
}
