package passes

import (
	"math"

	"repbench/features/matrix"
	"repbench/internal/tasks"
)

// Scales are the ranges of the columns of weighted rows, the constant feature last:
// from lo in steps of step.
type Scales struct {
	Lo, Step, inverse []float32
}

// ColumnScales finds the ranges of (x_i, 1)·√a_i, a_i = 1 without weights, to be
// divided into this number of steps.
func ColumnScales(x matrix.View, weights []float64, steps float32, threads int) Scales {
	lo, hi := make([][]float32, max(1, threads)), make([][]float32, max(1, threads))
	for t := range lo {
		lo[t], hi[t] = filledWith(x.D+1, math.MaxFloat32), filledWith(x.D+1, -math.MaxFloat32)
	}
	tasks.Do(threads, (x.N+matrix.BlockRows-1)/matrix.BlockRows, func(worker, b int) {
		r := matrix.Reader{M: x}
		first := b * matrix.BlockRows
		lo, hi := lo[worker], hi[worker]
		for l, row := range r.Read(first, min(first+matrix.BlockRows, x.N)) {
			root := float32(1)
			if weights != nil {
				root = float32(math.Sqrt(weights[first+l]))
			}
			widenRanges(lo, hi, row, root)
			lo[x.D], hi[x.D] = min(lo[x.D], root), max(hi[x.D], root)
		}
		x.GiveBack(first, min(first+matrix.BlockRows, x.N))
	})
	s := Scales{Lo: lo[0], Step: make([]float32, x.D+1), inverse: make([]float32, x.D+1)}
	for j := range s.Lo {
		for t := range lo {
			s.Lo[j], hi[0][j] = min(s.Lo[j], lo[t][j]), max(hi[0][j], hi[t][j])
		}
		if r := hi[0][j] - s.Lo[j]; r > 0 {
			s.Step[j], s.inverse[j] = r/steps, steps/r
		}
	}
	return s
}

// widenRanges has the ranges take in the elements of row times root. Comparisons are
// several times as fast here as min and max, which look for NaN.
func widenRanges(lo, hi, row []float32, root float32) {
	lo, hi = lo[:len(row)], hi[:len(row)]
	for j, v := range row {
		t := v * root
		if t < lo[j] {
			lo[j] = t
		}
		if t > hi[j] {
			hi[j] = t
		}
	}
}

func filledWith(n int, v float32) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = v
	}
	return s
}

// Round returns value t of column j in steps.
func (s *Scales) Round(j int, t float32) uint8 { return uint8((t-s.Lo[j])*s.inverse[j] + 0.5) }
