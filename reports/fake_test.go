package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/eval"
	"repbench/eval/knn"
	"repbench/internal/measure"
	"repbench/reports/record"
	"repbench/vis/sheet"
)

// cifarClasses are the class names of CIFAR-10 in label order.
var cifarClasses = []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}

// fakeConfusion draws a K×K matrix with rows of n images and about the given
// accuracy, from a seed.
func fakeConfusion(k, n int, accuracy float64, seed uint64) [][]int {
	rng := rand.New(rand.NewPCG(seed, 1))
	m := make([][]int, k)
	for i := range m {
		m[i] = make([]int, k)
		for range n {
			if rng.Float64() < accuracy+0.2*(rng.Float64()-0.5) {
				m[i][i]++
				continue
			}
			// Mistakes fall on few neighbours, as the mistakes of real classifiers do.
			m[i][(i+1+int(math.Abs(rng.NormFloat64())*float64(k)/4))%k]++
		}
	}
	return m
}

// wilson is the 95 % interval of Wilson (1927) for the share p of n.
func wilson(p float64, n int) [2]float64 {
	const z = 1.959964
	d := 1 + z*z/float64(n)
	mid := (p + z*z/(2*float64(n))) / d
	half := z / d * math.Sqrt(p*(1-p)/float64(n)+z*z/(4*float64(n)*float64(n)))
	return [2]float64{round(mid - half), round(mid + half)}
}

// round keeps six decimals, for the last bits of a product and sum differ
// between processors and golden files hold such numbers.
func round(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// fakeLinear is a result on CIFAR-10 with layers, a search and a confusion matrix.
func fakeLinear(accuracy float64, layers int) *eval.LinearResult {
	score := func(a float64, dim int) eval.LinearScore {
		a = round(a)
		return eval.LinearScore{
			C: 1e-4, TrainAccuracy: round(a + 0.08), TestAccuracy: a, TestCI95: wilson(a, 10000), Objective: 2.7183,
			DualityGap: 3.2e-7, Iterations: 57, Converged: true, Dim: dim, FitSeconds: 8.13, SelectSeconds: 65,
		}
	}
	l := &eval.LinearResult{
		Protocol: "linear", LinearScore: score(accuracy, 7168), SelectedOn: measure.ParseSelection("valid (10000 rows)"), ReportedOn: "test",
		NTrain: 50000, NTest: 10000, Seed: 1, PeakRSSBytes: 3 << 29,
		Classes: cifarClasses, Confusion: fakeConfusion(10, 1000, accuracy, 7),
	}
	for i, c := range []float64{1e-5, 1e-4, 1e-3, 1e-2} {
		a := round(accuracy - 0.01*math.Abs(float64(i)-1)*math.Abs(float64(i)-1))
		l.Grid = append(l.Grid, eval.GridPoint{C: c, Accuracy: a, CI95: wilson(a, 10000)})
	}
	for i := range layers {
		l.Layers = append(l.Layers, eval.LayerScore{
			Name: fmt.Sprintf("conv%d", i+1), LinearScore: score(accuracy-0.05*float64(layers-i), 1024<<i),
		})
	}
	return l
}

// linearOf, fewShotOf and knnOf are the result of a record.
func linearOf[R held](r R) *eval.LinearResult   { return resultOf(r).(*eval.LinearResult) }
func fewShotOf[R held](r R) *eval.FewShotResult { return resultOf(r).(*eval.FewShotResult) }
func knnOf[R held](r R) *knn.Result             { return resultOf(r).(*knn.Result) }

// held is a record, by itself or by its address.
type held interface{ record.Record | *record.Record }

func resultOf[R held](r R) record.Result {
	if p, ok := any(r).(*record.Record); ok {
		return p.Result
	}
	return any(r).(record.Record).Result
}

// fakeRecord is a record of an encoder on CIFAR-10.
func fakeRecord(spec string, accuracy float64, layers int) record.Record {
	r := record.Record{
		Seed: 1, Backend: "cpu",
		Encoder: record.Encoder{
			Spec: spec, Architecture: "svhn32", WeightsHash: strings.Repeat("0f", 32), Pooling: "max", Grid: 4,
			BatchNorm: "fixed", DType: "float32",
		},
		Data:     record.Data{Name: "cifar10", Source: "data/cifar10-jpeg.tar.gz", Hash: strings.Repeat("3c", 32)},
		Versions: record.Versions{Repbench: "0.1.0", Go: "go1.26.8", GitCommit: "4b62044"},
		Result:   fakeLinear(accuracy, layers),
	}
	for _, y := range linearOf(r).Layers {
		r.Encoder.Layers = append(r.Encoder.Layers, y.Name)
	}
	id, err := record.NewID(r, linearOf(r).Protocol)
	if err != nil {
		panic(err)
	}
	r.ID = id
	return r
}

// fakeMetrics are n logged steps of a GAN that settles.
func fakeMetrics(n int) []byte {
	rng := rand.New(rand.NewPCG(3, 4))
	var b bytes.Buffer
	for i := range n {
		t := float64(i) / float64(n)
		line := map[string]any{
			"step": 50 * (i + 1), "images": 50 * 128 * (i + 1), "seconds": round(3.1 * float64(i+1)),
			"images_per_second": round(2060 + 40*rng.NormFloat64()),
			"d_loss":            round(1.35 - 0.6*t + 0.12*rng.NormFloat64()), "g_loss": round(0.8 + 1.4*t + 0.25*math.Abs(rng.NormFloat64())),
			"d_real": round(0.52 + 0.25*t + 0.04*rng.NormFloat64()), "d_fake": round(0.48 - 0.25*t + 0.04*rng.NormFloat64()),
		}
		if i == n/2 {
			line["g_loss"] = nil // what a NaN is written as
		}
		if i == n/3 {
			line["g_loss"] = 40.0
		}
		if err := json.NewEncoder(&b).Encode(line); err != nil {
			panic(err)
		}
	}
	return b.Bytes()
}

const fakeConfig = `{
  "arch": "svhn32", "data": "cifar10", "data_source": "data/cifar10-jpeg.tar.gz", "data_hash": "3c3c3c", "width": 64, "batch": 128,
  "steps": 10000, "seed": 1, "alternate": "released", "learning_rate": 0.0002, "beta1": 0.5, "beta2": 0.999,
  "weight_decay": 1e-05, "z_dim": 100, "z_prior": "gaussian", "backend": "cpu",
  "record": {"git_commit": "4b62044", "versions": {"repbench": "0.1.0", "go": "go1.26.8", "gomlx": "v0.28.2"}}
}`

// fakeSheet is a sheet of 64 pictures of 32×32 that become sharper with t in [0, 1].
func fakeSheet(t *testing.T, progress float64) []byte {
	t.Helper()
	const n, s = 64, 32
	rng := rand.New(rand.NewPCG(9, 9))
	data := make([]float32, 0, n*s*s*3)
	for range n {
		cx, cy, hue := 8+16*rng.Float64(), 8+16*rng.Float64(), rng.Float64()
		for y := range s {
			for x := range s {
				d := math.Hypot(float64(x)-cx, float64(y)-cy)
				v := progress * math.Tanh((9-d)*(0.2+progress))
				for c := range 3 {
					noise := (1 - progress) * 0.8 * rng.NormFloat64()
					data = append(data, float32(v*math.Cos(2*math.Pi*(hue+float64(c)/3))+noise))
				}
			}
		}
	}
	im, err := sheet.FromFloat(data, n, s, s, 3)
	if err != nil {
		t.Fatal(err)
	}
	return sheetPNG(t, im)
}

func sheetPNG(t *testing.T, im datasets.Images) []byte {
	t.Helper()
	img, err := sheet.Draw(im, sheet.Options{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "sheet.png")
	if err := sheet.WritePNG(path, img); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// writeFile writes a file below dir and makes its folders.
func writeFile(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// fakeRun makes a run folder with n logged steps and three sheets.
func fakeRun(t *testing.T, n int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "svhn32-cifar10")
	writeFile(t, dir, "config.json", []byte(fakeConfig))
	writeFile(t, dir, "metrics.jsonl", fakeMetrics(n))
	for i, step := range []int{0, 2500, 5000, 10000} {
		writeFile(t, dir, fmt.Sprintf("samples/step-%07d.png", step), fakeSheet(t, float64(i)/3))
	}
	return dir
}
