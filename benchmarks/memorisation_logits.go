package benchmarks

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"

	"repbench/backends"
	"repbench/datasets"
	"repbench/eval/memorisation"
	"repbench/features"
	"repbench/internal/progress"
)

const (
	// logitsMost bounds the images of each set that the discriminator is shown.
	logitsMost = 2000
	// logitsStream tells the random numbers that choose them from others of the same seed.
	logitsStream = 0x109a7
)

// judge has the generator's own discriminator asked about training and held-out images, where it
// was trained on these very training images. Its batch-norm statistics are kept in dir.
func (s *compared) judge(seed uint64, dir string, m Machine) {
	if s.model == nil || s.model.TrainedOn == nil || s.ds == nil || s.model.TrainedOn.DataHash != s.ds.Hash {
		return
	}
	s.in.Logits = func(ctx context.Context) (l memorisation.Logits, err error) {
		b, err := backends.OpenExact(m.Backend)
		if err != nil {
			return l, err
		}
		critic, err := features.NewCritic(s.model, b)
		if err != nil {
			return l, err
		}
		defer critic.Close()
		if err := errors.Join(os.MkdirAll(dir, 0o755), critic.Prepare(ctx, s.ds, dir, progress.Or(m.Progress))); err != nil {
			return l, err
		}
		r := rand.New(rand.NewPCG(seed, logitsStream))
		if l.Train, err = critic.Logits(ctx, some(s.in.Train.Images, r), "training images", progress.Or(m.Progress)); err != nil {
			return l, err
		}
		l.HeldOut, err = critic.Logits(ctx, some(s.in.HeldOut.Images, r), "held-out images", progress.Or(m.Progress))
		return l, err
	}
}

// some are at most logitsMost of the images, drawn at random.
func some(im datasets.Images, r *rand.Rand) datasets.Images {
	out := im
	out.N, out.Data = min(im.N, logitsMost), nil
	for _, i := range r.Perm(im.N)[:out.N] {
		out.Data = append(out.Data, im.At(i)...)
	}
	return out
}
