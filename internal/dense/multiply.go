package dense

import (
	"fmt"

	"repbench/internal/simd"
	"repbench/internal/tasks"
)

const (
	// depth is the number of terms that a tile adds up in registers: a panel of B of 256
	// rows and 16 columns is 32 KiB, which stay in the first-level cache.
	depth = 256
	// widest is the number of columns of B that are packed at once: 256×2,048 elements are
	// 4 MiB.
	widest = 2048
	// tallest is about the number of rows of A that a task packs at once: 112 rows of 256
	// are 224 KiB, which stay in the second-level cache.
	tallest = 112
	// panels is the number of panels of B that a task packs.
	panels = 8
)

// Operand is a factor of a product: a matrix or its transpose, times a number.
type Operand struct {
	// M is the matrix.
	M *Matrix
	// Transposed: the factor is the transpose of M.
	Transposed bool
	// Negative: the factor is −M.
	Negative bool
	// Lower: the elements of M above its diagonal count as 0, whatever they are.
	Lower bool
}

// rows and cols are the size of the factor.
func (o Operand) rows() int {
	if o.Transposed {
		return o.M.Cols
	}
	return o.M.Rows
}

func (o Operand) cols() int {
	if o.Transposed {
		return o.M.Rows
	}
	return o.M.Cols
}

// Multiply sets c to a·b, or adds the product if add is true. c shares no element with a or
// b. It panics when the sizes do not fit.
func Multiply(c *Matrix, a, b Operand, add bool, threads int) {
	newWorkspace(threads).multiply(c, a, b, add)
}

// MultiplyLower is Multiply for the elements on and below the diagonal of c, which is square.
// Some of those above change too, to values of no meaning.
func MultiplyLower(c *Matrix, a, b Operand, add bool, threads int) {
	newWorkspace(threads).multiplyLower(c, a, b, add)
}

// workspace holds the packed blocks of products, so that many products take memory once.
type workspace struct {
	threads int
	packed  []float64   // of B
	blocks  [][]float64 // of A, for each worker
	// tile is the kernel, that of the processor; tests try others.
	tile *simd.WideTile
}

func newWorkspace(threads int) *workspace {
	threads = max(1, threads)
	return &workspace{threads: threads, blocks: make([][]float64, threads), tile: simd.Wide()}
}

func (w *workspace) multiply(c *Matrix, a, b Operand, add bool) {
	product{workspace: w, c: c, a: a, b: b, add: add}.run()
}

func (w *workspace) multiplyLower(c *Matrix, a, b Operand, add bool) {
	c.square("the lower triangle")
	product{workspace: w, c: c, a: a, b: b, add: add, lower: true}.run()
}

// sized returns n elements of any values, those of buffer where it has as many.
func sized(buffer []float64, n int) []float64 {
	if cap(buffer) < n {
		return make([]float64, n)
	}
	return buffer[:n]
}

// product is a product of matrices under way.
type product struct {
	*workspace
	c     *Matrix
	a, b  Operand
	add   bool
	lower bool // only tiles that reach the diagonal or lie below it
}

func (p product) run() {
	k := p.a.cols()
	if p.b.rows() != k || p.c.Rows != p.a.rows() || p.c.Cols != p.b.cols() {
		panic(fmt.Sprintf("dense: %d×%d times %d×%d is not %d×%d", p.a.rows(), k, p.b.rows(), p.b.cols(), p.c.Rows, p.c.Cols))
	}
	if k == 0 && !p.add {
		for i := range p.c.Rows {
			clear(p.c.Row(i))
		}
	}
	p.packed = sized(p.packed, min(depth, k)*roundUp(min(widest, p.c.Cols), p.tile.Columns))
	for j0 := 0; j0 < p.c.Cols; j0 += widest {
		j1 := min(j0+widest, p.c.Cols)
		for l0 := 0; l0 < k; l0 += depth {
			l1 := min(l0+depth, k)
			p.packB(l0, l1, j0, j1)
			p.block(l0, l1, j0, j1)
		}
	}
}

// packB packs the rows [l0, l1) and columns [j0, j1) of B in panels of the tile's columns.
func (p product) packB(l0, l1, j0, j1 int) {
	w, n := p.tile.Columns, l1-l0
	step := panels * w
	tasks.Do(p.threads, (j1-j0+step-1)/step, func(_, task int) {
		from := j0 + task*step
		pack(p.packed[task*step*n:], w, p.b, l0, l1, from, min(from+step, j1), false)
	})
}

// block adds the products of the columns [l0, l1) of A with the packed panels of B.
func (p product) block(l0, l1, j0, j1 int) {
	h, n := p.tile.Rows, l1-l0
	step := p.step()
	first := 0
	if p.lower {
		first = j0 / step // rows above j0 have nothing below the diagonal
	}
	last := (p.c.Rows - 1) / step
	tasks.Do(p.threads, last-first+1, func(worker, task int) {
		a := sized(p.blocks[worker], n*step)
		p.blocks[worker] = a
		i0 := (last - task) * step // those with most tiles first
		i1 := min(i0+step, p.c.Rows)
		pack(a, h, p.a, l0, l1, i0, i1, true)
		p.tiles(a, p.packed, i0, i1, j0, j1, n, p.add || l0 > 0)
	})
}

// step returns the number of rows of a task: fewer for small matrices, so that there is work
// for all threads. It changes no sum.
func (p product) step() int {
	h := p.tile.Rows
	most := max(1, tallest/h)
	return h * min(most, max(1, p.c.Rows/(4*p.threads*h)))
}

// tiles runs the kernel over the packed rows [i0, i1) of A and columns [j0, j1) of B.
func (p product) tiles(a, b []float64, i0, i1, j0, j1, n int, add bool) {
	h, w := p.tile.Rows, p.tile.Columns
	for j := j0; j < j1; j += w {
		panel := b[(j-j0)*n:][:w*n]
		for i := i0; i < i1; i += h {
			rows, cols := min(h, i1-i), min(w, j1-j)
			if p.lower && i+rows <= j {
				continue
			}
			p.tile.Multiply(p.c.Data[i*p.c.Stride+j:], p.c.Stride, rows, cols, a[(i-i0)*n:], panel, n, add)
		}
	}
}

func roundUp(n, step int) int { return (n + step - 1) / step * step }
