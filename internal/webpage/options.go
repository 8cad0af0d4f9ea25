package webpage

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Options are the settings of a page. Files is required.
type Options struct {
	// Files are the static files; "index.html" at their root is the page itself, unless Pages makes
	// it. Their types are the ones that static.go lists.
	Files fs.FS
	// Routes answer the requests of the page.
	Routes []Route
	// Pages, where it is given, answers each GET and HEAD for which there is neither a file nor a
	// route. It sees paths without the token: "/" is the page itself. An answer that is a document
	// of its own may replace the header Content-Security-Policy.
	Pages http.Handler
	// Forms allows forms of the page that lead to the page itself, such as a search form.
	Forms bool
	// NoToken leaves the token out of the address, which then is the same each time: every user of
	// this machine who knows the port can open the page.
	NoToken bool
	// Address is the address to listen on, "127.0.0.1:8080" or "[::1]:0"; port 0 is any free
	// one. "": 127.0.0.1:0.
	Address string
	// MaxUpload is the largest body of a request in bytes; 0: DefaultMaxUpload.
	MaxUpload int64
	// Answer is the longest time that an answer may take; 0: DefaultAnswer.
	Answer time.Duration
}

// Defaults of Options.
const (
	DefaultAddress   = "127.0.0.1:0"
	DefaultMaxUpload = 16 << 20
	DefaultAnswer    = 5 * time.Minute
)

// Limits that have no option.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = time.Minute
	idleTimeout   = 2 * time.Minute
	stopTimeout   = 5 * time.Second
	maxHeader     = 32 << 10
)

// Route is what answers one request of the page.
type Route struct {
	// Method is "GET" or "POST". A GET must change nothing.
	Method string
	// Path is relative to the page: "api/walk".
	Path string
	// Handle answers. Requests come at the same time, so that it guards what it shares.
	Handle Handler
}

// Handler answers a request with a value that becomes JSON, or with a Blob. An error is shown
// to the user: its text is the answer, with the status of an *Error, else 500.
type Handler func(w http.ResponseWriter, r *http.Request) (any, error)

// ErrAddress: the address is none of this machine alone.
var ErrAddress = errors.New("not an address of this machine alone")

func (o Options) withDefaults() Options {
	o.Address = cmp.Or(o.Address, DefaultAddress)
	o.MaxUpload = cmp.Or(o.MaxUpload, DefaultMaxUpload)
	o.Answer = cmp.Or(o.Answer, DefaultAnswer)
	return o
}

// validate checks options with their defaults set.
func (o Options) validate() error {
	if err := checkAddress(o.Address); err != nil {
		return err
	}
	if o.Files == nil {
		return errors.New("webpage: no files")
	}
	if _, err := fs.Stat(o.Files, index); err != nil && o.Pages == nil {
		return fmt.Errorf("webpage: no page: %w", err)
	}
	if o.MaxUpload < 0 || o.Answer < 0 {
		return fmt.Errorf("webpage: an upload of %d bytes and an answer of %v must not be negative", o.MaxUpload, o.Answer)
	}
	seen := map[string]bool{}
	for _, r := range o.Routes {
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodPost:
			return fmt.Errorf("webpage: route %s %s: the method is GET or POST", r.Method, r.Path)
		case !fs.ValidPath(r.Path) || r.Path == "." || strings.ContainsAny(r.Path, "{}"):
			return fmt.Errorf("webpage: route %s %s: the path is relative to the page, such as api/walk", r.Method, r.Path)
		case r.Handle == nil:
			return fmt.Errorf("webpage: route %s %s has no handler", r.Method, r.Path)
		case seen[r.Method+r.Path]:
			return fmt.Errorf("webpage: route %s %s comes twice", r.Method, r.Path)
		}
		seen[r.Method+r.Path] = true
	}
	return nil
}

// checkAddress refuses an address that other machines can reach. Names are refused, too, as
// they may lead anywhere.
func checkAddress(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("webpage: %q is no address such as 127.0.0.1:8080: %w", address, err)
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || ip != netip.MustParseAddr("127.0.0.1") && ip != netip.IPv6Loopback() {
		return fmt.Errorf("webpage: %q: the page is for this machine alone: listen on 127.0.0.1:%s or [::1]:%s: %w", address, port, port, ErrAddress)
	}
	return nil
}
