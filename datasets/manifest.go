package datasets

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"repbench/datasets/internal/content"
	"repbench/internal/jsonfile"
)

// ManifestFile is the name of the manifest in a prepared folder. It is written last: a folder
// with a manifest is complete.
const ManifestFile = "manifest.json"

// ManifestVersion is the version of the form of prepared folders.
const ManifestVersion = 1

const (
	// maxPreparedSide is the largest side of images in a prepared set.
	maxPreparedSide = 1 << 13
	// maxPreparedImages is the largest number of images in a split, so that sizes cannot
	// overflow.
	maxPreparedImages = 1 << 32
)

// Manifest describes a prepared set: a folder with <split>_images.npy (uint8,
// N×Size×Size×Channels), <split>_labels.npy (int32, for splits with labels) and <split>_ids.txt
// (one name per line), which Open reads as prepared:DIR. It holds neither a date nor the path
// of the folder, so that the same preparation gives the same bytes.
type Manifest struct {
	// Version is ManifestVersion.
	Version int `json:"version"`
	// Program is the version of repbench that wrote the manifest.
	Program string `json:"program"`
	// Name and Source describe the set that was prepared.
	Name   string `json:"name"`
	Source string `json:"source"`
	// Fingerprint is the SHA-256 of the names and labels of its images, including bad ones.
	Fingerprint string `json:"fingerprint"`
	// Size is the side of the images in pixels.
	Size int `json:"size"`
	// Channels is 3 (RGB) or 1 (grey).
	Channels int `json:"channels"`
	// Filter is the name of the resampling filter.
	Filter string `json:"filter"`
	// Decode is the scale at which JPEG files were decoded: full, scaled or draft.
	Decode string `json:"decode"`
	// ExifRotate reports that images were turned by their EXIF orientation.
	ExifRotate bool `json:"exif_rotate,omitempty"`
	// Oriented is the number of images with an orientation other than upright, including bad
	// ones.
	Oriented int `json:"exif_oriented,omitempty"`
	// Classes are the class names.
	Classes []string `json:"classes"`
	// Titles are the readable names of the classes, if the set has them.
	Titles []string `json:"titles,omitempty"`
	// Splits are in the order train, valid, test, extra.
	Splits []ManifestSplit `json:"splits"`
	// Bad lists the images that could not be read and were left out.
	Bad []BadImage `json:"bad,omitempty"`
	// Hash is the ContentHash of the set.
	Hash string `json:"hash"`
}

// ManifestSplit describes a split of a prepared set.
type ManifestSplit struct {
	Name     string `json:"name"`     // train, valid, test or extra
	Images   int    `json:"images"`   // number of images
	Labelled bool   `json:"labelled"` // whether it has labels
	// IDsHash is the SHA-256 of the file of image names, in hexadecimal; empty in manifests of
	// earlier versions, which are not checked.
	IDsHash string `json:"ids_sha256,omitempty"`
}

// BadImage is an image that was left out.
type BadImage struct {
	Split  string `json:"split"`  // name of its split
	ID     string `json:"id"`     // name of the image, as in Split.IDs
	Reason string `json:"reason"` // why it was left out
}

// String returns "name: reason" on one line, with escapes for control characters.
func (b BadImage) String() string { return content.Shown(b.ID) + ": " + content.Shown(b.Reason) }

// again is the next step for a manifest that cannot be followed.
const again = "; prepare the set again, into a new folder"

// ReadManifest reads and checks the manifest of a prepared folder.
func ReadManifest(dir string) (*Manifest, error) {
	path := filepath.Join(dir, ManifestFile)
	m := new(Manifest)
	if err := jsonfile.Read(path, m); errors.As(err, new(*fs.PathError)) {
		return nil, err
	} else if err != nil {
		return nil, fmt.Errorf("%w; the file is damaged%s", err, again)
	}
	if err := m.check(); err != nil {
		return nil, &content.Error{File: path, Reason: err.Error() + again}
	}
	return m, nil
}

// check returns an error for a manifest that Open could not use.
func (m *Manifest) check() error {
	switch hash, err := hex.DecodeString(m.Hash); {
	case m.Version != ManifestVersion:
		return fmt.Errorf("the manifest's version is %d, and %d is read", m.Version, ManifestVersion)
	case m.Name == "":
		return fmt.Errorf("the manifest has no name of a set")
	case m.Size < 1 || m.Size > maxPreparedSide:
		return fmt.Errorf("the size is %d", m.Size)
	case m.Channels != 1 && m.Channels != 3:
		return fmt.Errorf("there are %d channels", m.Channels)
	case err != nil || len(hash) != 32:
		return fmt.Errorf("the hash is %q", m.Hash)
	case len(m.Splits) == 0:
		return fmt.Errorf("there are no splits")
	case m.Titles != nil && len(m.Titles) != len(m.Classes):
		return fmt.Errorf("%d titles for %d classes", len(m.Titles), len(m.Classes))
	}
	return m.checkSplits()
}

func (m *Manifest) checkSplits() error {
	order := []string{Train, Valid, Test, Extra}
	last := -1
	for _, s := range m.Splits {
		at := slices.Index(order, s.Name)
		if at <= last {
			return fmt.Errorf("the split %q is not one of %s, or not in that order", s.Name, strings.Join(order, ", "))
		}
		if last = at; s.Images < 1 || s.Images > maxPreparedImages {
			return fmt.Errorf("the split %s has %d images", s.Name, s.Images)
		}
		if s.Labelled && len(m.Classes) == 0 {
			return fmt.Errorf("the split %s has labels, but there are no classes", s.Name)
		}
	}
	return nil
}

// ImagesFile returns the name of the file of pixels.
func (s ManifestSplit) ImagesFile() string { return s.Name + "_images.npy" }

// LabelsFile returns the name of the file of labels, which unlabelled splits do not have.
func (s ManifestSplit) LabelsFile() string { return s.Name + "_labels.npy" }

// IDsFile returns the name of the file of image names.
func (s ManifestSplit) IDsFile() string { return s.Name + "_ids.txt" }
