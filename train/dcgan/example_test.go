package dcgan_test

import (
	"fmt"

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
