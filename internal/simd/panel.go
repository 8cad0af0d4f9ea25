package simd

import "fmt"

// dotColumns is the number of columns after which Dot widens its float32 sums and moves to the
// next rows. 5 vectors of 1,024 float32 are 20 KiB, which stay in the first-level cache while
// the kernel runs over the rows of a call. Over the 16 lanes of AVX-512 a float32 sum then has
// 64 terms.
const dotColumns = 1024

// portableColumns is the same number for the portable loop, whose sums have one lane.
const portableColumns = 128

// Panel holds K weight vectors of D elements, packed for the kernels. The zero
// value is an empty panel; Pack fills it and may be called again.
type Panel[T Float] struct {
	k, d int
	kern *kernels
	// data holds the vectors in groups of Width. In a group the vectors are interleaved in
	// steps of lanes columns; the columns beyond the last whole step are interleaved one by
	// one. Column c of a group starts at c*Width.
	data []T
}

// K returns the number of vectors.
func (p *Panel[T]) K() int { return p.k }

// D returns the length of the vectors.
func (p *Panel[T]) D() int { return p.d }

// Stride returns the row stride of the results of Dot: K rounded up to a
// multiple of Width.
func (p *Panel[T]) Stride() int { return Padded(p.k) }

// Pack fills p with the vectors w, all of one length, rounded to T. It panics if the lengths
// differ.
func (p *Panel[T]) Pack(w [][]float64) { pack(p, active, w) }

// PackRows is Pack for vectors that are float32 rows of data.
func (p *Panel[T]) PackRows(w [][]float32) { pack(p, active, w) }

func pack[T, S Float](p *Panel[T], kern *kernels, w [][]S) {
	p.kern, p.k, p.d = kern, len(w), 0
	if p.k > 0 {
		p.d = len(w[0])
	}
	size := Padded(p.k) * p.d
	if cap(p.data) < size {
		p.data = make([]T, size)
	}
	p.data = p.data[:size]
	zeros := make([]S, p.d)
	for k := range Padded(p.k) {
		v := zeros
		if k < p.k {
			v = w[k]
		}
		if len(v) != p.d {
			panic(fmt.Sprintf("simd: vector %d has %d elements, vector 0 has %d", k, len(v), p.d))
		}
		first := k / Width * Width * p.d
		packVector(p.data[first:first+Width*p.d], k%Width, p.lanes(), v)
	}
}

// packVector writes v as vector k of a group.
func packVector[T, S Float](group []T, k, lanes int, v []S) {
	whole := len(v) - len(v)%lanes
	for c := 0; c < whole; c += lanes {
		dst := group[c*Width+k*lanes:][:lanes]
		for i, x := range v[c : c+lanes] {
			dst[i] = T(x)
		}
	}
	for c := whole; c < len(v); c++ {
		group[c*Width+k] = T(v[c])
	}
}

func (p *Panel[T]) lanes() int { return opsOf[T](p.kern).lanes }

// Dot sets dst[i*p.Stride()+k] to rows[i]·w[k] for each row i and vector k, and the padding
// columns to zero. Each row has D elements or more, of which the first D are used; dst has
// len(rows)·Stride() elements or more. It panics on operands that are too short.
func (p *Panel[T]) Dot(dst []float64, rows [][]float32) {
	stride := p.Stride()
	dst = dst[:len(rows)*stride]
	clear(dst)
	checkRows(rows, p.d)
	if len(dst) == 0 {
		return
	}
	o := opsOf[T](p.kern)
	whole := 0
	if o.dot != nil {
		whole = p.d - p.d%o.lanes
		for c := 0; c < whole; c += dotColumns {
			p.dotChunk(o, dst, rows, c, min(dotColumns, whole-c))
		}
	}
	for c := whole; c < p.d; c += portableColumns {
		end := min(c+portableColumns, p.d)
		for i, row := range rows {
			for k := 0; k < stride; k += Width {
				w := p.data[k*p.d+c*Width : k*p.d+end*Width]
				dotRow(row[c:end], w, dst[i*stride+k:i*stride+k+Width])
			}
		}
	}
}

// dotChunk adds the products of n columns from col.
func (p *Panel[T]) dotChunk(o *ops[T], dst []float64, rows [][]float32, col, n int) {
	stride, tile := p.Stride(), p.kern.rows
	i := 0
	for ; i+tile <= len(rows); i += tile {
		for k := 0; k < stride; k += Width {
			o.dot(noescape(&rows[i]), col, n, &p.data[k*p.d+col*Width], noescape(&dst[i*stride+k]), stride)
		}
	}
	if i == len(rows) {
		return
	}
	// The last rows are filled up to a tile with copies, whose results are discarded.
	var last [4][]float32
	for r := range last {
		last[r] = rows[min(i+r, len(rows)-1)]
	}
	for k := 0; k < stride; k += Width {
		var out [4 * Width]float64
		o.dot(noescape(&last[0]), col, n, &p.data[k*p.d+col*Width], noescape(&out[0]), Width)
		for r := range len(rows) - i {
			for j := range Width {
				dst[(i+r)*stride+k+j] += out[r*Width+j]
			}
		}
	}
}

// checkRows panics if a row has fewer than d columns: the kernels do not check bounds.
func checkRows(rows [][]float32, d int) {
	for i, row := range rows {
		if len(row) < d {
			panic(fmt.Sprintf("simd: row %d has %d columns, want %d", i, len(row), d))
		}
	}
}
