package matmul

import (
	"sync"

	"repbench/internal/memory"
	"repbench/internal/simd"
)

// Buffers lends scratch memory, which grows to the largest size asked for. Several goroutines
// may use it at once.
type Buffers struct{ pool sync.Pool }

// Take lends at least n floats with arbitrary content, to be given back with Give.
func (s *Buffers) Take(n int) *[]float32 {
	if b, ok := s.pool.Get().(*[]float32); ok && len(*b) >= n {
		return b
	}
	b := memory.Floats(n)
	return &b
}

// Give takes back what Take lent.
func (s *Buffers) Give(b *[]float32) { s.pool.Put(b) }

// Panels returns the buffers for right operands that are packed whole.
func (m *Multiplier) Panels() *Buffers { return &m.packed }

// Strips returns the buffers for the input rows of one task.
func (m *Multiplier) Strips() *Buffers { return &m.strips }

// Gathered returns the buffers for the rows of one task that are copied one after the other.
func (m *Multiplier) Gathered() *Buffers { return &m.gathered }

// Depths returns the ends of the parts into which Run divides a sum of k terms: each part is
// summed in registers and then added to C.
func Depths(t *simd.Tile, k int) []int {
	most := simd.MaxDepth
	if panelFirst(t) {
		most /= 2
	}
	var ends []int
	super := even(k, superDepth)
	for at := 0; at < k; at += super {
		part := min(super, k-at)
		step := even(part, most)
		for l := 0; l < part; l += step {
			ends = append(ends, at+min(l+step, part))
		}
	}
	return ends
}
