package datasets_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

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
	fmt.Println(len(im.At(0)), "bytes per image")
	// Output:
	// 100 images of 32×32×3, 10 classes
	// 3072 bytes per image
}

func ExampleNewPlan() {
	dir, err := os.MkdirTemp("", "photos")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for _, name := range []string{"train/dog/b.jpg", "train/cat/a.jpg", "test/cat/c.png"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			panic(err)
		}
		if err := os.WriteFile(path, []byte("a picture"), 0o644); err != nil {
			panic(err)
		}
	}
	ctx := context.Background()
	plan, err := datasets.NewPlan(ctx, "folder:"+dir, datasets.Options{})
	if err != nil {
		panic(err)
	}
	fmt.Println(plan.Count(), plan.Classes)
	err = plan.Walk(ctx, func(it datasets.Item) error {
		data, err := it.Read(nil)
		fmt.Println(it.Split, it.Pos, it.Class, it.ID, len(data))
		return err
	})
	fmt.Println(err)
	// Output:
	// 3 [cat dog]
	// test 0 cat test/cat/c.png 9
	// train 0 cat train/cat/a.jpg 9
	// train 1 dog train/dog/b.jpg 9
	// <nil>
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
