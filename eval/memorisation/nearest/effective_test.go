package nearest

import (
	"math"
	"testing"
)

func TestEffectiveNumber(t *testing.T) {
	for _, c := range []struct {
		rows []int32
		want float64
	}{{nil, 0}, {[]int32{5}, 1}, {[]int32{1, 2, 3, 4}, 4}, {[]int32{7, 7, 7}, 1}, {[]int32{1, 1, 2, 2}, 2}, {[]int32{1, 1, 1, 2}, 1.6}} {
		if got := EffectiveNumber(c.rows); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("n_eff of %v = %v, want %v", c.rows, got, c.want)
		}
	}
}
