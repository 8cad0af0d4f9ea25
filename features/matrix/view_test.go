package matrix_test

import (
	"fmt"
	"math"
	"testing"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
)

// grid is a 4×6 matrix whose element (i, j) is 10·i + j.
func grid() matrix.View {
	m := matrix.View{N: 4, D: 6}
	for i := range m.N {
		for j := range m.D {
			m.Data = append(m.Data, float32(10*i+j))
		}
	}
	return m
}

func TestViews(t *testing.T) {
	cases := []struct {
		name string
		view matrix.View
		want []float32 // row-major
	}{
		{"columns", grid().Cols(2, 4), []float32{2, 3, 12, 13, 22, 23, 32, 33}},
		{"no columns", grid().Cols(3, 3), nil},
		{"columns of columns", grid().Cols(1, 5).Cols(1, 2), []float32{2, 12, 22, 32}},
		{"rows", grid().Rows(1, 3).Cols(0, 2), []float32{10, 11, 20, 21}},
		{"rows of rows", grid().Rows(1, 4).Rows(1, 2).Cols(5, 6), []float32{25}},
		{"no rows", grid().Rows(2, 2), nil},
		{"subset", grid().Subset([]int32{3, 0, 3}).Cols(0, 1), []float32{30, 0, 30}},
		{"rows more than once", grid().Rows(0, 2).Subset([]int32{1, 1, 0, 1, 0, 1}).Cols(0, 1), []float32{10, 10, 0, 10, 0, 10}},
		{"all rows more than once", grid().Subset([]int32{0, 1, 2, 3, 0, 1, 2, 3}).Cols(0, 1), []float32{0, 10, 20, 30, 0, 10, 20, 30}},
		{"subset of rows", grid().Rows(1, 4).Subset([]int32{2, 0}).Cols(0, 1), []float32{30, 10}},
		{"rows of a subset", grid().Subset([]int32{3, 1, 0}).Rows(1, 3).Cols(0, 1), []float32{10, 0}},
		{"subset of a subset", grid().Subset([]int32{3, 1, 0}).Subset([]int32{2, 1}).Cols(4, 5), []float32{4, 14}},
	}
	for _, c := range cases {
		for _, m := range []matrix.View{c.view, matrixtest.Half(c.view)} {
			t.Run(fmt.Sprintf("%s/half=%v", c.name, m.Data == nil), func(t *testing.T) {
				if err := m.Validate(); err != nil {
					t.Fatal(err)
				}
				if m.N*m.D != len(c.want) {
					t.Fatalf("%d×%d, want %d elements", m.N, m.D, len(c.want))
				}
				r := matrix.Reader{M: m}
				for i, row := range r.Read(0, m.N) {
					for j, v := range row {
						if v != c.want[i*m.D+j] || m.At(i, j) != v {
							t.Errorf("(%d, %d): read %v, at %v, want %v", i, j, v, m.At(i, j), c.want[i*m.D+j])
						}
					}
				}
			})
		}
	}
}

func TestViewPanics(t *testing.T) {
	cases := []struct {
		name string
		do   func()
	}{
		{"columns beyond", func() { grid().Cols(0, 7) }},
		{"columns reversed", func() { grid().Cols(3, 2) }},
		{"rows beyond", func() { grid().Rows(0, 5) }},
		{"rows negative", func() { grid().Rows(-1, 2) }},
		{"subset beyond", func() { grid().Subset([]int32{4}) }},
		{"subset negative", func() { grid().Subset([]int32{-1}) }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			c.do()
		})
	}
}

func TestMatrixErrors(t *testing.T) {
	data := make([]float32, 12)
	cases := []struct {
		name, says string
		m          matrix.View
	}{
		{"too little storage", "needs 15 elements, its storage has 12", matrix.View{Data: data, N: 5, D: 3}},
		{"offset beyond", "needs 13 elements", matrix.View{Data: data, N: 4, D: 3, Offset: 1}},
		{"stride below columns", "4 columns in rows of 3", matrix.View{Data: data, N: 2, D: 4, Stride: 3}},
		{"two storages", "both float32 and float16", matrix.View{Data: data, Half: make([]uint16, 12), N: 1, D: 1}},
		{"no storage", "its storage has 0", matrix.View{N: 1, D: 1}},
		{"negative", "negative", matrix.View{Data: data, N: -1, D: 1}},
		{"index length", "2 rows with an index of 1", matrix.View{Data: data, N: 2, D: 3, Index: []int32{0}}},
		{"index beyond", "needs 15 elements", matrix.View{Data: data, N: 1, D: 3, Index: []int32{4}}},
		{"index negative", "names row -1", matrix.View{Data: data, N: 1, D: 3, Index: []int32{-1}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { matrixtest.WantError(t, c.m.Validate(), nil, c.says) })
	}
	if _, err := matrix.New(data, 4, 3); err != nil {
		t.Error(err)
	}
	_, err := matrix.NewHalf(make([]uint16, 11), 4, 3)
	matrixtest.WantError(t, err, nil, "its storage has 11")
}

func TestNotFinite(t *testing.T) {
	m := grid()
	if err := m.NotFinite(); err != nil {
		t.Error(err)
	}
	m.Data[2*6+5] = float32(math.Inf(1))
	matrixtest.WantError(t, m.NotFinite(), matrix.ErrNotFinite, "feature 5 of row 2 is +Inf")
	// The row is named by its place in the storage, the column by that in the view.
	view := m.Subset([]int32{0, 2}).Cols(4, 6)
	matrixtest.WantError(t, view.NotFinite(), matrix.ErrNotFinite, "feature 1 of row 2")
}

func TestAddress(t *testing.T) {
	m := grid()
	if m.Rows(2, 3).Address(0) != m.Subset([]int32{1, 2}).Address(1) {
		t.Error("one row has two addresses")
	}
	if m.Address(0) == m.Address(1) {
		t.Error("two rows have one address")
	}
	if m.Cols(0, 0).Address(0) != nil {
		t.Error("a row without elements has an address")
	}
}

// A subset may repeat rows, and so have more of them than the storage.
func TestSubsetRepeats(t *testing.T) {
	m := grid().Rows(0, 1).Subset(make([]int32, 50))
	if err := m.Validate(); err != nil || m.N != 50 {
		t.Errorf("%d rows, %v", m.N, err)
	}
	m.Index[49] = 99
	if m.Validate() == nil {
		t.Error("row 99 is not in the storage")
	}
}
