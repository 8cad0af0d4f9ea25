package memorisation

import "testing"

func TestMatchWords(t *testing.T) {
	for _, tt := range []struct {
		mirrored bool
		offset   [2]int
		want     string
	}{
		{false, [2]int{}, ""}, {true, [2]int{}, "mirrored"}, {false, [2]int{2, 1}, "shift 2 down, 1 right"},
		{true, [2]int{2, 1}, "shift 2 down, 1 right, mirrored"}, {false, [2]int{-2, 0}, "shift 2 up"}, {true, [2]int{0, -1}, "shift 1 left, mirrored"},
	} {
		if got := MatchWords(tt.mirrored, tt.offset); got != tt.want {
			t.Errorf("%v, %v: %q, want %q", tt.mirrored, tt.offset, got, tt.want)
		}
	}
}
