package simd

// portableTile is the tile of the plain Go loops.
var portableTile = &Tile{Rows: 4, Lanes: 8, Columns: 16, isa: Portable}

// mulRows is Tile.ByRows in plain Go; w is the width of the panel b.
func mulRows(c []float32, offsets []int, a, b []float32, k, cols, w int, add bool) {
	for i, o := range offsets {
		var sums [16]float32
		for l, f := range a[i*RowStride:][:k] {
			addScaled(sums[:w], b[l*w:][:w], f)
		}
		store(c[o:o+cols], sums[:cols], add)
	}
}

// mulColumns is Tile.ByColumns in plain Go.
func mulColumns(c []float32, offsets []int, a []float32, stride int, b []float32, k, cols, w int, add bool) {
	for i, o := range offsets {
		var sums [16]float32
		for l := range k {
			addScaled(sums[:w], b[l*w:][:w], a[l*stride+i])
		}
		store(c[o:o+cols], sums[:cols], add)
	}
}

// addScaled adds f·b to sums. float32(…) keeps compilers from fusing the product with the sum,
// so that the portable loops give the same bits on all machines.
func addScaled(sums, b []float32, f float32) {
	b = b[:len(sums)]
	for j := range sums {
		sums[j] += float32(f * b[j])
	}
}

func store(row, sums []float32, add bool) {
	if !add {
		copy(row, sums)
		return
	}
	for j, v := range sums {
		row[j] += v
	}
}
