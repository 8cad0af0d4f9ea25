package linear

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"time"

	"repbench/eval/linear/internal/passes"
	"repbench/eval/linear/internal/precondition"
	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix"
	"repbench/internal/labels"
	"repbench/internal/measure"
	"repbench/internal/progress"
	"repbench/internal/simd"
)

// DefaultC is the cost that is used when none is given: the cost of the DCGAN
// protocol on CIFAR-10.
const DefaultC = 1e-4

// DefaultTolerance is the Tolerance of Options that give none.
const DefaultTolerance = 1e-6

// classesTogether is the number of classes that are solved side by side. More
// do not help: products with 60 vectors are bound by arithmetic and not by memory, and
// each class keeps three scores per row.
const classesTogether = 60

// DefaultDeviceMemory is the memory, in bytes, that a fit takes of a device when
// Device does not say.
const DefaultDeviceMemory = passes.DefaultDeviceMemory

// Device names the backend that makes the products of a fit with its matrix. The
// zero value is the CPU, which reads the matrix where it lies (package
// internal/simd). See docs/svm.md for what is computed where and how exactly.
type Device = passes.DeviceOptions

// OpenDevice is an open Device. Its graphs are compiled once for each shape, for all
// the fits that share it.
type OpenDevice = passes.OpenedDevice

// Options are the options of FitSVM. The zero value is ready to use.
type Options struct {
	// C are the costs, ascending; empty: DefaultC. Each fit starts from the last.
	C []float64
	// Tolerance is the bound on the error of the objective of each class, relative
	// to the objective, at which a fit is converged; 0: DefaultTolerance.
	Tolerance float64
	// MaxIterations bounds the Newton steps for one C; 0: 100.
	MaxIterations int
	// Threads is the number of goroutines; 0: GOMAXPROCS. It does not change the
	// result.
	Threads int
	// Seed draws the rows of the preconditioner. It changes the result only
	// within the tolerance.
	Seed uint64
	// Device makes the products with the matrix; zero: the CPU. The objective and
	// the gap are found on the CPU in any case.
	Device Device
	// Progress receives each pass over the data; nil: no progress is shown.
	Progress progress.Reporter

	// tile, when not nil, has the conjugate gradients use bytes however small the
	// problem is.
	tile *simd.ByteTile
	// Opened is an open device that several fits share, in place of Device.
	Opened *OpenDevice
}

// WithDefaults returns the options with a default in place of each zero value.
func (o Options) WithDefaults() Options {
	if len(o.C) == 0 {
		o.C = []float64{DefaultC}
	}
	if o.Tolerance == 0 {
		o.Tolerance = DefaultTolerance
	}
	if o.MaxIterations == 0 {
		o.MaxIterations = 100
	}
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	o.Progress = progress.Or(o.Progress)
	return o
}

// Validate says which option, its defaults in place, is out of range; nil: none.
func (o Options) Validate() error {
	for i, c := range o.C {
		if !(c > 0) || math.IsInf(c, 0) {
			return fmt.Errorf("cost C = %v: must be positive and finite", c)
		}
		if i > 0 && c <= o.C[i-1] {
			return fmt.Errorf("cost C = %v after %v: the costs must ascend", c, o.C[i-1])
		}
	}
	if !(o.Tolerance > 0 && o.Tolerance < 1) {
		return fmt.Errorf("tolerance %v: must lie between 0 and 1", o.Tolerance)
	}
	if o.MaxIterations < 0 {
		return fmt.Errorf("%d iterations at most: must not be negative", o.MaxIterations)
	}
	return o.Device.Validate()
}

// Fit is a linear SVM fitted at one C.
type Fit struct {
	C     float64
	Model *Model
	// Objective is the sum over the classes of ObjectivePerClass, the minimised
	// ½‖w_k‖² + C·Σ_i max(0, 1 - y_ik·(w_k·x_i + b_k))², b_k inside the norm.
	Objective         float64
	ObjectivePerClass []float64
	// DualityGap is the largest over the classes of the gap between the objective
	// and the dual at α_i = 2C·max(0, 1 - y_i·f_i), relative to the objective: a
	// proven bound on the error.
	DualityGap float64
	// Iterations are Newton steps, the most of any class; CGIterations the sum
	// over the steps and classes; Passes the times that the matrix was read.
	Iterations, CGIterations, Passes int
	// Converged is false, with a warning, when a class did not reach the tolerance.
	Converged bool
	Seconds   float64
	// Products says what made the products with the matrix: "simd", the CPU, or
	// "device", with its backend and whether the matrix was sent there once.
	Products measure.Products
	// Warnings has at most one line of a kind, however many classes it is about; a
	// NotConverged among them names the classes.
	Warnings []error

	missed  *NotConverged // in Warnings
	refuted *refutation   // in Warnings
}

// FitSVM fits an L2-regularised squared-hinge linear SVM, one class against the
// rest, at each C of the options, and returns one Fit per C in their order. x
// holds a row of features per label; labels are 0 … classes-1 and each class
// has a row. See docs/svm.md for objective and stopping rule, docs/notes/svm.md for the algorithm.
func FitSVM(ctx context.Context, x matrix.View, y []int32, classes int, o Options) ([]Fit, error) {
	o = o.WithDefaults()
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if err := checkTraining(x, y, classes); err != nil {
		return nil, err
	}
	fits := make([]Fit, len(o.C))
	for i, c := range o.C {
		fits[i] = Fit{C: c, Model: NewModel(classes, x.D), Converged: true}
	}
	task := o.Progress.Start("linear SVM", 0, "passes")
	defer task.Done()
	start := time.Now()
	sweep := passes.NewNative(x, o.Threads)
	p, free, err := passes.Open(ctx, sweep, min(classes, classesTogether), o.Opened, o.Device, task.Note)
	if err != nil {
		return nil, err
	}
	defer free()
	sampled := precondition.NewSampled(x, min(classes, classesTogether), o.Threads, o.Seed)
	setup := time.Since(start).Seconds()
	tile := byteTile(x, o)
	for lo := 0; lo < classes; lo += classesTogether {
		hi := min(lo+classesTogether, classes)
		s := &newton{x: x, y: y, sweep: sweep, products: p, stock: precondition.NewStock(sweep, sampled), o: o, task: task, classes: problems(lo, hi, x), tile: tile}
		if err := s.solveAll(ctx, fits); err != nil {
			return nil, err
		}
		tile = s.tile // nil where bytes were given up
	}
	fits[0].Seconds += setup
	return fits, nil
}

// solveAll solves the problems at the costs of fits, which it adds them to.
func (s *newton) solveAll(ctx context.Context, fits []Fit) error {
	defer s.arenas.Close()
	defer s.dropBytes()
	before := 0.0
	for i := range fits {
		start := time.Now()
		s.passes = 0
		if err := s.solve(ctx, before, fits[i].C); err != nil {
			return err
		}
		before = fits[i].C
		s.report(&fits[i])
		fits[i].Seconds += time.Since(start).Seconds()
	}
	return nil
}

// problems returns the binary problems of the classes [lo, hi), at zero weights.
func problems(lo, hi int, x matrix.View) []*binary {
	bs := make([]*binary, 0, hi-lo)
	for k := lo; k < hi; k++ {
		v, z := vec.Dense(3, x.D+1), vec.Dense(3, x.N)
		bs = append(bs, &binary{class: int32(k), w: v[0], g: v[1], step: v[2], z: z[0], zstep: z[1], zd: z[2], pairs: newPairs(hi-lo, x.D)})
	}
	return bs
}

// report adds the solved problems to the fit.
func (s *newton) report(f *Fit) {
	for _, b := range s.classes {
		copy(f.Model.weights(int(b.class)), b.w)
		f.Model.B[b.class] = b.w[s.x.D]
		f.ObjectivePerClass = append(f.ObjectivePerClass, b.objective)
		f.Objective += b.objective
		f.DualityGap = max(f.DualityGap, b.gap/b.objective)
		f.Iterations = max(f.Iterations, b.newton)
		f.CGIterations += b.cg
		if b.state != solved {
			f.unsolved(b)
		}
	}
	f.Passes += s.passes
	f.Products = s.products.By()
	f.refute(s.refuted, f.Products.String())
}

// checkTraining checks the sizes and the labels.
func checkTraining(x matrix.View, y []int32, classes int) error {
	if err := x.Validate(); err != nil {
		return err
	}
	if classes < 2 {
		return fmt.Errorf("%d classes: need at least 2: %w", classes, matrix.ErrShape)
	}
	if x.N != len(y) {
		return fmt.Errorf("%d rows of features and %d labels: %w", x.N, len(y), matrix.ErrShape)
	}
	if err := labels.Within(y, classes); err != nil {
		return fmt.Errorf("%w: %w", err, matrix.ErrLabel)
	}
	if classes > len(y) {
		return fmt.Errorf("%d classes with %d rows: %w", classes, len(y), matrix.ErrClassAbsent)
	}
	count := make([]int, classes)
	for _, l := range y {
		count[l]++
	}
	for k, n := range count {
		if n == 0 {
			return fmt.Errorf("class %d of %d has no row in the training data: %w", k, classes, matrix.ErrClassAbsent)
		}
	}
	return nil
}
