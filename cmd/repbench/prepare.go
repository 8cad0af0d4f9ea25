package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"repbench/cmd/repbench/internal/term"
	"repbench/datasets/prepare"
	"repbench/datasets/resize"
)

func (a *app) dataPrepare() *cobra.Command {
	var sizes []int
	var out, filter, decode string
	var channels int
	var maxBad float64
	c := &cobra.Command{
		Use:   "prepare SET --size N[,N…] --out DIR",
		Short: "Bring a data set of photographs to one size, as arrays on disk",
		Long: "Resizes every image so that its shorter side is N, keeps the middle, and writes\n" +
			"NumPy arrays that are opened as prepared:DIR (with several sizes, prepared:DIR/N).\n" +
			"A run that was interrupted goes on when it is started again.",
		Args: exactly(1, "the specification of one data set"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := required(c, "out"); err != nil {
				return err
			}
			if len(sizes) == 0 {
				return usageError{fmt.Errorf("--size is required")}
			}
			o := prepare.Options{Sizes: sizes, Channels: channels, MaxBad: &maxBad, Threads: a.threads, Data: a.dataOptions(), Progress: a.progress()}
			var err error
			if o.Filter, err = resize.ParseFilter(filter); err != nil {
				return usageError{err}
			}
			if o.Decode, err = prepare.ParseDecode(decode); err != nil {
				return err
			}
			res, err := prepare.Run(c.Context(), args[0], out, o)
			if err != nil {
				return err
			}
			a.showNotes(args[0], res.Notes)
			return a.print(res, term.Prepared(res))
		},
	}
	a.addReading(c)
	f := c.Flags()
	f.IntSliceVar(&sizes, "size", nil, "side of the prepared images, or several: 32,64")
	f.StringVar(&out, "out", "", "folder to write")
	f.StringVar(&filter, "filter", resize.Bicubic.String(), "resampling filter: "+resize.Names())
	f.StringVar(&decode, "decode", prepare.Full.String(), "JPEG decoding: full (exact), scaled (faster, half a grey level off) or draft (fastest, two off)")
	f.IntVar(&channels, "channels", 0, "1: grey images, 3: RGB; without it image files become RGB and arrays keep their channels")
	f.Float64Var(&maxBad, "max-bad", 0.001, "share of images that may be unreadable and are left out")
	return c
}
