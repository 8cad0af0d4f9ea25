package matmul

import (
	"testing"

	"repbench/internal/simd"
)

// tiles are the tiles of all instruction sets that this machine can run. Short tests, under the race
// detector, take the best one: threads share work in the same way with any of them.
func tiles() []*simd.Tile {
	all := simd.MatrixTiles()
	if testing.Short() {
		return all[:1]
	}
	return all
}
