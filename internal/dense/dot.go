package dense

// dotProduct returns Σ x·y, with four sums. float64(…) keeps compilers from fusing products
// and sums.
func dotProduct(x, y []float64) float64 {
	y = y[:len(x)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(x); i += 4 {
		s0 += float64(x[i] * y[i])
		s1 += float64(x[i+1] * y[i+1])
		s2 += float64(x[i+2] * y[i+2])
		s3 += float64(x[i+3] * y[i+3])
	}
	for ; i < len(x); i++ {
		s0 += float64(x[i] * y[i])
	}
	return s0 + s1 + s2 + s3
}

func sumSquares(x []float64) float64 { return dotProduct(x, x) }
