package simd

var (
	avx512Wide = &WideTile{Rows: 14, Columns: 16, isa: AVX512, tile: wideTileAVX512}
	avx2Wide   = &WideTile{Rows: 6, Columns: 8, isa: AVX2, tile: wideTileAVX2}

	avx512Rows = &WideRows{Group: 8, isa: AVX512, lanes: 8, dots: wideDotsAVX512, combine: wideCombineAVX512, fused: wideBothAVX512}
	avx2Rows   = &WideRows{Group: 4, isa: AVX2, lanes: 4, dots: wideDotsAVX2, combine: wideCombineAVX2, fused: wideBothAVX2}
)
