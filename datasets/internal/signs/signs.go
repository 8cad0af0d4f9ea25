// Package signs recognises by file names which form of which set a folder or archive holds, so
// that errors can name the next step. It uses only names, not the content of files.
package signs

import (
	"context"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/picture"
)

// sign is a kind of file by which a form of a known set is recognised.
type sign struct {
	base *regexp.Regexp // matches its name without folders
	// what names the form; next is the next step, with %s for the path.
	what, next string
	// sets are the sets that read the form; they ignore the sign.
	sets []string
}

// Kaggle is the file of Kaggle's form of CIFAR-10, anyImage any image.
const (
	Kaggle   = "the file of labels of Kaggle's form of CIFAR-10"
	anyImage = "an image file"
)

// knownSigns are in order of precedence.
var knownSigns = []sign{
	{regexp.MustCompile(`^(data_batch_[1-5]|test_batch)(\.bin)?$`), "a batch of CIFAR-10", "open it as cifar10=%s", []string{catalog.NameCIFAR10}},
	{regexp.MustCompile(`^((train|test)\.bin|(fine|coarse)_label_names\.txt|meta|train|test)$`), "a file of CIFAR-100", "open it as cifar100=%s", []string{catalog.NameCIFAR100}},
	{regexp.MustCompile(`^emnist-[a-z]+-(train|test)-(images|labels)`), "a file of EMNIST", "open it as emnist:SPLIT=%s", []string{catalog.NameEMNIST}},
	{regexp.MustCompile(`^(train|t10k)-(images|labels)[-.]idx[13]-ubyte(\.gz)?$`), "a file in MNIST's form", "open it as mnist=%s", []string{catalog.NameMNIST}},
	{regexp.MustCompile(`^(train|test|extra)_32x32\.mat$`), "a file of SVHN", "open it as svhn=%s", []string{catalog.NameSVHN}},
	{regexp.MustCompile(`^(train|test|unlabeled)_[Xy]\.bin$`), "a file of STL-10", "open it as stl10=%s", []string{catalog.NameSTL10}},
	{regexp.MustCompile(`^data\.mdb$`), "an LMDB database", "open its folder (unpacked, or as a zip file) as lsun:CATEGORY=FOLDER", nil},
	{regexp.MustCompile(`^trainLabels\.csv$`), Kaggle, "it is not read; get the whole set with \"repbench data fetch cifar10\"", nil},
	{regexp.MustCompile(`(?i)mnist.*\.csv$`), "a table of pixels", "it is not read; get the idx files (…-images-idx3-ubyte.gz, …-labels-idx1-ubyte.gz) of the set", nil},
	{regexp.MustCompile(`(?i)\.(parquet|arrow|tfrecord|npz|h5|hdf5|pt|pth)$`), "an array file of another program", "it is not read; export the images as PNG files in train/CLASS/… and test/CLASS/…", nil},
	{regexp.MustCompile(`(?i)\.(zip|tar|tgz|gz|rar|7z)$`), "an archive inside", "give the path of the archive, or unpack it", nil},
	{regexp.MustCompile(`^$`), anyImage, "open it as folder:%s", []string{catalog.NameFolder, catalog.NameFaces, catalog.NameLSUN, catalog.NameImageNet, catalog.NameTinyImageNet}},
}

// Seen records the known kinds of files that were found in a source. The zero value is ready to
// use.
type Seen struct {
	found  map[string]string // the first file of each kind
	emnist map[string]bool   // the splits of EMNIST of which there are files
}

// See records a file.
func (s *Seen) See(name string) {
	if picture.KindOf(name) == picture.ReadImage { // the usual case, and the last sign
		s.note(anyImage, name)
		return
	}
	base := path.Base(name)
	for _, k := range knownSigns {
		if k.base.MatchString(base) {
			s.note(k.what, name)
			s.noteSplit(base)
			return
		}
	}
}

func (s *Seen) note(what, name string) {
	if s.found == nil {
		s.found = map[string]string{}
	}
	if s.found[what] == "" {
		s.found[what] = name
	}
}

// noteSplit takes note of the split of EMNIST that a file is of, if it is of one.
func (s *Seen) noteSplit(base string) {
	if rest, ok := strings.CutPrefix(base, "emnist-"); ok {
		split, _, _ := strings.Cut(rest, "-")
		if s.emnist == nil {
			s.emnist = map[string]bool{}
		}
		s.emnist[split] = true
	}
}

// EMNIST lists the splits of EMNIST of which files were met.
func (s *Seen) EMNIST() []string { return slices.Sorted(maps.Keys(s.emnist)) }

// maxSigns bounds the files that NextStep looks at.
const maxSigns = 10_000

// NextStep describes what is at path in place of the named set, and the next step; "" if
// nothing is known.
func NextStep(ctx context.Context, set, path string) string {
	src, err := archive.Open(path, false)
	if err != nil {
		return ""
	}
	var s Seen
	n := 0
	_ = src.Walk(ctx, func(e archive.Entry) error { // the files seen before an error are enough
		if n++; n > maxSigns {
			return archive.ErrStop
		}
		if !e.Dir {
			s.See(e.Name)
		}
		return nil
	})
	return s.Next(set, path)
}

// At returns the first file of a kind, or "".
func (s *Seen) At(what string) string { return s.found[what] }

// Next describes what was found in place of the named set, and the next step, as the end of an
// error; "" if nothing is known.
func (s *Seen) Next(set, path string) string {
	for _, k := range knownSigns {
		name := s.found[k.what]
		if name == "" || slices.Contains(k.sets, set) {
			continue
		}
		next := k.next
		if splits := s.EMNIST(); len(splits) > 0 {
			next = strings.Replace(next, "emnist:SPLIT", "emnist:"+splits[0], 1)
		}
		if strings.Contains(next, "%s") {
			next = fmt.Sprintf(next, path)
		}
		return fmt.Sprintf("; %s is %s: %s", name, k.what, next)
	}
	return ""
}
