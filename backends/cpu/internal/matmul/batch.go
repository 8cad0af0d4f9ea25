package matmul

// smallProduct is the number of multiply-adds up to which a product is better done by one thread
// than divided.
const smallProduct = 1 << 18

// Batch computes n products of equal sizes with the bits of DenseThen. of returns the operands of
// product i; done may be nil. Many or small products are done side by side, each by one thread,
// so that the threads need not meet at each of them.
func (m *Multiplier) Batch(n int, of func(i int) (c []float32, a, b Matrix, done func(row, end, col, cols int))) {
	if n == 0 {
		return
	}
	_, a, b, _ := of(0)
	beside := n >= 2*m.pool.Threads() || n > 1 && a.Rows*a.Cols*b.Cols <= smallProduct
	if !beside || a.Cols == 0 || a.Cols >= splitDepth || a.Rows*a.Cols >= skinnySize {
		for i := range n {
			c, a, b, done := of(i)
			m.DenseThen(c, a, b, done)
		}
		return
	}
	m.pool.Run(n, func(i int) {
		c, a, b, done := of(i)
		m.alone(c, a, b, done)
	})
}

// alone is DenseThen on one thread, for products that Run neither splits nor streams.
func (m *Multiplier) alone(c []float32, x, y Matrix, done func(row, end, col, cols int)) {
	a, b, k, n := m.Left(x), m.Right(y), x.Cols, y.Cols
	depth := even(k, superDepth)
	buffer := m.takePanels(depth, min(n, blockColumns))
	defer m.panels.Put(buffer)
	dense := C{Data: c, Done: done, Row: denseRows(n)}
	tasks := a.Tasks()
	for col := 0; col < n; col += blockColumns {
		for at := 0; at < k; at += depth {
			p := &part{m: m, a: a, c: dense, panels: *buffer, col: col, cols: min(blockColumns, n-col), k: at, depth: min(depth, k-at), add: at > 0}
			p.last = at+p.depth == k
			for i := range p.blocks() {
				p.packBlock(b, i)
			}
			for i := range len(tasks) - 1 {
				p.task(tasks[i], tasks[i+1])
			}
		}
	}
}

// denseRows is C.Row for rows of n values one after the other.
func denseRows(n int) func(offsets []int, row int) {
	return func(offsets []int, row int) {
		for i := range offsets {
			offsets[i] = (row + i) * n
		}
	}
}
