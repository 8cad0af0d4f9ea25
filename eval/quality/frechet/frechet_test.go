package frechet

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/eval/quality/internal/qualitytest"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/testenv"
)

func mustFrechet(t *testing.T, a, b matrix.View) Parts {
	t.Helper()
	p, err := Distance(context.Background(), a, b, metric.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// frechetSingular is the bar for singular covariances: the programs of the reference values
// differ by as much there.
const frechetSingular = 1e-6

func TestFrechetGolden(t *testing.T) {
	g := qualitytest.Expected(t)
	for _, set := range qualitytest.GoldenSets {
		relative := 1e-9
		if set == "synth64" {
			relative = frechetSingular
		}
		train := qualitytest.GoldenView(t, set+"_train")
		for _, s := range []string{"gen", "test"} {
			p := mustFrechet(t, train, qualitytest.GoldenView(t, set+"_"+s))
			key := "frechet_" + s + "_train"
			for _, of := range []string{"eigenvalues_of_product", "sqrtm", "symmetric"} {
				qualitytest.Near(t, set+" "+s+" "+of, p.Value, g.At(t, set, key, of), relative)
			}
			qualitytest.Near(t, set+" "+s+" mean", p.MeanTerm, g.At(t, set, key, "mean_term"), 1e-9)
			qualitytest.Near(t, set+" "+s+" sum", p.MeanTerm+p.CovarianceTerm, p.Value, 1e-12)
		}
	}
}

// TestFrechetSingular: the definition on the same rows, column 7 (a constant) left out, in 60
// digits: mpmath 1.2, cholesky and eigsy. Each of the 24 dimensions that are missing adds twice
// the root of a rounding of the largest eigenvalue, 911 and 966, or less; so programs come out
// 5e-6 below.
func TestFrechetSingular(t *testing.T) {
	train := qualitytest.GoldenView(t, "synth64_train")
	for set, want := range map[string]struct{ value, largest float64 }{"gen": {7.16740787698383368, 911.37}, "test": {9.45692733151221724, 966.32}} {
		bound := 24 * 2 * math.Sqrt(0x1p-53*want.largest)
		if got := mustFrechet(t, train, qualitytest.GoldenView(t, "synth64_"+set)).Value; !(math.Abs(got-want.value) <= bound) {
			t.Errorf("%s: %v, want %v ± %v", set, got, want.value, bound)
		}
	}
}

// TestFrechetOlderGolden: the value of dgm-eval on the sets of golden/gan_metrics.
func TestFrechetOlderGolden(t *testing.T) {
	dir := testenv.Path(t, "golden", "gan_metrics")
	train, gen := qualitytest.ReadView(t, filepath.Join(dir, "train.npy")), qualitytest.ReadView(t, filepath.Join(dir, "gen.npy"))
	qualitytest.Near(t, "frechet", mustFrechet(t, train, gen).Value, 1.6055965030636798, 1e-4)
}

func TestFrechetEdges(t *testing.T) {
	g := qualitytest.Expected(t)
	for name, s := range qualitytest.EdgeSets(t) {
		p := mustFrechet(t, s[0], s[1])
		want := g.At(t, "edge", name, "frechet", "symmetric")
		trace := g.At(t, "edge", name, "frechet", "trace_term")
		if math.Abs(p.Value-max(0, want)) > 1e-9*max(trace, want)+frechetSingular*max(0, want) {
			t.Errorf("%s: %v, want %v", name, p.Value, want)
		}
		var warning []string
		if name == "fewer_than_dim" {
			warning = []string{"covariance of 10 rows has rank 9 of 16; Fréchet is biased and depends on n"}
		}
		if name == "fewer_than_k" {
			warning = []string{"covariance of 4 rows has rank 3 of 16; Fréchet is biased and depends on n"}
		}
		if !slices.Equal(p.Warnings, warning) {
			t.Errorf("%s: warnings %q, want %q", name, p.Warnings, warning)
		}
	}
}

// TestFrechetClosedForm: columns that are independent add up (σ₁−σ₂)² and the squared
// difference of the means, exactly when both sets are one set in other units.
func TestFrechetClosedForm(t *testing.T) {
	const n, d = 400, 33
	base := qualitytest.Gaussian(1, n, d, 0, qualitytest.One)
	m, err := MomentsOf(context.Background(), "real", base, metric.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ factor, shift float32 }{{1, 0}, {1, 2}, {3, 0}, {0.25, -1}, {0, 5}} {
		other := qualitytest.Changed(base, func(v float32) float32 { return c.factor*v + c.shift })
		var mean, cov float64
		for j := range d {
			f := float64(c.factor) - 1
			shift := f*m.Mean[j] + float64(c.shift)
			mean += shift * shift
			cov += f * f * m.Covariance.At(j, j)
		}
		p := mustFrechet(t, base, other)
		if math.Abs(p.MeanTerm-mean) > 1e-5*mean+1e-12 || math.Abs(p.CovarianceTerm-cov) > 1e-5*cov+1e-11 {
			t.Errorf("x → %v·x + %v: %v and %v, want %v and %v", c.factor, c.shift, p.MeanTerm, p.CovarianceTerm, mean, cov)
		}
	}
}

// TestFrechetGaussians: large samples of independent normals reach the value of their
// distributions.
func TestFrechetGaussians(t *testing.T) {
	const d = 8
	a := qualitytest.Gaussian(1, 40000, d, 0, func(j int) float64 { return 1 + float64(j)/d })
	b := qualitytest.Gaussian(2, 40000, d, 0.5, func(j int) float64 { return 2 - float64(j)/d })
	want := d * 0.25
	for j := range d {
		s := 1 - 2*float64(j)/d
		want += s * s
	}
	qualitytest.Near(t, "distance", mustFrechet(t, a, b).Value, want, 0.03)
}

// TestFrechetLaws: identity, symmetry, the order of rows, translation of both, scale, and
// rotation of both, for sets of full rank, of fewer rows than columns, and with columns that
// are constant or equal.
func TestFrechetLaws(t *testing.T) {
	for name, s := range map[string]struct {
		a, b    matrix.View
		rounded bool // equal columns leave one dimension of rounding
	}{
		"full":     {qualitytest.Gaussian(1, 300, 20, 0, qualitytest.One), qualitytest.Gaussian(2, 200, 20, 0.3, qualitytest.One), false},
		"few":      {qualitytest.Gaussian(1, 300, 40, 0, qualitytest.One), qualitytest.Gaussian(2, 15, 40, 0.3, qualitytest.One), false},
		"both few": {qualitytest.Gaussian(1, 12, 40, 0, qualitytest.One), qualitytest.Gaussian(2, 15, 40, 0.3, qualitytest.One), false},
		"constant": {withTies(qualitytest.Gaussian(1, 300, 20, 0, qualitytest.One)), withTies(qualitytest.Gaussian(2, 200, 20, 0.3, qualitytest.One)), true},
		"one odd":  {withTies(qualitytest.Gaussian(1, 300, 20, 0, qualitytest.One)), qualitytest.Gaussian(2, 200, 20, 0.3, qualitytest.One), true},
	} {
		a, b := s.a, s.b
		p := mustFrechet(t, a, b)
		relative, zero := 1e-9, 1e-9
		if s.rounded {
			relative, zero = frechetSingular, frechetSingular*float64(a.D)
		}
		qualitytest.Near(t, name+": symmetric", mustFrechet(t, b, a).Value, p.Value, relative)
		qualitytest.Near(t, name+": order of rows", mustFrechet(t, qualitytest.Shuffled(a), qualitytest.Shuffled(b)).Value, p.Value, relative)
		if v := mustFrechet(t, a, qualitytest.Shuffled(a)); v.Value > zero || v.Value < 0 {
			t.Errorf("%s: distance to itself %v", name, v.Value)
		}
		double := func(v float32) float32 { return 2 * v }
		qualitytest.Near(t, name+": scale", mustFrechet(t, qualitytest.Changed(a, double), qualitytest.Changed(b, double)).Value, 4*p.Value, relative)
		move := func(v float32) float32 { return v + 8 } // rounds float32
		qualitytest.Near(t, name+": translation", mustFrechet(t, qualitytest.Changed(a, move), qualitytest.Changed(b, move)).Value, p.Value, 1e-5)
		qualitytest.Near(t, name+": order of columns", mustFrechet(t, reversed(a), reversed(b)).Value, p.Value, relative)
	}
}

// withTies makes column 3 constant and column 5 equal to column 4.
func withTies(x matrix.View) matrix.View {
	for i := range x.N {
		x.Data[i*x.D+3] = 1.1
		x.Data[i*x.D+5] = x.Data[i*x.D+4]
	}
	return x
}

// reversed returns the columns in the opposite order.
func reversed(x matrix.View) matrix.View {
	out := matrix.View{Data: make([]float32, x.N*x.D), N: x.N, D: x.D}
	for i := range x.N {
		for j := range x.D {
			out.Data[i*x.D+j] = x.At(i, x.D-1-j)
		}
	}
	return out
}

// TestFrechetThreads: the same bits for any number of threads, from moments as from rows; the
// moments stay as they are.
func TestFrechetThreads(t *testing.T) {
	a, b := qualitytest.Gaussian(1, 600, 150, 0, qualitytest.One), qualitytest.Gaussian(2, 500, 150, 0.1, qualitytest.One)
	want := mustFrechet(t, a, b)
	for _, threads := range []int{1, 3} {
		o := metric.Options{Threads: threads}
		ma, errA := MomentsOf(context.Background(), "real", a, o)
		mb, errB := MomentsOf(context.Background(), "generated", b, o)
		if err := errors.Join(errA, errB); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			p, err := DistanceOf(context.Background(), ma, mb, o)
			if err != nil || p.Value != want.Value || p.MeanTerm != want.MeanTerm {
				t.Errorf("%d threads: %v, want %v (%v)", threads, p, want, err)
			}
		}
	}
}

func TestFrechetErrors(t *testing.T) {
	ctx := context.Background()
	x := qualitytest.Gaussian(1, 50, 8, 0, qualitytest.One)
	for _, c := range []struct {
		name, text string
		kind       error
		err        func() error
	}{
		{"one row", "frechet: the covariance of one row is not defined; the generated set has 1", metric.ErrRows,
			func() error { _, err := Distance(ctx, x, x.Rows(0, 1), metric.Options{}); return err }},
		{"widths", "rows of the real set have 8 features, rows of the generated set 7", matrix.ErrShape,
			func() error { _, err := Distance(ctx, x, x.Cols(0, 7), metric.Options{}); return err }},
		{"NaN", "the generated set holds NaN in row 3, column 2", matrix.ErrNotFinite,
			func() error {
				y := qualitytest.Changed(x, func(v float32) float32 { return v })
				y.Data[3*8+2] = float32(math.NaN())
				_, err := Distance(ctx, x, y, metric.Options{})
				return err
			}},
		{"memory", "MB, for matrices of 8×8 in float64 (2 at a time), more than the 0.001 MB allowed; allow more memory", metric.ErrOptions,
			func() error { _, err := Distance(ctx, x, x, metric.Options{MaxMemory: 1000}); return err }},
		{"options", "Threads = -1", metric.ErrOptions,
			func() error { _, err := Distance(ctx, x, x, metric.Options{Threads: -1}); return err }},
		{"moments", "rows of the real set have 8 features, rows of the generated set 5", matrix.ErrShape,
			func() error {
				a, _ := MomentsOf(ctx, "real", x, metric.Options{})
				b, _ := MomentsOf(ctx, "generated", x.Cols(0, 5), metric.Options{})
				_, err := DistanceOf(ctx, a, b, metric.Options{})
				return err
			}},
	} {
		if err := c.err(); err == nil || !strings.Contains(err.Error(), c.text) || !errors.Is(err, c.kind) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.text)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Distance(ended, x, x, metric.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestFrechetMemory: 7,168 columns fit into the default.
func TestFrechetMemory(t *testing.T) {
	o := metric.Options{}.WithDefaults()
	if err := metric.CheckMatrices(metric.NameFrechet, 2, 7168, frechetBytes(7168, 16), o); err != nil {
		t.Error(err)
	}
	if err := metric.CheckMatrices(metric.NameFrechet, 2, 28672, frechetBytes(28672, 2), o); err == nil {
		t.Error("28,672 columns: no error")
	}
}

func BenchmarkFrechet(b *testing.B) {
	for _, d := range []int{512, 1024, 2048} {
		b.Run(fmt.Sprintf("d=%d", d), func(b *testing.B) {
			x, y := qualitytest.Gaussian(1, 2*d, d, 0, qualitytest.One), qualitytest.Gaussian(2, 2*d, d, 0, qualitytest.One)
			for b.Loop() {
				if _, err := Distance(context.Background(), x, y, metric.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
