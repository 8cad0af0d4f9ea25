package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"repbench/internal/atomicfile"
	"repbench/internal/progress"
)

// Get ensures that the file is at path: it verifies an existing file, or downloads the file.
// The folder must exist. A file at path with other content is not changed, and the error is a
// *Mismatch. If a download fails, the error names each server with its fault, and says what is
// kept.
func (f File) Get(ctx context.Context, path string, o Options) error {
	return f.settle(ctx, path, o, func(o Options) error {
		if len(f.URLs) == 0 {
			return errors.New("there is no address to download it from")
		}
		p, err := f.openPart(ctx, path, o)
		if err != nil {
			return err
		}
		defer p.close()
		d := &download{File: f, o: o, name: filepath.Base(path), part: p, client: newClient(o)}
		for _, u := range f.URLs {
			d.servers = append(d.servers, &server{url: u})
		}
		return d.run(ctx)
	})
}

// Put ensures that the file is at path as Get does, but reads its bytes from open instead of
// the network; errors call this source place.
func (f File) Put(ctx context.Context, path string, open func() (io.ReadCloser, error), place string, o Options) error {
	return f.settle(ctx, path, o, func(o Options) error {
		if err := f.enoughSpace(filepath.Dir(path), f.Size, o); err != nil {
			return err
		}
		in, err := open()
		if err != nil {
			return err
		}
		defer in.Close()
		out, err := atomicfile.Create(path)
		if err != nil {
			return err
		}
		defer out.Close()
		task := o.Progress.Start("copy "+filepath.Base(path), f.Size, "bytes")
		defer task.Done()
		from := progress.NewReader(ctx, in, task)
		if _, err := io.Copy(out, f.Reader(from, place)); err != nil {
			return err
		}
		return out.Commit()
	})
}

// settle verifies the file if it exists. Otherwise it calls bring to get it, in one process
// only.
func (f File) settle(ctx context.Context, path string, o Options, bring func(Options) error) error {
	o, err := o.resolve()
	if err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	if _, err := os.Stat(path); err == nil {
		return f.Verify(ctx, path, o.Progress)
	}
	w := &waiting{f: f, path: path, o: o}
	release, err := lock(ctx, path, w.poll)
	w.done()
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("lock the file in %s: %w", filepath.Dir(path), err)
	}
	defer release()
	sweep(path)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		if err != nil {
			return err
		}
		return f.Verify(ctx, path, o.Progress) // another process has brought it meanwhile
	}
	return bring(o)
}

// enoughSpace returns an error if the disk of dir has too little free space.
func (f File) enoughSpace(dir string, need int64, o Options) error {
	if free, known := o.free(dir); known && free < need {
		return fmt.Errorf("the disk of %s has %.1f MB free where %.1f MB are needed; free some space or choose a folder on another disk",
			dir, float64(free)/1e6, float64(need)/1e6)
	}
	return nil
}

// download is one Get that holds the lock.
type download struct {
	File
	o       Options
	name    string
	part    *part
	client  *http.Client
	servers []*server
	best    int64 // the largest number of bytes that the part ever had
}

// server is one place to download from.
type server struct {
	url       string
	failures  int  // consecutive tries that did not advance the download
	noRange   bool // it answers requests for the rest of the file wrongly
	gone      bool // no longer asked
	notBefore time.Time
	err       error // of the last try
}

// run tries the servers until the file is complete. Each time it chooses the server with the
// fewest consecutive failures, the first of equals.
func (d *download) run(ctx context.Context) error {
	if err := d.enoughSpace(filepath.Dir(d.part.final), d.Size-d.part.size, d.o); err != nil {
		return fmt.Errorf("%w%s", err, d.part.kept())
	}
	d.best = d.part.size
	for {
		s := d.next()
		if s == nil {
			return d.failure()
		}
		err := d.pause(ctx, s)
		if err == nil {
			err = d.try(ctx, s)
		}
		var local localError
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("the download of %s was interrupted%s: %w", d.name, d.part.kept(), ctx.Err())
		case errors.As(err, &local):
			return d.localFailure(local.error)
		}
		d.note(s, err)
	}
}

func (d *download) next() *server {
	var best *server
	for _, s := range d.servers {
		if !s.gone && (best == nil || s.failures < best.failures) {
			best = s
		}
	}
	return best
}

// note records a failed try.
func (d *download) note(s *server, err error) {
	s.err = err
	s.failures++
	if d.part.size >= d.best+advanceBytes {
		d.best = d.part.size
		s.failures = 0
	}
	var final serverError
	var later retryLater
	switch {
	case errors.As(err, &final), s.failures >= d.o.Attempts:
		s.gone = true
	case errors.As(err, &later):
		s.notBefore = time.Now().Add(later.after)
		if later.after > d.o.MaxWait {
			s.gone = true
			s.err = fmt.Errorf("%w and asks to come back in %v", err, later.after.Round(time.Second))
		}
	}
}

// failure returns the error of a download that failed on all servers.
func (d *download) failure() error {
	var errs []error
	for _, s := range d.servers {
		errs = append(errs, s.failure())
	}
	err := errs[0]
	if len(errs) > 1 {
		err = errors.Join(errs...)
	}
	return fmt.Errorf("%w%s", err, d.part.kept())
}

// failure returns the server's last error with its address and the number of tries.
func (s *server) failure() error {
	err := s.err
	var m *Mismatch
	if !errors.As(err, &m) || m.Place != s.url {
		err = fmt.Errorf("%s: %w", s.url, err)
	}
	if s.failures > 1 {
		err = fmt.Errorf("%w (the last of %d tries)", err, s.failures)
	}
	return err
}

func (d *download) localFailure(err error) error {
	hint := ""
	if errors.Is(err, syscall.ENOSPC) {
		hint = "; free some space or choose a folder on another disk"
	}
	return fmt.Errorf("%w%s%s", err, hint, d.part.kept())
}

// try requests the missing bytes from one server, and publishes the file when it is complete.
func (d *download) try(ctx context.Context, s *server) error {
	start := d.part.size
	if start < d.Size {
		var err error
		if start, err = d.receive(ctx, s); err != nil {
			return err
		}
	}
	if err := d.compare(s.url, d.part.sum); err != nil {
		if err := d.part.restart(); err != nil {
			return localError{err}
		}
		if start == 0 {
			return serverError{err}
		}
		return fmt.Errorf("the pieces of the download do not fit together: %w", err)
	}
	defer d.ticking("write " + d.name + " to the disk")()
	if err := d.part.publish(); err != nil {
		return localError{err}
	}
	return nil
}
