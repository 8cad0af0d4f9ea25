package shapes

import (
	"math"
	"testing"
)

// polygonArea returns the area of a shape of radius 1 by the shoelace formula; a second loop is
// a hole.
func polygonArea(loops []loop) float64 {
	var total float64
	for i, l := range loops {
		var twice float64
		a := l[len(l)-1]
		for _, b := range l {
			twice += float64(a.x)*float64(b.y) - float64(b.x)*float64(a.y)
			a = b
		}
		area := math.Abs(twice) / 2 / float64(fixedOne) / float64(fixedOne)
		if i > 0 {
			area = -area
		}
		total += area
	}
	return total
}

func TestShapeAreas(t *testing.T) {
	// From plane geometry, at circumscribed radius 1. A circle of 48 sides loses
	// 0.3 % of its area, a heart of 48 uneven sides 0.6 %.
	const tolerance = 0.01
	want := map[string]float64{
		"disc":     math.Pi,
		"ring":     math.Pi * (1 - 0.56*0.56),
		"square":   2,
		"triangle": 3 * math.Sqrt(3) / 4,
		"cross":    5 * 4 / 10.0, // five squares of side 2/√10
		"star":     5 * 0.42 * math.Sin(math.Pi/5),
		"crescent": math.Pi - lens(1, 0.8, 0.45),
		// 180π where the lowest point is at 17: the area of x = 16 sin³t, ….
		"heart": 180 * math.Pi / (17 * 17),
		// Head 18·9/2 and shaft 8·11, farthest corner (4, 10).
		"arrow": (81 + 88) / 116.0,
		// Two trapezia (14 + 4)/2·9, farthest corner (7, 9).
		"hourglass": 162 / 130.0,
	}
	for i, name := range classNames {
		got := polygonArea(shapeLoops[i])
		if w, ok := want[name]; !ok || math.Abs(got-w) > tolerance*w {
			t.Errorf("area of %s = %.4f, want %.4f", name, got, w)
		}
	}
}

// lens returns the area common to two discs of radii r and q with centres d apart.
func lens(r, q, d float64) float64 {
	a := math.Acos((d*d + r*r - q*q) / (2 * d * r))
	b := math.Acos((d*d + q*q - r*r) / (2 * d * q))
	return r*r*(a-math.Sin(a)*math.Cos(a)) + q*q*(b-math.Sin(b)*math.Cos(b))
}

func TestShapesFillTheUnitCircle(t *testing.T) {
	for i, name := range classNames {
		var far float64
		for _, l := range shapeLoops[i] {
			for _, p := range l {
				far = max(far, math.Hypot(float64(p.x), float64(p.y))/float64(fixedOne))
			}
		}
		// Each coordinate is rounded to 1/65536.
		if math.Abs(far-1) > 3.0/65536 {
			t.Errorf("%s reaches to radius %.6f, want 1", name, far)
		}
	}
}

// TestCoverAddsUpToTheArea compares the sum of the coverage with the exact area of the same
// polygon.
func TestCoverAddsUpToTheArea(t *testing.T) {
	for class, name := range classNames {
		for _, size := range []int{16, 32, 64, 128} {
			f := Factors{Class: int32(class), X: 0.47, Y: 0.52, Size: 0.6, Rotation: 17}
			radius := 0.3 * float64(size)
			want := polygonArea(shapeLoops[class]) * radius * radius
			got := coveredArea(f, size)
			// The outline is cut into 8 lines per pixel: the ends of the shape are off by up to
			// half a line, over a width of a few pixels.
			if math.Abs(got-want) > 0.01*want+0.3 {
				t.Errorf("%s at %d pixels covers %.2f, want %.2f", name, size, got, want)
			}
		}
	}
}

func coveredArea(f Factors, size int) float64 {
	o := newOutline(size, f)
	row := make([]fixed, size)
	var sum fixed
	for y := range size {
		if !o.cover(row, y) {
			continue
		}
		for _, v := range row {
			sum += v
		}
	}
	return float64(sum) / float64(fixedOne)
}

// TestCoverOfSquare has an obvious answer: a square of 8 by 8 pixels, shifted by a quarter
// pixel to the right and half a pixel down.
func TestCoverOfSquare(t *testing.T) {
	const square = 2
	f := Factors{Class: square, X: (8 + 0.25) / 16, Y: (8 + 0.5) / 16, Size: 8 * math.Sqrt2 / 16}
	o := newOutline(16, f)
	row := make([]fixed, 16)
	for _, c := range []struct {
		y                   int
		left, middle, right float64
	}{
		{4, 0.375, 0.5, 0.125},
		{5, 0.75, 1, 0.25},
		{11, 0.75, 1, 0.25},
		{12, 0.375, 0.5, 0.125},
	} {
		if !o.cover(row, c.y) {
			t.Fatalf("row %d is not covered", c.y)
		}
		for x, want := range map[int]float64{3: 0, 4: c.left, 5: c.middle, 11: c.middle, 12: c.right, 13: 0} {
			// The corners are rounded to 1/65536 of the side, 16 pixels.
			if got := float64(row[x]) / float64(fixedOne); math.Abs(got-want) > 0.001 {
				t.Errorf("pixel (%d, %d) is covered by %.4f, want %.4f", x, c.y, got, want)
			}
		}
	}
	for _, y := range []int{3, 13} {
		if o.cover(row, y) {
			t.Errorf("row %d is covered", y)
		}
	}
	if got, want := o.box(), (Box{4, 4, 13, 13}); got != want {
		t.Errorf("box %v, want %v", got, want)
	}
}

func TestRotationIsClockwise(t *testing.T) {
	// An arrow turned by 90° points right: more of it lies in the right half.
	const arrow = 8
	f := Factors{Class: arrow, X: 0.5, Y: 0.5, Size: 0.8, Rotation: 90}
	o := newOutline(32, f)
	row := make([]fixed, 32)
	width := func(x int) (n fixed) {
		for y := range 32 {
			if o.cover(row, y) {
				n += row[x]
			}
		}
		return n
	}
	if left, right := width(8), width(18); left >= right {
		t.Errorf("column 8 covers %d, column 18 %d: want the head of the arrow on the right", left, right)
	}
}

func TestAbsentObjects(t *testing.T) {
	for _, c := range []struct {
		name string
		f    Factors
	}{
		{"negative class", Factors{Class: -1, X: 0.5, Y: 0.5, Size: 0.5}},
		{"class beyond the last", Factors{Class: numClasses, X: 0.5, Y: 0.5, Size: 0.5}},
		{"no size", Factors{X: 0.5, Y: 0.5}},
		{"left of the image", Factors{X: -3, Y: 0.5, Size: 0.5}},
		{"below the image", Factors{X: 0.5, Y: 3, Size: 0.5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.f.WithBoxes(32).Box; got != (Box{}) {
				t.Errorf("box %v, want none", got)
			}
			if got := coveredArea(c.f, 32); got != 0 {
				t.Errorf("covers %g pixels, want none", got)
			}
		})
	}
}
