package benchmarks

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"repbench/datasets"
	"repbench/eval"
	"repbench/eval/knn"
	"repbench/eval/supervised"
	"repbench/internal/npy"
	"repbench/internal/progress"
	"repbench/train/dcgan"
)

// rightShare is the share of correct rows of an outcome, which must have n.
func rightShare(t *testing.T, out *Outcome, n int) float64 {
	t.Helper()
	if len(out.Correct) != n {
		t.Fatalf("%d entries for %d test rows", len(out.Correct), n)
	}
	right := 0
	for _, r := range out.Correct {
		if r {
			right++
		}
	}
	return float64(right) / float64(n)
}

// rightAccuracy is what the first measurement of an outcome's record says of the share of right rows.
func rightAccuracy(out *Outcome) float64 {
	r := out.Records[0]
	v := r.Measurements()[0].Value
	if r.Kind() == "nnc" {
		return 1 - v
	}
	return v
}

// testLabels are the labels of the test split of a data set.
func testLabels(t *testing.T, spec string) []int32 {
	t.Helper()
	ds, err := datasets.Open(t.Context(), spec, datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	test, err := ds.Split(datasets.Test)
	if err != nil {
		t.Fatal(err)
	}
	return test.Labels
}

// TestCorrect: an outcome says of each test row, in the order of the split, whether its class was
// found, and the count gives the accuracy of the record.
func TestCorrect(t *testing.T) {
	truth := testLabels(t, tiny)
	for _, tt := range []struct {
		name     string
		protocol Protocol
	}{
		{"linear", Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-3}}}},
		{"linear, chosen", Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-5, 1e-3}}}},
		{"knn", KNN{Options: knn.Options{Rule: knn.Rule{K: []int{1, 3}}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := Run(t.Context(), Cell{Source: Source{Encoder: "pixels", Data: tiny}, Protocol: tt.protocol}, machine(t, nil))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := rightShare(t, out, len(truth)), rightAccuracy(out); got != want {
				t.Errorf("%g of the rows are right, and the accuracy is %g", got, want)
			}
			for i, p := range predictedOf(out) {
				if out.Correct[i] != (p == truth[i]) {
					t.Errorf("row %d of class %d is predicted as %d and said to be %v", i, truth[i], p, out.Correct[i])
				}
			}
		})
	}
	few := FewShot{FewShotOptions: eval.FewShotOptions{C: []float64{1e-3}, Draws: 2, Labels: 2}}
	out, err := Run(t.Context(), Cell{Source: Source{Encoder: "pixels", Data: tiny}, Protocol: few}, machine(t, nil))
	if err != nil || out.Correct != nil {
		t.Errorf("several draws classify a row several times, got %v, error %v", out, err)
	}
}

func predictedOf(out *Outcome) []int32 {
	if r := out.Records[0]; r.Kind() == "knn" {
		return knnOf(r).Predicted
	}
	return linearOf(out.Records[0]).Predicted
}

// TestCorrectArrays: the same on NumPy files.
func TestCorrectArrays(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, shape []int, v []float32, y []int32) string {
		path := filepath.Join(dir, name)
		var err error
		if y != nil {
			err = npy.Write(path, shape, y)
		} else {
			err = npy.Write(path, shape, v)
		}
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	files := Arrays{
		TrainX: write("x.npy", []int{4, 2}, []float32{0, 1, 0.1, 1, 5, 1, 5.1, 1}, nil), TrainY: write("y.npy", []int{4}, nil, []int32{0, 0, 1, 1}),
		// The third row lies among the rows of class 1 and has class 0.
		TestX: write("tx.npy", []int{4, 2}, []float32{0.2, 1, 5.2, 1, 4.9, 1, 0.3, 1}, nil), TestY: write("ty.npy", []int{4}, nil, []int32{0, 1, 0, 0}),
	}
	for name, p := range map[string]Protocol{
		"linear": Linear{LinearOptions: eval.LinearOptions{C: []float64{1}}},
		"knn":    KNN{Options: knn.Options{Rule: knn.Rule{K: []int{1}}}},
	} {
		out, err := Run(t.Context(), Cell{Source: Source{Arrays: files}, Protocol: p}, machine(t, nil))
		if err != nil || !slices.Equal(out.Correct, []bool{true, true, false, true}) || rightAccuracy(out) != 0.75 {
			t.Errorf("%s: %+v, error %v", name, out, err)
		}
	}
}

// TestCorrectSupervised: the same of a search, also where it is found finished; what does not fit
// the result, or is absent, is not told.
func TestCorrectSupervised(t *testing.T) {
	arch, err := dcgan.NewArch("svhn32", 1)
	if err != nil {
		t.Fatal(err)
	}
	m := machine(t, nil)
	cell := Cell{Source: Source{Data: "shapes:train=60,test=20"}, Protocol: Supervised{supervised.Options{Arch: arch, Trials: 1, Steps: 2, Batch: 16}}}
	var first []bool
	for i := range 2 {
		out, err := Run(t.Context(), cell, m)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := rightShare(t, out, 20), rightAccuracy(out); got != want {
			t.Errorf("run %d: %g of the rows are right, and the accuracy is %g", i+1, got, want)
		}
		if i == 1 && !slices.Equal(first, out.Correct) {
			t.Errorf("a finished search says %v, at first it said %v", out.Correct, first)
		}
		first, cell.Source.Folder = out.Correct, out.Folder
	}
	file := filepath.Join(cell.Source.Folder, "correct.npy")
	for i, damage := range []func() error{
		func() error { return npy.Write(file, []int{3}, []uint8{1, 1, 1}) },
		func() error { return npy.Write(file, []int{20}, slices.Repeat([]uint8{1}, 20)) },
		func() error { return os.Remove(file) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		if out, err := Run(t.Context(), cell, m); err != nil || out.Correct != nil {
			t.Errorf("damage %d: %v is told, error %v", i+1, out.Correct, err)
		}
	}
}

// stopper is a progress.Reporter that calls do once a task has reached at.
type stopper struct {
	at int64
	do func()
}

func (s *stopper) Start(string, int64, string) progress.Task { return s }
func (s *stopper) Note(string)                               {}
func (s *stopper) Done()                                     {}
func (s *stopper) Add(n int64) {
	if s.at -= n; s.at <= 0 {
		s.do()
	}
}

// TestCorrectNNC: the same of test images classified by their nearest sample, of the first number of
// samples that was asked for, also after the search was stopped.
func TestCorrectNNC(t *testing.T) {
	dir := t.TempDir()
	// Blocks of 12,800 samples: a search over three of them can be stopped.
	const samples, tests, pixels = 26_000, 40, 4
	bytes := func(n int) (x []uint8, y []int32) {
		for i := range n {
			y = append(y, int32(i%3))
			for p := range pixels {
				v := uint8(i * (p + 7) * 13)
				if p == i%3 {
					v = v/2 + 90
				}
				x = append(x, v)
			}
		}
		return x, y
	}
	x, y := bytes(samples)
	tx, ty := bytes(tests)
	for i := 0; i < tests; i += 5 { // these are errors
		ty[i] = (ty[i] + 1) % 3
	}
	for name, data := range map[string][]uint8{"x.npy": x, "tx.npy": tx} {
		if err := npy.Write(filepath.Join(dir, name), []int{len(data) / pixels, 2, 2}, data); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range map[string][]int32{"y.npy": y, "ty.npy": ty} {
		if err := npy.Write(filepath.Join(dir, name), []int{len(data)}, data); err != nil {
			t.Fatal(err)
		}
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	cell := Cell{Protocol: NNC{Samples: file("x.npy"), SampleLabels: file("y.npy"), TestX: file("tx.npy"), TestY: file("ty.npy"), Numbers: []int64{50, samples}}}
	want, err := Run(t.Context(), cell, machine(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	if got, acc := rightShare(t, want, tests), rightAccuracy(want); math.Abs(got-acc) > 1e-12 || got == 1 {
		t.Errorf("%g of the rows are right, and the error leaves %g", got, acc)
	}
	m := machine(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	m.Progress = &stopper{at: 13_000, do: cancel}
	if _, err := Run(ctx, cell, m); err == nil {
		t.Fatal("a search that was stopped ended")
	}
	m.Progress = nil
	if got, err := Run(t.Context(), cell, m); err != nil || !slices.Equal(got.Correct, want.Correct) {
		t.Errorf("after the stop %v, want %v, error %v", got.Correct, want.Correct, err)
	}
}
