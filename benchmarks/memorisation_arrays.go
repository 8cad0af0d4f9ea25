package benchmarks

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"repbench/datasets"
	"repbench/eval/memorisation"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/threesample"
	"repbench/features/matrix"
	"repbench/internal/npy"
)

// openArray opens a NumPy file of images or features. The file stays mapped until close.
func (s *compared) openArray(path string) (memorisation.Set, error) {
	f, err := npy.Map(path)
	if err != nil {
		return memorisation.Set{}, err
	}
	s.closers = append(s.closers, func() { f.Close() })
	set, h := memorisation.Set{Name: path}, f.Header()
	switch {
	case len(h.Shape) == 4 && h.DType == npy.Uint8:
		set.Images = imagesOf(h.Shape, nil)
		set.Images.Data, err = npy.MappedSlice[uint8](f)
	case len(h.Shape) == 4 && h.DType == npy.Float32:
		var data []float32
		if data, err = npy.MappedSlice[float32](f); err != nil {
			return set, err
		}
		set.Images, err = s.floatImages(path, h.Shape, data)
	case len(h.Shape) == 2 && h.DType == npy.Float32:
		var data []float32
		if data, err = npy.MappedSlice[float32](f); err == nil {
			set.Features, err = matrix.New(data, h.Shape[0], h.Shape[1])
		}
	case len(h.Shape) == 2 && h.DType == npy.Float16:
		var bits []uint16
		if bits, err = npy.MappedSlice[uint16](f); err == nil {
			set.Features, err = matrix.NewHalf(bits, h.Shape[0], h.Shape[1])
		}
	default:
		return set, fmt.Errorf("%s holds %s of the shape %s; images are uint8 N×H×W×C (grey ones N×H×W×1), or float32 in [-1, 1] or [0, 1], and features float32 N×D",
			path, h.DType, times(h.Shape))
	}
	if err == nil && set.Len() == 0 {
		err = fmt.Errorf("%s holds no images: its shape is %s", path, times(h.Shape))
	}
	return set, err
}

func times(shape []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(shape), "[]"), " ", "×")
}

func imagesOf(shape []int, px []uint8) datasets.Images {
	return datasets.Images{Data: px, N: shape[0], H: shape[1], W: shape[2], C: shape[3]}
}

// floatImages turns images of floats into bytes, by the range that their values lie in.
func (s *compared) floatImages(path string, shape []int, data []float32) (datasets.Images, error) {
	unit, formula := whole, "round(255·x)"
	for _, v := range data {
		if v < 0 {
			unit, formula = signed, "round((x+1)·127.5)"
			break
		}
	}
	px, err := toBytes(data, unit)
	if err != nil {
		return datasets.Images{}, fmt.Errorf("%s: %w", path, err)
	}
	if unit == whole {
		s.in.Range = nearest.Unit
	}
	s.note("pixels of %s are %s, halves to even", path, formula)
	return imagesOf(shape, px), nil
}

// unit is a range of floats.
type unit int

const (
	signed unit = iota // -1 to 1
	whole              // 0 to 1
)

// beyond is how far outside their range floats are cut; what lies farther is in another range.
const beyond = 0.5

// toBytes turns floats into grey levels, rounded with halves to even and cut to 0 … 255.
func toBytes(data []float32, u unit) ([]uint8, error) {
	px := make([]uint8, len(data))
	lo := -1.0
	if u == whole {
		lo = 0
	}
	for i, v := range data {
		x := float64(v)
		if math.IsNaN(x) {
			return nil, fmt.Errorf("value %d is NaN; the generator has diverged", i)
		}
		if x < lo-beyond || x > 1+beyond {
			return nil, fmt.Errorf("value %d is %g; images of floats lie in [-1, 1] or [0, 1]: scale them, or give uint8", i, v)
		}
		level := (x + 1) * 127.5
		if u == whole {
			level = 255 * x
		}
		px[i] = uint8(min(max(math.RoundToEven(level), 0), 255))
	}
	return px, nil
}

// checkCentres says where given centres of cells are not as wide as the rows that C_T compares.
func (s *compared) checkCentres(file string) error {
	if s.in.Centroids == nil {
		return nil
	}
	want, of := s.in.Train.Images.Stride(), "images"
	switch {
	case s.in.Encoder != nil:
		want, of = s.in.Encoder.Train.D, "features of "+s.in.Encoder.Encoder
	case s.in.Train.Images.N == 0:
		want, of = s.in.Train.Features.D, "training rows"
	}
	if got := s.in.Centroids.D; got != want {
		return fmt.Errorf("--cells %s: row 0 ends after column %d; a centre needs %d columns, as many as the %s have", file, got-1, want, of)
	}
	return nil
}

// openCells reads given cells of C_T.
func (s *compared) openCells(text string) error {
	files := strings.Split(text, ",")
	switch {
	case text == "":
		return nil
	case len(files) == 1:
		set, err := s.openArray(files[0])
		if err == nil && set.Features.N == 0 {
			err = fmt.Errorf("%s holds no centres of cells: they are float32 K×D", files[0])
		}
		if err != nil {
			return fmt.Errorf("--cells: %w", err)
		}
		for i := range set.Features.N {
			if j, v, found := set.Features.NotFiniteIn(i); found {
				return fmt.Errorf("--cells %s: row %d, column %d is %v; centres are finite numbers: %w", files[0], i, j, v, matrix.ErrNotFinite)
			}
		}
		s.in.Centroids = &set.Features
		return nil
	case len(files) != 3:
		return errors.New("cells are one file of centres, or three of the cells of training, held-out and generated images")
	}
	s.in.Cells = &threesample.Cells{}
	for i, into := range []*[]int32{&s.in.Cells.Train, &s.in.Cells.HeldOut, &s.in.Cells.Generated} {
		want := []int{s.in.Train.Len(), s.in.HeldOut.Len(), s.in.Generated.Len()}[i]
		shape, values, err := npy.ReadIntegers(files[i])
		if err != nil {
			return err
		}
		if len(shape) != 1 || shape[0] != want {
			return fmt.Errorf("%s has the shape %s; there are %d images", files[i], times(shape), want)
		}
		for j, v := range values {
			if v < 0 || v > math.MaxInt32 {
				return fmt.Errorf("%s: cell %d of image %d; cells are numbered from 0", files[i], v, j)
			}
			*into = append(*into, int32(v))
		}
	}
	return nil
}
