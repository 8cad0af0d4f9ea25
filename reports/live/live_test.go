package live

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"repbench/benchmarks/ledger"
	"repbench/internal/measure"
	"repbench/reports/record"
)

// served serves a folder until the test ends and returns the site and its address.
func served(t *testing.T, o Options) (*Site, string) {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	page, err := s.Page("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := page.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- page.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("stopped: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, page.URL()
}

// get asks for a page.
func get(t *testing.T, url string, header ...string) (status int, body string, h http.Header) {
	t.Helper()
	return ask(t, http.MethodGet, url, header...)
}

func ask(t *testing.T, method, url string, header ...string) (int, string, http.Header) {
	t.Helper()
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range header {
		name, value, ok := strings.Cut(h, ": ")
		if !ok {
			continue
		}
		if r.Header.Set(name, value); name == "Host" {
			r.Host = value
		}
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text), answer.Header
}

// write writes files, given as pairs of a path and a content.
func write(t *testing.T, dir string, files ...string) {
	t.Helper()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const config = `{"arch":"svhn32","width":8,"data":"shapes","steps":100,"seed":3}`

// line is a line of metrics.jsonl.
func line(step int, more string) string {
	return fmt.Sprintf(`{"step":%d,"images":%d,"seconds":%d.5,"images_per_second":123.5,"d_loss":0.5,"g_loss":1.25%s}`+"\n", step, 16*step, step, more)
}

// TestRefused: other hosts, other methods, and paths that lead out of the folder.
func TestRefused(t *testing.T) {
	above := t.TempDir()
	dir := filepath.Join(above, "shown")
	write(t, above, "secret/config.json", config, "secret/metrics.jsonl", line(7, ""), "secret/index.html", "secret words", "secret/records.jsonl", "")
	write(t, dir, "a/config.json", config, "a/metrics.jsonl", line(1, ""), "r/index.html", "a report", "r/records.jsonl", "")
	for _, link := range [][2]string{{"../secret", "link"}, {"../../secret/index.html", "r/report.md"}} {
		if err := os.Symlink(link[0], filepath.Join(dir, link[1])); err != nil {
			t.Fatal(err)
		}
	}
	_, url := served(t, Options{Dir: dir})
	for _, tt := range []struct {
		method, path string
		header       string
		status       int
	}{
		{path: "", status: 200}, {path: "run?dir=a", status: 200}, {path: "report/r/index.html", status: 200},
		{path: "", header: "Host: evil.example", status: 403},
		{path: "live/", header: "Host: evil.example:80", status: 403},
		{path: "run?dir=a", header: "Origin: http://evil.example", status: 403},
		{method: "POST", path: "", status: 405}, {method: "POST", path: "runs", status: 405}, {method: "DELETE", path: "run?dir=a", status: 405},
		{method: "PUT", path: "report/r/index.html", status: 405},
		{path: "run?dir=../secret", status: 404}, {path: "run?dir=a/../../secret", status: 404}, {path: "run?dir=link", status: 404},
		{path: "run?dir=%2Fetc", status: 404}, {path: "sheet?dir=../secret&step=1", status: 404}, {path: "suite?dir=..", status: 404},
		{path: "report/../secret/index.html", status: 404}, {path: "report/..%2fsecret/index.html", status: 404},
		{path: "report/link/index.html", status: 404}, {path: "report/r/report.md", status: 404}, {path: "report/r/config.json", status: 404},
		{path: "report/a/metrics.jsonl", status: 404}, {path: "..%2f", status: 404}, {path: "nothing", status: 404},
		{path: "diff?run=a&run=../secret", status: 404}, {path: "diff?run=a", status: 400},
	} {
		method := tt.method
		if method == "" {
			method = "GET"
		}
		status, body, header := ask(t, method, url+tt.path, tt.header)
		if status != tt.status {
			t.Errorf("%s %s %s: %d, want %d: %.300s", method, tt.path, tt.header, status, tt.status, body)
		}
		if strings.Contains(body, "secret words") {
			t.Errorf("%s shows what lies outside", tt.path)
		}
		if policy := header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
			t.Errorf("%s: policy %q", tt.path, policy)
		}
	}
	if status, _, _ := get(t, url[:strings.LastIndex(url[:len(url)-1], "/")+1]); status != 404 {
		t.Errorf("without the secret part: %d", status)
	}
	if _, _, header := get(t, url+"report/r/index.html"); !strings.Contains(header.Get("Content-Security-Policy"), "sandbox") || strings.Contains(header.Get("Content-Security-Policy"), "script-src") {
		t.Errorf("a report may run scripts: %v", header)
	}
}

// TestDamaged: files that cannot be read are said where they are, and every page is there.
func TestDamaged(t *testing.T) {
	dir := t.TempDir()
	write(t, dir,
		"half/config.json", config, "half/metrics.jsonl", line(1, "")+line(2, "")+`{"step":3,"ima`, "half/log.txt", "2026-01-01 00:00:00 stopped at step 3: context canceled\n",
		"nan/config.json", config, "nan/metrics.jsonl", line(1, "")+`{"step":2,"d_loss":NaN}`+"\n"+`{"step":3,"images":null,"seconds":null,"images_per_second":null,"d_loss":null,"g_loss":2}`+"\n",
		"noconfig/metrics.jsonl", line(1, ""),
		"badconfig/config.json", `{"steps":`, "badconfig/log.txt", "",
		"listconfig/config.json", `[1]`, "listconfig/log.txt", "\xff\xfe\x00",
		"oddconfig/config.json", `{"steps":"many","seed":{"a":[1,{}]},"data":7,"arch":null}`, "oddconfig/metrics.jsonl", "",
		"binary/config.json", config, "binary/metrics.jsonl", strings.Repeat("\x00\xff{", 50_000), "binary/samples/step-0000001.png", "no picture",
		"huge/config.json", config, "huge/metrics.jsonl", line(1, "")+`{"step":1e99,"d_loss":1e999}`+"\n"+`{"step":2,"d_loss":1e308,"g_loss":-1e308}`+"\n",
		"back/config.json", config, "back/metrics.jsonl", line(50, "")+line(60, "")+line(10, ""),
		`<script>alert(1)</script>/config.json`, `{"data":"<script>alert(2)</script>"}`, `<script>alert(1)</script>/metrics.jsonl`, line(1, `,"<script>alert(3)</script>":1`),
		"suite/suite.toml", "name = 3", "suite/plan.jsonl", "{", "ledger/0123456789/a-b.jsonl", "{\n",
	)
	_, url := served(t, Options{Dir: dir})
	pages := []string{"", "runs", "compare", "reports", "runs?sort=loss", "runs?sort=speed&order=down", "compare?base=suite:suite&head=ledger:ledger/0123456789"}
	for _, run := range []string{"half", "nan", "noconfig", "badconfig", "listconfig", "oddconfig", "binary", "huge", "back", "%3Cscript%3Ealert(1)%3C%2Fscript%3E"} {
		pages = append(pages, "run?dir="+run, "diff?run=half&run="+run)
	}
	text := map[string]string{}
	for _, p := range pages {
		status, body, _ := get(t, url+p)
		if text[p] = body; status != 200 || strings.Contains(body, "program is at fault") || !strings.Contains(body, "</html>") {
			t.Errorf("%s: %d: %.400s", p, status, body)
		}
		if strings.Contains(body, "<script>alert") {
			t.Errorf("%s: text of a file became a script", p)
		}
	}
	for page, want := range map[string]string{
		"run?dir=half":      "ends in a line that is no logged step",
		"run?dir=nan":       "1 line of metrics.jsonl is no logged step",
		"run?dir=noconfig":  "but no config.json",
		"run?dir=badconfig": "the file is damaged",
		"run?dir=binary":    "the end of metrics.jsonl holds no logged step",
		"":                  "suite.toml",
		"compare?base=suite:suite&head=ledger:ledger/0123456789": "suite.toml",
	} {
		if !strings.Contains(text[page], want) {
			t.Errorf("%s does not say %q", page, want)
		}
	}
	if status, body, _ := get(t, url+"sheet?dir=binary&step=1"); status != 404 || !strings.Contains(body, "is not a PNG file") {
		t.Errorf("damaged sheet: %d %.300s", status, body)
	}
}

// TestStates: lock, log and steps decide.
func TestStates(t *testing.T) {
	dir := t.TempDir()
	log := func(text string) string { return "2026-01-01 00:00:00 " + text + "\n" }
	for name, want := range map[string]State{"locked": Running, "complete": Done, "finished": Done, "interrupted": Stopped, "diverged": Failed, "killed": Stopped, "fresh": Running, "bare": Damaged} {
		files := []string{name + "/metrics.jsonl", line(50, ""), name + "/config.json", config, name + "/log.txt", log("started: 100 steps")}
		switch name {
		case "complete":
			files[1] = line(100, "")
		case "finished":
			files[5] = log("finished at step 50 after 3 s")
		case "interrupted":
			files[5] = log("stopped at step 50: interrupted at step 50; the same command resumes from there: context canceled")
		case "diverged":
			files[5] = log("stopped at step 50: training diverged: d_loss is NaN")
		case "bare":
			files = files[:2]
		}
		write(t, dir, files...)
		if name != "fresh" {
			for i := 0; i < len(files); i += 2 {
				if err := os.Chtimes(filepath.Join(dir, files[i]), time.Time{}, time.Now().Add(-time.Hour)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if name == "locked" {
			lock := flock.New(filepath.Join(dir, name, ".lock"))
			if ok, err := lock.TryLock(); !ok || err != nil {
				t.Fatal(ok, err)
			}
			defer lock.Close()
		}
		s, err := New(Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if g := s.glance(name); g.State != want {
			t.Errorf("%s: %s, want %s", name, g.State, want)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestFilters: the URL sorts and chooses.
func TestFilters(t *testing.T) {
	dir := t.TempDir()
	for i, step := range []int{30, 99, 20} {
		write(t, dir, fmt.Sprintf("run%d/config.json", 8+i), strings.Replace(config, "3}", fmt.Sprint(i)+"}", 1), fmt.Sprintf("run%d/metrics.jsonl", 8+i), line(step, ""),
			fmt.Sprintf("run%d/log.txt", 8+i), "2026-01-01 00:00:00 stopped at step 1: context canceled\n")
	}
	_, url := served(t, Options{Dir: dir})
	for query, want := range map[string]string{
		"sort=name": "run8 run9 run10", "sort=step": "run10 run8 run9", "sort=step&order=down": "run9 run8 run10",
		"text=seed%3D1": "run9", "text=RUN1+shapes": "run10", "state=done": "", "state=stopped&sort=name": "run8 run9 run10", "text=none": "",
	} {
		_, body, _ := get(t, url+"runs?"+query)
		var got []string
		for _, part := range strings.Split(body, `<td class="name"><a href="run?`)[1:] {
			_, after, _ := strings.Cut(part, ">")
			name, _, _ := strings.Cut(after, "<")
			got = append(got, name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", query, got, want)
		}
	}
}

// TestManyRuns: 1,000 runs of 100,000 lines. What must hold is the work that is done, which does not
// depend on how busy the machine is; times are printed.
func TestManyRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 12 MB and a thousand folders")
	}
	const runs, length = 1000, 100_000
	dir := t.TempDir()
	var all strings.Builder
	for i := range length {
		all.WriteString(line(10*(i+1), ""))
	}
	size := int64(all.Len())
	write(t, dir, "run0000/config.json", config, "run0000/metrics.jsonl", all.String())
	for i := 1; i < runs; i++ {
		run := filepath.Join(dir, fmt.Sprintf("run%04d", i))
		if err := os.Mkdir(run, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"config.json", "metrics.jsonl"} {
			if err := os.Link(filepath.Join(dir, "run0000", name), filepath.Join(run, name)); err != nil {
				t.Skipf("no hard links here: %v", err)
			}
		}
	}
	s, url := served(t, Options{Dir: dir})
	if s.read.Load() != 0 {
		t.Error("runs were read before anyone looked")
	}
	timed := func(path, want string) {
		t.Helper()
		began, busy := time.Now(), processorTime(t)
		status, body, _ := get(t, url+path)
		t.Logf("%q: %v, of which %v of processor time; %d bytes; %d bytes of metrics read so far",
			path, time.Since(began).Round(time.Millisecond), (processorTime(t) - busy).Round(time.Millisecond), len(body), s.read.Load())
		if status != 200 || !strings.Contains(body, want) {
			t.Errorf("%q: %d, no %q", path, status, want)
		}
	}
	timed("", "1\u202f000 runs") // the first page
	first := s.read.Load()
	if first > runs*8<<10 {
		t.Errorf("the first page read %d bytes of %d", first, runs*size)
	}
	timed("runs?sort=name", "run0199")
	if again := s.read.Load(); again != first {
		t.Errorf("files that did not change were read again: %d bytes", again-first)
	}
	timed("run?dir=run0005", "100\u202f000 logged steps")
	if one := s.read.Load() - first; one > size+1<<20 {
		t.Errorf("the curves of one run read %d bytes, its file has %d", one, size)
	}
	before := s.read.Load()
	appendLine(t, filepath.Join(dir, "run0000/metrics.jsonl"), line(2_000_000, "")) // of all, as they are one file
	timed("run?dir=run0005", "2\u202f000\u202f000")
	if more := s.read.Load() - before; more > 64<<10 {
		t.Errorf("a new line made the page read %d bytes", more)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("memory taken from the system: %d MB; resident: %s", m.Sys>>20, resident())
	s.curves.mu.Lock()
	defer s.curves.mu.Unlock()
	for _, f := range s.curves.all {
		if n := len(f.Points()); n > 500 {
			t.Errorf("%d points are kept", n)
		}
	}
}

// processorTime is what this process used so far; the time that passes also depends on others.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident is the memory of this process that is in use.
func resident() string {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "not known"
	}
	for l := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(l, "VmRSS:"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return "not known"
}

func appendLine(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestStream: a new line reaches a page that is open.
func TestStream(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a/config.json", config, "a/metrics.jsonl", line(1, ""))
	_, url := served(t, Options{Dir: dir, Every: 100 * time.Millisecond})
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"live/run?dir=a", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Errorf("type %q", kind)
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	var began time.Time
	for lines.Scan() {
		switch {
		case began.IsZero() && strings.Contains(lines.Text(), "1 logged step"):
			began = time.Now()
			appendLine(t, filepath.Join(dir, "a/metrics.jsonl"), line(77, ""))
		case strings.Contains(lines.Text(), "2 logged steps"):
			t.Logf("a new line was seen after %v", time.Since(began).Round(time.Millisecond))
			return
		}
	}
	t.Errorf("the new line was not seen: %v", lines.Err())
}

// TestTrend: a ledger's cells over its commits, with a step that is marked.
func TestTrend(t *testing.T) {
	dir := t.TempDir()
	var lines []ledger.Line
	for i := range 6 {
		for seed := range uint64(5) {
			v := 0.70 + 0.001*float64(seed)
			if i >= 3 {
				v -= 0.05
			}
			lines = append(lines, ledger.Line{
				Key:  ledger.Key{Suite: "quick", Encoder: "dcgan", Data: "shapes", Protocol: "linear", Seed: &seed},
				Cell: fmt.Sprintf("%016x", seed), Record: "r", EvaluationSeed: 1, DataHash: strings.Repeat("a", 64),
				Fingerprint: record.Fingerprint{Commit: strings.Repeat(strconv.Itoa(i+1), 40), Backend: "cpu", SIMD: "avx2"}, Machine: ledger.Machine{Class: "two-cores", Threads: 2},
				Measurements: []measure.Measurement{{Name: measure.TestAccuracy, Value: v, Better: measure.Higher}},
				Finished:     time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC),
			})
		}
	}
	if _, err := ledger.Append(filepath.Join(dir, "ledger"), lines); err != nil {
		t.Fatal(err)
	}
	_, url := served(t, Options{Dir: dir})
	status, body, _ := get(t, url+"trend?pin="+strings.Repeat("1", 40))
	if status != 200 || strings.Count(body, `class="dot`) != 30 || !strings.Contains(body, "worse at 444444444444: 70.2 to 65.2") || !strings.Contains(body, `class="line pin"`) {
		t.Errorf("trend: %d, %d dots: %.3000s", status, strings.Count(body, `class="dot`), body)
	}
	side := func(i int) string { return "ledger:ledger/" + strings.Repeat(strconv.Itoa(i), 40) }
	status, body, _ = get(t, url+"compare?base="+side(1)+"&head="+side(6))
	if status != 200 || !strings.Contains(body, `<span class="state regressed">regressed</span> 1 cell`) || !strings.Contains(body, "<rect class=\"regressed\"") {
		t.Errorf("compare: %d: %.3000s", status, body)
	}
	if status, body, header := get(t, url+"verdicts?base="+side(1)+"&head="+side(6)); status != 200 || !strings.Contains(body, "Regressed") || !strings.Contains(header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the comparison as one page: %d %.300s", status, body)
	}
}
