package linear

import "math"

// advance moves b, and its scores, along its direction to the minimum of its
// objective there.
func (s *newton) advance(b *binary) {
	t := s.lineSearch(b, 0)
	for j, v := range b.step {
		b.w[j] += t * v
	}
	for i, v := range b.zstep {
		b.z[i] += t * v
	}
}

// lineSearch returns the t ≥ 0 where φ(t) = f(w + t·step), convex and piecewise
// quadratic, is least: Newton's method on φ′ from t = 1, kept in a bracket. off is
// by how much φ′ is larger than what the products of the rows with the step say,
// where these are not exact: near the minimum it is a small difference of large sums.
func (s *newton) lineSearch(b *binary, off float64) float64 {
	var ws, ss float64
	for j, v := range b.step {
		ws += b.w[j] * v
		ss += v * v
	}
	ws += off
	first, _ := s.slope(b, 0, ws, ss)
	lo, hi := 0.0, math.Inf(1)
	t := 1.0
	for range 60 {
		d1, d2 := s.slope(b, t, ws, ss)
		if math.Abs(d1) <= 1e-6*math.Abs(first) {
			break
		}
		if d1 < 0 {
			lo = t
		} else {
			hi = t
		}
		next := t - d1/d2
		switch {
		case next > lo && next < hi:
			t = next
		case math.IsInf(hi, 1):
			t = 2 * lo
		default:
			t = (lo + hi) / 2
		}
	}
	return t
}

// slope returns φ′(t) and φ″(t).
func (s *newton) slope(b *binary, t, ws, ss float64) (d1, d2 float64) {
	for i, z := range b.z {
		y, v := sign(s.y[i] == b.class), b.zstep[i]
		if h := 1 - y*(z+t*v); h > 0 {
			d1 -= h * y * v
			d2 += v * v
		}
	}
	return ws + t*ss + 2*s.c*d1, ss + 2*s.c*d2
}
