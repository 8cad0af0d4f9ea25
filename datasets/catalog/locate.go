package catalog

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"repbench/datasets/internal/content"
)

// Locate returns the path of a set in the cache folder. It checks official files, which may
// have been put there by hand, unless they have not changed since the last check.
func Locate(ctx context.Context, name string, o Options) (string, error) {
	c, ok := catalogOf(name)
	if !ok {
		return "", fmt.Errorf("%w: %s is always given with a path", content.ErrMissing, name)
	}
	path := c.find(o)
	official, err := o.cachePath(c.places[0])
	if err != nil {
		return "", err
	}
	if path != "" && (path != official || len(c.files(o)) == 0) {
		return path, nil
	}
	if c, o, err = fetchable(name, o); err != nil {
		return "", err
	}
	return c.bring(ctx, o, true)
}

// ToFetch is the number of bytes that Locate would download of a set: the official files that are not in the cache
// folder. It is 0 where nothing is missing, and where the set is not downloaded. It uses no network and reads no file.
func ToFetch(name string, o Options) int64 {
	c, ok := catalogOf(name)
	o, err := o.Resolve()
	if !ok || err != nil {
		return 0
	}
	official, err := o.cachePath(c.places[0])
	if path := c.find(o); err != nil || path != "" && path != official {
		return 0
	}
	n := int64(0)
	for _, f := range c.files(o) {
		if _, err := os.Stat(filepath.Join(o.CacheDir, c.folder, f.Name)); err != nil {
			n += f.Size
		}
	}
	return n
}

// Find returns the path of a set in the cache folder, without the network and without reading it; ""
// where it is not there.
func Find(name string, o Options) string {
	c, ok := catalogOf(name)
	o, err := o.Resolve()
	if !ok || err != nil {
		return ""
	}
	return c.find(o)
}
