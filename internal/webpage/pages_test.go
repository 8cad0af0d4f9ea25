package webpage

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
)

// TestPages: what is neither a file nor a route is answered by Pages, behind the same guard.
func TestPages(t *testing.T) {
	pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "%s %s", r.URL.Path, r.URL.RawQuery) })
	for _, open := range []bool{false, true} {
		p := served(t, Options{Files: fstest.MapFS{"a.css": {Data: []byte("css")}}, Pages: pages, Forms: true, NoToken: open})
		if root := strings.Count(p.URL(), "/") == 3; root != open {
			t.Errorf("NoToken %v: address %s", open, p.URL())
		}
		for _, tt := range []struct {
			method, path string
			header       []string
			status       int
			body         string
		}{
			{method: "GET", path: "", status: 200, body: "/ "},
			{method: "GET", path: "runs?state=done", status: 200, body: "/runs state=done"},
			{method: "GET", path: "a.css", status: 200, body: "css"},
			{method: "HEAD", path: "runs", status: 200},
			{method: "POST", path: "runs", status: 405},
			{method: "PUT", path: "", status: 405},
			{method: "DELETE", path: "a.css", status: 405},
			{method: "GET", path: "runs", header: []string{"Host: evil.example"}, status: 403},
			{method: "GET", path: "runs", header: []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"}, status: 403},
			{method: "GET", path: "..%2fsecret", status: 404},
			{method: "GET", path: "a/../../secret", status: 404},
		} {
			status, body, header := ask(t, tt.method, p.URL()+tt.path, "", tt.header...)
			if status != tt.status || tt.body != "" && body != tt.body {
				t.Errorf("NoToken %v, %s %q %v: %d %q, want %d %q", open, tt.method, tt.path, tt.header, status, body, tt.status, tt.body)
			}
			if policy := header.Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self'") {
				t.Errorf("policy %q", policy)
			}
		}
	}
}
