package picture

import "image"

// minFancy is the number of chroma columns from which libjpeg interpolates; it repeats the
// chroma of narrower images.
const minFancy = 3

// fromYCbCr writes the W×H×3 pixels of a JPEG image to dst. Chroma stored at half resolution
// (4:2:0 and 4:2:2) is interpolated with libjpeg's triangle filter, not repeated as in package
// image. The pixels then agree with the programs that published features were made with, to
// 0.05 grey levels on average and 3 at most (test TestDecodeAgreesWithPillow).
func (d *Decoder) fromYCbCr(dst []uint8, m *image.YCbCr) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	d.cb, d.cr = grow(d.cb, w+1), grow(d.cr, w+1)
	for y := range h {
		chromaRow(d.cb, m, m.Cb, y)
		chromaRow(d.cr, m, m.Cr, y)
		luma := m.Y[y*m.YStride:][:w]
		rgbRow(dst[3*w*y:][:3*w], luma, d.cb, d.cr)
	}
}

func grow(s []uint8, n int) []uint8 {
	if cap(s) < n {
		return make([]uint8, n)
	}
	return s[:n]
}

// rgbRow converts one row by the JFIF equations in 16-bit fixed point, rounded.
func rgbRow(dst, luma, cb, cr []uint8) {
	for x, l := range luma {
		y := int32(l)<<16 + 1<<15
		b, r := int32(cb[x])-128, int32(cr[x])-128
		dst[3*x] = clamp8((y + 91881*r) >> 16)             // 1.40200
		dst[3*x+1] = clamp8((y - 22554*b - 46802*r) >> 16) // 0.34414, 0.71414
		dst[3*x+2] = clamp8((y + 116130*b) >> 16)          // 1.77200
	}
}

func clamp8(v int32) uint8 {
	return uint8(min(max(v, 0), 255))
}

// chromaRow writes row y of a chroma plane at full resolution to out, which has room for one
// sample more than the width.
func chromaRow(out []uint8, m *image.YCbCr, plane []uint8, y int) {
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio420:
		n, rows := (len(out))/2, (m.Rect.Dy()+1)/2
		near, far := y/2, y/2-1+2*(y%2)
		far = min(max(far, 0), rows-1)
		fancyH2V2(out, plane[near*m.CStride:][:n], plane[far*m.CStride:][:n])
	case image.YCbCrSubsampleRatio422:
		fancyH2V1(out, plane[y*m.CStride:][:len(out)/2])
	default:
		x0, y0 := m.Rect.Min.X, m.Rect.Min.Y
		for x := range m.Rect.Dx() {
			out[x] = plane[m.COffset(x0+x, y0+y)]
		}
	}
}

// fancyH2V2 weights the nearer chroma row and column 3:1 against the farther one, with the
// alternating rounding of libjpeg's h2v2_fancy_upsample.
func fancyH2V2(out, near, far []uint8) {
	n := len(near)
	if n < minFancy {
		repeat2(out, near)
		return
	}
	at := func(i int) int32 { return 3*int32(near[i]) + int32(far[i]) }
	last, this := at(0), at(0)
	for i := range n {
		next := at(min(i+1, n-1))
		put2(out, i, uint8((3*this+last+8)>>4), uint8((3*this+next+7)>>4))
		last, this = this, next
	}
}

// fancyH2V1 is the same in one direction (libjpeg's h2v1_fancy_upsample).
func fancyH2V1(out, row []uint8) {
	n := len(row)
	if n < minFancy {
		repeat2(out, row)
		return
	}
	for i := range n {
		this := 3 * int32(row[i])
		put2(out, i, uint8((this+int32(row[max(i-1, 0)])+1)>>2), uint8((this+int32(row[min(i+1, n-1)])+2)>>2))
	}
}

func repeat2(out, row []uint8) {
	for i, v := range row {
		put2(out, i, v, v)
	}
}

// put2 writes samples 2i and 2i+1.
func put2(out []uint8, i int, a, b uint8) {
	out[2*i], out[2*i+1] = a, b
}
