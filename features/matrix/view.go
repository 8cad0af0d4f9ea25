package matrix

import (
	"fmt"
	"math"

	"repbench/internal/npy"
	"repbench/internal/simd"
)

// View is a view of N rows and D columns of a row-major feature matrix. It
// owns nothing and copies nothing: the storage may be a memory map, is only
// read, and must outlive the view.
//
// Element (i, j) is storage[r·Stride + Offset + j] with r = i, or r = Index[i]
// where there is an index.
type View struct {
	// Data is float32 storage. Half is float16 storage (IEEE bits), used when Data
	// is nil: it is converted block by block at every pass, so that memory stays
	// flat and a pass reads half the bytes.
	Data []float32
	// Half is float16 storage (IEEE bits).
	Half []uint16
	// N and D are the rows and columns of the view.
	N, D int
	// Stride is the number of columns of the storage (0: D), Offset the position
	// of element (0, 0).
	Stride, Offset int
	// Index, when not nil, holds the N storage rows of the view, in any order.
	Index []int32
	// Release, when not nil, receives the range [lo, hi) of elements of the storage that a pass
	// is done with, about releaseBytes at a time, so that a memory map can give
	// their pages back. It is called by several goroutines at once and must leave
	// the elements as they are: they are read again.
	Release func(lo, hi int)
	// ReleaseEvery is the number of bytes that a Reader reads between calls of Release;
	// 0: 32 MiB.
	ReleaseEvery int
}

// New returns the view of all of data, n×d row-major float32.
func New(data []float32, n, d int) (View, error) {
	m := View{Data: data, N: n, D: d, Stride: d}
	return m, m.Validate()
}

// NewHalf is New for float16 bits.
func NewHalf(bits []uint16, n, d int) (View, error) {
	m := View{Half: bits, N: n, D: d, Stride: d}
	return m, m.Validate()
}

// Cols returns the columns [lo, hi) of the view, for example one layer of a
// feature matrix. It panics when the range lies outside, like a slice.
func (m View) Cols(lo, hi int) View {
	if lo < 0 || hi < lo || hi > m.D {
		panic(fmt.Sprintf("matrix: columns [%d, %d) of %d", lo, hi, m.D))
	}
	m.Stride = m.stride()
	m.Offset += lo
	m.D = hi - lo
	return m
}

// Rows returns the rows [lo, hi) of the view. It panics when the range lies
// outside, like a slice.
func (m View) Rows(lo, hi int) View {
	if lo < 0 || hi < lo || hi > m.N {
		panic(fmt.Sprintf("matrix: rows [%d, %d) of %d", lo, hi, m.N))
	}
	m.Stride = m.stride()
	m.N = hi - lo
	if m.Index != nil {
		m.Index = m.Index[lo:hi]
	} else {
		m.Offset += lo * m.Stride
	}
	return m
}

// Subset returns the rows of the view that index names, in its order, without
// copying them. It panics on an index outside [0, N), like a slice.
func (m View) Subset(index []int32) View {
	rows := make([]int32, len(index))
	for i, r := range index {
		if r < 0 || int(r) >= m.N {
			panic(fmt.Sprintf("matrix: row %d of %d", r, m.N))
		}
		rows[i] = r
		if m.Index != nil {
			rows[i] = m.Index[r]
		}
	}
	m.Index, m.N = rows, len(rows)
	return m
}

func (m View) stride() int {
	if m.Stride == 0 {
		return m.D
	}
	return m.Stride
}

// stored returns the row of the storage that holds row i of the view, counted
// from the row of Offset.
func (m View) stored(i int) int {
	if m.Index != nil {
		return int(m.Index[i])
	}
	return i
}

// Validate says what is wrong with the shape of the view, or nil.
func (m View) Validate() error {
	size := len(m.Data)
	if m.Data == nil {
		size = len(m.Half)
	}
	switch {
	case m.N < 0 || m.D < 0 || m.Offset < 0:
		return fmt.Errorf("matrix of %d rows, %d columns at offset %d: negative", m.N, m.D, m.Offset)
	case m.Data != nil && m.Half != nil:
		return fmt.Errorf("matrix with both float32 and float16 storage; set one of Data and Half")
	case m.stride() < m.D:
		return fmt.Errorf("matrix with %d columns in rows of %d", m.D, m.stride())
	case m.Index != nil && len(m.Index) != m.N:
		return fmt.Errorf("matrix of %d rows with an index of %d", m.N, len(m.Index))
	}
	last := m.N - 1
	if m.Index != nil {
		last = 0 // rows may repeat
	}
	for i, r := range m.Index {
		if r < 0 {
			return fmt.Errorf("index %d names row %d", i, r)
		}
		last = max(last, int(r))
	}
	if m.N > 0 && last*m.stride()+m.Offset+m.D > size {
		return fmt.Errorf("matrix of %d rows and %d columns (stride %d, offset %d) needs %d elements, its storage has %d",
			last+1, m.D, m.stride(), m.Offset, last*m.stride()+m.Offset+m.D, size)
	}
	return nil
}

// BlockRows is the number of rows that a pass works on at once: 32 rows of
// 7,168 float32 fill about the second-level cache, where the second product of
// a fused pass finds them again.
const BlockRows = 32

// releaseBytes is how much a reader reads before it gives it back: few calls,
// and little memory with many threads.
const releaseBytes = 32 << 20

// Reader gives the rows of a matrix in blocks, each reader its own buffers.
type Reader struct {
	// M is the matrix to read; it must not change once reading has begun.
	M    View
	rows [BlockRows][]float32
	half []float32
	// first and end are the storage rows that were read and not given back.
	first, end int
}

// Read returns the rows [lo, hi), at most BlockRows. They are valid until the
// next call and must not be written to.
func (r *Reader) Read(lo, hi int) [][]float32 {
	d := r.M.D
	if r.M.Data == nil && r.half == nil {
		r.half = make([]float32, BlockRows*d)
	}
	if r.M.Release != nil && lo < hi {
		r.giveBack(r.M.stored(lo), r.M.stored(hi-1)+1)
	}
	for i := range hi - lo {
		at := r.M.stored(lo+i)*r.M.stride() + r.M.Offset
		if r.M.Data != nil {
			r.rows[i] = r.M.Data[at : at+d : at+d]
			continue
		}
		row := r.half[i*d : (i+1)*d : (i+1)*d]
		simd.Widen(row, r.M.Half[at:at+d])
		r.rows[i] = row
	}
	return r.rows[:hi-lo]
}

// giveBack is called before the storage rows [first, end) are read. It gives back
// the rows read before once they are many, or lie elsewhere.
func (r *Reader) giveBack(first, end int) {
	many := releaseBytes
	if r.M.ReleaseEvery > 0 {
		many = r.M.ReleaseEvery
	}
	if (r.end-r.first)*r.M.rowBytes() >= many || first < r.end || first > r.end+BlockRows {
		r.M.release(r.first, r.end)
		r.first = first
	}
	r.end = end
}

// rowBytes is the size of a row of the storage.
func (m View) rowBytes() int {
	if m.Data != nil {
		return 4 * m.stride()
	}
	return 2 * m.stride()
}

// release gives back the rows [first, end) of the storage.
func (m View) release(first, end int) {
	if first < end {
		m.Release(first*m.stride()+m.Offset, (end-1)*m.stride()+m.Offset+m.D)
	}
}

// GiveBack reports to Release, if there is one, that the rows [lo, hi) of the view
// will not be read for a while. It panics when the range lies outside.
func (m View) GiveBack(lo, hi int) {
	if m.Release == nil || lo == hi {
		return
	}
	first, end := math.MaxInt, 0
	for i := lo; i < hi; i++ {
		first, end = min(first, m.stored(i)), max(end, m.stored(i)+1)
	}
	m.release(first, end)
}

// At returns element (i, j).
func (m View) At(i, j int) float32 {
	p := m.stored(i)*m.stride() + m.Offset + j
	if m.Data != nil {
		return m.Data[p]
	}
	return npy.Float16ToFloat32(m.Half[p])
}

// Row returns row i. Float16 elements are converted into buf, which has room for D
// elements; float32 elements are a slice of the storage. The row must not be written to.
func (m View) Row(i int, buf []float32) []float32 {
	at := m.stored(i)*m.stride() + m.Offset
	if m.Data != nil {
		return m.Data[at : at+m.D : at+m.D]
	}
	buf = buf[:m.D]
	simd.Widen(buf, m.Half[at:at+m.D])
	return buf
}

// NotFinite returns an error that names the first element that is NaN or
// infinite, or nil.
func (m View) NotFinite() error {
	for i := range m.N {
		if j, v, found := m.NotFiniteIn(i); found {
			return fmt.Errorf("feature %d of row %d is %v: %w", j, m.stored(i), v, ErrNotFinite)
		}
	}
	return nil
}

// NotFiniteIn returns the first element of row i that is NaN or infinite, and its
// column.
func (m View) NotFiniteIn(i int) (column int, value float32, found bool) {
	for j := range m.D {
		if v := m.At(i, j); v-v != 0 {
			return j, v, true
		}
	}
	return 0, 0, false
}

// Address returns a pointer to the first element of row i in the storage, as a
// name of the row, or nil where a row has no element.
func (m View) Address(i int) any {
	p := m.stored(i)*m.stride() + m.Offset
	switch {
	case m.D == 0:
		return nil
	case m.Data != nil:
		return &m.Data[p]
	}
	return &m.Half[p]
}
