package archive

import (
	"archive/zip"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"
)

// extra is an extra field of a zip entry.
func extra(tag uint16, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, tag)
	return append(binary.LittleEndian.AppendUint16(b, uint16(len(data))), data...)
}

// unicodeField is the extra field that holds a name in UTF-8 beside the plain one.
func unicodeField(plain, name string) []byte {
	b := binary.LittleEndian.AppendUint32([]byte{1}, crc32.ChecksumIEEE([]byte(plain)))
	return extra(zipUnicodePath, append(b, name...)...)
}

// Names of other letters than ASCII are certain only where the archive says their code page.
func TestZipName(t *testing.T) {
	const plain, cp437 = "é.png", "\x82.png" // the second one as DOS wrote it
	for name, tt := range map[string]struct {
		header zip.FileHeader
		want   string
		doubt  bool
	}{
		"ASCII":                   {zip.FileHeader{Name: "a.png"}, "a.png", false},
		"flag":                    {zip.FileHeader{Name: plain, Flags: zipUTF8}, plain, false},
		"field":                   {zip.FileHeader{Name: cp437, Extra: unicodeField(cp437, plain)}, plain, false},
		"field of another name":   {zip.FileHeader{Name: cp437, Extra: unicodeField("x", plain)}, cp437, true},
		"field that is no UTF-8":  {zip.FileHeader{Name: cp437, Extra: unicodeField(cp437, "\xff")}, cp437, true},
		"field of version 2":      {zip.FileHeader{Name: cp437, Extra: extra(zipUnicodePath, 2, 0, 0, 0, 0, 'a')}, cp437, true},
		"field cut off":           {zip.FileHeader{Name: cp437, Extra: unicodeField(cp437, plain)[:8]}, cp437, true},
		"Unix with its time":      {zip.FileHeader{Name: plain, CreatorVersion: zipUnix << 8, Extra: extra(zipUnixTime, 1)}, plain, false},
		"macOS with its owner":    {zip.FileHeader{Name: plain, CreatorVersion: zipMacOS << 8, Extra: extra(zipUnixOwner, 1)}, plain, false},
		"Unix without any":        {zip.FileHeader{Name: plain, CreatorVersion: zipUnix << 8}, plain, true},
		"Unix, but no UTF-8":      {zip.FileHeader{Name: cp437, CreatorVersion: zipUnix << 8, Extra: extra(zipUnixTime, 1)}, cp437, true},
		"Windows with Unix times": {zip.FileHeader{Name: plain, Extra: extra(zipUnixTime, 1)}, plain, true},
		"a field before it":       {zip.FileHeader{Name: cp437, Extra: append(extra(0x9999, 1, 2, 3), unicodeField(cp437, plain)...)}, plain, false},
	} {
		got, doubt := zipName(&zip.File{FileHeader: tt.header})
		if got != tt.want || (doubt != "") != tt.doubt {
			t.Errorf("%s: %q, doubt %q; want %q", name, got, doubt, tt.want)
		}
	}
}

// A backslash separates folders where it can be nothing else.
func TestCleanName(t *testing.T) {
	for _, tt := range []struct {
		name    string
		windows bool
		want    string // "": left out
		dir     bool
		err     string
	}{
		{name: "a/b.png", want: "a/b.png"},
		{name: "./a//b/./c", want: "a/b/c"},
		{name: "a/", want: "a", dir: true},
		{name: "./", want: ""},
		{name: "", want: ""},
		{name: `a\b.png`, want: "a/b.png"},
		{name: `a\b\`, windows: true, want: "a/b", dir: true},
		{name: `a/b\c.png`, windows: true, want: "a/b/c.png"},
		{name: `a/b\c.png`, err: "both"},
		{name: `./a\b.png`, want: "a/b.png"},
		{name: "表\\\xff", want: "表\\\xff"}, // no UTF-8: the backslash may be half of a letter
		{name: "../a", err: "leads out"},
		{name: "a/../b", err: `".."`},
		{name: "/etc/passwd", err: "leads out"},
		{name: `C:\a`, err: "leads out"},
		{name: `\\server\share`, windows: true, err: "leads out"},
		{name: `..\a`, err: "leads out"},
	} {
		got, dir, err := cleanName(tt.name, tt.windows)
		switch {
		case tt.err != "":
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%q: %q, error %v; want %q", tt.name, got, err, tt.err)
			}
		case err != nil || got != tt.want || dir != tt.dir:
			t.Errorf("%q: %q, folder %v, %v; want %q", tt.name, got, dir, err, tt.want)
		}
	}
}

func TestHidden(t *testing.T) {
	for name, want := range map[string]bool{".a": true, "a/.b/c": true, "__MACOSX/a": true, "a/__MACOSX": true, "a.b/c.d": false, "a/__macosx": false, "a..b": false} {
		if got := Hidden(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
