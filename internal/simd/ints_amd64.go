package simd

var vnniInts = &IntTile{
	Rows: 14, Columns: 32, Values: 4, isa: AVX512, words: avx512Tile,
	multiply: []func(k int, a, b *uint32, c *int32, offsets *int, add bool){
		tileInts1x2AVX512, tileInts2x2AVX512, tileInts3x2AVX512, tileInts4x2AVX512, tileInts5x2AVX512, tileInts6x2AVX512, tileInts7x2AVX512,
		tileInts8x2AVX512, tileInts9x2AVX512, tileInts10x2AVX512, tileInts11x2AVX512, tileInts12x2AVX512, tileInts13x2AVX512, tileInts14x2AVX512},
	hits:    hitsAVX512,
	moments: momentsAVX512,
}

var avx2Ints = &IntTile{
	Rows: 6, Columns: 16, Values: 2, isa: AVX2, words: avx2Tile,
	multiply: []func(k int, a, b *uint32, c *int32, offsets *int, add bool){
		tileInts1x2AVX2, tileInts2x2AVX2, tileInts3x2AVX2, tileInts4x2AVX2, tileInts5x2AVX2, tileInts6x2AVX2},
	hits:    hitsAVX2,
	moments: momentsAVX2,
}
