package supervised_test

import (
	"context"
	"fmt"
	"os"

	"repbench/backends"
	"repbench/datasets"
	"repbench/eval/supervised"
	"repbench/train/dcgan"
)

// A search of one trial of two steps: too short to learn, but long enough to show the roles of
// the images.
func ExampleRun() {
	ctx := context.Background()
	data, err := datasets.Open(ctx, "shapes:train=40,test=10", datasets.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	backend, err := backends.Open(backends.CPU)
	if err != nil {
		fmt.Println(err)
		return
	}
	arch, err := dcgan.NewArch("svhn32", 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	dir, err := os.MkdirTemp("", "search")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	r, err := supervised.Run(ctx, dir, data, backend, supervised.Options{Arch: arch, Trials: 1, Steps: 2, Batch: 8})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d images to fit, %d to choose on, %d to report on\n", r.NFit, r.NValid, r.NTest)
	// Output: 30 images to fit, 10 to choose on, 10 to report on
}
