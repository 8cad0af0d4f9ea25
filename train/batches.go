package train

// Batches is the order in which a training visits its images: shuffled anew in each epoch. The
// images left over after the last whole batch of an epoch are not used in that epoch, or, with
// NewBatchesWithRest, are its last batch.
type Batches struct {
	n, batch int
	perEpoch int64
	seed     uint64
	epoch    int64 // of order; -1 before the first
	order    []int
}

// NewBatches orders n images, at least one batch.
func NewBatches(n, batch int, seed uint64) *Batches {
	return &Batches{n: n, batch: batch, perEpoch: int64(n / batch), seed: seed, epoch: -1}
}

// NewBatchesWithRest is NewBatches with a smaller last batch in each epoch, of the images that are
// left over. A single image left over is not used, since it has no batch statistics.
func NewBatchesWithRest(n, batch int, seed uint64) *Batches {
	b := NewBatches(n, batch, seed)
	if n%batch > 1 {
		b.perEpoch++
	}
	return b
}

// PerEpoch is the number of batches of an epoch.
func (b *Batches) PerEpoch() int64 { return b.perEpoch }

// Images is the number of images of the first steps batches, with repetition.
func (b *Batches) Images(steps int64) int64 {
	epoch := min(b.perEpoch*int64(b.batch), int64(b.n))
	return steps/b.perEpoch*epoch + steps%b.perEpoch*int64(b.batch)
}

// Indices returns the images of a step (0, 1, …); the slice is valid until the next call.
func (b *Batches) Indices(step int64) []int {
	if e := step / b.perEpoch; e != b.epoch {
		b.epoch = e
		b.order = Random(b.seed, StreamOrder, e).Perm(b.n)
	}
	lo := int(step%b.perEpoch) * b.batch
	return b.order[lo:min(lo+b.batch, b.n)]
}
