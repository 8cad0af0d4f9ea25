package eval

import (
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
	"repbench/internal/npy"
	"repbench/internal/simd"
	"repbench/internal/testenv"
)

// svhn1000 is the expectation of golden/svhn1000, made with LIBLINEAR.
type svhn1000 struct {
	C      []float64
	Select []struct {
		C           float64
		TrainErrors []int   `json:"train_errors"`
		ValidErrors []int   `json:"valid_errors"`
		Mean        float64 `json:"mean_valid_error_percent"`
		Spread      float64 `json:"spread_1.96_std"`
	}
	BestC  float64 `json:"best_C"`
	Report struct {
		Train, Valid, Test svhn1000Rate
		TrainErrors        []int `json:"train_errors"`
		ValidErrors        []int `json:"valid_errors"`
		TestErrors         []int `json:"test_errors"`
	}
}

type svhn1000Rate struct {
	Mean   float64 `json:"mean_percent"`
	Spread float64 `json:"spread_1.96_std_ddof0"`
}

// goldenSplit reads features and labels of golden/svhn1000.
func goldenSplit(t *testing.T, name string) matrix.Labelled {
	t.Helper()
	shape, x, err := npy.Read[float32](testenv.Path(t, "golden", "svhn1000", name+"_x.npy"))
	if err != nil {
		t.Fatal(err)
	}
	_, y, err := npy.Read[int32](testenv.Path(t, "golden", "svhn1000", name+"_y.npy"))
	if err != nil {
		t.Fatal(err)
	}
	return matrix.Labelled{X: matrix.View{Data: x, N: shape[0], D: shape[1]}, Y: y}
}

// goldenRows reads the draws of golden/svhn1000.
func goldenRows(t *testing.T) FewShotRows {
	t.Helper()
	shape, chosen, err := npy.Read[int32](testenv.Path(t, "golden", "svhn1000", "select_rows.npy"))
	if err != nil {
		t.Fatal(err)
	}
	var r FewShotRows
	for range shape[0] {
		var draws [][]int32
		for range shape[1] {
			draws, chosen = append(draws, chosen[:shape[2]]), chosen[shape[2]:]
		}
		r.Select = append(r.Select, draws)
	}
	shape, reported, err := npy.Read[int32](testenv.Path(t, "golden", "svhn1000", "report_rows.npy"))
	if err != nil {
		t.Fatal(err)
	}
	for range shape[0] {
		r.Report, reported = append(r.Report, reported[:shape[1]]), reported[shape[1]:]
	}
	return r
}

// TestFewShotGolden: the wrong rows of all 170 draws are those of LIBLINEAR, on every kind of
// kernels that the machine has.
func TestFewShotGolden(t *testing.T) {
	testenv.Path(t, "golden", "svhn1000")
	for _, isa := range []simd.ISA{simd.Portable, simd.AVX2, simd.AVX512} {
		switch {
		case isa == simd.Level():
			t.Run(isa.String(), compareGolden)
		case isa < simd.Level() && os.Getenv(simd.EnvISA) == "":
			t.Run(isa.String(), func(t *testing.T) {
				c := exec.Command(os.Args[0], "-test.run=^TestFewShotGolden$", "-test.count=1", "-test.v")
				c.Env = append(os.Environ(), simd.EnvISA+"="+isa.String())
				if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestFewShotGolden/"+isa.String()) {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
}

func compareGolden(t *testing.T) {
	var want svhn1000
	matrixtest.ReadJSON(t, testenv.Path(t, "golden", "svhn1000", "expected.json"), &want)
	r := fewShotResult(t, FewShotOptions{
		Train: ForFitting(goldenSplit(t, "pool")), Valid: ForSelection(goldenSplit(t, "valid")), Test: ForReport(goldenSplit(t, "test")),
		C: want.C, Rows: goldenRows(t),
	})
	if len(r.Select) != len(want.Select) || len(want.Select) != 7 {
		t.Fatalf("%d values of C, want %d", len(r.Select), len(want.Select))
	}
	for i, w := range want.Select {
		got := r.Select[i]
		if got.C != w.C || !slices.Equal(got.TrainErrors, w.TrainErrors) || !slices.Equal(got.ValidErrors, w.ValidErrors) {
			t.Errorf("C = %g: wrong rows of the draws %v, %v;\nwant %v, %v", w.C, got.TrainErrors, got.ValidErrors, w.TrainErrors, w.ValidErrors)
		}
		near(t, "mean validation error", 100*(1-r.Grid[i].Accuracy), w.Mean)
		near(t, "its spread", 100*errorRate(got.ValidErrors, []int{1000}).Spread95N, w.Spread)
	}
	if r.C != want.BestC {
		t.Errorf("C = %g, want %g", r.C, want.BestC)
	}
	e := r.Report
	if !slices.Equal(e.TrainErrors, want.Report.TrainErrors) || !slices.Equal(e.ValidErrors, want.Report.ValidErrors) || !slices.Equal(e.TestErrors, want.Report.TestErrors) {
		t.Errorf("wrong rows of the reported draws %v,\n%v,\n%v; want %v,\n%v,\n%v", e.TrainErrors, e.ValidErrors, e.TestErrors, want.Report.TrainErrors, want.Report.ValidErrors, want.Report.TestErrors)
	}
	for _, c := range []struct {
		name string
		got  ErrorRate
		want svhn1000Rate
	}{{"train", e.Train, want.Report.Train}, {"valid", *e.Valid, want.Report.Valid}, {"test", e.Test, want.Report.Test}} {
		near(t, c.name+", mean error", 100*c.got.Mean, c.want.Mean)
		near(t, c.name+", spread", 100*c.got.Spread95N, c.want.Spread)
	}
	near(t, "spread of the accuracies", 196*r.StdDevN, want.Report.Test.Spread)
	if r.LabelsPerClass != 100 || r.RowsPerDraw != 1000 || r.Draws != 100 || len(r.Warnings) != 0 {
		t.Errorf("%d labels per class, %d rows per draw, %d draws, warnings %q", r.LabelsPerClass, r.RowsPerDraw, r.Draws, r.Warnings)
	}
}

// near compares per cent: the counts being equal, only rounding is left.
func near(t *testing.T, name string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s: %v, want %v", name, got, want)
	}
}
