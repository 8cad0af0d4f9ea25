package linear

import "math"

// warmStart remembers the solution of a problem at the cost before last, from which
// the next one can be foretold: along a path of costs the weights are smooth in
// the logarithm of the cost.
type warmStart struct {
	cost float64 // of w and z; 0: none yet
	w, z []float64
}

// farthest bounds the step of an extrapolation by the one before it.
const farthest = 2

// extrapolate moves b, at the solution for the cost before (0: none), on towards
// that for c, if that lowers the objective at c.
func (p *warmStart) extrapolate(b *binary, y []int32, before, c float64) {
	if before <= 0 {
		return
	}
	w, z := append([]float64(nil), b.w...), append([]float64(nil), b.z...)
	if p.cost > 0 && p.cost < before {
		now := b.value(b.w, b.z, y, c)
		for t := math.Min(farthest, math.Log(c/before)/math.Log(before/p.cost)); t > 0.1; t /= 2 {
			onward(p.w, w, b.w, t)
			onward(p.z, z, b.z, t)
			if b.value(b.w, b.z, y, c) < now {
				break
			}
			copy(b.w, w)
			copy(b.z, z)
		}
	}
	p.cost, p.w, p.z = before, w, z
}

// onward sets to[i] to the point t beyond now on the line from before.
func onward(before, now, to []float64, t float64) {
	for i, v := range now {
		to[i] = v + t*(v-before[i])
	}
}

// value is the objective at weights w with the scores z.
func (b *binary) value(w, z []float64, y []int32, c float64) float64 {
	var f float64
	for _, v := range w {
		f += v * v / 2
	}
	for i, v := range z {
		if h := 1 - sign(y[i] == b.class)*v; h > 0 {
			f += c * h * h
		}
	}
	return f
}
