package compare_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"repbench/eval"
	"repbench/eval/compare"
)

// problem is synthetic: four classes, images of 24 values whose class means
// differ little, so that no encoder is perfect.
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
func encode(t *testing.T, x []float64, seed uint64) eval.Matrix {
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
	m, err := eval.NewMatrix(out, n, encoderWidth)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// accuracies fits an encoder's features and returns the validation accuracy of
// the chosen C, the best of the grid, and the result on the test split.
func accuracies(t *testing.T, train, valid, test eval.Labelled) (float64, *eval.LinearResult) {
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

// Shuffled training labels must give chance on true test labels, and true
// training labels more: else the control would show nothing.
func TestShuffledLabelsGiveChance(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	means := make([]float64, problemClasses*problemWidth)
	for i := range means {
		means[i] = 0.5 * rng.NormFloat64()
	}
	trainX, trainY := draw(rng, 600, means)
	validX, validY := draw(rng, 300, means)
	testX, testY := draw(rng, 1000, means)
	shuffledTrain, shuffledValid := append([]int32(nil), trainY...), append([]int32(nil), validY...)
	for _, y := range [][]int32{shuffledTrain, shuffledValid} {
		rng.Shuffle(len(y), func(i, j int) { y[i], y[j] = y[j], y[i] })
	}
	features := func(x []float64) eval.Matrix { return encode(t, x, 1) }
	test := eval.Labelled{X: features(testX), Y: testY}
	_, real := accuracies(t, eval.Labelled{X: features(trainX), Y: trainY}, eval.Labelled{X: features(validX), Y: validY}, test)
	_, chance := accuracies(t, eval.Labelled{X: features(trainX), Y: shuffledTrain}, eval.Labelled{X: features(validX), Y: shuffledValid}, test)
	t.Logf("true labels %.3f, shuffled %.3f %v", real.TestAccuracy, chance.TestAccuracy, chance.TestCI95)
	if chance.TestCI95[0] > 1./problemClasses || chance.TestCI95[1] < 1./problemClasses {
		t.Errorf("shuffled labels: interval %v does not hold chance, %g", chance.TestCI95, 1./problemClasses)
	}
	if real.TestCI95[0] < 2./problemClasses {
		t.Errorf("true labels: only %v", real.TestCI95)
	}
}

// The best of 50 random encoders by validation accuracy: on the test split it
// must gain no more over the mean of all than its interval allows, though on the
// small validation split it gains much. Wide random projections of one kind hardly
// differ in quality, so that what is chosen is mostly luck.
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
			eval.Labelled{X: encode(t, trainX, seed), Y: trainY},
			eval.Labelled{X: encode(t, validX, seed), Y: validY},
			eval.Labelled{X: encode(t, testX, seed), Y: testY})
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
	// On rows that nobody has seen the chosen one is as good as on the test split:
	// what was reported is not flattered by the choice.
	freshX, freshY := draw(rng, 8000, means)
	seed := uint64(c.Chosen)
	_, fresh := accuracies(t,
		eval.Labelled{X: encode(t, trainX, seed), Y: trainY},
		eval.Labelled{X: encode(t, validX, seed), Y: validY},
		eval.Labelled{X: encode(t, freshX, seed), Y: freshY})
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
