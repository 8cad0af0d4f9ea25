package dense

// pack writes a part of a factor as the kernel reads it, in panels of w lines, one after the
// other: element l of line v of a panel that starts with line p goes to (l-l0)·w+v-p of the
// panel, and lines beyond v1 are zeros. With ofRows the lines are rows of the factor, and l
// counts its columns; else lines are columns, and l counts rows.
func pack(dst []float64, w int, o Operand, l0, l1, v0, v1 int, ofRows bool) {
	byRows := ofRows != o.Transposed
	if !byRows {
		packAlong(dst, w, o.M, l0, l1, v0, v1)
	}
	size := w * (l1 - l0)
	for p := v0; p < v1; p += w {
		panel, end := dst[(p-v0)/w*size:][:size], min(p+w, v1)
		if byRows {
			packAcross(panel, w, o.M, l0, l1, p, end)
		}
		if o.Lower {
			clearUpper(panel, w, l0, l1, p, end, byRows)
		}
		if o.Negative {
			for i, v := range panel {
				panel[i] = -v
			}
		}
	}
}

// packAlong packs lines that are columns of m: each row is read once, from left to right.
func packAlong(dst []float64, w int, m *Matrix, l0, l1, v0, v1 int) {
	size := w * (l1 - l0)
	for l := l0; l < l1; l++ {
		row := m.Data[l*m.Stride+v0 : l*m.Stride+v1]
		at := (l - l0) * w
		for len(row) >= w {
			copy(dst[at:at+w], row)
			row, at = row[w:], at+size
		}
		if len(row) > 0 {
			clear(dst[at : at+w])
			copy(dst[at:at+w], row)
		}
	}
}

// packAcross packs lines that are rows of m, four at a time.
func packAcross(dst []float64, w int, m *Matrix, l0, l1, v0, v1 int) {
	if v1-v0 < w {
		clear(dst)
	}
	v := v0
	for ; v+4 <= v1; v += 4 {
		at := dst[v-v0:]
		r0 := m.Data[v*m.Stride+l0 : v*m.Stride+l1]
		r1 := m.Data[(v+1)*m.Stride+l0:][:len(r0)]
		r2 := m.Data[(v+2)*m.Stride+l0:][:len(r0)]
		r3 := m.Data[(v+3)*m.Stride+l0:][:len(r0)]
		for l, x := range r0 {
			q := at[l*w:][:4:4]
			q[0], q[1], q[2], q[3] = x, r1[l], r2[l], r3[l]
		}
	}
	for ; v < v1; v++ {
		for l, x := range m.Data[v*m.Stride+l0 : v*m.Stride+l1] {
			dst[l*w+v-v0] = x
		}
	}
}

// clearUpper sets to zero what lies above the diagonal of the matrix. byRows: lines are its
// rows, else its columns.
func clearUpper(dst []float64, w, l0, l1, v0, v1 int, byRows bool) {
	for v := v0; v < v1; v++ {
		from, to := max(l0, v+1), l1 // the columns right of row v
		if !byRows {
			from, to = l0, min(l1, v) // the rows above column v
		}
		for l := from; l < to; l++ {
			dst[(l-l0)*w+v-v0] = 0
		}
	}
}
