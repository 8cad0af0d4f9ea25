package scene_test

import (
	"context"
	"fmt"

	"repbench/backends"
	"repbench/datasets"
	"repbench/datasets/catalog"
	"repbench/vis/scene"
)

func Example() {
	// The first call for a size of images fits the network, which takes seconds.
	look := func(ctx context.Context, images datasets.Images, b *backends.Backend, options catalog.Options) error {
		r, err := scene.Open(ctx, scene.Options{Size: 32, Backend: b, Cache: options})
		if err != nil {
			return err
		}
		seen, err := r.Look(ctx, images)
		if err != nil {
			return err
		}
		fmt.Println(seen[0].Shape, seen[0].Windows, r.Quality().Precision)
		return nil
	}
	_ = look
	q := scene.Quality{Images: 1000, Windows: 425, Boxes: 424, Right: 423, Precision: 423. / 424, Recall: 423. / 425, Accuracy: 0.92}
	fmt.Println(q)
	// Output: on 1000 held-out drawn images: windows with precision 0.998 and recall 0.995, shapes named rightly 92.0 %
}
