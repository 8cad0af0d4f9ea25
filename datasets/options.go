package datasets

import (
	"fmt"
	"runtime"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/archive"
)

// defaultMaxBytes holds ImageNet at 64×64 twice and still is below what a
// careless folder of photographs would take.
const defaultMaxBytes = 32 << 30

// Options says how a set is opened. The zero value is ready to use.
type Options struct {
	// Options are the cache folder, downloads, and who is told how far reading and
	// downloading are.
	catalog.Options

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
}

// resolve fills in the defaults and checks the values.
func (o Options) resolve() (Options, error) {
	if o.Threads == 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if err := o.validate(); err != nil {
		return o, err
	}
	var err error
	o.Options, err = o.Options.Resolve()
	return o, err
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
	return nil
}

// prepareCommand is the command, in quotes, that prepares the images that these options
// open.
func (o Options) prepareCommand() string {
	flags := ""
	if o.ExifRotate {
		flags += " --exif-rotate"
	}
	if o.FollowLinks {
		flags += " " + archive.FollowLinksFlag
	}
	return `"repbench data prepare SET --size N` + flags + ` --out DIR"`
}
