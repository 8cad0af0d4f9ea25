package fonts

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/image/font/sfnt"
)

// subset is a small TrueType font with the glyphs of these characters alone, without
// hinting, kerning and names. Characters that the face lacks, or that lie beyond the
// 16 bits of the character map, are left out. The formats follow the OpenType
// specification 1.9, chapters "glyf", "loca", "hmtx" and "cmap" (format 4).
func (f *Face) subset(runes []rune) ([]byte, error) {
	src, err := tables(f.TTF)
	if err != nil {
		return nil, err
	}
	of := map[rune]sfnt.GlyphIndex{}
	for _, r := range runes {
		if i, ok := f.Glyph(r); ok && r < 0xFFFF {
			of[r] = i
		}
	}
	s := subsetter{src: src, number: map[int]int{}}
	s.add(0)
	for _, r := range slices.Sorted(maps.Keys(of)) {
		s.add(int(of[r]))
	}
	glyf, loca, err := s.glyphs()
	if err != nil {
		return nil, err
	}
	hmtx, err := s.metrics()
	if err != nil {
		return nil, err
	}
	codes := map[rune]int{}
	for r, i := range of {
		codes[r] = s.number[int(i)]
	}
	n := len(s.order)
	head := put16(src["head"], 50, 1) // offsets of 32 bits
	binary.BigEndian.PutUint32(head[8:], 0)
	return assemble(map[string][]byte{
		"OS/2": src["OS/2"], "cmap": characterMap(codes), "glyf": glyf, "loca": loca, "hmtx": hmtx, "head": head,
		"hhea": put16(src["hhea"], 34, n), "maxp": put16(src["maxp"], 4, n),
		"name": {0, 0, 0, 0, 0, 6}, "post": put16(put16(src["post"][:32], 0, 3), 2, 0),
	}), nil
}

// subsetter numbers the glyphs of a subset anew.
type subsetter struct {
	src    map[string][]byte
	order  []int       // old numbers by new ones
	number map[int]int // new numbers by old ones
}

// add takes a glyph of the old number, once.
func (s *subsetter) add(old int) int {
	if n, ok := s.number[old]; ok {
		return n
	}
	s.number[old] = len(s.order)
	s.order = append(s.order, old)
	return s.number[old]
}

// glyphs are the tables of outlines and of their places. Parts of composite glyphs
// are added on the way.
func (s *subsetter) glyphs() (glyf, loca []byte, err error) {
	for i := 0; i < len(s.order); i++ { // order grows inside
		g, err := s.outline(s.order[i])
		if err != nil {
			return nil, nil, err
		}
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, g...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
	}
	return glyf, binary.BigEndian.AppendUint32(loca, uint32(len(glyf))), nil
}

// outline is a glyph without instructions, with the new numbers of its parts.
func (s *subsetter) outline(old int) ([]byte, error) {
	from, to, err := s.place(old)
	if err != nil || from == to {
		return nil, err
	}
	g := slices.Clone(s.src["glyf"][from:to])
	if len(g) < 12 {
		return nil, fmt.Errorf("glyph %d is cut off", old)
	}
	contours := int(int16(binary.BigEndian.Uint16(g)))
	if contours < 0 {
		return s.composite(g, old)
	}
	at := 10 + 2*contours
	if len(g) < at+2 {
		return nil, fmt.Errorf("glyph %d is cut off", old)
	}
	instructions := int(binary.BigEndian.Uint16(g[at:]))
	if len(g) < at+2+instructions {
		return nil, fmt.Errorf("glyph %d is cut off", old)
	}
	return append(put16(g[:at+2], at, 0), g[at+2+instructions:]...), nil
}

// Flags of a part of a composite glyph.
const (
	wordArguments   = 1 << 0
	hasScale        = 1 << 3
	moreParts       = 1 << 5
	hasTwoScales    = 1 << 6
	hasMatrix       = 1 << 7
	hasInstructions = 1 << 8
)

// composite changes the numbers of the parts in g.
func (s *subsetter) composite(g []byte, old int) ([]byte, error) {
	for at := 10; ; {
		if len(g) < at+4 {
			return nil, fmt.Errorf("glyph %d is cut off", old)
		}
		flags := int(binary.BigEndian.Uint16(g[at:]))
		part := int(binary.BigEndian.Uint16(g[at+2:]))
		binary.BigEndian.PutUint16(g[at:], uint16(flags&^hasInstructions))
		binary.BigEndian.PutUint16(g[at+2:], uint16(s.add(part)))
		at += 6
		for _, extra := range []struct{ flag, bytes int }{{wordArguments, 2}, {hasScale, 2}, {hasTwoScales, 4}, {hasMatrix, 8}} {
			if flags&extra.flag != 0 {
				at += extra.bytes
			}
		}
		if at > len(g) {
			return nil, fmt.Errorf("glyph %d is cut off", old)
		}
		if flags&moreParts == 0 {
			return g[:at], nil
		}
	}
}

// place is where a glyph stands in the table of outlines.
func (s *subsetter) place(old int) (from, to int, err error) {
	loca, long := s.src["loca"], binary.BigEndian.Uint16(s.src["head"][50:]) == 1
	at := func(i int) int {
		if long {
			return int(binary.BigEndian.Uint32(loca[4*i:]))
		}
		return 2 * int(binary.BigEndian.Uint16(loca[2*i:]))
	}
	width := 2
	if long {
		width = 4
	}
	if old < 0 || width*(old+2) > len(loca) {
		return 0, 0, fmt.Errorf("glyph %d has no place", old)
	}
	from, to = at(old), at(old+1)
	if from > to || to > len(s.src["glyf"]) {
		return 0, 0, fmt.Errorf("glyph %d lies outside its table", old)
	}
	return from, to, nil
}

// metrics is the table of widths.
func (s *subsetter) metrics() ([]byte, error) {
	hmtx, full := s.src["hmtx"], int(binary.BigEndian.Uint16(s.src["hhea"][34:]))
	var out []byte
	for _, old := range s.order {
		at, bearing := 4*min(old, full-1), 4*old+2
		if old >= full {
			bearing = 4*full + 2*(old-full)
		}
		if at < 0 || at+2 > len(hmtx) || bearing+2 > len(hmtx) {
			return nil, fmt.Errorf("glyph %d has no width", old)
		}
		out = append(append(out, hmtx[at:at+2]...), hmtx[bearing:bearing+2]...)
	}
	return out, nil
}
