package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/internal/npy"
	"repbench/vis"
)

// again is the command line that the settings of a figure give: each setting that is named as a flag
// of the command is given to it.
func again(t *testing.T, spec string, r vis.Result) []string {
	t.Helper()
	help := must(t, "vis", r.Figure, "--help")
	args := []string{r.Figure, spec}
	for _, s := range r.Settings {
		if strings.Contains(help, "--"+s.Name+" ") {
			args = append(args, fmt.Sprintf("--%s=%v", s.Name, s.Value))
		}
	}
	return args
}

// The settings of a figure are enough to make it again, however its vectors were named.
func TestVisAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes under the race detector")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	figure(t, dir, "grid", tinySVHN, "--n", "9", "--save-z", at("z.npy"), "--npy", at("grid.npy"), "--seed", "7")
	concepts := make([]float32, 3*2*100)
	for i := range concepts {
		concepts[i] = float32(i%7) - 3
	}
	if err := npy.Write(at("concepts.npy"), []int{3, 2, 100}, concepts); err != nil {
		t.Fatal(err)
	}
	forgetBoxes(t, at("boxes.csv"))
	for name, args := range map[string][]string{
		"grid":                   {"grid", "--n", "7", "--seed", "3"},
		"walk of drawn points":   {"walk", "--points", "3", "--seed", "3", "--snap", "5"},
		"walk through samples":   {"walk", "--through", "70,2-3", "--n", "71", "--seed", "3", "--steps", "3", "--snap", "0"},
		"walk through rows":      {"walk", "--through", "8,2", "--z", at("z.npy"), "--path", "lerp", "--snap", "0"},
		"walk of a file":         {"walk", "--z", at("z.npy"), "--steps", "2", "--snap", "0"},
		"arithmetic":             {"arithmetic", "--a", "1,70", "--b", "2", "--c", "3-5", "--n", "71", "--seed", "3", "--neighbours", "2"},
		"arithmetic of a file":   {"arithmetic", "--z", at("concepts.npy")},
		"arithmetic of files":    {"arithmetic", "--a", at("z.npy"), "--b", "2", "--c", "3"},
		"turn of drawn bases":    {"turn", "--left", "14,33,42", "--right", "3,13,16", "--seed", "3"},
		"turn of samples":        {"turn", "--left", "1", "--right", "2", "--base", "5,60", "--steps", "4", "--bn", "batch"},
		"forgetting":             {"forget", "--n", "6", "--draws", "2", "--boxes", at("boxes.csv"), "--layer", "8x8"},
		"forgetting in a file z": {"forget", "--z", at("z.npy"), "--draws", "2", "--boxes", at("boxes.csv"), "--maps", "0"},
	} {
		run := func(args []string) ([]float32, vis.Result) {
			r := figure(t, dir, append(args, "--npy", at("out.npy"))...)
			return readImages(t, at("out.npy")), r
		}
		want, r := run(append([]string{args[0], tinySVHN}, args[1:]...))
		got, _ := run(again(t, tinySVHN, r))
		if !slices.Equal(got, want) {
			t.Errorf("%s: the settings %v make other images", name, r.Settings)
		}
	}
}
