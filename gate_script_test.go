package repbench

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fakeProgram notes how it is called; bench compare ends with the status in $STATUS.
const fakeProgram = `#!/bin/sh
echo "$@" >>"$CALLS"
case "$1 $2" in
"--version ") echo "repbench version 0.1.0 (commit $COMMIT, CPU backend cpu)" ;;
"bench record") mkdir -p "$5/abc" && echo "{}" >"$5/abc/quick-m.jsonl" ;;
"bench compare") exit "$STATUS" ;;
esac
`

// scripts/gate.sh runs five seeds, compares with the base, and ends as bench compare does; a base is made of
// a commit without changes alone.
func TestGateScript(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash")
	}
	dir := t.TempDir()
	program, calls, base := filepath.Join(dir, "repbench"), filepath.Join(dir, "calls"), filepath.Join(dir, "base")
	if err := os.WriteFile(program, []byte(fakeProgram), 0o755); err != nil {
		t.Fatal(err)
	}
	gate := func(mode, status, commit string) (int, string) {
		c := exec.Command("scripts/gate.sh", mode)
		c.Env = append(os.Environ(), "REPBENCH="+program, "CALLS="+calls, "BASE="+base, "WORK="+filepath.Join(dir, "work"), "STATUS="+status, "COMMIT="+commit)
		out, err := c.CombinedOutput()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return exit.ExitCode(), string(out)
		} else if err != nil {
			t.Fatal(err)
		}
		return 0, string(out)
	}
	if status, out := gate("check", "0", ""); status != 1 || !strings.Contains(out, "make gate-base makes it") {
		t.Errorf("without a base: %d %s", status, out)
	}
	for _, commit := range []string{"4e25-modified", "unknown"} {
		if status, out := gate("base", "0", commit); status != 1 || !strings.Contains(out, "commit the change first") {
			t.Errorf("a base of %s: %d %s", commit, status, out)
		}
	}
	if status, out := gate("base", "0", "4e25"); status != 0 || !strings.Contains(out, "abc/quick-m.jsonl") {
		t.Fatalf("a base: %d %s", status, out)
	}
	for _, want := range []string{"0", "1", "3", "4"} {
		if status, out := gate("check", want, ""); status != int(want[0]-'0') {
			t.Errorf("status %d, want the status of bench compare, %s\n%s", status, want, out)
		}
	}
	text, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"--seeds 1..5", "bench compare " + base + "/abc/ "} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no call with %q:\n%s", want, text)
		}
	}
	if status, out := gate("", "0", ""); status != 2 || !strings.Contains(out, "scripts/gate.sh check") {
		t.Errorf("without a mode: %d %s", status, out)
	}
}
