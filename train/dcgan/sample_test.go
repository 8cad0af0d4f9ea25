package dcgan

import (
	"context"
	"errors"
	"slices"
	"testing"

	"repbench/backends"
	"repbench/train/convolution"
)

// Images in batches are the images of Sample for each batch; no batch has one image alone.
func TestSampleBatches(t *testing.T) {
	b, err := backends.Open("cpu")
	if err != nil {
		t.Fatal(err)
	}
	a, err := NewArch("svhn32", 1)
	if err != nil {
		t.Fatal(err)
	}
	m := NewModel(a, 3)
	m.Lowering = convolution.LoweringFor(b)
	for n, sizes := range map[int][]int{2: {2}, 128: {128}, 129: {127, 2}, 258: {128, 128, 2}} {
		z, got := a.Prior.DrawZ(n, a.ZDim, 5), []int{}
		all, err := m.SampleBatches(t.Context(), b, z, n, func(images int) { got = append(got, images) })
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, sizes) || all.N != n {
			t.Errorf("%d images in batches of %v, want %v", n, got, sizes)
		}
		lo := 0
		for _, size := range sizes {
			want, err := m.Sample(b, z[lo*a.ZDim:(lo+size)*a.ZDim], size)
			if err != nil {
				t.Fatal(err)
			}
			stride := all.H * all.W * all.C
			if !slices.Equal(all.Data[lo*stride:(lo+size)*stride], want.Data) {
				t.Errorf("%d images: from %d on they are not what their batch alone gives", n, lo)
			}
			lo += size
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := m.SampleBatches(ctx, b, a.Prior.DrawZ(2, a.ZDim, 5), 2, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
