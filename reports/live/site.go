package live

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"repbench/internal/webpage"
	"repbench/reports/verdicts"
)

// embedded are the templates and files of the pages.
//
//go:embed page
var embedded embed.FS

// DefaultEvery is how often a page is made anew for a browser that looks at it.
const DefaultEvery = 2 * time.Second

// Options say what is shown. Dir is required.
type Options struct {
	// Dir is the folder below which everything lies.
	Dir string
	// NoToken leaves the secret out of the address, see webpage.Options.
	NoToken bool
	// Pictures shows the test images that changed between two sides; nil shows their numbers.
	Pictures verdicts.Pictures
	// Every is how often a page that is looked at is made anew; 0: DefaultEvery.
	Every time.Duration
}

// Site is what is shown of a folder.
type Site struct {
	o      Options
	root   *os.Root
	found  cached[*found]
	runs   glances
	curves followers
	suites suiteCache
	read   atomic.Int64 // bytes of metrics.jsonl
}

// New opens the folder. Nothing in it is read.
func New(o Options) (*Site, error) {
	o.Every = cmp.Or(o.Every, DefaultEvery)
	if o.Dir == "" {
		return nil, fmt.Errorf("no folder is given")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	o.Dir = dir
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("%w; give the folder that holds runs, suites or reports", err)
	}
	s := &Site{o: o, root: root}
	s.suites.all = map[string]*cached[*grid]{}
	return s, nil
}

// Close closes the folder, once the page is no longer served.
func (s *Site) Close() error { return s.root.Close() }

// Page is the site, to be served at an address of this machine.
func (s *Site) Page(address string) (*webpage.Page, error) {
	files, err := fs.Sub(embedded, "page/static")
	if err != nil {
		return nil, err
	}
	return webpage.New(webpage.Options{Files: files, Pages: s.handler(), Forms: true, NoToken: s.o.NoToken, Address: address})
}

// handler answers all pages.
func (s *Site) handler() http.Handler {
	mux := http.NewServeMux()
	for path, make := range s.views() {
		mux.Handle("/"+path, s.view(path, make))
		if path == "{$}" {
			path = ""
		}
		mux.Handle("/live/"+path, s.stream(make))
	}
	mux.HandleFunc("/sheet", s.sheet)
	mux.HandleFunc("/verdicts", s.verdicts)
	mux.HandleFunc("/report/", s.report)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, notFound("there is no such page")) })
	return mux
}

// views are the pages by their path.
func (s *Site) views() map[string]view {
	return map[string]view{
		"{$}": s.overview, "suite": s.suite, "runs": s.runsPage, "run": s.run, "diff": s.diff,
		"compare": s.compare, "trend": s.trend, "reports": s.reports,
	}
}
