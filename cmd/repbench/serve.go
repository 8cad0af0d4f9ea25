package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"repbench/reports/live"
)

// serveFlags are the flags of serve.
type serveFlags struct {
	addr    string
	noToken bool
	images  []string
}

func (a *app) serve() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve DIR",
		Short: "Show suites, runs, comparisons and reports below a folder in the browser, live",
		Long: `Serve a site on this machine alone that shows what lies below DIR while it is being made: suites
as a grid of encoders, data sets and protocols; training runs with their state, curves, samples and
log; two runs or two sides of a suite compared; reports. It only reads.

The command prints the address of the site, and serves it until Ctrl-C. The address has a secret
part, so that other users of this machine find nothing; --no-token leaves it out.`,
		Example: `  repbench serve experiments
  repbench serve . --addr 127.0.0.1:0`,
		Args: exactly(1, "DIR, the folder whose runs, suites and reports are shown"),
		RunE: func(c *cobra.Command, args []string) error { return a.runServe(c, args[0], f) },
	}
	fl := c.Flags()
	fl.StringVar(&f.addr, "addr", "127.0.0.1:8080", "address of this machine to listen on; port 0 is any free one")
	fl.BoolVar(&f.noToken, "no-token", false, "leave the secret part out of the address: every user of this machine can open the site")
	fl.StringArrayVar(&f.images, "images", nil, "data set whose images a comparison shows where they changed; may be repeated")
	return c
}

// serveAnswer is what serve prints with --json.
type serveAnswer struct {
	URL string `json:"url"`
}

func (a *app) runServe(c *cobra.Command, dir string, f serveFlags) (err error) {
	pictures, err := a.openPictures(c.Context(), f.images)
	if err != nil {
		return err
	}
	site, err := live.New(live.Options{Dir: dir, NoToken: f.noToken, Pictures: pictures})
	if err != nil {
		return err
	}
	defer site.Close()
	page, err := site.Page(f.addr)
	if err != nil {
		return usageError{fmt.Errorf("--addr: %w", err)}
	}
	if err := page.Listen(); err != nil {
		return err
	}
	if err := a.print(serveAnswer{page.URL()}, fmt.Sprintf("Open %s\nCtrl-C ends it.\n", page.URL())); err != nil {
		return err
	}
	return page.Serve(c.Context())
}
