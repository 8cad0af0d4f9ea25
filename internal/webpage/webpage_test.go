package webpage

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// served starts a page with some routes and returns it; it is stopped with the test.
func served(t *testing.T, o Options) *Page {
	t.Helper()
	if o.Files == nil {
		o.Files = fstest.MapFS{
			"index.html": {Data: []byte("<!doctype html><title>page</title><script src=page.js></script>")}, "page.js": {Data: []byte("1")},
			"secret.env": {Data: []byte("no type")}, "pictures/a.png": {Data: []byte("\x89PNG")}, ".hidden.txt": {Data: []byte("x")},
			"link.txt": {Data: []byte("page.js"), Mode: fs.ModeSymlink},
		}
	}
	o.Routes = append(o.Routes,
		Route{"POST", "api/echo", JSON(func(_ context.Context, in map[string]int) (map[string]int, error) { return in, nil })},
		Route{"GET", "api/echo", func(http.ResponseWriter, *http.Request) (any, error) {
			return Blob{"image/png", []byte("\x89PNG")}, nil
		}},
		Route{"POST", "api/strict", JSON(func(_ context.Context, in struct{ N int }) (int, error) { return in.N, nil })},
		Route{"POST", "api/upload", func(_ http.ResponseWriter, r *http.Request) (any, error) {
			data, err := Body(r)
			return len(data), err
		}},
		Route{"POST", "api/panic", func(http.ResponseWriter, *http.Request) (any, error) { panic("oh") }},
		Route{"POST", "api/refuse", func(http.ResponseWriter, *http.Request) (any, error) { return nil, Errorf(422, "box 3 is empty") }},
		Route{"POST", "api/fail", func(http.ResponseWriter, *http.Request) (any, error) { return nil, errors.New("no weights") }},
		Route{"POST", "api/wait", func(_ http.ResponseWriter, r *http.Request) (any, error) {
			<-r.Context().Done()
			return nil, context.Cause(r.Context())
		}})
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("stopped: %v", err)
		}
	})
	return p
}

// ask sends one request, with headers as "Name: value"; "Host" sets the host.
func ask(t *testing.T, method, url, body string, header ...string) (int, string, http.Header) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if method == "POST" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Set(name, value)
	}
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
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

// TestGuard: each refusal, and beside it what is allowed.
func TestGuard(t *testing.T) {
	p := served(t, Options{MaxUpload: 1000})
	url := p.URL()
	port := url[strings.LastIndex(url[:len(url)-len(p.root())], ":"):]
	port = port[:strings.Index(port, "/")]
	own := "http://127.0.0.1" + port
	large := strings.Repeat("x", 1001)
	for _, tt := range []struct {
		name, method, path, body string
		header                   []string
		status                   int
		says                     string
	}{
		{"the page", "GET", "", "", nil, 200, "<title>page"},
		{"its script", "GET", "page.js", "", nil, 200, "1"},
		{"a picture in a folder", "GET", "pictures/a.png", "", nil, 200, "PNG"},
		{"its head", "HEAD", "", "", nil, 200, ""},
		{"localhost", "GET", "", "", []string{"Host: localhost" + port}, 200, "page"},
		{"foreign host", "GET", "", "", []string{"Host: evil.example" + port}, 403, `"evil.example`},
		{"host that begins alike", "GET", "", "", []string{"Host: 127.0.0.1.evil.example" + port}, 403, "is not this page's"},
		{"host without the port", "GET", "", "", []string{"Host: 127.0.0.1"}, 403, "is not this page's"},
		{"host with another port", "POST", "api/echo", "{}", []string{"Host: localhost:1"}, 403, "is not this page's"},
		{"other loopback name", "GET", "", "", []string{"Host: [::1]" + port}, 403, "is not this page's"},

		{"own origin", "POST", "api/echo", `{"a": 1}`, []string{"Origin: " + own, "Sec-Fetch-Site: same-origin"}, 200, `{"a":1}`},
		{"a program", "POST", "api/echo", `{"a": 1}`, nil, 200, `{"a":1}`},
		{"foreign origin", "POST", "api/echo", "{}", []string{"Origin: http://evil.example"}, 403, "another site"},
		{"origin of another port", "POST", "api/echo", "{}", []string{"Origin: http://127.0.0.1:1"}, 403, "another site"},
		{"origin null", "POST", "api/echo", "{}", []string{"Origin: null"}, 403, "another site"},
		{"cross-site", "POST", "api/echo", "{}", []string{"Sec-Fetch-Site: cross-site"}, 403, "another site"},
		{"same site, another port", "POST", "api/echo", "{}", []string{"Sec-Fetch-Site: same-site"}, 403, "another site"},
		{"picture on another page", "GET", "pictures/a.png", "", []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"}, 403, "another site"},
		{"read by another page", "GET", "api/echo", "", []string{"Origin: http://evil.example"}, 403, "another site"},
		{"framed", "GET", "", "", []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"}, 403, "another site"},
		{"a link followed", "GET", "", "", []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"}, 200, "page"},
		{"opened by the user", "GET", "", "", []string{"Sec-Fetch-Site: none"}, 200, "page"},

		{"no such file", "GET", "other.html", "", nil, 404, "no such file"},
		{"a folder", "GET", "pictures/", "", nil, 404, "no such file"},
		{"a file of no type", "GET", "secret.env", "", nil, 404, "no such file"},
		{"no regular file", "GET", "link.txt", "", nil, 404, "no such file"},
		{"above the page", "GET", "../../etc/passwd", "", nil, 404, "nothing here"},
		{"above, encoded", "GET", "%2e%2e%2fpage.js", "", nil, 404, "nothing here"},
		{"double slash", "GET", "/page.js", "", nil, 404, "nothing here"},
		{"backslash", "GET", `pictures%5c..%5cpage.js`, "", nil, 404, "nothing here"},
		{"zero byte", "GET", "page.js%00.png", "", nil, 404, "nothing here"},
		{"hidden file", "GET", ".hidden.txt", "", nil, 404, "nothing here"},

		{"post to a file", "POST", "page.js", "{}", nil, 405, "does nothing"},
		{"delete", "DELETE", "api/echo", "", nil, 405, "does nothing"},
		{"get of a post", "GET", "api/upload", "", nil, 405, "does nothing"},
		{"options", "OPTIONS", "api/echo", "", nil, 405, "does nothing"},

		{"a blob", "GET", "api/echo", "", nil, 200, "\x89PNG"},
		{"small upload", "POST", "api/upload", large[:1000], nil, 200, "1000"},
		{"large upload", "POST", "api/upload", large, nil, 413, "larger than 1000 bytes: choose a smaller file"},
		{"large JSON", "POST", "api/echo", `{"a":` + strings.Repeat(" ", 1000) + "1}", nil, 413, "larger than"},
		{"no JSON", "POST", "api/echo", "a=1", nil, 400, "not the JSON that is wanted"},
		{"nothing", "POST", "api/echo", "", nil, 400, "not the JSON that is wanted"},
		{"two values", "POST", "api/echo", `{} {}`, nil, 400, "more after the first"},
		{"unknown field", "POST", "api/strict", `{"N": 1, "M": 2}`, nil, 400, `unknown field`},
		{"another type", "POST", "api/strict", `{"N": "1"}`, nil, 400, "N is a string, which"},
		{"a form", "POST", "api/echo", "{}", []string{"Content-Type: text/plain"}, 415, "send application/json"},
		{"charset", "POST", "api/echo", "{}", []string{"Content-Type: application/json; charset=utf-8"}, 200, "{}"},
		{"own refusal", "POST", "api/refuse", "", nil, 422, `{"error":"box 3 is empty"}`},
		{"own error", "POST", "api/fail", "", nil, 500, `{"error":"no weights"}`},
		{"panic", "POST", "api/panic", "", nil, 500, "the program is at fault: oh"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, text, header := ask(t, tt.method, url+tt.path, tt.body, tt.header...)
			if status != tt.status || !strings.Contains(text, tt.says) {
				t.Errorf("status %d, %q; want %d and %q", status, text, tt.status, tt.says)
			}
			for name, value := range headers {
				if header.Get(name) != value {
					t.Errorf("%s is %q", name, header.Get(name))
				}
			}
			if header.Get("Access-Control-Allow-Origin") != "" || header.Get("Content-Type") == "" {
				t.Errorf("headers %v", header)
			}
		})
	}
}

// TestToken: nothing is found without the whole token, and two pages have different ones.
func TestToken(t *testing.T) {
	p := served(t, Options{})
	q, err := New(Options{Files: fstest.MapFS{"index.html": {}}})
	if err != nil {
		t.Fatal(err)
	}
	if q.token == p.token || len(p.token) < 26 { // 130 bits in base 32
		t.Errorf("tokens %q and %q", p.token, q.token)
	}
	root := strings.TrimSuffix(p.URL(), p.root())
	for _, path := range []string{"/", "/index.html", "/api/echo", "/" + p.token, "/" + p.token[:20] + "/", "/" + strings.ToLower(p.token) + "/", "/x" + p.root()} {
		if status, text, _ := ask(t, "GET", root+path, ""); status != 404 || strings.Contains(text, "<title>") {
			t.Errorf("%s: status %d, %q", path, status, text)
		}
	}
}

func TestPolicy(t *testing.T) {
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", "script-src 'self';"} {
		if !strings.Contains(policy, part) {
			t.Errorf("no %q in %s", part, policy)
		}
	}
	for _, part := range []string{"unsafe", "http", "*"} {
		if strings.Contains(policy, part) {
			t.Errorf("%q in %s", part, policy)
		}
	}
}

// Chunked uploads have no length that could be refused at once: they are cut while they are read.
func TestChunkedUpload(t *testing.T) {
	p := served(t, Options{MaxUpload: 1000})
	r, err := http.NewRequest("POST", p.URL()+"api/upload", io.MultiReader(strings.NewReader(strings.Repeat("x", 900)), strings.NewReader(strings.Repeat("y", 900))))
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = -1
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != 413 {
		t.Errorf("status %d", answer.StatusCode)
	}
}

func TestOptions(t *testing.T) {
	files := fstest.MapFS{"index.html": {}}
	for _, tt := range []struct {
		o    Options
		says string
		kind error
	}{
		{Options{}, "no files", nil},
		{Options{Files: fstest.MapFS{}}, "no page", fs.ErrNotExist},
		{Options{Files: files, Address: "0.0.0.0:8080"}, "listen on 127.0.0.1:8080 or [::1]:8080", ErrAddress},
		{Options{Files: files, Address: ":8080"}, "for this machine alone", ErrAddress},
		{Options{Files: files, Address: "[::]:0"}, "for this machine alone", ErrAddress},
		{Options{Files: files, Address: "192.168.1.2:0"}, "for this machine alone", ErrAddress},
		{Options{Files: files, Address: "127.0.0.2:0"}, "for this machine alone", ErrAddress},
		{Options{Files: files, Address: "[::ffff:127.0.0.1]:0"}, "for this machine alone", ErrAddress},
		{Options{Files: files, Address: "localhost:0"}, "for this machine alone", ErrAddress},
		{Options{Files: files, Address: "127.0.0.1"}, "no address such as", nil},
		{Options{Files: files, MaxUpload: -1}, "must not be negative", nil},
		{Options{Files: files, Routes: []Route{{"PUT", "a", nil}}}, "GET or POST", nil},
		{Options{Files: files, Routes: []Route{{"GET", "../a", nil}}}, "relative to the page", nil},
		{Options{Files: files, Routes: []Route{{"GET", "/a", nil}}}, "relative to the page", nil},
		{Options{Files: files, Routes: []Route{{"GET", "a/{x}", nil}}}, "relative to the page", nil},
		{Options{Files: files, Routes: []Route{{"GET", "a", nil}}}, "no handler", nil},
		{Options{Files: files, Routes: []Route{{"GET", "a", JSON(fail)}, {"GET", "a", JSON(fail)}}}, "comes twice", nil},
	} {
		_, err := New(tt.o)
		if err == nil || !strings.Contains(err.Error(), tt.says) || tt.kind != nil && !errors.Is(err, tt.kind) {
			t.Errorf("error %v, want one that says %q", err, tt.says)
		}
	}
}

func fail(context.Context, int) (int, error) { return 0, errors.New("no") }

// The page of ::1 answers to its own name, where the machine has such an address.
func TestIPv6(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("no ::1 here")
	}
	l.Close()
	p := served(t, Options{Address: "[::1]:0"})
	if status, _, _ := ask(t, "GET", p.URL(), ""); status != 200 || !strings.HasPrefix(p.URL(), "http://[::1]:") {
		t.Errorf("%s: status %d", p.URL(), status)
	}
}

// TestStop: a request that is being answered sees its context done and gets its answer; then the
// port is free.
func TestStop(t *testing.T) {
	started := make(chan bool)
	p, err := New(Options{Files: fstest.MapFS{"index.html": {}}, Routes: []Route{{"GET", "wait", func(_ http.ResponseWriter, r *http.Request) (any, error) {
		close(started)
		<-r.Context().Done()
		return nil, fmt.Errorf("stopped: %w", r.Context().Err())
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Serve(context.Background()); err == nil || p.URL() != "" {
		t.Error("a page is served that does not listen")
	}
	if err := p.Listen(); err != nil {
		t.Fatal(err)
	}
	if p.Listen() == nil {
		t.Error("it listens twice")
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Serve(ctx) }()
	go func() { <-started; stop() }()
	if status, text, _ := ask(t, "GET", p.URL()+"wait", ""); status != 503 || !strings.Contains(text, "stopped: context canceled") {
		t.Errorf("status %d, %q", status, text)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	l, err := net.Listen("tcp", p.listener.Addr().String())
	if err != nil {
		t.Fatalf("the port is still taken: %v", err)
	}
	l.Close()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	q, err := New(Options{Files: fstest.MapFS{"index.html": {}}, Address: taken.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Listen(); err == nil || !strings.Contains(err.Error(), "choose another port") {
		t.Errorf("error %v", err)
	}
	if q.Close() != nil || p.Close() != nil {
		t.Error("closing a page that is closed, or never listened, is an error")
	}
}

// A stop before the page is served ends it at once.
func TestStoppedBefore(t *testing.T) {
	p, err := New(Options{Files: fstest.MapFS{"index.html": {}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if err := p.Serve(ctx); err != nil {
		t.Error(err)
	}
}

// TestAnswerTimeout: a handler that goes on for too long is stopped through its context.
func TestAnswerTimeout(t *testing.T) {
	p := served(t, Options{Answer: 20 * time.Millisecond})
	if status, text, _ := ask(t, "POST", p.URL()+"api/wait", ""); status != 503 || !strings.Contains(text, "deadline") {
		t.Errorf("status %d, %q", status, text)
	}
}

// FuzzRequest: whatever is sent, the page goes on, and answers with its headers.
func FuzzRequest(f *testing.F) {
	f.Add("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
	f.Add("POST /x/../api/echo HTTP/1.1\r\nHost: localhost:1\r\nContent-Length: 5\r\n\r\n{}")
	f.Add("GET //// HTTP/1.0\r\n\r\n")
	p, err := New(Options{Files: fstest.MapFS{"index.html": {Data: []byte("page")}}, Routes: []Route{{"POST", "api/echo", JSON(fail)}}})
	if err != nil {
		f.Fatal(err)
	}
	p.token, p.hosts = "T", map[string]bool{"h": true}
	handler := p.Handler()
	f.Add("GET /T/ HTTP/1.1\r\nHost: h\r\n\r\n")
	f.Add("POST /T/api/echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n\r\n1")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			return
		}
		w := &answerOnly{header: http.Header{}}
		handler.ServeHTTP(w, r)
		if w.status == 200 && (!strings.EqualFold(r.Host, "h") || !strings.HasPrefix(r.URL.Path, "/T/")) {
			t.Errorf("%q is answered", text)
		}
		if w.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%q: headers %v", text, w.header)
		}
	})
}

// answerOnly keeps the status and the headers of an answer.
type answerOnly struct {
	header http.Header
	status int
}

func (w *answerOnly) Header() http.Header { return w.header }

func (w *answerOnly) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = 200
	}
	return len(b), nil
}

func (w *answerOnly) WriteHeader(status int) { w.status = status }
