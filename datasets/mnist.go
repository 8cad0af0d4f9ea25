package datasets

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const mnistClasses = 10

// mnistParts are the stems of the file names of each split, see mnistFile.
var mnistParts = []struct{ split, images, labels string }{
	{Train, "train-images", "train-labels"},
	{Test, "t10k-images", "t10k-labels"},
}

// openMNIST reads the four idx files of a folder, gzipped or not. Fashion-MNIST
// and KMNIST have the same form.
func openMNIST(ctx context.Context, dir string, o Options) (*Dataset, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMissing, err)
	}
	if !info.IsDir() {
		return nil, bad(dir, "", "it is no folder; mnist is a folder with the four files train-images-idx3-ubyte.gz, …")
	}
	task := o.Progress.Start("read", int64(2*len(mnistParts)), "files")
	defer task.Done()
	d := &Dataset{Name: nameMNIST, Source: dir}
	for c := range mnistClasses {
		d.Classes = append(d.Classes, fmt.Sprint(c))
	}
	for _, part := range mnistParts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		split, err := readMNISTSplit(dir, part.split, part.images, part.labels)
		if err != nil {
			return nil, err
		}
		d.Splits = append(d.Splits, split)
		task.Add(2)
	}
	a, b := d.Splits[0].Images, d.Splits[1].Images
	if a.H != b.H || a.W != b.W {
		return nil, bad(dir, "", "the training images have %d×%d pixels and the test images %d×%d", a.W, a.H, b.W, b.H)
	}
	return finish(d)
}

func readMNISTSplit(dir, name, images, labels string) (*Split, error) {
	imageFile, err := mnistFile(dir, images, 3)
	if err != nil {
		return nil, err
	}
	labelFile, err := mnistFile(dir, labels, 1)
	if err != nil {
		return nil, err
	}
	dims, pixels, err := readIDX(imageFile, 3)
	if err != nil {
		return nil, err
	}
	_, classes, err := readIDX(labelFile, 1)
	if err != nil {
		return nil, err
	}
	if len(classes) != dims[0] {
		return nil, bad(labelFile, "", "it has %d labels, but %s has %d images", len(classes), imageFile, dims[0])
	}
	s := &Split{Name: name, Images: Images{Data: pixels, N: dims[0], H: dims[1], W: dims[2], C: 1}}
	stem := strings.TrimSuffix(filepath.Base(imageFile), ".gz")
	for i, l := range classes {
		if l >= mnistClasses {
			return nil, bad(labelFile, fmt.Sprintf("record %d", i), "the label is %d of %d classes", l, mnistClasses)
		}
		s.Labels = append(s.Labels, int32(l))
		s.IDs = append(s.IDs, fmt.Sprintf("%s:%d", stem, i))
	}
	return s, nil
}

// mnistFile finds a file by the spellings in use: train-images-idx3-ubyte and
// train-images.idx3-ubyte, with and without .gz.
func mnistFile(dir, stem string, ndim int) (string, error) {
	for _, sep := range []string{"-", "."} {
		for _, ext := range []string{".gz", ""} {
			path := filepath.Join(dir, fmt.Sprintf("%s%sidx%d-ubyte%s", stem, sep, ndim, ext))
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				return path, nil
			}
		}
	}
	return "", bad(dir, "", "the file %s-idx%d-ubyte.gz is missing", stem, ndim)
}
