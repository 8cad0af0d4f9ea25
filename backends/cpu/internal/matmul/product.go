package matmul

import (
	"sync"

	"repbench/backends/cpu/internal/pool"
	"repbench/internal/memory"
	"repbench/internal/simd"
)

// Block sizes, in elements.
const (
	superDepth   = 2048 // depth of the part of B that is packed at once
	blockColumns = 1024 // columns of that part: 4 MiB in all
	packDepth    = 64   // rows of B per packing task
	taskRows     = 100  // approximate number of rows per task, ByRows
	blockSize    = 1 << 20
)

// Form is the memory layout of an operand, which decides the order in which it packs.
type Form int

const (
	// ByRows packs rows one after the other; suitable for an A whose values are contiguous
	// along k.
	ByRows Form = iota
	// ByColumns packs columns one after the other; suitable for an A whose values are
	// contiguous along m.
	ByColumns
)

// A is a left operand of M rows and K columns.
type A interface {
	// Form returns the form that Pack writes.
	Form() Form
	// Tasks returns the ends of the runs of rows [Tasks[i], Tasks[i+1]) that are packed
	// together; in the form ByColumns a run has at most MaxColumnRows rows.
	Tasks() []int
	// Pack copies the rows [row, row+rows) and columns [k, k+n) to dst: ByRows to
	// dst[i*simd.RowStride+l], ByColumns to dst[l*stride+i].
	Pack(dst []float32, stride, row, rows, k, n int)
}

// B is a right operand of K rows and N columns.
type B interface {
	// Pack copies rows [k, k+n) and columns [col, col+cols) to dst[l*width+j], with cols <=
	// width. Values of dst beyond cols are never read.
	Pack(dst []float32, width, k, n, col, cols int)
}

// C is the destination of a product.
type C struct {
	// Data holds the result.
	Data []float32
	// Row fills offsets with the offsets in Data of the rows from row on; the columns of a row
	// are contiguous.
	Row func(offsets []int, row int)
	// Add adds the product to the content of Data instead of replacing it.
	Add bool
	// Done, unless it is nil, is called once for each piece of the result when the piece is
	// complete: for the rows [row, end) and the columns [col, col+cols). Where possible the thread
	// that computed the piece calls it, while the piece is in its cache.
	Done func(row, end, col, cols int)
}

// MaxColumnRows is the largest number of rows per task in the form ByColumns: 128 rows of 256
// columns are 128 KiB, an eighth of a second-level cache.
const MaxColumnRows = 128

// TaskRows returns the number of rows per task in the form ByRows: about a hundred.
func TaskRows(t *simd.Tile) int { return (taskRows + t.Rows/2) / t.Rows * t.Rows }

// panelFirst reports which operand of a tile stays in the first-level cache: a panel of B if
// true, else a tile of A. A panel of 16 columns and 256 rows is 16 KiB, half of that cache on
// processors with AVX2. Their second-level caches are too small for the packed part of B: if
// the tile of A stayed in the first level, each FMA would wait for B from the third level.
func panelFirst(t *simd.Tile) bool { return t.ISA() == simd.AVX2 }

// Multiplier runs products on a pool of threads with the tile of one instruction set. Several
// goroutines may use it at once.
type Multiplier struct {
	pool    *pool.Pool
	tile    *simd.Tile
	panels  sync.Pool // *[]float32, packed parts of B
	scratch sync.Pool // *taskScratch
	packed  Buffers   // right operands that are packed whole
	strips  Buffers   // input rows of a task that are copied
	// gathered are for rows of a task that are copied one after the other
	gathered Buffers
}

// taskScratch is the memory of one task.
type taskScratch struct {
	a       []float32
	offsets []int
}

// New returns a Multiplier.
func New(p *pool.Pool, tile *simd.Tile) *Multiplier {
	m := &Multiplier{pool: p, tile: tile}
	m.scratch.New = func() any {
		return &taskScratch{a: memory.Floats(max(columnStride(MaxColumnRows)*simd.MaxDepth, TaskRows(tile)*simd.RowStride)),
			offsets: make([]int, max(MaxColumnRows, TaskRows(tile)))}
	}
	return m
}

// depth returns the depth of a block for the given number of columns of B: the block of B takes
// at most blockSize floats, or each panel half of the first-level cache.
func (m *Multiplier) depth(cols int) int {
	if panelFirst(m.tile) {
		return simd.MaxDepth / 2
	}
	return max(min(simd.MaxDepth, blockSize/cols), simd.MaxDepth/2)
}

// Tile returns the register tile in use.
func (m *Multiplier) Tile() *simd.Tile { return m.tile }

// Pool returns the threads in use.
func (m *Multiplier) Pool() *pool.Pool { return m.pool }

// Run computes the product of a, M×K, and b, K×N. An empty sum is zero.
func (m *Multiplier) Run(a A, b B, c C, k, n int) {
	tasks := a.Tasks()
	if len(tasks) < 2 || n == 0 {
		return
	}
	if k == 0 {
		m.clear(tasks, c, n)
		m.finish(c.Done, tasks[0], tasks[len(tasks)-1], n)
		return
	}
	if m.split(a, b, c, k, n) {
		m.finish(c.Done, tasks[0], tasks[len(tasks)-1], n)
		return
	}
	depth := even(k, superDepth)
	buffer := m.takePanels(depth, min(n, blockColumns))
	defer m.panels.Put(buffer)
	for col := 0; col < n; col += blockColumns {
		cols := min(blockColumns, n-col)
		for at := 0; at < k; at += depth {
			part := &part{m: m, a: a, c: c, panels: *buffer, col: col, cols: cols, k: at, depth: min(depth, k-at), add: c.Add || at > 0}
			part.last = at+part.depth == k
			part.pack(b)
			m.pool.Run(len(tasks)-1, func(i int) { part.task(tasks[i], tasks[i+1]) })
		}
	}
}

// finishSize is about the number of values of a piece that is reported after a product.
const finishSize = 1 << 15

// finish reports rows as complete, piece by piece, after the product.
func (m *Multiplier) finish(done func(row, end, col, cols int), from, to, n int) {
	if done == nil {
		return
	}
	rows := max(1, finishSize/n)
	m.pool.Run(ceil(to-from, rows), func(i int) { done(from+i*rows, min(from+(i+1)*rows, to), 0, n) })
}

// clear writes zeros, the result of an empty sum.
func (m *Multiplier) clear(tasks []int, c C, n int) {
	if c.Add {
		return
	}
	var offset [1]int
	for row := tasks[0]; row < tasks[len(tasks)-1]; row++ {
		c.Row(offset[:], row)
		clear(c.Data[offset[0]:][:n])
	}
}

func (m *Multiplier) takePanels(depth, cols int) *[]float32 {
	size := depth * ((cols + m.tile.Columns - 1) / m.tile.Columns * m.tile.Columns)
	if b, ok := m.panels.Get().(*[]float32); ok && len(*b) >= size {
		return b
	}
	b := memory.Floats(size)
	return &b
}

// even returns the size of the parts into which n is divided, so that no part is larger than
// most and all but the last are equal.
func even(n, most int) int {
	parts := (n + most - 1) / most
	return (n + parts - 1) / parts
}
