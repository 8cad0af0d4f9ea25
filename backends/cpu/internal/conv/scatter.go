package conv

import (
	"sync"

	"repbench/backends/cpu/internal/matmul"
	"repbench/internal/memory"
)

// fewOutputs is the largest number of output channels for which a convolution scatters: a
// register tile is 16 or 32 output channels wide, so that most of it would be unused.
const fewOutputs = 8

// scatter is a convolution of stride 1 with few output channels, such as the one that ends in
// an image. Every input cell is multiplied with the whole kernel, as one product with many
// columns, and the results are added to the output cells that they belong to.
type scatter struct {
	Problem
	products sync.Pool // *[]float32, [input cells, columns]
}

// newScatter returns nil if p is not such a convolution.
func newScatter(p Problem) *scatter {
	inner := p.Height.Kernel * p.Width.Kernel * p.OutChannels
	switch {
	case p.Groups*p.BatchGroups > 1 || p.OutChannels > fewOutputs || p.InChannels < few || inner < few:
	case p.Height.Stride*p.Width.Stride*p.Height.KernelDilation*p.Width.KernelDilation > 1:
	case p.X.Channels != 1 || p.X.Width != p.InChannels || p.X.Height != p.Width.In*p.X.Width || p.X.Batch != p.Height.In*p.X.Height:
	case p.Y.Channels != 1 || p.Y.Width != p.OutChannels:
	default:
		return &scatter{Problem: p}
	}
	return nil
}

// columns returns the number of products per input cell.
func (s *scatter) columns() int { return s.Height.Kernel * s.rowLength() }

// rowLength returns the number of products of an input cell with one row of the kernel, which
// are neighbours in the output.
func (s *scatter) rowLength() int { return s.Width.Kernel * s.OutChannels }

func (s *scatter) run(m *matmul.Multiplier, y, x, w []float32) {
	cells := s.Height.In * s.Width.In
	size := s.Batch * cells * s.columns()
	buffer, ok := s.products.Get().(*[]float32)
	if !ok {
		b := memory.Floats(size)
		buffer = &b
	}
	defer s.products.Put(buffer)
	left := matmul.Matrix{Data: x, Rows: s.Batch * cells, Cols: s.InChannels, RowStride: s.InChannels, ColStride: 1}
	right := matmul.Matrix{Data: s.kernel(w), Rows: s.InChannels, Cols: s.columns(), RowStride: s.columns(), ColStride: 1}
	m.Dense(*buffer, left, right)
	m.Pool().Run(s.Batch, func(b int) {
		s.image(y[b*s.Y.Batch:], (*buffer)[b*cells*s.columns():])
	})
}

// kernel lays out w as [InChannels, columns]: kernel rows in the order of use and, within a
// row, cells in the order of their output positions.
func (s *scatter) kernel(w []float32) []float32 {
	k := make([]float32, s.InChannels*s.columns())
	i := 0
	for c := range s.InChannels {
		for r := range s.Height.Kernel {
			for q := range s.Width.Kernel {
				cell := s.Height.index(r)*s.W.Height + s.Width.index(s.Width.Kernel-1-q)*s.W.Width + c*s.W.Batch
				for o := range s.OutChannels {
					k[i] = w[cell+o*s.W.Channels]
					i++
				}
			}
		}
	}
	return k
}

// image adds up the products of one image.
func (s *scatter) image(y, products []float32) {
	for h := range s.Height.Out {
		clear(y[h*s.Y.Height:][:s.Width.Out*s.OutChannels])
	}
	for ih := range s.Height.In {
		for r := range s.Height.Kernel {
			oh := ih*s.Height.InDilation - r + s.Height.Padding
			if oh < 0 || oh >= s.Height.Out {
				continue
			}
			first := products[ih*s.Width.In*s.columns()+r*s.rowLength():]
			s.row(y[oh*s.Y.Height:][:s.Width.Out*s.OutChannels], first)
		}
	}
}

// row adds the products of a row of input cells with one row of the kernel.
func (s *scatter) row(y, products []float32) {
	n := s.rowLength()
	for iw := range s.Width.In {
		at := (iw*s.Width.InDilation - (s.Width.Kernel - 1) + s.Width.Padding) * s.OutChannels
		part := products[iw*s.columns():][:n]
		from, to := max(-at, 0), min(n, len(y)-at)
		if from >= to {
			continue
		}
		dst := y[at+from : at+to]
		for i, v := range part[from:to] {
			dst[i] += v
		}
	}
}
