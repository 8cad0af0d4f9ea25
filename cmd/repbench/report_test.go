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
		r := record.Record{ID: "x", Encoder: record.Encoder{Spec: "pixels"}, Data: record.Data{Name: "set"},
			Result: &eval.LinearResult{LinearScore: eval.LinearScore{C: 1, TestAccuracy: 0.5}, NTest: 10, Classes: classes}}
		if err := record.Add(filepath.Join(dir, "records.jsonl"), r); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	foreign, plain := write("猫類", "😀", "dog"), write("cat", "café", "dog")
	const want = "report.pdf shows 2 class names as code points"
	status, _, stderr := cli(t, "report", foreign, "--fonts", "none", "--out", filepath.Join(foreign, "report"))
	if status != 0 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
	v := document(t, "report", foreign, "--fonts", "none", "--out", filepath.Join(foreign, "report"))
	if notes, _ := v["notes"].([]any); len(notes) != 1 || !strings.HasPrefix(notes[0].(string), want) {
		t.Errorf("--json says %v", v)
	}
	if status, _, stderr := cli(t, "report", plain, "--out", filepath.Join(plain, "report")); status != 0 || stderr != "" {
		t.Errorf("status %d, stderr %q of names that can be shown", status, stderr)
	}
	// A folder without fonts: what to install. A folder that is not there: wrong usage.
	if _, _, stderr := cli(t, "report", foreign, "--fonts", t.TempDir(), "--out", filepath.Join(foreign, "report")); !strings.Contains(stderr, "install fonts-noto-cjk and fonts-symbola") {
		t.Errorf("stderr %q does not say what to install", stderr)
	}
	for _, command := range [][]string{{"report", foreign, "--out", foreign}, {"data", "dedup", "--data", tinyShapes, "--method", "phash", "--out", t.TempDir()}} {
		status, _, stderr := cli(t, append(command, "--fonts", filepath.Join(foreign, "none"))...)
		if status != 2 || !strings.Contains(stderr, "is no folder; give a folder of .ttf, .otf or .ttc files, system or none") {
			t.Errorf("%s: status %d, stderr %q", command[0], status, stderr)
		}
	}
}
