package shapes

import "testing"

func TestHSV(t *testing.T) {
	for _, c := range []struct {
		name                   string
		hue, saturation, value int
		want                   RGB
	}{
		{"red", 0, 255, 255, RGB{255, 0, 0}},
		{"yellow", 256, 255, 255, RGB{255, 255, 0}},
		{"green", 512, 255, 255, RGB{0, 255, 0}},
		{"cyan", 768, 255, 255, RGB{0, 255, 255}},
		{"blue", 1024, 255, 255, RGB{0, 0, 255}},
		{"magenta", 1280, 255, 255, RGB{255, 0, 255}},
		{"orange", 128, 255, 254, RGB{254, 127, 0}},
		{"grey", 700, 0, 90, RGB{90, 90, 90}},
		{"black", 700, 200, 0, RGB{0, 0, 0}},
		{"pale red", 0, 51, 255, RGB{255, 204, 204}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := hsv(c.hue, c.saturation, c.value); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestLuma(t *testing.T) {
	// ITU-R BT.601: 0.299, 0.587, 0.114.
	for c, want := range map[RGB]int{
		{255, 255, 255}: 255, {}: 0, {255, 0, 0}: 76, {0, 255, 0}: 149, {0, 0, 255}: 29,
	} {
		if got := c.Luma(); got != want {
			t.Errorf("luma of %v = %d, want %d", c, got, want)
		}
	}
}

func TestStandOut(t *testing.T) {
	// The worst case is two greys at a quarter and three quarters.
	for a := 0; a < 256; a += 5 {
		for b := 0; b < 256; b += 5 {
			x, y := RGB{uint8(a), uint8(a), uint8(a)}, RGB{uint8(b), uint8(b), uint8(b)}
			c := standOut(x, y)
			if d := min(apart(c, x), apart(c, y)); d < 63 {
				t.Fatalf("%v is only %d from %v and %v", c, d, x, y)
			}
		}
	}
}
