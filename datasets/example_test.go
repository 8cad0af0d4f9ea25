package datasets_test

import (
	"context"
	"fmt"

	"repbench/datasets"
)

func ExampleOpen() {
	ds, err := datasets.Open(context.Background(), "shapes:size=32,train=100,test=20", datasets.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	train, err := ds.Split(datasets.Train)
	if err != nil {
		fmt.Println(err)
		return
	}
	im := train.Images
	fmt.Printf("%d images of %d×%d×%d, %d classes\n", im.N, im.H, im.W, im.C, len(ds.Classes))
	fmt.Println(len(im.At(0)), "bytes an image")
	// Output:
	// 100 images of 32×32×3, 10 classes
	// 3072 bytes an image
}

func ExampleParseSpec() {
	s, err := datasets.ParseSpec("tiny-imagenet=part0.tar.gz,part1.tar.gz")
	fmt.Println(s.Name, s.Paths, err)
	_, err = datasets.ParseSpec("lsun:garden")
	fmt.Println(err != nil)
	// Output:
	// tiny-imagenet [part0.tar.gz part1.tar.gz] <nil>
	// true
}
