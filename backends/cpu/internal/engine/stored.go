package engine

import (
	"slices"
	"unsafe"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/pkg/errors"

	"repbench/backends/cpu/internal/conv"
	"repbench/backends/cpu/internal/strided"
	"repbench/internal/memory"
)

// stored are the values of a constant that lie elsewhere, such as in a file.
type stored struct {
	strides []int // of the constant's axes, where the values lie
	read    func(dst []float32, from int) error
}

// StoredBuffer returns a float32 buffer for a constant of a graph, whose values are read when the
// graph is compiled, and as far as possible straight into the form that its kernels want. strides
// are the distances between neighbours on each axis where the values lie; read reads them in the
// order in which they lie, from the given one on, and is called by several goroutines at once.
//
// The buffer holds no values. Make a tensor of it with tensors.FromBuffer and give that to
// graph.ConstTensor; nothing else can read it. Where the operating system cannot reserve addresses
// without memory, the values are read at once.
func (b *Backend) StoredBuffer(s shapes.Shape, strides []int, read func(dst []float32, from int) error) (compute.Buffer, error) {
	if s.DType != dtypes.Float32 || len(strides) != s.Rank() {
		return nil, errors.Errorf("cpu: StoredBuffer: shape %s with %d strides, want one for each axis of float32 values", s, len(strides))
	}
	if err := b.check(0); err != nil {
		return nil, err
	}
	buffer := &Buffer{backend: b, shape: s.Clone(), stored: &stored{slices.Clone(strides), read}}
	addresses, release, ok := memory.Reserve(size(s))
	if !ok {
		return buffer, buffer.fill()
	}
	b.reserved.Store(&addresses[0], buffer.stored)
	buffer.bytes = addresses
	buffer.unmap = func() {
		b.reserved.Delete(&addresses[0])
		release()
	}
	return buffer, nil
}

// storedAt returns what lies elsewhere in place of the values of a slice, or nil.
func (b *Backend) storedAt(flat []float32) *stored {
	if len(flat) == 0 {
		return nil
	}
	if s, ok := b.reserved.Load((*byte)(unsafe.Pointer(&flat[0]))); ok {
		return s.(*stored)
	}
	return nil
}

// fill reads the values of a stored buffer to memory outside the heap.
func (b *Buffer) fill() error {
	s := b.stored
	if s == nil {
		return nil
	}
	m, unmap, err := memory.Map(size(b.shape))
	if err != nil {
		return errors.Wrapf(err, "cpu: a constant of %d MiB", size(b.shape)>>20)
	}
	if err := b.backend.readTo(m, b.shape, s); err != nil {
		unmap()
		return err
	}
	b.own(m, unmap)
	b.stored = nil
	return nil
}

// readTo reads stored values in the order of their shape.
func (b *Backend) readTo(dst []byte, shape shapes.Shape, s *stored) error {
	if slices.Equal(s.strides, view(shape).Strides) {
		return s.read(floatsOf(dst), 0)
	}
	lie, unmap, err := memory.Map(len(dst))
	if err != nil {
		return err
	}
	defer unmap()
	if err := s.read(floatsOf(lie), 0); err != nil {
		return err
	}
	strided.Plan(shape.Dimensions, view(shape), strided.Layout{Strides: s.strides}, 4).Run(b.pool, unsafe.Pointer(&dst[0]), unsafe.Pointer(&lie[0]))
	return nil
}

// constant returns the value of a node that is known when the program is compiled; ok is false if
// it is not. It reads a stored constant.
func (c *compiler) constant(n *Node) (b []byte, ok bool, err error) {
	if b, ok = c.folded[n]; !ok || b != nil || n.op.constant == nil {
		return b, ok, nil
	}
	if err := n.op.constant.fill(); err != nil {
		return nil, true, err
	}
	c.folded[n] = n.op.constant.bytes
	return c.folded[n], true, nil
}

// source returns the values of a constant as a source of weights. strides are for values in memory,
// in the order of the shape. Values in a file may have another order: at returns the strides of the
// weights from the distances between neighbours on each axis of the constant.
func (c *compiler) source(n *Node, strides conv.Strides, at func(axes []int) conv.Strides) (conv.Source, bool) {
	b, ok := c.folded[n]
	if !ok {
		return conv.Source{}, false
	}
	if n.op.constant != nil && n.op.constant.stored != nil {
		s := n.op.constant.stored
		return conv.Source{Strides: at(s.strides), Read: s.read}, true
	}
	data := floatsOf(b)
	return conv.Source{Strides: strides, Read: func(dst []float32, from int) error {
		copy(dst, data[from:])
		return nil
	}}, true
}
