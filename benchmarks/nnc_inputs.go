package benchmarks

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strings"

	"repbench/backends"
	"repbench/datasets"
	"repbench/eval/nnc"
	"repbench/internal/npy"
	"repbench/train/mnistcond"
)

// tested are the test images of NNC with their origin.
type tested struct {
	set, train   nnc.Set // train: of the data set, empty of files
	classes      []string
	name, source string
	split        string
	hash         string // of the test images and labels
	dataHash     string // of the data set, "" of files
}

// openTest opens the test images.
func (o NNC) openTest(ctx context.Context, src Source, m Machine) (*tested, error) {
	if src.Data == "" {
		return o.readTest()
	}
	ds, err := m.openData(ctx, src.Data, src.Reading, 0)
	if err != nil {
		return nil, err
	}
	test, err := labelledSplit(ds, datasets.Test)
	if err != nil {
		return nil, err
	}
	t := &tested{set: test, classes: ds.Classes, name: ds.Name, source: ds.Source, split: datasets.Test, hash: ds.Hash, dataHash: ds.Hash}
	if t.train, err = labelledSplit(ds, datasets.Train); err != nil {
		return nil, err
	}
	return t, nil
}

func labelledSplit(ds *datasets.Dataset, name string) (nnc.Set, error) {
	s, err := ds.Split(name)
	if err != nil {
		return nnc.Set{}, err
	}
	if s.Labels == nil {
		return nnc.Set{}, fmt.Errorf("the split %s of %s has no labels", name, ds.Name)
	}
	return nnc.Set{N: s.Images.N, Pixels: s.Images.Stride(), Bytes: s.Images.Data, Labels: s.Labels}, nil
}

// readTest reads test images from NumPy files. Their classes are 0 to the largest label, and at least
// the ten of MNIST.
func (o NNC) readTest() (*tested, error) {
	set, hash, release, err := readLabelled(o.TestX, o.TestY)
	if err != nil {
		return nil, err
	}
	_ = release // the images stay mapped to the end of the program
	classes := classesOf(set.Labels)
	t := &tested{set: set, name: o.TestX, source: o.TestX, split: filesSplit, hash: hash}
	for i := range classes {
		t.classes = append(t.classes, fmt.Sprint(i))
	}
	return t, nil
}

// classesOf is the number of classes that labels are of: 0 to the largest, and at least the ten of
// MNIST.
func classesOf(labels []int32) int {
	classes := mnistcond.Classes
	for _, l := range labels {
		classes = max(classes, int(l)+1)
	}
	return classes
}

// checkClasses refuses a test image of a class that no sample can have.
func (t *tested) checkClasses(s *samples) error {
	if t.split != filesSplit {
		return nil
	}
	for i, l := range t.set.Labels {
		if int(l) >= s.classes {
			return fmt.Errorf("the label of test image %d of %s is %d, and the classes of %s are 0 to %d", i, t.name, l, s.name, s.classes-1)
		}
	}
	return nil
}

// filesSplit stands for the split of test images from files.
const filesSplit = "files"

// maxClasses bounds labels, which are counted by class.
const maxClasses = 100_000

// readLabelled maps NumPy files of images, N×H×W, N×H×W×C or N×D of uint8 or float32, and reads their
// labels.
func readLabelled(images, labels string) (s nnc.Set, hash string, release func(), err error) {
	f, err := npy.Map(images)
	if err != nil {
		return s, "", nil, err
	}
	h := f.Header()
	if len(h.Shape) < 2 || len(h.Shape) > 4 || h.DType != npy.Uint8 && h.DType != npy.Float32 {
		f.Close()
		return s, "", nil, fmt.Errorf("%s holds %s of the shape %s; images are uint8, or float32 in [0, 1], N×H×W or N×H×W×C", images, h.DType, times(h.Shape))
	}
	s.N, s.Pixels = h.Shape[0], 1
	for _, d := range h.Shape[1:] {
		s.Pixels *= d
	}
	if h.DType == npy.Uint8 {
		s.Bytes, err = npy.MappedSlice[uint8](f)
	} else {
		s.Floats, err = npy.MappedSlice[float32](f)
	}
	if err == nil {
		s.Labels, err = readClasses(labels, s.N)
	}
	if err != nil {
		f.Close()
		return s, "", nil, err
	}
	hash, err = hashSetOf(s)
	return s, hash, func() { f.Close() }, err
}

// readClasses reads the labels of n images.
func readClasses(path string, n int) ([]int32, error) {
	shape, values, err := npy.ReadIntegers(path)
	if err != nil {
		return nil, err
	}
	if len(shape) != 1 || shape[0] != n {
		return nil, fmt.Errorf("%s has the shape %s, and there are %d images: it must hold one label for each", path, times(shape), n)
	}
	out := make([]int32, n)
	for i, v := range values {
		if v < 0 || v >= maxClasses {
			return nil, fmt.Errorf("%s: label %d is %d; labels are classes, from 0 on", path, i, v)
		}
		out[i] = int32(v)
	}
	return out, nil
}

// hashSetOf is the SHA-256 of the content of a set.
func hashSetOf(s nnc.Set) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "repbench labelled 1\n%d %d %v\n", s.N, s.Pixels, s.Bytes != nil)
	h.Write(s.Bytes)
	line := make([]byte, 0, 4*s.Pixels)
	var err error
	for at := 0; at < len(s.Floats); at += s.Pixels {
		if line, _, err = npy.AppendFloats(line[:0], npy.Float32, s.Floats[at:at+s.Pixels]); err != nil {
			break // values that are not finite are told with their place when they are searched
		}
		h.Write(line)
	}
	for _, l := range s.Labels {
		fmt.Fprintln(h, l)
	}
	return hexOf(h), nil
}

// hashText is the SHA-256 of texts.
func hashText(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:])
}

// samples are the labelled samples of NNC with their origin.
type samples struct {
	source       nnc.Source
	close        func()
	bytes        bool // the samples are bytes
	classes      int  // that samples can have
	name, hash   string
	weights      string // hash of the generator's, "" of files
	architecture string
	checkpoint   string
	steps        int64
	epochs       float64
	backend      string
	dataHash     string // of what the generator was trained on
	trainingSeed *uint64
	notes        []string
}

// openSamples opens the samples, or the generator that makes them.
func (o NNC) openSamples(t *tested, m Machine) (*samples, error) {
	if o.Run == "" {
		set, hash, release, err := readLabelled(o.Samples, o.SampleLabels)
		if err != nil {
			return nil, err
		}
		return &samples{source: nnc.FromMemory(set), classes: classesOf(set.Labels), close: release, bytes: set.Bytes != nil, name: o.Samples, hash: hash}, nil
	}
	if t.set.Pixels != mnistcond.Side*mnistcond.Side {
		return nil, fmt.Errorf("%s: the test images have %d pixels, and %s makes images of %d×%d", t.name, t.set.Pixels, o.Run, mnistcond.Side, mnistcond.Side)
	}
	b, err := backends.OpenExact(m.Backend)
	if err != nil {
		return nil, err
	}
	model, err := mnistcond.Load(o.Run, o.Checkpoint, b)
	if err != nil {
		return nil, err
	}
	weights, err := model.GeneratorHash()
	if err != nil {
		return nil, err
	}
	sampler, err := model.NewSampler(b)
	if err != nil {
		return nil, err
	}
	s := &samples{
		source: generated{sampler, mnistcond.Draws{Seed: o.Seed}}, classes: mnistcond.Classes, close: sampler.Close, name: cmp.Or(o.Name, o.Run),
		hash: hashText("samples 1", weights, b.Spec, fmt.Sprint(o.Seed)), checkpoint: o.Checkpoint, backend: b.Spec,
		weights: weights, architecture: fmt.Sprintf("%s, width %d, %d dense units", mnistcond.Name, model.Arch.Width, model.Arch.Dense),
		steps: model.TrainedOn.Steps, epochs: model.EpochsOfD, dataHash: model.TrainedOn.DataHash, trainingSeed: &model.TrainedOn.Seed,
	}
	s.notes = []string{fmt.Sprintf("samples of %s (%s) with labels drawn uniformly, in batches of %d that each have batch-norm statistics of their own", o.Run, model.Origin, mnistcond.SampleBatch)}
	return s, nil
}

// generated makes samples as they are asked for.
type generated struct {
	sampler *mnistcond.Sampler
	draws   mnistcond.Draws
}

func (g generated) Align() int { return mnistcond.SampleBatch }

func (g generated) Len() int64 { return -1 }

// Each generates whole batches, so that a sample does not depend on the number asked for.
func (g generated) Each(ctx context.Context, from, to int64, give func(nnc.Set) error) error {
	if to > math.MaxInt-mnistcond.SampleBatch {
		return fmt.Errorf("%d samples are too many", to)
	}
	whole := (int(to) + mnistcond.SampleBatch - 1) / mnistcond.SampleBatch * mnistcond.SampleBatch
	return g.sampler.Each(ctx, g.draws, int(from), whole, func(s mnistcond.Samples) error {
		return give(nnc.Set{N: s.N, Pixels: mnistcond.Side * mnistcond.Side, Floats: s.Data, Labels: s.Labels})
	})
}
