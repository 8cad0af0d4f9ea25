package simd

import (
	"slices"
	"testing"
)

// descend calls f from a stack n frames deep.
//
//go:noinline
func descend(n int, f func()) byte {
	var pad [48]byte
	pad[n%len(pad)] = 1
	if n == 0 {
		f()
		return pad[1]
	}
	return descend(n-1, f) + pad[3]
}

// TestConversionsWhileTheStackMoves converts arrays on stacks that are about to grow: at some
// of the tested depths the stack moves between taking an array's address and running the
// kernel. Under -race the test found such a move.
func TestConversionsWhileTheStackMoves(t *testing.T) {
	want := []float32{1, -2, 3, 0.5, 1}
	for depth := range 400 {
		got := make([]float32, len(want))
		done := make(chan struct{})
		go func() {
			defer close(done)
			descend(depth, func() { FromBF16(got, []uint16{0x3f80, 0xc000, 0x4040, 0x3f00, 0x3f80}) })
		}()
		<-done
		if !slices.Equal(got, want) {
			t.Fatalf("at depth %d: %v, want %v", depth, got, want)
		}
	}
}
