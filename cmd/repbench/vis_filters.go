package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"repbench/backends"
	"repbench/benchmarks/inside"
	"repbench/datasets"
	"repbench/features"
	"repbench/reports/record"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/filters"
	"repbench/vis/sheet"
)

// filtersImages is the most images of a data set that vis filters looks at by default.
const filtersImages = 2000

// filtersFlags are the flags of vis filters.
type filtersFlags struct {
	visFlags
	images, data, maps, rule string
	n                        int
	o                        filters.Options
}

func (a *app) visFilters() *cobra.Command {
	var f filtersFlags
	c := &cobra.Command{
		Use:   "filters RUN-OR-ENCODER --images X.npy|SET --out FILE.png",
		Short: "Show what the maps of a discriminator respond to, by guided backpropagation",
		Long: `Show the images with the largest responses of maps of the discriminator's last
convolution layer (--layer: another one), and below each the gradient of that one unit
with respect to the image, cropped to what the unit sees: 0 is grey, and each picture
is divided by its largest absolute value. Below stands the same of random weights.

Rules, by which a gradient passes an activation: relu (guided backpropagation, as for a
ReLU), leaky (keeps the leak), deconvnet, saliency (the plain gradient).

Batch normalisation uses fixed statistics of the training images of --data, or of the
data set of --images; of a run without either its running statistics. --bn batch takes
the statistics of the images themselves.

It works for the discriminators of run folders, dcgan:RUN, theano:DIR and random:ARCH.`,
		Args: exactly(1, "one run folder or encoder"),
		RunE: func(c *cobra.Command, args []string) error { return a.runFilters(c, args[0], f) },
	}
	f.addTo(c)
	return c
}

func (f *filtersFlags) addTo(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVar(&f.images, "images", "", "images to look at: a NumPy file (N×H×W×C, uint8 or float32) or a data set, of which --n test images are drawn")
	fl.IntVar(&f.n, "n", filtersImages, "most images of a data set")
	fl.StringVar(&f.data, "data", "", "data set of whose training images the statistics of batch normalisation are")
	fl.StringVar(&f.bn, "bn", string(vis.Fixed), "statistics of batch normalisation: fixed (of training images) or batch (of these images)")
	fl.StringVar(&f.maps, "maps", "", "maps to show, such as 0,3,17 (default: the first six)")
	fl.StringVar(&f.rule, "rule", string(dcgan.GuidedReLU), "relu, leaky, deconvnet or saliency")
	fl.IntVar(&f.o.Top, "top", filters.DefaultTop, "images of each map")
	fl.StringVar(&f.o.Layer, "layer", "", "convolution layer, such as conv2 (default: the last one)")
	fl.IntVar(&f.o.ScoreMaps, "score-maps", filters.DefaultScoreMaps, "maps that the correlation is a mean of, spread over all")
	f.addOutputs(c, "")
}

// parse reads and checks the flags before any work.
func (f *filtersFlags) parse(c *cobra.Command, a *app, spec string) (vis.BatchNorm, error) {
	if err := required(c, "images"); err != nil {
		return "", err
	}
	if err := within(c, 1, maxSamples, "n", "top", "score-maps"); err != nil {
		return "", err
	}
	if c.Flags().Changed("n") && strings.HasSuffix(f.images, ".npy") {
		return "", usageError{fmt.Errorf("--n is for a data set; the images of %s are all taken", f.images)}
	}
	var err error
	if f.o.Rule, err = dcgan.ParseRule(f.rule); err != nil {
		return "", usageError{fmt.Errorf("--rule: %w", err)}
	}
	if f.maps != "" {
		for s := range strings.SplitSeq(f.maps, ",") {
			k, err := strconv.Atoi(strings.TrimSpace(s))
			if err != nil {
				return "", usageError{fmt.Errorf("--maps %s: %q is no number of a map; give numbers from 0, such as 0,3,17", f.maps, s)}
			}
			f.o.Maps = append(f.o.Maps, k)
		}
	}
	f.o.Seed = a.seed
	return f.checked(a.reads(spec, []string{f.images, f.data}), nil)
}

// noConvolutions says why an encoder has no filters to show, and what has.
func noConvolutions(spec string) error {
	if kind := features.WithoutDiscriminator(spec); kind != "" {
		return usageError{fmt.Errorf("%s: %s; guided backpropagation works for the discriminators of dcgan:RUN, theano:DIR and random:ARCH", spec, kind)}
	}
	return nil
}

func (a *app) runFilters(c *cobra.Command, spec string, f filtersFlags) error {
	start, ctx := time.Now(), c.Context()
	mode, err := f.parse(c, a, spec)
	if err != nil {
		return err
	}
	if err := noConvolutions(spec); err != nil {
		return err
	}
	b, err := a.openExact()
	if err != nil {
		return err
	}
	m, err := features.OpenModel(spec, b, a.seed)
	if err != nil {
		return err
	}
	images, ds, err := a.shownImages(ctx, f.images, m.Arch, f.n)
	if err != nil {
		return err
	}
	if f.data != "" {
		if ds, err = a.openFor(ctx, m.Arch, f.data); err != nil {
			return err
		}
	}
	network, control, of, err := a.networks(ctx, spec, m, b, ds, images, mode)
	if err != nil {
		return err
	}
	f.o.Numbers = images.Rows
	figure, err := filters.Run(ctx, network, control, images.Bytes, f.o, b, a.progress())
	if err != nil {
		return err
	}
	r := figure.Result()
	r.Set("bn", string(mode))
	r.Set("bn_of", of)
	r.Set("images_shown", images.Name)
	setInputs(r, f.images, f.data, f.n, a.seed)
	s := inside.Subject{Spec: spec, Model: m, Discriminator: true, Backend: b.Spec, BatchNorm: mode, Seed: a.seed}
	if ds != nil {
		s.Data = record.Data{Name: ds.Name, Hash: ds.Hash, Source: ds.Source}
	}
	if images.Note != "" {
		s.Notes = append(s.Notes, images.Note)
	}
	img, err := sheet.DrawRows(figure.Rows(), sheet.RowOptions{Scale: scaleOf(figure.Field.Size), Note: []string{r.Says,
		"Below each picture: the number of the image in " + images.Name + ", from 0, and the response. " + of + "."},
		Title: fmt.Sprintf("What maps of %s respond to (%s, rule %s)", figure.Layer, spec, figure.Rule)})
	if err != nil {
		return err
	}
	w := inside.Writer{Output: f.output, Result: r}
	if err := w.Picture("", img, fmt.Sprintf("What the strongest units of maps of %s see, and the gradients of these units by the rule %s; the same of random weights.", figure.Layer, figure.Rule)); err != nil {
		return err
	}
	r.Seconds = time.Since(start).Seconds()
	if err := w.Close(s); err != nil {
		return err
	}
	return a.printFigure(spec, r)
}

// scaleOf enlarges pictures of a side to about 87 pixels, so that their captions fit.
func scaleOf(side int) int { return max(1, 87/side) }

// networks are the discriminator with its statistics, and its control with the same of random
// weights. of says where the statistics are from.
func (a *app) networks(ctx context.Context, spec string, m *dcgan.Model, b *backends.Backend, ds *datasets.Dataset, images inside.Images, mode vis.BatchNorm) (network, control filters.Network, of string, err error) {
	network.Model, control.Model = m, filters.RandomNetwork(m, a.seed)
	shown := &datasets.Dataset{Name: images.Name, Splits: []*datasets.Split{{Name: datasets.Train, Images: images.Bytes}}}
	shown.Hash = datasets.ContentHash(nil, shown.Splits)
	of = "Batch norm: statistics of these images"
	switch running, noRunning := m.Running(); {
	case mode == vis.Batch:
		ds = shown
	case ds != nil && slices.ContainsFunc(ds.Splits, func(s *datasets.Split) bool { return s.Name == datasets.Train }):
		of = "Batch norm: statistics of the training images of " + ds.Name
	case noRunning == nil:
		network.Stats, ds, of = running, shown, "Batch norm: running statistics of the training; of these images for random weights"
	default:
		return network, control, "", usageError{fmt.Errorf("%s keeps no statistics of the discriminator's batch normalisation: give --data SET, of whose training images they are taken, or --bn batch for the statistics of the images shown", spec)}
	}
	if network.Stats == nil {
		if network.Stats, err = features.DiscriminatorStats(ctx, m, b, ds, "", a.progress()); err != nil {
			return network, control, of, err
		}
	}
	control.Stats, err = features.DiscriminatorStats(ctx, control.Model, b, ds, "", a.progress())
	return network, control, of, err
}
