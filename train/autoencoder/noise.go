package autoencoder

import "math/rand/v2"

// Random streams of one seed. They differ from the streams of package train, of which
// StreamOrder orders the images.
const (
	streamInit = 0x0ae0 + iota
	streamDropout
)

// dropout returns a mask of n values: 0 with probability rate, rounded to 1/65536, and else 1.
// Each random word decides four values.
func dropout(n int, rate float64, r *rand.Rand) []uint8 {
	limit := uint64(rate*(1<<16) + 0.5)
	keep := make([]uint8, n)
	for i := 0; i < n; i += 4 {
		word := r.Uint64()
		for j := i; j < min(i+4, n); j++ {
			if word&0xffff >= limit {
				keep[j] = 1
			}
			word >>= 16
		}
	}
	return keep
}
