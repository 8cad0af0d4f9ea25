package shapes

import (
	"math"
	"math/rand/v2"
)

// scramble mixes 64 bits so that similar keys give unrelated values (the finaliser of
// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// stream is the randomness of one image. It draws from PCG only with its own methods, so that
// the numbers stay the same if the library changes.
type stream struct{ pcg rand.PCG }

// Keys that separate the streams of a set.
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

// below returns a whole number in [0, n), n < 2^32. Its bias is at most n/2^32, far below what
// any number of images could show.
func (s *stream) below(n int) int {
	return int(s.pcg.Uint64() >> 32 * uint64(n) >> 32)
}

// within returns a whole number in [lo, hi].
func (s *stream) within(lo, hi int) int { return lo + s.below(hi-lo+1) }

// uint32 returns any 32 bits.
func (s *stream) uint32() uint32 { return uint32(s.pcg.Uint64() >> 32) }

// Steps of the continuous factors. The factors are whole multiples of a decimal fraction: they
// are short in JSON, and the division is rounded correctly on all machines.
const (
	lengthSteps = 10000 // a length relative to the side, in 1/10000
	angleSteps  = 10    // an angle, in 1/10 degree
	noiseSteps  = 100   // a standard deviation, in 1/100 grey level
)

// steps returns a multiple of 1/per in [lo, hi].
func (s *stream) steps(lo, hi float64, per int) float64 {
	return float64(s.within(toSteps(lo, per), toSteps(hi, per))) / float64(per)
}

// toSteps returns v·per rounded to the nearest whole number. The conversion around the product
// prevents fusing it with the sum.
func toSteps(v float64, per int) int { return int(math.Floor(float64(v*float64(per)) + 0.5)) }
