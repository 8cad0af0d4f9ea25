package netfile

import "repbench/datasets/resize"

// resampling is the matrix [out][in] that resamples a line of that many pixels
// with a filter that grows with the scale, so that shrinking does not alias: the
// filters "bilinear" (triangle) and "bicubic" (Keys, a = -1/2) of Pillow, and of
// PyTorch's interpolate with antialias=True, without their rounding. Rows add up
// to 1; pixel i covers [i, i+1], and what lies outside is left out.
func resampling(method string, in, out int) [][]float32 {
	filter := resize.Bilinear
	if method == ResizeBicubic {
		filter = resize.Bicubic
	}
	radius := filter.Support()
	scale := float64(in) / float64(out)
	stretch := max(scale, 1)
	m := make([][]float32, out)
	for i := range m {
		centre := (float64(i) + 0.5) * scale
		lo := max(0, int(centre-radius*stretch+0.5))
		hi := min(in, int(centre+radius*stretch+0.5))
		weights := make([]float64, in)
		sum := 0.0
		for j := lo; j < hi; j++ {
			weights[j] = filter.At((float64(j) - centre + 0.5) / stretch)
			sum += weights[j]
		}
		m[i] = make([]float32, in)
		for j := lo; j < hi; j++ {
			m[i][j] = float32(weights[j] / sum)
		}
	}
	return m
}
