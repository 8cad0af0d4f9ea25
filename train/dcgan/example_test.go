package dcgan_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"repbench/backends"
	"repbench/datasets"
	"repbench/train"
	"repbench/train/dcgan"
)

func ExampleNewArch() {
	a, err := dcgan.NewArch("imagenet32", 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	maps := 0
	for i, l := range a.Discriminator {
		fmt.Printf("%s: %d maps of %d×%d\n", a.LayerNames()[i], l.Maps, a.LayerSizes()[i], a.LayerSizes()[i])
		maps += l.Maps
	}
	fmt.Println("features on a 4×4 grid:", 16*maps)
	// Output:
	// conv1: 128 maps of 32×32
	// conv2: 128 maps of 16×16
	// conv3: 256 maps of 16×16
	// conv4: 256 maps of 8×8
	// conv5: 512 maps of 8×8
	// conv6: 512 maps of 4×4
	// features on a 4×4 grid: 28672
}

// The same seed gives the same z on every machine.
func ExamplePrior_DrawZ() {
	fmt.Println(len(dcgan.Uniform.DrawZ(2, 256, 1)), dcgan.Uniform.DrawZ(1, 256, 1)[0] == dcgan.Uniform.DrawZ(2, 256, 1)[0])
	// Output: 512 true
}

// Two updates of a narrow network, and images of it.
func ExampleRun() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	backend, err := backends.Open("cpu")
	if err != nil {
		panic(err)
	}
	ctx, run := context.Background(), filepath.Join(dir, "a")
	arch, err := dcgan.NewArch("svhn32", 2)
	if err != nil {
		panic(err)
	}
	grey := datasets.Images{Data: make([]uint8, 8*32*32*3), N: 8, H: 32, W: 32, C: 3}
	data := train.Data{Images: grey, Name: "black", Source: "example", Hash: "0"}
	sum, err := dcgan.Run(ctx, run, data, backend, dcgan.Options{Arch: arch, Steps: 2, Batch: 4})
	if err != nil {
		panic(err)
	}
	m, err := dcgan.Load(run, backend)
	if err != nil {
		panic(err)
	}
	z := arch.Prior.DrawZ(3, arch.ZDim, 1)
	images, err := m.Sample(backend, z, 3)
	fmt.Println(sum.Steps, images.N, images.H, images.W, images.C, err)
	// Output: 2 3 32 32 3 <nil>
}
