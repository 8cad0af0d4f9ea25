package benchmarks

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"

	"repbench/datasets"
	"repbench/features/matrix"
)

// hashImages is the SHA-256, in hexadecimal, of the shape and the pixels of images.
func hashImages(im datasets.Images) string {
	h := sha256.New()
	fmt.Fprintf(h, "repbench images 1\n%d %d %d %d\n", im.N, im.H, im.W, im.C)
	h.Write(im.Data)
	return hexOf(h)
}

// HashRows is the SHA-256, in hexadecimal, of the shape and the elements of a matrix, as float32.
func HashRows(x matrix.View) string {
	h := sha256.New()
	fmt.Fprintf(h, "repbench rows 1\n%d %d\n", x.N, x.D)
	if x.N*x.D == 0 {
		return hexOf(h)
	}
	line := make([]byte, 4*x.D)
	r := matrix.Reader{M: x}
	for lo := 0; lo < x.N; lo += matrix.BlockRows {
		for _, row := range r.Read(lo, min(lo+matrix.BlockRows, x.N)) {
			for i, v := range row {
				binary.LittleEndian.PutUint32(line[4*i:], math.Float32bits(v))
			}
			h.Write(line)
		}
	}
	return hexOf(h)
}

func hexOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }
