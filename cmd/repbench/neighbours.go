package main

import (
	"strings"

	"github.com/spf13/cobra"

	"repbench/cmd/repbench/internal/term"
	"repbench/eval/neighbours/nearfiles"
)

func (a *app) neighbours() *cobra.Command {
	var o nearfiles.Options
	var out string
	c := &cobra.Command{
		Use:   "neighbours --queries Q.npy --base B.npy --metric M --k K --out DIR",
		Short: "Find the nearest images or features between two arrays, exactly",
		Long: `Find the K nearest rows of B for each row of Q, exactly: equal distances go to the
lower row of B. Both are images (uint8, N×H×W×C) or features (float32 or
float16, N×D).

Metrics of images: pixels, the sum of squared differences; mirror, also with the query
flipped left to right; shift, the centre of the base image against 25 windows of the
query moved by up to 2 pixels; mirror+shift, against 50; correlation, the largest
correlation of the same 50 windows. Metrics of features: euclidean, cosine.

DIR gets arrays Q×K: indices.npy (int32), distances.npy (int64, squared, for images;
float64 for correlation: √(2-2c), euclidean: squared, cosine: 1-c), and for images
offsets.npy (int8 Q×K×2: dy, dx) and mirrored.npy (uint8). meta.json says what was
compared. A search that is stopped goes on with the same command.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := required(c, "queries", "base", "metric", "k", "out"); err != nil {
				return err
			}
			o.Threads, o.Progress = a.threads, a.progress()
			r, err := nearfiles.Run(c.Context(), out, o)
			if err != nil {
				return err
			}
			a.showNotes(out, r.Notes)
			return a.print(r, term.Neighbours(out, r))
		},
	}
	fl := c.Flags()
	fl.StringVar(&o.Queries, "queries", "", "NumPy file of the images or features whose neighbours are wanted")
	fl.StringVar(&o.Base, "base", "", "NumPy file of the images or features among which they are looked for")
	fl.StringVar(&o.Metric, "metric", "", strings.Join(nearfiles.Metrics(), ", "))
	fl.IntVar(&o.K, "k", 0, "number of neighbours")
	fl.StringVar(&out, "out", "", "folder to write")
	sizeFlag(c, &o.MaxMemory, "max-memory", 1, "memory taken beside the two arrays, such as 1GiB (default: about 300 MB)")
	return c
}
