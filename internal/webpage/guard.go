package webpage

import (
	"context"
	"crypto/subtle"
	"fmt"
	"net/http"
	"strings"
)

// policy allows nothing but the page's own files, and pictures that its scripts make.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; " +
	"base-uri 'none'; " + noForms + "; frame-ancestors 'none'"

const noForms = "form-action 'none'"

// headers of every answer, besides the policy.
var headers = map[string]string{
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cache-Control":                "no-store",
}

// Handler is the whole page behind its guard. Serve uses it; it needs Listen, which settles
// the hosts that are allowed.
func (p *Page) Handler() http.Handler {
	mux := http.NewServeMux()
	paths := map[string][]Route{}
	for _, r := range p.o.Routes {
		paths[r.Path] = append(paths[r.Path], r)
	}
	for path, routes := range paths {
		mux.Handle(p.root()+path, p.api(routes))
	}
	mux.Handle(p.root(), p.static())
	return p.guard(mux)
}

// guard refuses what is not from the page's own browser.
func (p *Page) guard(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		w.Header().Set("Content-Security-Policy", p.policy())
		switch {
		case !p.hosts[strings.ToLower(r.Host)]:
			refuse(w, http.StatusForbidden, fmt.Sprintf("the host %q is not this page's: open the address that the program printed", r.Host))
		case origin.Check(r) != nil || !ownSite(r):
			refuse(w, http.StatusForbidden, "the request comes from another site's page, which may not use this one")
		case !p.tokenOf(r.URL.Path) || strings.ContainsAny(r.URL.Path, "\\\x00") || strings.Contains(r.URL.Path, "//") || strings.Contains(r.URL.Path, "/."):
			refuse(w, http.StatusNotFound, "there is nothing here: open the address that the program printed, to its last character")
		case r.ContentLength > p.o.MaxUpload:
			tooLarge(w, p.o.MaxUpload)
		default:
			r.Body = http.MaxBytesReader(w, r.Body, p.o.MaxUpload)
			ctx, cancel := context.WithTimeout(r.Context(), p.o.Answer)
			defer cancel()
			next.ServeHTTP(w, r.WithContext(ctx))
		}
	})
}

// policy is the policy of the page's own answers.
func (p *Page) policy() string {
	if p.o.Forms {
		return strings.Replace(policy, noForms, "form-action 'self'", 1)
	}
	return policy
}

// ownSite reports whether a browser says that the request is the page's own, or that the user
// opened it. A link to the page may be followed from anywhere. Programs that are no browsers
// say nothing.
func ownSite(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" && !strings.EqualFold(origin, "http://"+r.Host) {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// tokenOf reports whether a path begins with the token. The time it takes does not depend on
// the place of the first difference.
func (p *Page) tokenOf(path string) bool {
	root := p.root()
	return len(path) >= len(root) && subtle.ConstantTimeCompare([]byte(path[:len(root)]), []byte(root)) == 1
}

// refuse answers with a sentence for people.
func refuse(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintln(w, text)
}

// tooLarge answers an upload above the limit, whose rest is not read.
func tooLarge(w http.ResponseWriter, limit int64) {
	w.Header().Set("Connection", "close")
	writeError(w, Errorf(http.StatusRequestEntityTooLarge, "the upload is larger than %s: choose a smaller file", sizeText(limit)))
}

func sizeText(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
