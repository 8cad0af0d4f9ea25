package autoencoder

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/datasets"
	"repbench/train"
)

// codeTolerance bounds the rounding of a sum of 768 products of order 1.
const codeTolerance = 1e-5

// array copies an array of the model.
func array(t *testing.T, m *Model, path string) []float64 {
	t.Helper()
	v, err := m.store.GetVariable(path).Value()
	if err != nil {
		t.Fatal(err)
	}
	flat, err := tensors.CopyFlatData[float32](v)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]float64, len(flat))
	for i, x := range flat {
		out[i] = float64(x)
	}
	return out
}

// affine64 computes x·w + b in float64 by the definition; w has len(x) rows.
func affine64(x, w, b []float64) []float64 {
	y := make([]float64, len(b))
	for j := range y {
		y[j] = b[j]
		for i := range x {
			y[j] += x[i] * w[i*len(b)+j]
		}
	}
	return y
}

// code64 computes the code of scaled pixels in float64.
func code64(t *testing.T, m *Model, x []float64) []float64 {
	code := affine64(x, array(t, m, encoderWeights), array(t, m, encoderBias))
	for j := range code {
		code[j] = max(0, code[j])
	}
	return code
}

func scaled(pixels []uint8) []float64 {
	x := make([]float64, len(pixels))
	for i, p := range pixels {
		x[i] = float64(p)/127.5 - 1
	}
	return x
}

// trained returns a small model and the images it was trained on.
func trained(t *testing.T, steps int64) (*Model, datasets.Images) {
	t.Helper()
	run, d, b := t.TempDir(), shapes(t, 21), cpu(t)
	mustRun(t, run, d, b, tiny(steps))
	m, err := Load(run, b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m, d.Images
}

func TestCodesAreThoseOfTheFormula(t *testing.T) {
	m, im := trained(t, 5)
	for _, batch := range []int{1, 7, 21, 64} {
		m.BatchSize = batch
		got, err := m.Codes(im)
		if err != nil {
			t.Fatal(err)
		}
		active := 0
		for i := range im.N {
			for j, want := range code64(t, m, scaled(im.At(i))) {
				g := float64(got[i*m.Hidden+j])
				if math.Abs(g-want) > codeTolerance {
					t.Fatalf("batch %d: unit %d of image %d is %g, want %g", batch, j, i, g, want)
				}
				if g > 0 {
					active++
				}
			}
		}
		if active == 0 || active == len(got) {
			t.Errorf("%d of %d code values are positive: the test does not see the rectifier", active, len(got))
		}
	}
}

// TestLoss compares the loss of a batch with dropped values with the formula.
func TestLoss(t *testing.T) {
	const rate = 0.25
	m, im := trained(t, 2)
	n := 3 * im.Stride()
	keep := dropout(n, rate, train.Random(1, streamDropout, 0))
	exec, err := model.NewExec(cpu(t).Compute, m.store, func(_ *model.Scope, in []*Node) []*Node {
		return []*Node{m.loss(train.ScalePixels(in[0]), in[1], rate)}
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Call1(tensors.FromFlatDataAndDimensions(im.Data[:n:n], 3, im.Stride()),
		tensors.FromFlatDataAndDimensions(keep, 3, im.Stride()))
	if err != nil {
		t.Fatal(err)
	}
	var want float64
	for i := range 3 {
		clean := scaled(im.At(i))
		noisy := make([]float64, len(clean))
		for k := range clean {
			noisy[k] = clean[k] * float64(keep[i*len(clean)+k]) / (1 - rate)
		}
		for k, y := range affine64(code64(t, m, noisy), array(t, m, decoderWeights), array(t, m, decoderBias)) {
			want += (y - clean[k]) * (y - clean[k]) / float64(n)
		}
	}
	if got := float64(tensors.ToScalar[float32](out)); math.Abs(got-want) > codeTolerance*want {
		t.Errorf("loss %g, want %g", got, want)
	}
}

func TestDropoutRate(t *testing.T) {
	const n = 40001 // not a multiple of 4
	for _, rate := range []float64{0, 0.2, 0.5, 0.9} {
		keep := dropout(n, rate, train.Random(5, streamDropout, 1))
		kept := 0
		for _, k := range keep {
			kept += int(k)
		}
		// Five standard deviations of a binomial variable.
		if d := math.Abs(float64(kept) - n*(1-rate)); d > 5*math.Sqrt(n*rate*(1-rate)) {
			t.Errorf("rate %g keeps %d of %d", rate, kept, n)
		}
	}
	a, b := dropout(64, 0.5, train.Random(5, streamDropout, 1)), dropout(64, 0.5, train.Random(5, streamDropout, 2))
	if string(a) == string(b) {
		t.Error("two steps drop the same values")
	}
}

// TestLearns checks that training reduces the loss: with 32 units the reconstruction error of
// the built-in images falls well below the error of the mean image. An untrained model outputs
// values near 0, close to the mean image.
func TestLearns(t *testing.T) {
	d := shapes(t, 200)
	o := Options{Hidden: 32, Batch: 32, Steps: 800, LogEvery: 50, LearningRate: 3e-3}
	run := t.TempDir()
	s := mustRun(t, run, d, cpu(t), o)
	if mean := meanImageError(d.Images); !(s.Last.Get("loss") < 0.6*mean) {
		t.Errorf("loss %g after %d steps; the mean image alone has %g", s.Last.Get("loss"), s.Steps, mean)
	}
}

// meanImageError is the mean squared error of the mean image.
func meanImageError(im datasets.Images) float64 {
	var sum float64
	for k := range im.Stride() {
		var s, s2 float64
		for i := range im.N {
			x := float64(im.At(i)[k])/127.5 - 1
			s += x
			s2 += x * x
		}
		n := float64(im.N)
		sum += s2/n - s/n*s/n
	}
	return sum / float64(im.Stride())
}

func TestHashFollowsWeights(t *testing.T) {
	a, _ := trained(t, 2)
	b, _ := trained(t, 3)
	again, _ := trained(t, 2)
	hash := func(m *Model) string {
		h, err := m.Hash()
		if err != nil || len(h) != 64 {
			t.Fatalf("hash %q, error %v", h, err)
		}
		return h
	}
	if hash(a) != hash(again) {
		t.Error("the same run twice has two hashes")
	}
	if hash(a) == hash(b) {
		t.Error("another step leaves the hash as it was")
	}
}

func TestCodesRefuses(t *testing.T) {
	m, im := trained(t, 1)
	wrong := datasets.Images{Data: im.Data, N: 1, H: 8, W: 32, C: 3}
	if _, err := m.Codes(wrong); err == nil || !strings.Contains(err.Error(), "8×32×3") {
		t.Errorf("images of another shape: error %v", err)
	}
	if err := m.Encode(make([]float32, 1), im); err == nil || !strings.Contains(err.Error(), "dst holds 1 values") {
		t.Errorf("no room: error %v", err)
	}
	if codes, err := m.Codes(im.Slice(0, 0)); err != nil || len(codes) != 0 {
		t.Errorf("no images: %d values, error %v", len(codes), err)
	}
}

func TestLoadRefuses(t *testing.T) {
	b, d := cpu(t), shapes(t, 21)
	for _, tt := range []struct{ name, from, to, want string }{
		{"another model", `"arch": "autoencoder"`, `"arch": "svhn32"`, "not of an autoencoder"},
		{"no size", `"height": 16`, `"height": 0`, "0×16×3"},
		{"huge", `"hidden": 8`, `"hidden": 99999999`, "limits"},
		{"other weights", `"hidden": 8`, `"hidden": 9`, "the checkpoint of step 1 was written with other options than config.json names; restore config.json"},
		{"other channels", `"channels": 3`, `"channels": 1`, "other options than config.json names; restore config.json"},
		{"cut off", "}", "", "the file is damaged or no config.json of this training: restore config.json from a copy"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			run := t.TempDir()
			mustRun(t, run, d, b, tiny(1))
			path := filepath.Join(run, "config.json")
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			changed := strings.Replace(string(text), tt.from, tt.to, 1)
			if changed == string(text) {
				t.Fatalf("config.json has no %s", tt.from)
			}
			if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Load(run, b); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := Load(t.TempDir(), b); err == nil || !strings.Contains(err.Error(), "not a run folder") {
		t.Errorf("an empty folder: error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	run := t.TempDir()
	if _, err := Run(ctx, run, d, b, tiny(1)); err == nil {
		t.Fatal("a cancelled context trains")
	}
	if _, err := Load(run, b); err == nil || !strings.Contains(err.Error(), "no checkpoint yet") {
		t.Errorf("before the first checkpoint: error %v", err)
	}
}
