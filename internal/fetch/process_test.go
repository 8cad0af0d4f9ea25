package fetch

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"
)

// childEnv tells a child process what to fetch.
const childEnv = "REPBENCH_TEST_FETCH"

type errand struct {
	File File
	Path string
}

// TestErrand is not a test: it runs the test binary as another process.
func TestErrand(t *testing.T) {
	text := os.Getenv(childEnv)
	if text == "" {
		t.Skip("only in a process started by another test")
	}
	var e errand
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		t.Fatal(err)
	}
	if err := e.File.Get(context.Background(), e.Path, Options{}); err != nil {
		t.Fatal(err)
	}
}

// child returns a process that fetches f to path.
func child(t *testing.T, f File, path string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	text, err := json.Marshal(errand{f, path})
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Args[0], "-test.run=^TestErrand$")
	c.Env = append(os.Environ(), childEnv+"="+string(text))
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, &out
}

// slow writes in small pieces with pauses between them.
type slow struct{ http.ResponseWriter }

func (s slow) Write(p []byte) (n int, err error) {
	for len(p) > 0 && err == nil {
		var m int
		m, err = s.ResponseWriter.Write(p[:min(len(p), 16<<10)])
		s.ResponseWriter.(http.Flusher).Flush()
		n, p = n+m, p[m:]
		time.Sleep(4 * time.Millisecond)
	}
	return n, err
}

// A process that is killed with SIGKILL again and again, at any moment of a download, never
// leaves anything but the whole file under its name, and its downloaded bytes are used.
func TestKilledDownloads(t *testing.T) {
	data := randomBytes(3<<20, 16)
	f, path := fileOf(data, serving(t, func(w http.ResponseWriter, r *http.Request) { good(data)(slow{w}, r) }).URL), target(t)
	r := rand.New(rand.NewPCG(17, 0))
	kills := 14
	if testing.Short() {
		kills = 6
	}
	for i := range kills {
		before := PartBytes(path)
		// Every other kill comes at any time of the start, the rest in the download.
		end := time.Now().Add(time.Duration(r.IntN(40)) * time.Millisecond)
		enough := func() bool { return time.Now().After(end) }
		if i%2 == 1 {
			more := before + r.Int64N(int64(len(data)/kills))
			enough = func() bool { return PartBytes(path) > more }
		}
		if finished := killWhen(t, f, path, enough); finished {
			if i < 3 {
				t.Fatalf("the download was whole after %d kills", i)
			}
			break
		}
		if _, err := os.Stat(path); err == nil {
			wantFile(t, path, data) // killed between the rename and the end
			break
		}
		if n := PartBytes(path); n < before {
			t.Errorf("kill %d lost %d of %d bytes", i, before-n, before)
		}
	}
	c, out := child(t, f, path)
	if err := c.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	wantFile(t, path, data)
	wantOnly(t, path, "data.bin")
}

// killWhen kills a process that fetches f as soon as enough returns true; it reports whether
// the process ended before.
func killWhen(t *testing.T, f File, path string, enough func() bool) (finished bool) {
	t.Helper()
	c, out := child(t, f, path)
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	for !enough() {
		select {
		case err := <-done:
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			return true
		case <-time.After(time.Millisecond):
		}
	}
	if err := c.Process.Kill(); err != nil {
		t.Log(err) // it was just done
	}
	return <-done == nil
}

// The process is killed at moments around the last byte, the check and the rename.
func TestKilledAtTheEnd(t *testing.T) {
	data := randomBytes(4<<20, 18)
	server := serving(t, good(data))
	f := fileOf(data, server.URL)
	r := rand.New(rand.NewPCG(19, 0))
	kills := 12
	if testing.Short() {
		kills = 4
	}
	for range kills {
		path := target(t)
		c, _ := child(t, f, path)
		for PartBytes(path) == 0 {
			if _, err := os.Stat(path); err == nil {
				break
			}
			time.Sleep(100 * time.Microsecond)
		}
		time.Sleep(time.Duration(r.IntN(15000)) * time.Microsecond)
		c.Process.Kill()
		c.Wait()
		if _, err := os.Stat(path); err == nil {
			wantFile(t, path, data)
		}
		if err := f.Get(context.Background(), path, quick); err != nil {
			t.Fatal(err)
		}
		wantFile(t, path, data)
	}
}

// If several processes request a file at once, one downloads it, and its bytes are sent once.
func TestProcessesShareADownload(t *testing.T) {
	data := randomBytes(1<<20, 20)
	var requests atomic.Int32
	server := serving(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		good(data)(slow{w}, r)
	})
	f, path := fileOf(data, server.URL), target(t)
	var children []*exec.Cmd
	var outs []*bytes.Buffer
	for range 3 {
		c, out := child(t, f, path)
		children, outs = append(children, c), append(outs, out)
	}
	for i, c := range children {
		if err := c.Wait(); err != nil {
			t.Errorf("%v\n%s", err, outs[i])
		}
	}
	if requests.Load() != 1 {
		t.Errorf("%d downloads, want 1", requests.Load())
	}
	wantFile(t, path, data)
	wantOnly(t, path, "data.bin")
}
