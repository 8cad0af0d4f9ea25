package engine

import (
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/pkg/errors"

	"repbench/internal/memory"
)

// Buffer is an array in memory, dense and row-major. It implements
// compute.Buffer.
type Buffer struct {
	backend *Backend
	shape   shapes.Shape
	bytes   []byte
	freed   atomic.Bool
	unmap   func() // of a constant's memory outside the heap; else nil
	// stored are the values of a constant if they lie elsewhere; bytes are then addresses without
	// memory, or nil.
	stored *stored
}

var _ compute.Buffer = (*Buffer)(nil)

// take returns n bytes with arbitrary content, reusing memory from give if possible.
func (b *Backend) take(n int) []byte {
	if p, ok := b.memory.Load(n); ok {
		if m, ok := p.(*sync.Pool).Get().(*[]byte); ok {
			return *m
		}
	}
	return memory.Bytes(n)
}

// give releases memory for later use by take.
func (b *Backend) give(m []byte) {
	if len(m) == 0 || b.IsFinalized() {
		return
	}
	p, ok := b.memory.Load(len(m))
	if !ok {
		p, _ = b.memory.LoadOrStore(len(m), &sync.Pool{})
	}
	p.(*sync.Pool).Put(&m)
}

// size returns the number of bytes of an array.
func size(s shapes.Shape) int { return s.DType.SizeForDimensions(s.Dimensions...) }

func (b *Backend) newBuffer(s shapes.Shape) *Buffer {
	return &Buffer{backend: b, shape: s.Clone(), bytes: b.take(size(s))}
}

// copyOf returns a buffer with the values of a flat slice.
func (b *Backend) copyOf(flat any, s shapes.Shape) (*Buffer, error) {
	src, err := flatBytes(flat, s)
	if err != nil {
		return nil, err
	}
	buffer := b.newBuffer(s)
	copy(buffer.bytes, src)
	return buffer, nil
}

// flatBytes returns the memory of a flat slice after checking its type and length against s.
func flatBytes(flat any, s shapes.Shape) ([]byte, error) {
	v := reflect.ValueOf(flat)
	if v.Kind() != reflect.Slice || v.Type().Elem() != s.DType.GoType() {
		return nil, errors.Errorf("cpu: flat data of type %T for shape %s, want []%s", flat, s, s.DType.GoType())
	}
	if n := v.Len() * int(v.Type().Elem().Size()); n < size(s) || (v.Len() != s.Size() && n != size(s)) {
		return nil, errors.Errorf("cpu: flat data of %d values for shape %s with %d", v.Len(), s, s.Size())
	}
	if v.Len() == 0 {
		return nil, nil
	}
	return unsafe.Slice((*byte)(v.UnsafePointer()), size(s)), nil
}

// BufferFromFlatData implements compute.Backend.
func (b *Backend) BufferFromFlatData(device compute.DeviceNum, flat any, s shapes.Shape) (compute.Buffer, error) {
	if err := b.check(device); err != nil {
		return nil, err
	}
	return b.copyOf(flat, s)
}

func (b *Backend) check(device compute.DeviceNum) error {
	if b.IsFinalized() {
		return errors.New("cpu: the backend was finalized")
	}
	if device != 0 {
		return errors.Errorf("cpu: there is one device, number 0, and not %d", device)
	}
	return nil
}

// HasSharedBuffers implements compute.Backend: all buffers are shared.
func (b *Backend) HasSharedBuffers() bool { return true }

// NewSharedBuffer implements compute.Backend.
func (b *Backend) NewSharedBuffer(device compute.DeviceNum, s shapes.Shape) (compute.Buffer, any, error) {
	if err := b.check(device); err != nil {
		return nil, nil, err
	}
	buffer := b.newBuffer(s)
	clear(buffer.bytes)
	flat, err := buffer.Data()
	return buffer, flat, err
}

// Backend implements compute.Buffer.
func (b *Buffer) Backend() compute.Backend { return b.backend }

// Finalize implements compute.Buffer. A second call does nothing.
func (b *Buffer) Finalize() error {
	if !b.freed.Swap(true) {
		if b.unmap != nil {
			b.unmap()
		} else {
			b.backend.give(b.bytes)
		}
		b.bytes = nil
	}
	return nil
}

func (b *Buffer) alive() error {
	if b.freed.Load() {
		return errors.Errorf("cpu: a buffer of shape %s is used after it was finalized or donated", b.shape)
	}
	return nil
}

// Shape implements compute.Buffer.
func (b *Buffer) Shape() (shapes.Shape, error) { return b.shape, b.alive() }

// DeviceNum implements compute.Buffer.
func (b *Buffer) DeviceNum() (compute.DeviceNum, error) { return 0, b.alive() }

// ToFlatData implements compute.Buffer.
func (b *Buffer) ToFlatData(flat any) error {
	if err := b.alive(); err != nil {
		return err
	}
	dst, err := flatBytes(flat, b.shape)
	if err != nil {
		return err
	}
	copy(dst, b.bytes)
	return nil
}

// Data implements compute.Buffer.
func (b *Buffer) Data() (any, error) {
	if err := b.alive(); err != nil {
		return nil, err
	}
	if len(b.bytes) == 0 {
		return dtypes.MakeAnySlice(b.shape.DType, 0), nil
	}
	return dtypes.UnsafeAnySliceFromBytes(unsafe.Pointer(&b.bytes[0]), b.shape.DType, b.shape.Size()), nil
}

// CopyToDevice implements compute.Buffer.
func (b *Buffer) CopyToDevice(device compute.DeviceNum) (compute.Buffer, error) {
	if err := b.backend.check(device); err != nil {
		return nil, err
	}
	flat, err := b.Data()
	if err != nil {
		return nil, err
	}
	return b.backend.copyOf(flat, b.shape)
}
