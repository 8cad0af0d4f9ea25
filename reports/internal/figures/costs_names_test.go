package figures

import (
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
)

func box(x0, y0, x1, y1 vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: x0, Y: y0}, Max: vg.Point{X: x1, Y: y1}}
}

func TestCrossed(t *testing.T) {
	rising := []vg.Point{{X: 0, Y: 0}, {X: 100, Y: 50}, {X: 100, Y: 90}}
	for _, tt := range []struct {
		name string
		box  vg.Rectangle
		want bool
	}{
		{"on the line", box(40, 18, 60, 28), true},
		{"above", box(40, 32, 60, 42), false},
		{"below", box(40, 5, 60, 15), false},
		{"right of it", box(101, 60, 140, 70), false},
		{"across the steep part", box(90, 60, 140, 70), true},
	} {
		if got := crossed(tt.box, rising); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	if crossed(box(0, 0, 9, 9), rising[:1]) || crossed(box(0, 0, 9, 9), nil) {
		t.Error("one point is no line")
	}
}

// A name stands inside the figure, on nothing that is there and not on the line.
func TestPlaceName(t *testing.T) {
	var r recorder.Canvas
	c := draw.NewCanvas(&r, 300, 200)
	joined := []vg.Point{{X: 40, Y: 100}, {X: 280, Y: 160}}
	taken := []vg.Rectangle{box(36, 60, 44, 140), box(50, 60, 58, 190)}
	for range 3 {
		got := placeName(&c, "random:svhn32,width=8", joined[0], taken, joined)
		if crossed(got, joined) || got.Min.X < 0 || got.Max.X > 300 || got.Min.Y < 0 || got.Max.Y > 206 {
			t.Errorf("a name at %v", got)
		}
		for _, o := range taken {
			if overlap(got, o) {
				t.Errorf("a name at %v covers %v", got, o)
			}
		}
		taken = append(taken, got)
	}
}
