package explore_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"repbench/backends"
	"repbench/vis"
	"repbench/vis/explore"
	"repbench/vis/latent"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	backend, err := backends.Open(backends.CPU)
	check(err)
	spec := "random:svhn32,width=2"
	g, err := vis.Open(ctx, spec, backend, vis.Options{Seed: 1})
	check(err)
	defer g.Close()
	pool, err := latent.DrawPool(g, 100, 1)
	check(err)

	e, err := explore.New(explore.Options{Generator: g, Pool: pool, Command: explore.Command{Spec: spec}})
	check(err)
	page, err := e.Page("127.0.0.1:0")
	check(err)
	err = page.Listen()
	check(err)
	fmt.Println(strings.HasPrefix(page.URL(), "http://127.0.0.1:"))
	stop() // as Ctrl-C does
	err = page.Serve(ctx)
	check(err)
	e.Close()
	// Output: true
}
