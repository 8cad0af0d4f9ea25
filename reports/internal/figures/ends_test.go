package figures

import (
	"fmt"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Wherever two curves end, their names stand apart and within the axes.
func TestDrawEnds(t *testing.T) {
	for _, a := range []float64{0, 1, 5, 50, 99, 100} {
		for _, b := range []float64{0, 4, 50, 51, 100} {
			t.Run(fmt.Sprintf("%v and %v", a, b), func(t *testing.T) {
				m := &boxes{a: 1, d: 1}
				c := draw.NewCanvas(m, 200, 100)
				drawEnds(&c, []end{{name: "first", colour: Blue, y: vg.Points(a)}, {name: "second", colour: Orange, y: vg.Points(b)}})
				if len(m.texts) != 2 {
					t.Fatalf("%d names, want 2", len(m.texts))
				}
				lo, hi := m.texts[0], m.texts[1]
				if lo.y1 > hi.y0 {
					t.Errorf("%v and %v lie on one another", lo, hi)
				}
				if lo.y0 < -normal || hi.y1 > 100+normal {
					t.Errorf("%v or %v is far outside the axes", lo, hi)
				}
			})
		}
	}
}
