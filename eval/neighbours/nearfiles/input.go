package nearfiles

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"os"

	"repbench/eval/neighbours"
	"repbench/features/matrix"
	"repbench/internal/npy"
	"repbench/internal/progress"
)

// Input describes an array that was searched.
type Input struct {
	// Path is the file as it was given.
	Path string `json:"path"`
	// Shape is N×H×W×C of images, N×D of features.
	Shape []int `json:"shape"`
	// DType is the type of the elements, in NumPy's words.
	DType string `json:"dtype"`
	// SHA256 is the hash of the file.
	SHA256 string `json:"sha256"`
}

// same reports whether both are arrays of the same content.
func (a Input) same(b Input) bool { return a.SHA256 == b.SHA256 }

// array is an open file.
type array struct {
	Input
	mapped *npy.Mapped
	images neighbours.Images
	rows   matrix.View
}

// open maps a file that the metric can compare.
func open(path string, m metric) (*array, error) {
	mapped, err := npy.Map(path)
	if err != nil {
		return nil, err
	}
	h := mapped.Header()
	a := &array{Input: Input{Path: path, Shape: h.Shape, DType: h.DType.String()}, mapped: mapped}
	if m.images {
		err = a.asImages(m)
	} else {
		err = a.asRows(m)
	}
	if err != nil {
		mapped.Close()
		return nil, err
	}
	return a, nil
}

// n is the number of images or rows.
func (a *array) n() int { return a.Shape[0] }

// asImages checks that the array holds images.
func (a *array) asImages(m metric) error {
	s := a.Shape
	switch h := a.mapped.Header(); {
	case h.DType != npy.Uint8:
		return fmt.Errorf("%s holds %s, and %s compares images of uint8: choose euclidean or cosine for features, or turn pixels into bytes, x from -1 to 1 with np.rint((x + 1) * 127.5).clip(0, 255).astype('uint8')", a.Path, a.DType, m.name)
	case len(s) != 4:
		return fmt.Errorf("%s has the shape %v; %s compares images N×H×W×C: reshape it, grey images with x.reshape(-1, H, W, 1)", a.Path, s, m.name)
	case s[0] == 0 || s[1] == 0 || s[2] == 0 || s[3] == 0:
		return fmt.Errorf("%s is empty: its shape is %v", a.Path, s)
	case s[0] > math.MaxInt32:
		return fmt.Errorf("%s holds %d images; at most %d are numbered", a.Path, s[0], math.MaxInt32)
	}
	pix, err := npy.MappedSlice[uint8](a.mapped)
	if err != nil {
		return err
	}
	a.images = neighbours.Images{N: s[0], H: s[1], W: s[2], C: s[3], Pix: pix}
	return nil
}

// asRows checks that the array holds features.
func (a *array) asRows(m metric) error {
	s := a.Shape
	switch h := a.mapped.Header(); {
	case h.DType == npy.Uint8:
		return fmt.Errorf("%s holds uint8, and %s compares features in float32: choose %s for images", a.Path, m.name, names(true))
	case h.DType != npy.Float32 && h.DType != npy.Float16:
		return fmt.Errorf("%s holds %s, and %s compares features in float32: save it again with x.astype('float32')", a.Path, a.DType, m.name)
	case len(s) != 2:
		return fmt.Errorf("%s has the shape %v; %s compares features N×D: reshape it with x.reshape(len(x), -1)", a.Path, s, m.name)
	case s[0] == 0 || s[1] == 0:
		return fmt.Errorf("%s is empty: its shape is %v", a.Path, s)
	case s[0] > math.MaxInt32:
		return fmt.Errorf("%s holds %d rows; at most %d are numbered", a.Path, s[0], math.MaxInt32)
	}
	a.rows = matrix.View{N: s[0], D: s[1], Release: a.mapped.Release}
	var err error
	if a.mapped.Header().DType == npy.Float32 {
		a.rows.Data, err = npy.MappedSlice[float32](a.mapped)
	} else {
		a.rows.Half, err = npy.MappedSlice[uint16](a.mapped)
	}
	return err
}

// check hashes the file and refuses features that have no distance.
func (a *array) check(m metric, p progress.Reporter) error {
	f, err := os.Open(a.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	task := p.Start("read", info.Size(), "bytes")
	defer task.Done()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(sum, counter{task}), f); err != nil {
		return fmt.Errorf("read %s: %w", a.Path, err)
	}
	a.SHA256 = hex.EncodeToString(sum.Sum(nil))
	if m.images {
		return nil
	}
	return a.checkRows(m)
}

// counter counts what is written to it.
type counter struct{ task progress.Task }

// Write implements io.Writer.
func (c counter) Write(p []byte) (int, error) {
	c.task.Add(int64(len(p)))
	return len(p), nil
}

// checkRows refuses rows with a value that is not finite, and for the cosine rows of zeros.
func (a *array) checkRows(m metric) error {
	buffer := make([]float32, a.rows.D)
	for i := range a.rows.N {
		zero := true
		for j, v := range a.rows.Row(i, buffer) {
			if v-v != 0 {
				return fmt.Errorf("%s, row %d, column %d is %v: no distance can be computed; leave the row out or mend the features", a.Path, i, j, v)
			}
			zero = zero && v == 0
		}
		if zero && m.kind == neighbours.Cosine {
			return fmt.Errorf("%s, row %d is all zeros and has no direction: choose euclidean, or leave the row out", a.Path, i)
		}
	}
	return nil
}
