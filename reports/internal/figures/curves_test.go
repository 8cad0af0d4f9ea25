package figures

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// slowSmooth is smooth as its comment says it, a sort for each window.
func slowSmooth(ys []float64, w int) []float64 {
	out := make([]float64, len(ys))
	for i := range ys {
		var in []float64
		for j := max(0, i-w/2); j < min(len(ys), i+w/2+1); j++ {
			if !math.IsNaN(ys[j]) {
				in = append(in, ys[j])
			}
		}
		slices.Sort(in)
		out[i] = nan
		if n := len(in); !math.IsNaN(ys[i]) {
			out[i] = (in[(n-1)/2] + in[n/2]) / 2
		}
	}
	return out
}

func TestSmooth(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 3, 7, 50} {
		for _, w := range []int{1, 3, 5, 49, 51, 101} {
			ys := make([]float64, n)
			for i := range ys {
				ys[i] = math.Round(4 * rng.NormFloat64()) // with ties
				if rng.IntN(5) == 0 {
					ys[i] = nan
				}
			}
			got, want := smooth(ys, w), slowSmooth(ys, w)
			for i := range got {
				if got[i] != want[i] && !(math.IsNaN(got[i]) && math.IsNaN(want[i])) {
					t.Fatalf("n=%d w=%d: point %d is %v, want %v", n, w, i, got[i], want[i])
				}
			}
		}
	}
}

// One spike does not move the smoothed curve.
func TestSmoothIgnoresSpike(t *testing.T) {
	ys := []float64{1, 1, 1, 1000, 1, 1, 1}
	for i, y := range smooth(ys, 3) {
		if y != 1 {
			t.Errorf("point %d is %v, want 1", i, y)
		}
	}
}

func TestWindow(t *testing.T) {
	for n, want := range map[int]int{0: 1, 1: 1, 24: 1, 50: 3, 200: 9, 3000: 121, 1 << 20: 501} {
		if got := Window(n); got != want {
			t.Errorf("Window(%d) = %d, want %d", n, got, want)
		}
	}
}

func TestThin(t *testing.T) {
	const n = 100_000
	xs, ys := make([]float64, n), make([]float64, n)
	for i := range xs {
		xs[i], ys[i] = float64(i), math.Sin(float64(i)/1000)
	}
	ys[12345], ys[54321] = 50, -50
	for i := 70000; i < 80000; i++ {
		ys[i] = nan
	}
	tx, ty := thin(xs, ys)
	if len(tx) > maxPoints || len(tx) != len(ty) {
		t.Fatalf("%d points and %d values, at most %d wanted", len(tx), len(ty), maxPoints)
	}
	if !slices.IsSorted(tx) {
		t.Error("the points are not in order")
	}
	if !slices.Contains(ty, 50) || !slices.Contains(ty, -50) {
		t.Error("a spike was lost")
	}
	if !slices.ContainsFunc(ty, math.IsNaN) {
		t.Error("a long gap was closed")
	}
	sx, sy := thin(xs[:10], ys[:10])
	if len(sx) != 10 || len(sy) != 10 {
		t.Error("a short line was thinned")
	}
}

func TestValueRange(t *testing.T) {
	spiky := make([]float64, 200)
	for i := range spiky {
		spiky[i] = 1
	}
	spiky[7] = 1e6
	tests := []struct {
		name    string
		ys      []float64
		lo, hi  float64
		clipped bool
	}{
		{"none", nil, 0, 1, false},
		{"all missing", []float64{nan, nan}, 0, 1, false},
		{"infinite only", []float64{math.Inf(1)}, 0, 1, true},
		{"constant", []float64{2, 2}, 0, 2, false},
		{"zero", []float64{0, 0}, 0, 1, false},
		{"negative", []float64{-3, 1}, -3, 1, false},
		{"one spike in many is left out", spiky, 0, 1.2, true}, // 1.15, up to a step of 0.5·10⁻¹·…: 1.2
		{"few values are all kept", []float64{1, 1, 1, 100}, 0, 100, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := []Series{{Y: tt.ys}}
			lo, hi := valueRange(s)
			if math.Abs(lo-tt.lo) > 1e-9 || math.Abs(hi-tt.hi) > 0.31*math.Abs(tt.hi) || hi < tt.hi-1e-9 {
				t.Errorf("the range is %v to %v, want %v to %v or a little more", lo, hi, tt.lo, tt.hi)
			}
			if limit, clipped := ValueLimit(s); clipped != tt.clipped || limit != hi {
				t.Errorf("limit %v, %v; want %v, %v", limit, clipped, hi, tt.clipped)
			}
		})
	}
}

func TestCurves(t *testing.T) {
	long := make([]float64, 5000)
	steps := make([]float64, 5000)
	for i := range long {
		long[i], steps[i] = float64(i%7)/7, float64(i*100)
	}
	tests := []struct {
		name string
		xs   []float64
		a, b []float64
	}{
		{"no step", nil, nil, nil},
		{"one step", []float64{50}, []float64{0.7}, []float64{0.7}},
		{"equal ends", []float64{1, 2, 3}, []float64{0, 1, 0.5}, []float64{1, 0, 0.5}},
		{"both at the top", []float64{1, 2}, []float64{1, 1}, []float64{1, 1}},
		{"both at the bottom", []float64{1, 2}, []float64{0, 0}, []float64{0, 0}},
		{"gaps", []float64{1, 2, 3}, []float64{nan, 1, nan}, []float64{nan, nan, nan}},
		{"long", steps, long, long},
	}
	for _, tt := range tests {
		for _, share := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/share=%v", tt.name, share), func(t *testing.T) {
				f := Curves(tt.xs, []Series{{"D(x)", tt.a}, {"D(G(z))", tt.b}},
					CurvesOptions{Axis: "probability", Share: share, Reference: 0.5})
				checkTexts(t, f)
				svg, err := SVG(f, Inline, "curves")
				if err != nil {
					t.Fatal(err)
				}
				if len(svg) > 100_000 {
					t.Errorf("the figure has %d bytes", len(svg))
				}
			})
		}
	}
}

func TestSearch(t *testing.T) {
	point := func(c, v float64, sel bool) Point {
		return Point{X: c, Value: v, Lo: v - 0.01, Hi: v + 0.01, Selected: sel}
	}
	var many []Point
	for i := range 30 {
		many = append(many, point(math.Pow(10, float64(i)/5-4), 0.5, i == 29))
	}
	tests := []struct {
		name   string
		points []Point
	}{
		{"none", nil},
		{"one", []Point{point(1, 0.5, true)}},
		{"first selected", []Point{point(1e-4, 0.7, true), point(1e-3, 0.6, false)}},
		{"last selected, out of order", []Point{point(1, 0.7, true), point(1e-4, 0.6, false)}},
		{"many", many},
		{"all that a float can hold", []Point{point(5e-324, 0.2, false), point(math.MaxFloat64, 0.3, true)}},
		{"bad ones left out", []Point{point(0, 0.5, false), point(-1, 0.5, true), point(1, nan, false), point(math.Inf(1), 0.5, false), point(2, 0.4, true)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checkTexts(t, Search(tt.points, SearchOptions{Axis: "accuracy on the validation split"}))
		})
	}
}

// A name of an axis that is longer than the axis is shortened and not cut off.
func TestLongAxisName(t *testing.T) {
	const name = "accuracy on parts of the training split in turn, and on all others besides"
	checkTexts(t, Search([]Point{{X: 1, Value: 0.5, Lo: 0.4, Hi: 0.6}, {X: 2, Value: 0.6, Lo: nan, Hi: nan}}, SearchOptions{Axis: name}))
	checkTexts(t, Curves([]float64{1, 2, 3}, []Series{{"s", []float64{1, 2, 3}}}, CurvesOptions{Axis: name}))
	checkTexts(t, Lines([]Line{{Name: "l", Points: []LinesPoint{{X: 1, Value: 0.5, Lo: nan, Hi: nan}}}}, LinesOptions{Axis: name, XAxis: "x"}))
}

// An axis about the values holds them and the reference, and is not stretched to 0.
func TestRangeAbout(t *testing.T) {
	for _, tt := range []struct {
		name      string
		ys        []float64
		reference float64
		lo, hi    float64
	}{
		{"two values", []float64{18.2, 19.1, nan}, 0, 18, 19.2},
		{"a reference below", []float64{18.2, 19.1}, 17.1, 17, 19.5},
		{"one value", []float64{20}, 0, 18, 22},
		{"zero", []float64{0, 0}, 0, -0.6, 0.6},
		{"none", []float64{nan, math.Inf(1)}, 5, 0, 1},
		{"large", []float64{1e14, 3e14}, 0, 1e14, 3e14},
	} {
		lo, hi := rangeAbout([]Series{{Y: tt.ys}}, tt.reference)
		if math.Abs(lo-tt.lo) > 1e-9*math.Abs(tt.hi) || math.Abs(hi-tt.hi) > 1e-9*math.Abs(tt.hi) {
			t.Errorf("%s: %g to %g, want %g to %g", tt.name, lo, hi, tt.lo, tt.hi)
		}
	}
}

// Plain curves name their reference and draw a dot for each value; the caller's list stays as it is.
func TestPlainCurves(t *testing.T) {
	all := []Series{{Name: "one", Y: []float64{20, 19, 18}}, {Name: "two", Y: []float64{20, 15, nan}}, {Name: "kept"}}
	draw := func(o CurvesOptions) string {
		b, err := SVG(Curves([]float64{10, 20, 30}, all[:2], o), Inline, "curves")
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	o := CurvesOptions{Axis: "distance", Plain: true, About: true, Reference: 18, ReferenceName: "real images"}
	named := draw(o)
	for _, want := range []string{"one", "two", "real images", "distance"} {
		if !strings.Contains(named, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if all[2].Name != "kept" {
		t.Errorf("the caller's list now holds %q", all[2].Name)
	}
	o.ReferenceName = ""
	if strings.Contains(draw(o), "real images") {
		t.Error("a reference without a name has one")
	}
	plain := strings.Count(draw(o), "<path")
	o.Plain = false
	if smoothed := strings.Count(draw(o), "<path"); plain != smoothed-2+5 { // no faint lines, five dots
		t.Errorf("%d paths with dots, %d with faint lines", plain, smoothed)
	}
}
