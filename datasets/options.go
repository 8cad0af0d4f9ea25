package datasets

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"repbench/datasets/internal/content"
	"repbench/internal/progress"
)

// CacheEnv names the environment variable with the folder of the data.
const CacheEnv = "REPBENCH_DATA"

// defaultMaxBytes holds ImageNet at 64×64 twice and still is below what a
// careless folder of photographs would take.
const defaultMaxBytes = 32 << 30

// Options says how a set is opened. The zero value is ready to use.
type Options struct {
	// CacheDir is the folder of downloaded files, searched for sets that are
	// named without a path. Empty: the environment variable REPBENCH_DATA, else
	// "repbench" in the user's cache folder.
	CacheDir string
	// Size is the side of the images of the built-in set, in pixels; 0: 32.
	Size int
	// Count and TestCount are the numbers of training and test images of the
	// built-in set; 0: its own defaults (5000 and 2000).
	Count, TestCount int
	// Seed is the seed of the built-in set; 0: 1.
	Seed int64
	// Threads bounds the goroutines that decode; 0: GOMAXPROCS. The result does
	// not depend on it.
	Threads int
	// MaxBytes bounds the decoded pixels that a set may take in memory; 0: 32 GiB.
	MaxBytes int64
	// Keep are files with keep-lists (ReadKeepList), of different splits: only the
	// images that they name are in the set. Splits without a list stay whole.
	Keep []string
	// FollowLinks enters links to folders, which are an error otherwise, where the
	// target lies on the file system of the set's folder and belongs to the user of
	// the process. All others, and loops, stay errors.
	FollowLinks bool
	// ExifRotate turns the images of files whose EXIF data say so. Without it pixels
	// stay as they are stored. Images of which none is turned have the same hash
	// either way. A prepared set must have been prepared with it.
	ExifRotate bool
	// Offline forbids downloads: a set that is not on disk is an error.
	Offline bool
	// Download says how files come over the network.
	Download DownloadOptions
	// Progress is told how far reading and downloading are; nil: nobody is.
	Progress progress.Reporter

	// For tests: remote replaces the files of sets.
	remote map[string][]remoteFile
}

// resolve fills in the defaults and checks the values.
func (o Options) resolve() (Options, error) {
	if o.CacheDir == "" {
		o.CacheDir = os.Getenv(CacheEnv)
	}
	if o.CacheDir == "" {
		if dir, err := os.UserCacheDir(); err == nil { // else it stays empty, see cachePath
			o.CacheDir = filepath.Join(dir, "repbench")
		}
	}
	if o.Threads == 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultMaxBytes
	}
	o.Progress = progress.Or(o.Progress)
	return o, o.validate()
}

// cachePath joins names to the cache folder. That there is none matters only to
// sets that are named without a path.
func (o Options) cachePath(names ...string) (string, error) {
	if o.CacheDir == "" {
		return "", fmt.Errorf("%w: there is no cache folder on this machine; set %s, or give the set's path (NAME=PATH)", content.ErrMissing, CacheEnv)
	}
	return filepath.Join(append([]string{o.CacheDir}, names...)...), nil
}

func (o Options) validate() error {
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"Size", int64(o.Size)}, {"Count", int64(o.Count)}, {"TestCount", int64(o.TestCount)},
		{"Threads", int64(o.Threads)}, {"MaxBytes", o.MaxBytes},
	} {
		if f.value < 0 {
			return fmt.Errorf("datasets.Options: %s is %d; it must not be negative", f.name, f.value)
		}
	}
	return o.Download.validate()
}

// CachePath is a path inside the cache folder, with the defaults of CacheDir.
func (o Options) CachePath(names ...string) (string, error) {
	o, err := o.resolve()
	if err != nil {
		return "", err
	}
	return o.cachePath(names...)
}
