package runfolder

import "testing"

func TestSpread(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 1, 2: 2, 3: 3, 100: 3} {
		got := spread(n)
		if len(got) != want || n > 0 && (got[0] != 0 || got[len(got)-1] != n-1) {
			t.Errorf("spread(%d) = %v", n, got)
		}
	}
}
