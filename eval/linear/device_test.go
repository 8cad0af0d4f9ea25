package linear

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"repbench/backends"
	"repbench/backends/backendtest"
	"repbench/eval/linear/internal/passes"
	"repbench/eval/linear/internal/precondition"
	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
	"repbench/internal/measure"
	"repbench/internal/testenv"
)

// deviceTolerance is the tolerance of the fits that are compared. It is also the bound on
// how far their objectives may lie apart, relative, when other products led to
// them: none is below the minimum, nor further above.
const deviceTolerance = 1e-9

// deviceRows is the number of rows of the smallest block.
const deviceRows = 128

// deviceMemory returns the device memory for blocks of that many rows of a matrix that
// is sent there once, or for the smallest blocks and nothing else, by docs/svm.md.
func deviceMemory(p matrixtest.Problem, rows int, once bool) int64 {
	block := func(rows int) int64 {
		r, d, k := int64(rows), int64(p.X.D), int64(min(p.Classes, classesTogether))
		return 12*r*d + 16*r*k + 16*k*d
	}
	if !once {
		return block(deviceRows)
	}
	blocks := (p.X.N + rows - 1) / rows
	return max(4*block(rows), 4*int64(blocks*rows*p.X.D)+block(rows))
}

// TestDeviceGolden compares the fits of devices with LIBLINEAR and with the fits of
// the CPU.
func TestDeviceGolden(t *testing.T) {
	testenv.NeedPortable(t)
	g := readGolden(t)
	for _, backend := range backendtest.Names() {
		t.Run(backend, func(t *testing.T) {
			cases := g.Cases
			if testing.Short() || backend == backends.Go {
				cases = cases[:1] // the second takes many passes
			}
			for _, c := range cases {
				native := fit(t, g.train, Options{C: []float64{c.C}})[0]
				got := fit(t, g.train, Options{C: []float64{c.C}, Device: Device{Backend: backend}})[0]
				var worst, apart float64
				for k, want := range c.Objectives {
					worst = max(worst, matrixtest.Relative(got.ObjectivePerClass[k], want))
					apart = max(apart, matrixtest.Relative(got.ObjectivePerClass[k], native.ObjectivePerClass[k]))
				}
				t.Logf("C=%g: objective within %.1e of LIBLINEAR and %.1e of the CPU, %d passes, of the CPU %d; %s", c.C, worst, apart, got.Passes, native.Passes, got.Products)
				if !(worst <= objectiveTolerance) || !(apart <= objectiveTolerance) || !got.Converged || len(got.Warnings) > 0 {
					t.Errorf("C=%g: objective off by %.1e, from the CPU's by %.1e; warnings %v", c.C, worst, apart, got.Warnings)
				}
				if !strings.HasPrefix(got.Products.String(), "device "+backend) || native.Products.String() != "simd" {
					t.Errorf("products of %q and %q", got.Products, native.Products)
				}
			}
		})
	}
}

// TestDeviceBlocks: one block, many blocks, blocks sent at every pass, and the
// CPU lead to one solution.
func TestDeviceBlocks(t *testing.T) {
	testenv.NeedPortable(t)
	p := matrixtest.Blobs(350, 40, 3, 1, 71)
	rows := make([]int32, 0, 350)
	for i := range int32(350) {
		if i%3 != 1 {
			rows = append(rows, i)
		}
	}
	fold := matrix.Labelled{X: p.X.Cols(3, 30), Y: p.Y}.Subset(rows)
	problems := map[string]matrixtest.Problem{"all": p, "float16": {X: matrixtest.Half(p.X), Y: p.Y, Classes: 3}, "fold of columns": {X: fold.X, Y: fold.Y, Classes: 3}}
	for _, backend := range backendtest.Names() {
		for name, p := range problems {
			for _, c := range []float64{1e-4, 1e-2, 10} { // at the last with exact factors
				native := fit(t, p, Options{C: []float64{c}, Tolerance: deviceTolerance})[0]
				for _, blocks := range []struct {
					rows int
					once bool
				}{{3 * deviceRows, true}, {2 * deviceRows, true}, {deviceRows, true}, {deviceRows, false}} {
					o := Options{C: []float64{c}, Tolerance: deviceTolerance, Device: Device{Backend: backend, Memory: deviceMemory(p, blocks.rows, blocks.once)}}
					got := fit(t, p, o)[0]
					for k, f := range got.ObjectivePerClass {
						if apart := matrixtest.Relative(f, native.ObjectivePerClass[k]); !(apart <= deviceTolerance) {
							t.Errorf("%s, %s, C=%g, %s: objective of class %d is %v, of the CPU %v (%.1e apart)", backend, name, c, got.Products, k, f, native.ObjectivePerClass[k], apart)
						}
						if own := objectiveOf(got.Model, p, k, c); matrixtest.Relative(own, f) > 1e-9 {
							t.Errorf("%s, %s, C=%g, %s: reports %v, the weights have %v", backend, name, c, got.Products, f, own)
						}
					}
					if !got.Converged || len(got.Warnings) > 0 {
						t.Errorf("%s, %s, C=%g: converged %v with warnings %v", backend, name, c, got.Converged, got.Warnings)
					}
				}
			}
		}
	}
}

// TestDeviceProblems fits the problems with something special about each.
func TestDeviceProblems(t *testing.T) {
	testenv.NeedPortable(t)
	for name, p := range problemsUnderTest() {
		t.Run(name, func(t *testing.T) {
			native := fit(t, p, Options{C: costs})
			for i, got := range fit(t, p, Options{C: costs, Device: Device{Backend: backends.CPU}}) {
				for k, f := range got.ObjectivePerClass {
					if apart := matrixtest.Relative(f, native[i].ObjectivePerClass[k]); !(apart <= objectiveTolerance) {
						t.Errorf("C=%g class %d: objective %v, of the CPU %v (%.1e apart)", got.C, k, f, native[i].ObjectivePerClass[k], apart)
					}
				}
				if !got.Converged {
					t.Errorf("C=%g: %v", got.C, got.Warnings)
				}
			}
		})
	}
}

// TestDeviceManyClasses goes beyond the classes that are solved together.
func TestDeviceManyClasses(t *testing.T) {
	testenv.NeedPortable(t)
	p := matrixtest.Blobs(200, 12, classesTogether+3, 0.5, 32)
	native := fit(t, p, Options{C: []float64{0.01}, Tolerance: deviceTolerance})[0]
	got := fit(t, p, Options{C: []float64{0.01}, Tolerance: deviceTolerance, Device: Device{Backend: backends.CPU}})[0]
	for k, f := range got.ObjectivePerClass {
		if matrixtest.Relative(f, native.ObjectivePerClass[k]) > deviceTolerance {
			t.Errorf("class %d: objective %v, of the CPU %v", k, f, native.ObjectivePerClass[k])
		}
	}
}

// wrong makes products that are off by a factor, as a broken device would.
type wrong struct {
	*passes.Native
	factor float64
}

func (w wrong) Pass64(ctx context.Context, v, out [][]float64, weigh passes.Weighing[float64]) error {
	return w.Native.Pass64(ctx, v, out, func(part, lo, rows int, z, s []float64, stride int) {
		for i := range z {
			z[i] *= w.factor
		}
		weigh(part, lo, rows, z, s, stride)
	})
}

func (w wrong) Pass32(ctx context.Context, v, out [][]float64, weigh passes.Weighing[float32]) error {
	return w.Native.Pass32(ctx, v, out, func(part, lo, rows int, z []float64, s []float32, stride int) {
		weigh(part, lo, rows, z, s, stride)
		for i := range s {
			s[i] *= float32(w.factor)
		}
	})
}

func (w wrong) By() measure.Products { return measure.Products{Text: "wrong"} }

// TestDeviceRefuted: what a broken device finds is neither believed nor reported.
func TestDeviceRefuted(t *testing.T) {
	p := matrixtest.Blobs(300, 20, 3, 1, 72)
	const c = 0.01
	for _, tt := range []struct {
		name   string
		factor float64
		steps  int // left to the CPU
		warns  int
	}{
		{"right", 1, 100, 0},
		{"wrong", 1.01, 100, 1},
		{"no step left", 1.01, 0, 2}, // all classes are refuted and not converged
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := Options{}.WithDefaults()
			sweep := passes.NewNative(p.X, 2)
			task := o.Progress.Start("test", 0, "passes")
			s := &newton{x: p.X, y: p.Y, sweep: sweep, products: wrong{sweep, tt.factor}, stock: precondition.NewStock(sweep, precondition.NewSampled(p.X, 3, 2, 0)),
				o: o, task: task, classes: problems(0, 3, p.X), c: c}
			if _, err := s.minimise(context.Background(), o.Tolerance, 20); err != nil {
				t.Fatal(err)
			}
			if err := s.verify(context.Background(), tt.steps); err != nil {
				t.Fatal(err)
			}
			f := Fit{C: c, Model: NewModel(3, p.X.D), Converged: true}
			s.report(&f)
			if len(f.Warnings) != tt.warns || f.Converged != (tt.warns < 2) {
				t.Errorf("converged %v, warnings %v", f.Converged, f.Warnings)
			}
			for k, got := range f.ObjectivePerClass {
				if own := objectiveOf(f.Model, p, k, c); matrixtest.Relative(own, got) > 1e-9 {
					t.Errorf("class %d: reports %v, the weights have %v", k, got, own)
				}
				if want := referenceObjective(t, p, int32(k), c); f.Converged && matrixtest.Relative(got, want) > objectiveTolerance {
					t.Errorf("class %d: objective %v, want %v", k, got, want)
				}
			}
			if tt.warns > 0 {
				matrixtest.WantError(t, f.Warnings[len(f.Warnings)-1], nil, "3 classes, the first of them class 0", "does not confirm the solution of wrong")
			}
		})
	}
}

func TestDeviceErrors(t *testing.T) {
	p := matrixtest.Blobs(300, 20, 3, 1, 73)
	nan := matrixtest.Problem{X: matrixtest.Copied(p.X), Y: p.Y, Classes: p.Classes}
	nan.X.Data[7*20+2] = float32(math.NaN())
	testenv.NeedPortable(t)
	for _, tt := range []struct {
		name   string
		p      matrixtest.Problem
		d      Device
		target error
		says   []string
	}{
		{"unknown backend", p, Device{Backend: "tpu9"}, backends.ErrUnknown, []string{"device for the products", `"tpu9"`}},
		{"plugin absent", p, Device{Backend: "xla:/nonexistent/plugin.so"}, backends.ErrMissing, []string{"/nonexistent/plugin.so"}},
		{"memory negative", p, Device{Backend: backends.CPU, Memory: -1}, nil, []string{"-1 bytes of device memory"}},
		{"memory of nothing", p, Device{Memory: 1 << 20}, nil, []string{"without a device to take them from"}},
		// 128 rows of 20 columns with 12 bytes each, and 16 bytes for each of three
		// products a row and sums a column.
		{"memory too small", p, Device{Backend: backends.CPU, Memory: 37823}, nil, []string{"37823 bytes", "128 rows of 20 columns needs 37824"}},
		{"NaN", nan, Device{Backend: backends.CPU}, matrix.ErrNotFinite, []string{"feature 2 of row 7 is NaN"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := FitSVM(context.Background(), tt.p.X, tt.p.Y, tt.p.Classes, Options{Device: tt.d})
			matrixtest.WantError(t, err, tt.target, tt.says...)
		})
	}
	if f := fit(t, p, Options{Device: Device{Backend: backends.CPU, Memory: 37824}})[0]; !strings.Contains(f.Products.String(), "sent in 3 blocks at every pass") {
		t.Errorf("products of %q", f.Products)
	}
}

func TestDeviceCancelled(t *testing.T) {
	testenv.NeedPortable(t)
	p := matrixtest.Blobs(300, 20, 3, 1, 36)
	for when, note := range map[string]int{"sending": 1, "the first pass": 2} {
		ctx, cancel := context.WithCancel(context.Background())
		r := &recorder{onNote: func(n int) {
			if n == note {
				cancel()
			}
		}}
		_, err := FitSVM(ctx, p.X, p.Y, 3, Options{Progress: r, Device: Device{Backend: backends.CPU}})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled in %s: got %v, want %v", when, err, context.Canceled)
		}
		if r.notes != note || !r.done {
			t.Errorf("cancelled in %s: %d notes, task done %v", when, r.notes, r.done)
		}
		cancel()
	}
}

// TestDeviceSoftmax: softmax regression has the same minimum on a device.
func TestDeviceSoftmax(t *testing.T) {
	testenv.NeedPortable(t)
	p := matrixtest.Blobs(300, 20, 3, 1, 74)
	o := Options{C: []float64{1e-3, 1e-2}}
	native, err := FitSoftmax(context.Background(), p.X, p.Y, 3, o)
	if err != nil {
		t.Fatal(err)
	}
	o.Device = Device{Backend: backends.CPU, Memory: deviceMemory(p, deviceRows, false)}
	got, err := FitSoftmax(context.Background(), p.X, p.Y, 3, o)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range got {
		if matrixtest.Relative(f.Objective, native[i].Objective) > objectiveTolerance || !f.Converged {
			t.Errorf("C=%g: objective %v, of the CPU %v; warnings %v", f.C, f.Objective, native[i].Objective, f.Warnings)
		}
		if !strings.HasPrefix(f.Products.String(), "device") || native[i].Products.String() != "simd" {
			t.Errorf("products of %q and %q", f.Products, native[i].Products)
		}
	}
}
