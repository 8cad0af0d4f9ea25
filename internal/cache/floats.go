package cache

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"repbench/internal/npy"
)

// ErrDamaged is wrapped by errors about a file of the cache that does not hold what was written. What
// it held can be computed again.
var ErrDamaged = errors.New("the file of the cache is damaged")

// sumValues is the number of values that stand for the SHA-256 of the others, one for each byte.
const sumValues = sha256.Size

// WriteFloats writes values with their SHA-256 as one NumPy file.
func WriteFloats(path string, values []float32) error {
	sum := sumOf(values)
	all := make([]float32, 0, len(values)+sumValues)
	all = append(append(all, values...), sum[:]...)
	return npy.Write(path, []int{len(all)}, all)
}

// ReadFloats reads the n values of a file of WriteFloats. Files of versions that wrote no hash are
// read, too. What is not whole is ErrDamaged.
func ReadFloats(path string, n int) ([]float32, error) {
	_, all, err := npy.Read[float32](path)
	switch {
	case err != nil:
		return nil, err
	case len(all) == n: // of a version without a hash
		return all, nil
	case len(all) != n+sumValues:
		return nil, fmt.Errorf("%w: %s holds %d values, want %d", ErrDamaged, path, len(all), n+sumValues)
	case [sumValues]float32(all[n:]) != sumOf(all[:n]):
		return nil, fmt.Errorf("%w: %s has another hash than when it was written", ErrDamaged, path)
	}
	return all[:n], nil
}

// sumOf is the SHA-256 of values, a value for each byte.
func sumOf(values []float32) (sum [sumValues]float32) {
	h := sha256.New()
	_ = binary.Write(h, binary.LittleEndian, values) // a hash takes all that is written
	for i, b := range h.Sum(nil) {
		sum[i] = float32(b)
	}
	return sum
}
