package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"repbench/datasets"
	"repbench/datasets/prepare"
	"repbench/datasets/resize"
)

// maxBadShown bounds the bad images that the text lists; the manifest has them all.
const maxBadShown = 10

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
			return a.print(res, prepareText(res))
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

func prepareText(res *prepare.Result) string {
	var b strings.Builder
	same := true // the same images are left out at all sizes
	for _, s := range res.Sets {
		same = same && slices.Equal(s.Bad, res.Sets[0].Bad)
	}
	for _, s := range res.Sets {
		fmt.Fprintf(&b, "prepared:%s: %d×%d pixels, %d channels, hash %s\n", s.Dir, s.Size, s.Size, s.Channels, s.Hash)
		for _, split := range s.Splits {
			fmt.Fprintf(&b, "  %-6s %d images\n", split.Name, split.Images)
		}
		if !same {
			b.WriteString(badText(s.Bad))
		}
	}
	if same {
		b.WriteString(badText(res.Sets[0].Bad))
	}
	return b.String()
}

// badText lists the first images that were left out.
func badText(bad []datasets.BadImage) string {
	var b strings.Builder
	for i, x := range bad {
		if i == maxBadShown {
			fmt.Fprintf(&b, "  and %d more, listed in manifest.json\n", len(bad)-i)
			break
		}
		fmt.Fprintf(&b, "  left out: %s: %s\n", x.ID, x.Reason)
	}
	return b.String()
}
