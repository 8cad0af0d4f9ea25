package catalog

import (
	"fmt"
	"os"
	"path/filepath"

	"repbench/datasets/internal/content"
	"repbench/internal/progress"
)

// CacheEnv names the environment variable with the folder of the data.
const CacheEnv = "REPBENCH_DATA"

// Options says where the official files of sets are and how they come there. The zero
// value is ready to use.
type Options struct {
	// CacheDir is the folder of downloaded files, searched for sets that are
	// named without a path. Empty: the environment variable REPBENCH_DATA, else
	// "repbench" in the user's cache folder.
	CacheDir string
	// Offline forbids downloads: a set that is not on disk is an error.
	Offline bool
	// Download says how files come over the network.
	Download DownloadOptions
	// Progress receives how far reading and downloading are; nil: nothing does.
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
		if dir, err := os.UserCacheDir(); err == nil { // else it stays empty, see cachePath
			o.CacheDir = filepath.Join(dir, "repbench")
		}
	}
	o.Progress = progress.Or(o.Progress)
	return o, o.Download.validate()
}

// cachePath joins names to the cache folder. That there is none matters only to
// sets that are named without a path.
func (o Options) cachePath(names ...string) (string, error) {
	if o.CacheDir == "" {
		return "", fmt.Errorf("%w: there is no cache folder on this machine; set %s, or give the set's path (NAME=PATH)", content.ErrMissing, CacheEnv)
	}
	return filepath.Join(append([]string{o.CacheDir}, names...)...), nil
}

// CachePath is a path inside the cache folder, with the defaults of CacheDir.
func (o Options) CachePath(names ...string) (string, error) {
	o, err := o.Resolve()
	if err != nil {
		return "", err
	}
	return o.cachePath(names...)
}
