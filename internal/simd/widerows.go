package simd

// WideRows are kernels that run once over a group of rows of float64 beside a vector, so that
// each element of the rows is read from memory once. Products and sums are float64. A sum has
// one order for a length and an instruction set.
//
// Row r of a group is a[r*stride:]; a group has up to Group rows.
type WideRows struct {
	// Group is the largest number of rows of a call.
	Group int

	isa                  ISA
	lanes                int
	dots, combine, fused func(a *float64, stride, n int, x, dots, f, y *float64)
}

// ISA returns the instruction set of the kernels.
func (w *WideRows) ISA() ISA { return w.isa }

var portableRows = &WideRows{Group: 4, isa: Portable, lanes: 1}

// Dots sets dots[r] to the product of row r and x for r < rows ≤ Group; rows have len(x)
// elements or more. It panics on operands that are too short.
func (w *WideRows) Dots(dots, a []float64, stride, rows int, x []float64) {
	clear(dots[:rows])
	whole := w.whole(rows, len(x), a, stride)
	if whole > 0 {
		w.dots(noescape(&a[0]), stride, whole, noescape(&x[0]), noescape(&dots[0]), nil, nil)
	}
	for r := range rows {
		dots[r] += dot(a[r*stride+whole:], x[whole:])
	}
}

// Combine adds row r times f[r], for r < rows ≤ Group, to y; rows have len(y) elements or
// more. It panics on operands that are too short.
func (w *WideRows) Combine(y, f, a []float64, stride, rows int) {
	whole := w.whole(rows, len(y), a, stride)
	if whole > 0 {
		w.combine(noescape(&a[0]), stride, whole, nil, nil, noescape(&f[0]), noescape(&y[0]))
	}
	for r, v := range f[:rows] {
		addTo(y[whole:], v, a[r*stride+whole:])
	}
}

// Both is Dots and Combine in one run over the rows: x and y have the same length and do not
// overlap.
func (w *WideRows) Both(dots, y, f, a []float64, stride, rows int, x []float64) {
	clear(dots[:rows])
	y = y[:len(x)]
	whole := w.whole(rows, len(x), a, stride)
	if whole > 0 {
		w.fused(noescape(&a[0]), stride, whole, noescape(&x[0]), noescape(&dots[0]), noescape(&f[0]), noescape(&y[0]))
	}
	for r, v := range f[:rows] {
		row := a[r*stride+whole:]
		dots[r] += dot(row, x[whole:])
		addTo(y[whole:], v, row)
	}
}

// whole checks the rows and returns the number of columns for the kernels: 0 where a group is
// not full.
func (w *WideRows) whole(rows, n int, a []float64, stride int) int {
	if rows < 1 || rows > w.Group {
		panic("simd: a group has too many rows")
	}
	_ = a[:(rows-1)*stride+n]
	if rows < w.Group || w.dots == nil {
		return 0
	}
	return n - n%w.lanes
}

// dot returns the product of the first len(x) elements of a and x. float64(…) keeps compilers
// from fusing the product with the sum.
func dot(a, x []float64) float64 {
	a = a[:len(x)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(x); i += 4 {
		s0 += float64(a[i] * x[i])
		s1 += float64(a[i+1] * x[i+1])
		s2 += float64(a[i+2] * x[i+2])
		s3 += float64(a[i+3] * x[i+3])
	}
	for ; i < len(x); i++ {
		s0 += float64(a[i] * x[i])
	}
	return s0 + s1 + s2 + s3
}

// addTo adds f·a to y.
func addTo(y []float64, f float64, a []float64) {
	a = a[:len(y)]
	for i, v := range a {
		y[i] += float64(f * v)
	}
}
