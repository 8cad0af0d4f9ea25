package conv

import (
	"repbench/backends/cpu/internal/matmul"
	"repbench/internal/memory"
	"repbench/internal/simd"
)

// Packed are the weights of a Plan in the order in which it reads them.
type Packed struct {
	w      []float32
	panels []float32 // nil if the plan reads w
	// squares are the weights for Winograd's convolution, which the plan then uses, or nil.
	squares []float32
}

// Pack packs weights that many runs use. It may keep w, which must not change. A plan for 3 by 3
// kernels may then use Winograd's form, which gives other last bits than Run.
func (plan *Plan) Pack(m *matmul.Multiplier, w []float32) *Packed {
	if plan.direct == nil {
		return &Packed{w: w}
	}
	if f := plan.winograd; f != nil {
		return &Packed{squares: f.pack(m.Pool(), w)}
	}
	p := &Packed{panels: memory.Floats(plan.direct.size)}
	plan.direct.pack(m.Pool(), p.panels, w)
	return p
}

// Keeps reports whether it reads the weights that Pack was given, instead of a copy.
func (p *Packed) Keeps() bool { return p.panels == nil && p.squares == nil }

// RunPacked is Run, or RunThen if done is not nil, with weights that Pack packed.
func (plan *Plan) RunPacked(m *matmul.Multiplier, y, x []float32, w *Packed, done func(row, end, col, cols int)) {
	switch {
	case w.squares != nil:
		plan.winograd.run(m, y, x, w.squares, done)
	case w.panels != nil:
		plan.direct.runPacked(m, y, x, w.panels, done)
	case done != nil:
		plan.RunThen(m, y, x, w.w, done)
	default:
		plan.Run(m, y, x, w.w)
	}
}

// NewDense plans y = x·w for x of rows×k values with contiguous rows, rowStride apart, and w of
// k×cols values whose strides are w.RowStride and w.ColStride, one of which is 1; y is dense.
func NewDense(rows, k, rowStride int, w matmul.Matrix, t *simd.Tile) (*Plan, error) {
	return NewPlan(Problem{
		Batch: 1, InChannels: k, OutChannels: w.Cols,
		Height: Axis{In: 1, Kernel: 1, Out: 1}, Width: Axis{In: rows, Kernel: 1, Out: rows},
		X: Strides{Batch: rows * rowStride, Height: rows * rowStride, Width: rowStride, Channels: 1},
		W: Strides{Batch: w.RowStride, Channels: w.ColStride},
		Y: Strides{Batch: rows * w.Cols, Height: rows * w.Cols, Width: w.Cols, Channels: 1},
	}, t)
}

// Direct reports whether the plan reads packed weights, so that the rows of x and y, the channels
// of one position, may lie at any distance.
func (plan *Plan) Direct() bool { return plan.direct != nil }
