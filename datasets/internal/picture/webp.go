package picture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
)

// fromWebP writes the W×H×3 pixels of a lossy WebP image to dst. Its YCbCr has the range of
// television, with black at 16 and white at 235, unlike JPEG's YCbCr, which package image
// assumes. Chroma is interpolated, and both steps use the fixed point arithmetic of libwebp
// (src/dsp/yuv.h and upsampling.c), so that pixels equal Pillow's (test TestWebPEqualsPillow).
func (d *Decoder) fromWebP(dst []uint8, m *image.YCbCr) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	d.cb, d.cr = grow(d.cb, w+1), grow(d.cr, w+1)
	rows := (h + 1) / 2
	for y := range h {
		near := y / 2
		far := min(max(near-1+2*(y%2), 0), rows-1)
		webpChroma(d.cb[:w], m.Cb[near*m.CStride:], m.Cb[far*m.CStride:])
		webpChroma(d.cr[:w], m.Cr[near*m.CStride:], m.Cr[far*m.CStride:])
		webpRow(dst[3*w*y:][:3*w], m.Y[y*m.YStride:][:w], d.cb, d.cr)
	}
}

// webpChroma interpolates a row of chroma. Each sample has the weights 9, 3, 3 and 1 of the
// four around it; the near row has 9 and 3. The sums are rounded twice, as in libwebp.
func webpChroma(out, near, far []uint8) {
	ends := func(i int) uint8 { return uint8((3*int(near[i]) + int(far[i]) + 2) >> 2) }
	out[0] = ends(0)
	last := (len(out) - 1) / 2
	for x := 1; x <= last; x++ {
		n0, n1, f0, f1 := int(near[x-1]), int(near[x]), int(far[x-1]), int(far[x])
		sum := n0 + n1 + f0 + f1 + 8
		across, along := (sum+2*(n1+f0))>>3, (sum+2*(n0+f1))>>3
		out[2*x-1], out[2*x] = uint8((across+n0)>>1), uint8((along+n1)>>1)
	}
	if len(out)%2 == 0 {
		out[len(out)-1] = ends(last)
	}
}

// webpRow converts one row by the equations of BT.601.
func webpRow(dst, luma, cb, cr []uint8) {
	for x, l := range luma {
		y, u, v := int32(l)*19077>>8, int32(cb[x]), int32(cr[x])
		dst[3*x] = clamp8((y + v*26149>>8 - 14234) >> 6)
		dst[3*x+1] = clamp8((y - u*6419>>8 - v*13320>>8 + 8708) >> 6)
		dst[3*x+2] = clamp8((y + u*33050>>8 - 17685) >> 6)
	}
}

// checkWebP returns an error if the picture has another size than the header of the file: it
// would be decoded at the picture's size. Further chunks are ignored.
func checkWebP(data []byte, cfg image.Config) error {
	const tag = 8
	for at := 12; at+tag <= len(data); {
		id, size := string(data[at:at+4]), int(binary.LittleEndian.Uint32(data[at+4:]))
		body := data[at+tag:]
		if size > len(body) {
			return io.ErrUnexpectedEOF
		}
		w, h := 0, 0
		switch {
		case id == "VP8 " && size >= 10:
			w, h = int(binary.LittleEndian.Uint16(body[6:]))&0x3fff, int(binary.LittleEndian.Uint16(body[8:]))&0x3fff
		case id == "VP8L" && size >= 5:
			bits := binary.LittleEndian.Uint32(body[1:])
			w, h = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
		default:
			at += tag + size + size%2
			continue
		}
		if w != cfg.Width || h != cfg.Height {
			return fmt.Errorf("its picture has %d×%d pixels and its header says %d×%d", w, h, cfg.Width, cfg.Height)
		}
		return nil
	}
	return errors.New("there is no picture in it (animations are not read)")
}
