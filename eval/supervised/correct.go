package supervised

import (
	"path/filepath"

	"repbench/internal/npy"
)

// count is the number of images that are right.
func count(right []bool) (n int) {
	for _, r := range right {
		if r {
			n++
		}
	}
	return n
}

// writeCorrect writes correct.npy: 1 for each test image that is right, else 0.
func writeCorrect(dir string, right []bool) error {
	flags := make([]uint8, len(right))
	for i, r := range right {
		if r {
			flags[i] = 1
		}
	}
	return npy.Write(filepath.Join(dir, correctFile), []int{len(flags)}, flags)
}

// readCorrect reads correct.npy; nil where there is none that gives the accuracy of the result.
func readCorrect(dir string, r *Result) []bool {
	_, flags, err := npy.Read[uint8](filepath.Join(dir, correctFile))
	if err != nil || len(flags) != r.NTest {
		return nil
	}
	right := make([]bool, len(flags))
	for i, f := range flags {
		right[i] = f == 1
	}
	if float64(count(right))/float64(r.NTest) != r.TestAccuracy {
		return nil
	}
	return right
}
