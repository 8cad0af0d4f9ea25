package train

import (
	"slices"
	"testing"
)

// An epoch visits each image at most once, and each whole batch of it exactly; a step has the
// same images whatever was asked for before.
func TestBatches(t *testing.T) {
	for _, tt := range []struct{ n, batch int }{{10, 3}, {8, 8}, {7, 1}, {9, 4}} {
		b := NewBatches(tt.n, tt.batch, 5)
		perEpoch := tt.n / tt.batch
		var all [][]int
		for step := range 3 * perEpoch {
			got := slices.Clone(b.Indices(int64(step)))
			if len(got) != tt.batch {
				t.Fatalf("%+v: step %d has %d images", tt, step, len(got))
			}
			all = append(all, got)
		}
		for epoch := range 3 {
			seen := slices.Concat(all[epoch*perEpoch : (epoch+1)*perEpoch]...)
			slices.Sort(seen)
			if len(slices.Compact(seen)) != perEpoch*tt.batch || seen[0] < 0 || seen[len(seen)-1] >= tt.n {
				t.Errorf("%+v: epoch %d visits %v", tt, epoch, seen)
			}
		}
		for _, step := range []int{2, 0, len(all) - 1, 1} {
			step = min(step, len(all)-1)
			if got := NewBatches(tt.n, tt.batch, 5).Indices(int64(step)); !slices.Equal(got, all[step]) {
				t.Errorf("%+v: step %d asked for alone has %v, want %v", tt, step, got, all[step])
			}
			if got := b.Indices(int64(step)); !slices.Equal(got, all[step]) {
				t.Errorf("%+v: step %d asked for again has %v, want %v", tt, step, got, all[step])
			}
		}
	}
	if slices.Equal(NewBatches(50, 50, 1).Indices(0), NewBatches(50, 50, 2).Indices(0)) {
		t.Error("another seed gives the same order")
	}
	b := NewBatches(50, 50, 1)
	if slices.Equal(slices.Clone(b.Indices(0)), b.Indices(1)) {
		t.Error("the second epoch has the order of the first")
	}
}

// Streams and positions of a seed are apart, and each is the same every time.
func TestRandomStreams(t *testing.T) {
	first := map[uint64]string{}
	for _, seed := range []uint64{0, 1} {
		for stream := range 4 {
			for position := range int64(3) {
				name := string([]byte{byte('0' + seed), byte('0' + stream), byte('0' + position)})
				v := Random(seed, stream, position).Uint64()
				if other, twice := first[v]; twice {
					t.Errorf("seed, stream and position %s begin as %s does", name, other)
				}
				first[v] = name
				if Random(seed, stream, position).Uint64() != v {
					t.Errorf("%s gives another number the second time", name)
				}
			}
		}
	}
}

// With the rest, each epoch has a last batch of the images that are left over, unless it is one
// image.
func TestBatchesWithRest(t *testing.T) {
	for _, tt := range []struct{ n, batch, perEpoch, last int }{{50_000, 128, 391, 80}, {256, 128, 2, 128}, {257, 128, 2, 128}, {258, 128, 3, 2}} {
		b := NewBatchesWithRest(tt.n, tt.batch, 1)
		if int(b.PerEpoch()) != tt.perEpoch {
			t.Fatalf("%d images: %d batches of an epoch, want %d", tt.n, b.PerEpoch(), tt.perEpoch)
		}
		seen, images := map[int]bool{}, int64(0)
		for step := range b.PerEpoch() {
			rows := b.Indices(step)
			for _, r := range rows {
				seen[r] = true
			}
			images += int64(len(rows))
			if b.Images(step+1) != images {
				t.Errorf("%d images: %d after %d steps, want %d", tt.n, b.Images(step+1), step+1, images)
			}
		}
		if last := b.Indices(b.PerEpoch() - 1); len(last) != tt.last || len(seen) != int(images) {
			t.Errorf("%d images: the last batch has %d, want %d; %d were seen of %d", tt.n, len(last), tt.last, len(seen), images)
		}
		if got := b.Images(b.PerEpoch()*3 + 1); got != 3*images+int64(tt.batch) {
			t.Errorf("%d images: %d after three epochs and a batch", tt.n, got)
		}
	}
}
