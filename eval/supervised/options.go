package supervised

import (
	"cmp"
	"fmt"
	"math"

	"repbench/datasets"
	"repbench/eval"
	"repbench/internal/progress"
	"repbench/internal/released"
	"repbench/train"
	"repbench/train/dcgan"
)

// Options are the settings of a search. Zero values mean the defaults.
type Options struct {
	// Arch is the architecture; it has no default.
	Arch dcgan.Arch
	// Trials is the number of trials; 0 means 64, as in the paper.
	Trials int
	// Steps is the number of minibatches per trial and in the final fit; 0 means 2000.
	Steps int64
	// Batch is the number of images per minibatch; 0 means 128.
	Batch int
	// HoldOut is the share of each class of the training images, in (0, 1), that is used for
	// validation if the set has no validation split; 0 means 0.1.
	HoldOut float64
	// LabelsPerClass is the number of labelled images per class for the trials and the final
	// fit. The images are drawn at random; other images serve only for validation. 0 means all.
	LabelsPerClass int
	// Protocol is "", or eval.SVHN1000: the validation images are then the 10,000 that the
	// released code sets aside, or a validation split of as many, and 100 images per class
	// have labels. HoldOut means nothing with it.
	Protocol eval.FewShotProtocol
	// Seed decides the trials, the images held out, the labelled images, the initial weights,
	// the order of the images and the dropout; nil means 1.
	Seed *uint64
	// Progress receives the progress of the search.
	Progress progress.Reporter
}

// Defaults of Options.
const (
	DefaultTrials        = 64
	DefaultSteps   int64 = 2000
	DefaultBatch         = 128
	DefaultHoldOut       = 0.1
)

func (o Options) withDefaults() Options {
	o.Trials = cmp.Or(o.Trials, DefaultTrials)
	o.Steps = cmp.Or(o.Steps, DefaultSteps)
	o.Batch = cmp.Or(o.Batch, DefaultBatch)
	o.HoldOut = cmp.Or(o.HoldOut, DefaultHoldOut)
	if o.Protocol == eval.SVHN1000 {
		o.LabelsPerClass = cmp.Or(o.LabelsPerClass, released.LabelsPerClass)
	}
	o.Seed = cmp.Or(o.Seed, new(uint64(1)))
	return o
}

// Check says which option is out of range, with train.ErrOptions; nil: none. Run does
// so first.
func (o Options) Check() error { return o.withDefaults().validate() }

// validate is Check for options with their defaults set.
func (o Options) validate() error {
	switch {
	case o.Arch.Name == "":
		return fmt.Errorf("%w: no architecture given", train.ErrOptions)
	case o.Trials < 1 || o.Steps < 1:
		return fmt.Errorf("%w: %d trials of %d steps; both must be positive", train.ErrOptions, o.Trials, o.Steps)
	case o.Batch < 2:
		return fmt.Errorf("%w: a batch of %d is too small for batch normalisation; use 2 or more", train.ErrOptions, o.Batch)
	case !(o.HoldOut > 0 && o.HoldOut < 1):
		return fmt.Errorf("%w: hold-out share %g must be between 0 and 1", train.ErrOptions, o.HoldOut)
	case o.Protocol != "" && o.Protocol != eval.SVHN1000:
		return fmt.Errorf("%w: there is no search with the protocol %q: use %s, or none", train.ErrOptions, o.Protocol, eval.SVHN1000)
	case o.Protocol != "" && o.HoldOut != DefaultHoldOut:
		return fmt.Errorf("%w: hold-out share %g means nothing with %s, which sets %d images aside", train.ErrOptions, o.HoldOut, o.Protocol, released.Validation)
	case o.Protocol != "" && o.LabelsPerClass != released.LabelsPerClass:
		return fmt.Errorf("%w: %d labels per class; %s has %d", train.ErrOptions, o.LabelsPerClass, o.Protocol, released.LabelsPerClass)
	case o.LabelsPerClass < 0:
		return fmt.Errorf("%w: %d labels per class; must be positive, or 0 for all", train.ErrOptions, o.LabelsPerClass)
	}
	return nil
}

// Hyper are the hyperparameters of a trial.
type Hyper struct {
	LearningRate float64 `json:"learning_rate"` // Adam's step size
	WeightDecay  float64 `json:"weight_decay"`  // factor of the L2 term
	Dropout      float64 `json:"dropout"`       // probability in [0, 1)
}

// draw draws the hyperparameters of trial number i; see the package comment.
func draw(seed uint64, i int) Hyper {
	r := train.Random(seed, streamHyper, int64(i))
	logUniform := func(lo, hi float64) float64 {
		return lo * math.Pow(hi/lo, r.Float64())
	}
	return Hyper{LearningRate: logUniform(1e-4, 1e-2), WeightDecay: logUniform(1e-6, 1e-2), Dropout: 0.7 * r.Float64()}
}

func (h Hyper) adam() train.Adam {
	return train.Adam{LearningRate: h.LearningRate, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, WeightDecay: h.WeightDecay}
}

// checkSplit returns an error if a labelled split is unsuitable.
func checkSplit(s *datasets.Split, a dcgan.Arch, classes int) error {
	im := s.Images
	switch {
	case s.Labels == nil:
		return fmt.Errorf("split %s has no labels; take a data set that has them (a folder has train/CLASS/… and test/CLASS/…)", s.Name)
	case len(s.Labels) != im.N:
		return fmt.Errorf("split %s has %d images and %d labels", s.Name, im.N, len(s.Labels))
	case im.N == 0:
		return fmt.Errorf("split %s is empty", s.Name)
	case a.CheckImages("split "+s.Name, im) != nil:
		return a.CheckImages("split "+s.Name, im)
	}
	for i, y := range s.Labels {
		if y < 0 || int(y) >= classes {
			return fmt.Errorf("split %s: label %d of image %d, with %d classes", s.Name, y, i, classes)
		}
	}
	return nil
}
