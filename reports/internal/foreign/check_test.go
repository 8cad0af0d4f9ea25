package foreign

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// fontFile is the head of a font at an offset, with tables of {from, length}.
func fontFile(signature string, tables ...[2]uint32) []byte {
	b := []byte(signature)
	b = binary.BigEndian.AppendUint16(b, uint16(len(tables)))
	b = append(b, make([]byte, 6)...)
	for i, t := range tables {
		b = append(b, fmt.Sprintf("tab%d", i)...)
		b = binary.BigEndian.AppendUint32(b, 0)
		b = binary.BigEndian.AppendUint32(b, t[0])
		b = binary.BigEndian.AppendUint32(b, t[1])
	}
	return b
}

// collection is a file of fonts at these offsets.
func collection(offsets ...uint32) []byte {
	b := append([]byte("ttcf"), 0, 1, 0, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(len(offsets)))
	for _, o := range offsets {
		b = binary.BigEndian.AppendUint32(b, o)
	}
	return b
}

// Tables must lie inside the file, or a damaged font asks for more memory than there is.
func TestCheckTables(t *testing.T) {
	const trueType = "\x00\x01\x00\x00"
	inner := fontFile(trueType, [2]uint32{0, 16})
	many := append([]byte("ttcf"), 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff)
	for _, tt := range []struct {
		name string
		file []byte
		want string // "": no error
	}{
		{"TrueType", fontFile(trueType, [2]uint32{0, 28}, [2]uint32{12, 16}), ""},
		{"Apple's", fontFile("true", [2]uint32{0, 28}), ""},
		{"OpenType", fontFile("OTTO", [2]uint32{28, 0}), ""},
		{"no tables", append(fontFile("OTTO"), 0), ""},
		{"two fonts", append(append(collection(20, 48), inner...), inner...), ""},
		{"empty", nil, "it is cut off"},
		{"short", []byte("OTTO\x00"), "it is cut off"},
		{"a picture", append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 20)...), `it begins with "\x89PNG"`},
		{"list cut off", fontFile(trueType, [2]uint32{0, 1}, [2]uint32{0, 1})[:40], "it is cut off"},
		{"table too long", fontFile(trueType, [2]uint32{0, 29}), `table "tab0" ends after 29 of 28 bytes`},
		{"table at the end of 32 bits", fontFile(trueType, [2]uint32{0, 1}, [2]uint32{0xffffffff, 0xffffffff}), `table "tab1" ends after 8589934590 of 44 bytes`},
		{"font outside", collection(1000), "font 0: it is cut off"},
		{"second font damaged", append(append(collection(20, 25), inner...), inner...), "font 1: it is no TrueType or OpenType font"},
		{"as many fonts as bytes", many, fmt.Sprintf("it has 4294967295 fonts, more than %d", mostInFiles)},
		{"list of fonts cut off", collection(12, 12)[:18], "it is cut off"},
	} {
		err := checkTables(bytes.NewReader(tt.file), int64(len(tt.file)))
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}

// Levels of the bidirectional algorithm (UAX #9), in a line from left to right: rules N1, N2, W2
// and W4, each with a text that shows it.
func TestLevels(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []int
	}{
		{"Latin", "ab 1", []int{0, 0, 0, 0}},
		{"Hebrew", "אב", []int{1, 1}},
		{"a space between Hebrew letters", "א ב", []int{1, 1, 1}},
		{"a space at the edge", "a א", []int{0, 0, 1}},
		{"a number inside Hebrew", "א12ב", []int{1, 2, 2, 1}},
		{"a number with a separator", "א1.2ב", []int{1, 2, 2, 2, 1}},
		{"a number in Latin after Hebrew", "אa1", []int{1, 0, 0}},
		{"Arabic digits", "١٢", []int{2, 2}},
		{"an arrow keeps its sides", "א→ב", []int{1, 0, 1}},
		{"nothing", "", []int{}},
	} {
		if got := levels([]rune(tt.text)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// The order in which parts are seen, rule L2: from the highest level on, stretches are reversed.
func TestOrderOfParts(t *testing.T) {
	for _, tt := range []struct{ levels, want []int }{
		{[]int{0, 0, 0}, []int{0, 1, 2}},
		{[]int{1, 1, 1}, []int{2, 1, 0}},
		{[]int{0, 1, 1, 0}, []int{0, 2, 1, 3}},
		{[]int{1, 2, 1}, []int{2, 1, 0}},
		{[]int{0, 1, 2, 2, 1, 0}, []int{0, 4, 2, 3, 1, 5}},
		{[]int{1, 0, 1}, []int{0, 1, 2}},
		{nil, nil},
	} {
		var parts []part
		for i, l := range tt.levels {
			parts = append(parts, part{from: i, level: l})
		}
		order(parts)
		var got []int
		for _, p := range parts {
			got = append(got, p.from)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("levels %v are seen as %v, want %v", tt.levels, got, tt.want)
		}
	}
}

// A font sets one script at a time; what belongs to every script breaks none.
func TestSameScript(t *testing.T) {
	for text, want := range map[string]int{"アイウ": 3, "漢字1、漢": 5, "あア": 1, "한글": 2, "": 0, "、。": 2, "กข漢": 2} {
		if got := sameScript([]rune(text)); got != want {
			t.Errorf("%q: %d characters, want %d", text, got, want)
		}
	}
}

// Built-in fonts set Latin, Greek and Cyrillic; a line with anything else is looked at.
func TestSimple(t *testing.T) {
	for text, want := range map[string]bool{"": true, "Größe": true, "Ωμέγα": true, "Жук": true, "a → b ≤ c": true, "漢": false, "א": false, "e\u0301": false, "😀": false} {
		if got := simple(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
