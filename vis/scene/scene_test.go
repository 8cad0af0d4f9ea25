package scene

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"repbench/backends"
	"repbench/datasets/catalog"
	"repbench/datasets/shapes"
)

func open(t *testing.T) *backends.Backend {
	t.Helper()
	b, err := backends.Open(backends.CPU)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The fitted reader finds windows and names shapes in drawn images of another seed, and the cache
// gives the same reader again; a damaged file in the cache is replaced.
func TestOpen(t *testing.T) {
	if testing.Short() {
		t.Skip("the fit takes seconds")
	}
	o := Options{Size: 32, Backend: open(t), Cache: catalog.Options{CacheDir: t.TempDir(), Offline: true}}
	ctx := context.Background()
	r, err := Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	q := r.Quality()
	t.Logf("%+v", q)
	if q.Precision < leastQuality || q.Recall < leastQuality || q.Accuracy < 0.85 || q.Images != heldOut {
		t.Errorf("quality %+v", q)
	}
	set, err := shapes.Generate(shapes.Options{Train: 300, Seed: new(int64(5)), Test: 1})
	if err != nil {
		t.Fatal(err)
	}
	im, _ := draw(32, shapes.Train, 0, 300)
	im.Data = set.Train.Pixels
	factors := set.Train.Factors
	seen, err := r.Look(ctx, im)
	if err != nil {
		t.Fatal(err)
	}
	named, windows, right := 0, 0, 0
	for i, f := range factors {
		if seen[i].Shape == f.Class {
			named++
		}
		if f.Window.Present {
			windows++
			if len(seen[i].Windows) == 1 && overlap(seen[i].Windows[0], f.Window.Box) >= 0.5 {
				right++
			}
		} else if len(seen[i].Windows) == 0 {
			right++
		}
	}
	t.Logf("of 300 images %d named rightly, windows of %d right", named, right)
	if named < 240 || right < 270 || windows < 90 {
		t.Errorf("of 300 images %d named rightly, windows of %d right", named, right)
	}
	dir, err := o.Cache.CachePath("scene", key(32, o.Backend.Spec))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := newNetwork(1, o.Backend)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := kept.restore(dir); err != nil || got != q {
		t.Fatalf("restored: %+v, %v", got, err)
	}
	l, err := newLooker(kept)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := l.look(ctx, im); err != nil || !reflect.DeepEqual(again, seen) {
		t.Errorf("the kept network sees other things (%v)", err)
	}
	if err := os.WriteFile(filepath.Join(dir, weightsFile), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := kept.restore(dir); err == nil {
		t.Error("a damaged file was taken")
	}
}

func TestOpenErrors(t *testing.T) {
	for _, size := range []int{0, 15, 129} {
		if _, err := Open(context.Background(), Options{Size: size, Backend: open(t)}); err == nil {
			t.Errorf("size %d: no error", size)
		}
	}
	r := Reader{size: 32}
	im, _ := draw(16, shapes.Train, 0, 1)
	if _, err := r.Look(context.Background(), im); err == nil {
		t.Error("images of another size: no error")
	}
}

// The wanted map of a drawn window gives its box again, at the network's size and at others.
func TestBoxesOfWanted(t *testing.T) {
	for size, most := range map[int]int{32: 0, 64: 1, 128: 2} {
		for i := range 100 {
			f := shapes.At(3, shapes.Train, i, size)
			windows, named := wanted([]shapes.Factors{f}, size)
			if named[f.Class] != 1 {
				t.Fatalf("image %d of class %d: %v", i, f.Class, named)
			}
			got := boxes(windows, size)
			if !f.Window.Present {
				if len(got) != 0 {
					t.Errorf("image %d has no window: %v", i, got)
				}
				continue
			}
			if len(got) != 1 || apart(got[0], f.Window.Box) > most {
				t.Errorf("size %d, image %d: %v, want %v", size, i, got, f.Window.Box)
			}
		}
	}
}

// apart is the largest distance of an edge of a from the same edge of b.
func apart(a, b shapes.Box) int {
	d := 0
	for _, v := range []int{a.X0 - b.X0, a.Y0 - b.Y0, a.X1 - b.X1, a.Y1 - b.Y1} {
		d = max(d, v, -v)
	}
	return d
}

// Regions that touch only at a corner are two, the surer one comes first, and specks are none.
func TestBoxes(t *testing.T) {
	p := make([]float32, side*side)
	set := func(x0, y0, x1, y1 int, v float32) {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				p[place(x, y)] = v
			}
		}
	}
	set(0, 0, 5, 5, 0.6)
	set(5, 5, 10, 10, 0.9)
	set(20, 20, 23, 23, 1) // 9 pixels
	set(25, 0, 32, 6, 0.49)
	want := []shapes.Box{{X0: 5, Y0: 5, X1: 10, Y1: 10}, {X0: 0, Y0: 0, X1: 5, Y1: 5}}
	if got := boxes(p, side); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// A faded window is nearer to the same image without it, an image without a window stays as it is,
// and some of both are left alone.
func TestFade(t *testing.T) {
	im, factors := draw(32, shapes.Train, 0, 100)
	before, _ := draw(32, shapes.Train, 0, 100)
	fade(im, factors, rand.New(rand.NewPCG(1, 2)))
	changed := 0
	for i, f := range factors {
		same := bytes.Equal(im.At(i), before.At(i))
		if !f.Window.Present && !same {
			t.Errorf("image %d has no window and was changed", i)
		}
		if !same {
			changed++
		}
		inside := func(p int) bool {
			x, y, b := p%32, p/32, f.Window.Box
			return x >= b.X0 && x < b.X1 && y >= b.Y0 && y < b.Y1
		}
		for k, v := range im.At(i) {
			if !inside(k/3) && v != before.At(i)[k] {
				t.Fatalf("image %d was changed outside its window", i)
			}
		}
	}
	if changed < 10 || changed > 35 {
		t.Errorf("%d of 100 images were faded; about 20 are expected", changed)
	}
}

// A blurred image has the mean of 3×3 pixels.
func TestBlur(t *testing.T) {
	pix := make([]uint8, 25)
	pix[12] = 90
	got := blur(pix, 5, 5, 1)
	if got[12] != 10 || got[6] != 10 || got[0] != 0 {
		t.Errorf("%v", got)
	}
	pix[0] = 40
	if got = blur(pix, 5, 5, 1); got[0] != 10 {
		t.Errorf("a corner has the mean of 4 pixels, got %g", got[0])
	}
}

func TestOverlap(t *testing.T) {
	a := shapes.Box{X0: 0, Y0: 0, X1: 4, Y1: 4}
	for _, tt := range []struct {
		b    shapes.Box
		want float64
	}{{a, 1}, {shapes.Box{X0: 4, Y0: 0, X1: 8, Y1: 4}, 0}, {shapes.Box{X0: 2, Y0: 0, X1: 6, Y1: 4}, 8. / 24}, {shapes.Box{X0: 5, Y0: 5, X1: 6, Y1: 6}, 0}} {
		if got := overlap(a, tt.b); got != tt.want {
			t.Errorf("%v: %g, want %g", tt.b, got, tt.want)
		}
	}
}
