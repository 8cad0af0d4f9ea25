package simd

import "golang.org/x/sys/cpu"

// supported returns the kernel tables that this machine can run, best first.
// Package cpu reports a feature only if the operating system saves its registers.
func supported() []*kernels {
	var s []*kernels
	x := &cpu.X86
	avx2 := x.HasAVX2 && x.HasFMA && x.HasF16C
	if avx2 && x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512BW && x.HasAVX512VL {
		k := *avx512Kernels
		if x.HasAVX512VNNI {
			k.bytes, k.ints, k.spinBytes = vnniTile, vnniInts, spinBytesAVX512
		}
		s = append(s, &k)
	}
	if avx2 {
		s = append(s, avx2Kernels)
	}
	return append(s, portable)
}

var avx512Kernels = &kernels{
	isa:       AVX512,
	rows:      4,
	f32:       ops[float32]{lanes: 16, tile: 64, dot: dot32AVX512, accumulate: accumulate32AVX512},
	f64:       ops[float64]{lanes: 8, tile: 32, dot: dot64AVX512, accumulate: accumulate64AVX512},
	widen:     widenAVX512,
	widenStep: 16,
	tile:      avx512Tile,
	ints:      avx2Ints, // without VNNI
	vec:       avx512Vector,
	wide:      avx512Wide,
	rows64:    avx512Rows,
	squares8:  squares8AVX512,
	spin:      spinAVX512,
	spinFlops: 2 * 28 * 16,
}

var avx2Kernels = &kernels{
	isa:       AVX2,
	rows:      2,
	f32:       ops[float32]{lanes: 8, tile: 16, dot: dot32AVX2, accumulate: accumulate32AVX2},
	f64:       ops[float64]{lanes: 4, tile: 8, dot: dot64AVX2, accumulate: accumulate64AVX2},
	widen:     widenAVX2,
	widenStep: 8,
	tile:      avx2Tile,
	ints:      avx2Ints,
	vec:       avx2Vector,
	wide:      avx2Wide,
	rows64:    avx2Rows,
	squares8:  squares8AVX2,
	spin:      spinAVX2,
	spinFlops: 2 * 12 * 8,
}
