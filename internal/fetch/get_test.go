package fetch

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestGet(t *testing.T) {
	data := randomBytes(3000, 1)
	seq := &sequence{handlers: []http.HandlerFunc{good(data)}}
	f := fileOf(data, serving(t, seq.ServeHTTP).URL)
	path := target(t)
	mustGet(t, f, path, quick, data)
	mustGet(t, f, path, quick, data)
	if len(seq.requests) != 1 {
		t.Errorf("%d requests for a file that is there", len(seq.requests))
	}
	sum := md5.Sum(data)
	mustGet(t, File{URLs: f.URLs, Size: f.Size, MD5: hex.EncodeToString(sum[:])}, target(t), quick, data)
}

// If a connection breaks at any place, no byte is sent twice.
func TestBrokenConnectionIsResumed(t *testing.T) {
	data := randomBytes(5000, 2)
	for _, at := range []int{0, 1, 511, 512, 2500, 4095, 4096, 4999} {
		for _, announced := range []bool{true, false} {
			t.Run(fmt.Sprintf("after %d bytes, announced %v", at, announced), func(t *testing.T) {
				first := cut(good(data), at)
				if !announced {
					first = func(w http.ResponseWriter, _ *http.Request) { // an end that looks regular
						w.(http.Flusher).Flush()
						w.Write(data[:at])
					}
				}
				seq := &sequence{handlers: []http.HandlerFunc{first, good(data)}}
				mustGet(t, fileOf(data, serving(t, seq.ServeHTTP).URL), target(t), quick, data)
				want := fmt.Sprintf(" %d-", at)
				if at == 0 {
					want = " "
				}
				if got := seq.ranges(); got != want {
					t.Errorf("asked for the ranges %q, want %q", got, want)
				}
			})
		}
	}
}

// Faults of a single answer, after which the server behaves.
func TestMisbehaviour(t *testing.T) {
	data := randomBytes(4000, 3)
	other := randomBytes(4000, 4)
	partial := func(contentRange string, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", contentRange)
			w.WriteHeader(http.StatusPartialContent)
			w.Write(body)
		}
	}
	whole := func(w http.ResponseWriter, _ *http.Request) { w.Write(data) }
	tests := []struct {
		name     string
		handlers []http.HandlerFunc
		ranges   string // requested ranges, one word per request
	}{
		{"busy twice", []http.HandlerFunc{status(503), status(429, "Retry-After", "0"), good(data)}, "  "},
		{"ranges ignored", []http.HandlerFunc{cut(good(data), 1000), whole}, " 1000-"},
		{"ranges ignored and cut again", []http.HandlerFunc{cut(good(data), 1000), cut(whole, 500), good(data)}, " 1000- 500-"},
		{"changed, by its tag", []http.HandlerFunc{cut(good(other), 1000), good(data)}, " 1000-"},
		{"changed, without a tag", []http.HandlerFunc{cut(func(w http.ResponseWriter, _ *http.Request) { w.Write(other) }, 1000), good(data), good(data)}, " 1000- "},
		{"changed, If-Range not known", []http.HandlerFunc{cut(good(other), 1000), func(w http.ResponseWriter, r *http.Request) {
			r.Header.Del("If-Range")
			good(data)(w, r)
		}, good(data)}, " 1000- "},
		{"another range", []http.HandlerFunc{cut(good(data), 1000), partial("bytes 500-3999/4000", data[500:]), good(data)}, " 1000- "},
		{"no Content-Range", []http.HandlerFunc{cut(good(data), 1000), partial("", data[1000:]), good(data)}, " 1000- "},
		{"a part nobody asked for", []http.HandlerFunc{partial("bytes 0-3999/4000", data), good(data)}, " "},
		{"part of the rest", []http.HandlerFunc{cut(good(data), 1000), partial("bytes 1000-1999/4000", data[1000:2000]), good(data)}, " 1000- 2000-"},
		{"total not said", []http.HandlerFunc{cut(good(data), 1000), partial("bytes 1000-3999/*", data[1000:])}, " 1000-"},
		{"range refused", []http.HandlerFunc{cut(good(data), 1000), status(416), good(data)}, " 1000- "},
		{"more than announced to be the rest", []http.HandlerFunc{cut(good(data), 1000), partial("bytes 1000-3999/4000", append(data[1000:4000:4000], 7, 7))}, " 1000-"},
		{"more than the file", []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush()
			w.Write(append(data[:4000:4000], 7))
		}}, ""},
		{"redirected", []http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}, good(data)}, " "},
		{"a body in pieces", []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
			for i := range data {
				w.Write(data[i : i+1])
				if i%512 == 0 {
					w.(http.Flusher).Flush()
				}
			}
		}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			seq := &sequence{handlers: tt.handlers}
			mustGet(t, fileOf(data, serving(t, seq.ServeHTTP).URL), target(t), quick, data)
			if got := seq.ranges(); got != tt.ranges {
				t.Errorf("asked for the ranges %q, want %q", got, tt.ranges)
			}
		})
	}
}

// Cases that end in an error: its text, the number of requests, and what is kept.
func TestFailures(t *testing.T) {
	data := randomBytes(4000, 5)
	wrong := append([]byte{data[0] ^ 1}, data[1:]...)
	lie := func(n int, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(n))
			w.Write(body)
		}
	}
	trickle := func(w http.ResponseWriter, r *http.Request) {
		for i := 0; r.Context().Err() == nil; i++ { // a byte a millisecond is no stall of the line, but as good as one
			w.Write(data[i%4000 : i%4000+1])
			w.(http.Flusher).Flush()
			time.Sleep(time.Millisecond)
		}
	}
	silent := func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	tests := []struct {
		name     string
		handler  http.HandlerFunc
		requests int
		want     string
		kept     bool
	}{
		{"gone", http.NotFound, 1, `"404 Not Found"`, false},
		{"forbidden", status(403), 1, "403", false},
		{"busy", status(503), 4, "the last of 4 tries", false},
		{"busy for a day", status(503, "Retry-After", "86400"), 1, "come back in 24h0m0s", false},
		{"no answer", status(204), 1, "204", false},
		{"wrong bytes", good(wrong), 1, "checksum", false},
		{"shorter, as announced", good(data[:3999]), 1, "announces 3999 bytes", false},
		{"longer, as announced", good(append(data[:4000:4000], 1)), 1, "announces 4001 bytes", false},
		{"always cut at once", cut(good(data), 0), 4, "", false},
		{"announces more than it sends", lie(4000, data[:100]), 4, "100 of 4000 bytes", true},
		{"redirect loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, 10, "redirects more than 10 times", false},
		{"redirect to a file", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		}, 1, "not fetched", false},
		{"stalls", func(w http.ResponseWriter, r *http.Request) {
			w.Write(data[:2000])
			w.(http.Flusher).Flush()
			silent(w, r)
		}, 4, "next to nothing for 100ms", true},
		{"trickles", trickle, 4, "next to nothing for 100ms", true},
		{"never answers", silent, 4, "timeout", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			server := serving(t, func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				tt.handler(w, r)
			})
			o, path := quick, target(t)
			o.Stall = 100 * time.Millisecond
			err := fileOf(data, server.URL+"/data.bin").Get(context.Background(), path, o)
			wantError(t, err, tt.want, server.URL+"/data.bin")
			if n := int(requests.Load()); n != tt.requests {
				t.Errorf("%d requests, want %d", n, tt.requests)
			}
			if strings.Contains(err.Error(), "bytes are kept in "+path+".part") != tt.kept {
				t.Errorf("kept %v is not what %q says", tt.kept, err)
			}
			if tt.kept {
				wantOnly(t, path, "data.bin.part", "data.bin.part.json")
			} else {
				wantOnly(t, path)
			}
			// After any of these faults, a good server completes the download.
			mustGet(t, fileOf(data, serving(t, good(data)).URL), path, quick, data)
		})
	}
}

func TestMirrors(t *testing.T) {
	data := randomBytes(4000, 6)
	wrong := append(data[:3999:3999], data[3999]^1)
	tests := []struct {
		name    string
		mirrors [][]http.HandlerFunc
		ranges  []string
	}{
		{"the first is enough", [][]http.HandlerFunc{{good(data)}, {good(data)}}, []string{"", "none"}},
		{"gone, then good", [][]http.HandlerFunc{{http.NotFound}, {good(data)}}, []string{"", ""}},
		{"busy, then good", [][]http.HandlerFunc{{status(503)}, {good(data)}}, []string{"", ""}},
		{"wrong bytes, then good", [][]http.HandlerFunc{{good(wrong)}, {good(data)}}, []string{"", ""}},
		{"cut, continued elsewhere", [][]http.HandlerFunc{{cut(good(data), 1000)}, {good(data)}}, []string{"", "1000-"}},
		{"cut, continued wrongly, afresh from the first", [][]http.HandlerFunc{
			{cut(good(data), 1000), good(data)}, {good(wrong)}}, []string{" ", "1000-"}},
		{"both busy, then good in order", [][]http.HandlerFunc{{status(503), good(data)}, {status(503), good(data)}}, []string{" ", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var urls []string
			var seqs []*sequence
			for _, handlers := range tt.mirrors {
				s := &sequence{handlers: handlers}
				seqs = append(seqs, s)
				urls = append(urls, serving(t, s.ServeHTTP).URL)
			}
			mustGet(t, fileOf(data, urls...), target(t), quick, data)
			for i, s := range seqs {
				got := s.ranges()
				if len(s.requests) == 0 {
					got = "none"
				}
				if got != tt.ranges[i] {
					t.Errorf("server %d was asked for %q, want %q", i, got, tt.ranges[i])
				}
			}
		})
	}
	err := fileOf(data, serving(t, http.NotFound).URL, serving(t, good(wrong)).URL).Get(context.Background(), target(t), quick)
	wantError(t, err, "404", "checksum")
}

// A server with a different fault in each answer: in any order, the bytes are right or there is
// an error, and a good server then completes the download.
func TestHostileServer(t *testing.T) {
	data := randomBytes(3000, 7)
	other := randomBytes(3000, 8)
	const seeds = 40
	succeeded := 0
	well := serving(t, good(data))
	for seed := range uint64(seeds) {
		r := rand.New(rand.NewPCG(seed, 9))
		tricks := []func() http.HandlerFunc{
			func() http.HandlerFunc { return good(data) },
			func() http.HandlerFunc { return cut(good(data), r.IntN(3000)) },
			func() http.HandlerFunc { return cut(good(other), r.IntN(3000)) },
			func() http.HandlerFunc { return status([]int{500, 503, 429, 416, 206}[r.IntN(5)]) },
			func() http.HandlerFunc { // a range of other bytes, without a tag
				return func(w http.ResponseWriter, q *http.Request) {
					http.ServeContent(w, q, "", time.Time{}, strings.NewReader(string(other)))
				}
			},
			func() http.HandlerFunc { // ignores ranges, ends anywhere
				n := r.IntN(3500)
				return func(w http.ResponseWriter, _ *http.Request) {
					w.(http.Flusher).Flush()
					w.Write(append(data[:3000:3000], other...)[:n])
				}
			},
		}
		var handlers []http.HandlerFunc
		for range 12 {
			handlers = append(handlers, tricks[r.IntN(len(tricks))]())
		}
		seq := &sequence{handlers: handlers}
		server := serving(t, seq.ServeHTTP)
		path := target(t)
		o := quick
		o.Wait, o.Attempts = time.Microsecond, 6
		if err := fileOf(data, server.URL).Get(context.Background(), path, o); err == nil {
			succeeded++
			wantFile(t, path, data)
		} else if _, err := os.Stat(path); err == nil {
			t.Fatalf("seed %d: an error and a file", seed)
		}
		mustGet(t, fileOf(data, well.URL), path, quick, data)
		server.Close()
	}
	if succeeded < seeds/4 || succeeded == seeds {
		t.Errorf("%d of %d ended well: the tricks are too hard or too easy to test anything", succeeded, seeds)
	}
}

// Parts whose content differs from their state file.
func TestStrangeParts(t *testing.T) {
	data := randomBytes(4000, 10)
	sum := fileOf(data).Sum()
	state := fmt.Sprintf(`{"size": 4000, "sum": %q}`, sum)
	flipped := append([]byte{data[0] ^ 1}, data[1:2000]...)
	for _, tt := range []struct {
		name, state string
		part        []byte
		ranges      string
	}{
		{"right", state, data[:2000], "2000-"},
		{"complete", state, data, "none"},
		{"empty", state, nil, ""},
		{"no state", "", data[:2000], ""},
		{"damaged state", state[:20], data[:2000], ""},
		{"another edition", `{"size": 4000, "sum": "MD5 0"}`, data[:2000], ""},
		{"too long", state, append(data[:4000:4000], 1), ""},
		{"complete but wrong", state, append([]byte{data[0] ^ 1}, data[1:]...), ""},
		{"wrong in the middle", state, flipped, "2000- "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			seq := &sequence{handlers: []http.HandlerFunc{good(data)}}
			f := fileOf(data, serving(t, seq.ServeHTTP).URL)
			path := target(t)
			if err := os.WriteFile(PartPath(path), tt.part, 0o644); err != nil {
				t.Fatal(err)
			}
			if tt.state != "" {
				if err := os.WriteFile(statePath(path), []byte(tt.state), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got := PartBytes(path); got != int64(len(tt.part)) {
				t.Errorf("PartBytes says %d", got)
			}
			// A temporary file of a killed process is removed.
			if err := os.WriteFile(filepath.Join(filepath.Dir(path), ".data.bin.part.json.77-0.tmp"), nil, 0o644); err != nil {
				t.Fatal(err)
			}
			mustGet(t, f, path, quick, data)
			got := seq.ranges()
			if len(seq.requests) == 0 {
				got = "none"
			}
			if got != tt.ranges {
				t.Errorf("asked for %q, want %q", got, tt.ranges)
			}
		})
	}
}

func TestInterruptedDownloadIsKept(t *testing.T) {
	data := randomBytes(100_000, 11)
	ctx, cancel := context.WithCancel(context.Background())
	path := target(t)
	seq := &sequence{handlers: []http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		w.Write(data[:60_000])
		w.(http.Flusher).Flush()
		for PartBytes(path) == 0 && r.Context().Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
		<-r.Context().Done()
	}, good(data)}}
	f := fileOf(data, serving(t, seq.ServeHTTP).URL)
	err := f.Get(ctx, path, quick)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	wantError(t, err, "interrupted", "of 100000 bytes are kept")
	n := PartBytes(path)
	mustGet(t, f, path, quick, data)
	if got, want := seq.ranges(), fmt.Sprintf(" %d-", n); got != want || n == 0 {
		t.Errorf("asked for %q, want %q", got, want)
	}
}

// fullDisk takes n bytes.
type fullDisk struct {
	w io.Writer
	n int
}

func (d *fullDisk) Write(p []byte) (int, error) {
	if len(p) <= d.n {
		d.n -= len(p)
		return d.w.Write(p)
	}
	n, err := d.w.Write(p[:d.n])
	d.n = 0
	if err == nil {
		err = syscall.ENOSPC
	}
	return n, err
}

func TestFullDiskLosesNothing(t *testing.T) {
	data := randomBytes(4000, 12)
	seq := &sequence{handlers: []http.HandlerFunc{good(data)}}
	f, path := fileOf(data, serving(t, seq.ServeHTTP).URL), target(t)
	o := quick
	o.wrap = func(w io.Writer) io.Writer { return &fullDisk{w, 1500} }
	err := f.Get(context.Background(), path, o)
	wantError(t, err, "free some space", "1500 of 4000 bytes are kept in "+path+".part")
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v is not ENOSPC", err)
	}
	o = quick
	o.free = func(string) (int64, bool) { return 2499, true }
	wantError(t, f.Get(context.Background(), path, o), "free some space", "1500 of 4000 bytes are kept")
	o.free = func(string) (int64, bool) { return 2500, true }
	mustGet(t, f, path, o, data)
	if got := seq.ranges(); got != " 1500-" {
		t.Errorf("asked for %q", got)
	}
	if free, known := freeBytes(t.TempDir()); known && free <= 0 {
		t.Errorf("the disk has %d bytes free", free)
	}
}

func TestBadFileStays(t *testing.T) {
	data := randomBytes(100, 13)
	f, path := fileOf(data, serving(t, good(data)).URL), target(t)
	for _, tt := range []struct {
		name, want string
		content    []byte
	}{
		{"short", "it has 9 bytes where the official file has 100", data[:9]},
		{"other", "checksum", append([]byte{data[0] ^ 1}, data[1:]...)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.WriteFile(path, tt.content, 0o644); err != nil {
				t.Fatal(err)
			}
			err := f.Get(context.Background(), path, quick)
			var m *Mismatch
			if !errors.As(err, &m) || m.Place != path {
				t.Fatalf("got %v", err)
			}
			wantError(t, err, tt.want)
			wantFile(t, path, tt.content)
		})
	}
	dir := t.TempDir()
	wantError(t, f.Get(context.Background(), dir, quick), "not a regular file")
}

func TestPut(t *testing.T) {
	data := randomBytes(5000, 14)
	f := fileOf(data)
	from := func(b []byte) func() (io.ReadCloser, error) {
		return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(b))), nil }
	}
	for _, tt := range []struct {
		name, want string
		bytes      []byte
	}{
		{"short", "stick: it has 4999 bytes", data[:4999]},
		{"long", "stick: it has more than", append(data[:5000:5000], 1)},
		{"other", "stick: its content", append(data[:4999:4999], data[4999]^1)},
		{"empty", "stick: it has 0 bytes", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := target(t)
			wantError(t, f.Put(context.Background(), path, from(tt.bytes), "stick", quick), tt.want)
			wantOnly(t, path)
		})
	}
	path := target(t)
	for range 2 {
		if err := f.Put(context.Background(), path, from(data), "stick", quick); err != nil {
			t.Fatal(err)
		}
		wantFile(t, path, data)
	}
	wantOnly(t, path, "data.bin")
	o := quick
	o.free = func(string) (int64, bool) { return 4999, true }
	wantError(t, f.Put(context.Background(), target(t), from(data), "stick", o), "free some space")
}

func TestRefuses(t *testing.T) {
	data := []byte("x")
	for _, tt := range []struct {
		name, want string
		f          File
		o          Options
	}{
		{"no size", "size", File{SHA256: "00", URLs: []string{"http://x/"}}, quick},
		{"no checksum", "checksum", File{Size: 1, URLs: []string{"http://x/"}}, quick},
		{"no address", "no address", fileOf(data), quick},
		{"not http", "not an address of the form", fileOf(data, "ftp://x/y"), quick},
		{"no host", "not an address of the form", fileOf(data, "http:///y"), quick},
		{"negative", "Attempts", fileOf(data, "http://x/"), Options{Attempts: -1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantError(t, tt.f.Get(context.Background(), target(t), tt.o), tt.want)
		})
	}
	wantError(t, fileOf(data, "http://127.0.0.1:1/x").Get(context.Background(), filepath.Join(t.TempDir(), "no", "x"), quick), "no such file")
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "0": 0, "120": 2 * time.Minute, "-5": 0, "soon": 0, "99999999999999999999": 0,
		"Wed, 25 Nov 2026 12:00:30 GMT": 30 * time.Second, "Wed, 25 Nov 2026 11:00:00 GMT": 0,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	data := randomBytes(100, 15)
	var at []time.Time
	seq := &sequence{handlers: []http.HandlerFunc{status(503, "Retry-After", "1"), good(data)}}
	server := serving(t, func(w http.ResponseWriter, r *http.Request) {
		at = append(at, time.Now())
		seq.ServeHTTP(w, r)
	})
	mustGet(t, fileOf(data, server.URL), target(t), quick, data)
	if gap := at[1].Sub(at[0]); gap < 950*time.Millisecond {
		t.Errorf("asked again after %v, the server wished for 1 s", gap)
	}
}

func TestBackoff(t *testing.T) {
	o := Options{Wait: time.Second, MaxWait: 10 * time.Second}
	for failures, most := range []time.Duration{0, 1, 2, 4, 8, 10, 10} {
		most *= time.Second
		for range 100 {
			if w := o.backoff(failures); w > most || w < most/2 {
				t.Fatalf("after %d failures %v, want %v to %v", failures, w, most/2, most)
			}
		}
	}
	if w := o.backoff(1 << 30); w > 10*time.Second {
		t.Error(w)
	}
}

// A connection that always breaks, but each time later, does not end the download; a connection
// that always breaks at the same place does.
func TestTriesThatAdvanceAreForgiven(t *testing.T) {
	data := randomBytes(8<<20, 23)
	o := quick
	o.Attempts = 2
	var requests atomic.Int32
	breaking := serving(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		cut(good(data), advanceBytes+100_000)(w, r)
	})
	mustGet(t, fileOf(data, breaking.URL), target(t), o, data)
	if n := requests.Load(); n < 8 { // 8 MiB in pieces of less than 1.1 MiB
		t.Errorf("%d requests", n)
	}
	requests.Store(0)
	stuck := serving(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		r.Header.Del("Range")
		cut(good(data), 5<<20)(w, r)
	})
	path := target(t)
	wantError(t, fileOf(data, stuck.URL).Get(context.Background(), path, o), "of 8388608 bytes")
	if n := requests.Load(); n != 3 { // one that advances, two that do not
		t.Errorf("%d requests, want 3", n)
	}
}
