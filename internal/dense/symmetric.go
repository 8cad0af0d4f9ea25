package dense

import (
	"math"

	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// The rows of a symmetric product are split among up to symmetricTasks tasks, each of
// symmetricRows rows or more. The split, and so the order of sums, depends on the order alone.
const (
	symmetricTasks = 16
	symmetricRows  = 256
	// symmetricGroup is a multiple of the rows of a group of every instruction set.
	symmetricGroup = 8
)

// symmetricProduct multiplies the lower triangle of a symmetric matrix by vectors. Each
// element is read once and used twice: for its own row and for that of its mirror image.
type symmetricProduct struct {
	sums   [symmetricTasks][]float64 // of the tasks
	bounds [symmetricTasks + 1]int
}

// multiply sets y to A·x, A being the leading part of a of order len(x).
func (s *symmetricProduct) multiply(y []float64, a *Matrix, x []float64, rows *simd.WideRows, threads int) {
	n := len(x)
	count := min(symmetricTasks, max(1, n/symmetricRows))
	for t := range count + 1 { // equal parts of the triangle
		s.bounds[t] = roundUp(int(float64(n)*math.Sqrt(float64(t)/float64(count))), symmetricGroup)
	}
	s.bounds[count] = n
	tasks.Do(threads, count, func(_, task int) {
		t := count - 1 - task
		if len(s.sums[t]) < n {
			s.sums[t] = make([]float64, n)
		}
		sums := s.sums[t][:s.bounds[t+1]]
		clear(sums)
		for i := s.bounds[t]; i < s.bounds[t+1]; i += rows.Group {
			symmetricRowsOf(sums, a, x, i, min(i+rows.Group, n), rows)
		}
	})
	copy(y, s.sums[count-1])
	for t, sums := range s.sums[:count-1] {
		for j, v := range sums[:s.bounds[t+1]] {
			y[j] += v
		}
	}
}

// symmetricRowsOf adds the part of the rows [i0, i1) of the lower triangle of a, at most a
// group, to the sums of A·x.
func symmetricRowsOf(sums []float64, a *Matrix, x []float64, i0, i1 int, rows *simd.WideRows) {
	var dots, f [symmetricGroup]float64
	copy(f[:], x[i0:i1])
	count := i1 - i0
	if i0+rows.Group <= a.Rows {
		count = rows.Group // rows beyond i1 are multiplied by 0, and their products left out
	}
	if i0 > 0 {
		rows.Both(dots[:], sums, f[:count], a.Data[i0*a.Stride:], a.Stride, count, x[:i0])
	}
	for i := i0; i < i1; i++ {
		sum := dots[i-i0]
		row := a.Row(i)[i0 : i+1]
		for j, v := range row[:i-i0] {
			sum += float64(v * x[i0+j])
			sums[i0+j] += float64(v * x[i])
		}
		sums[i] += sum + float64(row[i-i0]*x[i])
	}
}
