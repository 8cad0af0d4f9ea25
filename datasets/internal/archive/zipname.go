package archive

import (
	"archive/zip"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"unicode/utf8"
)

// zipUTF8 is the bit of a zip entry's flags that says that its name is UTF-8.
const zipUTF8 = 0x800

// Systems on which a zip file was made, as the upper byte of its version says.
const (
	zipUnix  = 3
	zipMacOS = 19
)

// zipWindows are those of which no file's name holds a backslash: FAT, HPFS, NTFS
// (by two numbers) and VFAT.
var zipWindows = []byte{0, 6, 10, 11, 14}

// Extra fields of a zip entry.
const (
	zipUnicodePath = 0x7075 // Info-ZIP's and WinRAR's: the name in UTF-8
	zipUnixTime    = 0x5455
	zipUnixOld     = 0x5855
	zipUnixOwner   = 0x7875
)

// zipHost is the system on which an entry was packed.
func zipHost(f *zip.File) byte { return byte(f.CreatorVersion >> 8) }

// zipName returns the name of an entry. A name with other letters than those of
// ASCII is known where the entry says that it is UTF-8, has the name in UTF-8 in an
// extra field, or comes from a program of Unix or macOS, whose names are UTF-8. Else
// it is in whatever code page the packing machine had: doubt says so.
func zipName(f *zip.File) (name, doubt string) {
	if f.Flags&zipUTF8 != 0 || !strings.ContainsFunc(f.Name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return f.Name, ""
	}
	extras := zipExtras(f.Extra)
	if name := unicodePath(f.Name, extras[zipUnicodePath]); name != "" {
		return name, ""
	}
	_, a := extras[zipUnixTime]
	_, b := extras[zipUnixOld]
	_, c := extras[zipUnixOwner]
	if host := zipHost(f); utf8.ValidString(f.Name) && (host == zipUnix || host == zipMacOS) && (a || b || c) {
		return f.Name, ""
	}
	return f.Name, "the archive does not say in which code page the name is; pack it again with names in UTF-8 " +
		"(7z a -mcu=on NEW.zip FOLDER), or unpack it and give the folder"
}

// zipExtras cuts the extra data of an entry into its fields. What is cut off or
// malformed is left out.
func zipExtras(extra []byte) map[uint16][]byte {
	fields := map[uint16][]byte{}
	for len(extra) >= 4 {
		tag, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			break
		}
		fields[tag], extra = extra[:n], extra[n:]
	}
	return fields
}

// unicodePath is the name that the extra field holds, where it belongs to this name:
// a byte 1, the CRC-32 of the plain name, and the name in UTF-8. Else it is empty.
func unicodePath(plain string, field []byte) string {
	if len(field) < 6 || field[0] != 1 || binary.LittleEndian.Uint32(field[1:]) != crc32.ChecksumIEEE([]byte(plain)) {
		return ""
	}
	if name := field[5:]; utf8.Valid(name) {
		return string(name)
	}
	return ""
}

// fromWindows says that an entry was packed where a backslash separates folders and
// nothing else.
func fromWindows(f *zip.File) bool { return slices.Contains(zipWindows, zipHost(f)) }
