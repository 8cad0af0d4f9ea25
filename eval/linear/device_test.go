package linear

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"repbench/backends"
	"repbench/backends/backendtest"
	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
	"repbench/internal/testenv"
)

// devices are the backends that run everywhere. Products in float64 are those of
// the portable one for both.
var devices = append([]string{backends.Go, backends.CPU}, extraDevices()...)

// extraDevices is the device that the environment names, if it names one.
func extraDevices() []string {
	if name := os.Getenv(backendtest.DeviceEnv); name != "" {
		return []string{name}
	}
	return nil
}

// deviceTolerance is that of the fits that are compared. It is also the bound on
// how far their objectives may lie apart, relative, when other products led to
// them: none is below the minimum, nor further above.
const deviceTolerance = 1e-9

// memoryFor returns the device memory for blocks of that many rows of a matrix
// that is sent there once, or for the smallest blocks and nothing else.
func memoryFor(p matrixtest.Problem, rows int, once bool) int64 {
	m := &deviceMatrix{x: p.X, width: min(p.Classes, classesTogether), rows: rows}
	if once {
		return max(deviceBlockShare*m.blockBytes(rows), m.matrixBytes()+m.blockBytes(rows))
	}
	return m.blockBytes(devicePartRows)
}

// TestDeviceGolden compares the fits of devices with LIBLINEAR and with those of
// the CPU.
func TestDeviceGolden(t *testing.T) {
	testenv.NeedPortable(t)
	g := readGolden(t)
	for _, backend := range devices {
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
				if !strings.HasPrefix(got.Products, "device "+backend) || native.Products != "simd" {
					t.Errorf("products of %q and %q", got.Products, native.Products)
				}
			}
		})
	}
}

// deviceBlocks are sizes of blocks that are sent once, and the smallest, sent at
// every pass.
var deviceBlocks = []struct {
	rows int
	once bool
}{{3 * devicePartRows, true}, {2 * devicePartRows, true}, {devicePartRows, true}, {devicePartRows, false}}

// TestDevicePass compares the passes of a device with the definition, in float64.
func TestDevicePass(t *testing.T) {
	testenv.NeedPortable(t)
	p := matrixtest.Blobs(300, 17, 3, 1, 70)
	wide := matrixtest.Blobs(300, 21, 3, 1, 70).X
	views := map[string]matrix.View{
		"all":            p.X,
		"columns":        wide.Cols(2, 19),
		"rows":           p.X.Subset([]int32{7, 7, 299, 0, 12}),
		"float16":        matrixtest.Half(p.X),
		"whole parts":    p.X.Rows(0, 2*devicePartRows),
		"a row too many": p.X.Rows(0, 2*devicePartRows+1),
		"a row too few":  p.X.Rows(0, 2*devicePartRows-1),
		"one row":        p.X.Rows(3, 4),
	}
	for _, backend := range devices {
		for name, x := range views {
			for _, b := range deviceBlocks {
				t.Run(fmt.Sprintf("%s/%s/rows=%d/once=%v", backend, name, b.rows, b.once), func(t *testing.T) {
					m := openMatrix(t, backend, matrixtest.Problem{X: x, Classes: 4}, b.rows, b.once)
					passAgrees[float64](t, m, 1e-12)
					passAgrees[float32](t, m, 1e-5) // 300 terms of relative error 6e-8
				})
			}
		}
	}
}

// openMatrix returns the matrix of p on a device, in blocks of at most rows rows.
func openMatrix(t *testing.T, backend string, p matrixtest.Problem, rows int, once bool) *deviceMatrix {
	t.Helper()
	d, err := Device{Backend: backend, Memory: memoryFor(p, rows, once)}.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	m, err := newDeviceMatrix(context.Background(), d, p.X, p.Classes, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.free)
	if whole := (p.X.N + devicePartRows - 1) / devicePartRows * devicePartRows; m.rows != min(rows, whole) {
		t.Fatalf("blocks of %d rows, want %d", m.rows, min(rows, whole))
	}
	if (m.blocks != nil) != once {
		t.Fatalf("%d of %d blocks on the device, once %v", len(m.blocks), m.count(), once)
	}
	return m
}

// passAgrees makes a pass with two vectors, the weights those products above 1
// times the number of the row.
func passAgrees[T float32 | float64](t *testing.T, m *deviceMatrix, bound float64) {
	t.Helper()
	d := m.x.D
	w, out, want := dense(2, d+1), dense(2, d+1), dense(2, d+1)
	for k := range w {
		for j := range d + 1 {
			w[k][j] = float64(float32(math.Sin(float64(k*31 + j)))) // exact in both types
			out[k][j], want[k][j] = 5, 5                            // is added to
		}
	}
	seen := make([]int, m.x.N)
	err := pass(context.Background(), m, w, out, func(part, lo, rows int, z []float64, s []T, stride int) {
		if lo/devicePartRows != part || part >= m.parts() {
			t.Errorf("row %d in part %d of %d", lo, part, m.parts())
		}
		for i := range rows {
			seen[lo+i]++
			for k := range w {
				exact := scoreOf(m.x, lo+i, w[k])
				if math.Abs(z[i*stride+k]-exact) > bound*float64(d) {
					t.Errorf("product of row %d with vector %d is %v, want %v", lo+i, k, z[i*stride+k], exact)
				}
				if s[i*stride+k] != 0 {
					t.Errorf("weight of row %d is %v before it was set", lo+i, s[i*stride+k])
				}
				s[i*stride+k] = T(weightOf(exact, lo+i))
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	var size float64
	for i := range m.x.N {
		if seen[i] != 1 {
			t.Fatalf("row %d was seen %d times", i, seen[i])
		}
		for k := range w {
			a := float64(T(weightOf(scoreOf(m.x, i, w[k]), i)))
			for j := range d {
				want[k][j] += a * float64(m.x.At(i, j))
				size = max(size, math.Abs(want[k][j]))
			}
			want[k][d] += a
		}
	}
	for k := range want {
		for j := range want[k] {
			if math.Abs(out[k][j]-want[k][j]) > bound*max(1, size) {
				t.Errorf("sum %d of vector %d is %v, want %v", j, k, out[k][j], want[k][j])
			}
		}
	}
}

func scoreOf(x matrix.View, i int, w []float64) float64 {
	z := w[x.D]
	for j := range x.D {
		z += float64(x.At(i, j)) * w[j]
	}
	return z
}

func weightOf(z float64, row int) float64 {
	if z > 1 {
		return float64(row)
	}
	return 0
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
	for _, backend := range devices {
		for name, p := range problems {
			for _, c := range []float64{1e-4, 1e-2, 10} { // at the last with exact factors
				native := fit(t, p, Options{C: []float64{c}, Tolerance: deviceTolerance})[0]
				for _, blocks := range deviceBlocks {
					o := Options{C: []float64{c}, Tolerance: deviceTolerance, Device: Device{backend, memoryFor(p, blocks.rows, blocks.once)}}
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
	*sweeper
	factor float64
}

func (w wrong) pass64(ctx context.Context, v, out [][]float64, weigh weighing[float64]) error {
	return w.sweeper.pass64(ctx, v, out, func(part, lo, rows int, z, s []float64, stride int) {
		for i := range z {
			z[i] *= w.factor
		}
		weigh(part, lo, rows, z, s, stride)
	})
}

func (w wrong) pass32(ctx context.Context, v, out [][]float64, weigh weighing[float32]) error {
	return w.sweeper.pass32(ctx, v, out, func(part, lo, rows int, z []float64, s []float32, stride int) {
		weigh(part, lo, rows, z, s, stride)
		for i := range s {
			s[i] *= float32(w.factor)
		}
	})
}

func (w wrong) String() string { return "wrong" }

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
			sweep := newSweeper(p.X, 2)
			task := o.Progress.Start("test", 0, "passes")
			s := &newton{x: p.X, y: p.Y, sweep: sweep, products: wrong{sweep, tt.factor}, sketch: newSketch(p.X, 3, 2, 0),
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
		{"unknown backend", p, Device{Backend: "tpu9"}, backends.ErrUnknown, []string{"eval: device for the products", `"tpu9"`}},
		{"plugin absent", p, Device{Backend: "xla:/nonexistent/plugin.so"}, backends.ErrMissing, []string{"/nonexistent/plugin.so"}},
		{"memory negative", p, Device{Backend: backends.CPU, Memory: -1}, nil, []string{"Device.Memory = -1"}},
		{"memory of nothing", p, Device{Memory: 1 << 20}, nil, []string{"without a Backend"}},
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
	if f := fit(t, p, Options{Device: Device{Backend: backends.CPU, Memory: 37824}})[0]; !strings.Contains(f.Products, "sent in 3 blocks at every pass") {
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
	o.Device = Device{Backend: backends.CPU, Memory: memoryFor(p, 128, false)}
	got, err := FitSoftmax(context.Background(), p.X, p.Y, 3, o)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range got {
		if matrixtest.Relative(f.Objective, native[i].Objective) > objectiveTolerance || !f.Converged {
			t.Errorf("C=%g: objective %v, of the CPU %v; warnings %v", f.C, f.Objective, native[i].Objective, f.Warnings)
		}
		if !strings.HasPrefix(f.Products, "device") || native[i].Products != "simd" {
			t.Errorf("products of %q and %q", f.Products, native[i].Products)
		}
	}
}
