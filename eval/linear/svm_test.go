package linear

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
	"repbench/internal/npy"
	"repbench/internal/progress"
	"repbench/internal/testenv"
)

// objectiveTolerance is the promise of FitSVM with default options.
const objectiveTolerance = 1e-6

// costs are the costs of the property tests.
var costs = []float64{1e-8, 1e-4, 1e-2, 1, 100, 1e4}

// problemsUnderTest are small problems with something special about each.
func problemsUnderTest() map[string]matrixtest.Problem {
	separable := matrixtest.Blobs(60, 8, 3, 0.01, 21)
	for i := range separable.Y {
		separable.Y[i] = int32(i % 3)
	}
	constant := matrixtest.Blobs(60, 8, 3, 1, 22)
	zero := matrixtest.Blobs(40, 6, 2, 1, 23)
	for i := range constant.X.N {
		constant.X.Data[i*8+3] = 1
		constant.X.Data[i*8+5] = 7
		if i < zero.X.N {
			zero.X.Data[i*6+2] = 0
		}
	}
	duplicated := matrixtest.Blobs(60, 8, 3, 1, 24)
	copy(duplicated.X.Data[30*8:], duplicated.X.Data[:30*8])
	copy(duplicated.Y[30:], duplicated.Y[:30])
	contradictory := matrixtest.Blobs(60, 8, 2, 1, 25)
	copy(contradictory.X.Data[30*8:], contradictory.X.Data[:30*8])
	for i := range 30 {
		contradictory.Y[i], contradictory.Y[30+i] = 0, 1
	}
	rare := matrixtest.Blobs(90, 8, 2, 1, 26)
	clear(rare.Y)
	rare.Y[89] = 1
	scaled := matrixtest.Blobs(60, 6, 3, 1, 27)
	for i := range scaled.X.Data {
		scaled.X.Data[i] *= float32(math.Pow(10, float64(i%6-3)))
	}
	return map[string]matrixtest.Problem{
		"overlapping":              matrixtest.Blobs(150, 10, 3, 1, 20),
		"separable":                separable,
		"constant columns":         constant,
		"zero column":              zero,
		"duplicated rows":          duplicated,
		"equal rows, other labels": contradictory,
		"one row of a class":       rare,
		"columns of all scales":    scaled,
		"more columns than rows":   matrixtest.Blobs(25, 70, 3, 1, 28),
		"one column":               matrixtest.Blobs(50, 1, 2, 1, 29),
		// At C = 1e4 the last step of a class changes which rows are active.
		"many centres": matrixtest.Centres(285, 35, 15, 5),
	}
}

// TestAgainstReference compares the objective of each class with a slow float64
// solver, for each C by itself and along the path.
func TestAgainstReference(t *testing.T) {
	for name, p := range problemsUnderTest() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := fit(t, p, Options{C: costs})
			for i, c := range costs {
				alone := fit(t, p, Options{C: []float64{c}})[0]
				for k := range p.Classes {
					want := referenceObjective(t, p, int32(k), c)
					for how, got := range map[string]Fit{"alone": alone, "path": path[i]} {
						if !got.Converged {
							t.Errorf("C=%g %s: %v", c, how, got.Warnings)
						}
						f := got.ObjectivePerClass[k]
						if !(matrixtest.Relative(f, want) <= objectiveTolerance) {
							t.Errorf("C=%g class %d %s: objective %.12g, want %.12g (%.1e off)", c, k, how, f, want, matrixtest.Relative(f, want))
						}
						if own := objectiveOf(got.Model, p, k, c); !(matrixtest.Relative(own, f) <= 1e-9) {
							t.Errorf("C=%g class %d %s: reports objective %.12g, the weights have %.12g", c, k, how, f, own)
						}
					}
				}
			}
		})
	}
}

// fit is FitSVM on p, which must not fail. What it calls converged is proven so, by
// the gap, which TestDualityGap compares with its definition.
func fit(t *testing.T, p matrixtest.Problem, o Options) []Fit {
	t.Helper()
	fits, err := FitSVM(context.Background(), p.X, p.Y, p.Classes, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fits {
		if tolerance := o.WithDefaults().Tolerance; f.Converged && !(f.DualityGap <= tolerance) {
			t.Errorf("C = %g: converged with a duality gap of %.1e, tolerance %.0e", f.C, f.DualityGap, tolerance)
		}
	}
	return fits
}

// objectiveOf is the objective of the weights of one class by definition.
func objectiveOf(m *Model, p matrixtest.Problem, k int, c float64) float64 {
	r := reference{p: p, class: int32(k)}
	for _, row := range rowsOf(p.X) {
		r.x = append(r.x, append(row, 1))
	}
	return r.objective(c, append(append([]float64(nil), m.weights(k)...), m.B[k]))
}

// TestDualityGap checks the gap against the dual by definition: at
// α_i = 2C·max(0, 1 - y_i·f_i), Σα_i - ½‖Σα_i·y_i·x_i‖² - Σα_i²/4C.
func TestDualityGap(t *testing.T) {
	p := matrixtest.Blobs(80, 6, 2, 1, 30)
	for _, c := range []float64{1e-3, 0.1} {
		f := fit(t, p, Options{C: []float64{c}})[0]
		var gap float64
		for k := range p.Classes {
			r := reference{p: p, class: int32(k)}
			for _, row := range rowsOf(p.X) {
				r.x = append(r.x, append(row, 1))
			}
			w := append(append([]float64(nil), f.Model.weights(k)...), f.Model.B[k])
			sum := make([]float64, len(w))
			var dual float64
			for i, x := range r.x {
				a := 2 * c * math.Max(0, r.margin(w, i))
				dual += a - a*a/(4*c)
				for j, v := range x {
					sum[j] += a * r.label(i) * v
				}
			}
			for _, v := range sum {
				dual -= v * v / 2
			}
			primal := r.objective(c, w)
			gap = max(gap, (primal-dual)/primal)
		}
		// The difference of two nearly equal numbers has few digits left.
		if math.Abs(gap-f.DualityGap) > 1e-12 {
			t.Errorf("C=%g: gap %.3e, want %.3e", c, f.DualityGap, gap)
		}
	}
}

// same fails unless two fits are equal to the last bit.
func same(t *testing.T, what string, a, b Fit) {
	t.Helper()
	for k := range a.ObjectivePerClass {
		if a.ObjectivePerClass[k] != b.ObjectivePerClass[k] {
			t.Errorf("%s: objective of class %d is %v and %v", what, k, a.ObjectivePerClass[k], b.ObjectivePerClass[k])
		}
	}
	for j := range a.Model.W {
		if a.Model.W[j] != b.Model.W[j] {
			t.Fatalf("%s: weight %d is %v and %v", what, j, a.Model.W[j], b.Model.W[j])
		}
	}
}

// TestBitIdentical: threads, storage and place in memory do not change a bit.
func TestBitIdentical(t *testing.T) {
	for _, c := range []float64{1e-3, 10} { // sampled and exact factors
		for _, size := range []struct{ n, d int }{{700, 40}, {60, 130}} {
			t.Run(fmt.Sprintf("C=%g/n=%d/d=%d", c, size.n, size.d), func(t *testing.T) {
				o := Options{C: []float64{c}, Threads: 1}
				p := matrixtest.Blobs(size.n, size.d+9, 3, 1, 31)
				wide := p.X
				p.X = matrixtest.Copied(wide.Cols(4, 4+size.d))
				first := fit(t, p, o)[0]
				for _, threads := range []int{2, 7} {
					same(t, fmt.Sprintf("%d threads", threads), first, fit(t, p, Options{C: o.C, Threads: threads})[0])
				}
				q := p
				q.X = wide.Cols(4, 4+size.d)
				same(t, "column range", first, fit(t, q, o)[0])
				q.X = matrix.View{Data: append(make([]float32, 3), p.X.Data...), N: size.n, D: size.d, Offset: 3}
				same(t, "other alignment", first, fit(t, q, o)[0])

				q.X = matrixtest.Half(p.X)
				r := p
				r.X = matrixtest.Copied(q.X)
				same(t, "float16", fit(t, r, o)[0], fit(t, q, o)[0])

				rows := []int32{}
				for i := range int32(size.n) {
					if i%3 != 1 {
						rows = append(rows, i)
					}
				}
				sub := matrix.Labelled{X: p.X, Y: p.Y}.Subset(rows)
				q = matrixtest.Problem{X: sub.X, Y: sub.Y, Classes: p.Classes}
				r = matrixtest.Problem{X: matrixtest.Copied(sub.X), Y: sub.Y, Classes: p.Classes}
				same(t, "subset of rows", fit(t, r, o)[0], fit(t, q, o)[0])
			})
		}
	}
}

// TestManyClasses goes beyond the classes that are solved together.
func TestManyClasses(t *testing.T) {
	p := matrixtest.Blobs(200, 12, classesTogether+3, 0.5, 32)
	f := fit(t, p, Options{C: []float64{0.01, 0.1}})
	for i, c := range []float64{0.01, 0.1} {
		if len(f[i].ObjectivePerClass) != p.Classes {
			t.Fatalf("%d objectives, want %d", len(f[i].ObjectivePerClass), p.Classes)
		}
		for _, k := range []int{0, classesTogether - 1, classesTogether, p.Classes - 1} {
			want := referenceObjective(t, p, int32(k), c)
			if got := f[i].ObjectivePerClass[k]; matrixtest.Relative(got, want) > objectiveTolerance {
				t.Errorf("C=%g class %d: %v, want %v", c, k, got, want)
			}
		}
	}
}

func TestFitErrors(t *testing.T) {
	ok := matrixtest.Blobs(40, 5, 3, 1, 33)
	change := func(f func(p *matrixtest.Problem)) matrixtest.Problem {
		p := matrixtest.Problem{X: matrixtest.Copied(ok.X), Y: append([]int32(nil), ok.Y...), Classes: ok.Classes}
		f(&p)
		return p
	}
	cases := []struct {
		name   string
		p      matrixtest.Problem
		o      Options
		target error
		says   []string
	}{
		{"NaN", change(func(p *matrixtest.Problem) { p.X.Data[7*5+2] = float32(math.NaN()) }), Options{}, matrix.ErrNotFinite, []string{"feature 2 of row 7 is NaN"}},
		{"infinite", change(func(p *matrixtest.Problem) { p.X.Data[0] = float32(math.Inf(-1)) }), Options{}, matrix.ErrNotFinite, []string{"feature 0 of row 0 is -Inf"}},
		{"label too large", change(func(p *matrixtest.Problem) { p.Y[39] = 3 }), Options{}, matrix.ErrLabel, []string{"label 3 of row 39", "3 classes"}},
		{"label negative", change(func(p *matrixtest.Problem) { p.Y[1] = -1 }), Options{}, matrix.ErrLabel, []string{"label -1 of row 1"}},
		{"class absent", change(func(p *matrixtest.Problem) { p.Classes = 4 }), Options{}, matrix.ErrClassAbsent, []string{"class 3 of 4"}},
		{"labels missing", change(func(p *matrixtest.Problem) { p.Y = p.Y[:39] }), Options{}, matrix.ErrShape, []string{"40 rows", "39 labels"}},
		{"one class", change(func(p *matrixtest.Problem) { clear(p.Y); p.Classes = 1 }), Options{}, matrix.ErrShape, []string{"need at least 2"}},
		{"storage too small", change(func(p *matrixtest.Problem) { p.X.N = 41 }), Options{}, nil, []string{"needs 205 elements"}},
		{"C zero", ok, Options{C: []float64{0}}, nil, []string{"C = 0"}},
		{"C NaN", ok, Options{C: []float64{math.NaN()}}, nil, []string{"C = NaN"}},
		{"C descending", ok, Options{C: []float64{1, 0.1}}, nil, []string{"C = 0.1 after 1", "ascend"}},
		{"tolerance", ok, Options{Tolerance: -1}, nil, []string{"tolerance -1"}},
		{"iterations", ok, Options{MaxIterations: -1}, nil, []string{"-1 iterations"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := FitSVM(context.Background(), c.p.X, c.p.Y, c.p.Classes, c.o)
			matrixtest.WantError(t, err, c.target, c.says...)
		})
	}
}

// TestTooLarge: finite features whose products overflow float64 are refused.
func TestTooLarge(t *testing.T) {
	p := matrixtest.Blobs(40, 5, 2, 1, 34)
	for i := range p.X.Data {
		p.X.Data[i] = 3e38
	}
	_, err := FitSVM(context.Background(), p.X, p.Y, 2, Options{C: []float64{1e300}})
	matrixtest.WantError(t, err, matrix.ErrNotFinite, "scale them")
}

func TestNotConverged(t *testing.T) {
	p := matrixtest.Blobs(300, 20, 3, 1, 35)
	f := fit(t, p, Options{C: []float64{0.1}, MaxIterations: 1})[0]
	if f.Converged || len(f.Warnings) == 0 {
		t.Fatalf("converged %v with warnings %v after one step", f.Converged, f.Warnings)
	}
	matrixtest.WantError(t, f.Warnings[0], nil, "did not converge at C = 0.1", "after 1 Newton steps")
}

// However many classes do not converge, there is one warning, with their number
// and the worst of them; 130 classes are solved in three groups.
func TestNotConvergedIsOneLine(t *testing.T) {
	const classes = 130
	p := matrixtest.Blobs(4*classes, 20, classes, 1, 37)
	f, err := FitSVM(context.Background(), p.X, p.Y, classes, Options{C: []float64{0.1, 1000}, MaxIterations: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range f {
		var n *NotConverged
		if len(f.Warnings) != 1 || !errors.As(f.Warnings[0], &n) {
			t.Fatalf("C = %g: %d warnings, the first %v", f.C, len(f.Warnings), f.Warnings[0])
		}
		if len(n.Classes) < 2 || n.C != f.C || n.Of != classes || n.Gap != f.DualityGap || n.Steps != 1 || !slices.Contains(n.Classes, n.Worst) {
			t.Errorf("C = %g: %+v, largest gap %g", f.C, *n, f.DualityGap)
		}
		matrixtest.WantError(t, n, nil, fmt.Sprintf("%d of 130 classes did not converge at C = %g; the worst is class %d: ", len(n.Classes), f.C, n.Worst))
	}
}

func TestFitCancelled(t *testing.T) {
	p := matrixtest.Blobs(300, 20, 3, 1, 36)
	ctx, cancel := context.WithCancel(context.Background())
	r := &recorder{onNote: func(n int) {
		if n == 2 {
			cancel()
		}
	}}
	_, err := FitSVM(ctx, p.X, p.Y, 3, Options{Progress: r})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if r.notes > 3 || !r.done {
		t.Errorf("%d passes after cancelling in the second, task done %v", r.notes, r.done)
	}
}

// recorder is a progress.Reporter and its one task.
type recorder struct {
	onNote func(n int)
	notes  int
	added  int64
	done   bool
}

func (r *recorder) Start(string, int64, string) progress.Task { return r }
func (r *recorder) Add(n int64)                               { r.added += n }
func (r *recorder) Done()                                     { r.done = true }
func (r *recorder) Note(string) {
	r.notes++
	if r.onNote != nil {
		r.onNote(r.notes)
	}
}

// TestFitReport checks what a fit says about its work.
func TestFitReport(t *testing.T) {
	p := matrixtest.Blobs(300, 20, 3, 1, 37)
	var r recorder
	start := time.Now()
	fits := fit(t, p, Options{C: []float64{1e-3, 1e-2}, Progress: &r})
	var passes int
	var seconds float64
	for i, f := range fits {
		var sum float64
		for _, v := range f.ObjectivePerClass {
			sum += v
		}
		if f.Objective != sum || f.C != []float64{1e-3, 1e-2}[i] || f.Iterations < 1 || f.CGIterations < f.Iterations {
			t.Errorf("fit %d: %+v, objectives sum up to %v", i, f, sum)
		}
		passes += f.Passes
		seconds += f.Seconds
	}
	if int64(passes) != r.added {
		t.Errorf("%d passes, %d reported as progress", passes, r.added)
	}
	if total := time.Since(start).Seconds(); seconds <= 0 || seconds > total {
		t.Errorf("%v s of %v s", seconds, total)
	}
}

// TestGoldenSVM compares with LIBLINEAR at tolerance 1e-8; see expected.json for
// the program and its options.
func TestGoldenSVM(t *testing.T) {
	g := readGolden(t)
	for _, c := range g.Cases {
		f := fit(t, g.train, Options{C: []float64{c.C}})[0]
		var worst float64
		for k, want := range c.Objectives {
			worst = max(worst, matrixtest.Relative(f.ObjectivePerClass[k], want))
		}
		t.Logf("C=%g: objective within %.1e, duality gap %.1e", c.C, worst, f.DualityGap)
		if !(worst <= objectiveTolerance) {
			t.Errorf("C=%g: objective off by %.1e", c.C, worst)
		}
		for _, s := range []struct {
			name string
			p    matrixtest.Problem
			want float64
		}{{"train", g.train, c.Train}, {"test", g.test, c.Test}} {
			predicted, err := f.Model.Predict(context.Background(), s.p.X, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := share(predicted, s.p.Y); math.Abs(got-s.want) > 1e-12 {
				t.Errorf("C=%g: %s accuracy %v, want %v", c.C, s.name, got, s.want)
			}
		}
	}
}

// TestToleranceCase fits 100 classes of random centres, 4,500 × 64, where the last steps
// change which rows are active; expected.json says which program found the objectives.
func TestToleranceCase(t *testing.T) {
	if testing.Short() {
		t.Skip("a minute under the race detector; TestGoldenSVM runs the same threads")
	}
	var want struct {
		C          float64
		Objectives []float64 `json:"objective_per_class"`
	}
	file := func(name string) string { return testenv.Path(t, "cases", "svm_tolerance", name) }
	matrixtest.ReadJSON(t, file("expected.json"), &want)
	shape, data, err := npy.Read[float32](file("xtr.npy"))
	if err != nil {
		t.Fatal(err)
	}
	p := matrixtest.Problem{Classes: len(want.Objectives)}
	if p.X, err = matrix.New(data, shape[0], shape[1]); err != nil {
		t.Fatal(err)
	}
	if _, p.Y, err = npy.Read[int32](file("ytr.npy")); err != nil {
		t.Fatal(err)
	}
	f := fit(t, p, Options{C: []float64{want.C}})[0]
	if !f.Converged {
		t.Errorf("%v", f.Warnings)
	}
	for k, objective := range want.Objectives {
		if e := matrixtest.Relative(f.ObjectivePerClass[k], objective); !(e <= objectiveTolerance) {
			t.Errorf("class %d: objective off by %.1e", k, e)
		}
	}
}

// golden is the reference data of LIBLINEAR.
type golden struct {
	train, test matrixtest.Problem
	Cases       []struct {
		C          float64
		Objectives []float64 `json:"objective_per_class"`
		Train      float64   `json:"train_accuracy"`
		Test       float64   `json:"test_accuracy"`
	}
}

func readGolden(t *testing.T) golden {
	t.Helper()
	var g golden
	matrixtest.ReadJSON(t, testenv.Path(t, "golden", "linear_svm", "expected.json"), &g)
	for name, p := range map[string]*matrixtest.Problem{"train": &g.train, "test": &g.test} {
		shape, data, err := npy.Read[float32](testenv.Path(t, "golden", "linear_svm", name+"_x.npy"))
		if err != nil {
			t.Fatal(err)
		}
		if p.X, err = matrix.New(data, shape[0], shape[1]); err != nil {
			t.Fatal(err)
		}
		if _, p.Y, err = npy.Read[int32](testenv.Path(t, "golden", "linear_svm", name+"_y.npy")); err != nil {
			t.Fatal(err)
		}
		p.Classes = int(slices.Max(p.Y)) + 1
	}
	return g
}

// share is the share of predictions that are right.
func share(predicted, y []int32) float64 {
	right := 0
	for i, p := range predicted {
		if p == y[i] {
			right++
		}
	}
	return float64(right) / float64(len(y))
}
