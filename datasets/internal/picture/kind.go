package picture

import (
	"bytes"
	"encoding/binary"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Kind is the kind of a file according to its suffix.
type Kind int

const (
	UnknownFile Kind = iota // no suffix, or an unknown one
	ReadImage               // an image of a supported format
	OtherImage              // an image of an unsupported format
	NoImage                 // a file that is not an image
)

// suffixKinds holds the known suffixes.
var suffixKinds = suffixes(map[Kind]string{
	ReadImage: ".jpg .jpeg .jfif .jpe .pjpeg .png .webp",
	OtherImage: `.gif .bmp .dib .tif .tiff .pbm .pgm .ppm .pnm .pam .pfm .heic .heif .avif .jp2 .j2k .j2c .jpc .jpf .jpx .jxl .jxr
		.tga .pcx .psd .xcf .exr .dds .qoi .apng .ico .svg .dcm .dng .cr2 .cr3 .nef .arw .orf .raf .rw2`,
	NoImage: ".txt .csv .tsv .json .jsonl .xml .html .md .mat .npy .npz .zip .tar .gz .tgz",
})

func suffixes(kinds map[Kind]string) map[string]Kind {
	out := map[string]Kind{}
	for kind, list := range kinds {
		for _, suffix := range strings.Fields(list) {
			out[suffix] = kind
		}
	}
	return out
}

// KindOf returns the kind given by the suffix of a file.
func KindOf(name string) Kind { return suffixKinds[SuffixOf(name)] }

// SuffixOf returns the suffix of a file in lower case, "" without one.
func SuffixOf(name string) string {
	if suffix := strings.ToLower(path.Ext(name)); suffix != "." {
		return suffix
	}
	return ""
}

// HeadBytes is the number of first bytes that FormatOf needs.
const HeadBytes = 32

// pictureStarts are the first bytes of pictures of unsupported formats.
var pictureStarts = []struct{ format, start string }{
	{"GIF", "GIF87a"}, {"GIF", "GIF89a"}, {"TIFF", "II*\x00"}, {"TIFF", "MM\x00*"},
	{"JPEG 2000", "\x00\x00\x00\x0cjP  "}, {"JPEG 2000", "\xff\x4f\xff\x51"},
	{"JPEG XL", "\x00\x00\x00\x0cJXL "}, {"JPEG XL", "\xff\x0a"}, {"JPEG XR", "II\xbc"},
	{"Photoshop", "8BPS\x00\x01"}, {"OpenEXR", "v/1\x01"}, {"DDS", "DDS |\x00\x00\x00"}, {"QOI", "qoif"},
	{"PAM", "P7\nWIDTH"}, {"Radiance", "#?RADIANCE"}, {"Radiance", "#?RGBE"},
}

// netpbm matches the head of the PBM, PGM and PPM formats, which begins like a word.
var netpbm = regexp.MustCompile(`^P[1-6]\s+(#|\d+\s+\d+\s)`)

// heifBrands are the brands of HEIF and AVIF files, which have the form of MP4 files.
var heifBrands = []string{"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis"}

// FormatOf returns the picture format of a file by its first bytes, "" if it is not a picture,
// and whether the format is supported.
func FormatOf(head []byte) (format string, read bool) {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return "JPEG", true
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return "PNG", true
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return "WebP", true
	}
	for _, p := range pictureStarts {
		if bytes.HasPrefix(head, []byte(p.start)) {
			return p.format, false
		}
	}
	switch {
	case netpbm.Match(head):
		return "PNM", false
	case isBMP(head):
		return "BMP", false
	case len(head) >= 12 && string(head[4:8]) == "ftyp" && slices.Contains(heifBrands, string(head[8:12])):
		return "HEIF or AVIF", false
	}
	return "", false
}

// isBMP requires more than the letters BM, with which a text may begin: four zero bytes, and a
// header of a valid size.
func isBMP(head []byte) bool {
	return len(head) >= 18 && string(head[:2]) == "BM" && string(head[6:10]) == "\x00\x00\x00\x00" &&
		slices.Contains([]uint32{12, 40, 52, 56, 64, 108, 124}, binary.LittleEndian.Uint32(head[14:]))
}
