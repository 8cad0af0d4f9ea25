package train

import "math/rand/v2"

// Random returns the random stream of one use (stream) of a seed at one position, such as a
// step or an epoch. Each use of a seed has its own stream; Batches uses StreamOrder.
func Random(seed uint64, stream int, position int64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(stream)<<48^uint64(position)))
}

// StreamOrder is the random stream of the order of the images.
const StreamOrder = 3
