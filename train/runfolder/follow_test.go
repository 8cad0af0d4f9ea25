package runfolder

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// grown appends a text to metrics.jsonl.
func grown(t *testing.T, run, text string) {
	t.Helper()
	if err := appendTo(filepath.Join(run, metricsFile), []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func stepLine(step int, more string) string {
	return fmt.Sprintf("{\"step\":%d,\"d_loss\":0.5%s}\n", step, more)
}

// lineSteps are the steps of lines.
func lineSteps(ms []Metrics) (out []int64) {
	for _, m := range ms {
		out = append(out, m.Step)
	}
	return out
}

// TestFollow: each look reads what is new, half lines wait, and a file that was replaced begins anew.
func TestFollow(t *testing.T) {
	run := t.TempDir()
	f := Follow(run)
	check := func(what string, damaged int, torn bool, want ...int64) {
		t.Helper()
		if err := f.Next(); err != nil {
			t.Fatal(err)
		}
		if got := lineSteps(f.Points()); !slices.Equal(got, want) || f.Damaged != damaged || f.Torn != torn {
			t.Errorf("%s: steps %v, %d damaged, torn %v; want %v, %d, %v", what, got, f.Damaged, f.Torn, want, damaged, torn)
		}
	}
	check("no file", 0, false)
	grown(t, run, stepLine(1, "")+stepLine(2, ""))
	check("two lines", 0, false, 1, 2)
	read := f.Read
	grown(t, run, `{"step":3,"d_lo`)
	check("half a line", 0, true, 1, 2)
	grown(t, run, `ss":1}`+"\n")
	check("its other half", 0, false, 1, 2, 3)
	if more := f.Read - read; more > 64 {
		t.Errorf("%d bytes were read for one line", more)
	}
	grown(t, run, "{\"step\":4,\"d_loss\":NaN}\nrubbish\n\n"+stepLine(5, ""))
	check("damaged lines", 2, false, 1, 2, 3, 5)
	grown(t, run, stepLine(2, ""))
	check("a training that went on from step 1", 2, false, 1, 2, 2)
	path := filepath.Join(run, metricsFile)
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	grown(t, run, strings.Repeat(" ", 400)+"\n"+stepLine(9, ""))
	check("another file, which is longer", 0, false, 9)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	check("cut", 0, false)
}

// TestFollowLong: of a long file at most MaxPoints lines are kept, evenly, and each with a measurement.
func TestFollowLong(t *testing.T) {
	run := t.TempDir()
	var b strings.Builder
	const n = 40_000
	for i := range n {
		more := ""
		if i%5000 == 17 {
			more = `,"nnd_1000":3`
		}
		b.WriteString(stepLine(i, more))
	}
	grown(t, run, b.String())
	f := Follow(run)
	if err := f.Next(); err != nil {
		t.Fatal(err)
	}
	points := lineSteps(f.Points())
	if len(points) > MaxPoints || len(points) < MaxPoints/2 || f.Lines != n {
		t.Errorf("%d points of %d lines", len(points), f.Lines)
	}
	for i, step := range points {
		if step != int64(i*f.Every()) {
			t.Fatalf("point %d is of step %d; one in %d should be kept", i, step, f.Every())
		}
	}
	if want := []int64{17, 5017, 10017, 15017, 20017, 25017, 30017, 35017}; !slices.Equal(lineSteps(f.Measured()), want) {
		t.Errorf("measured %v, want %v", lineSteps(f.Measured()), want)
	}
}

func TestLastMetrics(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	for _, tt := range []struct {
		name, text  string
		step        int64 // -1: none
		damaged     bool
		atMostBytes int64
	}{
		{name: "empty", step: -1},
		{name: "one", text: stepLine(1, ""), step: 1},
		{name: "no line end", text: stepLine(1, "") + `{"step":2}`, step: 2},
		{name: "half a line", text: stepLine(1, "") + `{"step":2`, step: 1, damaged: true},
		{name: "NaN", text: stepLine(1, "") + `{"step":2,"d_loss":NaN}` + "\n", step: 1, damaged: true},
		{name: "long file", text: strings.Repeat(stepLine(1, ""), 10_000) + stepLine(2, ""), step: 2, atMostBytes: 4 << 10},
		{name: "long last line", text: stepLine(1, "") + `{"step":2,"note":"` + long[:9000] + `"}` + "\n", step: 2},
		{name: "no line", text: long, step: -1, damaged: true, atMostBytes: 69 << 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			run := t.TempDir()
			grown(t, run, tt.text)
			m, ok, damaged, read, err := LastMetrics(run)
			if err != nil || ok != (tt.step >= 0) || ok && m.Step != tt.step || damaged != tt.damaged {
				t.Errorf("step %d, ok %v, damaged %v, error %v", m.Step, ok, damaged, err)
			}
			if tt.atMostBytes > 0 && read > tt.atMostBytes {
				t.Errorf("%d bytes were read", read)
			}
		})
	}
	if _, ok, _, _, err := LastMetrics(t.TempDir()); ok || err != nil {
		t.Errorf("without a file: %v, %v", ok, err)
	}
}

// TestInUse: a look says who trains, makes no file, and keeps nobody from training.
func TestInUse(t *testing.T) {
	run := t.TempDir()
	if InUse(run) {
		t.Error("a folder without a lock is in use")
	}
	if _, err := os.Stat(filepath.Join(run, lockFile)); err == nil {
		t.Error("the look made a lock")
	}
	f, err := lockFolder(run)
	if err != nil {
		t.Fatal(err)
	}
	if !InUse(run) {
		t.Error("a locked folder is not in use")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if InUse(run) {
		t.Error("a folder that was closed is in use")
	}
}

func FuzzFollow(f *testing.F) {
	f.Add([]byte(stepLine(1, "")+`{"step":2`), []byte("}\n"))
	f.Add([]byte("\x00{\n\n"), []byte(`{"step":1e9,"nnd_1000":null}`+"\n"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		run := t.TempDir()
		one, all := Follow(run), Follow(run)
		grown(t, run, string(a))
		if err := one.Next(); err != nil {
			t.Fatal(err)
		}
		grown(t, run, string(b))
		if one.Next() != nil || all.Next() != nil {
			t.Fatal("the file was not read")
		}
		if one.Lines != all.Lines || one.Damaged != all.Damaged || !slices.Equal(lineSteps(one.Points()), lineSteps(all.Points())) {
			t.Errorf("in two looks %d lines, %d damaged, in one %d, %d", one.Lines, one.Damaged, all.Lines, all.Damaged)
		}
		if _, _, _, _, err := LastMetrics(run); err != nil {
			t.Error(err)
		}
	})
}
