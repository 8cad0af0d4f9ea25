package suite

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"repbench/benchmarks/ledger"
	"repbench/internal/measure"
	"repbench/internal/npy"
	"repbench/reports/record"
)

// pixels is a suite of one cell that takes no time.
const pixels = `
suite = "pixels"
[[encoder]]
name = "pixels"
spec = "pixels"
[[data]]
name = "shapes"
spec = "shapes:train=60,test=20"
[[protocol]]
name = "linear"
`

// runCell computes a cell.
func runCell(t *testing.T, f *Folder, c Cell) {
	t.Helper()
	if err := f.Run(context.Background(), c.Index, RunOptions{Machine: machine(t)}); err != nil {
		t.Fatal(err)
	}
}

// A cell is done if its record says so in every point, and runs again otherwise; then the record that
// was there stays under another name.
func TestDone(t *testing.T) {
	f, _ := prepare(t, pixels, t.TempDir())
	c := f.Cells()[0]
	if s := f.State(c); s != Waiting {
		t.Fatalf("a new cell is %s", s)
	}
	runCell(t, f, c)
	s := f.Look(c, false)
	if s.State != Done || s.Line.Correct == nil || len(*s.Line.Correct) != 20 || s.Line.Cell != c.ID || s.Line.Finished.IsZero() {
		t.Fatalf("a cell that ran is %+v", s)
	}
	path := filepath.Join(f.Path(c), recordFile)
	whole := readFile(t, path)
	for name, text := range map[string]string{
		"cut short":             whole[:len(whole)/2],
		"another cell":          strings.ReplaceAll(whole, c.ID, "0123456789abcdef"),
		"another commit":        strings.Replace(whole, `"commit":"`, `"commit":"0`, 1),
		"a changed tree":        strings.Replace(whole, `"commit"`, `"modified":true,"commit"`, 1),
		"bits of another image": otherBits(t, whole),
	} {
		writeFile(t, path, text)
		s := f.Look(c, false)
		if s.State == Done || s.Why == "" {
			t.Errorf("%s: the cell is %s, why %q", name, s.State, s.Why)
		}
		runCell(t, f, c)
		if s := f.State(c); s != Done {
			t.Errorf("%s: after it ran again the cell is %s", name, s)
		}
		old, _ := filepath.Glob(filepath.Join(f.Path(c), "record-*.json"))
		if !slices.ContainsFunc(old, func(p string) bool { return readFile(t, p) == text }) {
			t.Errorf("%s: the old record is none of %v", name, old)
		}
	}
}

// otherBits is a record with one bit turned.
func otherBits(t *testing.T, record string) string {
	t.Helper()
	var l ledger.Line
	if err := json.Unmarshal([]byte(record), &l); err != nil {
		t.Fatal(err)
	}
	(*l.Correct)[0] = !(*l.Correct)[0]
	b, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestSameProgram(t *testing.T) {
	clean, other := Program{Commit: "a"}, Program{Commit: "b"}
	dirty, dirty2, unknown := Program{Commit: "a", Modified: true, Binary: "1"}, Program{Commit: "a", Modified: true, Binary: "2"}, Program{Commit: "a", Modified: true}
	for _, tt := range []struct {
		name        string
		a, b        Program
		same, reuse bool
	}{
		{"one commit", clean, clean, true, true},
		{"two commits", clean, other, false, false},
		{"clean and changed", clean, dirty, false, true},
		{"one binary", dirty, dirty, true, true},
		{"two binaries", dirty, dirty2, false, true},
		{"binary not known", unknown, unknown, false, true},
	} {
		if got := tt.a.same(tt.b, false); got != tt.same {
			t.Errorf("%s: %v", tt.name, got)
		}
		if got := tt.a.same(tt.b, true); got != tt.reuse {
			t.Errorf("%s with reuse: %v", tt.name, got)
		}
	}
}

// Trainings of another program are not evaluated: they move out of the way.
func TestTrainingOfAnotherProgram(t *testing.T) {
	f, _ := prepare(t, small, t.TempDir())
	c := cellOf(t, f, "dcgan", "linear")
	f.program = Program{Commit: "old"}
	diverged, err := f.trained(context.Background(), f.works[c.ID], RunOptions{Machine: machine(t)}, os.Stderr)
	if err != nil || diverged != "" {
		t.Fatal(diverged, err)
	}
	if !f.Trained(c) {
		t.Fatal("the training is not done")
	}
	f.program = ThisProgram()
	if f.Trained(c) {
		t.Error("a training of another program counts")
	}
	runCell(t, f, c)
	if !f.Trained(c) {
		t.Error("the training was not made again")
	}
	if _, err := os.Stat(f.TrainingPath(c) + "-old"); err != nil {
		t.Errorf("the old training is gone: %v", err)
	}
}

// A training without a network is a result: the cells that need it are done, and say so.
func TestDiverged(t *testing.T) {
	f, _ := prepare(t, changed(t, small, "steps = 4", "steps = 40, learning-rate = 1e30"), t.TempDir())
	for _, protocol := range []string{"linear", "near"} {
		c := cellOf(t, f, "dcgan", protocol)
		runCell(t, f, c)
		s := f.Look(c, false)
		if s.State != Done || s.Line.Diverged == "" || len(s.Line.Measurements) > 0 || s.Line.DataHash == "" {
			t.Errorf("%s: %+v, line %+v", protocol, s, s.Line)
		}
	}
	if o := f.Overview(Seeds{}, false); o.Rows[0].Diverged != 1 || o.Rows[0].Mean != nil {
		t.Errorf("the row is %+v", o.Rows[0])
	}
}

// A failure is kept with its reason and the end of the log, and is tried again only when asked.
func TestFailure(t *testing.T) {
	dir := t.TempDir()
	rows := filepath.Join(dir, "rows.npy")
	text := changed(t, pixels, `name = "linear"`, "name = \"few\"\nkind = \"fewshot\"\nC = 1e-3\nreport-rows = \""+rows+`"`)
	f, _ := prepare(t, text, filepath.Join(dir, "out"))
	c := f.Cells()[0]
	o := RunOptions{Machine: machine(t)}
	err := f.Run(context.Background(), 0, o)
	if !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), "rows.npy") || Exit(err) != 1 {
		t.Fatalf("error %v", err)
	}
	s := f.Look(c, false)
	if s.State != Failed || !strings.Contains(s.Failure.Reason, "rows.npy") || len(s.Failure.Log) < 1 || s.Failure.Exit != 1 {
		t.Errorf("the cell is %+v, %+v", s, s.Failure)
	}
	if err := npy.Write(rows, []int{2, 10}, []int32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}); err != nil {
		t.Fatal(err)
	}
	if err := f.Run(context.Background(), 0, o); !errors.Is(err, ErrFailed) || !strings.Contains(err.Error(), "--retry failed") || len(f.Attempts(c)) != 1 {
		t.Errorf("it is tried again without being asked: %v", err)
	}
	if err := f.Retry(c); err != nil {
		t.Fatal(err)
	}
	if s := f.State(c); s != Interrupted {
		t.Errorf("it is %s", s)
	}
	runCell(t, f, c)
	if s := f.State(c); s != Done {
		t.Errorf("it is %s", s)
	}
}

// An interruption is no failure.
func TestInterrupted(t *testing.T) {
	f, _ := prepare(t, small, t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := f.Run(ctx, 0, RunOptions{Machine: machine(t)})
	if Exit(err) != 75 || f.State(f.Cells()[0]) != Interrupted {
		t.Errorf("error %v, status %d, the cell is %s", err, Exit(err), f.State(f.Cells()[0]))
	}
	if a := f.Attempts(f.Cells()[0]); len(a) != 1 || a[0].Exit != 75 || a[0].End.IsZero() {
		t.Errorf("the attempts are %+v", a)
	}
}

// A cell that another process works on is left to it.
func TestBusy(t *testing.T) {
	f, _ := prepare(t, pixels, t.TempDir())
	c := f.Cells()[0]
	if err := os.MkdirAll(f.Path(c), 0o755); err != nil {
		t.Fatal(err)
	}
	l, _, err := tryLock(filepath.Join(f.Path(c), lockFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Run(context.Background(), 0, RunOptions{Machine: machine(t)}); !errors.Is(err, ErrBusy) || Exit(err) != 75 {
		t.Errorf("error %v", err)
	}
	if s := f.Look(c, false); s.State != Running || !strings.Contains(s.Holder, "process") {
		t.Errorf("it is %+v", s)
	}
	if w := f.Workers(); len(w) != 1 || w[0].PID != os.Getpid() || w[0].Cell.ID != c.ID || !w[0].Here() {
		t.Errorf("the workers are %+v", w)
	}
	l.Release()
	runCell(t, f, c)
}

// A full disk is not the cell's fault.
func TestDiskFull(t *testing.T) {
	err := error(&os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})
	if gaveUp(err) || Exit(err) != 1 || !gaveUp(errors.New("x")) || gaveUp(nil) {
		t.Error("a full disk makes a cell give up")
	}
}

// Data that changed under a folder are noticed.
func TestDataChanged(t *testing.T) {
	f, _ := prepare(t, pixels, t.TempDir())
	f.facts.Sets[0].Hash = strings.Repeat("0", 64)
	works, err := f.Suite.expand(f.facts)
	if err != nil {
		t.Fatal(err)
	}
	f.index(works)
	f.cells[0] = works[0].Cell
	if err := f.Run(context.Background(), 0, RunOptions{Machine: machine(t)}); err == nil || !strings.Contains(err.Error(), "no longer the one that was planned") {
		t.Errorf("error %v", err)
	}
}

// Mean and standard deviation are taken over the seeds, and the time of the rest is predicted from what was done.
func TestOverview(t *testing.T) {
	f, _ := prepare(t, changed(t, pixels, "spec = \"pixels\"", "spec = \"random:svhn32,width=2\"\nseeds = \"1..3\""), t.TempDir())
	for i, c := range f.Cells()[:2] {
		line := ledger.Line{
			Key: c.Key("pixels"), Cell: c.ID, Fingerprint: *record.ThisProgram(""), Seconds: float64(10 * (i + 1)),
			Measurements: []measure.Measurement{{Name: measure.TestAccuracy, Value: 0.5 + 0.2*float64(i)}},
		}
		text, err := json.Marshal(line)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(f.Path(c), 0o755); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(f.Path(c), recordFile), string(text))
	}
	o := f.Overview(Seeds{}, false)
	if o.Done != 2 || o.Open != 1 || o.Left.Seconds != 15 || o.Left.Unknown != 0 || len(o.Rows) != 1 {
		t.Fatalf("the overview is %+v", o)
	}
	r := o.Rows[0]
	if r.Metric != measure.TestAccuracy || *r.Mean < 0.6-1e-12 || *r.Mean > 0.6+1e-12 || *r.SD < 0.1414 || *r.SD > 0.1415 {
		t.Errorf("the row is %+v, mean %v, sd %v", r, *r.Mean, *r.SD)
	}
	if o := f.Overview(Seeds{List: []uint64{3}}, false); o.Total != 1 || o.Done != 0 {
		t.Errorf("of seed 3 alone: %+v", o)
	}
}
