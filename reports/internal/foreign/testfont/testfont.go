// Package testfont makes small font files for tests.
package testfont

import (
	"bytes"
	"encoding/binary"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/go-text/typesetting/font/opentype"

	"repbench/reports/internal/fonts"
)

// Write makes a font file in a folder. The font has the characters of the text, each with
// the glyph of "A".
func Write(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, Bytes(t, text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Bytes is the file that Write makes.
func Bytes(t testing.TB, text string) []byte {
	t.Helper()
	ld, err := opentype.NewLoader(bytes.NewReader(fonts.Of(fonts.Regular).TTF))
	if err != nil {
		t.Fatal(err)
	}
	var tables []opentype.Table
	for _, name := range []string{"OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"} {
		tag := opentype.MustNewTag(name)
		content, err := ld.RawTable(tag)
		if err != nil {
			t.Fatal(err)
		}
		if name == "cmap" {
			content = characterMap(text)
		}
		tables = append(tables, opentype.Table{Tag: tag, Content: content})
	}
	return opentype.WriteTTF(tables)
}

// characterMap is a table of format 12 with a group for each character.
func characterMap(text string) []byte {
	a, _ := fonts.Of(fonts.Regular).Glyph('A')
	of := map[rune]bool{}
	for _, r := range text {
		of[r] = true
	}
	b := []byte{0, 0, 0, 1, 0, 3, 0, 10, 0, 0, 0, 12, 0, 12, 0, 0}
	for _, v := range []int{16 + 12*len(of), 0, len(of)} {
		b = binary.BigEndian.AppendUint32(b, uint32(v))
	}
	for _, r := range slices.Sorted(maps.Keys(of)) {
		for _, v := range []uint32{uint32(r), uint32(r), uint32(a)} {
			b = binary.BigEndian.AppendUint32(b, v)
		}
	}
	return b
}
