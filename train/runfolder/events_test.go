package runfolder

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"repbench/internal/tfevents/eventtest"
)

// readEvents reads the only event file of a folder, without its two first records.
func readEvents(t *testing.T, dir string) []eventtest.Event {
	t.Helper()
	files, err := EventFiles(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("event files %q, %v", files, err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	all, err := eventtest.Read(b)
	if err != nil || len(all) < 2 || all[0].Version == "" || !all[1].Start {
		t.Fatalf("%s: %+v, %v", files[0], all, err)
	}
	return all[2:]
}

// sitting opens a folder for a sitting that goes on after a step, and logs steps.
func sitting(t *testing.T, dir string, tensorboard bool, from int64, steps ...int64) {
	t.Helper()
	f, _, err := Open(dir, struct{}{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if tensorboard {
		f.TensorBoard()
	}
	if _, err := f.Rewind(from); err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		m := Metrics{Step: s, Images: float64(2 * s), Seconds: float64(s), ImagesPerSecond: 2, Values: []Value{{"loss", float64(s) / 10}, {"never", math.NaN()}}}
		if err := f.AppendMetrics(m); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Configure(struct{}{}); err != nil {
		t.Fatal(err)
	}
}

func stepsOf(events []eventtest.Event) (out []int64) {
	for _, e := range events {
		out = append(out, e.Step)
	}
	return out
}

// TestEvents: the event file has the numbers of metrics.jsonl, after any number of sittings, each step
// once, in one file whose name is later than those before.
func TestEvents(t *testing.T) {
	dir := t.TempDir()
	sitting(t, dir, false, 0, 10, 20)
	if files, err := EventFiles(dir); err != nil || files != nil {
		t.Fatalf("%q, %v", files, err)
	}
	sitting(t, dir, true, 10, 20, 30) // steps before the option was given count, too
	if got := stepsOf(readEvents(t, dir)); !slices.Equal(got, []int64{10, 20, 30}) {
		t.Errorf("steps %v", got)
	}
	first, _ := EventFiles(dir)
	// Killed while it wrote, and resumed from a step before, without the option.
	w, err := os.OpenFile(first[0], os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.WriteString("\x20\x00\x00")
	w.Close()
	sitting(t, dir, false, 20, 30, 40, 50)
	got := readEvents(t, dir)
	if !slices.Equal(stepsOf(got), []int64{10, 20, 30, 40, 50}) {
		t.Errorf("steps %v", stepsOf(got))
	}
	if second, _ := EventFiles(dir); filepath.Base(second[0]) <= filepath.Base(first[0]) {
		t.Errorf("%s comes before %s", second, first)
	}
	run, err := readLines(dir)
	if err != nil || len(run) != len(got) {
		t.Fatalf("%d lines and %d events, %v", len(run), len(got), err)
	}
	for i, m := range run {
		e := got[i]
		if e.Step != m.Step || len(e.Values) != 4 || e.Values["loss"] != float32(m.Get("loss")) || e.Values["images"] != float32(m.Images) || e.Values["seconds"] != float32(m.Seconds) {
			t.Errorf("%+v, want %+v", e, m)
		}
		if i > 0 && e.Wall < got[i-1].Wall {
			t.Errorf("step %d was logged before step %d", e.Step, got[i-1].Step)
		}
	}
	if now := float64(time.Now().Unix()); got[1].Wall-got[0].Wall < 9.9 || math.Abs(got[4].Wall-now) > 60 {
		t.Errorf("times %v and %v, now is %v", got[0].Wall, got[4].Wall, now)
	}
}

func readLines(dir string) ([]Metrics, error) {
	ms, _, err := readMetrics(filepath.Join(dir, metricsFile))
	return ms, err
}

// TestEventsOfMeasuredStep: a step that has a second line, with measurements, gets the new numbers
// alone.
func TestEventsOfMeasuredStep(t *testing.T) {
	dir := t.TempDir()
	sitting(t, dir, true, 0, 10)
	f, _, err := Open(dir, struct{}{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Rewind(10); err != nil {
		t.Fatal(err)
	}
	line := Metrics{Step: 10, Images: 20, Seconds: 11, ImagesPerSecond: 2, Values: []Value{{"loss", 1}, {"frechet", 7}}}
	for range 2 {
		if err := f.AppendMetrics(line); err != nil {
			t.Fatal(err)
		}
	}
	f.Close()
	check := func(want ...[]string) {
		t.Helper()
		for i, e := range readEvents(t, dir) {
			var tags []string
			for tag := range e.Values {
				tags = append(tags, tag)
			}
			slices.Sort(tags)
			if i >= len(want) || e.Step != 10 || !slices.Equal(tags, want[i]) {
				t.Errorf("event %d: %+v", i, e)
			}
		}
	}
	check([]string{"images", "images_per_second", "loss", "seconds"}, []string{"frechet"})
	sitting(t, dir, false, 10)
	check([]string{"frechet", "images", "images_per_second", "loss", "seconds"})
}

// TestEventFilesAreTheRuns: event files belong to the run folder, so that it is none of somebody
// else's files, and no output replaces them.
func TestEventFilesAreTheRuns(t *testing.T) {
	dir := t.TempDir()
	sitting(t, dir, true, 0, 1)
	sitting(t, dir, true, 1, 2)
	files, _ := EventFiles(dir)
	if err := Protects("--out", files[0]); err == nil || !strings.Contains(err.Error(), "run folder") {
		t.Errorf("an output may replace it: %v", err)
	}
}
