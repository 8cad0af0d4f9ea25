package picture

import (
	"slices"
	"testing"
)

// Grey files with alpha are grey, and the grey below the transparency is kept.
func TestGreyAlphaIsGrey(t *testing.T) {
	for name, data := range map[string][]byte{
		"8 bits":               rawPNG(2, 8, 4, nil, nil, []byte{200, 0, 100, 128}),
		"16 bits":              rawPNG(2, 16, 4, nil, nil, []byte{200, 9, 0, 0, 100, 9, 128, 0}),
		"one transparent grey": rawPNG(2, 8, 0, nil, []byte{0, 200}, []byte{200, 100}),
	} {
		cfg, err := ImageConfig(data)
		if err != nil {
			t.Fatal(name, err)
		}
		if n := Channels(cfg); n != 1 {
			t.Errorf("%s: %d channels", name, n)
		}
		var d Decoder
		grey, rgb := make([]uint8, 2), make([]uint8, 6)
		if err := d.Decode(grey, data, 1); err != nil {
			t.Fatal(name, err)
		}
		if err := d.Decode(rgb, data, 3); err != nil {
			t.Fatal(name, err)
		}
		if !slices.Equal(grey, []uint8{200, 100}) || !slices.Equal(rgb, []uint8{200, 200, 200, 100, 100, 100}) {
			t.Errorf("%s: grey %v, RGB %v", name, grey, rgb)
		}
	}
}
