package exif

import (
	"bytes"
	"encoding/binary"
)

// Orientation is the way in which stored pixels are to be shown, by EXIF's number, 1 … 8.
type Orientation uint8

// The orientations, named after the operation on the stored pixels; angles are clockwise.
const (
	Upright    Orientation = 1
	Mirror     Orientation = 2 // left and right change places
	Rotate180  Orientation = 3
	Flip       Orientation = 4 // top and bottom change places
	Transpose  Orientation = 5 // rows become columns
	Rotate90   Orientation = 6
	Transverse Orientation = 7 // mirrored in the other diagonal
	Rotate270  Orientation = 8
)

const (
	tag      = 0x0112
	maxBlock = 1 << 16
)

// Of returns the orientation in a JPEG, PNG or WebP file; Upright if there is no valid one.
func Of(file []byte) Orientation {
	var block []byte
	switch {
	case bytes.HasPrefix(file, []byte("\xff\xd8")):
		block = inJPEG(file)
	case bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")):
		block = inPNG(file)
	case len(file) >= 12 && string(file[:4]) == "RIFF" && string(file[8:12]) == "WEBP":
		block = inWebP(file)
	}
	return read(block[:min(len(block), maxBlock)])
}

// prefix begins the segment of a JPEG file. Some programs write it to WebP files too.
var prefix = []byte("Exif\x00\x00")

// inJPEG finds the block before the first scan.
func inJPEG(file []byte) []byte {
	const sos, eoi, app1, tem, rst0, soi = 0xda, 0xd9, 0xe1, 0x01, 0xd0, 0xd8
	for at := 2; at+4 <= len(file); {
		marker := file[at+1]
		if file[at] != 0xff || marker == 0 || marker == 0xff { // bytes between segments, and fill
			at++
			continue
		}
		if at += 2; marker == tem || marker >= rst0 && marker <= soi {
			continue
		}
		n := int(binary.BigEndian.Uint16(file[at:]))
		if marker == sos || marker == eoi || n < 2 || at+n > len(file) {
			break
		}
		if block, ok := bytes.CutPrefix(file[at+2:at+n], prefix); ok && marker == app1 {
			return block
		}
		at += n
	}
	return nil
}

// inPNG finds the block among the chunks, before or after the pixels.
func inPNG(file []byte) []byte {
	const frame = 12 // bytes per chunk besides its content: length, name, checksum
	for at := 8; at+frame <= len(file); {
		n := int64(binary.BigEndian.Uint32(file[at:]))
		if n > int64(len(file)-at-frame) {
			break
		}
		if string(file[at+4:at+8]) == "eXIf" {
			return file[at+8:][:n]
		}
		at += frame + int(n)
	}
	return nil
}

// inWebP finds the block among the chunks, after the pixels.
func inWebP(file []byte) []byte {
	const head = 8
	for at := 12; at+head <= len(file); {
		n := int64(binary.LittleEndian.Uint32(file[at+4:]))
		if n > int64(len(file)-at-head) {
			break
		}
		if string(file[at:at+4]) == "EXIF" {
			return bytes.TrimPrefix(file[at+head:][:n], prefix)
		}
		at += head + int(n+n%2)
	}
	return nil
}

// read finds the tag in the first directory of a block.
func read(block []byte) Orientation {
	if len(block) < 8 {
		return Upright
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(block[:4]) {
	case "II*\x00":
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return Upright
	}
	const size = 12 // of an entry: tag, type, count, value
	at := int64(order.Uint32(block[4:]))
	if at+2 > int64(len(block)) {
		return Upright
	}
	entries := block[at+2:]
	for range order.Uint16(block[at:]) {
		if len(entries) < size {
			break
		}
		if order.Uint16(entries) == tag {
			return value(entries[:size], order)
		}
		entries = entries[size:]
	}
	return Upright
}

// value returns the value of an entry: one number of 16 bits or, as some programs write it, of
// 8 or 32 bits.
func value(entry []byte, order binary.ByteOrder) Orientation {
	v := uint32(0)
	switch kind := order.Uint16(entry[2:]); {
	case order.Uint32(entry[4:]) != 1:
	case kind == 1:
		v = uint32(entry[8])
	case kind == 3:
		v = uint32(order.Uint16(entry[8:]))
	case kind == 4:
		v = order.Uint32(entry[8:])
	}
	if v < 1 || v > 8 {
		return Upright
	}
	return Orientation(v)
}
