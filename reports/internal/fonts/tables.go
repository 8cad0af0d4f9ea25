package fonts

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math/bits"
	"slices"
)

// needed are the tables that a subset is made from, with their least lengths.
var needed = map[string]int{
	"OS/2": 68, "glyf": 1, "head": 54, "hhea": 36, "hmtx": 4, "loca": 4, "maxp": 6, "post": 32,
}

// tables are the tables of a TrueType file by their names.
func tables(ttf []byte) (map[string][]byte, error) {
	if len(ttf) < 12 {
		return nil, fmt.Errorf("the font is cut off")
	}
	out := map[string][]byte{}
	for i := range int(binary.BigEndian.Uint16(ttf[4:])) {
		at := 12 + 16*i
		if len(ttf) < at+16 {
			return nil, fmt.Errorf("the font's list of tables is cut off")
		}
		from, n := int64(binary.BigEndian.Uint32(ttf[at+8:])), int64(binary.BigEndian.Uint32(ttf[at+12:]))
		if from+n > int64(len(ttf)) {
			return nil, fmt.Errorf("the font's table %q is cut off", ttf[at:at+4])
		}
		out[string(ttf[at:at+4])] = ttf[from : from+n]
	}
	for name, least := range needed {
		if len(out[name]) < least {
			return nil, fmt.Errorf("the font has no whole table %q", name)
		}
	}
	return out, nil
}

// put16 is a copy of b with a number of 16 bits at a place.
func put16(b []byte, at, v int) []byte {
	b = slices.Clone(b)
	binary.BigEndian.PutUint16(b[at:], uint16(v))
	return b
}

// characterMap is the table from characters to glyphs: format 4, one segment a
// character, and the closing one that the format asks for.
func characterMap(codes map[rune]int) []byte {
	runes := append(slices.Sorted(maps.Keys(codes)), 0xFFFF)
	n := len(runes)
	log := bits.Len(uint(n)) - 1
	b := []byte{0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0, 12} // one map, for Windows and Unicode, at 12
	add := func(v int) { b = binary.BigEndian.AppendUint16(b, uint16(v)) }
	for _, v := range []int{4, 16 + 8*n, 0, 2 * n, 2 << log, log, 2*n - 2<<log} {
		add(v)
	}
	for _, r := range runes {
		add(int(r))
	}
	add(0)
	for _, r := range runes {
		add(int(r))
	}
	for _, r := range runes {
		if r == 0xFFFF {
			add(1)
		} else {
			add(codes[r] - int(r))
		}
	}
	for range runes {
		add(0)
	}
	return b
}

// assemble writes tables as a TrueType file, sorted by name, with their check sums
// and the check sum of the whole file.
func assemble(ts map[string][]byte) []byte {
	n := len(ts)
	log := bits.Len(uint(n)) - 1
	head := []byte{0, 1, 0, 0}
	for _, v := range []int{n, 16 << log, log, 16*n - 16<<log} {
		head = binary.BigEndian.AppendUint16(head, uint16(v))
	}
	var body []byte
	headAt := 0
	for _, name := range slices.Sorted(maps.Keys(ts)) {
		at := 12 + 16*n + len(body)
		if name == "head" {
			headAt = at
		}
		head = append(head, name...)
		head = binary.BigEndian.AppendUint32(head, checkSum(ts[name]))
		head = binary.BigEndian.AppendUint32(head, uint32(at))
		head = binary.BigEndian.AppendUint32(head, uint32(len(ts[name])))
		body = append(body, ts[name]...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	out := append(head, body...)
	binary.BigEndian.PutUint32(out[headAt+8:], 0xB1B0AFBA-checkSum(out))
	return out
}

// checkSum adds up words of 32 bits, the last one filled up with zeros.
func checkSum(b []byte) (sum uint32) {
	for len(b) >= 4 {
		sum += binary.BigEndian.Uint32(b)
		b = b[4:]
	}
	var last [4]byte
	copy(last[:], b)
	return sum + binary.BigEndian.Uint32(last[:])
}
