package simd

import "math"

// inFloat64 computes f in float64 and rounds.
func inFloat64(f func(float64) float64) func(float32) float32 {
	return func(x float32) float32 { return float32(f(float64(x))) }
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

func sign(x float32) float32 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

// sqrt rounds once: a double has more than twice the bits of a single, plus two.
func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

func rsqrt(x float32) float32 { return 1 / sqrt(x) }
