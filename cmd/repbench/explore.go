package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
	"repbench/internal/outputs"
	"repbench/internal/progress"
	"repbench/vis"
	"repbench/vis/explore"
	"repbench/vis/forget"
	"repbench/vis/latent"
	"repbench/vis/scene"
)

// exploreFlags are the flags of explore.
type exploreFlags struct {
	z, boxes string
	samples  int
	port     int
}

func (a *app) explore() *cobra.Command {
	var f exploreFlags
	c := &cobra.Command{
		Use:   "explore RUN-OR-ENCODER",
		Short: "Look at a generator in the browser: walks, arithmetic, turns, forgetting, inversion",
		Long: `Serve a page on this machine alone, on which one looks at the samples of a generator,
walks from sample to sample with a slider, picks exemplars for arithmetic and turns,
draws boxes for forgetting and drops the maps that are found, and inverts an own
picture. The page shows with each result the command "repbench vis …" that writes the
same; samples have the numbers of "repbench vis grid".

The command prints the address of the page, and serves it until Ctrl-C.`,
		Args: exactly(1, "one run folder or encoder"),
		RunE: func(c *cobra.Command, args []string) error { return a.runExplore(c, args[0], f) },
	}
	fl := c.Flags()
	fl.StringVar(&f.z, "z", "", "NumPy file of the samples' z, N×Z float32, instead of drawing them from --seed")
	fl.StringVar(&f.boxes, "boxes", "", "file of boxes for vis forget: read where it exists, and written by the page (JSON)")
	fl.IntVar(&f.samples, "samples", explore.DefaultSamples, "samples that are shown at once")
	fl.IntVar(&f.port, "port", 0, "port of the page on 127.0.0.1 (0: any free one)")
	return c
}

// exploreAnswer is what explore prints with --json.
type exploreAnswer struct {
	URL string `json:"url"`
}

func (a *app) runExplore(c *cobra.Command, spec string, f exploreFlags) error {
	if f.port < 0 || f.port > 65535 {
		return usageError{fmt.Errorf("--port %d: give 0 to 65535", f.port)}
	}
	if err := within(c, 1, vis.BatchSize, "samples"); err != nil {
		return err
	}
	if err := benchmarks.CheckFiles(a.reads(spec, nil, f.z), outputs.File{}, outputs.File{Flag: "--boxes", Path: f.boxes}); err != nil {
		return err
	}
	g, err := a.openGenerator(c.Context(), spec, vis.Fixed)
	if err != nil {
		return err
	}
	defer g.Close()
	o := explore.Options{Generator: g, Seed: a.seed, Samples: f.samples, Boxes: f.boxes,
		Command: explore.Command{Spec: spec, Z: f.z, Seed: a.seed, Flags: a.givenFlags(c)}}
	if f.z != "" {
		o.Pool, err = latent.ReadPool(g, f.z)
	} else {
		o.Pool, err = latent.DrawPool(g, latent.MaxSheet, a.seed)
	}
	if err != nil {
		return err
	}
	if scene.Reads(g.Model) {
		o.Reader = func(ctx context.Context, report progress.Reporter) (forget.Reader, error) {
			return a.shapesReader(ctx, g, report)
		}
	}
	return a.serveExplore(c.Context(), f.port, o)
}

// serveExplore prints the address and serves the page until ctx is done.
func (a *app) serveExplore(ctx context.Context, port int, o explore.Options) error {
	e, err := explore.New(o)
	if err != nil {
		return err
	}
	defer e.Close()
	page, err := e.Page(fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	if err := page.Listen(); err != nil {
		return err
	}
	if err := a.print(exploreAnswer{page.URL()}, fmt.Sprintf("Open %s\nCtrl-C ends it.\n", page.URL())); err != nil {
		return err
	}
	return page.Serve(ctx)
}

// givenFlags are the flags that change what a command computes or finds, as the user gave them.
func (a *app) givenFlags(c *cobra.Command) []string {
	var out []string
	for _, name := range []string{"backend", "cache"} {
		if f := c.Flags().Lookup(name); f != nil && f.Changed {
			out = append(out, "--"+name, f.Value.String())
		}
	}
	return out
}
