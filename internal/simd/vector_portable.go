package simd

import (
	"math"
	"unsafe"

	"repbench/internal/npy"
)

var portableVector = &vectorOps{
	add:       loop2(addLoop),
	sub:       loop2(subLoop),
	mul:       loop2(mulLoop),
	div:       loop2(divLoop),
	max:       loop2(maxLoop),
	min:       loop2(minLoop),
	addRelu:   loop2(addReluLoop),
	equal:     loop2(equalLoop),
	notEqual:  loop2(notEqualLoop),
	less:      loop2(lessLoop),
	lessEqual: loop2(lessEqualLoop),
	neg:       each(func(x float32) float32 { return -x }),
	abs:       each(abs),
	sign:      each(sign),
	floor:     each(inFloat64(math.Floor)),
	ceil:      each(inFloat64(math.Ceil)),
	round:     each(inFloat64(math.RoundToEven)),
	sqrt:      each(sqrt),
	rsqrt:     each(rsqrt),
	exp:       each(inFloat64(math.Exp)),
	expm1:     each(inFloat64(math.Expm1)),
	log:       each(inFloat64(math.Log)),
	log1p:     each(inFloat64(math.Log1p)),
	tanh:      each(inFloat64(math.Tanh)),
	sigmoid:   each(inFloat64(sigmoid)),
	erf:       each(inFloat64(math.Erf)),
	finish: [numFinishings]finishKernel{
		FinishSum:       finishLoop(false, func(t float32) float32 { return t }),
		FinishRelu:      finishLoop(false, func(t float32) float32 { return max(t, 0) }),
		FinishRelu6:     finishLoop(false, func(t float32) float32 { return min(max(t, 0), 6) }),
		FinishHardSwish: finishLoop(false, hardSwish),
		FinishSwish:     finishLoop(false, func(t float32) float32 { return t * float32(sigmoid(float64(t))) }),
		FinishGelu:      finishLoop(false, gelu),
		FinishMore:      finishLoop(true, func(t float32) float32 { return t }),
		FinishMoreRelu:  finishLoop(true, func(t float32) float32 { return max(t, 0) }),
	},
	sum:   fold(sumLoop),
	maxOf: fold(maxOfLoop),
	minOf: fold(minOfLoop),
	expSum: func(dst, a *float32, shift float32, n int) float32 {
		return expSumLoop(unsafe.Slice(dst, n), unsafe.Slice(a, n), shift)
	},
	scale: func(dst, a *float32, factor float32, n int) {
		scaleLoop(unsafe.Slice(dst, n), unsafe.Slice(a, n), factor)
	},
	choose: func(dst, cond, a, b *float32, n int) {
		selectLoop(unsafe.Slice(dst, n), unsafe.Slice(cond, n), unsafe.Slice(a, n), unsafe.Slice(b, n))
	},
	fill: func(dst *float32, v float32, n int) {
		for i, s := 0, unsafe.Slice(dst, n); i < len(s); i++ {
			s[i] = v
		}
	},
	step:      1,
	fromUint8: map1(func(b uint8) float32 { return float32(b) }),
	fromBF16:  map1(fromBF16),
	fromF16:   map1(npy.Float16ToFloat32),
	toBF16:    map1(toBF16),
	toF16:     map1(npy.Float32ToFloat16),
}
