package shapes

import "testing"

// draw renders f without its noise.
func draw(f Factors, size int) []uint8 {
	f.Noise.Sigma = 0
	dst := make([]uint8, size*size*3)
	Render(dst, size, f)
	return dst
}

// changed returns the smallest box around the pixels that differ.
func changed(a, b []uint8, size int) Box {
	out := Box{size, size, 0, 0}
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		x, y := i/3%size, i/3/size
		out = Box{min(out.X0, x), min(out.Y0, y), max(out.X1, x+1), max(out.Y1, y+1)}
	}
	return out
}

// TestObjectBox draws each image with and without its object. All changed pixels are in the
// object's box, and reach its sides to within a pixel, since a sharp tip may cover a pixel too
// little to change a grey level.
func TestObjectBox(t *testing.T) {
	const slack = 1
	for _, size := range []int{16, 32, 64} {
		for i := range 400 {
			f := At(DefaultSeed, Train, i, size)
			f.Window = Window{}
			without := f
			without.Class = -1
			got, box := changed(draw(f, size), draw(without, size), size), f.Box
			if got.X0 < box.X0 || got.Y0 < box.Y0 || got.X1 > box.X1 || got.Y1 > box.Y1 {
				t.Errorf("size %d, image %d: %s changes %v outside its box %v", size, i, classNames[f.Class], got, box)
			}
			if got.X0-box.X0 > slack || got.Y0-box.Y0 > slack || box.X1-got.X1 > slack || box.Y1-got.Y1 > slack {
				t.Errorf("size %d, image %d: %s changes only %v of its box %v", size, i, classNames[f.Class], got, box)
			}
		}
	}
}

// TestWindowBox does the same with the window, whose box is exact: its frame differs in some
// channel from everything that may be behind it.
func TestWindowBox(t *testing.T) {
	for _, size := range []int{16, 32, 64} {
		for i := range 400 {
			f := At(DefaultSeed, Test, i, size)
			if !f.Window.Present {
				continue
			}
			without := f
			without.Window = Window{}
			if got := changed(draw(f, size), draw(without, size), size); got != f.Window.Box {
				t.Errorf("size %d, image %d: the window changes %v, its box is %v", size, i, got, f.Window.Box)
			}
		}
	}
}

// TestWindowIsWhole checks that rounding to pixels cuts off no part of the window.
func TestWindowIsWhole(t *testing.T) {
	for _, size := range []int{16, 32, 50, 64, 128} {
		for i := range 1000 {
			f := At(DefaultSeed, Train, i, size)
			if !f.Window.Present {
				continue
			}
			p, b := newPane(size, f.Window), f.Window.Box
			if b.X0 < 0 || b.Y0 < 0 || b.X1 != p.x.end() || b.Y1 != p.y.end() || b.X1 > size || b.Y1 > size {
				t.Fatalf("size %d, image %d: window %v sticks out", size, i, b)
			}
		}
	}
}

// TestWindowHidesLittle measures the part of the object that the window covers.
func TestWindowHidesLittle(t *testing.T) {
	const most = 0.25
	worst := 0.0
	for i := range 4000 {
		f := At(DefaultSeed, Train, i, 32)
		if f.Window.Present {
			worst = max(worst, hiddenShare(f, 32))
		}
	}
	t.Logf("at most %.3f of an object is hidden", worst)
	if worst > most {
		t.Errorf("a window hides %.3f of its object, want %.2f at most", worst, most)
	}
	if worst == 0 {
		t.Error("no window ever covers a bit of an object")
	}
}

func hiddenShare(f Factors, size int) float64 {
	o := newOutline(size, f)
	row := make([]fixed, size)
	var all, hidden fixed
	b := f.Window.Box
	for y := range size {
		if !o.cover(row, y) {
			continue
		}
		for x, v := range row {
			all += v
			if x >= b.X0 && x < b.X1 && y >= b.Y0 && y < b.Y1 {
				hidden += v
			}
		}
	}
	return float64(hidden) / float64(all)
}
