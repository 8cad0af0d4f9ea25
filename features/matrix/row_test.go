package matrix_test

import (
	"math"
	"slices"
	"testing"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
)

// TestRow: a row of a view is the elements that At gives, for every kind of view.
func TestRow(t *testing.T) {
	for name, m := range map[string]matrix.View{
		"whole":          grid(),
		"columns":        grid().Cols(2, 5),
		"rows":           grid().Rows(1, 3),
		"subset":         grid().Subset([]int32{3, 0, 3}),
		"rows of subset": grid().Subset([]int32{3, 1, 0}).Rows(1, 3).Cols(1, 4),
	} {
		for kind, m := range map[string]matrix.View{"float32": m, "float16": matrixtest.Half(m)} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				buf := make([]float32, m.D+1)
				for i := range m.N {
					want := make([]float32, m.D)
					for j := range want {
						want[j] = m.At(i, j)
					}
					if got := m.Row(i, buf); !slices.Equal(got, want) {
						t.Errorf("row %d is %v, want %v", i, got, want)
					}
				}
			})
		}
	}
}

// TestNotFiniteIn names the column, counted in the view, of the row, counted in the view.
func TestNotFiniteIn(t *testing.T) {
	for name, bad := range map[string]float32{"NaN": float32(math.NaN()), "infinite": float32(math.Inf(-1))} {
		m := grid()
		m.Data[2*6+5] = bad
		view := m.Cols(3, 6).Rows(1, 4)
		for i := range view.N {
			j, v, found := view.NotFiniteIn(i)
			if found != (i == 1) || found && (j != 2 || math.Float32bits(v) != math.Float32bits(bad)) {
				t.Errorf("%s: row %d: column %d holds %v, found %v", name, i, j, v, found)
			}
		}
	}
}
