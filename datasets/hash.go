package datasets

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"repbench/datasets/internal/content"
	"repbench/datasets/internal/names"
)

// hashVersion is the first line of the hashed text; it changes with the layout.
const hashVersion = "repbench data set 1\n"

// ContentHash returns the SHA-256, in hexadecimal, of the class names and of each split's name,
// shape, labels and pixels. It does not depend on file names, on the form of the data on disk,
// or on Name and Source.
//
// The hashed bytes are the line "repbench data set 1\n", followed by the values below; every
// integer has 8 bytes, little endian, and every text is its length and its bytes. The values
// are the number of classes and their names; the number of splits; and for each split its name,
// N, H, W, C, the number of labels, the labels (4 bytes little endian each) and the pixels. Images of
// any size have H = W = C = 0 and, in place of pixels, the SHA-256 of each file.
func ContentHash(classes []string, splits []*Split) string {
	h, _ := hashContent(classes, splits, func(w io.Writer, s *Split) error {
		_, err := w.Write(s.Images.Data)
		if p := s.Images.Pictures; p != nil {
			for i := range s.Images.N {
				sum := p.Sum(i)
				w.Write(sum[:])
			}
		}
		return err // never: a hash accepts all bytes
	})
	return h
}

// hashContent is ContentHash with a function that writes the pixels, for sets that are not in
// memory.
func hashContent(classes []string, splits []*Split, pixels func(io.Writer, *Split) error) (string, error) {
	w := hashWriter{sha256.New()}
	w.Write([]byte(hashVersion))
	w.int(len(classes))
	for _, c := range classes {
		w.text(c)
	}
	w.int(len(splits))
	for _, s := range splits {
		w.text(s.Name)
		for _, n := range []int{s.Images.N, s.Images.H, s.Images.W, s.Images.C, len(s.Labels)} {
			w.int(n)
		}
		w.labels(s.Labels)
		if err := pixels(w, s); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(w.Sum(nil)), nil
}

type hashWriter struct{ hash.Hash }

func (w hashWriter) int(n int) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	w.Write(b[:])
}

func (w hashWriter) text(s string) {
	w.int(len(s))
	w.Write([]byte(s))
}

func (w hashWriter) labels(labels []int32) {
	b := make([]byte, 0, 4*len(labels))
	for _, l := range labels {
		b = binary.LittleEndian.AppendUint32(b, uint32(l))
	}
	w.Write(b)
}

// finish checks the result of a reader and computes the hash.
func finish(d *Dataset) (*Dataset, error) {
	d.Source = content.Shown(d.Source)
	if err := errors.Join(names.Classes(d.Classes), names.Titles(d.Titles)); err != nil {
		return nil, fmt.Errorf("data set %s (%s): %w", d.Name, d.Source, err)
	}
	for _, s := range d.Splits {
		if err := s.check(len(d.Classes)); err != nil {
			return nil, fmt.Errorf("data set %s (%s), split %s: %w", d.Name, d.Source, s.Name, err)
		}
	}
	d.Hash = ContentHash(d.Classes, d.Splits)
	return d, nil
}

// check returns an error if the parts of a split are inconsistent.
func (s *Split) check(classes int) error {
	im := s.Images
	if im.N < 1 || len(im.Data) != im.N*im.Stride() || len(s.IDs) != im.N {
		return fmt.Errorf("%d images of %d×%d×%d with %d bytes and %d names", im.N, im.H, im.W, im.C, len(im.Data), len(s.IDs))
	}
	if s.Labels != nil && len(s.Labels) != im.N {
		return fmt.Errorf("%d labels for %d images", len(s.Labels), im.N)
	}
	for i, l := range s.Labels {
		if l < 0 || int(l) >= classes {
			return fmt.Errorf("image %s has label %d of %d classes", s.IDs[i], l, classes)
		}
	}
	return nil
}
