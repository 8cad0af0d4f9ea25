package vis_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/backends/backendtest"
	kept "repbench/internal/cache"
	"repbench/internal/npy"
	"repbench/train/convolution"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/vistest"
)

// Images of both modes were made with PyTorch.
func TestImagesGolden(t *testing.T) {
	b := backendtest.CPU(t)
	shape, z := vistest.Array[float32](t, "walk_frames_z")
	for mode, name := range map[vis.BatchNorm]string{vis.Fixed: "walk_fixed", vis.Batch: "walk_batch"} {
		g := vistest.Generator(t, b, mode)
		im, err := g.Images(t.Context(), z, shape[0])
		if err != nil {
			t.Fatal(err)
		}
		vistest.Close(t, name, im.Data, vistest.Floats(t, name), vistest.Tolerance)
	}
}

func tiny(t *testing.T, arch string) *dcgan.Model {
	t.Helper()
	a, err := dcgan.NewArch(arch, 1)
	if err != nil {
		t.Fatal(err)
	}
	m := dcgan.NewModel(a, 3)
	m.Lowering = convolution.Native
	return m
}

// An image of the mode fixed depends on its own z alone, and the statistics that were kept are
// the images of a generator that was opened anew.
func TestFixedImages(t *testing.T) {
	b, cache := backendtest.CPU(t), t.TempDir()
	m := tiny(t, "svhn32")
	open := func() *vis.Generator {
		t.Helper()
		g, err := vis.New(t.Context(), m, b, vis.Options{Cache: cache})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(g.Close)
		return g
	}
	g := open()
	const n = vis.BatchSize + 3
	z := m.Arch.Prior.DrawZ(n, m.Arch.ZDim, 7)
	all, err := g.Images(t.Context(), z, n)
	if err != nil || all.N != n {
		t.Fatalf("%d images, %v", all.N, err)
	}
	size := len(all.Data) / n
	for _, i := range []int{0, vis.BatchSize, n - 1} {
		one, err := open().Images(t.Context(), z[i*m.Arch.ZDim:(i+1)*m.Arch.ZDim], 1)
		if err != nil {
			t.Fatal(err)
		}
		vistest.Close(t, "an image alone", one.Data, all.Data[i*size:(i+1)*size], 1e-5)
	}
	files, err := filepath.Glob(filepath.Join(cache, "*", "statistics.npy"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v; want one of the generator", files, err)
	}
	if again := open(); !slices.Equal(again.Stats[1].Variance, g.Stats[1].Variance) {
		t.Error("kept statistics differ")
	}
	// What is kept is used: changed statistics change the images.
	var flat []float32
	for _, s := range g.Stats {
		flat = append(append(flat, s.Mean...), s.Variance...)
	}
	flat[len(flat)-1] *= 4
	if err := kept.WriteFloats(files[0], flat); err != nil {
		t.Fatal(err)
	}
	if changed := open(); changed.Stats[2].Variance[0] == g.Stats[2].Variance[0] && slices.Equal(changed.Stats[2].Variance, g.Stats[2].Variance) {
		t.Error("kept statistics are not used")
	}
	if err := npy.Write(files[0], []int{3}, flat[:3]); err != nil {
		t.Fatal(err)
	}
	// Where one bit is another, or the file is of another size, they are computed again and said so.
	var notes []string
	for range 3 {
		again, err := vis.New(t.Context(), m, b, vis.Options{Cache: cache, Note: func(text string) { notes = append(notes, text) }})
		if err != nil || !slices.Equal(again.Stats[2].Variance, g.Stats[2].Variance) {
			t.Fatalf("after damage: %v", err)
		}
		again.Close()
		whole, err := os.ReadFile(files[0])
		if err != nil || len(notes) > 2 {
			t.Fatal(notes, err)
		}
		if len(notes) == 1 {
			whole[len(whole)-200] ^= 1
			if err := os.WriteFile(files[0], whole, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(notes) != 2 || !strings.Contains(notes[0], "holds 3 values") || !strings.Contains(notes[1], "another hash") {
		t.Errorf("notes %q", notes)
	}
}

func TestImagesErrors(t *testing.T) {
	b := backendtest.CPU(t)
	m := tiny(t, "imagenet32")
	g, err := vis.New(t.Context(), m, b, vis.Options{BatchNorm: vis.Batch})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	z := make([]float32, 2*m.Arch.ZDim)
	if _, err := g.Images(t.Context(), z[:m.Arch.ZDim], 1); err == nil || !strings.Contains(err.Error(), "fixed") {
		t.Errorf("one image of the mode batch: %v", err)
	}
	z[3] = 1.5
	if _, err := g.Images(t.Context(), z, 2); err == nil || !strings.Contains(err.Error(), "outside [-1, 1]") {
		t.Errorf("z outside the prior: %v", err)
	}
	if im, err := g.ImagesBeyond(t.Context(), z, 2); err != nil || im.N != 2 {
		t.Errorf("computed z: %v", err)
	}
	z[3] = float32(math.Inf(1))
	if _, err := g.ImagesBeyond(t.Context(), z, 2); err == nil {
		t.Error("an infinite z passes")
	}
}

// What has no generator is an error that says what has one.
func TestOpenWithoutGenerator(t *testing.T) {
	b := backendtest.CPU(t)
	dir := t.TempDir()
	onnx := filepath.Join(dir, "m.onnx")
	auto := filepath.Join(dir, "auto")
	for path, text := range map[string]string{onnx: "x", filepath.Join(auto, "config.json"): `{"arch": "autoencoder"}`} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for spec, want := range map[string]string{
		"pixels": "no DCGAN", "kmeans:8": "no DCGAN", "onnx:" + onnx: "no DCGAN", onnx: "is a file",
		auto: "not of a DCGAN", dir: "config.json", "random:nothing": "unknown architecture", "theano:" + dir: "released",
	} {
		if _, err := vis.Open(t.Context(), spec, b, vis.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", spec, err, want)
		}
	}
}

func TestReadZ(t *testing.T) {
	a := tiny(t, "imagenet32").Arch
	path := filepath.Join(t.TempDir(), "z.npy")
	z := a.Prior.DrawZ(2, a.ZDim, 1)
	for name, tt := range map[string]struct {
		shape []int
		at3   float32
		want  string
	}{
		"good":        {[]int{2, 256}, 0.5, ""},
		"one":         {[]int{256}, 0.5, ""},
		"wrong width": {[]int{4, 128}, 0.5, "N×256"},
		"outside":     {[]int{2, 256}, -1.25, "outside [-1, 1]"},
		"not finite":  {[]int{2, 256}, float32(math.NaN()), "NaN"},
		"empty":       {[]int{0, 256}, 0, "no z"},
	} {
		n := 1
		for _, d := range tt.shape {
			n *= d
		}
		values := slices.Clone(z[:n])
		if n > 3 {
			values[3] = tt.at3
		}
		if err := npy.Write(path, tt.shape, values); err != nil {
			t.Fatal(err)
		}
		_, rows, err := vis.ReadZ(path, a)
		if tt.want == "" && (err != nil || rows*a.ZDim != n) || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %d rows, error %v, want %q", name, rows, err, tt.want)
		}
	}
}
