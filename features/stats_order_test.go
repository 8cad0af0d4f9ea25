package features

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/store"
	"repbench/internal/npy"
	"repbench/internal/released"
	"repbench/train/dcgan"
)

// matElement is an element of a MAT-file, matVariable a uint8 array in one.
func matElement(kind uint32, body []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, kind)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(body)))
	b = append(b, body...)
	return append(b, make([]byte, (8-len(body)%8)%8)...)
}

func matVariable(name string, dims []uint32, data []byte) []byte {
	var shape []byte
	for _, d := range dims {
		shape = binary.LittleEndian.AppendUint32(shape, d)
	}
	flags := []byte{9, 0, 0, 0, 0, 0, 0, 0} // class uint8
	return matElement(14, slices.Concat(matElement(6, flags), matElement(5, shape), matElement(1, []byte(name)), matElement(2, data)))
}

// digits are n images of 32×32×3, in MATLAB's order, whose brightness changes slowly
// with their place, so that minibatches of another order have other variances.
func digits(n int) []byte {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	data := make([]byte, n*3072)
	for i := range n {
		base := 200 * i / n
		for p := range 3072 {
			data[i*3072+p] = byte(base + rng.IntN(56))
		}
	}
	return data
}

// svhnFolder writes train_32x32.mat and test_32x32.mat and returns the digits of the first.
func svhnFolder(t *testing.T, nTrain int) (dir string, data []byte) {
	t.Helper()
	dir = t.TempDir()
	for name, n := range map[string]int{"train": nTrain, "test": 2} {
		pixels := digits(n)
		if name == "train" {
			data = pixels
		}
		labels := make([]byte, n)
		for i := range labels {
			labels[i] = byte(1 + i%10)
		}
		head := make([]byte, 128)
		copy(head, "MATLAB 5.0 MAT-file, of a test")
		binary.LittleEndian.PutUint16(head[124:], 0x0100)
		copy(head[126:], "IM")
		file := slices.Concat(head, matVariable("X", []uint32{32, 32, 3, uint32(n)}, pixels), matVariable("y", []uint32{uint32(n), 1}, labels))
		if err := os.WriteFile(filepath.Join(dir, name+"_32x32.mat"), file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir, data
}

// theanoLayer is a convolution as released: kernel [out, in, 5, 5], turned by 180°,
// stride 2, padding 2; scale and shift are nil without batch norm.
type theanoLayer struct {
	out, in              int
	kernel, scale, shift []float32
}

// theanoFolder writes weights of that width in the form of the released ones.
func theanoFolder(t *testing.T, width int) (dir string, layers []theanoLayer) {
	t.Helper()
	dir = t.TempDir()
	rng := rand.New(rand.NewPCG(7, 7))
	write := func(kind string, n int, random bool, shape ...int) []float32 {
		size := 1
		for _, d := range shape {
			size *= d
		}
		values := make([]float32, size)
		for i := range values {
			if random {
				values[i] = float32(rng.NormFloat64())
			}
		}
		if err := npy.Write(filepath.Join(dir, fmt.Sprintf("1_%s_params.jl_%02d.npy", kind, n)), shape, values); err != nil {
			t.Fatal(err)
		}
		return values
	}
	a, err := dcgan.NewArch("svhn32", width)
	if err != nil {
		t.Fatal(err)
	}
	base := a.BaseSize * a.BaseSize * a.BaseMaps
	write("gen", 1, false, a.ZDim, base)
	write("gen", 2, false, base)
	write("gen", 3, false, base)
	n, maps := 4, a.BaseMaps
	for _, l := range a.Generator {
		write("gen", n, false, maps, l.Maps, 5, 5)
		n, maps = n+1, l.Maps
		if l.BatchNorm {
			write("gen", n, false, maps)
			write("gen", n+1, false, maps)
			n += 2
		}
	}
	n, maps = 1, 3
	for _, l := range a.Discriminator {
		layer := theanoLayer{out: l.Maps, in: maps, kernel: write("discrim", n, true, l.Maps, maps, 5, 5)}
		n, maps = n+1, l.Maps
		if l.BatchNorm {
			layer.scale, layer.shift = write("discrim", n, true, maps), write("discrim", n+1, true, maps)
			n += 2
		}
		layers = append(layers, layer)
	}
	write("discrim", n, false, 4*4*maps, 1)
	return dir, layers
}

// convolve is the definition: x[c][y·side+x], in float64.
func (l theanoLayer) convolve(x [][]float64, side int) [][]float64 {
	half := side / 2
	out := make([][]float64, l.out)
	for o := range out {
		out[o] = make([]float64, half*half)
		for i := range half * half {
			for c := range l.in {
				for k := range 25 {
					row, col := 2*(i/half)+k/5-2, 2*(i%half)+k%5-2
					if row >= 0 && row < side && col >= 0 && col < side {
						out[o][i] += x[c][row*side+col] * float64(l.kernel[(o*l.in+c)*25+24-k])
					}
				}
			}
		}
	}
	return out
}

// batchStats replaces the images of a minibatch by the activations of the layer and
// returns mean and biased variance of each map before batch norm.
func (l theanoLayer) batchStats(batch [][][]float64, side int) (mean, variance []float64) {
	for i, x := range batch {
		batch[i] = l.convolve(x, side)
	}
	mean, variance = make([]float64, l.out), make([]float64, l.out)
	for o := range l.out {
		n := 0.0
		for _, x := range batch {
			for _, v := range x[o] {
				mean[o] += v
				variance[o] += v * v
				n++
			}
		}
		mean[o] /= n
		variance[o] = variance[o]/n - mean[o]*mean[o]
		for _, x := range batch {
			for p, v := range x[o] {
				if l.scale != nil {
					v = (v-mean[o])/math.Sqrt(variance[o]+1e-8)*float64(l.scale[o]) + float64(l.shift[o])
				}
				x[o][p] = max(v, 0.2*v)
			}
		}
	}
	return mean, variance
}

// statsByHand averages the statistics of minibatches of 128 of the digits, in an order.
func statsByHand(layers []theanoLayer, digits []byte, order []int32) (means, variances [][]float64) {
	means, variances = make([][]float64, len(layers)), make([][]float64, len(layers))
	batches := 0.0
	for part := range slices.Chunk(order, 128) {
		batches++
		var batch [][][]float64
		for _, i := range part {
			image := make([][]float64, 3)
			for c := range image {
				image[c] = make([]float64, 1024)
				for p := range 1024 { // each plane is stored by columns
					image[c][p] = float64(digits[int(i)*3072+c*1024+p%32*32+p/32])/127.5 - 1
				}
			}
			batch = append(batch, image)
		}
		side := 32
		for l, layer := range layers {
			mean, variance := layer.batchStats(batch, side)
			if means[l] == nil {
				means[l], variances[l] = make([]float64, layer.out), make([]float64, layer.out)
			}
			for o := range mean {
				means[l][o] += mean[o]
				variances[l][o] += variance[o]
			}
			side /= 2
		}
	}
	for l := range means {
		for o := range means[l] {
			means[l][o] /= batches
			variances[l][o] /= batches
		}
	}
	return means, variances
}

// statsDiff is the largest difference, relative to the largest value of its kind.
func statsDiff(got []*dcgan.HostStats, means, variances [][]float64) float64 {
	worst := 0.0
	compare := func(got []float32, want []float64) {
		largest := 0.0
		for _, v := range want {
			largest = max(largest, math.Abs(v))
		}
		for i, v := range want {
			worst = max(worst, math.Abs(float64(got[i])-v)/largest)
		}
	}
	for l, s := range got {
		if s != nil {
			compare(s.Mean, means[l])
			compare(s.Variance, variances[l])
		}
	}
	return worst
}

// statsTolerance: float32 sums over a minibatch.
const statsTolerance = 1e-4

// The statistics of the mode Released on SVHN files are those of the training images
// in the released order less the first 10,000, by a slow computation of their own in
// float64; those of Fixed are of all images in the order of the file.
func TestReleasedStatistics(t *testing.T) {
	const n = released.Validation + 300
	folder, pixels := svhnFolder(t, n)
	weights, layers := theanoFolder(t, 2)
	ds, err := datasets.Open(context.Background(), "svhn="+folder, datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	gathered := func(mode store.BatchNorm) []*dcgan.HostStats {
		e := open(t, "theano:"+weights, Options{BatchNorm: mode})
		if err := e.net.Prepare(context.Background(), ds, nil, encoder.Kept{}); err != nil {
			t.Fatal(err)
		}
		return e.net.(*discriminator).stats
	}
	means, variances := statsByHand(layers, pixels, released.Order(n)[released.Validation:])
	if d := statsDiff(gathered(store.Released), means, variances); d > statsTolerance {
		t.Errorf("statistics differ by %g from those by hand", d)
	}
	if d := statsDiff(gathered(store.Fixed), means, variances); d < 10*statsTolerance {
		t.Errorf("the statistics of %s differ by %g only: the test sees no order", store.Fixed, d)
	}
	key := func(mode store.BatchNorm) string {
		k, err := open(t, "theano:"+weights, Options{BatchNorm: mode}).CacheKey(ds)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	if key(store.Released) == key(store.Fixed) {
		t.Error("the mode is not part of the key")
	}
}

// byClassSet is noise whose images brighten with their class, the training images
// in the order of their classes.
func byClassSet(n int) *datasets.Dataset {
	ds := noise(n, 3)
	s := ds.Splits[0]
	for i := range n {
		s.Labels[i] = int32(3 * i / n)
		for p, v := range s.Images.At(i) {
			s.Images.At(i)[p] = v/4 + uint8(80*s.Labels[i])
		}
	}
	return ds
}

// On a set whose images are ordered by class the mode Fixed has the statistics of the
// same images in the released order, whatever way they came into it; on others those
// in the set's order, with the key of before.
func TestFixedStatisticsByClass(t *testing.T) {
	const n = 300
	sorted := byClassSet(n)
	spec := "random:svhn32,width=2"
	meta := extract(t, open(t, spec, Options{}), sorted, t.TempDir())
	if meta.StatsOrder != Shuffled {
		t.Errorf("the order of the statistics is %q, want %q", meta.StatsOrder, Shuffled)
	}
	stats := func(ds *datasets.Dataset) []*dcgan.HostStats {
		e := open(t, spec, Options{})
		if err := e.net.Prepare(context.Background(), ds, nil, encoder.Kept{}); err != nil {
			t.Fatal(err)
		}
		return e.net.(*discriminator).stats
	}
	shuffled := byClassSet(n)
	for at, i := range released.Order(n) {
		copy(shuffled.Splits[0].Images.At(at), sorted.Splits[0].Images.At(int(i)))
		shuffled.Splits[0].Labels[at] = sorted.Splits[0].Labels[i]
	}
	plain := extract(t, open(t, spec, Options{}), shuffled, t.TempDir())
	if plain.StatsOrder != "" {
		t.Errorf("a set in random order: the order of the statistics is %q", plain.StatsOrder)
	}
	unlabelled := byClassSet(n)
	unlabelled.Splits[0].Labels = nil
	want, other := stats(shuffled), stats(unlabelled)
	differ := 0.0
	for l, got := range stats(sorted) {
		if got == nil {
			continue
		}
		if !slices.Equal(got.Mean, want[l].Mean) || !slices.Equal(got.Variance, want[l].Variance) {
			t.Errorf("layer %d: the statistics are not those of the shuffled images", l+1)
		}
		for i, v := range got.Variance {
			differ = max(differ, math.Abs(float64(v-other[l].Variance[i]))/float64(v))
		}
	}
	if differ < 0.01 {
		t.Errorf("the order changes variances by %g only: the test sees no order", differ)
	}
}

// Which orders are by class: the official CIFAR-10 and MNIST files, of ten classes in
// random order, are not; sets from several archives, each ordered by class, are.
func TestByClass(t *testing.T) {
	for name, tt := range map[string]struct {
		label func(i int) int32
		want  bool
	}{
		"sorted":             {func(i int) int32 { return int32(i / 30) }, true},
		"two sorted sources": {func(i int) int32 { return int32(i % 150 / 15) }, true},
		"classes in turn":    {func(i int) int32 { return int32(i % 10) }, false},
		"random":             {func(i int) int32 { return int32((uint32(i) * 2654435761 >> 16) % 10) }, false},
		"one class":          {func(int) int32 { return 0 }, false},
	} {
		ds := noise(300, 1)
		for i := range 300 {
			ds.Splits[0].Labels[i] = tt.label(i)
		}
		if got := byClass(ds); got != tt.want {
			t.Errorf("%s: by class %v, want %v", name, got, tt.want)
		}
	}
	if ds := noise(300, 1); byClass(&datasets.Dataset{Splits: ds.Splits[1:]}) {
		t.Error("a set without training images is ordered by class")
	}
}

// An extraction that is interrupted in shuffled statistics goes on to the same bytes.
func TestInterruptedByClass(t *testing.T) {
	ds, spec := byClassSet(300), "random:svhn32,width=1"
	whole, dir := t.TempDir(), t.TempDir()
	extract(t, open(t, spec, Options{}), ds, whole)
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := open(t, spec, Options{}).Extract(ctx, ds, dir, &stopAfter{200, cancel}); err == nil {
		t.Fatal("the extraction was not interrupted")
	}
	extract(t, open(t, spec, Options{}), ds, dir)
	_, want := rowsOf(t, whole, datasets.Test)
	_, got := rowsOf(t, dir, datasets.Test)
	if !slices.Equal(got, want) {
		t.Error("features differ from an uninterrupted run")
	}
}

// Features that were made in the set's order by an earlier version are not taken for
// those of a set that is ordered by class, and the error says what differs.
func TestEarlierOrderIsRefused(t *testing.T) {
	ds, dir := byClassSet(30), t.TempDir()
	e := open(t, "random:svhn32,width=1", Options{})
	m := extract(t, e, ds, dir)
	m.StatsOrder = ""
	m.CacheKey = m.Key.Hash()
	layers, err := e.layersFor(ds)
	if err != nil {
		t.Fatal(err)
	}
	now := e.meta(ds, layers)
	if err := differ(now, m, dir); err == nil || !strings.Contains(err.Error(), "order") {
		t.Errorf("error %v, want one that names the order", err)
	}
}

func TestReleasedErrors(t *testing.T) {
	small := noise(40, 2)
	e := open(t, "random:svhn32,width=1", Options{BatchNorm: store.Released})
	_, err := e.Extract(context.Background(), small, t.TempDir(), nil)
	if err == nil || !strings.Contains(err.Error(), "10000 of them are set aside, and data set noise has 40") {
		t.Errorf("few images: error %v", err)
	}
	small.Splits = append(small.Splits, &datasets.Split{Name: datasets.Valid, Images: small.Splits[1].Images})
	if im, err := statsImages(small, store.Released); err != nil || !slices.Equal(im.at, released.Order(40)) {
		t.Errorf("beside a validation split: images %v, error %v; want all, shuffled", im.at, err)
	}
}
