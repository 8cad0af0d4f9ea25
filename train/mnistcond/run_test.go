package mnistcond

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"repbench/backends/backendtest"
	"repbench/datasets"
	"repbench/internal/released"
)

// noise is a training set of random images.
func noise(n int) Data {
	r := rand.New(rand.NewPCG(1, 2))
	d := Data{Name: "noise", Split: ReleasedSplit, Images: datasets.Images{N: n, H: Side, W: Side, C: 1}}
	for range n * Side * Side {
		d.Images.Data = append(d.Images.Data, uint8(r.IntN(256)))
	}
	for range n {
		d.Labels = append(d.Labels, int32(r.IntN(Classes)))
	}
	return d
}

// TestRate: 2e-4 for 100 epochs and the next one, then less by 2e-6 after each, as in the released code.
func TestRate(t *testing.T) {
	for epoch, want := range map[int64]float64{0: 2e-4, 99: 2e-4, 100: 2e-4, 101: 1.98e-4, 150: 1e-4, 199: 2e-6} {
		if got := rate(DefaultLearningRate, epoch); math.Abs(got-want) > 1e-12 {
			t.Errorf("epoch %d: %g, want %g", epoch, got, want)
		}
	}
}

// TestReleased: the last sixth of the released order is for validation, the rest is trained on in this
// order, with its own labels.
func TestReleased(t *testing.T) {
	d := noise(600)
	for i := range d.Images.N {
		d.Images.At(i)[0] = uint8(i % 251)
		d.Labels[i] = int32(i % Classes)
	}
	ds := &datasets.Dataset{Name: "noise", Splits: []*datasets.Split{{Name: datasets.Train, Images: d.Images, Labels: d.Labels}}}
	got, err := Released(ds)
	if err != nil {
		t.Fatal(err)
	}
	if got.Images.N != 500 || got.Valid.N != 100 {
		t.Fatalf("%d and %d images", got.Images.N, got.Valid.N)
	}
	for i, r := range released.Order(600) {
		im, label := got.Images, got.Labels
		if i >= 500 {
			im, label, i = got.Valid, got.ValidLabels, i-500
		}
		if im.At(i)[0] != uint8(r%251) || label[i] != r%Classes {
			t.Fatalf("position %d does not hold image %d", i, r)
		}
	}
	ds.Splits[0].Labels = slices.Clone(d.Labels)
	ds.Splits[0].Labels[7] = 10
	if _, err := Released(ds); err == nil || !strings.Contains(err.Error(), "label 7 is 10") {
		t.Errorf("error %v", err)
	}
	ds.Splits[0].Labels = nil
	if _, err := Released(ds); err == nil || !strings.Contains(err.Error(), "0 labels for 600 images") {
		t.Errorf("error %v", err)
	}
}

// TestOptions: options that cannot be trained with are errors.
func TestOptions(t *testing.T) {
	d := noise(60)
	a, err := NewArch(1, 2)
	if err != nil {
		t.Fatal(err)
	}
	for want, o := range map[string]Options{
		"fewer than one batch of 128": {Arch: a, Steps: 1},
		"outside 1 … 1024":            {Arch: Arch{Width: 2000, Dense: 1}, Batch: 10, Steps: 1},
		"outside 1 … 16384":           {Arch: Arch{Width: 1}, Batch: 10, Steps: 1},
		"give one of them, not both":  {Arch: a, Batch: 10, Steps: 1, Epochs: 1},
		"give 1 to 1200 steps":        {Arch: a, Batch: 10, Steps: 1201},
		"want a positive rate":        {Arch: a, Batch: 10, Steps: 1, LearningRate: math.NaN()},
		"a batch of 1 is too small":   {Arch: a, Batch: 1, Steps: 1},
	} {
		if _, err := o.resolve(d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if o, err := (Options{Arch: a, Batch: 50, Epochs: 200}).resolve(d); err != nil || o.Steps != 400 {
		t.Errorf("%d steps, %v", o.Steps, err)
	}
	colour := noise(60)
	colour.Images = datasets.Images{N: 20, H: Side, W: Side, C: 3, Data: colour.Images.Data}
	if _, err := (Options{Arch: a, Batch: 10, Steps: 1}).resolve(colour); err == nil || !strings.Contains(err.Error(), "wants grey images of 28×28") {
		t.Errorf("error %v", err)
	}
}

// TestDraws: the draws of a batch depend on the seed and its number alone, and labels are even.
func TestDraws(t *testing.T) {
	d := Draws{Seed: 3}
	if !slices.Equal(d.Z(4, 128)[:ZDim], d.Z(4, 1)) || slices.Equal(d.Z(4, 1), d.Z(5, 1)) || slices.Equal(d.Z(4, 1), Draws{Seed: 4}.Z(4, 1)) {
		t.Error("z of a batch depend on more than its number")
	}
	if slices.Equal(d.Z(0, 1), Draws{Seed: 3, stream: streamMeasure}.Z(0, 1)) {
		t.Error("measured images have the z of samples")
	}
	var counts [Classes]int
	for batch := range int64(100) {
		for _, l := range d.Labels(batch, SampleBatch) {
			counts[l]++
		}
	}
	for class, n := range counts {
		if math.Abs(float64(n)-1280) > 6*math.Sqrt(1280*0.9) {
			t.Errorf("class %d has %d of 12,800 labels", class, n)
		}
	}
}

// Images of a few classes are made among as many of all others, and so do not depend on which classes
// were asked for; of balanced labels nothing is added.
func TestCompanied(t *testing.T) {
	s, err := NewModel(Arch{Width: 2, Dense: 5}, 3).NewSampler(backendtest.CPU(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	d := Draws{Seed: 4}
	all := Rows(20)
	whole, err := s.Images(d.Z(0, 20), all)
	if err != nil {
		t.Fatal(err)
	}
	balanced, err := s.Companied(d.Z(0, 20), all, d, 0)
	if err != nil || !slices.Equal(balanced.Data, whole.Data) {
		t.Errorf("balanced labels give other images (%v)", err)
	}
	few := []int32{3, 3, 7, 3}
	got, err := s.Companied(d.Z(1, 4), few, d, 0)
	if err != nil || got.N != 4 || !slices.Equal(got.Labels, few) {
		t.Fatalf("%v: %d images of %v", err, got.N, got.Labels)
	}
	// The batch that has to be behind them: three images of each class.
	labels := append(slices.Clone(few), 0, 0, 0, 1, 1, 1, 2, 2, 2, 4, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7, 8, 8, 8, 9, 9, 9)
	want, err := s.Images(append(d.Z(1, 4), d.Z(1<<40, 26)...), labels)
	if err != nil || !slices.Equal(got.Data, want.Data[:4*Side*Side]) {
		t.Errorf("the images are not the ones that a batch with three of each class has (%v)", err)
	}
	// 250 of one class are three batches, each with all classes.
	many := make([]int32, 250)
	if got, err = s.Companied(d.Z(2, 250), many, d, 0); err != nil || got.N != 250 || slices.Equal(got.Data[:784], got.Data[100*784:101*784]) {
		t.Errorf("%d images, %v", got.N, err)
	}
	if _, err := s.Companied(d.Z(2, 2), []int32{1, 77}, d, 0); err == nil || !strings.Contains(err.Error(), "77") {
		t.Errorf("label 77: %v", err)
	}
}
