package shapes

import (
	"fmt"
	"math"
	"runtime"
	"sync"
)

const numClasses = 10

// classNames are the classes; the label of an image is the index of its name.
var classNames = [numClasses]string{
	"disc", "ring", "square", "triangle", "cross", "star", "crescent", "heart", "arrow", "hourglass",
}

// ClassNames returns the names of the ten classes in the order of their labels. The slice
// belongs to the caller.
func ClassNames() []string { return append([]string(nil), classNames[:]...) }

// Defaults of Options.
const (
	DefaultSize  = 32
	DefaultTrain = 5000
	DefaultTest  = 2000
	DefaultSeed  = 1
)

// Smallest and largest side of an image.
const (
	minSide = 16
	maxSide = 128
)

// Options are the settings of a set. The zero value draws 5,000 training and 2,000 test images
// of 32×32 from seed 1.
type Options struct {
	// Size is the side of the images in pixels, 16 to 128; 0 means 32. The
	// scenes are the same at every size.
	Size int
	// Train and Test are the numbers of images of the two splits; 0 means 5000 and 2000. The
	// first n images of a split do not depend on its length.
	Train, Test int
	// Seed selects the set; nil means 1.
	Seed *int64
	// Threads is the number of threads that draw; 0 means GOMAXPROCS. It does not affect the
	// result.
	Threads int
}

// Set is a drawn data set.
type Set struct {
	Train, Test Part // the two splits
	// Classes are the names of the classes, by label.
	Classes []string
}

// Part is one split of N images of S×S pixels.
type Part struct {
	// Pixels is N×S×S×3, row-major, RGB.
	Pixels []uint8
	// Labels holds the class of each image, 0 … 9.
	Labels []int32
	// Factors holds the factors of each image.
	Factors []Factors
}

// Generate draws the set described by o. It uses about N·(3·S² + 300) bytes of memory.
func Generate(o Options) (*Set, error) {
	o, err := o.resolve()
	if err != nil {
		return nil, err
	}
	return &Set{
		Train:   generate(o, Train, o.Train),
		Test:    generate(o, Test, o.Test),
		Classes: ClassNames(),
	}, nil
}

// resolve fills in the defaults and checks the values.
func (o Options) resolve() (Options, error) {
	fill := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	fill(&o.Size, DefaultSize)
	fill(&o.Train, DefaultTrain)
	fill(&o.Test, DefaultTest)
	fill(&o.Threads, runtime.GOMAXPROCS(0))
	if o.Seed == nil {
		o.Seed = new(int64(DefaultSeed))
	}
	return o, o.validate()
}

func (o Options) validate() error {
	if o.Size < minSide || o.Size > maxSide {
		return fmt.Errorf("shapes: size %d: want %d to %d pixels", o.Size, minSide, maxSide)
	}
	if o.Threads < 0 {
		return fmt.Errorf("shapes: threads %d: want 0 or more", o.Threads)
	}
	for _, part := range []struct {
		name string
		n    int
	}{{"train", o.Train}, {"test", o.Test}} {
		most := min(math.MaxInt32, math.MaxInt/(o.Size*o.Size*3))
		if part.n < 0 || part.n > most {
			return fmt.Errorf("shapes: %s %d: want 0 to %d images", part.name, part.n, most)
		}
	}
	return nil
}

// generate draws n images of a split, a range of them on each thread.
func generate(o Options, split Split, n int) Part {
	stride := o.Size * o.Size * 3
	p := Part{
		Pixels:  make([]uint8, n*stride),
		Labels:  make([]int32, n),
		Factors: make([]Factors, n),
	}
	threads := min(o.Threads, n)
	var wg sync.WaitGroup
	for t := range threads {
		lo, hi := t*n/threads, (t+1)*n/threads
		wg.Go(func() {
			for i := lo; i < hi; i++ {
				p.Factors[i] = At(*o.Seed, split, i, o.Size)
				p.Labels[i] = p.Factors[i].Class
				Render(p.Pixels[i*stride:(i+1)*stride], o.Size, p.Factors[i])
			}
		})
	}
	wg.Wait()
	return p
}
