package datasets

import (
	"fmt"
	"runtime"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/archive"
)

// defaultMaxBytes is enough for ImageNet at 64×64 twice, and below the size of a typical folder
// of photographs at full size.
const defaultMaxBytes = 32 << 30

// Options are the settings for opening a set. The zero value is ready to use.
type Options struct {
	// Options holds the cache folder, the settings of downloads, and the receiver of progress.
	catalog.Options

	// Size is the side of the images of the built-in set, in pixels; 0 means 32.
	Size int
	// Count and TestCount are the numbers of training and test images of the built-in set; 0
	// means its defaults (5000 and 2000).
	Count, TestCount int
	// Seed is the seed of the built-in set; nil means 1.
	Seed *int64
	// Threads is the largest number of goroutines that decode; 0 means GOMAXPROCS. The result
	// does not depend on it.
	Threads int
	// MaxBytes limits the decoded pixels of a set in memory; 0 means 32 GiB.
	MaxBytes int64
	// Keep are files with keep-lists (ReadKeepList), of different splits: only the images that
	// they name are in the set. Splits without a list are complete.
	Keep []string
	// FollowLinks enters links to folders, which otherwise are an error. The target must be on
	// the file system of the set's folder and belong to the user of the process. All other
	// links, and loops, are errors.
	FollowLinks bool
	// AnySize opens sets of image files whose images have any sizes, or do not fit into memory: the
	// files are read once for their hash, and Images.Picture decodes them one by one. Sets that
	// are stored as pixels, cifar10 among them, are opened as without it.
	AnySize bool
	// ExifRotate turns images by the orientation in their EXIF data. Without it pixels are
	// returned as stored. If no image is turned, the hash is the same in both cases. A prepared
	// set must have been prepared with the option.
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
