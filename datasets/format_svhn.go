package datasets

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/content"
	"repbench/datasets/internal/mat5"
	"repbench/datasets/internal/signs"
	"repbench/internal/progress"
)

// The cropped digits of SVHN (http://ufldl.stanford.edu/housenumbers/): MAT-files with X of
// 32×32×3×N and y of N×1, in which the label 10 means the digit 0.
const (
	svhnSide    = 32
	svhnPlane   = svhnSide * svhnSide
	svhnImage   = 3 * svhnPlane
	svhnClasses = 10
	// svhnSuffix is the end of the file names, after the name of the split.
	svhnSuffix = "_32x32.mat"
)

// svhnNames are the class names in the order of the labels in the files minus one. The authors
// of the DCGAN paper use the same order, with the digit 0 last.
var svhnNames = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "0"}

// openSVHN reads train_32x32.mat, test_32x32.mat and, if it exists, extra_32x32.mat of a
// folder, or one MAT-file of that form.
func openSVHN(ctx context.Context, path string, extra bool, o Options) (*Dataset, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", content.ErrMissing, err)
	}
	d := &Dataset{Name: catalog.NameSVHN, Source: path, Classes: slices.Clone(svhnNames)}
	if !info.IsDir() {
		s, err := readSVHN(ctx, path, svhnSplitOf(path), o.MaxBytes, o)
		if err != nil {
			return nil, err
		}
		d.Splits = []*Split{s}
		return finish(d)
	}
	left := o.MaxBytes
	for _, name := range []string{Train, Test, Extra} {
		file := filepath.Join(path, name+svhnSuffix)
		if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
			if name == Extra && !extra {
				continue
			}
			return nil, content.Bad(path, "", "the file %s is missing%s", name+svhnSuffix, signs.NextStep(ctx, catalog.NameSVHN, path))
		}
		s, err := readSVHN(ctx, file, name, left, o)
		if err != nil {
			return nil, err
		}
		left -= int64(len(s.Images.Data))
		d.Splits = append(d.Splits, s)
	}
	return finish(d)
}

// svhnSplitOf returns the split given by a file name; unknown names mean training images.
func svhnSplitOf(path string) string {
	for _, name := range []string{Test, Extra} {
		if strings.HasPrefix(filepath.Base(path), name) {
			return name
		}
	}
	return Train
}

// readSVHN reads one file. It skips variables other than X and y. It reads at most maxBytes of
// pixels; other memory does not grow with the file.
func readSVHN(ctx context.Context, path, split string, maxBytes int64, o Options) (*Split, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	task := o.Progress.Start("read "+filepath.Base(path), info.Size(), "bytes")
	defer task.Done()
	in := progress.NewReader(ctx, f, task)
	s, err := parseSVHN(bufio.NewReaderSize(in, 1<<20), info.Size(), maxBytes)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, content.BadFile(f, path, err)
	}
	s.Name = split
	s.IDs = make([]string, s.Images.N)
	for i := range s.IDs {
		s.IDs[i] = fmt.Sprintf("%s:%d", filepath.Base(path), i)
	}
	return s, nil
}

// parseSVHN reads X and y, in either order.
func parseSVHN(r io.Reader, size, maxBytes int64) (*Split, error) {
	m, err := mat5.NewReader(r, size)
	if err != nil {
		return nil, err
	}
	s := &Split{}
	for {
		a, err := m.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, content.Again(err)
		}
		switch {
		case a.Name == "X" && s.Images.Data == nil:
			s.Images, err = svhnImages(a, maxBytes)
		case a.Name == "y" && s.Labels == nil:
			s.Labels, err = svhnLabels(a, maxBytes)
		case a.Name == "X", a.Name == "y":
			err = errors.New("it comes twice")
		}
		if err != nil {
			return nil, fmt.Errorf("variable %s: %w", a.Name, err)
		}
	}
	switch {
	case s.Images.Data == nil:
		return nil, content.Again(errors.New("there is no variable X with images: it is no file of SVHN's cropped digits"))
	case s.Labels == nil:
		return nil, content.Again(errors.New("there is no variable y with labels: it is no file of SVHN's cropped digits"))
	case len(s.Labels) != s.Images.N:
		return nil, content.Again(fmt.Errorf("it has %d labels (y) for %d images (X)", len(s.Labels), s.Images.N))
	}
	return s, nil
}

// svhnImages reads 32×32×3×N values in MATLAB's order: each image is three planes,
// and each plane is stored by columns.
func svhnImages(a *mat5.Array, maxBytes int64) (Images, error) {
	dims := a.Dims
	if len(dims) == 3 { // MATLAB drops a last dimension of 1
		dims = append(dims[:3:3], 1)
	}
	if len(dims) != 4 || dims[0] != svhnSide || dims[1] != svhnSide || dims[2] != 3 || dims[3] < 1 {
		return Images{}, content.Again(fmt.Errorf("its dimensions are %v; expected are 32×32×3×N", a.Dims))
	}
	n := dims[3]
	if int64(n) > maxBytes/svhnImage {
		return Images{}, fmt.Errorf("%d images take %d MB, more than the limit of %d MB", n, int64(n)*svhnImage/1e6, maxBytes/1e6)
	}
	im := Images{Data: make([]uint8, n*svhnImage), N: n, H: svhnSide, W: svhnSide, C: 3}
	var planes [svhnImage]uint8
	for i := range n {
		if err := a.ReadUint8(planes[:]); err != nil {
			return Images{}, content.Again(fmt.Errorf("image %d: %w", i, err))
		}
		fromColumns(im.At(i), planes[:], svhnSide, svhnSide)
	}
	return im, nil
}

// fromColumns converts three planes of h×w, each stored by columns, to pixels.
func fromColumns(dst, planes []uint8, h, w int) {
	r, g, b := planes[:h*w], planes[h*w:][:h*w], planes[2*h*w:][:h*w]
	for y := range h {
		row := dst[3*w*y:][:3*w]
		for x := range w {
			at := x*h + y
			row[3*x], row[3*x+1], row[3*x+2] = r[at], g[at], b[at]
		}
	}
}

// svhnLabels reads the labels 1 … 10 and subtracts one.
func svhnLabels(a *mat5.Array, maxBytes int64) ([]int32, error) {
	n := a.Len()
	if n < 1 || len(a.Dims) != 2 || a.Dims[0] > 1 && a.Dims[1] > 1 {
		return nil, content.Again(fmt.Errorf("its dimensions are %v; expected are N×1", a.Dims))
	}
	if n > maxBytes/svhnImage {
		return nil, fmt.Errorf("%d labels are more than there can be images within the limit of %d MB", n, maxBytes/1e6)
	}
	labels := make([]int32, 0, n)
	var part [4096]uint8
	for len(labels) < int(n) {
		p := part[:min(len(part), int(n)-len(labels))]
		if err := a.ReadUint8(p); err != nil {
			return nil, err
		}
		for _, l := range p {
			if l < 1 || l > svhnClasses {
				return nil, content.Again(fmt.Errorf("record %d: the label is %d; expected are 1 … 9, and 10 for the digit 0", len(labels), l))
			}
			labels = append(labels, int32(l)-1)
		}
	}
	return labels, nil
}
