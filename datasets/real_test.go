package datasets

import (
	"context"
	"slices"
	"testing"

	"repbench/datasets/internal/datatest"
	"repbench/datasets/internal/picture"
	"repbench/internal/testenv"
)

// labelCounts counts the images of each class.
func labelCounts(s *Split, classes int) []int {
	counts := make([]int, classes)
	for _, l := range s.Labels {
		counts[l]++
	}
	return counts
}

// skipSlow skips a test that decodes a whole data set in short runs and under the race
// detector, which finds nothing in it that it does not find in the small sets.
func skipSlow(t *testing.T) {
	t.Helper()
	if testing.Short() || raceDetector {
		t.Skip("decodes a whole data set")
	}
}

func repeat(n, v int) []int { return slices.Repeat([]int{v}, n) }

func TestRealCIFAR10(t *testing.T) {
	skipSlow(t)
	d := mustOpen(t, "cifar10="+testenv.Path(t, "data", "cifar10-jpeg.tar.gz"), Options{})
	if !slices.Equal(d.Classes, cifar10.classes) {
		t.Fatalf("classes %v", d.Classes)
	}
	// As published: 6,000 images per class, 1,000 of them for tests.
	for k, want := range []int{5000, 1000} {
		s := d.Splits[k]
		if got := labelCounts(s, 10); !slices.Equal(got, repeat(10, want)) || s.Images.H != 32 || s.Images.W != 32 || s.Images.C != 3 {
			t.Errorf("%s: %v images of %d×%d×%d", s.Name, got, s.Images.H, s.Images.W, s.Images.C)
		}
	}
}

func TestRealMNIST(t *testing.T) {
	skipSlow(t)
	d := mustOpen(t, "mnist="+testenv.Path(t, "data", "mnist"), Options{})
	// The published counts for MNIST, digits 0 … 9.
	want := [][]int{
		{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949},
		{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009},
	}
	for k, s := range d.Splits {
		if got := labelCounts(s, 10); !slices.Equal(got, want[k]) || s.Images.H != 28 || s.Images.C != 1 {
			t.Errorf("%s: %v", s.Name, got)
		}
	}
}

// TestRealImageNetFiles: full-size photographs whose names begin with their class are listed,
// read and decoded; Open requires that they are prepared first.
func TestRealImageNetFiles(t *testing.T) {
	skipSlow(t)
	spec := "imagenet=" + testenv.Path(t, "data", "imagenet-sample")
	p := mustPlan(t, spec)
	if p.Count() < 76 || len(p.Splits) != 1 || p.Splits[0].Name != Train {
		t.Fatalf("%d images in %d splits", p.Count(), len(p.Splits))
	}
	var d picture.Decoder
	if err := p.Walk(context.Background(), func(it Item) error {
		data, err := it.Read(nil)
		if err != nil {
			return err
		}
		cfg, err := picture.ImageConfig(data)
		if err != nil {
			return err
		}
		return d.Decode(make([]byte, cfg.Width*cfg.Height*picture.Channels(cfg)), data, picture.Channels(cfg))
	}); err != nil {
		t.Fatal(err)
	}
	_, err := Open(context.Background(), spec, Options{})
	datatest.WantError(t, err, "prepare the set first")
}

func TestRealTinyImageNet(t *testing.T) {
	skipSlow(t)
	a := testenv.Path(t, "data", "tiny-imagenet", "tiny-imagenet32-0.tar.gz")
	b := testenv.Path(t, "data", "tiny-imagenet", "tiny-imagenet32-1.tar.gz")
	d := mustOpen(t, "tiny-imagenet="+a+","+b, Options{})
	s := d.Splits[0]
	if len(d.Splits) != 1 || s.Name != Train || s.Images.N != 50000 || s.Images.H != 32 || len(d.Classes) != 200 {
		t.Fatalf("%d splits, %d images, %d classes", len(d.Splits), s.Images.N, len(d.Classes))
	}
	if d.Classes[0] != "n01443537" {
		t.Fatalf("first class %s", d.Classes[0])
	}
}
