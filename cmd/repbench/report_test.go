package main

import (
	"path/filepath"
	"strings"
	"testing"

	"repbench/eval"
	"repbench/reports/record"
)

// A report whose PDF shows names as code points says so, on stderr and in --json.
func TestReportSaysStandIns(t *testing.T) {
	write := func(classes ...string) string {
		dir := t.TempDir()
		r := record.Record{Kind: record.Linear, ID: "x", Encoder: record.Encoder{Spec: "pixels"}, Data: record.Data{Name: "set"},
			Linear: &eval.LinearResult{LinearScore: eval.LinearScore{C: 1, TestAccuracy: 0.5}, NTest: 10, Classes: classes}}
		if err := record.Add(filepath.Join(dir, "records.jsonl"), r); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	foreign, plain := write("猫類", "😀", "dog"), write("cat", "café", "dog")
	const want = "report.pdf shows 2 class names as code points"
	status, _, stderr := cli(t, "report", foreign, "--out", filepath.Join(foreign, "report"))
	if status != 0 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
	v := document(t, "report", foreign, "--out", filepath.Join(foreign, "report"))
	if notes, _ := v["notes"].([]any); len(notes) != 1 || !strings.HasPrefix(notes[0].(string), want) {
		t.Errorf("--json says %v", v)
	}
	if status, _, stderr := cli(t, "report", plain, "--out", filepath.Join(plain, "report")); status != 0 || stderr != "" {
		t.Errorf("status %d, stderr %q of names that can be shown", status, stderr)
	}
}
