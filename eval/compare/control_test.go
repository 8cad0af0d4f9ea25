package compare_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"repbench/eval"
	"repbench/eval/compare"
	"repbench/features/matrix"
)

// A synthetic problem: four classes, images of 24 values whose class means differ little, so
// that no encoder is perfect.
const (
	problemClasses = 4
	problemWidth   = 24
	encoderWidth   = 128
	encoders       = 50
)

// draw returns n images with labels, four classes in turn.
func draw(rng *rand.Rand, n int, means []float64) ([]float64, []int32) {
	x, y := make([]float64, n*problemWidth), make([]int32, n)
	for i := range n {
		y[i] = int32(i % problemClasses)
		for j := range problemWidth {
			x[i*problemWidth+j] = means[int(y[i])*problemWidth+j] + rng.NormFloat64()
		}
	}
	return x, y
}

// encode is a random encoder: a rectified random projection drawn from the seed.
func encode(t *testing.T, x []float64, seed uint64) matrix.View {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 0xe))
	w := make([]float64, problemWidth*encoderWidth)
	for i := range w {
		w[i] = rng.NormFloat64() / math.Sqrt(problemWidth)
	}
	n := len(x) / problemWidth
	out := make([]float32, n*encoderWidth)
	for i := range n {
		for k := range encoderWidth {
			s := 0.0
			for j := range problemWidth {
				s += x[i*problemWidth+j] * w[k*problemWidth+j]
			}
			out[i*encoderWidth+k] = float32(max(0, s))
		}
	}
	m, err := matrix.New(out, n, encoderWidth)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// accuracies fits an encoder's features. It returns the validation accuracy of the best C of
// the grid, and the result on the test split.
func accuracies(t *testing.T, train, valid, test matrix.Labelled) (float64, *eval.LinearResult) {
	t.Helper()
	r, err := eval.Linear(context.Background(), eval.LinearOptions{
		Train: eval.ForFitting(train), Valid: eval.ForSelection(valid), Test: eval.ForReport(test), C: []float64{1e-3, 1e-2}, Threads: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	best := 0.0
	for _, g := range r.Grid {
		best = max(best, g.Accuracy)
	}
	return best, r
}

// shuffled returns the labels in an order drawn from rng.
func shuffled(rng *rand.Rand, y []int32) []int32 {
	s := append([]int32(nil), y...)
	rng.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	return s
}

// Shuffled labels must give chance, and true labels more; otherwise the control would show
// nothing. If the labels of all splits are shuffled, test rows are independent trials of chance
// 1/K, for which Wilson's interval is made. If only the training labels are shuffled, the rows
// are not independent: one shuffle predicts most rows of a class alike. Its accuracy then
// deviates from 1/K by more than the interval of one test sample, and only the interval that
// includes the variance between shuffles must contain 1/K.
func TestShuffledLabelsGiveChance(t *testing.T) {
	const chance, shuffles = 1. / problemClasses, 20
	rng := rand.New(rand.NewPCG(3, 1))
	means := make([]float64, problemClasses*problemWidth)
	for i := range means {
		means[i] = 0.5 * rng.NormFloat64()
	}
	trainX, trainY := draw(rng, 600, means)
	validX, validY := draw(rng, 300, means)
	testX, testY := draw(rng, 1000, means)
	train, valid, test := encode(t, trainX, 1), encode(t, validX, 1), encode(t, testX, 1)
	fit := func(trainY, validY, testY []int32) *eval.LinearResult {
		_, r := accuracies(t, matrix.Labelled{X: train, Y: trainY}, matrix.Labelled{X: valid, Y: validY}, matrix.Labelled{X: test, Y: testY})
		return r
	}
	if r := fit(trainY, validY, testY); r.TestCI95[0] < 2*chance {
		t.Errorf("true labels: only %v", r.TestCI95)
	}
	all := fit(shuffled(rng, trainY), shuffled(rng, validY), shuffled(rng, testY))
	t.Logf("all labels shuffled: %.3f %.3f", all.TestAccuracy, all.TestCI95)
	if all.TestCI95[0] > chance || all.TestCI95[1] < chance {
		t.Errorf("all labels shuffled: interval %v does not hold chance, %g", all.TestCI95, chance)
	}
	var results []*eval.LinearResult
	for range shuffles {
		results = append(results, fit(shuffled(rng, trainY), shuffled(rng, validY), testY))
	}
	d, err := compare.Decompose(predictions(results), testY)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("training labels shuffled: mean %.3f %.3f, variance between shuffles %.1e, of the test sample %.1e",
		d.Mean, d.MeanInterval, d.BetweenSeeds.Value, d.TestSampling.Value)
	if d.MeanInterval[0] > chance || d.MeanInterval[1] < chance || d.MeanInterval[1] > 2*chance {
		t.Errorf("training labels shuffled %d times: interval %v does not hold chance, %g", shuffles, d.MeanInterval, chance)
	}
}

// The best of 50 random encoders by validation accuracy: its gain over the mean of all must be
// within its interval on the test split, though it is large on the small validation split. Wide
// random projections of one kind hardly differ in quality, so that the choice is mostly luck.
func TestBestOfManyGainsNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	means := make([]float64, problemClasses*problemWidth)
	for k := range problemClasses {
		for j := range problemWidth / problemClasses {
			means[k*problemWidth+k*problemWidth/problemClasses+j] = 0.6
		}
	}
	trainX, trainY := draw(rng, 400, means)
	validX, validY := draw(rng, 100, means)
	testX, testY := draw(rng, 1000, means)
	var valid []float64
	var results []*eval.LinearResult
	for seed := range uint64(encoders) {
		v, r := accuracies(t,
			matrix.Labelled{X: encode(t, trainX, seed), Y: trainY},
			matrix.Labelled{X: encode(t, validX, seed), Y: validY},
			matrix.Labelled{X: encode(t, testX, seed), Y: testY})
		valid, results = append(valid, v), append(results, r)
	}
	c, err := compare.Choose(valid, predictions(results), testY)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", c)
	if !c.Within {
		t.Errorf("the chosen encoder gains %.3f on the test split: its accuracy %.3f, mean of all %.3f", c.TestGain, c.TestWilson, c.TestMean)
	}
	// On new rows the chosen encoder is as good as on the test split: the choice did not
	// inflate the reported accuracy.
	freshX, freshY := draw(rng, 8000, means)
	seed := uint64(c.Chosen)
	_, fresh := accuracies(t,
		matrix.Labelled{X: encode(t, trainX, seed), Y: trainY},
		matrix.Labelled{X: encode(t, validX, seed), Y: validY},
		matrix.Labelled{X: encode(t, freshX, seed), Y: freshY})
	t.Logf("chosen on fresh rows: %.3f %.3f", fresh.TestAccuracy, fresh.TestCI95)
	if a := fresh.TestAccuracy; a < c.TestWilson[0] || a > c.TestWilson[1] {
		t.Errorf("chosen: %.3f on fresh rows, %.3f on the test split", a, c.TestWilson)
	}
	if c.Optimism < 0.02 || c.Optimism < c.ValidGain/2 {
		t.Errorf("validation gain %.3f, optimism %.3f: nothing was left to be shown", c.ValidGain, c.Optimism)
	}
}

func predictions(results []*eval.LinearResult) [][]int32 {
	var p [][]int32
	for _, r := range results {
		p = append(p, r.Predicted)
	}
	return p
}
