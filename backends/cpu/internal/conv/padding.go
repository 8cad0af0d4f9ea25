package conv

import (
	"sync"

	"repbench/backends/cpu/internal/pool"
)

// few is the number of channels below which a row of a window is gathered as one run instead of
// cell by cell: the length of an AVX-512 vector.
const few = 16

// padding copies the input with zeros at both ends of its rows.
type padding struct {
	images, imageStride int
	height, rowStride   int
	width               int // floats per row of the input
	before, padded      int // zeros before a row, and floats per padded row
	scratch             sync.Pool
}

// fewChannels rewrites a problem with few channels so that the rows of the window become the
// channels, read from a padded copy of the input. It returns p and nil if that is impossible.
func fewChannels(p Problem, groups int) (Problem, *padding) {
	if groups > 1 || p.Height.InDilation > 1 || p.Width.InDilation > 1 || p.Width.Reverse {
		return p, nil
	}
	switch {
	case p.X.Channels == 1 && p.InChannels < few && p.X.Width == p.InChannels && p.Width.Kernel > 1 &&
		p.Width.KernelDilation == 1 && p.W.Width == p.InChannels*p.W.Batch:
		return p.byWindowRow()
	case p.X.Channels != 1 && p.X.Batch == 1 && p.Batch < few && p.X.Width == p.Batch && p.Width.Out > 1 &&
		p.Width.Stride == 1 && p.Y.Width == p.Batch*p.Y.Batch:
		return p.byKernelRow()
	}
	return p, nil
}

// byWindowRow turns each row of the window into the channels of one cell.
func (p Problem) byWindowRow() (Problem, *padding) {
	a, channels := p.Width, p.InChannels
	width := (a.Out-1)*a.Stride + a.Kernel
	pad := newPadding(p, width, channels, p.Batch, p.X.Batch)
	p.X = Strides{Batch: p.Height.In * pad.padded, Height: pad.padded, Width: channels, Channels: 1}
	p.Width = Axis{In: width - a.Kernel + 1, Kernel: 1, Out: a.Out, Stride: a.Stride, InDilation: 1, KernelDilation: 1}
	p.InChannels *= a.Kernel
	return p, pad
}

// byKernelRow turns each row of the kernel, which is the output of a gradient by the kernel,
// into the batch of one position.
func (p Problem) byKernelRow() (Problem, *padding) {
	a, channels := p.Width, p.Batch
	width := (a.Kernel-1)*a.KernelDilation + a.Out
	pad := newPadding(p, width, channels, p.InChannels, p.X.Channels)
	p.X = Strides{Channels: p.Height.In * pad.padded, Height: pad.padded, Width: channels, Batch: 1}
	p.Width = Axis{In: width - a.Out + 1, Kernel: a.Kernel, Out: 1, Stride: 1, InDilation: 1, KernelDilation: a.KernelDilation}
	p.Batch *= a.Out
	return p, pad
}

// newPadding pads rows to width cells of the given number of channels.
func newPadding(p Problem, width, channels, images, imageStride int) *padding {
	return &padding{
		images: images, imageStride: imageStride,
		height: p.Height.In, rowStride: p.X.Height,
		width: p.Width.In * channels, before: p.Width.Padding * channels, padded: width * channels,
	}
}

// apply returns the padded copy of x and a function that releases its memory.
func (p *padding) apply(threads *pool.Pool, x []float32) ([]float32, func()) {
	size := p.images * p.height * p.padded
	buffer, ok := p.scratch.Get().(*[]float32)
	if !ok {
		b := make([]float32, size)
		buffer = &b
	}
	threads.Run(p.images, func(i int) {
		for h := range p.height {
			row := (*buffer)[(i*p.height+h)*p.padded:][:p.padded]
			p.row(row, x[i*p.imageStride+h*p.rowStride:])
		}
	})
	return *buffer, func() { p.scratch.Put(buffer) }
}

// row pads one row; negative padding cuts it off.
func (p *padding) row(dst, src []float32) {
	from, to := max(-p.before, 0), max(p.before, 0)
	clear(dst[:min(to, len(dst))])
	n := 0
	if to < len(dst) && from < p.width {
		n = copy(dst[to:], src[from:p.width])
	}
	if end := to + n; end < len(dst) {
		clear(dst[end:])
	}
}
