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

// The direct kernels of an instruction set, by the numbers of vectors and rows.
var (
	avx512Direct = [2][]directKernel{
		{direct1x1AVX512, direct2x1AVX512, direct3x1AVX512, direct4x1AVX512, direct5x1AVX512, direct6x1AVX512, direct7x1AVX512, direct8x1AVX512, direct9x1AVX512, direct10x1AVX512, direct11x1AVX512, direct12x1AVX512, direct13x1AVX512, direct14x1AVX512},
		{direct1x2AVX512, direct2x2AVX512, direct3x2AVX512, direct4x2AVX512, direct5x2AVX512, direct6x2AVX512, direct7x2AVX512, direct8x2AVX512, direct9x2AVX512, direct10x2AVX512, direct11x2AVX512, direct12x2AVX512, direct13x2AVX512, direct14x2AVX512},
	}
	avx2Direct = [2][]directKernel{
		{direct1x1AVX2, direct2x1AVX2, direct3x1AVX2, direct4x1AVX2, direct5x1AVX2, direct6x1AVX2},
		{direct1x2AVX2, direct2x2AVX2, direct3x2AVX2, direct4x2AVX2, direct5x2AVX2, direct6x2AVX2},
	}
)
