package shapes

import "testing"

func TestSpan(t *testing.T) {
	for _, c := range []struct {
		name           string
		size           int
		centre, length float64
		want           span
	}{
		// 0.22·32 = 7.04 pixels: 3 bars of 1 and 2 panes of 2; 16 - 3.5 rounds up.
		{"middle", 32, 0.5, 0.22, span{13, 1, 2}},
		{"left edge", 32, 0, 0.22, span{0, 1, 2}},
		{"right edge", 32, 1, 0.22, span{25, 1, 2}},
		{"far outside", 32, -50, 0.22, span{0, 1, 2}},
		// 0.28·32 = 8.96: panes of 3.
		{"wider", 32, 0.5, 0.28, span{12, 1, 3}},
		// 0.22·64 = 14.08: bars of 2, panes of 4.
		{"twice the size", 64, 0.5, 0.22, span{25, 2, 4}},
		{"smallest", 16, 0.5, 0, span{6, 1, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := newSpan(c.size, c.centre, c.length); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestWindowPicture(t *testing.T) {
	f := Factors{
		Class:  -1,
		Window: Window{Present: true, X: 0.5, Y: 0.5, Width: 0.44, Height: 0.32, Color: RGB{200, 100, 50}},
	}
	dst := make([]uint8, 16*16*3)
	Render(dst, 16, f)
	// 0.44·16 = 7.04 pixels wide, 0.32·16 = 5.12 high.
	want := []string{
		"FFFFFFF",
		"FppFppF",
		"FFFFFFF",
		"FppFppF",
		"FFFFFFF",
	}
	box := f.WithBoxes(16).Window.Box
	if box != (Box{5, 6, 12, 11}) {
		t.Fatalf("box %+v, want 5, 6, 12, 11", box)
	}
	// The frame has 0.28 of the brightness of the panes.
	colors := map[byte]RGB{'p': {200, 100, 50}, 'F': {56, 28, 14}, '.': {}}
	for y := range 16 {
		for x := range 16 {
			mark := byte('.')
			if x >= box.X0 && x < box.X1 && y >= box.Y0 && y < box.Y1 {
				mark = want[y-box.Y0][x-box.X0]
			}
			if got := RGB(dst[(y*16+x)*3:][:3]); got != colors[mark] {
				t.Errorf("pixel (%d, %d) is %v, want %v (%c)", x, y, got, colors[mark], mark)
			}
		}
	}
}

func TestAbsentWindow(t *testing.T) {
	f := Factors{Class: -1, Window: Window{X: 0.5, Y: 0.5, Width: 0.3, Height: 0.3, Color: RGB{255, 255, 255}}}
	dst := make([]uint8, 16*16*3)
	Render(dst, 16, f)
	for i, v := range dst {
		if v != 0 {
			t.Fatalf("value %d is %d, want a black image", i, v)
		}
	}
	if b := f.WithBoxes(16).Window.Box; b != (Box{}) {
		t.Errorf("box %v, want none", b)
	}
}
