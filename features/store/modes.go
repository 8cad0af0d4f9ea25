package store

// Pooling is how a layer's maps become a small grid.
type Pooling string

// Poolings.
const (
	// PoolMax keeps the largest value of each cell, as the paper does.
	PoolMax Pooling = "max"
	// PoolMean averages each cell.
	PoolMean Pooling = "mean"
	// PoolNone keeps every position of the maps; Grid is not used.
	PoolNone Pooling = "none"
)

// BatchNorm says which statistics D's batch normalisation uses.
type BatchNorm string

// Batch-norm modes.
const (
	// Fixed: per channel mean and biased variance, averaged without weights over
	// the minibatches (StatsBatch images, the last one may be smaller) of the training
	// images of the set under evaluation; later layers see batch-normalised input while
	// they are gathered. The images come in the set's order, or shuffled where that
	// order goes by class, see Shuffled. The paper's way.
	Fixed BatchNorm = "fixed"
	// Released: as Fixed, of the images that the released code takes on SVHN: the
	// training images in a shuffled order, less the first 10,000, which the protocol
	// svhn-1000 chooses on. Of a set with a validation split none are left out.
	Released BatchNorm = "released"
	// Running: the moving averages over real images that training kept.
	Running BatchNorm = "running"
	// Batch: the statistics of each batch itself. Features then depend on the
	// batch size and on the neighbours of an image.
	Batch BatchNorm = "batch"
)
