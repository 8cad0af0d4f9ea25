package jpegscale

import "image"

// Markers, without their 0xFF.
const (
	sof0, sof1, sof2 = 0xc0, 0xc1, 0xc2
	dht, dqt, dri    = 0xc4, 0xdb, 0xdd
	soi, eoi, sos    = 0xd8, 0xd9, 0xda
	rst0, rst7       = 0xd0, 0xd7
	app0, app14      = 0xe0, 0xee
	tem              = 0x01
)

const (
	// maxPixels limits the size of an image before memory is allocated for it.
	maxPixels = 1 << 26
	// maxScans limits the work that a small progressive file can cause.
	maxScans = 500
)

// component is one of the image's planes.
type component struct {
	id     uint8
	h, v   int // sampling factors
	tq     uint8
	size   int // samples of a block along one axis: 8, 4, 2 or 1
	across int // blocks, whole MCUs
	down   int
	wide   int // blocks that the image covers
	high   int

	need image.Rectangle // the blocks whose samples are needed

	plane  []uint8 // across·size × down·size samples
	coeffs []int16 // 64 per block, in natural order; progressive files only
	quant  [64]int32
	begun  bool // a scan of it has occurred
	dc     int32

	dcTable, acTable uint8
}

func (c *component) stride() int { return c.across * c.size }

// next finds the next marker at or after pos and returns the position behind it. It skips other
// bytes before the marker, as libjpeg does.
func next(data []byte, pos int) (marker byte, after int, err error) {
	for pos+1 < len(data) {
		if data[pos] != 0xff || data[pos+1] == 0 || data[pos+1] == 0xff {
			pos++
			continue
		}
		return data[pos+1], pos + 2, nil
	}
	return 0, 0, errTruncated
}

// segment returns the content of the marker segment at pos and the position behind it.
func segment(data []byte, pos int) (body []byte, after int, err error) {
	if pos+2 > len(data) {
		return nil, 0, errTruncated
	}
	n := int(data[pos])<<8 | int(data[pos+1])
	if n < 2 {
		return nil, 0, damaged("a segment has a length of %d", n)
	}
	if pos+n > len(data) {
		return nil, 0, errTruncated
	}
	return data[pos+2 : pos+n], pos + n, nil
}

// frame reads SOF: the dimensions and the components.
func (d *Decoder) frame(body []byte, progressive bool) error {
	if d.n > 0 {
		return damaged("there are two frame headers")
	}
	if len(body) < 6 || len(body) != 6+3*int(body[5]) {
		return damaged("the frame header has %d bytes", len(body))
	}
	h, w := int(body[1])<<8|int(body[2]), int(body[3])<<8|int(body[4])
	switch n := body[5]; {
	case body[0] != 8:
		return unsupported("%d bits a sample", body[0])
	case n != 1 && n != 3:
		return unsupported("%d components", n)
	case h == 0:
		return unsupported("the height is not in the header")
	case w == 0:
		return damaged("the width is 0")
	case w*h > maxPixels:
		return damaged("it claims %d×%d pixels, which is beyond the limits", w, h)
	}
	d.w, d.h, d.n, d.progressive = w, h, int(body[5]), progressive
	for i := range d.n {
		b, c := body[6+3*i:], &d.comps[i]
		c.id, c.h, c.v, c.tq, c.begun = b[0], int(b[1]>>4), int(b[1]&15), b[2], false
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.tq > 3 {
			return damaged("component %d has sampling %d×%d and quantisation table %d", i, c.h, c.v, c.tq)
		}
	}
	return d.layout()
}

// layout decides the scale of each component and allocates the planes.
func (d *Decoder) layout() error {
	if d.n == 1 { // one component is never interleaved: its factors have no meaning
		d.comps[0].h, d.comps[0].v = 1, 1
	}
	d.maxH, d.maxV = 1, 1
	for _, c := range d.comps[:d.n] {
		d.maxH, d.maxV = max(d.maxH, c.h), max(d.maxV, c.v)
	}
	for i := range d.n {
		if c := &d.comps[i]; d.maxH%c.h != 0 || d.maxV%c.v != 0 {
			return unsupported("sampling factors that do not divide each other")
		}
	}
	d.region = d.region.Intersect(image.Rect(0, 0, ceil(d.w, d.scale), ceil(d.h, d.scale)))
	d.mcusX, d.mcusY = ceil(d.w, 8*d.maxH), ceil(d.h, 8*d.maxV)
	for i := range d.n {
		c := &d.comps[i]
		c.across, c.down = d.mcusX*c.h, d.mcusY*c.v
		c.wide, c.high = ceil(d.w*c.h, 8*d.maxH), ceil(d.h*c.v, 8*d.maxV)
		c.size = d.blockSize(c)
		c.need = d.blocks(c)
		c.plane = grow(c.plane, c.across*c.down*c.size*c.size)
		if d.progressive {
			c.coeffs = grow(c.coeffs, c.across*c.down*64)
			clear(c.coeffs)
		}
	}
	return nil
}

// blocks returns the blocks whose samples the region needs: interpolation reads one more sample
// on each side.
func (d *Decoder) blocks(c *component) image.Rectangle {
	least, r := 8/d.scale, d.region
	w, h := d.maxH*least/c.h, d.maxV*least/c.v // pixels of the result that a block covers
	dx, dy := w/c.size, h/c.size               // pixels of the result per sample
	return image.Rect(max(r.Min.X-dx, 0)/w, max(r.Min.Y-dy, 0)/h, ceil(r.Max.X+dx, w), ceil(r.Max.Y+dy, h))
}

// blockSize returns the number of samples along a side of a component's blocks. A component of
// lower resolution is decoded at twice the scale if that gives a whole ratio (the loop of
// jpeg_calc_output_dimensions in jdmaster.c).
func (d *Decoder) blockSize(c *component) int {
	least := 8 / d.scale
	size := least
	for size < 8 && d.maxH*least%(c.h*size*2) == 0 && d.maxV*least%(c.v*size*2) == 0 {
		size *= 2
	}
	return size
}

// quantisation reads DQT.
func (d *Decoder) quantisation(body []byte) error {
	for len(body) > 0 {
		wide, id := body[0]>>4, body[0]&15
		n := 64 * (1 + int(wide))
		if wide > 1 || id > 3 || len(body) < 1+n {
			return damaged("a quantisation table is wrong")
		}
		q := &d.quant[id]
		for i := range 64 {
			v := int32(body[1+i*n/64])
			if wide == 1 {
				v = v<<8 | int32(body[2+2*i])
			}
			q[zigzag[i]] = v
		}
		d.hasQuant[id] = true
		body = body[1+n:]
	}
	return nil
}

// huffman reads DHT.
func (d *Decoder) huffman(body []byte) error {
	for len(body) > 0 {
		if len(body) < 17 {
			return damaged("a Huffman table has %d bytes", len(body))
		}
		class, id := body[0]>>4, body[0]&15
		counts, n := [16]uint8(body[1:17]), 0
		for _, c := range counts {
			n += int(c)
		}
		if class > 1 || id > 3 || n > 256 || len(body) < 17+n {
			return damaged("a Huffman table is wrong")
		}
		if err := d.tables[class][id].define(counts, body[17:17+n]); err != nil {
			return err
		}
		d.fresh[class][id] = true
		body = body[17+n:]
	}
	return nil
}

// adobe reads the segment that defines the colour space.
func (d *Decoder) adobe(body []byte) {
	if len(body) >= 12 && string(body[:5]) == "Adobe" {
		d.transform, d.hasAdobe = body[11], true
	}
}

// isRGB reports whether the components are red, green and blue, guessed as in libjpeg
// (default_decompress_parms in jdapimin.c).
func (d *Decoder) isRGB() bool {
	switch {
	case d.hasJFIF:
		return false
	case d.hasAdobe:
		return d.transform == 0
	}
	return d.comps[0].id == 'R' && d.comps[1].id == 'G' && d.comps[2].id == 'B'
}

func ceil(a, b int) int { return (a + b - 1) / b }

func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// zigzag maps the order of coefficients in a file to the natural order (row·8 + column). The
// entries from 64 on are for runs that lead out of a block.
var zigzag = [128]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
	63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
	63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
	63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
	63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
}

// Size returns the dimensions in a file's frame header without decoding. The file may still be
// impossible to decode.
func Size(data []byte) (w, h int, err error) {
	if len(data) < 2 || data[0] != 0xff || data[1] != soi {
		return 0, 0, damaged("it does not start like a JPEG file")
	}
	for pos := 2; ; {
		marker, after, err := next(data, pos)
		if err != nil {
			return 0, 0, err
		}
		if pos = after; marker == tem || marker == soi || marker >= rst0 && marker <= rst7 {
			continue
		}
		body, after, err := segment(data, pos)
		if err != nil {
			return 0, 0, err
		}
		pos = after
		switch {
		case marker == sos:
			return 0, 0, damaged("a scan comes before the frame header")
		case marker >= 0xc0 && marker <= 0xcf && marker != dht && marker != 0xc8 && marker != 0xcc:
			if len(body) < 6 {
				return 0, 0, damaged("the frame header has %d bytes", len(body))
			}
			return int(body[3])<<8 | int(body[4]), int(body[1])<<8 | int(body[2]), nil
		}
	}
}
