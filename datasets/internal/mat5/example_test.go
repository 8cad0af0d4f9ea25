package mat5_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"repbench/datasets/internal/mat5"
)

// The variables of a file, and the values of one, which are whole numbers below 256.
func ExampleReader_Next() {
	data, err := os.ReadFile("testdata/test3dmatrix_7.1_GLNX86.mat")
	if err != nil {
		panic(err)
	}
	file, size := bytes.NewReader(data), int64(len(data))
	r, err := mat5.NewReader(file, size)
	if err != nil {
		panic(err)
	}
	for a, err := r.Next(); !errors.Is(err, io.EOF); a, err = r.Next() {
		if err != nil {
			panic(err)
		}
		if a.Name == "test3dmatrix" {
			pixels := make([]uint8, a.Dims[0]*a.Dims[1]*a.Dims[2])
			err = a.ReadUint8(pixels)
			fmt.Println(a.Dims, pixels[:4], err)
		}
	}
	// Output: [2 3 4] [1 2 3 4] <nil>
}
