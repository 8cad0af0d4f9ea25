package eval

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"repbench/features/matrix"
	"repbench/internal/measure"
)

// Rank against sorting.
func TestRank(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		scores := make([]float64, 1+r.IntN(12))
		for k := range scores {
			scores[k] = float64(r.IntN(6)) // ties
		}
		least := float64(r.IntN(3)) - 1
		want := make([]int32, 0, len(scores))
		for k, v := range scores {
			if v > least {
				want = append(want, int32(k))
			}
		}
		slices.SortStableFunc(want, func(a, b int32) int { return int(scores[b]) - int(scores[a]) })
		for len(want) < TopClasses {
			want = append(want, -1)
		}
		got := make([]int32, TopClasses)
		if Rank(got, scores, least); !slices.Equal(got, want[:TopClasses]) {
			t.Fatalf("%v above %g: %v, want %v", scores, least, got, want[:TopClasses])
		}
	}
}

// Of one class the interval is Wilson's; of equal classes with K times the rows it is about as wide as
// that of all rows; classes without rows do not count.
func TestClassMean(t *testing.T) {
	mean, ci := ClassMean([][]int{{8, 2}, {0, 0}})
	if want := Wilson(8, 10); mean != 0.8 || math.Abs(ci[0]-want[0]) > 1e-15 || math.Abs(ci[1]-want[1]) > 1e-15 {
		t.Errorf("one class: %g %v, want 0.8 %v", mean, ci, want)
	}
	mean, _ = ClassMean([][]int{{9, 1, 0}, {0, 0, 1}, {1, 0, 1}})
	if want := (0.9 + 0 + 0.5) / 3; math.Abs(mean-want) > 1e-15 {
		t.Errorf("mean %g, want %g", mean, want)
	}
	if mean, ci = ClassMean([][]int{{0}}); mean != 0 || ci != (Interval{0, 1}) {
		t.Errorf("no rows: %g %v", mean, ci)
	}
	equal := make([][]int, 4)
	for k := range equal {
		equal[k] = make([]int, 4)
		equal[k][k], equal[k][(k+1)%4] = 700, 300
	}
	mean, ci = ClassMean(equal)
	if whole := Wilson(2800, 4000); mean != 0.7 || math.Abs(ci[0]-whole[0]) > 1e-3 || math.Abs(ci[1]-whole[1]) > 1e-3 {
		t.Errorf("equal classes: %g %v, want 0.7 %v", mean, ci, whole)
	}
}

// The interval holds the mean of the classes' probabilities in about 95 % of draws, with few rows in
// a class, too.
func TestClassMeanCovers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const draws = 4000
	for _, rows := range []int{5, 30} {
		p := []float64{0.99, 0.9, 0.7, 0.5, 0.3, 0.95, 0.8, 0.6}
		truth, held := 0.0, 0
		for _, v := range p {
			truth += v / float64(len(p))
		}
		for range draws {
			confusion := make([][]int, len(p))
			for k, v := range p {
				confusion[k] = make([]int, len(p))
				for range rows {
					if r.Float64() < v {
						confusion[k][k]++
					} else {
						confusion[k][(k+1)%len(p)]++
					}
				}
			}
			if _, ci := ClassMean(confusion); ci[0] <= truth && truth <= ci[1] {
				held++
			}
		}
		// Six standard errors of 4,000 draws below 95 %, and not so wide that it says nothing.
		if share := float64(held) / draws; share < 0.93 || share > 0.995 {
			t.Errorf("%d rows per class: %.3f of the intervals hold the mean", rows, share)
		}
	}
}

// Top-5 counts the rows whose class is among the first five; five classes or fewer have none. Both are
// measurements of the record.
func TestLinearShares(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, classes := range []int{3, 5, 6, 12} {
		n := 20 * classes
		x, y := make([]float32, n*8), make([]int32, n)
		for i := range y {
			y[i] = int32(i % classes)
			for d := range 8 {
				x[i*8+d] = float32(r.NormFloat64()) + 0.7*float32((int(y[i])>>(d%4))&1)
			}
		}
		view, err := matrix.New(x, n, 8)
		if err != nil {
			t.Fatal(err)
		}
		other, err := matrix.New(slices.Clone(x), n, 8)
		if err != nil {
			t.Fatal(err)
		}
		res, err := Linear(context.Background(), LinearOptions{Train: ForFitting(matrix.Labelled{X: view, Y: y}), Test: ForReport(matrix.Labelled{X: other, Y: y}), C: []float64{0.1}})
		if err != nil {
			t.Fatal(err)
		}
		scores, err := res.Model.Scores(context.Background(), other, 1)
		if err != nil {
			t.Fatal(err)
		}
		checkShares(t, res, scores, y, classes)
	}
}

func checkShares(t *testing.T, res *LinearResult, scores []float64, y []int32, classes int) {
	t.Helper()
	found := 0
	for i, truth := range y {
		above := 0
		for k, v := range scores[i*classes:][:classes] {
			if own := scores[i*classes+int(truth)]; v > own || v == own && k < int(truth) {
				above++
			}
		}
		if above < 5 {
			found++
		}
	}
	if (res.Top5 != nil) != (classes > 5) {
		t.Fatalf("%d classes: top-5 is %v", classes, res.Top5)
	}
	names := map[string]measure.Measurement{}
	for _, m := range res.Measurements() {
		if err := m.Check(); err != nil {
			t.Error(err)
		}
		names[m.Name] = m
	}
	if want := float64(found) / float64(len(y)); classes > 5 && (*res.Top5 != want || names[measure.Top5Accuracy].Value != want || *res.Top5 < res.TestAccuracy) {
		t.Errorf("%d classes: top-5 %g, want %g", classes, *res.Top5, want)
	}
	if math.Abs(*res.ClassMean-res.TestAccuracy) > 1e-12 { // as many rows of each class
		t.Errorf("%d classes: mean per class %g, accuracy %g", classes, *res.ClassMean, res.TestAccuracy)
	}
	if m := names[measure.MeanClassAccuracy]; m.Value != *res.ClassMean || m.CI95 == nil || m.Cases != len(y) || m.ReportedOn != "test" {
		t.Errorf("measurement %+v", m)
	}
}
