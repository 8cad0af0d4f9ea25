package latent

import (
	"slices"
	"testing"
)

// A row shows the first and the last image, at most nine, at distances that differ by one at most.
func TestStripOf(t *testing.T) {
	for n, want := range map[int][]int{
		1: {0}, 2: {0, 1}, 7: {0, 1, 2, 3, 4, 5, 6}, 9: {0, 1, 2, 3, 4, 5, 6, 7, 8}, 13: {0, 2, 4, 6, 8, 10, 12}, 17: {0, 2, 4, 6, 8, 10, 12, 14, 16},
		10: {0, 1, 2, 3, 5, 6, 7, 8, 9},
	} {
		if got := stripOf(n); !slices.Equal(got, want) {
			t.Errorf("%d images: %v, want %v", n, got, want)
		}
	}
	for n := 2; n <= maxSteps+1; n++ {
		got := stripOf(n)
		if len(got) > stripFrames || len(got) < min(n, evenFrames) || got[0] != 0 || got[len(got)-1] != n-1 {
			t.Fatalf("%d images: %v", n, got)
		}
		least, most := n, 0
		for i, k := range got[1:] {
			least, most = min(least, k-got[i]), max(most, k-got[i])
		}
		if least < 1 || most-least > 1 {
			t.Errorf("%d images: %v", n, got)
		}
	}
}
