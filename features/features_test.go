package features

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"repbench/backends"
	"repbench/backends/backendtest"
	"repbench/datasets"
	"repbench/features/matrix"
	"repbench/features/store"
	"repbench/internal/npy"
	"repbench/internal/progress"
	"repbench/internal/testcheck"
	"repbench/internal/testenv"
	"repbench/train"
	"repbench/train/dcgan"
)

var cpu = backendtest.CPU

// noise is a data set of pseudo-random images, nTrain and nTest of them.
func noise(nTrain, nTest int) *datasets.Dataset {
	split := func(name string, n int, seed uint32) *datasets.Split {
		s := &datasets.Split{Name: name, Images: datasets.Images{Data: make([]uint8, n*3072), N: n, H: 32, W: 32, C: 3}}
		for i := range s.Images.Data {
			seed = seed*1664525 + 1013904223
			s.Images.Data[i] = uint8(seed >> 24)
		}
		for i := range n {
			s.Labels = append(s.Labels, int32(i%3))
			s.IDs = append(s.IDs, name+"/"+string(rune('a'+i%26)))
		}
		return s
	}
	return &datasets.Dataset{Name: "noise", Source: "test", Classes: []string{"a", "b", "c"}, Hash: "h",
		Splits: []*datasets.Split{split(datasets.Train, nTrain, 1), split(datasets.Test, nTest, 2)}}
}

func open(t testing.TB, spec string, o Options) *Encoder {
	t.Helper()
	e, err := Open(spec, cpu(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func extract(t testing.TB, e *Encoder, ds *datasets.Dataset, dir string) *store.Meta {
	t.Helper()
	m, err := e.Extract(context.Background(), ds, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func rowsOf(t testing.TB, dir, split string) ([]int, []float32) {
	t.Helper()
	shape, data, err := npy.Read[float32](filepath.Join(dir, split+"_features.npy"))
	if err != nil {
		t.Fatal(err)
	}
	return shape, data
}

// batchTolerance: the portable backend multiplies matrices of different heights
// in different orders, so float32 sums of up to 3,200 terms may differ in their
// last bits, relative to the largest feature.
const batchTolerance = 2e-6

// With fixed statistics a feature depends neither on the batch size nor on the
// other images of its batch; 150 and 9 images leave partial batches.
func TestFeaturesDoNotDependOnTheBatch(t *testing.T) {
	ds := noise(150, 9)
	var want []float32
	for _, size := range []int{128, 1, 7} {
		dir := t.TempDir()
		extract(t, open(t, "random:svhn32,width=4", Options{BatchSize: size}), ds, dir)
		_, train := rowsOf(t, dir, datasets.Train)
		_, test := rowsOf(t, dir, datasets.Test)
		got := append(train, test...)
		if want == nil {
			want = got
		}
		if e := testcheck.Difference(t, got, want); e > batchTolerance {
			t.Errorf("batch size %d: features differ by %g from those at 128", size, e)
		}
	}
	reversed := noise(150, 9)
	im := reversed.Splits[1].Images
	for i := range im.N {
		copy(im.At(i), ds.Splits[1].Images.At(im.N-1-i))
	}
	dir := t.TempDir()
	extract(t, open(t, "random:svhn32,width=4", Options{}), reversed, dir)
	shape, got := rowsOf(t, dir, datasets.Test)
	d := shape[1]
	offset := 150 * d
	for i := range im.N {
		if e := testcheck.Difference(t, got[i*d:(i+1)*d], want[offset+(im.N-1-i)*d:][:d]); e > batchTolerance {
			t.Errorf("image %d: its features changed by %g with its neighbours", i, e)
		}
	}
}

// In the mode Batch they do depend on it, which shows that the test above can fail.
func TestBatchModeDependsOnTheBatch(t *testing.T) {
	ds := noise(16, 6)
	var rows [2][]float32
	for i, size := range []int{6, 2} {
		dir := t.TempDir()
		m := extract(t, open(t, "random:svhn32,width=4", Options{BatchNorm: store.Batch, BatchSize: size}), ds, dir)
		if !strings.Contains(strings.Join(m.Notes, " "), "neighbours") {
			t.Error("meta.json does not say that features depend on the batch")
		}
		_, rows[i] = rowsOf(t, dir, datasets.Test)
	}
	if e := testcheck.Difference(t, rows[0], rows[1]); e < 1e-3 {
		t.Errorf("features at batch 6 and 2 differ by only %g", e)
	}
}

// The golden features were made with PyTorch 1.13 from the released weights and
// the given statistics; each layer is flattened channels first there.
func TestReleasedFeatures(t *testing.T) {
	golden := testenv.Path(t, "golden", "svhn_dcgan")
	floats := func(name string) []float32 {
		_, v, err := npy.Read[float32](filepath.Join(golden, name+".npy"))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	stats := []*dcgan.HostStats{nil,
		{Mean: floats("bn2_mean"), Variance: floats("bn2_var")},
		{Mean: floats("bn3_mean"), Variance: floats("bn3_var")}}
	shape, pixels, err := npy.Read[uint8](filepath.Join(golden, "images_u8_nhwc.npy"))
	if err != nil {
		t.Fatal(err)
	}
	im := datasets.Images{Data: pixels, N: shape[0], H: shape[1], W: shape[2], C: shape[3]}
	for name, b := range map[string]func(testing.TB) *backends.Backend{"cpu": cpu, "device": backendtest.Device} {
		t.Run(name, func(t *testing.T) {
			e, err := Open("theano:"+testenv.Path(t, "data", "svhn_dcgan_2015"), b(t), Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			e.net.(*discriminator).stats = stats
			layers, err := e.Layers(im)
			if err != nil {
				t.Fatal(err)
			}
			dim := layers[len(layers)-1].Columns[1]
			got := make([]float32, im.N*dim)
			if err := e.net.Encode(got, im); err != nil {
				t.Fatal(err)
			}
			want := channelsLast(floats("features_nchw_flat"), layers, dim)
			diff := testcheck.Difference(t, got, want)
			t.Logf("relative error %.2g", diff)
			if diff > 1e-4 { // DESIGN: 1e-4 relative
				t.Errorf("features differ by %g of the largest", diff)
			}
		})
	}
}

// channelsLast reorders rows whose layers are C×H×W to H×W×C.
func channelsLast(in []float32, layers []matrix.Layer, dim int) []float32 {
	out := make([]float32, len(in))
	for r := 0; r < len(in); r += dim {
		for _, l := range layers {
			src, dst := in[r+l.Columns[0]:], out[r+l.Columns[0]:]
			for c := range l.Channels {
				for p := range l.Height * l.Width {
					dst[p*l.Channels+c] = src[c*l.Height*l.Width+p]
				}
			}
		}
	}
	return out
}

// Pooling against a loop over the unpooled activations.
func TestPooling(t *testing.T) {
	ds := noise(8, 3)
	dir := t.TempDir()
	whole := extract(t, open(t, "random:svhn32,width=2", Options{Pooling: store.PoolNone}), ds, filepath.Join(dir, "none"))
	_, full := rowsOf(t, filepath.Join(dir, "none"), datasets.Test)
	for _, o := range []Options{{Pooling: store.PoolMax}, {Pooling: store.PoolMean}, {Pooling: store.PoolMax, Grid: 2}} {
		name := filepath.Join(dir, string(o.Pooling)+string(rune('0'+o.Grid)))
		m := extract(t, open(t, "random:svhn32,width=2", o), ds, name)
		_, got := rowsOf(t, name, datasets.Test)
		for row := range 3 {
			for i, l := range m.Layers {
				in := full[row*whole.Dim+whole.Layers[i].Columns[0]:]
				out := got[row*m.Dim+l.Columns[0]:]
				checkPool(t, o, in, out, whole.Layers[i], l)
			}
		}
	}
}

func checkPool(t *testing.T, o Options, in, out []float32, whole, pooled matrix.Layer) {
	t.Helper()
	cell := whole.Height / pooled.Height
	for y := range pooled.Height {
		for x := range pooled.Width {
			for c := range pooled.Channels {
				best, sum, size := math.Inf(-1), 0.0, 0.0
				for dy := range cell {
					for dx := range cell {
						v := float64(in[((y*cell+dy)*whole.Width+x*cell+dx)*whole.Channels+c])
						best, sum, size = max(best, v), sum+v, size+math.Abs(v)
					}
				}
				want, bound := best, 0.0
				if o.Pooling == store.PoolMean {
					want = sum / float64(cell*cell)
					bound = 0x1p-23 * size // float32 sum of n terms: (n-1)·2⁻²⁴·Σ|v|, over n, and a product
				}
				got := float64(out[(y*pooled.Width+x)*pooled.Channels+c])
				if math.Abs(got-want) > bound {
					t.Fatalf("%s of layer %s at %d,%d,%d is %g, want %g", o.Pooling, pooled.Name, y, x, c, got, want)
				}
			}
		}
	}
}

func TestLayersAreColumns(t *testing.T) {
	ds := noise(8, 3)
	dir := t.TempDir()
	all := extract(t, open(t, "random:svhn32,width=2", Options{}), ds, filepath.Join(dir, "all"))
	one := extract(t, open(t, "random:svhn32,width=2", Options{Layers: []string{"conv3"}}), ds, filepath.Join(dir, "one"))
	if all.Dim != (2+4+8)*16 || one.Dim != 8*16 {
		t.Fatalf("dimensions %d and %d, want %d and %d", all.Dim, one.Dim, 14*16, 8*16)
	}
	_, a := rowsOf(t, filepath.Join(dir, "all"), datasets.Test)
	_, b := rowsOf(t, filepath.Join(dir, "one"), datasets.Test)
	lo := all.Layers[2].Columns[0]
	for r := range 3 {
		if e := testcheck.Difference(t, a[r*all.Dim+lo:(r+1)*all.Dim], b[r*one.Dim:(r+1)*one.Dim]); e != 0 {
			t.Errorf("row %d: columns of conv3 differ by %g", r, e)
		}
	}
}

func TestPixels(t *testing.T) {
	ds := noise(3, 2)
	dir := t.TempDir()
	m := extract(t, open(t, "pixels", Options{BatchSize: 2}), ds, dir)
	shape, got := rowsOf(t, dir, datasets.Train)
	if m.Dim != 3072 || shape[0] != 3 {
		t.Fatalf("matrix %v, dim %d, want 3×3072", shape, m.Dim)
	}
	for i, v := range ds.Splits[0].Images.Data {
		if want := float32(float64(v)/127.5 - 1); got[i] != want {
			t.Fatalf("pixel %d is %g, want %g", i, got[i], want)
		}
	}
}

func TestHalf(t *testing.T) {
	ds := noise(8, 3)
	dir := t.TempDir()
	extract(t, open(t, "random:svhn32,width=2", Options{}), ds, filepath.Join(dir, "single"))
	m := extract(t, open(t, "random:svhn32,width=2", Options{Half: true}), ds, filepath.Join(dir, "half"))
	_, want := rowsOf(t, filepath.Join(dir, "single"), datasets.Test)
	_, bits, err := npy.Read[uint16](filepath.Join(dir, "half", "test_features.npy"))
	if err != nil {
		t.Fatal(err)
	}
	if m.DType == "" || len(bits) != len(want) {
		t.Fatalf("dtype %q, %d values, want %d", m.DType, len(bits), len(want))
	}
	for i, b := range bits {
		if npy.Float16ToFloat32(b) != npy.Float16ToFloat32(npy.Float32ToFloat16(want[i])) {
			t.Fatalf("value %d is %g, want %g rounded", i, npy.Float16ToFloat32(b), want[i])
		}
	}
}

// stopAfter cancels a context once n units of work are done.
type stopAfter struct {
	left   int64
	cancel context.CancelFunc
}

func (s *stopAfter) Start(string, int64, string) progress.Task { return s }
func (s *stopAfter) Note(string)                               {}
func (s *stopAfter) Done()                                     {}
func (s *stopAfter) Add(n int64) {
	if atomic.AddInt64(&s.left, -n) <= 0 { // some tasks are told of by several goroutines
		s.cancel()
	}
}

// Wherever an extraction is interrupted, in the statistics or in either split,
// it goes on to the same bytes.
func TestInterruptedExtraction(t *testing.T) {
	ds := noise(300, 40)
	spec, o := "random:svhn32,width=1", Options{BatchSize: 16}
	whole := t.TempDir()
	extract(t, open(t, spec, o), ds, whole)
	for _, after := range []int64{1, 200, 300 + 10, 300 + 200, 300 + 300 + 10} {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(context.Background())
		_, err := open(t, spec, o).Extract(ctx, ds, dir, &stopAfter{after, cancel})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("after %d: error %v, want one wrapping context.Canceled", after, err)
		}
		if _, err := store.ReadMeta(dir); err == nil {
			t.Fatalf("after %d: an unfinished folder has a meta.json", after)
		}
		extract(t, open(t, spec, o), ds, dir)
		for _, f := range []string{"train_features.npy", "test_features.npy", "train_labels.npy", "test_ids.txt"} {
			want, _ := os.ReadFile(filepath.Join(whole, f))
			got, err := os.ReadFile(filepath.Join(dir, f))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("after %d: %s differs from an uninterrupted run (%v)", after, f, err)
			}
		}
		left, _ := filepath.Glob(filepath.Join(dir, "*.part"))
		if len(left) > 0 {
			t.Errorf("after %d: %v stay", after, left)
		}
	}
}

// An encoder that was used on one data set gathers anew for another.
func TestStatisticsBelongToTheData(t *testing.T) {
	a, b := noise(40, 3), noise(40, 3)
	b.Hash = "other"
	for i := range b.Splits[0].Images.Data {
		b.Splits[0].Images.Data[i] /= 4
	}
	used := open(t, "random:svhn32,width=2", Options{})
	extract(t, used, a, t.TempDir())
	dir, fresh := t.TempDir(), t.TempDir()
	extract(t, used, b, dir)
	extract(t, open(t, "random:svhn32,width=2", Options{}), b, fresh)
	_, got := rowsOf(t, dir, datasets.Test)
	_, want := rowsOf(t, fresh, datasets.Test)
	if e := testcheck.Difference(t, got, want); e != 0 {
		t.Errorf("features differ by %g from those of a fresh encoder", e)
	}
}

// A process killed around the renaming of a matrix leaves states from which the
// extraction ends with the same bytes.
func TestKilledExtraction(t *testing.T) {
	ds := noise(40, 10)
	spec, o := "random:svhn32,width=1", Options{BatchSize: 8}
	whole := t.TempDir()
	m := extract(t, open(t, spec, o), ds, whole)
	want, err := os.ReadFile(filepath.Join(whole, "train_features.npy"))
	if err != nil {
		t.Fatal(err)
	}
	write := func(path string, b []byte) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, kill := range map[string]struct {
		rows        int
		part, final []byte
	}{
		"before the rename":   {40, want, nil},
		"after the rename":    {40, nil, want},
		"part removed":        {16, nil, nil},
		"part cut short":      {16, want[:300], nil},
		"part longer than it": {16, want, nil},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			x := &extraction{dir: dir, meta: m, state: unfinished{CacheKey: m.CacheKey, Backend: "go", Rows: map[string]int{"train": kill.rows}}}
			if err := x.save(); err != nil {
				t.Fatal(err)
			}
			if kill.part != nil {
				write(filepath.Join(dir, "train_features.npy.part"), kill.part)
			}
			if kill.final != nil {
				write(filepath.Join(dir, "train_features.npy"), kill.final)
			}
			extract(t, open(t, spec, o), ds, dir)
			if got, err := os.ReadFile(filepath.Join(dir, "train_features.npy")); err != nil || !bytes.Equal(got, want) {
				t.Errorf("the matrix differs from an uninterrupted run (%v)", err)
			}
		})
	}
	dir := t.TempDir()
	x := &extraction{dir: dir, meta: m, state: unfinished{CacheKey: "another", Rows: map[string]int{"train": 40}}}
	if err := x.save(); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, spec, o).Extract(context.Background(), ds, dir, nil); !errors.Is(err, ErrOther) {
		t.Errorf("a folder with an unfinished extraction of other features: error %v, want ErrOther", err)
	}
}

// Weights of 1e15, which one step at an absurd learning rate leaves, overflow when they are squared.
func TestBrokenWeightsAreNamed(t *testing.T) {
	b := cpu(t)
	a, err := dcgan.NewArch("svhn32", 1)
	if err != nil {
		t.Fatal(err)
	}
	ds := noise(8, 2)
	run := t.TempDir()
	o := dcgan.Options{Arch: a, Batch: 4, Steps: 2, LearningRate: 1e15, Samples: 2}
	if _, err := dcgan.Run(context.Background(), run, train.Data{Images: ds.Splits[0].Images, Name: "noise"}, b, o); err != nil {
		t.Fatal(err)
	}
	_, err = open(t, "dcgan:"+run, Options{}).Extract(context.Background(), ds, t.TempDir(), nil)
	if err == nil || !strings.Contains(err.Error(), "not finite") {
		t.Errorf("error %v, want one that says that a value is not finite", err)
	}
}

func TestFolderWithOtherFeatures(t *testing.T) {
	ds := noise(8, 3)
	dir := t.TempDir()
	first := extract(t, open(t, "random:svhn32,width=2", Options{}), ds, dir)
	again := extract(t, open(t, "random:svhn32,width=2", Options{}), ds, dir)
	if again.Seconds != first.Seconds {
		t.Error("features that were there already were made again")
	}
	for name, o := range map[string]Options{"seed": {Seed: new(uint64(2))}, "pooling": {Pooling: store.PoolMean}, "dtype": {Half: true}} {
		_, err := open(t, "random:svhn32,width=2", o).Extract(context.Background(), ds, dir, nil)
		if !errors.Is(err, ErrOther) {
			t.Errorf("another %s: error %v, want ErrOther", name, err)
		}
	}
}

func TestErrors(t *testing.T) {
	b, bare := cpu(t), filepath.Join(t.TempDir(), "net.onnx")
	if err := os.WriteFile(bare, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, spec string
		o          Options
		want       string
	}{
		{"unknown kind", "resnet:50", Options{}, "unknown encoder"},
		{"unknown architecture", "random:vgg", Options{}, "unknown architecture"},
		{"bad width", "random:svhn32,width=x", Options{}, "width=N"},
		{"unknown layer", "random:svhn32,width=2", Options{Layers: []string{"conv9"}}, "conv9"},
		{"layers of pixels", "pixels", Options{Layers: []string{"conv1"}}, "no layers"},
		{"grid", "random:svhn32,width=2", Options{Grid: 3}, "does not divide"},
		{"running of a random model", "random:svhn32,width=2", Options{BatchNorm: store.Running}, "no running"},
		{"pooling", "pixels", Options{Pooling: "median"}, "median"},
		{"batch norm", "pixels", Options{BatchNorm: "eval"}, "eval"},
		{"no run", "dcgan:" + t.TempDir(), Options{}, "not a run folder"},
		{"no run, bare", t.TempDir(), Options{}, "not a run folder"},
		{"a bare file", bare, Options{}, "give it as onnx:" + bare},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Open(tt.spec, b, tt.o)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
	e := open(t, "random:dcgan64,width=2", Options{})
	if _, err := e.Extract(context.Background(), noise(4, 2), t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "64×64×3") {
		t.Errorf("wrong image size: error %v", err)
	}
	testOnly := noise(4, 2)
	testOnly.Splits = testOnly.Splits[1:]
	if _, err := open(t, "random:svhn32,width=2", Options{}).Extract(context.Background(), testOnly, t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "training images") {
		t.Errorf("fixed statistics without training images: error %v", err)
	}
}
