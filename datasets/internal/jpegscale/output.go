package jpegscale

// output joins the planes to pixels.
func (d *Decoder) output() Image {
	im := Image{W: ceil(d.w, d.scale), H: ceil(d.h, d.scale), C: d.n}
	d.pix = grow(d.pix, im.W*im.H*im.C)
	im.Pix = d.pix
	rgb := d.n == 3 && d.isRGB()
	lo, hi := d.region.Min.X, d.region.Max.X
	for y := d.region.Min.Y; y < d.region.Max.Y; y++ {
		row := im.Pix[(y*im.W+lo)*im.C:][:(hi-lo)*im.C]
		if d.n == 1 {
			copy(row, d.comps[0].plane[y*d.comps[0].stride()+lo:])
			continue
		}
		var full [3][]uint8
		for i := range full {
			full[i] = d.fullRow(i, y, im.W)[lo:hi]
		}
		if rgb {
			interleave(row, full[0], full[1], full[2])
		} else {
			toRGB(row, full[0], full[1], full[2])
		}
	}
	return im
}

// fullRow returns row y of a component at the resolution of the image, width samples,
// interpolated as jdsample.c does.
func (d *Decoder) fullRow(i, y, width int) []uint8 {
	c, least := &d.comps[i], 8/d.scale
	across, down := d.maxH*least/(c.h*c.size), d.maxV*least/(c.v*c.size)
	n := ceil(d.w*c.h*c.size, d.maxH*8) // samples per row that the image covers
	rows := ceil(d.h*c.v*c.size, d.maxV*8)
	at := func(y int) []uint8 { return c.plane[min(max(y, 0), rows-1)*c.stride():][:n] }
	if across == 1 && down == 1 {
		return at(y)
	}
	d.rows[i] = grow(d.rows[i], n*across+1)
	out := d.rows[i]
	near, far := y/down, y/down+2*(y%down)-1 // of two rows, the other neighbour
	smooth := least > 1
	switch {
	case across == 2 && down == 1 && smooth && n > 2:
		triangle1(out, at(near))
	case across == 1 && down == 2 && smooth:
		vertical(out, at(near), at(far), int32(1+y%2))
	case across == 2 && down == 2 && smooth && n > 2:
		triangle2(out, at(near), at(far))
	default:
		repeat(out, at(near), across)
	}
	return out[:width]
}

// triangle1 doubles a row (h2v1_fancy_upsample).
func triangle1(out, row []uint8) {
	n := len(row)
	for i := range n {
		v := 3 * int32(row[i])
		out[2*i] = uint8((v + int32(row[max(i-1, 0)]) + 1) >> 2)
		out[2*i+1] = uint8((v + int32(row[min(i+1, n-1)]) + 2) >> 2)
	}
}

// vertical interpolates between two rows (h1v2_fancy_upsample).
func vertical(out, near, far []uint8, bias int32) {
	for i, v := range near {
		out[i] = uint8((3*int32(v) + int32(far[i]) + bias) >> 2)
	}
}

// triangle2 doubles a row between two rows (h2v2_fancy_upsample).
func triangle2(out, near, far []uint8) {
	n := len(near)
	far = far[:n]
	this := 3*int32(near[0]) + int32(far[0])
	last := this
	for i := range n {
		j := min(i+1, n-1)
		after := 3*int32(near[j]) + int32(far[j])
		o := out[2*i:][:2]
		o[0], o[1] = uint8((3*this+last+8)>>4), uint8((3*this+after+7)>>4)
		last, this = this, after
	}
}

// repeat repeats each sample (int_upsample).
func repeat(out, row []uint8, times int) {
	for i, v := range row {
		for j := range times {
			out[i*times+j] = v
		}
	}
}

func interleave(dst, r, g, b []uint8) {
	for x := range r {
		p := dst[3*x:][:3]
		p[0], p[1], p[2] = r[x], g[x], b[x]
	}
}

// toRGB converts one row by the JFIF equations in 16-bit fixed point, rounded
// (jdcolor.c).
func toRGB(dst, luma, cb, cr []uint8) {
	cb, cr = cb[:len(luma)], cr[:len(luma)]
	for x, l := range luma {
		y := int32(l)<<16 + 1<<15
		b, r := int32(cb[x])-128, int32(cr[x])-128
		p := dst[3*x:][:3]
		p[0] = clamp((y + 91881*r) >> 16)           // 1.40200
		p[1] = clamp((y - 22554*b - 46802*r) >> 16) // 0.34414, 0.71414
		p[2] = clamp((y + 116130*b) >> 16)          // 1.77200
	}
}

func clamp(v int32) uint8 {
	if uint32(v) > 255 {
		v = ^(v >> 31) & 255
	}
	return uint8(v)
}
