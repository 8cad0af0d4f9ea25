package foreign

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// signatures are the first bytes of a font: TrueType, Apple's TrueType and OpenType.
var signatures = []string{"\x00\x01\x00\x00", "true", "OTTO"}

// checkTables makes sure that the tables of all fonts of a file lie inside it, because
// the parser makes room for each as long as its entry says.
func checkTables(f io.ReaderAt, size int64) error {
	head, err := read(f, 0, 12)
	if err != nil {
		return err
	}
	if string(head[:4]) != "ttcf" {
		return checkFont(f, 0, size)
	}
	n := binary.BigEndian.Uint32(head[8:])
	if n > mostInFiles {
		return fmt.Errorf("it has %d fonts, more than %d", n, mostInFiles)
	}
	offsets, err := read(f, 12, 4*int(n))
	if err != nil {
		return err
	}
	for i := range int(n) {
		if err := checkFont(f, int64(binary.BigEndian.Uint32(offsets[4*i:])), size); err != nil {
			return fmt.Errorf("font %d: %w", i, err)
		}
	}
	return nil
}

// checkFont checks the tables of one font.
func checkFont(f io.ReaderAt, at, size int64) error {
	head, err := read(f, at, 12)
	if err != nil {
		return err
	}
	if !slices.Contains(signatures, string(head[:4])) {
		return fmt.Errorf("it is no TrueType or OpenType font: it begins with %q", head[:4])
	}
	n := int(binary.BigEndian.Uint16(head[4:]))
	list, err := read(f, at+12, 16*n)
	if err != nil {
		return err
	}
	for i := range n {
		e := list[16*i:]
		from, length := int64(binary.BigEndian.Uint32(e[8:])), int64(binary.BigEndian.Uint32(e[12:]))
		if from+length > size {
			return fmt.Errorf("it is cut off: table %q ends after %d of %d bytes", e[:4], from+length, size)
		}
	}
	return nil
}

// read is n bytes of a file.
func read(f io.ReaderAt, at int64, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := f.ReadAt(b, at); err != nil {
		return nil, fmt.Errorf("it is cut off: %w", err)
	}
	return b, nil
}
