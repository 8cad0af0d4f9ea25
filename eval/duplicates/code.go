package duplicates

import (
	"context"
	"fmt"
	"math/bits"
	"runtime"
	"sync"

	"repbench/datasets"
	"repbench/internal/progress"
)

// MaxBits is the length of the longest code.
const MaxBits = 256

// Code is a binary code. Bit i is bit i mod 64 of word i / 64; bits beyond the
// length of a method's codes are 0.
type Code [MaxBits / 64]uint64

// NoCode is the code of an image that a method cannot distinguish from others, such as an image
// of a single colour for a perceptual hash. It is not linked with any code. Its one bit lies
// beyond the length of the codes of these methods.
var NoCode = Code{0, 0, 0, 1 << 63}

// set makes bit i 1.
func (c *Code) set(i int) { c[i/64] |= 1 << (i % 64) }

// Distance returns the number of bits in which two codes differ.
func Distance(a, b Code) int {
	n := 0
	for i := range a {
		n += bits.OnesCount64(a[i] ^ b[i])
	}
	return n
}

// Hasher computes codes of images. A code depends only on its image.
type Hasher interface {
	// Bits returns the length of the codes, 1 … MaxBits.
	Bits() int
	// Hash writes the code of each image of im [N, H, W, C] into dst, which holds N codes.
	// Methods of fewer than MaxBits bits may write NoCode. Hash may be called from several
	// goroutines.
	Hash(dst []Code, im datasets.Images) error
}

// hashBatch is the number of images per call of Hash.
const hashBatch = 1024

// hashAll computes the codes of the images of all parts, in the order of the parts; if mirrored
// is true, the codes of their mirror images.
func hashAll(ctx context.Context, h Hasher, parts []Part, mirrored bool, task progress.Task) ([]Code, error) {
	codes := make([]Code, count(parts))
	first := 0
	for _, p := range parts {
		if err := hashPart(ctx, h, codes[first:first+p.Images.N], p, mirrored, task); err != nil {
			return nil, err
		}
		first += p.Images.N
	}
	return codes, nil
}

// hashPart computes the codes of one part, in pieces on all cores.
func hashPart(ctx context.Context, h Hasher, dst []Code, p Part, mirrored bool, task progress.Task) error {
	pieces := make(chan int)
	var wg sync.WaitGroup
	var once sync.Once
	var failed error
	stop := make(chan struct{})
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for lo := range pieces {
				im := p.Images.Slice(lo, min(lo+hashBatch, p.Images.N))
				n := im.N
				if mirrored {
					im = mirror(im)
				}
				if err := h.Hash(dst[lo:lo+n], im); err != nil {
					once.Do(func() {
						failed = fmt.Errorf("%s, images %d to %d: %w", p.Name(), lo, lo+n-1, err)
						close(stop)
					})
					continue
				}
				task.Add(int64(n))
			}
		})
	}
	err := feed(ctx, pieces, p.Images.N, stop)
	close(pieces)
	wg.Wait()
	if failed != nil {
		return failed
	}
	return err
}

// feed sends the first images of the pieces.
func feed(ctx context.Context, pieces chan<- int, n int, stop <-chan struct{}) error {
	for lo := 0; lo < n; lo += hashBatch {
		if ctx.Err() != nil { // select chooses at random
			return context.Cause(ctx)
		}
		select {
		case pieces <- lo:
		case <-stop:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
