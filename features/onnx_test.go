package features

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/internal/netfile"
	"repbench/features/matrix"
	"repbench/features/store"
	"repbench/internal/npy"
	"repbench/internal/testcheck"
)

// The networks of internal/onnx/testdata take images of 32×32: convnet gives a
// vector of 10 (y0) and maps of 4×4×12 (y1), transformer a vector of 24 (y0) and
// 17 tokens of 24 (y1), both for any batch; convnet_fixed is for batches of 2.
func testNet(name string) string {
	return "onnx:" + filepath.Join("internal", "onnx", "testdata", name+".onnx")
}

// onePer is the largest difference allowed between features of one image in
// batches of other sizes: sums of at most 200 products may be added up otherwise.
const onePer = 2e-6

func TestNetworkDoesNotDependOnTheBatch(t *testing.T) {
	ds := noise(9, 4)
	for _, spec := range []string{testNet("convnet"), testNet("convnet_fixed"), testNet("transformer") + ",output=y1"} {
		var want []float32
		for _, size := range []int{16, 1, 4} {
			dir := t.TempDir()
			extract(t, open(t, spec, Options{BatchSize: size, Pooling: store.PoolMean, Grid: 1}), ds, dir)
			_, train := rowsOf(t, dir, datasets.Train)
			_, test := rowsOf(t, dir, datasets.Test)
			got := append(train, test...)
			if want == nil {
				want = got
			}
			if e := testcheck.Difference(t, got, want); e > onePer {
				t.Errorf("%s: features at batch %d differ by %g from those at 16", spec, size, e)
			}
		}
		if v := want[:len(want)/13]; slices.Equal(v, want[len(v):2*len(v)]) {
			t.Errorf("%s: two images have the same features", spec)
		}
	}
}

// From pixels to features, against PyTorch with ImageNet's means and deviations
// (internal/onnx/testdata/make.py).
func TestNetworkAgainstPyTorch(t *testing.T) {
	read := func(name string) string {
		return filepath.Join("internal", "onnx", "testdata", "convnet_"+name+".npy")
	}
	dims, pixels, err := npy.Read[uint8](read("pixels"))
	if err != nil {
		t.Fatal(err)
	}
	_, want, err := npy.Read[float32](read("out"))
	if err != nil {
		t.Fatal(err)
	}
	im := datasets.Images{Data: pixels, N: dims[0], H: dims[1], W: dims[2], C: dims[3]}
	got := make([]float32, im.N*10)
	if err := open(t, testNet("convnet")+",norm=imagenet", Options{BatchSize: 4}).net.Encode(got, im); err != nil {
		t.Fatal(err)
	}
	if e := testcheck.Difference(t, got, want[:len(got)]); e > 2e-6 { // sums of up to 200 float32 products, seven layers
		t.Errorf("features differ by %g of the largest from PyTorch's", e)
	}
}

// Settings that mean the same give the same features, others do not.
func TestNetworkIsFedAsItSays(t *testing.T) {
	ds := noise(3, 2)
	plain := features(t, testNet("transformer")+",scale=1,mean=0,std=1", Options{}, ds)
	for _, tt := range []struct {
		name, settings string
		equal          bool
	}{
		{"the same by mean and deviation", ",scale=2,mean=0,std=2", true},
		{"by the default scale", ",mean=0,std=0.00392156862745098", true},
		{"by a fraction", ",scale=3/3", true},
		{"blue first", ",scale=1,color=bgr", false},
		{"another mean", ",scale=1,mean=1,2,3", false},
		{"another default", "", false},
	} {
		got := features(t, testNet("transformer")+tt.settings, Options{}, ds)
		if e := testcheck.Difference(t, got, plain); (e <= 1e-5) != tt.equal {
			t.Errorf("%s: features differ by %g", tt.name, e)
		}
	}
	swapped := noise(3, 2)
	for _, s := range swapped.Splits {
		for i := 0; i < len(s.Images.Data); i += 3 {
			s.Images.Data[i], s.Images.Data[i+2] = s.Images.Data[i+2], s.Images.Data[i]
		}
	}
	norm := ",norm=imagenet"
	if e := testcheck.Difference(t, features(t, testNet("convnet")+norm+",color=bgr", Options{}, swapped), features(t, testNet("convnet")+norm, Options{}, ds)); e != 0 {
		t.Errorf("blue first of images with red and blue exchanged differs by %g", e)
	}
	torchvision := features(t, testNet("convnet")+",mean=0.485,0.456,0.406,std=0.229,0.224,0.225", Options{}, ds)
	if e := testcheck.Difference(t, torchvision, features(t, testNet("convnet")+norm, Options{}, ds)); e != 0 {
		t.Errorf("norm=imagenet differs by %g from its numbers", e)
	}
}

// features are the features of the training images.
func features(t *testing.T, spec string, o Options, ds *datasets.Dataset) []float32 {
	t.Helper()
	o.BatchSize = 4 // rows do not depend on it, and this is quicker
	dir := t.TempDir()
	extract(t, open(t, spec, o), ds, dir)
	_, x := rowsOf(t, dir, datasets.Train)
	return x
}

// (x·scale - mean)/std of each pixel, by the network's own channels, against a loop.
func TestNetInputByDefinition(t *testing.T) {
	in := netfile.Input{NetInput: store.NetInput{Height: 2, Width: 2, Channels: 3, Color: netfile.ColorBGR, Scale: 1. / 255, Mean: []float64{.1, .2, .3}, Std: []float64{.5, .6, .7}}}
	im := noise(2, 1).Splits[0].Images
	im = datasets.Images{Data: im.Data[:24], N: 2, H: 2, W: 2, C: 3}
	got := entered(t, in, im)
	for i, v := range got {
		c := i % 3
		want := (float64(im.Data[i-c+2-c])/255 - in.Mean[c]) / in.Std[c]
		if math.Abs(float64(v)-want) > 1e-6 { // some ulp of values up to 2
			t.Errorf("value %d is %g, want %g", i, v, want)
		}
	}
	in.Color, in.Scale = netfile.ColorGrey, 1
	im = datasets.Images{Data: im.Data[:8], N: 2, H: 2, W: 2, C: 1}
	for i, v := range entered(t, in, im) {
		if want := (float64(im.Data[i/3]) - in.Mean[i%3]) / in.Std[i%3]; math.Abs(float64(v)/want-1) > 1e-6 {
			t.Errorf("grey: value %d is %g, want %g", i, v, want)
		}
	}
}

// PyTorch's antialiased interpolation (testdata/resample.py), in float64 there.
func TestResamplingAgainstPyTorch(t *testing.T) {
	_, pixels, err := npy.Read[uint8](filepath.Join("testdata", "resample_in.npy"))
	if err != nil {
		t.Fatal(err)
	}
	im := datasets.Images{Data: pixels, N: 1, H: 13, W: 20, C: 3}
	for _, method := range []string{netfile.ResizeBilinear, netfile.ResizeBicubic} {
		for _, size := range [][2]int{{5, 7}, {32, 24}} {
			in := netfile.Input{NetInput: store.NetInput{Height: size[0], Width: size[1], Channels: 3, Color: netfile.ColorRGB, Scale: 1, Mean: make([]float64, 3), Std: []float64{1, 1, 1}, Resize: method}}
			_, want, err := npy.Read[float32](filepath.Join("testdata", fmt.Sprintf("resample_%s_%dx%d.npy", method, size[0], size[1])))
			if err != nil {
				t.Fatal(err)
			}
			got := entered(t, in, im)
			for i, v := range want {
				if d := math.Abs(float64(got[i] - v)); d > 1e-4 { // float32 sums of values up to 255
					t.Fatalf("%s to %v: value %d is %g, PyTorch's %g", method, size, i, got[i], v)
				}
			}
		}
	}
}

// Maps are pooled to the grid, tokens are picked or pooled, vectors are kept.
func TestNetworkOutputs(t *testing.T) {
	tests := []struct {
		name, spec string
		o          Options
		want       matrix.Layer
		pooling    store.Pooling
		grid       int
	}{
		{"vector", testNet("convnet"), Options{Pooling: store.PoolMean, Grid: 2}, matrix.Layer{Name: "y0", Columns: [2]int{0, 10}, Height: 1, Width: 1, Channels: 10}, "", 0},
		{"maps", testNet("convnet") + ",output=y1", Options{Grid: 2}, matrix.Layer{Name: "y1", Columns: [2]int{0, 48}, Height: 2, Width: 2, Channels: 12}, store.PoolMax, 2},
		{"whole maps", testNet("convnet") + ",output=y1", Options{Pooling: store.PoolNone}, matrix.Layer{Name: "y1", Columns: [2]int{0, 192}, Height: 4, Width: 4, Channels: 12}, store.PoolNone, 0},
		{"tokens", testNet("transformer") + ",output=y1", Options{Pooling: store.PoolMean}, matrix.Layer{Name: "y1", Columns: [2]int{0, 24}, Height: 1, Width: 1, Channels: 24}, store.PoolMean, 0},
		{"whole tokens", testNet("transformer") + ",output=y1", Options{Pooling: store.PoolNone}, matrix.Layer{Name: "y1", Columns: [2]int{0, 17 * 24}, Height: 17, Width: 1, Channels: 24}, store.PoolNone, 0},
		{"one token", testNet("transformer") + ",output=y1,token=0", Options{}, matrix.Layer{Name: "y1", Columns: [2]int{0, 24}, Height: 1, Width: 1, Channels: 24}, "", 0},
	}
	ds := noise(3, 1)
	got := map[string][]float32{}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			tt.o.BatchSize = 4
			m := extract(t, open(t, tt.spec, tt.o), ds, dir)
			if !slices.Equal(m.Layers, []matrix.Layer{tt.want}) || m.Pooling != tt.pooling || m.Grid != tt.grid || m.BatchNorm != "" {
				t.Errorf("layers %+v, pooling %q, grid %d, batch norm %q", m.Layers, m.Pooling, m.Grid, m.BatchNorm)
			}
			_, got[tt.name] = rowsOf(t, dir, datasets.Train)
		})
	}
	whole, pooled := matrix.Layer{Height: 4, Width: 4, Channels: 12}, matrix.Layer{Name: "y1", Height: 2, Width: 2, Channels: 12}
	checkPool(t, Options{Pooling: store.PoolMax}, got["whole maps"], got["maps"], whole, pooled)
	if e := testcheck.Difference(t, got["one token"][:24], got["whole tokens"][:24]); e != 0 {
		t.Errorf("token 0 differs by %g from the first of all", e)
	}
	for c := range 24 {
		sum := 0.0
		for k := range 17 {
			sum += float64(got["whole tokens"][k*24+c])
		}
		if d := math.Abs(sum/17 - float64(got["tokens"][c])); d > 1e-6 { // 17 values of order 1
			t.Errorf("mean of column %d differs by %g", c, d)
		}
	}
}

// All settings are in meta.json and in the key; the file's name is not.
func TestNetworkKey(t *testing.T) {
	ds := noise(3, 1)
	b, err := os.ReadFile(strings.TrimPrefix(testNet("convnet"), "onnx:"))
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.onnx")
	if err := os.WriteFile(copied, b, 0o644); err != nil {
		t.Fatal(err)
	}
	key := func(spec string, o Options) string {
		k, err := open(t, spec, o).CacheKey(ds)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	first := key(testNet("convnet"), Options{})
	if key("onnx:"+copied, Options{BatchSize: 3, Pooling: store.PoolMean}) != first {
		t.Error("the key follows the file's name, the batch size or a pooling that is not used")
	}
	seen := map[string]string{first: "first"}
	for _, s := range []string{"color=bgr", "norm=imagenet", "scale=1", "mean=0.5", "std=0.5", "output=y1", "resize=bilinear", "resize=bicubic"} {
		k := key(testNet("convnet")+","+s, Options{})
		if seen[k] != "" {
			t.Errorf("%s has the key of %s", s, seen[k])
		}
		seen[k] = s
	}
	dir := t.TempDir()
	m := extract(t, open(t, testNet("convnet")+",norm=imagenet,resize=bicubic", Options{BatchSize: 4}), ds, dir)
	text, err := json.Marshal(m.Input)
	want := `{"height":32,"width":32,"channels":3,"layout":"nchw","color":"rgb","scale":0.00392156862745098,` +
		`"mean":[0.485,0.456,0.406],"std":[0.229,0.224,0.225],"resize":"bicubic","output":"y0"}`
	if err != nil || string(text) != want {
		t.Errorf("input is recorded as %s (%v), want %s", text, err, want)
	}
	if len(m.Notes) != 1 || !strings.Contains(m.Notes[0], "not known") {
		t.Errorf("notes are %q", m.Notes)
	}
}

// Images of another size are refused, or resampled where that is asked for.
func TestNetworkImageSizes(t *testing.T) {
	im := datasets.Images{N: 1, H: 20, W: 24, C: 3, Data: make([]uint8, 20*24*3)}
	if _, err := open(t, testNet("convnet"), Options{}).Layers(im); err == nil || !strings.Contains(err.Error(), "resize=bilinear") {
		t.Errorf("error %v, want one that names resize=bilinear", err)
	}
	e := open(t, testNet("convnet")+",resize=bilinear", Options{})
	if _, err := e.Layers(im); err != nil || e.ImageSize() != 0 {
		t.Errorf("with resize: error %v, image size %d, want any", err, e.ImageSize())
	}
	grey := datasets.Images{N: 1, H: 32, W: 32, C: 1, Data: make([]uint8, 32*32)}
	if _, err := e.Layers(grey); err == nil || !strings.Contains(err.Error(), "color=grey") {
		t.Errorf("error %v, want one that names color=grey", err)
	}
	colour := grey
	colour.C, colour.Data = 3, make([]uint8, 3*len(grey.Data))
	if _, err := open(t, testNet("convnet")+",color=grey", Options{}).Layers(colour); err == nil || !strings.Contains(err.Error(), "crop=center after the file's name makes them grey") {
		t.Errorf("colour images for a network of one channel: %v", err)
	}
	if _, err := open(t, testNet("convnet")+",color=grey", Options{}).Layers(grey); err != nil {
		t.Error(err)
	}
}

func TestNetworkErrors(t *testing.T) {
	tests := []struct {
		name, spec string
		o          Options
		want       string
	}{
		{"no file", "onnx:", Options{}, "missing"},
		{"absent", "onnx:none.onnx", Options{}, "none.onnx"},
		{"not a model", "onnx:onnx_test.go", Options{}, "not a readable ONNX model"},
		{"unknown setting", testNet("convnet") + ",speed=2", Options{}, "speed"},
		{"no value", testNet("convnet") + ",norm", Options{}, "key=value"},
		{"twice", testNet("convnet") + ",size=32,size=32", Options{}, "twice"},
		{"norm and mean", testNet("convnet") + ",norm=imagenet,mean=0", Options{}, "norm="},
		{"two means", testNet("convnet") + ",mean=1,2", Options{}, "2 numbers"},
		{"std of zero", testNet("convnet") + ",std=1,0,1", Options{}, "std"},
		{"scale of zero", testNet("convnet") + ",scale=0", Options{}, "scale"},
		{"scale over zero", testNet("convnet") + ",scale=1/0", Options{}, "scale"},
		{"method", testNet("convnet") + ",resize=lanczos", Options{}, "bilinear or bicubic or nearest"},
		{"size", testNet("convnet") + ",size=64", Options{}, "32×32"},
		{"layout", testNet("convnet") + ",layout=nhwc", Options{}, "layout=nchw"},
		{"output", testNet("convnet") + ",output=logits", Options{}, `"y0" "y1"`},
		{"token of a vector", testNet("convnet") + ",token=0", Options{}, "no sequence"},
		{"token beyond", testNet("transformer") + ",output=y1,token=17", Options{}, "17 tokens"},
		{"grid", testNet("convnet") + ",output=y1", Options{Grid: 3}, "does not divide"},
		{"layers", testNet("convnet"), Options{Layers: []string{"y1"}}, "output=NAME"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Open(tt.spec, cpu(t), tt.o)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
	broken := open(t, testNet("convnet")+",scale=1e38", Options{BatchSize: 4})
	if err := broken.net.Encode(make([]float32, 30), noise(3, 1).Splits[0].Images); err == nil || !strings.Contains(err.Error(), "scale") {
		t.Errorf("features that are not finite: error %v", err)
	}
}

// Any text after "onnx:" is understood or refused.
func FuzzNetSpec(f *testing.F) {
	for _, s := range []string{"a.onnx", "a.onnx,size=224,norm=imagenet,output=x", "a,mean=1,2,3,std=0.5,scale=1/255", "a,token=3,size=3x4,color=bgr", ",=", "a,mean=nan"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		file, in, err := netfile.ParseNet(s)
		if err != nil {
			return
		}
		if file == "" || in.Scale-in.Scale != 0 || slices.ContainsFunc(slices.Concat(in.Mean, in.Std), func(v float64) bool { return v-v != 0 }) {
			t.Errorf("%q was read as %q, %+v", s, file, in)
		}
		if in.Resolve([]int{0, 3, 0, 0}) == nil && (in.Height < 1 || in.Width < 1 || len(in.Mean) != 3 || len(in.Std) != 3) {
			t.Errorf("%q was resolved to %+v", s, in)
		}
	})
}

// entered is what the network is fed of images.
func entered(t *testing.T, in netfile.Input, im datasets.Images) []float32 {
	t.Helper()
	exec, err := graph.NewExec(cpu(t).Compute, func(images *graph.Node) *graph.Node { return in.Enter(images, dtypes.Float32) })
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	y, err := exec.Call1(encoder.ImageTensor(im, im.N))
	if err != nil {
		t.Fatal(err)
	}
	out, err := tensors.CopyFlatData[float32](y)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
