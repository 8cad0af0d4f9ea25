package supervised

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/eval"
	"repbench/internal/measure"
	"repbench/internal/released"
	"repbench/train"
	"repbench/train/dcgan"
)

func arch32(t *testing.T) dcgan.Arch {
	t.Helper()
	a, err := dcgan.NewArch("svhn32", 2)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// labelled is a split of grey images of their number, with these labels.
func labelled(name string, labels ...int32) *datasets.Split {
	im := datasets.Images{N: len(labels), H: 32, W: 32, C: 3, Data: make([]uint8, len(labels)*3072)}
	for i := range im.Data {
		im.Data[i] = uint8(i / 3072)
	}
	return &datasets.Split{Name: name, Images: im, Labels: append([]int32{}, labels...)}
}

func setOf(splits ...*datasets.Split) *datasets.Dataset {
	return &datasets.Dataset{Name: "set", Classes: []string{"a", "b"}, Splits: splits}
}

// A validation split is used as it is; without one, images of each class are held out. The final
// fit is on all training images in both cases.
func TestSearchData(t *testing.T) {
	train9 := labelled("train", 0, 1, 0, 1, 0, 1, 0, 1, 0)
	o := Options{Arch: arch32(t), Batch: 2, HoldOut: 0.25}.withDefaults()
	d, err := newSearchData(setOf(train9, labelled("valid", 1, 0, 1)), o)
	if err != nil {
		t.Fatal(err)
	}
	if d.fit.n() != 9 || d.valid.n() != 3 || d.final.n() != 9 || d.selectedOn != (measure.Selection{On: measure.Valid, Of: "hyperparameters", Rows: 3}) {
		t.Errorf("with a validation split: %d to fit, %d to choose, %d in the end, %+v", d.fit.n(), d.valid.n(), d.final.n(), d.selectedOn)
	}
	if d, err = newSearchData(setOf(train9), o); err != nil {
		t.Fatal(err)
	}
	if d.fit.n() != 7 || d.valid.n() != 2 || d.final.n() != 9 || d.selectedOn.From != measure.HeldOut || d.selectedOn.Rows != 2 {
		t.Errorf("without one: %d to fit, %d to choose, %d in the end, %+v", d.fit.n(), d.valid.n(), d.final.n(), d.selectedOn)
	}
	for _, i := range d.valid.index {
		if slices.Contains(d.fit.index, i) {
			t.Errorf("image %d is fitted and chosen on", i)
		}
	}
	if got := d.fit.at(nil, []int{1, 0}); got[0] != uint8(d.fit.index[1]) || got[3072] != uint8(d.fit.index[0]) || len(got) != 2*3072 {
		t.Errorf("images %d and %d are copied for the places 1 and 0 of %v", got[0], got[3072], d.fit.index)
	}
	if d.fit.label(2) != train9.Labels[d.fit.index[2]] {
		t.Error("a label belongs to another image")
	}
}

func TestSearchDataErrors(t *testing.T) {
	o := Options{Arch: arch32(t), Batch: 2}.withDefaults()
	small := labelled("train", 0, 1)
	small.Images.H, small.Images.W = 16, 16
	unlabelled, short := labelled("train", 0, 1), labelled("train", 0, 1, 1)
	unlabelled.Labels, short.Labels = nil, short.Labels[:2]
	few := o
	few.LabelsPerClass = 5
	one := setOf(labelled("train", 0, 0, 0))
	one.Classes = one.Classes[:1]
	for want, tt := range map[string]struct {
		ds *datasets.Dataset
		o  Options
	}{
		"has 1 classes; there must be two or more":            {one, o},
		"no split \"train\"":                                  {setOf(labelled("test", 0, 1)), o},
		"split train has no labels; take a data set that has": {setOf(unlabelled), o},
		"split train has 3 images and 2 labels":               {setOf(short), o},
		"split train is empty":                                {setOf(labelled("train")), o},
		"wants images of 32×32×3":                             {setOf(small), o},
		"label 2 of image 1, with 2 classes":                  {setOf(labelled("train", 0, 2)), o},
		"label -1 of image 0":                                 {setOf(labelled("train", -1, 1)), o},
		"split valid is empty":                                {setOf(labelled("train", 0, 1, 0, 1), labelled("valid")), o},
		"fewer than one batch of 2":                           {setOf(labelled("train", 0, 0)), o},
		"class 1 has 2 images to fit":                         {setOf(labelled("train", 0, 0, 0, 0, 0, 0, 1, 1, 1)), few},
	} {
		_, err := newSearchData(tt.ds, tt.o)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// Of a class with one image nothing is held out; of all others at least one image.
func TestHoldOutOfSmallClasses(t *testing.T) {
	y := []int32{0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}
	for share, want := range map[float64][3]int{0.01: {0, 1, 1}, 0.25: {0, 1, 3}, 0.99: {0, 1, 9}} {
		rest, held := holdOut(y, share, 3)
		var counts [3]int
		for _, i := range held {
			counts[y[i]]++
		}
		if counts != want || len(rest)+len(held) != len(y) || !slices.IsSorted(rest) || !slices.IsSorted(held) {
			t.Errorf("share %g: %v are held out of each class, want %v", share, counts, want)
		}
	}
}

// Labels of a class are drawn from that class, without repetition, by the seed alone.
func TestDrawLabels(t *testing.T) {
	var y []int32
	for i := range 60 {
		y = append(y, int32(i%3))
	}
	from := rows{labels: y, index: allRows(60)[10:]}
	a, err := drawLabels(from, 3, 7, 1)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[int32]int{}
	for i, row := range a {
		counts[y[row]]++
		if row < 10 || i > 0 && row <= a[i-1] {
			t.Errorf("row %d is drawn at place %d of %v", row, i, a)
		}
	}
	if counts[0] != 7 || counts[1] != 7 || counts[2] != 7 {
		t.Errorf("%v labels of each class", counts)
	}
	same, err := drawLabels(from, 3, 7, 1)
	if err != nil || !slices.Equal(same, a) {
		t.Errorf("the same seed draws %v, %v; first %v", same, err, a)
	}
	if other, err := drawLabels(from, 3, 7, 2); err != nil || slices.Equal(other, a) {
		t.Errorf("another seed draws the same (%v)", err)
	}
	if _, err := drawLabels(from, 3, 18, 1); !errors.Is(err, train.ErrOptions) || !strings.Contains(err.Error(), "fewer than 18 labels") {
		t.Errorf("too many labels: error %v", err)
	}
}

func TestOptions(t *testing.T) {
	ok := Options{Arch: arch32(t)}
	if err := ok.Check(); err != nil {
		t.Fatal(err)
	}
	if d := ok.withDefaults(); d.Trials != 64 || d.Steps != 2000 || d.Batch != 128 || d.HoldOut != 0.1 || *d.Seed != 1 {
		t.Errorf("defaults %+v", d)
	}
	for want, change := range map[string]func(*Options){
		"no architecture given":                       func(o *Options) { o.Arch = dcgan.Arch{} },
		"-1 trials of 2000 steps; both":               func(o *Options) { o.Trials = -1 },
		"64 trials of -1 steps; both":                 func(o *Options) { o.Steps = -1 },
		"a batch of 1 is too small":                   func(o *Options) { o.Batch = 1 },
		"hold-out share 1 must be between 0 and 1":    func(o *Options) { o.HoldOut = 1 },
		"hold-out share NaN must":                     func(o *Options) { o.HoldOut = math.NaN() },
		"-1 labels per class; must be positive, or 0": func(o *Options) { o.LabelsPerClass = -1 },
	} {
		o := ok
		change(&o)
		if err := o.Check(); !errors.Is(err, train.ErrOptions) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// Trial i of a seed is the same whatever was drawn before it, and spread over the whole range.
func TestDrawSpreads(t *testing.T) {
	const n = 400
	low, high := [3]int{}, [3]int{}
	for i := range n {
		h := draw(9, i)
		if draw(9, i) != h {
			t.Fatalf("trial %d is drawn anew", i)
		}
		for k, v := range []float64{math.Log(h.LearningRate/1e-4) / math.Log(100), math.Log(h.WeightDecay/1e-6) / math.Log(1e4), h.Dropout / 0.7} {
			if v < 0.5 {
				low[k]++
			} else {
				high[k]++
			}
		}
	}
	for k := range low { // five standard deviations of a fair coin
		if math.Abs(float64(low[k]-high[k])) > 5*math.Sqrt(n) {
			t.Errorf("hyperparameter %d: %d in the lower half of its range, %d in the upper", k, low[k], high[k])
		}
	}
	if a := (Hyper{LearningRate: 0.1, WeightDecay: 0.2}).adam(); a.LearningRate != 0.1 || a.WeightDecay != 0.2 || a.Beta1 != 0.9 {
		t.Errorf("Adam gets %+v", a)
	}
}

// TestReleasedSplit: svhn-1000 chooses on the images that the released code sets aside and keeps
// the labels of 100 others per class, which are drawn by the seed.
func TestReleasedSplit(t *testing.T) {
	const n = 10_300
	labels := make([]int32, n)
	for i := range labels {
		labels[i] = int32(i % 2)
	}
	all := labelled("train", labels...)
	o := Options{Arch: arch32(t), Batch: 2, Protocol: eval.SVHN1000}.withDefaults()
	if err := o.validate(); err != nil {
		t.Fatal(err)
	}
	d, err := newSearchData(setOf(all), o)
	if err != nil {
		t.Fatal(err)
	}
	var want []int
	for _, row := range released.Order(n)[:10_000] {
		want = append(want, int(row))
	}
	slices.Sort(want)
	if !slices.Equal(d.valid.index, want) || d.fit.n() != 200 || d.final.n() != 200 ||
		d.selectedOn.String() != "valid (the 10000 rows of train that the released code takes)" {
		t.Errorf("%d images to choose on, %d to fit, %d in the end, selected on %q", d.valid.n(), d.fit.n(), d.final.n(), d.selectedOn)
	}
	for _, i := range d.fit.index {
		if _, found := slices.BinarySearch(want, i); found {
			t.Errorf("image %d is fitted and chosen on", i)
		}
	}
	for _, c := range []struct {
		say string
		ds  *datasets.Dataset
	}{
		{"a training split of 300 images; svhn-1000 sets 10000 of them aside", setOf(labelled("train", labels[:300]...))},
		{"a validation split of 2 images; svhn-1000 has 10000", setOf(all, labelled("valid", 0, 1))},
	} {
		if _, err := newSearchData(c.ds, o); !errors.Is(err, train.ErrOptions) || !strings.Contains(err.Error(), c.say) {
			t.Errorf("error %v, want one that says %q", err, c.say)
		}
	}
	for _, c := range []struct {
		say    string
		change func(*Options)
	}{
		{`no search with the protocol "cifar10-400"`, func(o *Options) { o.Protocol = eval.CIFAR400 }},
		{"hold-out share 0.2 means nothing", func(o *Options) { o.HoldOut = 0.2 }},
		{"7 labels per class; svhn-1000 has 100", func(o *Options) { o.LabelsPerClass = 7 }},
	} {
		bad := Options{Arch: arch32(t), Protocol: eval.SVHN1000}
		c.change(&bad)
		if err := bad.Check(); !errors.Is(err, train.ErrOptions) || !strings.Contains(err.Error(), c.say) {
			t.Errorf("error %v, want one that says %q", err, c.say)
		}
	}
}
