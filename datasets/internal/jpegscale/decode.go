package jpegscale

import (
	"fmt"
	"image"
)

// Image is a decoded picture.
type Image struct {
	// Pix holds H×W×C bytes, row-major: RGB if C is 3, grey if it is 1.
	Pix     []uint8
	W, H, C int // width and height in pixels, channels
}

// Decoder decodes files one after another and reuses its memory. The zero value is ready to
// use. A Decoder must be used by one goroutine.
type Decoder struct {
	data   []byte
	scale  int
	region image.Rectangle // of the result

	w, h, n      int // n: components, 0 before the frame header
	comps        [3]component
	maxH, maxV   int
	mcusX, mcusY int
	progressive  bool
	interval     int // MCUs between restarts, 0: none

	quant     [4][64]int32
	hasQuant  [4]bool
	tables    [2][4]table
	fresh     [2][4]bool // defined in this file
	hasJFIF   bool
	hasAdobe  bool
	transform byte

	bits   bits
	block  [64]int32
	eobRun int32
	rows   [3][]uint8 // one row of each component at full resolution
	pix    []uint8
}

// Decode decodes a file at 1/scale of its size, where scale is 1, 2, 4 or 8 and sides are
// rounded up. The pixels are valid until the next call. An unsupported file gives an error
// wrapping ErrUnsupported; damaged and truncated files give other errors.
func (d *Decoder) Decode(data []byte, scale int) (Image, error) {
	return d.DecodeRegion(data, scale, image.Rect(0, 0, 1<<16, 1<<16))
}

// DecodeRegion is Decode for callers who need only the pixels of a region of the result; the
// other pixels are arbitrary. It finds damage anywhere in the file, except coefficients beyond
// the end of a block outside the region.
func (d *Decoder) DecodeRegion(data []byte, scale int, region image.Rectangle) (Image, error) {
	d.region = region
	if scale != 1 && scale != 2 && scale != 4 && scale != 8 {
		return Image{}, fmt.Errorf("jpegscale: the scale is %d; it must be 1, 2, 4 or 8", scale)
	}
	d.data, d.scale, d.n, d.interval = data, scale, 0, 0
	clear(d.block[:]) // an interrupted block of the previous file may have left coefficients
	d.hasQuant, d.fresh, d.hasJFIF, d.hasAdobe = [4]bool{}, [2][4]bool{}, false, false
	defer func() { d.data, d.bits.data = nil, nil }()
	if err := d.markers(); err != nil {
		return Image{}, err
	}
	if d.progressive {
		d.reconstruct()
	}
	return d.output(), nil
}

// markers reads the file segment by segment up to its end. A baseline file with a whole image
// needs no end mark.
func (d *Decoder) markers() error {
	if len(d.data) < 2 || d.data[0] != 0xff || d.data[1] != soi {
		return damaged("it does not start like a JPEG file")
	}
	pos, scans := 2, 0
	for {
		marker, after, err := next(d.data, pos)
		if err != nil && d.complete() && !d.progressive {
			return nil
		}
		if err != nil {
			return err
		}
		pos = after
		switch {
		case marker == eoi:
			if !d.complete() {
				return errTruncated
			}
			return nil
		case marker == tem || marker == soi || marker >= rst0 && marker <= rst7:
			continue // without a segment
		}
		body, after, err := segment(d.data, pos)
		if err != nil {
			return err
		}
		pos = after
		if marker == sos {
			if scans++; scans > maxScans {
				return damaged("it has more than %d scans", maxScans)
			}
			pos, err = d.scan(body, pos)
		} else {
			err = d.segment(marker, body)
		}
		if err != nil {
			return err
		}
	}
}

// complete reports whether each component was in a scan.
func (d *Decoder) complete() bool {
	for _, c := range d.comps[:d.n] {
		if !c.begun {
			return false
		}
	}
	return d.n > 0
}

// segment handles one segment other than a scan.
func (d *Decoder) segment(marker byte, body []byte) error {
	switch marker {
	case sof0, sof1:
		return d.frame(body, false)
	case sof2:
		return d.frame(body, true)
	case dqt:
		return d.quantisation(body)
	case dht:
		return d.huffman(body)
	case dri:
		if len(body) != 2 {
			return damaged("the restart interval has %d bytes", len(body))
		}
		d.interval = int(body[0])<<8 | int(body[1])
	case app0:
		d.hasJFIF = d.hasJFIF || len(body) >= 5 && string(body[:5]) == "JFIF\x00"
	case app14:
		d.adobe(body)
	default:
		if marker >= 0xc0 && marker <= 0xcf {
			return unsupported("its coding is of type %#x", marker)
		}
	}
	return nil
}
