package jpegscale

import "encoding/binary"

// bits reads the entropy-coded bytes of a scan. The n upper bits of acc are the next bits. A
// zero byte after 0xFF is dropped. The reader stops at a marker and appends zero bits, which
// must not be used in the end.
type bits struct {
	data  []byte
	pos   int
	acc   uint64
	n     int
	faked int // bits of zero appended at a marker or the end
}

// start begins at byte pos.
func (b *bits) start(data []byte, pos int) { *b = bits{data: data, pos: pos} }

// fill ensures at least 48 bits. In the usual case of eight bytes without 0xFF it reads all of
// them at once: it or-s more bits into acc than n counts, and the next call or-s the same bits
// again.
func (b *bits) fill() {
	if b.pos+8 <= len(b.data) {
		v := binary.BigEndian.Uint64(b.data[b.pos:])
		if x := ^v; (x-0x0101010101010101)&^x&0x8080808080808080 == 0 {
			b.acc |= v >> (uint(b.n) & 63)
			b.pos += (63 - b.n) >> 3
			b.n |= 56
			return
		}
	}
	b.fillSlow()
}

func (b *bits) fillSlow() {
	for b.n <= 56 {
		var v byte
		switch {
		case b.pos >= len(b.data):
			b.faked += 8
		case b.data[b.pos] != 0xff:
			v = b.data[b.pos]
			b.pos++
		case b.pos+1 < len(b.data) && b.data[b.pos+1] == 0:
			v = 0xff
			b.pos += 2
		default:
			b.faked += 8
		}
		b.acc |= uint64(v) << (uint(56-b.n) & 63)
		b.n += 8
	}
}

// drop removes k ≤ n bits.
func (b *bits) drop(k int) {
	b.acc <<= uint(k) & 63
	b.n -= k
}

// take returns the next k bits, 0 ≤ k ≤ 16.
func (b *bits) take(k int) int32 {
	if b.n < k {
		b.fill()
	}
	v := int32(b.acc >> 1 >> (uint(63-k) & 63))
	b.drop(k)
	return v
}

// signed returns the next k bits as a difference (figure F.12 of the standard):
// values whose first bit is 0 are negative.
func (b *bits) signed(k int) int32 {
	if k == 0 {
		return 0
	}
	return extend(b.take(k), k)
}

func extend(v int32, k int) int32 {
	if v < 1<<(k-1) {
		v -= 1<<k - 1
	}
	return v
}

// check returns an error if bits were used that the file does not have.
func (b *bits) check() error {
	if b.n >= b.faked {
		return nil
	}
	if b.pos >= len(b.data) {
		return errTruncated
	}
	return damaged("a scan ends before its last block")
}
