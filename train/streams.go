package train

import "math/rand/v2"

// Random is the random stream of one use (stream) at one position, such as a step or
// an epoch, of a seed. Each use of a seed has a stream of its own; StreamOrder is
// taken by Batches.
func Random(seed uint64, stream int, position int64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(stream)<<48^uint64(position)))
}

// StreamOrder is the stream of the order of the images.
const StreamOrder = 3
