package netfile

import "math"

// resampling is the matrix [out][in] that resamples a line of that many pixels
// with a filter that grows with the scale, so that shrinking does not alias: the
// filters "bilinear" (triangle) and "bicubic" (Keys, a = -1/2) of Pillow, and of
// PyTorch's interpolate with antialias=True, without their rounding. Rows add up
// to 1; pixel i covers [i, i+1], and what lies outside is left out.
func resampling(method string, in, out int) [][]float32 {
	filter, radius := tent, 1.0
	if method == ResizeBicubic {
		filter, radius = keys, 2.0
	}
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
			weights[j] = filter((float64(j) - centre + 0.5) / stretch)
			sum += weights[j]
		}
		m[i] = make([]float32, in)
		for j := lo; j < hi; j++ {
			m[i][j] = float32(weights[j] / sum)
		}
	}
	return m
}

func tent(x float64) float64 { return max(0, 1-math.Abs(x)) }

// keys is the cubic convolution kernel of Keys, 1981, with a = -1/2.
func keys(x float64) float64 {
	const a = -0.5
	switch x = math.Abs(x); {
	case x < 1:
		return ((a+2)*x-(a+3))*x*x + 1
	case x < 2:
		return (((x-5)*x+8)*x - 4) * a
	}
	return 0
}
