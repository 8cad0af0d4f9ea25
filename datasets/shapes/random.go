package shapes

import (
	"math"
	"math/rand/v2"
)

// scramble mixes 64 bits so that near keys give unrelated values (the finaliser
// of SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
// generators", 2014).
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// stream is the randomness of one image. It takes numbers from PCG only by
// means of its own, so that they stay the same whatever the library does.
type stream struct{ pcg rand.PCG }

// Keys that keep the streams of a set apart.
const (
	imageStream uint64 = iota
	classStream
	noiseStream
)

// newStream returns the stream of item index (of a split, for a purpose).
func newStream(seed int64, purpose uint64, split Split, index int) *stream {
	var s stream
	s.pcg.Seed(
		scramble(scramble(uint64(seed))^purpose<<8^uint64(split)),
		scramble(uint64(index)),
	)
	return &s
}

// below returns a whole number in [0, n), n < 2^32. Its bias, n/2^32 at most, is
// far below what any count of images could show.
func (s *stream) below(n int) int {
	return int(s.pcg.Uint64() >> 32 * uint64(n) >> 32)
}

// within returns a whole number in [lo, hi].
func (s *stream) within(lo, hi int) int { return lo + s.below(hi-lo+1) }

// uint32 returns any 32 bits.
func (s *stream) uint32() uint32 { return uint32(s.pcg.Uint64() >> 32) }

// Steps of the continuous factors. They are whole multiples of a decimal
// fraction: short in JSON, and the division rounds correctly everywhere.
const (
	lengthSteps = 10000 // a length relative to the side, in 1/10000
	angleSteps  = 10    // an angle, in 1/10 degree
	noiseSteps  = 100   // a standard deviation, in 1/100 grey level
)

// steps returns a multiple of 1/per in [lo, hi].
func (s *stream) steps(lo, hi float64, per int) float64 {
	return float64(s.within(toSteps(lo, per), toSteps(hi, per))) / float64(per)
}

// toSteps is v·per to the nearest whole number. The conversion around the
// product keeps it from being fused with the sum.
func toSteps(v float64, per int) int { return int(math.Floor(float64(v*float64(per)) + 0.5)) }
