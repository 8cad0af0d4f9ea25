package reports

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"

	"repbench/eval"
	"repbench/eval/knn"
	"repbench/internal/measure"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// fakeScore is the score of draws around an accuracy, with the intervals for
// their number.
func fakeScore(accuracy float64, perClass, draws, dim int) eval.FewShotScore {
	rng := rand.New(rand.NewPCG(uint64(perClass), uint64(dim)))
	s := eval.FewShotScore{LabelsPerClass: perClass, Draws: draws, C: 1e-3, Dim: dim, Converged: true, FitSeconds: 1.5, SelectSeconds: 4}
	for range draws {
		a := round(accuracy + 0.004*rng.NormFloat64())
		s.Accuracies = append(s.Accuracies, a)
		s.Mean += a / float64(draws)
	}
	for _, a := range s.Accuracies {
		s.StdDev += (a - s.Mean) * (a - s.Mean) / float64(max(1, draws-1))
	}
	s.Mean, s.StdDev = round(s.Mean), round(math.Sqrt(s.StdDev))
	s.StdError = round(s.StdDev / math.Sqrt(float64(draws)))
	if draws > 1 {
		s.CI95 = eval.Interval{round(s.Mean - 2.3*s.StdError), round(s.Mean + 2.3*s.StdError)}
		s.Spread95 = eval.Interval{round(s.Mean - 1.96*s.StdDev), round(s.Mean + 1.96*s.StdDev)}
	}
	return s
}

// fakeFew is a record on few labels of the encoder that fakeRecord makes.
func fakeFew(spec, protocol string, accuracy float64, perClass, layers int) record.Record {
	r := fakeRecord(spec, accuracy, layers)
	s := &eval.FewShotResult{
		Protocol: protocol, FewShotScore: fakeScore(accuracy, perClass, 10, 7168), SelectedOn: measure.ParseSelection("cv (5 folds)"), ReportedOn: "test",
		Classes: cifarClasses, NTrain: 50000, NTest: 10000, Seed: 1, PeakRSSBytes: 1 << 30,
	}
	if protocol == results.SVHN1000 {
		r.Data.Name, s.SelectedOn = "svhn", measure.ParseSelection("valid (10000 rows)")
		s.NTrain, s.NTest = 63257, 26032
	}
	for i, y := range linearOf(r).Layers {
		s.Layers = append(s.Layers, eval.FewShotLayer{
			Name: y.Name, FewShotScore: fakeScore(accuracy-0.04*float64(layers-i), perClass, 10, y.Dim),
		})
	}
	for _, g := range linearOf(r).Grid {
		s.Grid = append(s.Grid, eval.GridPoint{C: 10 * g.C, Accuracy: g.Accuracy, CI95: g.CI95})
	}
	r.Result = s
	return named(r, protocol, fmt.Sprint(perClass))
}

// fakeKNN is a record of nearest neighbours.
func fakeKNN(spec string, accuracy float64) record.Record {
	r := fakeRecord(spec, accuracy, 0)
	res := &knn.Result{
		Preset: "instdisc", Convention: "rows divided by their length, cosine similarity, k = 200, votes exp(sim/0.07), ties to the lower class",
		K: 200, TestAccuracy: accuracy, TestCI95: wilson(accuracy, 10000), SelectedOn: measure.ParseSelection("valid (5000 rows)"), ReportedOn: "test",
		Classes: cifarClasses, Confusion: fakeConfusion(10, 1000, accuracy, 9), Dim: 7168, NTrain: 50000, NTest: 10000, Seconds: 31,
	}
	for i, k := range []int{1, 5, 20, 200} {
		a := round(accuracy - 0.01*float64(3-i))
		res.Grid = append(res.Grid, knn.Point{K: k, Accuracy: a, CI95: wilson(a, 5000)})
	}
	r.Result = res
	return named(r, res.Preset)
}

// named gives a record its ID.
func named(r record.Record, settings ...string) record.Record {
	id, err := record.NewID(r, settings...)
	if err != nil {
		panic(err)
	}
	r.ID = id
	return r
}

// fakeCosts are the costs of a whole evaluation.
func fakeCosts(extract float64) []record.Cost {
	return []record.Cost{
		{Stage: "extract", Seconds: extract, PeakRSSBytes: 900 << 20},
		{Stage: "select", Seconds: 65, PeakRSSBytes: 3 << 29},
		{Stage: "fit", Seconds: 8.13, PeakRSSBytes: 3 << 29},
		{Stage: "report", Seconds: 0.4},
	}
}

// fakePNG is a w×h picture that seed chooses.
func fakePNG(t testing.TB, w, h int, seed uint64) []byte {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 5))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	a, b := rng.Float64(), rng.Float64()
	for y := range h {
		for x := range w {
			v := func(f float64) uint8 { return uint8(127 + 120*math.Sin(f*(a*float64(x)+b*float64(y)))) }
			img.SetRGBA(x, y, color.RGBA{v(0.3), v(0.5), v(0.7), 255})
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// fakeMistakes are n mistakes with pictures, the least sure first.
func fakeMistakes(t testing.TB, n int) []eval.Mistake {
	t.Helper()
	var out []eval.Mistake
	for i := range n {
		out = append(out, eval.Mistake{
			Row: 17 * i, Truth: int32(i % 10), Predicted: int32((i + 3) % 10), Margin: round(0.3 + 0.07*float64(i)),
			ID: fmt.Sprintf("test/%05d", 17*i), PNG: fakePNG(t, 32, 32, uint64(i)),
		})
	}
	return out
}
