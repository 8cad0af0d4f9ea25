package reports

import (
	"path/filepath"
	"testing"

	"repbench/internal/golden"
	"repbench/reports/record"
)

// TestGoldenGenerated: results on generated images alone, with copies and without, and samples.
func TestGoldenGenerated(t *testing.T) {
	files, err := render(generatedInput(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name == markdownFile {
			golden.Compare(t, filepath.Join("testdata", "generated.md"), string(f.Data))
		}
	}
}

func TestGoldenMarkdown(t *testing.T) {
	files, err := render(fakeInput(t), Options{Title: "A report for the tests"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name == markdownFile || f.Name == record.FileName {
			golden.Compare(t, filepath.Join("testdata", f.Name), string(f.Data))
		}
	}
}
