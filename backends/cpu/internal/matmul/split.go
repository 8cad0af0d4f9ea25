package matmul

import (
	"repbench/internal/memory"
	"repbench/internal/simd"
)

// A product of few rows and columns but great depth, such as the gradient by a kernel with few
// channels, has too few tasks and would pack B for little work. Its depth is split: each task
// multiplies a range of the depth and packs B as it proceeds, and the partial products are
// added up in order.
const (
	splitDepth   = 4096 // depth per task
	splitColumns = 512
)

// split computes the product if it has such a shape, and reports whether it did.
func (m *Multiplier) split(a A, b B, c C, k, n int) bool {
	tasks := a.Tasks()
	rows := tasks[len(tasks)-1] - tasks[0]
	if a.Form() != ByColumns || tasks[0] != 0 || rows > MaxColumnRows || n > splitColumns || k < 2*splitDepth {
		return false
	}
	depth := even(k, splitDepth)
	parts := (k + depth - 1) / depth
	partial := memory.Floats(parts * rows * n)
	m.pool.Run(parts, func(i int) {
		m.splitTask(a, b, partial[i*rows*n:(i+1)*rows*n], i*depth, min((i+1)*depth, k), n)
	})
	m.pool.Run(rows, func(r int) {
		var offset [1]int
		c.Row(offset[:], r)
		row := c.Data[offset[0]:][:n]
		if !c.Add {
			clear(row)
		}
		for i := range parts {
			for j, v := range partial[(i*rows+r)*n:][:n] {
				row[j] += v
			}
		}
	})
	return true
}

// splitTask sets c to the product over the depths [from, to).
func (m *Multiplier) splitTask(a A, b B, c []float32, from, to, n int) {
	buffer := m.takePanels(simd.MaxDepth, n)
	defer m.panels.Put(buffer)
	dense := C{Data: c, Row: func(offsets []int, row int) {
		for i := range offsets {
			offsets[i] = (row + i) * n
		}
	}}
	tasks := a.Tasks()
	for k := from; k < to; k += simd.MaxDepth {
		p := &part{m: m, a: a, c: dense, panels: *buffer, cols: n, k: k, depth: min(simd.MaxDepth, to-k), add: k > from}
		for i := range p.blocks() {
			p.packBlock(b, i)
		}
		for i := range len(tasks) - 1 {
			p.task(tasks[i], tasks[i+1])
		}
	}
}
