package jpegscale

// Constants of the transforms in fixed point, times 2^13.
const (
	constBits = 13
	passBits  = 2

	fix0211164243 = 1730
	fix0298631336 = 2446
	fix0390180644 = 3196
	fix0509795579 = 4176
	fix0541196100 = 4433
	fix0601344887 = 4926
	fix0720959822 = 5906
	fix0765366865 = 6270
	fix0850430095 = 6967
	fix0899976223 = 7373
	fix1061594337 = 8697
	fix1175875602 = 9633
	fix1272758580 = 10426
	fix1451774981 = 11893
	fix1501321110 = 12299
	fix1847759065 = 15137
	fix1961570560 = 16069
	fix2053119869 = 16819
	fix2172734803 = 17799
	fix2562915447 = 20995
	fix3072711026 = 25172
	fix3624509785 = 29692
)

// corner is the number of coefficients, in the order of the file, that are in the first four
// rows and columns.
const corner = 10

// inverse writes the size×size samples of a block of dequantised coefficients, and overwrites
// the block. last is the largest index, in the order of the file, of a coefficient other than
// zero, or any larger number.
func inverse(dst []uint8, stride, size int, block *[64]int32, last int) {
	switch {
	case last == 0 || size == 1:
		flat(dst, stride, size, mean(block[0]))
	case size == 2:
		inverse2(dst, stride, block)
	case size == 4:
		inverse4(dst, stride, block)
	case last < corner:
		inverseCorner(dst, stride, block)
	default:
		inverse8(dst, stride, block)
	}
}

// mean returns the sample of a block that has no other coefficient.
func mean(dc int32) uint8 { return clip((dc + 4) >> 3) }

// clip moves a sample from around 0 to 0 … 255.
func clip(v int32) uint8 {
	v += 128
	if uint32(v) > 255 {
		v = ^(v >> 31) & 255
	}
	return uint8(v)
}

func flat(dst []uint8, stride, size int, v uint8) {
	for y := range size {
		row := dst[y*stride:][:size]
		for x := range row {
			row[x] = v
		}
	}
}

// inverse8 is jpeg_idct_islow of jidctint.c: the algorithm of Loeffler, Ligtenberg
// and Moschytz with 12 multiplications, columns first.
func inverse8(dst []uint8, stride int, b *[64]int32) {
	const down1, down2 = constBits - passBits, constBits + passBits + 3
	for i := range 8 {
		if b[8+i]|b[16+i]|b[24+i]|b[32+i]|b[40+i]|b[48+i]|b[56+i] == 0 {
			v := b[i] << passBits
			b[i], b[8+i], b[16+i], b[24+i] = v, v, v, v
			b[32+i], b[40+i], b[48+i], b[56+i] = v, v, v, v
			continue
		}
		e0, e1, e2, e3 := even(b[i], b[16+i], b[32+i], b[48+i], 1<<(down1-1))
		o0, o1, o2, o3 := odd(b[8+i], b[24+i], b[40+i], b[56+i])
		b[i], b[56+i] = (e0+o0)>>down1, (e0-o0)>>down1
		b[8+i], b[48+i] = (e1+o1)>>down1, (e1-o1)>>down1
		b[16+i], b[40+i] = (e2+o2)>>down1, (e2-o2)>>down1
		b[24+i], b[32+i] = (e3+o3)>>down1, (e3-o3)>>down1
	}
	for y := range 8 {
		r := (*[8]int32)(b[8*y:])
		e0, e1, e2, e3 := even(r[0], r[2], r[4], r[6], 1<<(down2-1))
		o0, o1, o2, o3 := odd(r[1], r[3], r[5], r[7])
		p := (*[8]uint8)(dst[y*stride:])
		p[0], p[7] = clip((e0+o0)>>down2), clip((e0-o0)>>down2)
		p[1], p[6] = clip((e1+o1)>>down2), clip((e1-o1)>>down2)
		p[2], p[5] = clip((e2+o2)>>down2), clip((e2-o2)>>down2)
		p[3], p[4] = clip((e3+o3)>>down2), clip((e3-o3)>>down2)
	}
}

// inverseCorner is inverse8 for blocks with only the coefficients 0 … 3 of each row and column,
// as in most blocks: the same sums without the zero terms.
func inverseCorner(dst []uint8, stride int, b *[64]int32) {
	const down1, down2 = constBits - passBits, constBits + passBits + 3
	for i := range 4 {
		e0, e1, e2, e3 := even(b[i], b[16+i], 0, 0, 1<<(down1-1))
		o0, o1, o2, o3 := oddCorner(b[8+i], b[24+i])
		b[i], b[56+i] = (e0+o0)>>down1, (e0-o0)>>down1
		b[8+i], b[48+i] = (e1+o1)>>down1, (e1-o1)>>down1
		b[16+i], b[40+i] = (e2+o2)>>down1, (e2-o2)>>down1
		b[24+i], b[32+i] = (e3+o3)>>down1, (e3-o3)>>down1
	}
	for y := range 8 {
		r := (*[4]int32)(b[8*y:])
		e0, e1, e2, e3 := even(r[0], r[2], 0, 0, 1<<(down2-1))
		o0, o1, o2, o3 := oddCorner(r[1], r[3])
		p := (*[8]uint8)(dst[y*stride:])
		p[0], p[7] = clip((e0+o0)>>down2), clip((e0-o0)>>down2)
		p[1], p[6] = clip((e1+o1)>>down2), clip((e1-o1)>>down2)
		p[2], p[5] = clip((e2+o2)>>down2), clip((e2-o2)>>down2)
		p[3], p[4] = clip((e3+o3)>>down2), clip((e3-o3)>>down2)
	}
}

// oddCorner is odd with c5 = c7 = 0.
func oddCorner(c1, c3 int32) (o0, o1, o2, o3 int32) {
	z5 := (c3 + c1) * fix1175875602
	z1, z2 := -c1*fix0899976223, -c3*fix2562915447
	z3, z4 := z5-c3*fix1961570560, z5-c1*fix0390180644
	return c1*fix1501321110 + z1 + z4, c3*fix3072711026 + z2 + z3, z2 + z4, z1 + z3
}

// even returns the part of the coefficients 0, 2, 4 and 6, plus half a unit for rounding. It
// returns several results, since an array would not stay in registers.
func even(c0, c2, c4, c6, half int32) (e0, e1, e2, e3 int32) {
	z := (c2 + c6) * fix0541196100
	t2, t3 := z-c6*fix1847759065, z+c2*fix0765366865
	t0, t1 := (c0+c4)<<constBits+half, (c0-c4)<<constBits+half
	return t0 + t3, t1 + t2, t1 - t2, t0 - t3
}

// odd returns the part of the coefficients 1, 3, 5 and 7.
func odd(c1, c3, c5, c7 int32) (o0, o1, o2, o3 int32) {
	z5 := (c7 + c3 + c5 + c1) * fix1175875602
	z1, z2 := -(c7+c1)*fix0899976223, -(c5+c3)*fix2562915447
	z3, z4 := z5-(c7+c3)*fix1961570560, z5-(c5+c1)*fix0390180644
	return c1*fix1501321110 + z1 + z4, c3*fix3072711026 + z2 + z3, c5*fix2053119869 + z2 + z4, c7*fix0298631336 + z1 + z3
}

// inverse4 is jpeg_idct_4x4 of jidctred.c; it does not use column 4 and row 4.
func inverse4(dst []uint8, stride int, b *[64]int32) {
	const down1, down2 = constBits - passBits + 1, constBits + passBits + 3 + 1
	for i := range 8 {
		if i == 4 {
			continue
		}
		v0, v1, v2, v3 := four(b[i], b[8+i], b[16+i], b[24+i], b[40+i], b[48+i], b[56+i], 1<<(down1-1))
		b[i], b[8+i], b[16+i], b[24+i] = v0>>down1, v1>>down1, v2>>down1, v3>>down1
	}
	for y := range 4 {
		r := (*[8]int32)(b[8*y:])
		v0, v1, v2, v3 := four(r[0], r[1], r[2], r[3], r[5], r[6], r[7], 1<<(down2-1))
		p := (*[4]uint8)(dst[y*stride:])
		p[0], p[1], p[2], p[3] = clip(v0>>down2), clip(v1>>down2), clip(v2>>down2), clip(v3>>down2)
	}
}

func four(c0, c1, c2, c3, c5, c6, c7, half int32) (v0, v1, v2, v3 int32) {
	t0 := c0<<(constBits+1) + half
	t2 := c2*fix1847759065 - c6*fix0765366865
	outer := -c7*fix0509795579 - c5*fix0601344887 + c3*fix0899976223 + c1*fix2562915447
	inner := -c7*fix0211164243 + c5*fix1451774981 - c3*fix2172734803 + c1*fix1061594337
	return t0 + t2 + outer, t0 - t2 + inner, t0 - t2 - inner, t0 + t2 - outer
}

// inverse2 is jpeg_idct_2x2 of jidctred.c; of the even columns and rows it uses only the first.
func inverse2(dst []uint8, stride int, b *[64]int32) {
	const down1, down2 = constBits - passBits + 2, constBits + passBits + 3 + 2
	for _, i := range [5]int{0, 1, 3, 5, 7} {
		v0, v1 := two(b[i], b[8+i], b[24+i], b[40+i], b[56+i], 1<<(down1-1))
		b[i], b[8+i] = v0>>down1, v1>>down1
	}
	for y := range 2 {
		r := (*[8]int32)(b[8*y:])
		v0, v1 := two(r[0], r[1], r[3], r[5], r[7], 1<<(down2-1))
		dst[y*stride], dst[y*stride+1] = clip(v0>>down2), clip(v1>>down2)
	}
}

func two(c0, c1, c3, c5, c7, half int32) (v0, v1 int32) {
	t := c0<<(constBits+2) + half
	o := -c7*fix0720959822 + c5*fix0850430095 - c3*fix1272758580 + c1*fix3624509785
	return t + o, t - o
}
