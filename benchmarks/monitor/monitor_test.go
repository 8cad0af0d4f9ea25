package monitor

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"repbench/backends/backendtest"
	"repbench/datasets"
	"repbench/eval/quality/frechet"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/train"
	"repbench/train/dcgan"
	"repbench/train/runfolder"
)

const side = 8

// noise are n images of random pixels round a brightness, 8×8×3.
func noise(n int, seed uint64, brightness int) datasets.Images {
	r := rand.New(rand.NewPCG(seed, 2))
	im := datasets.Images{N: n, H: side, W: side, C: 3, Data: make([]uint8, n*side*side*3)}
	for i := range im.Data {
		im.Data[i] = uint8(brightness + r.IntN(64))
	}
	return im
}

// set is a data set with these splits, in the order of names and images.
func set(splits map[string]datasets.Images) *datasets.Dataset {
	ds := &datasets.Dataset{Name: "noise"}
	for _, name := range []string{datasets.Train, datasets.Valid, datasets.Test} {
		if im, ok := splits[name]; ok {
			ds.Splits = append(ds.Splits, &datasets.Split{Name: name, Images: im})
		}
	}
	return ds
}

// of gives images, again and again, in batches as a generator does: x/127.5-1.
func of(im datasets.Images) generate {
	return func(_ context.Context, n int, give func(dcgan.Images) error) error {
		for at := 0; at < n; at += dcgan.MeasureBatch {
			out := dcgan.Images{N: min(n-at, dcgan.MeasureBatch), H: im.H, W: im.W, C: im.C}
			for i := range out.N {
				for _, v := range im.At((at + i) % im.N) {
					out.Data = append(out.Data, float32(v)/127.5-1)
				}
			}
			if err := give(out); err != nil {
				return err
			}
		}
		return nil
	}
}

func measured(t *testing.T, ds *datasets.Dataset, o Options, g generate) map[string]float64 {
	t.Helper()
	o.Seed = 3
	m, err := New(ds, dcgan.Arch{}, o)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	values, err := m.measure(context.Background(), g)
	if err != nil {
		t.Fatal(err)
	}
	return asMap(t, m, values)
}

// asMap checks that the values stand in the order of the names, the first of which is there.
func asMap(t *testing.T, m *Monitor, values []runfolder.Value) map[string]float64 {
	t.Helper()
	names, at := m.names(), 0
	out := map[string]float64{}
	for _, v := range values {
		i := slices.Index(names[at:], v.Name)
		if i < 0 {
			t.Fatalf("%s is not among the names %v, or out of order", v.Name, names)
		}
		at += i + 1
		out[v.Name] = v.Value
	}
	if _, ok := out[names[0]]; !ok {
		t.Errorf("the first name, %s, is missing", names[0])
	}
	return out
}

// nndOf is the mean distance of queries from the nearest of the first n images, in [-1, 1].
func nndOf(queries, base datasets.Images, n int) float64 {
	sum := 0.0
	for q := range queries.N {
		nearest := math.Inf(1)
		for b := range n {
			square := 0.0
			for i, v := range queries.At(q) {
				d := (float64(v) - float64(base.At(b % base.N)[i])) / 127.5
				square += d * d
			}
			nearest = math.Min(nearest, square)
		}
		sum += math.Sqrt(nearest)
	}
	return sum / float64(queries.N)
}

// rows are the pixels of images as the encoder pixels gives them.
func rows(t *testing.T, im datasets.Images) matrix.View {
	t.Helper()
	data := make([]float32, len(im.Data))
	for i, v := range im.Data {
		data[i] = float32(v)/127.5 - 1
	}
	x, err := matrix.New(data, im.N, im.Stride())
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func frechetOf(t *testing.T, a, b datasets.Images) float64 {
	t.Helper()
	d, err := frechet.Distance(context.Background(), rows(t, a), rows(t, b), metric.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d.Value
}

func near(t *testing.T, name string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-5*math.Max(1, want)) { // pixels are rounded to float32 here
		t.Errorf("%s is %.9g, want %.9g", name, got, want)
	}
}

// Each number equals the definition, computed image by image. Where as many images are measured
// as the set has, all of them take part.
func TestAgainstDefinitions(t *testing.T) {
	trained, held, generated := noise(40, 1, 100), noise(40, 2, 100), noise(1100, 3, 90)
	got := measured(t, set(map[string]datasets.Images{datasets.Train: trained, datasets.Valid: held}),
		Options{Metrics: Metrics(), Images: 1100, Encoder: "pixels", Backend: backendtest.CPU(t)}, of(generated))
	near(t, "nnd_1000", got["nnd_1000"], nndOf(held, generated, 1000))
	near(t, "nnd_1000_train", got["nnd_1000_train"], nndOf(trained, generated, 1000))
	near(t, "frechet", got["frechet"], frechetOf(t, held, generated))
	near(t, "frechet_train", got["frechet_train"], frechetOf(t, trained, generated))
	near(t, "frechet_real", got["frechet_real"], frechetOf(t, held, trained))
	if len(got) != 5 { // 40 training images are too few for nnd_1000_real
		t.Errorf("measured %v", got)
	}
}

// A generator of its training images is at no distance from them, and farther from the held-out
// images than new images of the same kind are; an honest one is as far from both.
func TestMemoriserShows(t *testing.T) {
	trained, held := noise(30, 1, 100), noise(30, 2, 100)
	ds := set(map[string]datasets.Images{datasets.Train: trained, datasets.Test: held})
	o := Options{Metrics: []Metric{NND}, Images: 1000}
	copies, honest := measured(t, ds, o, of(trained)), measured(t, ds, o, of(noise(1000, 4, 100)))
	if copies["nnd_1000_train"] != 0 {
		t.Errorf("copies are at the distance %g of their originals", copies["nnd_1000_train"])
	}
	if !(copies["nnd_1000"] > honest["nnd_1000"]) {
		t.Errorf("held-out images are at %g of copies, at %g of new images", copies["nnd_1000"], honest["nnd_1000"])
	}
	if gap := honest["nnd_1000"] - honest["nnd_1000_train"]; math.Abs(gap) > 0.05*honest["nnd_1000"] {
		t.Errorf("an honest generator has the gap %g of %g", gap, honest["nnd_1000"])
	}
}

// Training images in place of generated ones are taken as far as there are enough: the first of
// a random order, not of the set's.
func TestRealImages(t *testing.T) {
	trained, held := noise(1500, 1, 100), noise(10, 2, 100)
	bright := noise(1500, 7, 180)
	copy(trained.Data[:1000*trained.Stride()], bright.Data) // the first two thirds are of another kind
	ds := set(map[string]datasets.Images{datasets.Train: trained, datasets.Valid: held})
	got := measured(t, ds, Options{Metrics: []Metric{NND}, Images: 1200}, of(noise(1200, 5, 100)))
	all := nndOf(held, trained, 1500)
	// a third of any 1,000 images is near, but none of the first 1,000 of the set
	if r, first := got["nnd_1000_real"], nndOf(held, trained, 1000); !(r >= all && r < 1.05*all) || first < 1.5*all {
		t.Errorf("nnd_1000_real is %g; of all 1,500 images it is %g", r, all)
	}
	if _, ok := got["nnd_10000_real"]; ok || len(got) != 3 {
		t.Errorf("measured %v", got)
	}
}

// Without held-out images there are training values alone, and a note that says what is missing.
func TestNoHeldOutImages(t *testing.T) {
	ds := set(map[string]datasets.Images{datasets.Train: noise(30, 1, 100)})
	o := Options{Metrics: Metrics(), Images: 1000, Encoder: "pixels", Backend: backendtest.CPU(t)}
	got := measured(t, ds, o, of(noise(1000, 4, 100)))
	if _, ok := got["nnd_1000_train"]; !ok || len(got) != 2 || got["frechet_train"] <= 0 {
		t.Errorf("measured %v", got)
	}
	m, err := New(ds, dcgan.Arch{}, o)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	notes := strings.Join(m.Notes(), "\n")
	for _, want := range []string{"30 training images and no held-out images", "neither a validation nor a test split", "singular covariance of the 192 features of pixels"} {
		if !strings.Contains(notes, want) {
			t.Errorf("%q is missing in\n%s", want, notes)
		}
	}
	if c := m.Measure().Settings; c.HeldOut != "" || c.TrainImages != 30 || c.Features != 192 || c.Every != DefaultEvery || !slices.Equal(c.Metrics, []string{"nnd", "frechet"}) {
		t.Errorf("settings %+v", c)
	}
}

// Equal numbers of training and held-out images are compared, the same ones each time; the
// validation split is held out where there is one.
func TestChoose(t *testing.T) {
	big, small := noise(50, 1, 100), noise(20, 2, 150)
	for _, tt := range []struct {
		splits map[string]datasets.Images
		images int
		split  string
		n      int
	}{
		{map[string]datasets.Images{datasets.Train: big, datasets.Valid: small, datasets.Test: big}, 1000, datasets.Valid, 20},
		{map[string]datasets.Images{datasets.Train: small, datasets.Test: big}, 1000, datasets.Test, 20},
		{map[string]datasets.Images{datasets.Train: big, datasets.Test: small}, 5, datasets.Test, 5},
		{map[string]datasets.Images{datasets.Train: big}, 30, "", 30},
	} {
		o := Options{Images: tt.images, Seed: 4}
		im, err := choose(set(tt.splits), o)
		if err != nil {
			t.Fatal(err)
		}
		if im.split != tt.split || im.train.N != tt.n || im.heldOut.N != tt.n && tt.split != "" || im.real.N != min(tt.images, tt.splits[datasets.Train].N) {
			t.Errorf("%d images of %v: split %q, %d training, %d held-out, %d real", tt.images, tt.splits, im.split, im.train.N, im.heldOut.N, im.real.N)
		}
		again, err := choose(set(tt.splits), o)
		if err != nil || !slices.Equal(again.train.Data, im.train.Data) || !slices.Equal(again.heldOut.Data, im.heldOut.Data) {
			t.Errorf("other images are compared the second time (%v)", err)
		}
		if o.Seed = 5; tt.n > 1 {
			if other, err := choose(set(tt.splits), o); err != nil || slices.Equal(other.train.Data, im.train.Data) {
				t.Errorf("another seed draws the same images (%v)", err)
			}
		}
	}
}

func TestOptionErrors(t *testing.T) {
	ds := set(map[string]datasets.Images{datasets.Train: noise(30, 1, 100), datasets.Test: noise(3, 1, 100)})
	for want, o := range map[string]Options{
		"nothing to measure; there are nnd and frechet":                                                        {},
		"nnd is measured for 1000 generated images or more; 999 are asked for: take as many, or frechet alone": {Metrics: []Metric{NND}, Images: 999},
		"every -1 steps": {Metrics: []Metric{NND}, Every: -1},
		"1 generated images; a covariance needs at least 2":          {Metrics: []Metric{Frechet}, Images: 1},
		"an encoder (pixels) is given, and no metric that needs one": {Metrics: []Metric{NND}, Encoder: "pixels"},
	} {
		if _, err := New(ds, dcgan.Arch{}, o); !errors.Is(err, train.ErrOptions) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	one := set(map[string]datasets.Images{datasets.Train: noise(1, 1, 100)})
	if _, err := New(one, dcgan.Arch{}, Options{Metrics: []Metric{NND}}); !errors.Is(err, train.ErrOptions) || !strings.Contains(err.Error(), "at least 2 are needed") {
		t.Errorf("one image: error %v", err)
	}
	if got, err := ParseMetrics([]string{"nnd", "frechet", "nnd"}); err != nil || !slices.Equal(got, Metrics()) {
		t.Errorf("metrics %v, %v", got, err)
	}
	if _, err := ParseMetrics([]string{"fid"}); !errors.Is(err, train.ErrOptions) || !strings.Contains(err.Error(), `no metric "fid" is measured while training; there are nnd and frechet`) {
		t.Errorf("error %v", err)
	}
}

// The default encoder fits the images of its architecture, grey or not.
func TestDefaultEncoder(t *testing.T) {
	for name, channels := range map[string]int{"svhn32": 3, "imagenet32": 1, "dcgan64": 3} {
		arch, err := dcgan.NewArch(name, 8)
		if err == nil {
			arch, err = arch.WithChannels(channels)
		}
		if err != nil {
			t.Fatal(err)
		}
		im := datasets.Images{N: 3, H: arch.ImageSize, W: arch.ImageSize, C: channels, Data: make([]uint8, 3*arch.ImageSize*arch.ImageSize*channels)}
		m, err := New(set(map[string]datasets.Images{datasets.Train: im}), arch, Options{Metrics: []Metric{Frechet}, Backend: backendtest.CPU(t)})
		if err != nil {
			t.Fatal(err)
		}
		if m.space.dims < 50 || m.space.dims > 300 || !strings.HasPrefix(m.o.Encoder, "random:"+name+",width=16") {
			t.Errorf("%s has %d features of %s", name, m.space.dims, m.o.Encoder)
		}
		m.Close()
	}
}

// A generated pixel becomes the nearest byte, a half the even one; the pixels of an image become
// its bytes again.
func TestBytes(t *testing.T) {
	var im dcgan.Images
	for v := range 256 {
		im.Data = append(im.Data, float32(v)/127.5-1)
	}
	for v, got := range appendBytes(nil, im) {
		if int(got) != v {
			t.Errorf("%d becomes %d", v, got)
		}
	}
	odd := dcgan.Images{Data: []float32{-1.5, 1.5, 0, float32(math.Inf(1)), float32(math.Inf(-1))}}
	if got := appendBytes([]uint8{7}, odd); !slices.Equal(got, []uint8{7, 0, 255, 128, 255, 0}) { // 127.5 to the even 128
		t.Errorf("%v", got)
	}
}

// A measurement that is cancelled ends with the context's error, and the next one is whole.
func TestCancelled(t *testing.T) {
	ds := set(map[string]datasets.Images{datasets.Train: noise(20, 1, 100), datasets.Test: noise(20, 2, 100)})
	m, err := New(ds, dcgan.Arch{}, Options{Metrics: []Metric{NND}, Images: 1000})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	g := of(noise(1000, 3, 100))
	_, err = m.measure(ctx, func(ctx context.Context, n int, give func(dcgan.Images) error) error {
		cancel()
		return g(ctx, n, give)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if values, err := m.measure(context.Background(), g); err != nil || len(values) != 2 {
		t.Errorf("the next one: %v, %v", values, err)
	}
}
