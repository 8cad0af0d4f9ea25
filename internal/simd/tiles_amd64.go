package simd

var avx512Tile = &Tile{
	Rows: 14, Lanes: 16, Columns: 32, isa: AVX512,
	byRows: [2][]func(k int, a, b, c *float32, offsets *int, add bool){
		{tileRows1x1AVX512, tileRows2x1AVX512, tileRows3x1AVX512, tileRows4x1AVX512, tileRows5x1AVX512, tileRows6x1AVX512, tileRows7x1AVX512, tileRows8x1AVX512, tileRows9x1AVX512, tileRows10x1AVX512, tileRows11x1AVX512, tileRows12x1AVX512, tileRows13x1AVX512, tileRows14x1AVX512},
		{tileRows1x2AVX512, tileRows2x2AVX512, tileRows3x2AVX512, tileRows4x2AVX512, tileRows5x2AVX512, tileRows6x2AVX512, tileRows7x2AVX512, tileRows8x2AVX512, tileRows9x2AVX512, tileRows10x2AVX512, tileRows11x2AVX512, tileRows12x2AVX512, tileRows13x2AVX512, tileRows14x2AVX512},
	},
	byColumns: [2][]func(k int, a *float32, stride int, b, c *float32, offsets *int, add bool){
		{tileColumns1x1AVX512, tileColumns2x1AVX512, tileColumns3x1AVX512, tileColumns4x1AVX512, tileColumns5x1AVX512, tileColumns6x1AVX512, tileColumns7x1AVX512, tileColumns8x1AVX512, tileColumns9x1AVX512, tileColumns10x1AVX512, tileColumns11x1AVX512, tileColumns12x1AVX512, tileColumns13x1AVX512, tileColumns14x1AVX512},
		{tileColumns1x2AVX512, tileColumns2x2AVX512, tileColumns3x2AVX512, tileColumns4x2AVX512, tileColumns5x2AVX512, tileColumns6x2AVX512, tileColumns7x2AVX512, tileColumns8x2AVX512, tileColumns9x2AVX512, tileColumns10x2AVX512, tileColumns11x2AVX512, tileColumns12x2AVX512, tileColumns13x2AVX512, tileColumns14x2AVX512},
	},
	copyRows:  copyRowsAVX512,
	transpose: transposeAVX512,
	depthwise: avx512Depthwise,
	direct:    avx512Direct,

	winogradIn:  winogradInAVX512,
	winogradOut: winogradOutAVX512,
	pool:        [2][2]poolKernel{{poolMax1AVX512, poolMax4AVX512}, {poolSum1AVX512, poolSum4AVX512}},
	copyApart:   copyApartAVX512,
}

var avx2Tile = &Tile{
	Rows: 6, Lanes: 8, Columns: 16, isa: AVX2,
	byRows: [2][]func(k int, a, b, c *float32, offsets *int, add bool){
		{tileRows1x1AVX2, tileRows2x1AVX2, tileRows3x1AVX2, tileRows4x1AVX2, tileRows5x1AVX2, tileRows6x1AVX2},
		{tileRows1x2AVX2, tileRows2x2AVX2, tileRows3x2AVX2, tileRows4x2AVX2, tileRows5x2AVX2, tileRows6x2AVX2},
	},
	byColumns: [2][]func(k int, a *float32, stride int, b, c *float32, offsets *int, add bool){
		{tileColumns1x1AVX2, tileColumns2x1AVX2, tileColumns3x1AVX2, tileColumns4x1AVX2, tileColumns5x1AVX2, tileColumns6x1AVX2},
		{tileColumns1x2AVX2, tileColumns2x2AVX2, tileColumns3x2AVX2, tileColumns4x2AVX2, tileColumns5x2AVX2, tileColumns6x2AVX2},
	},
	copyRows:  copyRowsAVX2,
	transpose: transposeAVX2,
	depthwise: avx2Depthwise,
	direct:    avx2Direct,

	winogradIn:  winogradInAVX2,
	winogradOut: winogradOutAVX2,
	pool:        [2][2]poolKernel{{poolMax1AVX2, poolMax4AVX2}, {poolSum1AVX2, poolSum4AVX2}},
	copyApart:   copyApartAVX2,
}

var vnniTile = &ByteTile{
	Rows: 14, Columns: 32,
	byColumns: []func(k int, a *int8, stride int, b *uint8, c *float32, offsets *int, add bool){
		tileBytes1x2AVX512, tileBytes2x2AVX512, tileBytes3x2AVX512, tileBytes4x2AVX512, tileBytes5x2AVX512, tileBytes6x2AVX512, tileBytes7x2AVX512,
		tileBytes8x2AVX512, tileBytes9x2AVX512, tileBytes10x2AVX512, tileBytes11x2AVX512, tileBytes12x2AVX512, tileBytes13x2AVX512, tileBytes14x2AVX512},
	turn: turnBytesAVX512,
}

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

var (
	avx512Wide = &WideTile{Rows: 14, Columns: 16, isa: AVX512, tile: wideTileAVX512}
	avx2Wide   = &WideTile{Rows: 6, Columns: 8, isa: AVX2, tile: wideTileAVX2}

	avx512Rows = &WideRows{Group: 8, isa: AVX512, lanes: 8, dots: wideDotsAVX512, combine: wideCombineAVX512, fused: wideBothAVX512}
	avx2Rows   = &WideRows{Group: 4, isa: AVX2, lanes: 4, dots: wideDotsAVX2, combine: wideCombineAVX2, fused: wideBothAVX2}
)
