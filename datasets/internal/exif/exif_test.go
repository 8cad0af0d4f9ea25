package exif

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"testing"
)

// block returns an EXIF block whose directory has a second entry with this tag, type, count and
// value.
func block(order binary.AppendByteOrder, tag, kind uint16, count uint32, value []byte) []byte {
	b := []byte("II*\x00")
	if order.String() == binary.BigEndian.String() {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 10) // the directory is not at once behind the head
	b = append(b, 0, 0)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 0x010f) // the maker's name
	b = order.AppendUint16(b, 2)
	b = order.AppendUint32(b, 4)
	b = append(b, "abc\x00"...)
	b = order.AppendUint16(b, tag)
	b = order.AppendUint16(b, kind)
	b = order.AppendUint32(b, count)
	b = append(b, value...)
	b = append(b, make([]byte, 4-len(value))...)
	return order.AppendUint32(b, 0)
}

func short(order binary.AppendByteOrder, v uint16) []byte {
	return block(order, tag, 3, 1, order.AppendUint16(nil, v))
}

func segment(marker byte, body []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2)), body...)
}

func asJPEG(parts ...[]byte) []byte {
	return append(append([]byte{0xff, 0xd8}, bytes.Join(parts, nil)...), segment(0xda, []byte("scan"))...)
}

func app1(block []byte) []byte { return segment(0xe1, append([]byte("Exif\x00\x00"), block...)) }

func asPNG(names []string, block []byte) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	for _, name := range names {
		var body []byte
		if name == "eXIf" {
			body = block
		}
		b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
		b = append(append(b, name...), body...)
		b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(append([]byte(name), body...)))
	}
	return b
}

func asWebP(block []byte) []byte {
	b := []byte("RIFF\x00\x00\x00\x00WEBPVP8L\x03\x00\x00\x00abc\x00EXIF")
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(block))), block...)
}

func TestOf(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	jfif := segment(0xe0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"))
	six := short(le, 6)
	for _, tt := range []struct {
		name string
		file []byte
		want Orientation
	}{
		{"little endian", asJPEG(app1(six)), 6},
		{"big endian", asJPEG(app1(short(be, 8))), 8},
		{"behind JFIF and fill bytes", asJPEG(jfif, []byte{0xff, 0xff}, app1(six)), 6},
		{"behind another APP1", asJPEG(segment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00")), app1(six)), 6},
		{"a byte", asJPEG(app1(block(le, tag, 1, 1, []byte{3}))), 3},
		{"32 bits", asJPEG(app1(block(be, tag, 4, 1, []byte{0, 0, 0, 5}))), 5},
		{"PNG before the pixels", asPNG([]string{"IHDR", "eXIf", "IDAT", "IEND"}, six), 6},
		{"PNG behind the pixels", asPNG([]string{"IHDR", "IDAT", "eXIf", "IEND"}, six), 6},
		{"WebP", asWebP(six), 6},
		{"WebP with the prefix of JPEG", asWebP(append([]byte("Exif\x00\x00"), six...)), 6},

		{"without EXIF", asJPEG(jfif), 1},
		{"behind the scan", append(asJPEG(jfif), app1(six)...), 1},
		{"another tag", asJPEG(app1(block(le, 0x0113, 3, 1, []byte{6, 0}))), 1},
		{"zero", asJPEG(app1(short(le, 0))), 1},
		{"nine", asJPEG(app1(short(le, 9))), 1},
		{"two numbers", asJPEG(app1(block(le, tag, 3, 2, []byte{6, 0, 6, 0}))), 1},
		{"text", asJPEG(app1(block(le, tag, 2, 1, []byte("6")))), 1},
		{"no TIFF", asJPEG(app1([]byte("Exif is not here"))), 1},
		{"directory beyond the end", asJPEG(app1([]byte("II*\x00\xff\xff\xff\xff"))), 1},
		{"cut in the entry", asJPEG(app1(six[:30])), 1},
		{"cut in the segment", asJPEG(app1(six))[:20], 1},
		{"not an image", []byte("text"), 1},
		{"nothing", nil, 1},
	} {
		if got := Of(tt.file); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
	far := append(short(le, 6), make([]byte, maxBlock)...)
	le.PutUint32(far[4:], maxBlock)
	copy(far[maxBlock:], short(le, 6)[10:])
	if got := Of(asPNG([]string{"eXIf"}, far)); got != Upright {
		t.Errorf("a directory behind the first 64 KiB: %d", got)
	}
}

// The eight pictures of
//
//	abc
//	def
//
// were made with Pillow: ImageOps.exif_transpose of an image whose EXIF has tag 0x0112.
var turned = [9]string{
	1: "abc/def", 2: "cba/fed", 3: "fed/cba", 4: "def/abc",
	5: "ad/be/cf", 6: "da/eb/fc", 7: "fc/eb/da", 8: "cf/be/ad",
}

func TestTurn(t *testing.T) {
	for o := Upright; o <= Rotate270; o++ {
		for _, c := range []int{1, 3} {
			var src []uint8
			for _, v := range []byte("abcdef") {
				src = append(src, bytes.Repeat([]byte{v}, c)...)
			}
			if c == 3 {
				src[1] = 'x' // channels stay in their order
			}
			w, h := o.Size(3, 2)
			dst := make([]uint8, len(src))
			o.Turn(dst, src, 3, 2, c, image.Rect(0, 0, w, h))
			got := ""
			for i := range w * h {
				if i > 0 && i%w == 0 {
					got += "/"
				}
				got += string(dst[i*c])
			}
			if got != turned[o] {
				t.Errorf("orientation %d: %s, want %s", o, got, turned[o])
			}
			if i := bytes.IndexByte(dst, 'a'); c == 3 && (dst[i+1] != 'x' || dst[i+2] != 'a') {
				t.Errorf("orientation %d: the channels of a pixel are %q", o, dst[i:i+3])
			}
		}
	}
}

// A region needs the stored pixels of Stored and no others.
func TestStored(t *testing.T) {
	const w, h = 7, 5
	src := make([]uint8, w*h)
	for i := range src {
		src[i] = uint8(i + 1)
	}
	for o := Upright; o <= Rotate270; o++ {
		tw, th := o.Size(w, h)
		all, part := make([]uint8, w*h), make([]uint8, w*h)
		o.Turn(all, src, w, h, 1, image.Rect(0, 0, tw, th))
		region := image.Rect(1, 2, tw, th-1)
		need := o.Stored(region, w, h)
		if need.Dx()*need.Dy() != region.Dx()*region.Dy() {
			t.Errorf("orientation %d: %v of the turned picture needs %v", o, region, need)
		}
		only := make([]uint8, w*h)
		for y := need.Min.Y; y < need.Max.Y; y++ {
			copy(only[y*w+need.Min.X:y*w+need.Max.X], src[y*w+need.Min.X:])
		}
		o.Turn(part, only, w, h, 1, region)
		for y := region.Min.Y; y < region.Max.Y; y++ {
			if a, b := all[y*tw+1:(y+1)*tw], part[y*tw+1:(y+1)*tw]; !bytes.Equal(a, b) {
				t.Errorf("orientation %d, row %d: %v, want %v", o, y, b, a)
			}
		}
	}
	if r := Rotate90.Stored(image.Rectangle{}, w, h); !r.Empty() {
		t.Errorf("nothing needs %v", r)
	}
}

func FuzzOf(f *testing.F) {
	le := binary.LittleEndian
	six := short(le, 6)
	f.Add(asJPEG(app1(six)))
	f.Add(asJPEG(app1(short(binary.BigEndian, 8))))
	f.Add(asPNG([]string{"IHDR", "eXIf", "IEND"}, six))
	f.Add(asWebP(six))
	f.Add([]byte("\xff\xd8\xff\xe1\xff\xff"))
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPEXIF\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if o := Of(file); o < Upright || o > Rotate270 {
			t.Fatal(fmt.Sprint("orientation ", o))
		}
	})
}
