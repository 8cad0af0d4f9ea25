package features

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/internal/pca"
	"repbench/internal/npy"
	"repbench/internal/progress"
)

// drawn is a small set of the built-in images.
func drawn(t testing.TB) *datasets.Dataset {
	t.Helper()
	ds, err := datasets.Open(context.Background(), "shapes:size=16,train=1100,test=70", datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

// tiny cuts the images of a set to their corner, so that solvers are quick.
func tiny(t testing.TB, side int) *datasets.Dataset {
	t.Helper()
	ds := drawn(t)
	for _, s := range ds.Splits {
		im := s.Images
		small := datasets.Images{N: im.N, H: side, W: side, C: im.C}
		for i := range im.N {
			for row := range side {
				from := ((row+5)*im.W + 5) * im.C
				small.Data = append(small.Data, im.At(i)[from:from+side*im.C]...)
			}
		}
		s.Images = small
	}
	return ds
}

// scaled are the pixels x/127.5 - 1, in float64.
func scaled(im datasets.Images) *mat.Dense {
	x := mat.NewDense(im.N, im.Stride(), nil)
	for i, v := range im.Data {
		x.RawMatrix().Data[i] = float64(v)/127.5 - 1
	}
	return x
}

// The covariance is stat.CovarianceMatrix's, over more than one block of rows.
func TestCovariance(t *testing.T) {
	im := tiny(t, 4).Splits[0].Images
	mean, cov, err := pca.Covariance(context.Background(), im, cpu(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	x := scaled(im)
	var want mat.SymDense
	stat.CovarianceMatrix(&want, x, nil)
	for i := range im.Stride() {
		if m := (mean[i]+pca.PixelCentre)/127.5 - 1; math.Abs(m-stat.Mean(mat.Col(nil, i, x), nil)) > 1e-12 {
			t.Errorf("mean of value %d is %g", i, m)
		}
		for j := range im.Stride() {
			if got := cov.At(i, j) / (127.5 * 127.5); math.Abs(got-want.At(i, j)) > 1e-12 {
				t.Errorf("covariance %d, %d is %g, want %g", i, j, got, want.At(i, j))
			}
		}
	}
}

// Projections agree with gonum's principal components, up to their signs.
func TestPCAAgainstGonum(t *testing.T) {
	ds := tiny(t, 4)
	const dims = 9
	var pc stat.PC
	x := scaled(ds.Splits[0].Images)
	if !pc.PrincipalComponents(x, nil) {
		t.Fatal("gonum found no principal components")
	}
	var all, proj mat.Dense
	pc.VectorsTo(&all)
	vars := pc.VarsTo(nil)
	means := make([]float64, x.RawMatrix().Cols)
	for j := range means {
		means[j] = stat.Mean(mat.Col(nil, j, x), nil)
	}
	for _, spec := range []string{"pca:9", "pca:9,whiten"} {
		dir := t.TempDir()
		extract(t, open(t, spec, Options{}), ds, dir)
		for _, split := range ds.Splits {
			y := scaled(split.Images)
			y.Apply(func(_, j int, v float64) float64 { return v - means[j] }, y)
			proj.Reset()
			proj.Mul(y, all.Slice(0, len(means), 0, dims))
			_, got := rowsOf(t, dir, split.Name)
			for k := range dims {
				v := mat.Col(nil, k, &all)
				scale := 1.0
				if slices.MaxFunc(v, func(a, b float64) int { return compareAbs(a, b) }) < 0 {
					scale = -1
				}
				if spec != "pca:9" {
					scale /= math.Sqrt(vars[k])
				}
				for i := range split.Images.N {
					// 48 float32 products of values up to 2; 1/√λ is at most 20 here.
					if want := scale * proj.At(i, k); math.Abs(float64(got[i*dims+k])-want) > 2e-5 {
						t.Fatalf("%s, %s %d, component %d: %g, want %g", spec, split.Name, i, k, got[i*dims+k], want)
					}
				}
			}
		}
	}
}

func compareAbs(a, b float64) int {
	switch a, b = math.Abs(a), math.Abs(b); {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Whitened training features have mean 0 and covariance 1.
func TestPCAWhitened(t *testing.T) {
	dir := t.TempDir()
	extract(t, open(t, "pca:12,whiten", Options{}), tiny(t, 4), dir)
	shape, rows := rowsOf(t, dir, datasets.Train)
	x := mat.NewDense(shape[0], shape[1], nil)
	for i, v := range rows {
		x.RawMatrix().Data[i] = float64(v)
	}
	var cov mat.SymDense
	stat.CovarianceMatrix(&cov, x, nil)
	for i := range 12 {
		if m := stat.Mean(mat.Col(nil, i, x), nil); math.Abs(m) > 1e-5 {
			t.Errorf("mean of column %d is %g", i, m)
		}
		for j := range 12 {
			want := 0.0
			if i == j {
				want = 1
			}
			if math.Abs(cov.At(i, j)-want) > 1e-5 {
				t.Errorf("covariance %d, %d is %g, want %g", i, j, cov.At(i, j), want)
			}
		}
	}
}

// Neither batches nor the number of threads change a bit.
func TestPCABatches(t *testing.T) {
	ds := drawn(t)
	cache := encoder.Kept{Dir: t.TempDir()}
	im := ds.Splits[1].Images
	want := make([]float32, im.N*5)
	for _, size := range []int{im.N, 1, 7, 64} {
		e := open(t, "pca:5", Options{BatchSize: size})
		if err := e.net.Prepare(context.Background(), ds, nil, cache); err != nil {
			t.Fatal(err)
		}
		got := make([]float32, im.N*5)
		for lo := 0; lo < im.N; lo += size {
			part := im.Slice(lo, min(lo+size, im.N))
			if err := e.net.Encode(got[lo*5:(lo+part.N)*5], part); err != nil {
				t.Fatal(err)
			}
		}
		if size == im.N {
			copy(want, got)
		}
		if !slices.Equal(got, want) {
			t.Errorf("batch size %d gives other features", size)
		}
	}
}

func TestPCAThreads(t *testing.T) {
	im := tiny(t, 9).Splits[0].Images
	want, err := pca.LearnPrincipal(context.Background(), im, 30, cpu(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, threads := range []int{1, 3} {
		runtime.GOMAXPROCS(threads)
		got, err := pca.LearnPrincipal(context.Background(), im, 30, cpu(t), nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Mean, want.Mean) || !slices.Equal(got.Variance, want.Variance) || !slices.Equal(got.Directions, want.Directions) {
			t.Errorf("%d threads give other directions", threads)
		}
	}
}

func TestPCAHalf(t *testing.T) {
	dir := t.TempDir()
	if m := extract(t, open(t, "pca:3,whiten", Options{Half: true}), tiny(t, 3), dir); m.DType != "float16" || m.Dim != 3 {
		t.Errorf("%d columns of %s", m.Dim, m.DType)
	}
}

// What was learned is found again in the folder; a damaged file is named.
func TestPCALearnsOnce(t *testing.T) {
	ds := tiny(t, 4)
	dir := t.TempDir()
	cache := encoder.Kept{Dir: dir}
	first := open(t, "pca:4", Options{})
	if err := first.net.Prepare(context.Background(), ds, nil, cache); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, ".pca-*.npy"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files are %v", files)
	}
	_, flat, err := npy.Read[float64](files[0])
	if err != nil {
		t.Fatal(err)
	}
	flat[0] = 12345
	if err := npy.Write(files[0], []int{len(flat)}, flat); err != nil {
		t.Fatal(err)
	}
	second := open(t, "pca:4", Options{})
	if err := second.net.Prepare(context.Background(), ds, nil, cache); err != nil {
		t.Fatal(err)
	}
	if got := second.net.(*pca.Network).Learned.Mean[0]; got != 12345 {
		t.Errorf("the mean is %g, want that of the file", got)
	}
	if err := os.WriteFile(files[0], []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := open(t, "pca:4", Options{}).net.Prepare(context.Background(), ds, nil, cache); err == nil {
		t.Error("a damaged file was read")
	}
}

func TestPCAErrors(t *testing.T) {
	for _, spec := range []string{"pca:", "pca:x", "pca:0", "pca:-2", "pca:3,white", "pca:3,", "pca:3,whiten,"} {
		if _, err := Open(spec, cpu(t), Options{}); !errors.Is(err, ErrSpec) {
			t.Errorf("%s: error is %v, want one about the specification", spec, err)
		}
	}
	if _, err := Open("pca:3", cpu(t), Options{Layers: []string{"pca"}}); !errors.Is(err, ErrOptions) {
		t.Errorf("layers: error is %v", err)
	}
	e := open(t, "pca:50", Options{})
	if _, err := e.Layers(datasets.Images{H: 4, W: 4, C: 3}); !errors.Is(err, ErrOptions) {
		t.Errorf("more directions than pixels: error is %v", err)
	}
	if _, err := e.Layers(datasets.Images{H: 64, W: 64, C: 3}); !errors.Is(err, ErrOptions) {
		t.Errorf("images of 12,288 values: error is %v", err)
	}
	if err := e.net.Prepare(context.Background(), noise(49, 1), nil, encoder.Kept{}); !errors.Is(err, ErrOptions) {
		t.Errorf("more directions than images: error is %v", err)
	}
	if err := e.net.Encode(nil, datasets.Images{}); err == nil {
		t.Error("encoding before learning: no error")
	}
	flat := tiny(t, 4)
	for i := range flat.Splits[0].Images.Data {
		flat.Splits[0].Images.Data[i] = 7
	}
	if err := open(t, "pca:2,whiten", Options{}).net.Prepare(context.Background(), flat, nil, encoder.Kept{}); !errors.Is(err, ErrOptions) {
		t.Errorf("images without variance, whitened: error is %v", err)
	}
	for i := range flat.Splits[0].Images.Data[:3*48] {
		flat.Splits[0].Images.Data[i] = uint8(i * i)
	}
	// Three images of many that are equal span three directions.
	err := open(t, "pca:5,whiten", Options{}).net.Prepare(context.Background(), flat, nil, encoder.Kept{})
	if err == nil || !strings.Contains(err.Error(), "3 of 5 directions") {
		t.Errorf("images of rank 3, whitened: error is %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := open(t, "pca:2", Options{}).net.Prepare(ctx, tiny(t, 4), nil, encoder.Kept{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error is %v", err)
	}
}

// An encoder that goes on to another set learns that one's directions.
func TestPCAAnotherSet(t *testing.T) {
	first, second := tiny(t, 3), tiny(t, 3)
	second.Hash = "other"
	for i, v := range second.Splits[0].Images.Data {
		second.Splits[0].Images.Data[i] = v / 2
	}
	im := second.Splits[1].Images
	var rows [2][]float32
	for i, sets := range [][]*datasets.Dataset{{first, second}, {second}} {
		e := open(t, "pca:4", Options{})
		for _, ds := range sets {
			if err := e.net.Prepare(context.Background(), ds, nil, encoder.Kept{}); err != nil {
				t.Fatal(err)
			}
		}
		rows[i] = make([]float32, 4*im.N)
		if err := e.net.Encode(rows[i], im); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(rows[0], rows[1]) {
		t.Error("the set before changes the features")
	}
}

// stopper cancels when a task of that name starts.
type stopper struct {
	name   string
	cancel context.CancelFunc
}

func (s stopper) Start(name string, total int64, unit string) progress.Task {
	if name == s.name {
		s.cancel()
	}
	return progress.Silent.Start(name, total, unit)
}

// The solver is left behind when the work is interrupted, and nothing is kept.
func TestPCAInterrupted(t *testing.T) {
	for _, stage := range []string{"covariance of pixels", "principal directions"} {
		ctx, cancel := context.WithCancel(context.Background())
		dir := t.TempDir()
		err := open(t, "pca:90", Options{}).net.Prepare(ctx, drawn(t), stopper{stage, cancel}, encoder.Kept{Dir: dir})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error is %v, want the interruption", stage, err)
		}
		if files, _ := filepath.Glob(filepath.Join(dir, ".pca-*")); len(files) > 0 {
			t.Errorf("%s: %v is there", stage, files)
		}
	}
}
