package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"repbench/cmd/repbench/internal/term"
	"repbench/datasets"
	"repbench/features"
)

// featureFlags say which features of which images are taken.
type featureFlags struct {
	encoder, data    string
	pool, norm, kind string
	layers           string
	keep             []string
	opt              features.Options
}

// addTo adds the flags to a command.
func (f *featureFlags) addTo(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVar(&f.encoder, "encoder", "", "encoder: "+features.Kinds)
	fl.StringVar(&f.data, "data", "", "data set, such as shapes, cifar10, svhn=PATH, tiny-imagenet=A,B, lsun:bedroom=PATH, folder:PATH")
	fl.StringVar(&f.pool, "pool", string(features.PoolMax), "pooling of each layer: max, mean or none")
	fl.IntVar(&f.opt.Grid, "grid", 4, "side of the pooled grid")
	fl.StringVar(&f.layers, "layers", "", "layers to take, such as conv2,conv3 (default: all)")
	fl.StringVar(&f.norm, "batch-norm", string(features.Fixed), "statistics of batch normalisation: fixed, released (the default of svhn-1000), running or batch")
	fl.IntVar(&f.opt.BatchSize, "batch", 128, "images in one run of the graph")
	fl.StringVar(&f.kind, "dtype", "float32", "type on disk: float32 or float16")
	addKeep(c, &f.keep)
}

// names are those of addTo's flags that say how features are made.
func (f *featureFlags) names() []string {
	return []string{"data", "pool", "grid", "layers", "batch-norm", "batch", "dtype", "keep", "follow-links", "exif-rotate"}
}

func (f *featureFlags) options(seed uint64) (features.Options, error) {
	o := f.opt
	o.Pooling, o.BatchNorm, o.Seed = features.Pooling(f.pool), features.BatchNorm(f.norm), seed
	if f.layers != "" {
		o.Layers = strings.Split(f.layers, ",")
	}
	switch f.kind {
	case "float32":
	case "float16":
		o.Half = true
	default:
		return o, usageError{fmt.Errorf("--dtype %q is neither float32 nor float16", f.kind)}
	}
	return o, nil
}

func (a *app) extract() *cobra.Command {
	var f featureFlags
	var out string
	c := &cobra.Command{
		Use:   "extract --encoder ENC --data SET --out DIR",
		Short: "Write the features of a data set as NumPy matrices",
		Args:  exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := required(c, "encoder", "data", "out"); err != nil {
				return err
			}
			m, err := a.runExtract(c, f, out)
			if err != nil {
				return err
			}
			return a.print(m, term.Features(out, m))
		},
	}
	f.addTo(c)
	a.addReading(c)
	c.Flags().StringVar(&out, "out", "", "folder to write")
	return c
}

// runExtract writes features into dir, or finds them there.
func (a *app) runExtract(c *cobra.Command, f featureFlags, dir string) (*features.Meta, error) {
	enc, ds, backend, err := a.openEncoder(c, f)
	if err != nil {
		return nil, err
	}
	defer enc.Close()
	return enc.Extract(c.Context(), ds, dir, backend, a.progress())
}

// openEncoder opens an encoder and the data set it is to encode.
func (a *app) openEncoder(c *cobra.Command, f featureFlags) (*features.Encoder, *datasets.Dataset, string, error) {
	o, err := f.options(a.seed)
	if err != nil {
		return nil, nil, "", err
	}
	b, err := a.openExact()
	if err != nil {
		return nil, nil, "", err
	}
	enc, err := features.Open(f.encoder, b, o)
	if err != nil {
		return nil, nil, "", err
	}
	do := a.dataOptions()
	do.Size, do.Keep = enc.ImageSize(), f.keep
	ds, err := a.openData(c.Context(), f.data, do)
	if err != nil {
		enc.Close()
		return nil, nil, "", err
	}
	return enc, ds, b.Spec, nil
}
