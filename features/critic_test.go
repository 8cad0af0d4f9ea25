package features

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/internal/npy"
	"repbench/internal/testenv"
	"repbench/train/dcgan"
)

func critic(t *testing.T, spec string) *Critic {
	t.Helper()
	m, err := OpenModel(spec, cpu(t), 1)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewCritic(m, cpu(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// TestReleasedLogits: the golden scores are sigmoids of logits with the given statistics, PyTorch 1.13.
func TestReleasedLogits(t *testing.T) {
	golden := testenv.Path(t, "golden", "svhn_dcgan")
	floats := func(name string) []float32 {
		_, v, err := npy.Read[float32](filepath.Join(golden, name+".npy"))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	shape, pixels, err := npy.Read[uint8](filepath.Join(golden, "images_u8_nhwc.npy"))
	if err != nil {
		t.Fatal(err)
	}
	c := critic(t, "theano:"+testenv.Path(t, "data", "svhn_dcgan_2015"))
	c.net.stats = []*dcgan.HostStats{nil, {Mean: floats("bn2_mean"), Variance: floats("bn2_var")}, {Mean: floats("bn3_mean"), Variance: floats("bn3_var")}}
	got, err := c.Logits(context.Background(), datasets.Images{Data: pixels, N: shape[0], H: shape[1], W: shape[2], C: shape[3]}, "images", nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range floats("discriminator_score") {
		if want >= 0 && want <= 1 {
			got[i] = 1 / (1 + math.Exp(-got[i]))
		}
		if math.Abs(got[i]-float64(want)) > 1e-4*math.Abs(float64(want)) {
			t.Errorf("score of image %d is %v, want %v", i, got[i], want)
		}
	}
}

// TestLogitsDoNotDependOnTheBatch: images by themselves have the logits that they have among others,
// and those of a critic that takes its statistics from a folder.
func TestLogitsDoNotDependOnTheBatch(t *testing.T) {
	ds := noise(150, 140)
	test, err := ds.Split(datasets.Test)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var all []float64
	for range 2 {
		c := critic(t, "random:svhn32,width=4")
		if err := c.Prepare(context.Background(), ds, dir, nil); err != nil {
			t.Fatal(err)
		}
		got, err := c.Logits(context.Background(), test.Images, "test", nil)
		if err != nil || len(got) != 140 {
			t.Fatalf("%d logits, %v", len(got), err)
		}
		if all != nil && !slices.Equal(all, got) {
			t.Error("logits differ with statistics from the folder")
		}
		all = got
		few, err := c.Logits(context.Background(), test.Images.Slice(130, 140), "test", nil)
		if err != nil || !slices.Equal(few, all[130:]) {
			t.Errorf("%v, want %v, %v", few, all[130:], err)
		}
	}
	if slices.Max(all) == slices.Min(all) {
		t.Error("all logits are equal")
	}
}

func TestCriticErrors(t *testing.T) {
	ds := noise(20, 10)
	c := critic(t, "random:svhn32,width=4")
	if _, err := c.Logits(context.Background(), ds.Splits[0].Images, "train", nil); err == nil || !strings.Contains(err.Error(), "Prepare") {
		t.Errorf("without statistics: %v", err)
	}
	if err := c.Prepare(context.Background(), ds, "", nil); err != nil {
		t.Fatal(err)
	}
	grey := datasets.Images{Data: make([]uint8, 2*28*28), N: 2, H: 28, W: 28, C: 1}
	if _, err := c.Logits(context.Background(), grey, "digits", nil); err == nil || !strings.Contains(err.Error(), "digits has 28×28×1") {
		t.Errorf("grey images: %v", err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Logits(ended, ds.Splits[0].Images, "train", nil); err == nil || !strings.Contains(err.Error(), "interrupted at image 0 of train") {
		t.Errorf("cancelled: %v", err)
	}
}
