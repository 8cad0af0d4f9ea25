package simd

// The depthwise kernels of an instruction set, by the binary logarithms of positions and vectors.
var (
	avx512Depthwise = [4][3]windowKernel{
		{depthwise1x1AVX512, depthwise1x2AVX512, depthwise1x4AVX512},
		{depthwise2x1AVX512, depthwise2x2AVX512, depthwise2x4AVX512},
		{depthwise4x1AVX512, depthwise4x2AVX512, depthwise4x4AVX512},
		{depthwise8x1AVX512, depthwise8x2AVX512},
	}
	avx2Depthwise = [4][3]windowKernel{
		{depthwise1x1AVX2, depthwise1x2AVX2, depthwise1x4AVX2},
		{depthwise2x1AVX2, depthwise2x2AVX2, depthwise2x4AVX2},
		{depthwise4x1AVX2, depthwise4x2AVX2},
	}
)
