package simd

// The transforms of Winograd's convolution with 3 by 3 kernels, which computes squares of 2 by 2
// outputs from squares of 4 by 4 inputs with 16 products per pair of channels in place of 36.
// They are exact but for the rounding of sums of at most four, and of nine, values.

// WinogradIn transforms the 4 by 4 positions from x on, row and cell apart, channel by channel:
// it sets dst[(4*r+s)*step+c] to value r, s of Bᵀ·x·B, for c < channels, a multiple of Lanes.
func (t *Tile) WinogradIn(dst []float32, step int, x []float32, row, cell, channels int) {
	if channels < 1 {
		return
	}
	_, _ = dst[15*step+channels-1], x[3*row+3*cell+channels-1]
	if t.winogradIn != nil && channels%t.Lanes == 0 {
		t.winogradIn(noescape(&dst[0]), step, noescape(&x[0]), row, cell, channels/t.Lanes)
		return
	}
	for c := range channels {
		var a, b [16]float32
		for i := range a {
			a[i] = x[i/4*row+i%4*cell+c]
		}
		for s := range 4 {
			b[s], b[4+s], b[8+s], b[12+s] = a[s]-a[8+s], a[4+s]+a[8+s], a[8+s]-a[4+s], a[4+s]-a[12+s]
		}
		for r := range 4 {
			q := b[4*r:]
			for s, v := range [4]float32{q[0] - q[2], q[1] + q[2], q[2] - q[1], q[1] - q[3]} {
				dst[(4*r+s)*step+c] = v
			}
		}
	}
}

// WinogradOut transforms the products of a square, in the order of WinogradIn, to the 2 by 2
// outputs from y on, row and cell apart: Aᵀ·m·A. A row or cell of 0 leaves the second row or
// column out.
func (t *Tile) WinogradOut(y []float32, row, cell int, m []float32, step, channels int) {
	if channels < 1 {
		return
	}
	_, _ = y[row+cell+channels-1], m[15*step+channels-1]
	if t.winogradOut != nil && channels%t.Lanes == 0 {
		t.winogradOut(noescape(&y[0]), row, cell, noescape(&m[0]), step, channels/t.Lanes)
		return
	}
	for c := range channels {
		var a [16]float32
		for i := range a {
			a[i] = m[i*step+c]
		}
		for r := 1; r >= 0; r-- {
			var t [4]float32
			for s := range t {
				if r == 0 {
					t[s] = a[s] + a[4+s] + a[8+s]
				} else {
					t[s] = a[4+s] - a[8+s] - a[12+s]
				}
			}
			y[r*row+cell+c] = t[1] - t[2] - t[3]
			y[r*row+c] = t[0] + t[1] + t[2]
		}
	}
}
