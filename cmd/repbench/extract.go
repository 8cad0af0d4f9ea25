package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
	"repbench/cmd/repbench/internal/term"
	"repbench/features"
	"repbench/features/store"
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
	fl.StringVar(&f.pool, "pool", string(store.PoolMax), "pooling of each layer: max, mean or none")
	fl.IntVar(&f.opt.Grid, "grid", 4, "side of the pooled grid")
	fl.StringVar(&f.layers, "layers", "", "layers to take, such as conv2,conv3 (default: all)")
	fl.StringVar(&f.norm, "batch-norm", string(store.Fixed), "statistics of batch normalisation: fixed, released (the default of svhn-1000), running or batch")
	fl.IntVar(&f.opt.BatchSize, "batch", 0, "images in one run of the graph (default: 128; with onnx: it is measured)")
	fl.StringVar(&f.kind, "dtype", "float32", "type on disk: float32 or float16")
	addKeep(c, &f.keep)
}

// names are the names of addTo's flags that say how features are made.
func (f *featureFlags) names() []string {
	return []string{"data", "pool", "grid", "layers", "batch-norm", "batch", "dtype", "keep", "follow-links", "exif-rotate"}
}

// encoding is the encoder and the data set that the flags name. A mode of batch
// normalisation that was not given is left to the protocol.
func (a *app) encoding(c *cobra.Command, f featureFlags) (benchmarks.Source, error) {
	o := f.opt
	o.Pooling, o.Seed = store.Pooling(f.pool), new(a.seed)
	if c.Flags().Changed("batch-norm") {
		o.BatchNorm = store.BatchNorm(f.norm)
	}
	if f.layers != "" {
		o.Layers = strings.Split(f.layers, ",")
	}
	switch f.kind {
	case "float32":
	case "float16":
		o.Half = true
	default:
		return benchmarks.Source{}, usageError{fmt.Errorf("--dtype %q is neither float32 nor float16", f.kind)}
	}
	return benchmarks.Source{Encoder: f.encoder, Options: o, Data: f.data, Reading: a.readingOf(f.keep)}, nil
}

func (a *app) extract() *cobra.Command {
	var f featureFlags
	var out string
	c := &cobra.Command{
		Use:   "extract --encoder ENC --data SET --out DIR",
		Short: "Write the features of a data set as NumPy matrices",
		Args:  exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if features.Asks(f.encoder) {
				return a.list(f.encoder)
			}
			if err := required(c, "encoder", "data", "out"); err != nil {
				return err
			}
			if err := givenPositive(c, "batch", "grid"); err != nil {
				return err
			}
			s, err := a.encoding(c, f)
			if err != nil {
				return err
			}
			s.Folder = out
			_, m, err := benchmarks.Extract(c.Context(), s, a.machine())
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

// list answers an encoder that asks what there is, such as onnx:FILE,output=?.
func (a *app) list(encoder string) error {
	b, err := a.open()
	if err != nil {
		return err
	}
	l, err := features.List(encoder, b)
	if err != nil {
		return err
	}
	return a.print(l, l.Text())
}
