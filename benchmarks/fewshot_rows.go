package benchmarks

import (
	"fmt"
	"math"
	"slices"

	"repbench/eval"
	"repbench/internal/npy"
)

// maxRows is the largest number of elements of a file of rows: a thousand times as many as
// the released code draws.
const maxRows = 200_000_000

// readRows reads the rows of draws from NumPy files; "" is none.
func readRows(selecting, reporting string) (eval.FewShotRows, error) {
	r := eval.FewShotRows{SelectName: selecting, ReportName: reporting}
	if reporting != "" {
		shape, rows, err := readIndices(reporting, 2, "draws × rows")
		if err != nil {
			return r, err
		}
		r.Report = cut(rows, shape[0], shape[1])
	}
	if selecting != "" {
		shape, rows, err := readIndices(selecting, 3, "C × draws × rows")
		if err != nil {
			return r, err
		}
		draws := cut(rows, shape[0]*shape[1], shape[2])
		r.Select = cut(draws, shape[0], shape[1])
	}
	return r, nil
}

// cut divides a list into n parts of one size.
func cut[T any](list []T, n, size int) [][]T {
	out := make([][]T, n)
	for i := range out {
		out[i] = list[i*size : (i+1)*size]
	}
	return out
}

// reshaped says how an array of fewer dimensions becomes one of dims: with one draw, or one C, for each
// that is missing, or cut into parts.
func reshaped(have, dims int) string {
	if have >= dims {
		return ""
	}
	if dims == 3 {
		return "; save rows.reshape(number of C, draws, -1)"
	}
	return "; save rows.reshape(draws, -1)"
}

// readIndices reads an array of row numbers with dims dimensions, none of them 0; layout names the dimensions.
func readIndices(path string, dims int, layout string) (shape []int, rows []int32, err error) {
	h, err := npy.ReadHeader(path)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case slices.Contains([]npy.DType{npy.Float16, npy.Float32, npy.Float64}, h.DType):
		return nil, nil, fmt.Errorf("%s holds %s, want row numbers, which are whole: save rows.astype('int32')", path, h.DType)
	case h.Elements() > maxRows:
		return nil, nil, fmt.Errorf("%s has shape %v, more than %d row numbers", path, h.Shape, maxRows)
	case len(h.Shape) != dims:
		return nil, nil, fmt.Errorf("%s has shape %v, want %d dimensions: %s%s", path, h.Shape, dims, layout, reshaped(len(h.Shape), dims))
	case h.Elements() == 0:
		return nil, nil, fmt.Errorf("%s has shape %v, and holds no rows: want %s", path, h.Shape, layout)
	case h.DType == npy.Bool:
		return nil, nil, fmt.Errorf("%s holds a mask of bool, want row numbers: save np.flatnonzero(mask) of each draw", path)
	}
	shape, wide, err := npy.ReadIntegers(path)
	if err != nil {
		return nil, nil, err
	}
	rows = make([]int32, len(wide))
	for i, v := range wide {
		if v < math.MinInt32 || v > math.MaxInt32 {
			return nil, nil, fmt.Errorf("%s: element %d is %d, which is no row of any split", path, i, v)
		}
		rows[i] = int32(v)
	}
	return shape, rows, nil
}
