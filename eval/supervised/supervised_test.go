package supervised

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"repbench/backends/backendtest"
	"repbench/datasets"
	"repbench/internal/progress"
	"repbench/train"
	"repbench/train/dcgan"
	"repbench/train/runfolder"
)

var cpu = backendtest.CPU

func shapes(t testing.TB, trainN, testN int) *datasets.Dataset {
	t.Helper()
	ds, err := datasets.Open(context.Background(), "shapes", datasets.Options{Size: 32, Count: trainN, TestCount: testN})
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

// tiny returns the options of a search of a few milliseconds.
func tiny(t testing.TB, trials int) Options {
	t.Helper()
	a, err := dcgan.NewArch("svhn32", 2)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Arch: a, Trials: trials, Steps: 4, Batch: 8, HoldOut: 0.25, Seed: new(uint64(3))}
}

// timeless returns a result without the durations.
func timeless(r *Result) Result {
	c := *r
	c.Seconds = 0
	c.Tried = slices.Clone(r.Tried)
	for i := range c.Tried {
		c.Tried[i].Seconds = 0
	}
	return c
}

// cancelAt cancels a context when a task reports the given number of steps.
type cancelAt struct {
	steps  int64
	cancel context.CancelFunc
}

func (c *cancelAt) Start(string, int64, string) progress.Task { return c }
func (c *cancelAt) Note(string)                               {}
func (c *cancelAt) Done()                                     {}
func (c *cancelAt) Add(n int64) {
	if c.steps -= n; c.steps == 0 {
		c.cancel()
	}
}

// A search that is stopped in its second trial and started again has the same result as an
// uninterrupted one, and so has a search that begins with fewer trials.
func TestResume(t *testing.T) {
	b, ds := cpu(t), shapes(t, 60, 20)
	want, err := Run(context.Background(), t.TempDir(), ds, b, tiny(t, 3))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o := tiny(t, 3)
	o.Progress = &cancelAt{6, cancel}
	if _, err := Run(ctx, dir, ds, b, o); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "trial 2") {
		t.Fatalf("error %v, want one that names trial 2 and wraps context.Canceled", err)
	}
	grown := t.TempDir()
	if _, err := Run(context.Background(), grown, ds, b, tiny(t, 1)); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{dir, grown, grown} { // the last one is already complete
		got, err := Run(context.Background(), d, ds, b, tiny(t, 3))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(timeless(got), timeless(want)) {
			t.Errorf("result %+v\nwant %+v", timeless(got), timeless(want))
		}
	}
	if want.NFit+want.NValid != 60 || want.NFinal != 60 || want.NTest != 20 || len(want.Tried) != 3 {
		t.Errorf("sizes are wrong in %+v", want)
	}
}

// The classifier learns the built-in classes, and the trial with the best validation accuracy
// is chosen.
func TestLearns(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	o := tiny(t, 2)
	o.Arch, _ = dcgan.NewArch("svhn32", 4)
	o.Steps, o.Batch = 100, 32
	ds := shapes(t, 600, 200)
	r, err := Run(context.Background(), t.TempDir(), ds, cpu(t), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, tr := range r.Tried {
		if tr.ValidAccuracy > r.ValidAccuracy || tr.Diverged {
			t.Errorf("trial %+v beside the chosen one with %g", tr, r.ValidAccuracy)
		}
	}
	if chance := 1 / float64(len(ds.Classes)); r.TestCI95[0] < 2*chance {
		t.Errorf("test accuracy %g, interval %v, chance %g", r.TestAccuracy, r.TestCI95, chance)
	}
}

// With labels unrelated to the images, the test accuracy is chance.
func TestShuffledLabelsGiveChance(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	ds := shapes(t, 300, 300)
	for i, s := range ds.Splits {
		r := train.Random(uint64(i)+1, 0, 0)
		r.Shuffle(len(s.Labels), func(i, j int) { s.Labels[i], s.Labels[j] = s.Labels[j], s.Labels[i] })
	}
	o := tiny(t, 2)
	o.Steps = 100
	r, err := Run(context.Background(), t.TempDir(), ds, cpu(t), o)
	if err != nil {
		t.Fatal(err)
	}
	// Four standard deviations of the share of 300 guesses.
	chance := 1 / float64(len(ds.Classes))
	if limit := 4 * math.Sqrt(chance*(1-chance)/300); math.Abs(r.TestAccuracy-chance) > limit {
		t.Errorf("test accuracy %g, chance is %g ± %g", r.TestAccuracy, chance, limit)
	}
}

func TestRunRefuses(t *testing.T) {
	b, ds := cpu(t), shapes(t, 60, 20)
	dir := t.TempDir()
	if _, err := Run(context.Background(), dir, ds, b, tiny(t, 2)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		change func(*Options, *datasets.Dataset)
		kind   error
		want   string
	}{
		{"another seed", func(o *Options, _ *datasets.Dataset) { o.Seed = new(uint64(9)) }, runfolder.ErrDiffers, "seed is 9, was 3"},
		{"other data", func(_ *Options, d *datasets.Dataset) { d.Hash = "x" }, runfolder.ErrDiffers, "data_hash is x"},
		{"fewer trials", func(o *Options, _ *datasets.Dataset) { o.Trials = 1 }, nil, "2 trials, more than the 1"},
		{"no architecture", func(o *Options, _ *datasets.Dataset) { o.Arch = dcgan.Arch{} }, train.ErrOptions, "no architecture"},
		{"batch of one", func(o *Options, _ *datasets.Dataset) { o.Batch = 1 }, train.ErrOptions, "batch of 1"},
		{"large batch", func(o *Options, _ *datasets.Dataset) { o.Batch = 50 }, train.ErrOptions, "fewer than one batch of 50"},
		{"steps below 0", func(o *Options, _ *datasets.Dataset) { o.Steps = -1 }, train.ErrOptions, "must be positive"},
		{"all held out", func(o *Options, _ *datasets.Dataset) { o.HoldOut = 1 }, train.ErrOptions, "hold-out share 1"},
		{"no labels", func(_ *Options, d *datasets.Dataset) { d.Splits[0].Labels = nil }, nil, "split train has no labels; take a data set that has them"},
		{"no test split", func(_ *Options, d *datasets.Dataset) { d.Splits = d.Splits[:1] }, nil, "the accuracy is reported on a test split with labels"},
		{"a label too large", func(_ *Options, d *datasets.Dataset) { d.Splits[1].Labels[7] = 99 }, nil, "label 99 of image 7"},
		{"one class", func(_ *Options, d *datasets.Dataset) { d.Classes = d.Classes[:1] }, nil, "1 classes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, d := tiny(t, 2), shapes(t, 60, 20)
			tt.change(&o, d)
			_, err := Run(context.Background(), dir, d, b, o)
			if err == nil || !strings.Contains(err.Error(), tt.want) || tt.kind != nil && !errors.Is(err, tt.kind) {
				t.Errorf("error %v, want one of kind %v with %q", err, tt.kind, tt.want)
			}
		})
	}
}

// Files of a search that are damaged are told with the next step, which works.
func TestDamagedSearch(t *testing.T) {
	b, ds := cpu(t), shapes(t, 60, 20)
	dir := t.TempDir()
	if _, err := Run(context.Background(), dir, ds, b, tiny(t, 1)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, want string }{
		{resultFile, "remove it, and it is made again from the trials"},
		{trialsFile, "remove it to begin the search again"},
	} {
		path := filepath.Join(dir, tt.name)
		if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Run(context.Background(), dir, ds, b, tiny(t, 2)); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Run(context.Background(), dir, ds, b, tiny(t, 2)); err != nil {
		t.Errorf("as advised: %v", err)
	}
}

func TestForeignTrialsAreRefused(t *testing.T) {
	b, ds := cpu(t), shapes(t, 60, 20)
	dir := t.TempDir()
	if _, err := Run(context.Background(), dir, ds, b, tiny(t, 1)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, resultFile)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, trialsFile), []byte(`[{"learning_rate": 1, "valid_accuracy": 1}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), dir, ds, b, tiny(t, 2)); err == nil || !strings.Contains(err.Error(), "not drawn from seed 3") {
		t.Errorf("error %v, want one that refuses the trial", err)
	}
}

// Trials whose options are unknown are not resumed.
func TestTrialsWithoutConfigAreRefused(t *testing.T) {
	b, ds := cpu(t), shapes(t, 60, 20)
	dir := t.TempDir()
	if _, err := Run(context.Background(), dir, ds, b, tiny(t, 1)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "config.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), dir, ds, b, tiny(t, 2)); err == nil || !strings.Contains(err.Error(), "restore config.json") {
		t.Errorf("error %v, want one that asks for config.json", err)
	}
}

func TestHoldOut(t *testing.T) {
	y := []int32{0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2}
	rest, held := holdOut(y, 0.25, 1)
	all := append(slices.Clone(rest), held...)
	slices.Sort(all)
	for i, r := range all {
		if r != i {
			t.Fatalf("%v and %v are no partition", rest, held)
		}
	}
	count := map[int32]int{}
	for _, i := range held {
		count[y[i]]++
	}
	// A quarter of 4 and of 8; the only image of class 2 is not held out.
	if want := map[int32]int{0: 1, 1: 2}; !reflect.DeepEqual(count, want) {
		t.Errorf("held out %v per class, want %v", count, want)
	}
	if _, again := holdOut(y, 0.25, 1); !slices.Equal(again, held) {
		t.Error("the same seed holds out other images")
	}
}

func TestDrawStaysInRange(t *testing.T) {
	seen := map[Hyper]bool{}
	for i := range 200 {
		h := draw(1, i)
		if h.LearningRate < 1e-4 || h.LearningRate > 1e-2 || h.WeightDecay < 1e-6 || h.WeightDecay > 1e-2 || h.Dropout < 0 || h.Dropout >= 0.7 {
			t.Errorf("trial %d: %+v is out of range", i, h)
		}
		seen[h] = true
	}
	if len(seen) != 200 || draw(1, 3) != draw(1, 3) || draw(2, 3) == draw(1, 3) {
		t.Error("draws do not follow seed and number")
	}
}

func TestCrossEntropy(t *testing.T) {
	// -log softmax in closed form: equal logits give log 3; 1000 against 0 and 0 gives 0 if the
	// class is the first, and 1000 otherwise.
	logits := [][]float32{{5, 5, 5}, {1000, 0, 0}, {1000, 0, 0}}
	oneHot := [][]float32{{0, 1, 0}, {1, 0, 0}, {0, 0, 1}}
	out := MustExecOnce(cpu(t).Compute, crossEntropy, logits, oneHot)
	got := float64(out.Value().(float32))
	if want := (math.Log(3) + 1000) / 3; math.Abs(got-want) > 1e-3 {
		t.Errorf("cross-entropy %g, want %g", got, want)
	}
}

func TestLargest(t *testing.T) {
	if k, err := largest([]float32{1, 3, 3, 2}); err != nil || k != 1 {
		t.Errorf("largest of 1 3 3 2 is at %d, error %v", k, err)
	}
	if _, err := largest([]float32{1, float32(math.NaN())}); !errors.Is(err, train.ErrDiverged) {
		t.Errorf("a NaN gives error %v", err)
	}
}

// With few labels a trial and the final fit use the given number of images per class, none of
// the validation images, and the same images in every search.
func TestFewLabels(t *testing.T) {
	ds := shapes(t, 60, 20)
	o := tiny(t, 1)
	o.LabelsPerClass = 2
	d, err := newSearchData(ds, o.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	counts := make([]int, d.classes)
	for i := range d.fit.n() {
		counts[d.fit.label(i)]++
		if slices.Contains(d.valid.index, d.fit.index[i]) {
			t.Errorf("image %d fits and validates", d.fit.index[i])
		}
	}
	for k, n := range counts {
		if n != 2 {
			t.Errorf("class %d has %d labels", k, n)
		}
	}
	if !slices.Equal(d.fit.index, d.final.index) {
		t.Errorf("trials see %v, the final fit %v", d.fit.index, d.final.index)
	}
	again, err := newSearchData(ds, o.withDefaults())
	if err != nil || !slices.Equal(again.fit.index, d.fit.index) {
		t.Errorf("drawn again: %v and %v (%v)", again.fit.index, d.fit.index, err)
	}
	o.Seed = new(uint64(4))
	other, err := newSearchData(ds, o.withDefaults())
	if err != nil || slices.Equal(other.fit.index, d.fit.index) {
		t.Errorf("another seed draws the same images (%v)", err)
	}
	r, err := Run(context.Background(), t.TempDir(), ds, cpu(t), o)
	if err != nil {
		t.Fatal(err)
	}
	if want := 2 * d.classes; r.NFit != want || r.NFinal != want || r.Labels != 2 {
		t.Errorf("%d images of a trial, %d of the final fit, %d labels per class; want %d, %d and 2", r.NFit, r.NFinal, r.Labels, want, want)
	}
	o.LabelsPerClass = 50
	if _, err := newSearchData(ds, o.withDefaults()); !errors.Is(err, train.ErrOptions) || !strings.Contains(err.Error(), "fewer than 50 labels") {
		t.Errorf("too many labels: %v", err)
	}
}
