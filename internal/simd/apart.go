package simd

// aheadValues is about the number of values by which CopyApart prefetches whole rows ahead.
const aheadValues = 1024

// CopyApart copies rows of n values: it sets dst[i*dstStep+j] = src[i*srcStep+j] for i < rows and
// j < n. dst must not overlap src.
func (t *Tile) CopyApart(dst []float32, dstStep int, src []float32, srcStep, rows, n int) {
	if rows < 1 || n < 1 {
		return
	}
	_, _ = dst[:(rows-1)*dstStep+n], src[:(rows-1)*srcStep+n]
	if t.copyApart == nil {
		copyApartLoop(dst, dstStep, src, srcStep, rows, n)
		return
	}
	t.copyApart(noescape(&dst[0]), dstStep, noescape(&src[0]), srcStep, rows, n, max(1, aheadValues/n)*srcStep)
}

// copyApartLoop is CopyApart in plain Go.
func copyApartLoop(dst []float32, dstStep int, src []float32, srcStep, rows, n int) {
	for i := range rows {
		copy(dst[i*dstStep:][:n], src[i*srcStep:])
	}
}
