package memorisation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"repbench/eval/memorisation/plant"
	"repbench/eval/memorisation/search"
	"repbench/internal/sysinfo"
)

// Run compares generated images with training images and says whether, and how sure, some are
// copies: searches first, then the statistics of this package. Work that was kept in Options.Keep
// is not done again. Once ctx is done the error wraps its cause.
func Run(ctx context.Context, in Inputs, o Options) (*Result, error) {
	began := time.Now()
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if err := in.check(o); err != nil {
		return nil, err
	}
	if err := in.checkShared(ctx); err != nil {
		return nil, err
	}
	keep, err := search.NewKeeper(o.Keep, o.keepAll)
	if err != nil {
		return nil, err
	}
	defer keep.Close()
	r, err := newRun(ctx, in, o, keep)
	if err != nil {
		return nil, err
	}
	for _, d := range r.detectors() {
		if err := d.search(ctx); err != nil {
			return nil, err
		}
	}
	out, err := r.result(ctx)
	if err != nil {
		return nil, err
	}
	out.Seed, out.Seconds, out.PeakRSSBytes = o.Seed, time.Since(began).Seconds(), sysinfo.PeakRSS()
	return out, nil
}

// newRun draws the null and the controls, and cuts the sets into parts.
func newRun(ctx context.Context, in Inputs, o Options, keep search.Keeper) (*run, error) {
	features := in.Encoder
	if in.Train.Images.N == 0 {
		features = &Features{Generated: in.Generated.Features, Train: in.Train.Features, HeldOut: in.HeldOut.Features, Negative: in.Negative.Features}
	}
	o = o.withDefaults(features != nil)
	r := &run{in: in, o: o}
	r.null, r.negative = in.draw(o)
	if o.Control > 0 && in.Train.Images.N > 0 {
		var err error
		if r.planted, err = plant.Plant(in.Train.Images, o.Control, o.Seed); err != nil {
			return nil, err
		}
	}
	var err error
	if r.first, err = r.detector(ctx, o.Metric, features, keep); err != nil {
		return nil, err
	}
	if in.With != nil {
		r.second, err = r.detector(ctx, o.WithMetric, in.With, keep)
	}
	return r, err
}

// drawStream tells the random numbers of the null from others of the same seed.
const drawStream = 0x4e11

// draw divides the held-out images into null and negative controls.
func (in Inputs) draw(o Options) (null, negative []int32) {
	n := in.HeldOut.Len()
	order := permutation(rand.New(rand.NewPCG(o.Seed, drawStream)), n)
	if in.Negative.Len() == 0 {
		cut := min(DefaultNegatives, n/4)
		negative, order = slices.Sorted(slices.Values(order[:cut])), order[cut:]
	}
	return slices.Sorted(slices.Values(order[:min(o.Null, len(order))])), negative
}

// detector makes a test of the images, or of features where they are not nil.
func (r *run) detector(ctx context.Context, m search.Metric, f *Features, keep search.Keeper) (*detector, error) {
	d := &detector{score: r.o.Score, Finder: search.Finder{Space: search.Space{Metric: m, Threads: r.o.Threads, MaxMemory: r.o.MaxMemory}, Keep: keep, Progress: r.o.Progress}}
	d.folds = newFolds(r.in.Train.Len(), r.in.HeldOut.Len(), r.o.Seed)
	negative := search.Part{Images: r.in.Negative.Images}
	d.train, d.heldOut, d.generated = search.Part{Images: r.in.Train.Images}, search.Part{Images: r.in.HeldOut.Images}, search.Part{Images: r.in.Generated.Images}
	if f != nil {
		d.train, d.heldOut, d.generated, negative = search.Part{Rows: f.Train}, search.Part{Rows: f.HeldOut}, search.Part{Rows: f.Generated}, search.Part{Rows: f.Negative}
	}
	d.null, d.negative = d.heldOut.Take(r.null), negative
	if r.negative != nil {
		d.negative = d.heldOut.Take(r.negative)
	}
	if r.planted == nil {
		return d, nil
	}
	d.planted = search.Part{Images: r.planted.Images}
	if f != nil {
		if f.Encode == nil {
			return nil, fmt.Errorf("planted copies cannot be turned into features of %s; plant none", f.Encoder)
		}
		rows, err := f.Encode(ctx, r.planted.Images)
		if err != nil {
			return nil, err
		}
		d.planted = search.Part{Rows: rows}
	}
	return d, nil
}
