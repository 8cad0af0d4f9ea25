package train

// Batches is the order in which a training visits its images: shuffled anew in each epoch. The
// images left over after the last whole batch of an epoch are not used in that epoch.
type Batches struct {
	n, batch int
	seed     uint64
	epoch    int64 // of order; -1 before the first
	order    []int
}

// NewBatches orders n images, at least one batch.
func NewBatches(n, batch int, seed uint64) *Batches {
	return &Batches{n: n, batch: batch, seed: seed, epoch: -1}
}

// Indices returns the images of a step (0, 1, …); the slice is valid until the next call.
func (b *Batches) Indices(step int64) []int {
	perEpoch := int64(b.n / b.batch)
	if e := step / perEpoch; e != b.epoch {
		b.epoch = e
		b.order = Random(b.seed, StreamOrder, e).Perm(b.n)
	}
	lo := int(step%perEpoch) * b.batch
	return b.order[lo : lo+b.batch]
}
