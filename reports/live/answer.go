package live

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// view makes the content of a page; it is called anew for each look at it.
type view func(q url.Values) (*content, error)

// content is what a page shows.
type content struct {
	// Title is the title of the page, Tab its place in the navigation.
	Title, Tab string
	// Body is the name of the template, Data what it shows.
	Body string
	Data any
	// Notes are sentences about what was left out.
	Notes []string
}

// pageError is an error with the HTTP status of its answer.
type pageError struct {
	status int
	text   string
}

func (e *pageError) Error() string { return e.text }

func notFound(text string) error { return &pageError{http.StatusNotFound, text} }

// calm makes the content, and an error of a panic: a page that fails breaks no other.
func calm(make view, q url.Values) (c *content, err error) {
	defer func() {
		if p := recover(); p != nil {
			c, err = nil, fmt.Errorf("the program is at fault: %v", p)
		}
	}()
	return make(q)
}

// shell is what stands around the content.
type shell struct {
	*content
	// Dir is the folder, Root leads to the folder of all pages, Live to the events of this one, "" for none.
	Dir, Root, Live string
	Main            template.HTML
	Tabs            []tab
}

// tab is an entry of the navigation.
type tab struct {
	Name, Link string
	Current    bool
}

var tabs = []tab{{Name: "Overview", Link: "./"}, {Name: "Runs", Link: "runs"}, {Name: "Compare", Link: "compare"}, {Name: "Trend", Link: "trend"}, {Name: "Reports", Link: "reports"}}

// view answers a page.
func (s *Site) view(path string, make view) http.Handler {
	live := "live/" + path
	if path == "{$}" {
		live = "live/"
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := calm(make, r.URL.Query())
		if err != nil {
			s.fail(w, r, err)
			return
		}
		events := live
		if r.URL.RawQuery != "" {
			events += "?" + r.URL.RawQuery
		}
		s.write(w, r, http.StatusOK, c, events)
	})
}

// fail answers a page that says what went wrong.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusInternalServerError
	var known *pageError
	if errors.As(err, &known) {
		status = known.status
	}
	s.write(w, r, status, &content{Title: http.StatusText(status), Body: "failure", Data: s.shown(err)}, "")
}

// write writes a page.
func (s *Site) write(w http.ResponseWriter, r *http.Request, status int, c *content, live string) {
	main, err := rendered(c)
	if err == nil {
		// main was made by html/template.
		sh := shell{content: c, Dir: s.o.Dir, Live: live, Main: template.HTML(main), Root: strings.Repeat("../", max(0, strings.Count(r.URL.Path, "/")-1))}
		for _, t := range tabs {
			t.Current = t.Name == c.Tab
			sh.Tabs = append(sh.Tabs, t)
		}
		var b bytes.Buffer
		if err = templates.ExecuteTemplate(&b, "page", sh); err == nil {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			_, _ = w.Write(b.Bytes()) // the browser has gone: there is nobody to tell
			return
		}
	}
	http.Error(w, "the page could not be made: "+s.shown(err), http.StatusInternalServerError)
}

// rendered is the part of a page that changes.
func rendered(c *content) ([]byte, error) {
	var b bytes.Buffer
	err := templates.ExecuteTemplate(&b, "content", c)
	if err == nil {
		err = templates.ExecuteTemplate(&b, c.Body, c.Data)
	}
	return b.Bytes(), err
}

// stream sends the part of a page that changes, whenever it did, until the browser goes.
func (s *Site) stream(make view) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		control := http.NewResponseController(w)
		var last uint64
		tick := time.NewTicker(s.o.Every)
		defer tick.Stop()
		for first := true; ; first = false {
			text := s.event(make, r.URL.Query())
			hash := fnv.New64a()
			_, _ = hash.Write(text)
			if sum := hash.Sum64(); first || sum != last {
				last = sum
				if _, err := w.Write(text); err != nil {
					return
				}
			} else if _, err := w.Write([]byte(": still the same\n\n")); err != nil {
				return
			}
			if control.Flush() != nil {
				return
			}
			select {
			case <-r.Context().Done():
				return
			case <-tick.C:
			}
		}
	})
}

// event is the part of a page that changes as an event.
func (s *Site) event(make view, q url.Values) []byte {
	c, err := calm(make, q)
	var text []byte
	if err == nil {
		text, err = rendered(c)
	}
	name := "content"
	if err != nil {
		name, text = "trouble", []byte(s.shown(err))
	}
	b := []byte("event: " + name + "\n")
	for line := range bytes.Lines(text) {
		b = append(append(append(b, "data: "...), bytes.TrimRight(line, "\r\n")...), '\n')
	}
	return append(b, '\n')
}
