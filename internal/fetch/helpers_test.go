package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"repbench/internal/testcheck"
)

// quick keeps the pauses of tests short.
var quick = Options{Wait: time.Millisecond, MaxWait: 5 * time.Second, Stall: 5 * time.Second}

// randomBytes returns n bytes that depend only on the seed.
func randomBytes(n int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 0))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// fileOf describes data that can be downloaded from urls.
func fileOf(data []byte, urls ...string) File {
	sum := sha256.Sum256(data)
	return File{URLs: urls, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
}

// serving starts a server with the given handler.
func serving(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// good serves data as a server should, with ranges and an entity tag.
func good(data []byte) http.HandlerFunc {
	sum := sha256.Sum256(data)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sum[:4]))
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	}
}

// limited passes n bytes of the body on and then cuts the connection.
type limited struct {
	http.ResponseWriter
	n int
}

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.n {
		if _, err := l.ResponseWriter.Write(p[:l.n]); err != nil {
			return 0, err
		}
		l.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	l.n -= len(p)
	return l.ResponseWriter.Write(p)
}

// cut is a handler whose connection breaks after n bytes of the body.
func cut(h http.HandlerFunc, n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { h(&limited{w, n}, r) }
}

// sequence answers the first request with the first handler and so on; the last handler answers
// all further requests. It records the requests.
type sequence struct {
	handlers []http.HandlerFunc

	mu       sync.Mutex
	requests []*http.Request
}

func (s *sequence) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	n := min(len(s.requests), len(s.handlers)-1)
	s.requests = append(s.requests, r)
	s.mu.Unlock()
	s.handlers[n](w, r)
}

// ranges returns the Range headers of the requests so far.
func (s *sequence) ranges() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, r := range s.requests {
		all = append(all, strings.TrimPrefix(r.Header.Get("Range"), "bytes="))
	}
	return strings.Join(all, " ")
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

// target returns a path in a new folder.
func target(t *testing.T) string { return filepath.Join(t.TempDir(), "data.bin") }

// mustGet fetches the file and checks its bytes, and that no other file is left.
func mustGet(t *testing.T, f File, path string, o Options, want []byte) {
	t.Helper()
	if err := f.Get(context.Background(), path, o); err != nil {
		t.Fatal(err)
	}
	wantFile(t, path, want)
	wantOnly(t, path, filepath.Base(path))
}

func wantFile(t *testing.T, path string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("%s has %d other bytes", path, len(got))
	}
}

// wantOnly checks the names next to path.
func wantOnly(t *testing.T, path string, names ...string) {
	t.Helper()
	list, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range list {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("the folder holds %q, want %q", got, names)
	}
}

// wantError fails the test unless err contains each of the parts.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	testcheck.Error(t, err, nil, parts...)
}
