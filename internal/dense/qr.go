package dense

import "repbench/internal/simd"

// reflectorRows is the number of columns of the triangle that are reduced before the others hear
// of them.
const reflectorRows = 128

// triangle is the upper triangular factor R of a QR factorisation to which rows are added,
// block by block: R stays as large as it is whatever the number of rows.
type triangle struct {
	r    *Matrix // k×k
	work *workspace
	rows *simd.WideRows
	// t is the matrix T of a panel's reflections, I − V·T·Vᵀ (Schreiber and Van Loan, A Storage-
	// Efficient WY Representation for Products of Householder Transformations, 1989); w is
	// Vᵀ times the other columns, and u is Tᵀ·w.
	t, w, u *Matrix
	f       []float64
}

func newTriangle(k, threads int) *triangle {
	p := min(roundUp(k, 8), reflectorRows)
	return &triangle{r: New(k, k), work: newWorkspace(threads), rows: simd.Rows64(), t: New(p, p), w: New(p, k), u: New(p, k), f: make([]float64, p)}
}

// add replaces R by the factor of R with rows below it: those are the columns of b (k×rows),
// which it spoils. A reflection is 1 in its row of R and lies else in the new rows alone.
func (t *triangle) add(b *Matrix) {
	k := t.r.Rows
	for j0 := 0; j0 < k; j0 += reflectorRows {
		j1 := min(j0+reflectorRows, k)
		t.panel(b, j0, j1)
		if j1 < k {
			t.others(b, j0, j1)
		}
	}
}

// panel reduces the columns [j0, j1) of R: row j of b becomes the reflection of column j.
func (t *triangle) panel(b *Matrix, j0, j1 int) {
	clear(t.t.Data)
	for j := j0; j < j1; j++ {
		p, v := j-j0, b.Row(j)
		t.apply(b, j0, j)
		beta, tau := householder(v, t.r.place(j, j))
		t.r.Set(j, j, beta)
		if tau == 0 {
			clear(v)
			continue
		}
		t.t.Set(p, p, tau)
		rowDots(t.rows, t.f, b, j0, p, 0, v)
		for q := range p { // T[:p, p] = −τ·T·(Vᵀv)
			var sum float64
			for s := q; s < p; s++ {
				sum += t.t.At(q, s) * t.f[s]
			}
			t.t.Set(q, p, -tau*sum)
		}
	}
}

// apply applies the reflections from j0 on, before j, to column j.
func (t *triangle) apply(b *Matrix, j0, j int) {
	p, v := j-j0, b.Row(j)
	rowDots(t.rows, t.f, b, j0, p, 0, v)
	for q := range p {
		t.f[q] += t.r.At(j0+q, j)
	}
	for q := p - 1; q >= 0; q-- { // Tᵀ·w, the last first
		var sum float64
		for s := range q + 1 {
			sum += t.t.At(s, q) * t.f[s]
		}
		t.f[q] = -sum
		t.r.Set(j0+q, j, t.r.At(j0+q, j)-sum)
	}
	rowCombine(t.rows, v, t.f, b, j0, p, 0)
}

// others applies the reflections of the columns [j0, j1) to the columns after them.
func (t *triangle) others(b *Matrix, j0, j1 int) {
	k, p := t.r.Rows, j1-j0
	v, rest := b.Part(j0, j1, 0, b.Cols), b.Part(j1, k, 0, b.Cols)
	w, u := t.w.Part(0, p, j1, k), t.u.Part(0, p, j1, k)
	for q := range p {
		copy(w.Row(q), t.r.Row(j0 + q)[j1:])
	}
	t.work.multiply(w, Operand{M: v}, Operand{M: rest, Transposed: true}, true)
	t.work.multiply(u, Operand{M: t.t.Part(0, p, 0, p), Transposed: true}, Operand{M: w}, false)
	for q := range p {
		row := t.r.Row(j0 + q)[j1:]
		for j, x := range u.Row(q) {
			row[j] -= x
		}
	}
	t.work.multiply(rest, Operand{M: u, Transposed: true, Negative: true}, Operand{M: v}, true)
}

// place is the address of element (i, j).
func (m *Matrix) place(i, j int) *float64 { return &m.Data[i*m.Stride+j] }
