package jpegscale

const (
	lookBits = 10 // for tables that recognise a code by its first bits
	skipBits = 12 // for the table that skips several symbols at once
)

// table is a Huffman table with auxiliary tables that speed up decoding.
type table struct {
	counts  [16]uint8 // codes of each length, from 1
	symbols [256]uint8
	defined bool

	// look holds length<<8 | symbol of the code that the index starts with, or 0.
	look [1 << lookBits]uint16
	// value holds value<<16 | run<<8 | total bits for an AC code whose extra bits are also in
	// the index, or 0.
	value [1 << lookBits]int32
	// skip holds eob<<15 | coefficients<<8 | bits of the whole AC symbols that the
	// index starts with; 0 where there is none.
	skip     [1 << skipBits]uint16
	skipping bool // skip is filled in

	limit  [17]int32 // by length: one more than the largest code, left-aligned to 16 bits
	offset [17]int32 // by length: index into symbols, less the first code
}

// define sets the codes of a table. An identical definition, as in most files of a set, changes
// nothing.
func (t *table) define(counts [16]uint8, symbols []byte) error {
	if t.defined && t.counts == counts && string(t.symbols[:len(symbols)]) == string(symbols) {
		return nil
	}
	*t = table{counts: counts}
	copy(t.symbols[:], symbols)
	code, at := int32(0), int32(0)
	for length := 1; length <= 16; length++ {
		n := int32(counts[length-1])
		if code+n > 1<<length {
			return damaged("a Huffman table has too many codes")
		}
		t.offset[length] = at - code
		for range n {
			t.fillLook(code, length, t.symbols[at])
			code++
			at++
		}
		t.limit[length] = code << (16 - length)
		code <<= 1
	}
	t.fillValue()
	t.defined = true
	return nil
}

func (t *table) fillLook(code int32, length int, symbol uint8) {
	if length > lookBits {
		return
	}
	free := lookBits - length
	for i := range 1 << free {
		t.look[int(code)<<free|i] = uint16(length)<<8 | uint16(symbol)
	}
}

// fillValue joins short AC codes with their extra bits.
func (t *table) fillValue() {
	for i, e := range t.look {
		length, symbol := int(e>>8), int(e&0xff)
		size := symbol & 15
		if length == 0 || size == 0 || length+size > lookBits {
			continue
		}
		bits := i >> (lookBits - length - size) & (1<<size - 1)
		t.value[i] = extend(int32(bits), size)<<16 | int32(symbol>>4)<<8 | int32(length+size)
	}
}

// fillSkip computes how far the symbols at the start of each index reach.
func (t *table) fillSkip() {
	if t.skipping {
		return
	}
	t.skipping = true
	for i := range t.skip {
		used, passed := 0, 0
		for {
			rest := i << used & (1<<skipBits - 1)
			e := t.look[rest>>(skipBits-lookBits)]
			length, symbol := int(e>>8), int(e&0xff)
			size := symbol & 15
			if length == 0 || used+length+size > skipBits || passed+symbol>>4+1 > 63 {
				break
			}
			used += length + size
			if size == 0 && symbol != 0xf0 { // end of block
				t.skip[i] = 1<<15 | uint16(passed)<<8 | uint16(used)
				break
			}
			passed += symbol>>4 + 1
			t.skip[i] = uint16(passed)<<8 | uint16(used)
		}
	}
}

// symbol reads one code. An index without a code, which occurs only in a damaged file, gives
// errCode.
func (t *table) symbol(b *bits) (uint8, error) {
	if b.n < 16 {
		b.fill()
	}
	if e := t.look[b.acc>>(64-lookBits)]; e != 0 {
		b.drop(int(e >> 8))
		return uint8(e), nil
	}
	return t.long(b)
}

// long reads a code bit by bit, as in section F.2.2.3 of the standard.
func (t *table) long(b *bits) (uint8, error) {
	next := int32(b.acc >> 48)
	for length := 1; length <= 16; length++ {
		if next < t.limit[length] {
			b.drop(length)
			return t.symbols[(next>>(16-length)+t.offset[length])&0xff], nil
		}
	}
	return 0, errCode
}
