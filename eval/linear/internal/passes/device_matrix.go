package passes

import (
	"context"
	"errors"
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/features/matrix"
	"repbench/internal/measure"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// Sizes of the blocks that a device works on.
const (
	// devicePartRows is the number of rows of a part, and of the smallest block.
	devicePartRows = 128
	// deviceBlockRows bounds a block: as many terms are summed in float32 before
	// the sum is widened.
	deviceBlockRows = 4096
	// deviceBlockShare is the part of the memory for one block with its products.
	deviceBlockShare = 4
)

// deviceMatrix makes the passes over a matrix on a device, block of rows by
// block. All blocks have one shape, the last one filled up with zeros, and there
// are always width vectors; vectors beyond the ones in use are zero.
type deviceMatrix struct {
	d       *OpenedDevice
	x       matrix.View
	width   int
	rows    int // of a block
	threads int
	// blocks are the blocks on the device; nil where the matrix is too large and the
	// blocks are sent at every pass.
	blocks []*tensors.Tensor
	z      []float64
}

// newDeviceMatrix sends x to the device if it fits. It must be freed.
func newDeviceMatrix(ctx context.Context, d *OpenedDevice, x matrix.View, width, threads int) (*deviceMatrix, error) {
	m := &deviceMatrix{d: d, x: x, width: width, threads: threads}
	if err := m.size(); err != nil {
		return nil, err
	}
	m.z = make([]float64, m.rows*width)
	if m.matrixBytes()+m.blockBytes(m.rows) > d.memory {
		return m, nil
	}
	for b := range m.count() {
		t, err := m.send(ctx, b)
		if err != nil {
			m.free()
			return nil, err
		}
		m.blocks = append(m.blocks, t)
	}
	return m, nil
}

// size sets the number of rows of a block.
func (m *deviceMatrix) size() error {
	whole := (m.x.N + devicePartRows - 1) / devicePartRows * devicePartRows
	m.rows = min(deviceBlockRows, whole)
	for m.rows > devicePartRows && m.blockBytes(m.rows) > m.d.memory/deviceBlockShare {
		m.rows -= devicePartRows
	}
	if need := m.blockBytes(m.rows); need > m.d.memory {
		return fmt.Errorf("%d bytes of its memory are too few: a block of %d rows of %d columns needs %d",
			m.d.memory, m.rows, m.x.D, need)
	}
	return nil
}

// blockBytes bounds the memory for a block of rows with all that is made of it:
// the rows in float32 and widened to float64, their products and weights, the
// vectors and the sums.
func (m *deviceMatrix) blockBytes(rows int) int64 {
	r, d, k := int64(rows), int64(m.x.D), int64(m.width)
	return r*d*(4+8) + 2*8*r*k + 2*8*k*d
}

// matrixBytes is the memory for all blocks.
func (m *deviceMatrix) matrixBytes() int64 {
	return 4 * int64(m.count()) * int64(m.rows) * int64(m.x.D)
}

// count returns the number of blocks.
func (m *deviceMatrix) count() int { return (m.x.N + m.rows - 1) / m.rows }

// Parts implements products.
func (m *deviceMatrix) Parts() int { return (m.x.N + devicePartRows - 1) / devicePartRows }

// By implements Passes.
func (m *deviceMatrix) By() measure.Products {
	p := measure.Products{Device: m.d.name}
	if m.blocks == nil {
		p.Blocks = m.count()
	}
	return p
}

// free frees the memory on the device.
func (m *deviceMatrix) free() {
	for _, t := range m.blocks {
		t.MustFinalizeAll()
	}
	m.blocks = nil
}

// send sends block b.
func (m *deviceMatrix) send(ctx context.Context, b int) (*tensors.Tensor, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d, first := m.x.D, b*m.rows
	n := min(m.rows, m.x.N-first)
	defer m.x.GiveBack(first, first+n)
	return m.d.upload(m.rows, d, func(flat []float32) {
		tasks.Do(m.threads, (n+matrix.BlockRows-1)/matrix.BlockRows, func(_, i int) {
			r := matrix.Reader{M: m.x}
			lo := i * matrix.BlockRows
			for j, row := range r.Read(first+lo, first+min(lo+matrix.BlockRows, n)) {
				copy(flat[(lo+j)*d:(lo+j+1)*d], row)
			}
		})
	})
}

// each calls do with each block on the device.
func (m *deviceMatrix) each(ctx context.Context, do func(b int, x *tensors.Tensor) error) error {
	for b := range m.count() {
		if m.blocks != nil {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := do(b, m.blocks[b]); err != nil {
				return err
			}
			continue
		}
		x, err := m.send(ctx, b)
		if err != nil {
			return err
		}
		if err := errors.Join(do(b, x), x.FinalizeAll()); err != nil {
			return err
		}
	}
	return nil
}

// Pass32 implements Passes.
func (m *deviceMatrix) Pass32(ctx context.Context, w, out [][]float64, weigh Weighing[float32]) error {
	return devicePass(ctx, m, w, out, weigh)
}

// Pass64 implements Passes.
func (m *deviceMatrix) Pass64(ctx context.Context, w, out [][]float64, weigh Weighing[float64]) error {
	return devicePass(ctx, m, w, out, weigh)
}

// devicePass is a pass with arithmetic in T. The weights are found on the CPU,
// between two products on the device.
func devicePass[T simd.Float](ctx context.Context, m *deviceMatrix, w, out [][]float64, weigh Weighing[T]) error {
	vectors, bias := withoutBias(w)
	packed, err := filled(m.width, m.x.D, func(flat []T) {
		for k, v := range vectors {
			for j, a := range v {
				flat[k*m.x.D+j] = T(a)
			}
		}
	})
	if err != nil {
		return m.d.wrap(err)
	}
	var z []float64
	err = m.each(ctx, func(b int, x *tensors.Tensor) error {
		if len(w) > 0 {
			z = m.z
			err := run(m.d.scores, x, packed, func(flat []T) {
				widen(m.z, flat)
				addBias(m.z, m.width, bias)
			})
			if err != nil {
				return err
			}
		}
		s, err := filled(m.rows, m.width, func(flat []T) { weighBlock(m, b, z, flat, weigh, out) })
		if err != nil {
			return err
		}
		return errors.Join(run(m.d.sums, x, s, func(flat []T) { addSums(out, flat) }), s.FinalizeAll())
	})
	if err = errors.Join(err, packed.FinalizeAll()); err != nil && ctx.Err() == nil {
		return m.d.wrap(err)
	}
	return err
}

// widen sets z to v.
func widen[T simd.Float](z []float64, v []T) {
	for i, a := range v {
		z[i] = float64(a)
	}
}

// weighBlock turns the products z of block b, if any, into weights s, part by part,
// and adds their sums, which belong to the constant feature, to out.
func weighBlock[T simd.Float](m *deviceMatrix, b int, z []float64, s []T, weigh Weighing[T], out [][]float64) {
	first := b * m.rows
	n := min(m.rows, m.x.N-first)
	tasks.Do(m.threads, (n+devicePartRows-1)/devicePartRows, func(_, i int) {
		lo, hi := i*devicePartRows, min((i+1)*devicePartRows, n)
		var part []float64
		if z != nil {
			part = z[lo*m.width : hi*m.width]
		}
		weigh((first+lo)/devicePartRows, first+lo, hi-lo, part, s[lo*m.width:hi*m.width], m.width)
	})
	for k, v := range out {
		for i := range n {
			v[m.x.D] += float64(s[i*m.width+k])
		}
	}
}

// addSums adds the sums [K, D] of a block to out.
func addSums[T simd.Float](out [][]float64, sums []T) {
	for k, v := range out {
		d := len(v) - 1
		for j, a := range sums[k*d : (k+1)*d] {
			v[j] += float64(a)
		}
	}
}

// run calls a graph of two arguments and looks at its result.
func run[T simd.Float](e *graph.Exec, x, y *tensors.Tensor, look func(flat []T)) error {
	out, err := e.Call1(x, y)
	if err != nil {
		return err
	}
	return errors.Join(tensors.ConstFlatData(out, look), out.FinalizeAll())
}

// filled makes a tensor [rows, columns] of zeros and lets fill write to it.
func filled[T simd.Float](rows, columns int, fill func(flat []T)) (*tensors.Tensor, error) {
	t := tensors.FromShape(shapes.Make(dtypes.FromGenericsType[T](), rows, columns))
	return t, tensors.MutableFlatData(t, fill)
}
