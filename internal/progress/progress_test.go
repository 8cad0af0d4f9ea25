package progress

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeClock is a clock that tests advance.
type fakeClock struct{ t time.Time }

func (c *fakeClock) now() time.Time          { return c.t }
func (c *fakeClock) advance(d time.Duration) { c.t = c.t.Add(d) }

func newFake() (*bytes.Buffer, *fakeClock, Reporter) {
	w, c := &bytes.Buffer{}, &fakeClock{time.Unix(1000, 0)}
	return w, c, newLines(w, c.now)
}

func TestLines(t *testing.T) {
	w, c, r := newFake()
	task := r.Start("extract", 50000, "images")
	for range 20 { // 20 s at 1,280 images/s, one Add per second
		c.advance(time.Second)
		task.Add(1280)
	}
	task.Note("layer 3")
	c.advance(time.Second)
	task.Add(50000 - 20*1280)
	task.Done()
	task.Done()
	task.Add(1) // after the end: no effect
	want := strings.Join([]string{
		"extract 2,560/50,000 images 5 % 1,280 images/s, 0:37 left",
		"extract 8,960/50,000 images 17 % 1,280 images/s, 0:32 left",
		"extract 15,360/50,000 images 30 % 1,280 images/s, 0:27 left",
		"extract 21,760/50,000 images 43 % 1,280 images/s, 0:22 left",
		"extract 50,000 images in 0:21, 2,381 images/s, layer 3",
		""}, "\n")
	if got := w.String(); got != want {
		t.Fatalf("got\n%swant\n%s", got, want)
	}
}

func TestLinesOfUnknownTotalAndBytes(t *testing.T) {
	w, c, r := newFake()
	task := r.Start("download", 0, "bytes")
	task.Note("from example.org")
	c.advance(4 * time.Second)
	task.Add(10_000_000)
	task.Done()
	want := "download 10.0 MB 2.50 MB/s, 0:04 so far, from example.org\n" +
		"download 10.0 MB in 0:04, 2.50 MB/s, from example.org\n"
	if got := w.String(); got != want {
		t.Fatalf("got\n%swant\n%s", got, want)
	}
}

func TestShortTaskIsSilent(t *testing.T) {
	w, c, r := newFake()
	task := r.Start("decode", 10, "images")
	for range 10 {
		c.advance(150 * time.Millisecond)
		task.Add(1)
	}
	task.Done()
	if w.Len() != 0 {
		t.Fatalf("wrote %q", w)
	}
}

func TestStoppedTask(t *testing.T) {
	w, c, r := newFake()
	task := r.Start("train", 1000, "steps")
	c.advance(3 * time.Second)
	task.Add(1)
	w.Reset()
	task.Done()
	if got, want := w.String(), "train 1/1,000 steps stopped after 0:03, 0.333 steps/s\n"; got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
}

// What was finished before the start counts as done, and not in the rate and the time left.
func TestEarlier(t *testing.T) {
	w, c, r := newFake()
	task := r.Start("extract", 1000, "images")
	Earlier(task, 400)
	c.advance(6 * time.Second)
	Earlier(task, 0)
	task.Add(60)
	c.advance(54 * time.Second)
	task.Add(540)
	task.Done()
	want := "extract 400/1,000 images 40 % 0 images/s, 0:06 so far\n" +
		"extract 1,000/1,000 images 100 % 10.0 images/s, 0:00 left\n" +
		"extract 1,000 images in 1:00, 10.0 images/s\n"
	if got := w.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	var n count
	Earlier(&n, 7) // a task of another kind
	Earlier(Silent.Start("", 0, ""), 7)
	if n != 7 {
		t.Errorf("another kind of task has %d units", n)
	}
}

// count is a task that only counts.
type count int64

func (c *count) Add(n int64) { *c += count(n) }
func (*count) Note(string)   {}
func (*count) Done()         {}

func TestInnerTaskHasTheLine(t *testing.T) {
	w, c, r := newFake()
	outer := r.Start("train", 100, "steps")
	inner := r.Start("sample", 100, "images")
	c.advance(3 * time.Second)
	outer.Add(1)
	inner.Add(1)
	inner.Done()
	c.advance(30 * time.Second)
	outer.Add(1)
	got := w.String()
	if strings.Count(got, "train ") != 1 || strings.Count(got, "sample ") != 2 {
		t.Fatalf("got\n%s", got)
	}
}

func TestLongTaskWritesFewLines(t *testing.T) {
	w, c, r := newFake()
	task := r.Start("train", 36000, "steps")
	for range 36000 { // ten hours
		c.advance(time.Second)
		task.Add(1)
	}
	// At most one line per minute, besides the more frequent lines of the first 20 minutes.
	if n := strings.Count(w.String(), "\n"); n < 300 || n > 660 {
		t.Fatalf("%d lines in ten hours", n)
	}
}

func TestConcurrentAdds(t *testing.T) {
	var w bytes.Buffer
	r := newLines(&w, time.Now).(*reporter)
	tk := r.Start("decode", 8000, "images")
	tk.(*task).start = time.Now().Add(-time.Minute) // due at once
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				tk.Add(1)
				tk.Note("x")
			}
		})
	}
	wg.Wait()
	tk.Done()
	if !strings.Contains(w.String(), "decode 8,000 images in 1:00") {
		t.Fatalf("got %q", w.String())
	}
}

func TestFormats(t *testing.T) {
	tests := []struct{ name, got, want string }{
		{"group", group(1234567), "1,234,567"},
		{"group small", group(999), "999"},
		{"group negative", group(-1000), "-1,000"},
		{"clock hours", clock(3*time.Hour + 7*time.Minute), "3:07:00"},
		{"clock rounds", clock(59600 * time.Millisecond), "1:00"},
		{"rate none", rateText(0, 0, "steps"), "0 steps/s"},
		{"rate tens", rateText(168, 10*time.Second, "images"), "16.8 images/s"},
		{"rate slow", rateText(1, 30*time.Second, "steps"), "0.033 steps/s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Fatalf("got %q, want %q", tt.got, tt.want)
			}
		})
	}
}

func TestTerminalBar(t *testing.T) {
	for _, total := range []int64{400, 0} {
		var w bytes.Buffer
		r := newTerminal(&w, func() int { return 100 }) // room for any rate
		tk := r.Start("extract", total, "images").(*task)
		tk.Add(1)
		if w.Len() != 0 {
			t.Fatalf("drawn at once: %q", w.String())
		}
		tk.start = tk.start.Add(-quiet) // as if two seconds had passed
		tk.Note(strings.Repeat("a note too long for the line ", 4))
		tk.due.Store(0)
		tk.Add(99)
		line, ok := strings.CutPrefix(w.String(), eraseLine)
		if !ok || strings.Contains(line, "\n") || len([]rune(line)) != 99 {
			t.Fatalf("total %d: drew %d runes: %q", total, len([]rune(line)), line)
		}
		for _, part := range []string{"extract", "100", "images"} {
			if !strings.Contains(line, part) {
				t.Errorf("total %d: %q lacks %q", total, line, part)
			}
		}
		w.Reset()
		tk.Note("")
		tk.Done()
		if got := w.String(); !strings.HasPrefix(got, eraseLine+"extract 100") || !strings.HasSuffix(got, "/s\n") {
			t.Fatalf("total %d: ended with %q", total, got)
		}
	}
}

func TestTerminalMoreThanTotal(t *testing.T) {
	var w bytes.Buffer
	tk := newTerminal(&w, func() int { return 0 }).Start("fetch", 10, "bytes").(*task)
	tk.start = tk.start.Add(-time.Minute)
	for range 5 {
		tk.due.Store(0)
		tk.Add(5)
	}
	tk.Done()
	if !strings.Contains(w.String(), "100%") {
		t.Fatalf("got %q", w.String())
	}
}

func TestNewChoosesByWriter(t *testing.T) {
	f, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for name, r := range map[string]Reporter{"buffer": New(&bytes.Buffer{}), "file": New(f)} {
		tk := r.Start("x", 1, "y").(*task)
		if _, ok := tk.view.(lines); !ok {
			t.Errorf("%s: view is %T, want lines", name, tk.view)
		}
	}
}

func TestSilentAndOr(t *testing.T) {
	if Or(nil) != Silent {
		t.Fatal("Or(nil) is not Silent")
	}
	_, _, r := newFake()
	if Or(r) != r {
		t.Fatal("Or(r) is not r")
	}
	tk := Silent.Start("x", 1, "y")
	tk.Add(1)
	tk.Note("n")
	tk.Done()
}

// TestWithin: the notes of a part are shown with the task that it belongs to, at every step of
// the part, and the count of the task does not change.
func TestWithin(t *testing.T) {
	outer := &recorded{}
	part := Within(outer).Start("fit", 10, "passes")
	part.Note("C 1")
	part.Add(3)
	part.Done()
	if outer.count != 0 || outer.added != 1 || outer.note != "C 1" || outer.done {
		t.Errorf("the task got %+v", outer)
	}
}

type recorded struct {
	count int64
	added int
	note  string
	done  bool
}

func (r *recorded) Add(n int64)      { r.count += n; r.added++ }
func (r *recorded) Note(text string) { r.note = text }
func (r *recorded) Done()            { r.done = true }
