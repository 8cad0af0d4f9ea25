package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/simd"
)

// realGate says that the gate is tried with real trainings, which take a minute of a processor.
const realGate = "REPBENCH_TEST_GATE"

const gateSuite = `suite = "real"
seeds = "1..5"
[[encoder]]
name = "dcgan"
train = { arch = "svhn32", width = 8, data = "shapes", steps = 150 }
#LAYERS
[[data]]
name = "shapes"
[[protocol]]
name = "linear"
C = [1e-3]
[gate]
base_seeds = 5
`

// Other vector instructions change the last digits of a training and pass, by pairs of seeds; a head that
// leaves out the last layer regressed.
func TestRealGate(t *testing.T) {
	if os.Getenv(realGate) == "" {
		t.Skip("five trainings of 150 updates, twice; " + realGate + "=1 runs them")
	}
	dir := t.TempDir()
	bench := func(suite, out string, env ...string) {
		path := filepath.Join(dir, "suite.toml")
		if err := os.WriteFile(path, []byte(suite), 0o644); err != nil {
			t.Fatal(err)
		}
		c := process("bench", "run", path, "--out", filepath.Join(dir, out), "--cache", filepath.Join(dir, "cache"), "--offline")
		c.Env = append(c.Env, env...)
		if text, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	}
	compare := func(head string, want int, says string) {
		status, stdout, stderr := cli(t, "bench", "compare", filepath.Join(dir, "base"), filepath.Join(dir, head))
		t.Logf("%s: status %d\n%s%s", head, status, stdout, stderr)
		if status != want || !strings.Contains(stdout, says) {
			t.Errorf("%s: status %d, want %d and %q", head, status, want, says)
		}
	}
	bench(gateSuite, "base")
	compare("base", 0, "identical")
	if simd.Level().String() == "avx512" {
		bench(gateSuite, "avx2", "REPBENCH_SIMD=avx2")
		compare("avx2", 0, "5 pairs of seeds")
	}
	if err := os.CopyFS(filepath.Join(dir, "less"), os.DirFS(filepath.Join(dir, "base"))); err != nil {
		t.Fatal(err) // the trainings of the base serve the head
	}
	bench(strings.Replace(gateSuite, "#LAYERS", `layers = ["conv1", "conv2"]`, 1), "less")
	compare("less", statusRegressed, `differs: encoder.features.layers: absent → ["conv1","conv2"]`)
}
