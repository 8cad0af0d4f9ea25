package shapes

import "math"

// fixed is a number with 16 bits after the point, in an int64. Everything that decides a pixel
// is computed in it: whole numbers give the same bytes on every machine, while a compiler may
// fuse a floating-point product and sum on one machine (arm64) and not on another (amd64).
type fixed = int64

const (
	fixedBits  = 16
	fixedOne   = fixed(1) << fixedBits
	fixedHalf  = fixedOne / 2
	fixedFloor = ^(fixedOne - 1) // mask of the whole part
)

// maxMagnitude limits the factors: it is far beyond all sensible values, and small enough that
// no product here overflows.
const maxMagnitude = 1 << 12

// toFixed returns v rounded to the nearest 1/65536, clamped to ±4096; NaN gives 0. The
// conversion around the product prevents fusing it with the sum.
func toFixed(v float64) fixed {
	switch {
	case v != v:
		return 0
	case v > maxMagnitude:
		v = maxMagnitude
	case v < -maxMagnitude:
		v = -maxMagnitude
	}
	return fixed(math.Floor(float64(v*float64(fixedOne)) + 0.5))
}

// clampFixed returns v inside [lo, hi].
func clampFixed(v, lo, hi fixed) fixed { return min(max(v, lo), hi) }

// mul returns a·b, rounded down.
func mul(a, b fixed) fixed { return a * b >> fixedBits }

// mix returns a + (b - a)·t for t in [0, 1], rounded down.
func mix(a, b, t fixed) fixed { return a + (b-a)*t>>fixedBits }

// sqrtFixed returns √v for v in [0, 2^36). IEEE 754 requires correct rounding of square roots,
// so that the result is the same on all machines.
func sqrtFixed(v fixed) fixed { return fixed(math.Sqrt(float64(v << fixedBits))) }

// turns converts degrees to turns (1 = a full circle) in [0, 1).
func turns(degrees float64) fixed { return toFixed(degrees) / 360 & (fixedOne - 1) }

// sincos returns the sine and the cosine of an angle in turns, each within
// 1/65536 of the true value (TestSine checks every argument).
func sincos(turn fixed) (sin, cos fixed) {
	return sine(turn), sine(turn + fixedOne/4)
}

// sine reduces the angle to a quarter turn and evaluates the Taylor polynomial of degree 9,
// with 30 bits after the point.
func sine(turn fixed) fixed {
	turn &= fixedOne - 1
	q := turn & (fixedOne/4 - 1)
	if turn&(fixedOne/4) != 0 {
		q = fixedOne/4 - q
	}
	v := quarterSine(q)
	if turn >= fixedHalf {
		return -v
	}
	return v
}

// sineTerms are (π/2)^k / k! for k = 1, 3, 5, 7, 9, times 2^30.
var sineTerms = [...]int64{1686629713, 693598668, 85569306, 5026995, 172272}

// quarterSine returns sin(π/2 · 4q) for q in [0, 1/4].
func quarterSine(q fixed) fixed {
	x := q << 16 // 4q with 30 bits
	square := x * x >> 30
	last := len(sineTerms) - 1
	sum := sineTerms[last]
	for k := last - 1; k >= 0; k-- {
		sum = sineTerms[k] - sum*square>>30
	}
	return min((x*sum>>30+1<<13)>>14, fixedOne)
}
