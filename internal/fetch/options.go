package fetch

import (
	"fmt"
	"io"
	"time"

	"repbench/internal/progress"
)

const (
	// connectWait is the time that a server may take to accept a connection.
	connectWait = 15 * time.Second
	// stallBytes is the number of bytes that must arrive within Options.Stall.
	stallBytes = 1 << 10
	// advanceBytes is the advance after which earlier failures of a server are forgotten: a
	// long download over a connection that often breaks ends well, and one that never advances
	// ends with an error.
	advanceBytes = 1 << 20
	// maxRedirects is the number of redirects that are followed.
	maxRedirects = 10
	// lockPoll is the interval at which the lock of another process is tried.
	lockPoll = 50 * time.Millisecond
)

// Options are the limits and pauses of a download. The zero value is ready to use.
type Options struct {
	// Attempts is the number of tries of one server without advance after which it is given up;
	// 0 means 4.
	Attempts int
	// Wait is the longest pause before the second try. It doubles with each further try, and a
	// random part of at most half is subtracted. 0 means 1 s.
	Wait time.Duration
	// MaxWait is the limit on pauses; a server that asks for a longer one (Retry-After) is
	// given up. 0 means 2 min.
	MaxWait time.Duration
	// Stall is the time within which a server must answer, and then send each further KiB; 0
	// means 1 min. The duration of the whole download is not limited.
	Stall time.Duration
	// Progress receives the progress of the download; nil means no reports.
	Progress progress.Reporter

	// For tests: free replaces the query for free disk space, wrap replaces the path to the
	// disk.
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
