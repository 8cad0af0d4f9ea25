package measure

import "testing"

func TestProducts(t *testing.T) {
	for text, want := range map[string]Products{
		"":                                  {},
		"simd":                              {CPU: true},
		"simd, bytes":                       {CPU: true, Bytes: true},
		"device xla:cuda, matrix sent once": {Device: "xla:cuda"},
		"device cpu, matrix sent in 3 blocks at every pass": {Device: "cpu", Blocks: 3},
		"by hand":                          {Text: "by hand"},
		"simd, roughly":                    {Text: "simd, roughly"},
		"device go, matrix kept elsewhere": {Device: "go, matrix kept elsewhere", Text: "device go, matrix kept elsewhere"},
	} {
		if got := ParseProducts(text); got != want || got.String() != text {
			t.Errorf("%q reads as %+v with the text %q, want %+v", text, got, got.String(), want)
		}
	}
}
