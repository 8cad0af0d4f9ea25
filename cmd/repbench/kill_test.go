package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// asProgram makes the test binary behave as the program, so that a test can
// start it as a process of its own and kill it.
const asProgram = "REPBENCH_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func process(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], append(args, "--backend", "cpu", "-q")...)
	c.Env = append(os.Environ(), asProgram+"=1")
	return c
}

// A training killed with SIGKILL at several moments, and started again each
// time, ends with the bytes of one that was left alone.
func TestKilledTrainingResumes(t *testing.T) {
	if testing.Short() {
		t.Skip("trains a network several times")
	}
	dir := t.TempDir()
	args := func(run string) []string {
		return []string{"train", "--arch", "svhn32", "--width", "2", "--data", tinyShapes, "--batch", "8", "--steps", "60",
			"--log-every", "5", "--checkpoint-every", "10", "--sample-every", "30", "--samples", "4", "--out", filepath.Join(dir, run)}
	}
	if out, err := process(args("whole")...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, after := range []int{1, 3} {
		c := process(args("killed")...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		waitForCheckpoint(t, filepath.Join(dir, "killed"), after*10)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		c.Wait()
	}
	if out, err := process(args("killed")...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, f := range []string{"checkpoint-n0000000.bin", "checkpoint-n0000000.json", "state.json"} {
		want, err := os.ReadFile(filepath.Join(dir, "whole", "checkpoints", "step-00000060", f))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(dir, "killed", "checkpoints", "step-00000060", f))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s differs after two kills", f)
		}
	}
}

// waitForCheckpoint waits until a checkpoint of at least that step is there.
func waitForCheckpoint(t *testing.T, run string, step int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		dirs, _ := filepath.Glob(filepath.Join(run, "checkpoints", "step-*"))
		if n := len(dirs); n > 0 && filepath.Base(dirs[n-1]) >= stepName(step) {
			return
		}
	}
	t.Fatalf("no checkpoint of step %d within a minute", step)
}

func stepName(step int) string { return fmt.Sprintf("step-%08d", step) }
