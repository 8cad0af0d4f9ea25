package catalog

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/content"
	"repbench/internal/fetch"
)

// Unbundle puts the files of a bundle in their places in the cache folder, and returns the name
// of the set and the path that opens it. It accepts only files that this program knows to
// belong to the set, and only with the right size and checksum; anything else in the bundle is
// an error. Files that already exist are verified instead.
func Unbundle(ctx context.Context, from string, o Options) (name, path string, err error) {
	return unbundle(ctx, "", from, o)
}

// FetchFrom is Fetch without the network: from is a bundle of the set, a folder with its
// official files or, if the set has only one file, that file.
func FetchFrom(ctx context.Context, name, from string, o Options) (path string, err error) {
	c, o, err := fetchable(name, o)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(from)
	if err != nil {
		return "", fmt.Errorf("%w: %w", content.ErrMissing, err)
	}
	files := c.files(o)
	switch {
	case info.IsDir():
		for _, f := range files {
			if err := c.takeFile(ctx, f, filepath.Join(from, f.Name), o); err != nil {
				return "", err
			}
		}
	case len(files) == 1 && filepath.Base(from) == files[0].Name:
		if err := c.takeFile(ctx, files[0], from, o); err != nil {
			return "", err
		}
	default:
		_, path, err = unbundle(ctx, name, from, o)
		return path, err
	}
	return o.cachePath(c.places[0])
}

// takeFile copies an official file into its place.
func (c catalogEntry) takeFile(ctx context.Context, f remoteFile, from string, o Options) error {
	return c.put(ctx, f, func() (io.ReadCloser, error) {
		in, err := os.Open(from)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", content.ErrMissing, err)
		}
		return in, nil
	}, from, o)
}

// put writes a file to its place from the reader that open returns.
func (c catalogEntry) put(ctx context.Context, f remoteFile, open func() (io.ReadCloser, error), from string, o Options) error {
	dir := filepath.Join(o.CacheDir, c.folder)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("folder for data: %w", err)
	}
	path, known := filepath.Join(dir, f.Name), f.file(nil)
	if err := known.Put(ctx, path, open, from, o.fetchOptions()); err != nil {
		var m *fetch.Mismatch
		if errors.As(err, &m) && m.Place == path {
			return fmt.Errorf("%w; delete it to take the one of %s", contentError(m), from)
		}
		return asContentError(err)
	}
	o.verified().note(path, known.Sum())
	return nil
}

// unbundle unpacks a bundle; if want is not empty, the bundle must be of the set want.
func unbundle(ctx context.Context, want, from string, o Options) (name, path string, err error) {
	file, err := os.Open(from)
	if err != nil {
		return "", "", fmt.Errorf("%w: %w", content.ErrMissing, err)
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return "", "", content.Bad(from, "", "it is not a regular file")
	}
	r := tar.NewReader(file)
	m, err := readManifest(r, from)
	if err != nil {
		return "", "", err
	}
	if want != "" && m.Set != want {
		return "", "", content.Bad(from, "", "it is a bundle of %q, not of %s", m.Set, want)
	}
	c, o, err := fetchable(m.Set, o)
	if err != nil {
		return "", "", content.Bad(from, manifestName, "%v", err)
	}
	if err := c.unpack(ctx, r, from, o); err != nil {
		return "", "", err
	}
	path, err = o.cachePath(c.places[0])
	return c.name, path, err
}

// readManifest reads the first entry.
func readManifest(r *tar.Reader, from string) (bundleManifest, error) {
	const none = "it is not a bundle; \"repbench data bundle\" makes them"
	var m bundleManifest
	h, err := r.Next()
	if err != nil {
		return m, &content.Error{File: from, Reason: none, Err: err}
	}
	if h.Name != manifestName || h.Typeflag != tar.TypeReg || h.Size > maxManifest {
		return m, content.Bad(from, h.Name, none)
	}
	text, err := io.ReadAll(io.LimitReader(r, maxManifest))
	if err != nil {
		return m, content.BadRead(from, manifestName, err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, &content.Error{File: from, Record: manifestName, Reason: none, Err: err}
	}
	if m.Format != bundleFormat {
		return m, content.Bad(from, manifestName, "its format is %q, which this version does not read; it reads %q", m.Format, bundleFormat)
	}
	return m, nil
}

// unpack copies each official file once.
func (c catalogEntry) unpack(ctx context.Context, r *tar.Reader, from string, o Options) error {
	left := map[string]remoteFile{}
	for _, f := range c.files(o) {
		left[c.entryName(f)] = f
	}
	last := manifestName
	for {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return archive.TarError(from, 1, last, err)
		}
		f, ok := left[h.Name]
		if !ok || h.Typeflag != tar.TypeReg {
			return content.Bad(from, h.Name, "it is not one of the files of %s that are still missing; nothing else is taken from a bundle", c.name)
		}
		last = h.Name
		delete(left, h.Name)
		open := func() (io.ReadCloser, error) { return io.NopCloser(r), nil }
		if err := c.put(ctx, f, open, from+": "+h.Name, o); err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) {
				return content.BadRead(from, h.Name, err)
			}
			return err
		}
	}
	if len(left) > 0 {
		names := slices.Sorted(maps.Keys(left))
		return content.Bad(from, "", "it lacks %s; copy or make the bundle again", strings.Join(names, ", "))
	}
	return nil
}
