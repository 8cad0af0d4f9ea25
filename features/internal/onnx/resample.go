package onnx

import (
	"math"
	"slices"
)

// Modes of a resampler.
const modeNearest, modeLinear, modeCubic = "nearest", "linear", "cubic"

// resampler says how Resize interpolates, in the words of the operator.
type resampler struct {
	mode, coordinates, nearest string
	a                          float64 // of the cubic
	antialias, exclude         bool
	outside                    float64 // what stands outside the array, where a part reaches beyond it
}

// coordinatesCrop resamples a part of the array.
const coordinatesCrop = "tf_crop_and_resize"

// resized is an axis with its lengths and the factor between them.
type resized struct {
	axis, in, out int
	scale         float64
	start, end    float64 // the part that is taken, in lengths of the axis
}

// whole says that the axis stays as it is.
func (a resized) whole() bool { return a.in == a.out && a.scale == 1 && a.start == 0 && a.end == 1 }

// check refuses what is not known.
func (r resampler) check() {
	for _, s := range []struct {
		name, value string
		allowed     []string
	}{
		{"mode", r.mode, []string{modeNearest, modeLinear, modeCubic}},
		{"coordinate_transformation_mode", r.coordinates, []string{"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_half_pixel_for_nn", coordinatesCrop}},
		{"nearest_mode", r.nearest, []string{"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"}},
	} {
		if !slices.Contains(s.allowed, s.value) {
			panic(unsupported("%s %q; %q are known", s.name, s.value, s.allowed))
		}
	}
}

// matrix is the linear map of an axis, out×in: row i weighs the elements of
// which element i of the result is made. Operators.md, Resize, has the formulas.
func (r resampler) matrix(a resized) []float32 {
	m := make([]float32, a.out*a.in)
	sums := make([]float64, a.in)
	for i := range a.out {
		row := m[i*a.in : (i+1)*a.in]
		x := r.place(a, float64(i))
		if r.beyond(a, i) {
			continue // zeros
		}
		if r.mode == modeNearest {
			row[inside(r.pick(x), a.in)] = 1
			continue
		}
		r.weigh(row, sums, x, a.scale)
	}
	return m
}

// beyond says that element i of a part lies outside the array.
func (r resampler) beyond(a resized, i int) bool {
	x := r.place(a, float64(i))
	return r.coordinates == coordinatesCrop && !(x >= 0 && x <= float64(a.in-1))
}

// place is where element i of the result lies among the old elements. With the
// factor exactly out/in, i·in/out has one rounding less than i/scale.
func (r resampler) place(a resized, i float64) float64 {
	in, out := float64(a.in), float64(a.out)
	back := func(i float64) float64 {
		if a.scale == out/in {
			return i * in / out
		}
		return i / a.scale
	}
	switch r.coordinates {
	case "asymmetric":
		return back(i)
	case "tf_half_pixel_for_nn":
		return back(i + 0.5)
	case coordinatesCrop:
		if a.out == 1 {
			return (a.start + a.end) / 2 * (in - 1)
		}
		return a.start*(in-1) + i*(a.end-a.start)*(in-1)/(out-1)
	case "align_corners":
		if a.out == 1 {
			return 0
		}
		return i * (in - 1) / (out - 1)
	case "pytorch_half_pixel":
		if a.out == 1 {
			return 0
		}
	case "half_pixel_symmetric":
		return in/2*(1-out/(a.scale*in)) + back(i+0.5) - 0.5
	}
	return back(i+0.5) - 0.5
}

// pick rounds a place to an element.
func (r resampler) pick(x float64) int {
	switch r.nearest {
	case "floor":
		return int(math.Floor(x))
	case "ceil":
		return int(math.Ceil(x))
	case "round_prefer_ceil":
		return int(math.Floor(x + 0.5))
	}
	return int(math.Ceil(x - 0.5))
}

// reach is how far the kernel extends, in elements, and by what its distances are multiplied.
func (r resampler) reach(scale float64) (s float64, elements int) {
	s = 1
	if r.antialias {
		s = min(scale, 1)
	}
	support := 1.0
	if r.mode == modeCubic {
		support = 2
	}
	return s, int(min(math.Ceil(support/s), maxElements))
}

// weigh fills a row for the place x: the kernel's values at the elements around
// it. Elements beyond the ends count as the outermost, or not at all; with
// antialias the kernel grows as the array shrinks.
func (r resampler) weigh(row []float32, sums []float64, x, scale float64) {
	s, reach := r.reach(scale)
	first := 1 - reach
	base := int(math.Ceil(x)) - 1
	clear(sums)
	total := 0.0
	for i := base + first; i <= base+1-first; i++ {
		if r.exclude && (i < 0 || i >= len(row)) {
			continue
		}
		w := r.kernel(math.Abs(float64(i)-x) * s)
		sums[inside(i, len(row))] += w
		total += w
	}
	if total == 0 { // beyond the ends, with nothing there
		sums[inside(base, len(row))], total = 1, 1
	}
	for i, w := range sums {
		row[i] = float32(w / total)
	}
}

// kernel is a triangle, or Keys' cubic with parameter a, at a distance.
func (r resampler) kernel(d float64) float64 {
	switch {
	case r.mode == modeLinear:
		return max(0, 1-d)
	case d <= 1:
		return ((r.a+2)*d-(r.a+3))*d*d + 1
	case d < 2:
		return ((d-5)*d+8)*d*r.a - 4*r.a
	}
	return 0
}

// inside is the nearest place from 0 to n-1.
func inside(i, n int) int { return min(max(i, 0), n-1) }
