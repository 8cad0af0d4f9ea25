package store

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"repbench/internal/npy"
)

// ErrDamaged is wrapped by the error of Check.
var ErrDamaged = errors.New("the folder of features is damaged")

// Check compares the presence and the sizes of all files of a folder with its description:
// rows, columns and type of the matrices, labels and names of images. It reads headers and
// lines, and no matrix.
func (m *Meta) Check(dir string) error {
	for _, s := range m.Splits {
		err := checkArray(FeaturesPath(dir, s.Name), m.DType, s.Rows, m.Dim)
		if err == nil && s.Labelled {
			err = checkArray(LabelsPath(dir, s.Name), "", s.Rows)
		}
		if err == nil {
			err = checkLines(IDsPath(dir, s.Name), s.Rows)
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	}
	return nil
}

// checkArray compares a NumPy file with a shape, and with a type where one is named.
func checkArray(path, dtype string, shape ...int) error {
	h, err := npy.ReadHeader(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	same := len(h.Shape) == len(shape) && (dtype == "" || h.DType.String() == dtype)
	for i := range h.Shape {
		same = same && h.Shape[i] == shape[i]
	}
	if !same {
		return fmt.Errorf("%s holds %s of shape %v, %s says %s %v", path, h.DType, h.Shape, MetaFile, dtype, shape)
	}
	if want := int64(len(npy.EncodeHeader(h.DType, h.Shape))) + int64(h.Elements())*int64(h.DType.Size()); info.Size() != want {
		return fmt.Errorf("%s has %d bytes, its header says %d", path, info.Size(), want)
	}
	return nil
}

// CheckNames is Check for the names of images alone; files of them that are not there are no
// error, as a folder made elsewhere may have none.
func (m *Meta) CheckNames(dir string) error {
	for _, s := range m.Splits {
		if err := checkLines(IDsPath(dir, s.Name), s.Rows); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%w: %w; restore the file, or remove %s and extract again", ErrDamaged, err, filepath.Join(dir, MetaFile))
		}
	}
	return nil
}

// checkLines counts the lines of a file of names; one without any name has none to lose.
func checkLines(path string, want int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	lines, named := 0, false
	for r := bufio.NewReader(f); ; {
		line, err := r.ReadSlice('\n')
		named = named || len(bytes.TrimSpace(line)) > 0
		if bytes.HasSuffix(line, []byte("\n")) || err == io.EOF && len(line) > 0 {
			lines++
		}
		if err == io.EOF {
			break
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return fmt.Errorf("read %s: %w", path, err)
		}
	}
	if named && lines != want {
		return fmt.Errorf("%s has %d lines, %s says %d rows", path, lines, MetaFile, want)
	}
	return nil
}

// Discard removes the files of the splits and the description, so that an extraction begins
// anew. Results and what the encoder learned stay.
func (m *Meta) Discard(dir string) error {
	paths := []string{filepath.Join(dir, MetaFile)}
	for _, s := range m.Splits {
		paths = append(paths, FeaturesPath(dir, s.Name), LabelsPath(dir, s.Name), IDsPath(dir, s.Name), FactorsPath(dir, s.Name))
	}
	for _, p := range paths {
		if err := os.Remove(p); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
