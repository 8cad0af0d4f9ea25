package archive

import (
	"archive/zip"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"unicode/utf8"
)

// zipUTF8 is the flag of zip entries whose name is UTF-8.
const zipUTF8 = 0x800

// Systems on which a zip file was made, given by the upper byte of its version.
const (
	zipUnix  = 3
	zipMacOS = 19
)

// zipWindows are the systems on which no file name contains a backslash: FAT, HPFS, NTFS (two
// numbers) and VFAT.
var zipWindows = []byte{0, 6, 10, 11, 14}

// Extra fields of a zip entry.
const (
	zipUnicodePath = 0x7075 // Info-ZIP's and WinRAR's: the name in UTF-8
	zipUnixTime    = 0x5455
	zipUnixOld     = 0x5855
	zipUnixOwner   = 0x7875
)

// zipHost returns the system on which an entry was packed.
func zipHost(f *zip.File) byte { return byte(f.CreatorVersion >> 8) }

// zipName returns the name of an entry. A name with other letters than ASCII is certain in
// three cases: the entry is flagged as UTF-8, an extra field holds the name in UTF-8, or the
// entry comes from Unix or macOS, where names are UTF-8. Otherwise the name is in the unknown
// code page of the packing machine, and doubt describes this.
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

// zipExtras splits the extra data of an entry into its fields. It leaves out truncated or
// malformed fields.
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

// unicodePath returns the name in the extra field if it belongs to the given plain name: the
// field is a byte 1, the CRC-32 of the plain name, and the name in UTF-8. Otherwise it returns
// "".
func unicodePath(plain string, field []byte) string {
	if len(field) < 6 || field[0] != 1 || binary.LittleEndian.Uint32(field[1:]) != crc32.ChecksumIEEE([]byte(plain)) {
		return ""
	}
	if name := field[5:]; utf8.Valid(name) {
		return string(name)
	}
	return ""
}

// fromWindows reports whether an entry was packed on a system where a backslash can only be a
// separator of folders.
func fromWindows(f *zip.File) bool { return slices.Contains(zipWindows, zipHost(f)) }
