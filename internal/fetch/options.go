package fetch

import (
	"fmt"
	"io"
	"time"

	"repbench/internal/progress"
)

const (
	// connectWait is how long a server may take to accept a connection.
	connectWait = 15 * time.Second
	// stallBytes is what must come within Options.Stall.
	stallBytes = 1 << 10
	// advanceBytes is how much a try must add to what was ever there for the tries
	// before it to be forgotten, so that a long download over a line that often
	// breaks ends well, and one that never advances ends.
	advanceBytes = 1 << 20
	// maxRedirects is how often a server may name another address.
	maxRedirects = 10
	// lockPoll is how often the lock of another process is tried.
	lockPoll = 50 * time.Millisecond
)

// Options says how stubbornly a file is fetched. The zero value is ready to use.
type Options struct {
	// Attempts is how often one server is tried without bringing the download on
	// before it is given up; 0: 4.
	Attempts int
	// Wait is the longest pause before the second try; it doubles with each further
	// one, and a random part of at most half is taken off. 0: 1 s.
	Wait time.Duration
	// MaxWait bounds the pauses; a server that asks for a longer one (Retry-After)
	// is given up. 0: 2 min.
	MaxWait time.Duration
	// Stall is the time within which a server must answer, and then send each
	// further KiB; 0: 1 min. A download as a whole may take as long as it needs.
	Stall time.Duration
	// Progress is told how far a download is; nil: nobody is.
	Progress progress.Reporter

	// For tests: free replaces the question for free disk space, wrap the way to
	// the disk.
	free func(dir string) (bytes int64, known bool)
	wrap func(io.Writer) io.Writer
}

// resolve fills in the defaults and checks the values.
func (o Options) resolve() (Options, error) {
	for _, f := range []struct {
		name  string
		value int64
	}{{"Attempts", int64(o.Attempts)}, {"Wait", int64(o.Wait)}, {"MaxWait", int64(o.MaxWait)}, {"Stall", int64(o.Stall)}} {
		if f.value < 0 {
			return o, fmt.Errorf("fetch.Options: %s is negative", f.name)
		}
	}
	if o.Attempts == 0 {
		o.Attempts = 4
	}
	if o.Wait == 0 {
		o.Wait = time.Second
	}
	if o.MaxWait == 0 {
		o.MaxWait = 2 * time.Minute
	}
	if o.Stall == 0 {
		o.Stall = time.Minute
	}
	if o.free == nil {
		o.free = freeBytes
	}
	if o.wrap == nil {
		o.wrap = func(w io.Writer) io.Writer { return w }
	}
	o.Progress = progress.Or(o.Progress)
	return o, nil
}
