package catalog

import (
	"fmt"
	"os"
	"path/filepath"

	"repbench/datasets/internal/content"
	"repbench/internal/cache"
	"repbench/internal/progress"
)

// CacheEnv is the environment variable with the path of the cache folder.
const CacheEnv = "REPBENCH_DATA"

// Options decide where the official files of sets are and how they are downloaded. The zero
// value is ready to use.
type Options struct {
	// CacheDir is the folder of downloaded files, in which sets named without a path are
	// searched. "" means the environment variable REPBENCH_DATA, else "repbench" in the user's
	// cache folder.
	CacheDir string
	// Offline forbids downloads: a set that is not on disk is an error.
	Offline bool
	// Download holds the settings of downloads.
	Download DownloadOptions
	// Uses notes the folders of derived data that are made or read, so that nobody removes them; nil:
	// they are not noted.
	Uses *cache.Uses
	// Progress receives the progress of reading and downloading; nil means no reports.
	Progress progress.Reporter

	// For tests: remote replaces the files of sets.
	remote map[string][]remoteFile
}

// Resolve fills in the defaults and checks the values.
func (o Options) Resolve() (Options, error) {
	if o.CacheDir == "" {
		o.CacheDir = os.Getenv(CacheEnv)
	}
	if o.CacheDir == "" {
		if dir, err := os.UserCacheDir(); err == nil { // otherwise it stays empty, see cachePath
			o.CacheDir = filepath.Join(dir, "repbench")
		}
	}
	o.Progress = progress.Or(o.Progress)
	return o, o.Download.validate()
}

// cachePath joins names to the cache folder. A missing cache folder matters only to sets that
// are named without a path.
func (o Options) cachePath(names ...string) (string, error) {
	if o.CacheDir == "" {
		return "", fmt.Errorf("%w: there is no cache folder on this machine; set %s, or give the set's path (NAME=PATH)", content.ErrMissing, CacheEnv)
	}
	return filepath.Join(append([]string{o.CacheDir}, names...)...), nil
}

// CachePath returns a path inside the cache folder, with the defaults of CacheDir.
func (o Options) CachePath(names ...string) (string, error) {
	o, err := o.Resolve()
	if err != nil {
		return "", err
	}
	return o.cachePath(names...)
}

// UsePath is CachePath for a folder of derived data, kind/key, that is going to be made or read.
func (o Options) UsePath(kind, key string) (string, error) {
	dir, err := o.CachePath(kind, key)
	if err == nil {
		o.Uses.Use(dir)
	}
	return dir, err
}
