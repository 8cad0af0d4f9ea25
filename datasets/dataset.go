package datasets

import (
	"errors"
	"fmt"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/content"
	"repbench/datasets/shapes"
)

// Images holds N images of H×W pixels with C channels (3 = RGB, 1 = grey) as uint8, row-major
// N×H×W×C. Data may be memory-mapped and must not be written.
type Images struct {
	// Data holds N·H·W·C values, 0 … 255.
	Data       []uint8
	N, H, W, C int // numbers of images, rows, columns and channels
	// Pictures gives the images of a set that was opened with Options.AnySize, else it is nil.
	// With it Data is empty and H, W and C are 0.
	Pictures Pictures
}

// Stride returns the number of bytes of one image, H·W·C.
func (im Images) Stride() int { return im.H * im.W * im.C }

// At returns the pixels of image i, H×W×C row-major, sharing memory with im. It panics if i is
// outside [0, N), like a slice index.
func (im Images) At(i int) []uint8 {
	s := im.Stride()
	return im.Data[i*s : (i+1)*s : (i+1)*s]
}

// Slice returns the images [lo, hi), sharing memory with im.
func (im Images) Slice(lo, hi int) Images {
	s := im.Stride()
	out := Images{Data: im.Data[lo*s : hi*s], N: hi - lo, H: im.H, W: im.W, C: im.C}
	if im.Pictures != nil {
		out.Pictures = laterPictures{im.Pictures, lo}
	}
	return out
}

// Split names, in the order in which they are listed.
const (
	Train = "train"
	Valid = "valid"
	Test  = "test"
	Extra = "extra"
)

// Split is one part of a data set.
type Split struct {
	// Name is "train", "valid", "test" or "extra".
	Name string
	// Images are the pictures, all of one size.
	Images Images
	// Labels holds the class of each image, 0 … K-1; nil if the split has no labels.
	Labels []int32
	// IDs names each image in its source (a path inside the archive, or "data_batch_1.bin:17"
	// for the eighteenth record). The names do not change between runs.
	IDs []string
	// Factors holds, for each image of the built-in set, the factors it was drawn from, with
	// the boxes of the objects; nil for other sets.
	Factors []shapes.Factors
}

// Dataset is a named set of images of one size, with its splits.
type Dataset struct {
	// Name is the canonical name, for example "cifar10".
	Name string
	// Source is where the data came from: a path, or "seed=1" for built-in data.
	Source string
	// Classes are the class names; Classes[l] is the class with label l.
	Classes []string
	// Titles are readable names of the classes ("goldfish" for n01443537), if the set has them;
	// else nil. They are not part of Hash.
	Titles []string
	// Splits are in the order train, valid, test, extra; absent ones are left out.
	Splits []*Split
	// Notes tell a user how the set was read, one sentence each: what was left out or skipped.
	// They are not part of Hash.
	Notes []string
	// Hash is the SHA-256, in hexadecimal, of the decoded content (images, labels and class
	// names of every split), see ContentHash. For a set restricted by keep-lists, see Restrict.
	Hash string
}

// Split returns the split with the given name, or an error that lists the existing ones.
func (d *Dataset) Split(name string) (*Split, error) {
	var have []string
	for _, s := range d.Splits {
		if s.Name == name {
			return s, nil
		}
		have = append(have, s.Name)
	}
	return nil, fmt.Errorf("data set %s has no split %q; it has %v", d.Name, name, have)
}

// ErrMissing is wrapped by errors about data that are not on disk and could not be downloaded,
// or were not allowed to be.
var ErrMissing = content.ErrMissing

// ErrSizes is wrapped by the error about a set whose images have several sizes, opened without
// Options.AnySize.
var ErrSizes = errors.New("images of several sizes")

// sizesError is an error that is ErrSizes, too.
type sizesError struct{ error }

// Is implements errors.Is.
func (sizesError) Is(target error) bool { return target == ErrSizes }

// Unwrap returns the error itself.
func (e sizesError) Unwrap() error { return e.error }

// ContentError reports a file with wrong content: truncated, of another format, or with an
// invalid record.
type ContentError = content.Error

// FollowLinksFlag is the name of the flag that sets Options.FollowLinks; errors about links
// name it.
const FollowLinksFlag = archive.FollowLinksFlag

// ErrSpec is wrapped by errors about the text of a specification: an unknown name, a missing
// path, or an invalid option. A command reports it as wrong usage.
var ErrSpec = catalog.ErrSpec
