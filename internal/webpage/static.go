package webpage

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// index is the page itself.
const index = "index.html"

// types are the media types of static files, by the end of their names. Others are not served: what a
// browser does with a file must not depend on the tables of the machine.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".json": "application/json", ".txt": "text/plain; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".ico": "image/x-icon",
	".woff2": "font/woff2",
}

// static serves the files, and what is none by Pages.
func (p *Page) static() http.Handler {
	var pages http.Handler
	if p.o.Pages != nil {
		pages = http.StripPrefix(strings.TrimSuffix(p.root(), "/"), p.o.Pages)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			wrongMethod(w, "GET, HEAD")
			return
		}
		name := strings.TrimPrefix(r.URL.Path, p.root())
		if name == "" {
			name = index
		}
		data, err := file(p.o.Files, name)
		switch {
		case errors.Is(err, fs.ErrNotExist) && pages != nil:
			pages.ServeHTTP(w, r)
		case errors.Is(err, fs.ErrNotExist):
			refuse(w, http.StatusNotFound, "the page has no such file")
		case err != nil:
			refuse(w, http.StatusInternalServerError, err.Error())
		default:
			w.Header().Set("Content-Type", types[path.Ext(name)])
			http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
		}
	})
}

// file reads a regular file of a known type; all else, links included, does not exist.
func file(files fs.FS, name string) ([]byte, error) {
	if !fs.ValidPath(name) || types[path.Ext(name)] == "" {
		return nil, fs.ErrNotExist
	}
	info, err := fs.Lstat(files, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	return fs.ReadFile(files, name)
}

func wrongMethod(w http.ResponseWriter, allowed string) {
	w.Header().Set("Allow", allowed)
	refuse(w, http.StatusMethodNotAllowed, "this method does nothing here")
}
