package monitor

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"repbench/datasets"
	"repbench/eval/neighbours"
	"repbench/internal/progress"
	"repbench/train"
	"repbench/train/dcgan"
	"repbench/train/runfolder"
)

// Monitor measures a generator in the course of its training.
type Monitor struct {
	o     Options
	im    images
	space *space             // nil: no Fréchet distance
	real  map[string]float64 // numbers of real images alone; nil before the first measurement
}

// New prepares the measurements of a training of arch on the training images of ds. Close frees
// what they hold. An error about the options wraps train.ErrOptions.
func New(ds *datasets.Dataset, arch dcgan.Arch, o Options) (*Monitor, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	m := &Monitor{o: o}
	var err error
	if m.im, err = choose(ds, o); err != nil {
		return nil, err
	}
	if !o.has(Frechet) {
		return m, nil
	}
	if m.o.Encoder == "" {
		m.o.Encoder = DefaultEncoder(arch)
	}
	m.space, err = openSpace(m.im.train, m.o)
	return m, err
}

// Close frees the encoder.
func (m *Monitor) Close() {
	if m.space != nil {
		m.space.encoder.Close()
	}
}

// Measure is the monitor as the training takes it.
func (m *Monitor) Measure() *dcgan.Measure {
	c := train.MeasureConfig{Every: m.o.Every, Images: m.o.Images, TrainImages: m.im.train.N, HeldOut: m.im.split}
	for _, name := range m.o.Metrics {
		c.Metrics = append(c.Metrics, string(name))
	}
	if m.space != nil {
		c.Encoder, c.Features = m.o.Encoder, m.space.dims
	}
	return &dcgan.Measure{
		Every: m.o.Every, Names: m.names(), Settings: c, Note: strings.Join(c.Metrics, ", ") + "; " + strings.Join(m.Notes(), "; "),
		At: func(ctx context.Context, g dcgan.Generator) ([]runfolder.Value, error) { return m.measure(ctx, g.Each) },
	}
}

// Notes say what the numbers are of, for people: the first one always, then what is to be known.
func (m *Monitor) Notes() []string {
	n := m.im.train.N
	held := fmt.Sprintf("%d held-out images (split %s)", m.im.heldOut.N, m.im.split)
	if m.im.split == "" {
		held = "no held-out images"
	}
	out := []string{fmt.Sprintf("%d generated images are compared with %d training images and %s", m.o.Images, n, held)}
	switch m.im.split {
	case "":
		out = append(out, "the data set has neither a validation nor a test split: overfitting cannot be seen without images that are not trained on")
	case datasets.Test:
		out = append(out, "the data set has no validation split, so the test split is held out: choose no step by these numbers if you report others on the test split")
	}
	if m.space != nil && min(n, m.o.Images) <= m.space.dims {
		out = append(out, fmt.Sprintf("%d images have a singular covariance of the %d features of %s: the Fréchet distance says little; compare more images or take another encoder",
			min(n, m.o.Images), m.space.dims, m.o.Encoder))
	}
	return out
}

// names are the names of the numbers, in the order of metrics.jsonl. The first one is always there.
func (m *Monitor) names() []string {
	all := []runfolder.Of{runfolder.OfHeldOut, runfolder.OfTraining, runfolder.OfReal}
	if m.im.split == "" {
		all = []runfolder.Of{runfolder.OfTraining}
	}
	var out []string
	for _, s := range m.o.sizes() {
		for _, of := range all {
			out = append(out, runfolder.NND(s, of))
		}
	}
	if m.space != nil {
		for _, of := range all {
			out = append(out, runfolder.Frechet(of))
		}
	}
	return out
}

// generate makes images, as dcgan.Generator.Each.
type generate func(ctx context.Context, n int, give func(dcgan.Images) error) error

// measure measures a generator.
func (m *Monitor) measure(ctx context.Context, each generate) ([]runfolder.Value, error) {
	if err := m.measureReal(ctx); err != nil {
		return nil, err
	}
	r, err := m.newReading()
	if err != nil {
		return nil, err
	}
	task := m.o.Progress.Start("measure", int64(m.o.Images), "images")
	defer task.Done()
	r.search.Progress = progress.Within(task)
	err = each(ctx, m.o.Images, func(im dcgan.Images) error {
		task.Add(int64(im.N))
		return r.add(ctx, im)
	})
	if err != nil {
		return nil, err
	}
	values, err := r.values(ctx)
	if err != nil {
		return nil, err
	}
	maps.Copy(values, m.real)
	return ordered(m.names(), values), nil
}

// measureReal makes, once, what does not depend on the generator: the moments of the real
// images, and nnd of held-out images beside training images.
func (m *Monitor) measureReal(ctx context.Context) error {
	if m.real != nil {
		return nil
	}
	real := map[string]float64{}
	if m.space != nil {
		if err := m.space.learn(ctx, m.im); err != nil {
			return err
		}
	}
	if sizes := m.realSizes(); len(sizes) > 0 && m.im.split != "" {
		n, err := newNearest(searched(m.im.heldOut), runfolder.OfReal, sizes)
		if err != nil {
			return err
		}
		at := 0
		for next := n.sums.Next(); next > 0; next = n.sums.Next() {
			block := searched(m.im.real.Slice(at, at+next))
			if err := n.add(ctx, block, neighbours.ImageOptions{MaxMemory: m.o.MaxMemory, Progress: m.o.Progress}); err != nil {
				return err
			}
			at += next
		}
		maps.Copy(real, n.values())
	}
	m.real = real
	return nil
}

// realSizes are the sizes of nnd for which there are enough training images.
func (m *Monitor) realSizes() []int {
	var out []int
	for _, s := range m.o.sizes() {
		if s <= m.im.real.N {
			out = append(out, s)
		}
	}
	return out
}
