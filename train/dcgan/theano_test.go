package dcgan

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/backends/backendtest"
	"repbench/internal/npy"
	"repbench/internal/testenv"
	"repbench/train"
)

// goldenTolerance is relative to the largest absolute value: two float32 programs that add
// 4,096 terms in different orders may differ by as much.
const goldenTolerance = 1e-4

func portable(t testing.TB) *backends.Backend {
	t.Helper()
	testenv.NeedPortable(t)
	b, err := backends.Open(backends.Go)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// relativeError is max|a-b| / max|b|.
func relativeError(t *testing.T, got, want []float32) float64 {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d values, want %d", len(got), len(want))
	}
	var diff, scale float64
	for i := range got {
		d := math.Abs(float64(got[i]) - float64(want[i]))
		if math.IsNaN(d) {
			t.Fatalf("value %d is %g, want %g", i, got[i], want[i])
		}
		diff = max(diff, d)
		scale = max(scale, math.Abs(float64(want[i])))
	}
	return diff / scale
}

func readFloats(t *testing.T, path string) []float32 {
	t.Helper()
	_, data := readShaped[float32](t, path)
	return data
}

func readShaped[T npy.Elem](t *testing.T, path string) (shape []int, data []T) {
	t.Helper()
	shape, data, err := npy.Read[T](path)
	if err != nil {
		t.Fatal(err)
	}
	return shape, data
}

func releasedModel(t *testing.T, b *backends.Backend) *Model {
	t.Helper()
	m, err := ReadTheano(testenv.Path(t, "data", "svhn_dcgan_2015"), b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The golden images were made with PyTorch 1.13 from the released weights.
func TestReleasedGenerator(t *testing.T) {
	golden := testenv.Path(t, "golden", "svhn_dcgan")
	openers := map[string]func(testing.TB) *backends.Backend{backends.CPU: cpu, backends.Go: portable, "device": backendtest.Device}
	for name, open := range openers {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			m := releasedModel(t, b)
			shape, z := readShaped[float32](t, filepath.Join(golden, "z.npy"))
			got, err := m.Sample(b, z, shape[0])
			if err != nil {
				t.Fatal(err)
			}
			e := relativeError(t, got.Data, readFloats(t, filepath.Join(golden, "generated_nhwc.npy")))
			t.Logf("relative error %.2g", e)
			if e > goldenTolerance {
				t.Errorf("generated images differ by %.3g of the largest value, want at most %g", e, goldenTolerance)
			}
		})
	}
}

func TestReleasedScore(t *testing.T) {
	golden := testenv.Path(t, "golden", "svhn_dcgan")
	for name, open := range map[string]func(testing.TB) *backends.Backend{backends.CPU: cpu, "device": backendtest.Device} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			m := releasedModel(t, b)
			shape, pixels := readShaped[uint8](t, filepath.Join(golden, "images_u8_nhwc.npy"))
			stat := func(g *graph.Graph, name string) *graph.Node {
				return graph.Const(g, readFloats(t, filepath.Join(golden, name+".npy")))
			}
			e := model.MustNewExec(b.Compute, m.store, func(_ *model.Scope, x *graph.Node) *graph.Node {
				g := x.Graph()
				fixed := []*Stats{nil, {stat(g, "bn2_mean"), stat(g, "bn2_var")}, {stat(g, "bn3_mean"), stat(g, "bn3_var")}}
				return m.Logits(m.Discriminate(train.ScalePixels(x), fixed))
			})
			logits := tensors.MustCopyFlatData[float32](e.MustCall(tensors.FromFlatDataAndDimensions(pixels, shape...))[0])
			want := readFloats(t, filepath.Join(golden, "discriminator_score.npy"))
			if want[0] >= 0 && want[0] <= 1 {
				for i, v := range logits {
					logits[i] = float32(1 / (1 + math.Exp(-float64(v))))
				}
			}
			rel := relativeError(t, logits, want)
			t.Logf("scores %v, relative error %.2g", want, rel)
			if rel > goldenTolerance {
				t.Errorf("scores %v, want %v", logits, want)
			}
		})
	}
}

func TestReadTheanoErrors(t *testing.T) {
	b := cpu(t)
	empty := t.TempDir()
	_, err := ReadTheano(empty, b)
	if err == nil || !strings.Contains(err.Error(), "gen_params") {
		t.Errorf("empty folder: error %v, want one that names gen_params", err)
	}
	src := testenv.Path(t, "data", "svhn_dcgan_2015")
	dir := t.TempDir()
	files, _ := filepath.Glob(filepath.Join(src, "*.npy"))
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f, "discrim_params.jl_02.npy") {
			data = data[:len(data)-100]
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f)), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, err = ReadTheano(dir, b)
	if err == nil || !strings.Contains(err.Error(), "discrim_params.jl_02.npy") {
		t.Errorf("truncated array: error %v, want one that names the file", err)
	}
}
