package dense

import "repbench/internal/simd"

// rowDots sets dst[q] to the product of x and row first+q of m, from column col on, for q <
// count. It works in groups of rows: dst has room for a whole number of them, and what it
// writes beyond count has no meaning.
func rowDots(w *simd.WideRows, dst []float64, m *Matrix, first, count, col int, x []float64) {
	for q := 0; q < count && len(x) > 0; q += w.Group {
		rows := min(w.Group, m.Rows-first-q)
		w.Dots(dst[q:], m.Data[(first+q)*m.Stride+col:], m.Stride, rows, x)
	}
	if len(x) == 0 {
		clear(dst[:count])
	}
}

// rowCombine adds to y the rows first+q of m, from column col on, each times f[q], for q <
// count. f has room for a whole number of groups of rows, and is set to 0 beyond count.
func rowCombine(w *simd.WideRows, y, f []float64, m *Matrix, first, count, col int) {
	if len(y) == 0 {
		return
	}
	clear(f[count:roundUp(count, w.Group)])
	for q := 0; q < count; q += w.Group {
		rows := min(w.Group, m.Rows-first-q)
		w.Combine(y, f[q:q+rows], m.Data[(first+q)*m.Stride+col:], m.Stride, rows)
	}
}
