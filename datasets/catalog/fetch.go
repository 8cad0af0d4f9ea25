package catalog

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"repbench/datasets/internal/content"
	"repbench/internal/fetch"
)

// DownloadOptions are the settings of downloads. The zero value is ready to use. An interrupted
// download keeps its bytes in NAME.part, and the next one resumes from there.
type DownloadOptions struct {
	// Mirrors are addresses of folders (http or https) with the official files under their
	// names. They are tried first, in this order.
	Mirrors []string
	// Attempts is the number of tries of one server without advance after which it is given up;
	// 0 means 4.
	Attempts int
	// Wait is the longest pause before the second try; it doubles with each further try. 0
	// means 1 s.
	Wait time.Duration
	// MaxWait is the limit on pauses; a server that asks for a longer one is given up. 0 means
	// 2 min.
	MaxWait time.Duration
	// Stall is the time within which a server must answer, and then send each further KiB; 0
	// means 1 min.
	Stall time.Duration
}

// validate checks the addresses; package fetch checks the rest.
func (d DownloadOptions) validate() error {
	for _, m := range d.Mirrors {
		u, err := url.Parse(m)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return fmt.Errorf("%w: the mirror %q is not an address of the form http://… or https://…", ErrSpec, m)
		}
	}
	for _, f := range []struct {
		name  string
		value int64
	}{{"Attempts", int64(d.Attempts)}, {"Wait", int64(d.Wait)}, {"MaxWait", int64(d.MaxWait)}, {"Stall", int64(d.Stall)}} {
		if f.value < 0 {
			return fmt.Errorf("datasets.DownloadOptions: %s is negative", f.name)
		}
	}
	return nil
}

func (o Options) fetchOptions() fetch.Options {
	d := o.Download
	return fetch.Options{Attempts: d.Attempts, Wait: d.Wait, MaxWait: d.MaxWait, Stall: d.Stall, Progress: o.Progress}
}

// Fetch ensures that the official files of a set are in the cache folder, and returns the path
// that opens the set. It checks existing files. It downloads absent files under a temporary
// name, compares them with the known size and checksum, and renames them; a file that differs
// is refused and removed. Several processes may call it for one set at once: one of them
// downloads.
func Fetch(ctx context.Context, name string, o Options) (path string, err error) {
	c, o, err := fetchable(name, o)
	if err != nil {
		return "", err
	}
	return c.bring(ctx, o, false)
}

// fetchable returns the entry of a set with official files.
func fetchable(name string, o Options) (catalogEntry, Options, error) {
	o, err := o.Resolve()
	if err != nil {
		return catalogEntry{}, o, err
	}
	c, ok := catalogOf(name)
	if !ok {
		return c, o, SpecError(name, "there is no set of that name; there are: %s", FormsText)
	}
	if len(c.files(o)) == 0 {
		return c, o, c.noFiles(o)
	}
	_, err = o.cachePath(c.folder)
	return c, o, err
}

// noFiles explains why a set cannot be downloaded.
func (c catalogEntry) noFiles(o Options) error {
	if c.manual == "" {
		return SpecError(c.name, "nothing is downloaded for this set")
	}
	return fmt.Errorf("%w: %s is not downloaded automatically: %s, then give its path (%s=PATH) or put the folder at %s",
		content.ErrMissing, c.name, c.manual, c.name, filepath.Join(o.CacheDir, c.places[0]))
}

// bring ensures that all files exist. If trust is true, a file that has not changed since its
// last verification is not read again.
func (c catalogEntry) bring(ctx context.Context, o Options, trust bool) (path string, err error) {
	files, dir := c.files(o), filepath.Join(o.CacheDir, c.folder)
	if o.Offline {
		if err := c.allThere(files, dir); err != nil {
			return "", err
		}
	} else if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("folder for data: %w", err)
	}
	for _, f := range files {
		if err := c.ensure(ctx, f, filepath.Join(dir, f.Name), o, trust); err != nil {
			return "", err
		}
	}
	return o.cachePath(c.places[0])
}

// allThere returns an error that names the absent files and the remedy.
func (c catalogEntry) allThere(files []remoteFile, dir string) error {
	var absent []string
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			absent = append(absent, f.byHand(path))
		}
	}
	switch len(absent) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%w: downloads are switched off; %s; %s", content.ErrMissing, absent[0], c.elsewhere())
	}
	return fmt.Errorf("%w: downloads are switched off and %s needs %d more files; bring a bundle of it (repbench data bundle), or\n  %s\n  %s",
		content.ErrMissing, c.name, len(absent), strings.Join(absent, "\n  "), c.elsewhere())
}

// elsewhere says how files are named that are on this machine already.
func (c catalogEntry) elsewhere() string {
	return fmt.Sprintf("files that you have elsewhere are opened as %s=PATH", c.name)
}

// byHand describes how to put a file in place without this program.
func (f remoteFile) byHand(path string) string {
	return fmt.Sprintf("get %s (%d bytes, %s) and put it at %s", f.URL, f.Size, f.file(nil).Sum(), path)
}

// ensure checks the file at path, or downloads it.
func (c catalogEntry) ensure(ctx context.Context, f remoteFile, path string, o Options, trust bool) error {
	known := f.file(o.Download.Mirrors)
	_, statErr := os.Stat(path)
	if statErr == nil && trust && o.verified().trusts(path, known.Sum()) {
		return nil
	}
	err := known.Get(ctx, path, o.fetchOptions())
	if err == nil {
		o.verified().note(path, known.Sum())
		return nil
	}
	var m *fetch.Mismatch
	switch {
	case ctx.Err() != nil:
		return err
	case errors.As(err, &m) && m.Place == path:
		return fmt.Errorf("%w; delete it to download it again, or give %s=PATH to read it as it is", contentError(m), c.name)
	case statErr == nil: // the file exists but cannot be read
		return err
	}
	return fmt.Errorf("%w: %s: %w; %s; %s", content.ErrMissing, f.Name, err, f.byHand(path), c.elsewhere())
}

func contentError(m *fetch.Mismatch) error { return content.Bad(m.Place, "", "%s", m.Reason) }

// file returns the description for the download, with the mirrors before the other addresses.
func (f remoteFile) file(mirrors []string) fetch.File {
	var urls []string
	for _, m := range mirrors {
		urls = append(urls, strings.TrimSuffix(m, "/")+"/"+f.Name)
	}
	urls = append(append(urls, f.URL), f.Mirrors...)
	return fetch.File{URLs: urls, Size: f.Size, SHA256: f.SHA256, MD5: f.MD5}
}
