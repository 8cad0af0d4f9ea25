package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"testing"
)

// rawPNG writes a PNG file of one row from its samples, for forms that package png does not
// write.
func rawPNG(w int, depth, colour byte, palette, transparent, row []byte) []byte {
	b := bytes.NewBufferString("\x89PNG\r\n\x1a\n")
	chunk := func(name string, data []byte) {
		binary.Write(b, binary.BigEndian, uint32(len(data)))
		data = append([]byte(name), data...)
		b.Write(data)
		binary.Write(b, binary.BigEndian, crc32.ChecksumIEEE(data))
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(w))
	head = binary.BigEndian.AppendUint32(head, 1)
	chunk("IHDR", append(head, depth, colour, 0, 0, 0))
	if palette != nil {
		chunk("PLTE", palette)
	}
	if transparent != nil {
		chunk("tRNS", transparent)
	}
	var z bytes.Buffer
	zw := zlib.NewWriter(&z)
	zw.Write(append([]byte{0}, row...))
	zw.Close()
	chunk("IDAT", z.Bytes())
	chunk("IEND", nil)
	return b.Bytes()
}

// A transparent pixel keeps its colour in every form of PNG with transparency, as in Pillow's
// convert("RGB"). The pixels are transparent, half transparent and opaque.
func TestTransparentPixelsKeepTheirColour(t *testing.T) {
	colour, grey := []byte{200, 100, 50, 200, 100, 50, 200, 100, 50}, bytes.Repeat([]byte{77}, 9)
	for _, tt := range []struct {
		name string
		data []byte
		want []byte
	}{
		{"RGBA 8", rawPNG(3, 8, 6, nil, nil, []byte{200, 100, 50, 0, 200, 100, 50, 128, 200, 100, 50, 255}), colour},
		{"RGBA 16", rawPNG(3, 16, 6, nil, nil, []byte{
			200, 1, 100, 2, 50, 3, 0, 0, 200, 1, 100, 2, 50, 3, 128, 0, 200, 1, 100, 2, 50, 3, 255, 255}), colour},
		{"grey and alpha 8", rawPNG(3, 8, 4, nil, nil, []byte{77, 0, 77, 128, 77, 255}), grey},
		{"grey and alpha 16", rawPNG(3, 16, 4, nil, nil, []byte{77, 250, 0, 0, 77, 250, 128, 0, 77, 250, 255, 255}), grey},
		{"RGB 8, one colour transparent", rawPNG(3, 8, 2, nil, []byte{0, 200, 0, 100, 0, 50}, colour), colour},
		{"RGB 16, one colour transparent", rawPNG(3, 16, 2, nil, []byte{200, 1, 100, 2, 50, 3}, bytes.Repeat([]byte{200, 1, 100, 2, 50, 3}, 3)), colour},
		{"grey 8, one transparent", rawPNG(3, 8, 0, nil, []byte{0, 77}, []byte{77, 77, 77}), grey},
		{"grey 16, one transparent", rawPNG(3, 16, 0, nil, []byte{77, 250}, []byte{77, 250, 77, 250, 77, 250}), grey},
		{"palette", rawPNG(3, 8, 3, colour, []byte{0, 128, 255}, []byte{0, 1, 2}), colour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := decodeAll(t, tt.data, 3); !bytes.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
