package vis_test

import (
	"context"
	"fmt"
	"log"

	"repbench/backends"
	"repbench/vis"
)

// Images of a generator with random weights, each of which depends on its own z alone.
func Example() {
	ctx := context.Background()
	backend, err := backends.Open(backends.CPU)
	if err != nil {
		log.Fatal(err)
	}
	g, err := vis.Open(ctx, "random:svhn32,width=2", backend, vis.Options{Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	defer g.Close()
	n := 3
	z := g.Model.Arch.Prior.DrawZ(n, g.Model.Arch.ZDim, 5)
	images, err := g.Images(ctx, z, n)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d images of %d×%d×%d\n", images.N, images.H, images.W, images.C)
	// Output: 3 images of 32×32×3
}
