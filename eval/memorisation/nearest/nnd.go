package nearest

import (
	"fmt"
	"math"

	"repbench/eval/memorisation/faults"
)

// NND are mean distances of held-out images from the nearest of the first N generated images, as
// the training loops released with DCGAN print them for N = 1,000, 10,000 and 100,000: small
// where the generator covers the data, and smaller still where it repeats them. By itself the
// number says little, so that the same for as many training images stands beside it.
type NND struct {
	// Range is the range of pixels in which distances are stated: "[-1, 1]" or "[0, 1]".
	Range PixelRange `json:"range"`
	// HeldOut is the number of held-out images.
	HeldOut int `json:"held_out"`
	// Generated are the means for the generated images.
	Generated []NNDPoint `json:"generated"`
	// Training are the means for as many training images, as far as there are any.
	Training []NNDPoint `json:"training,omitempty"`
}

// NNDPoint is the mean for one number of images.
type NNDPoint struct {
	// Images is the number of images that the nearest is taken of.
	Images int `json:"images"`
	// Distance is the mean Euclidean distance, pixels in the range stated.
	Distance float64 `json:"distance"`
	// GreyLevels is the mean of the root mean square difference of a pixel, in grey levels of
	// 0 to 255: it does not depend on the size of the images.
	GreyLevels float64 `json:"grey_levels"`
}

// PixelRange is a range of pixel values.
type PixelRange int

// The ranges of pixels.
const (
	// SignedUnit is -1 to 1, of generators that end in tanh.
	SignedUnit PixelRange = iota
	// Unit is 0 to 1, of generators that end in a sigmoid, as for MNIST.
	Unit
)

// String returns "[-1, 1]" or "[0, 1]".
func (r PixelRange) String() string {
	if r == Unit {
		return "[0, 1]"
	}
	return "[-1, 1]"
}

// MarshalText implements encoding.TextMarshaler.
func (r PixelRange) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *PixelRange) UnmarshalText(text []byte) error {
	for _, v := range []PixelRange{SignedUnit, Unit} {
		if v.String() == string(text) {
			*r = v
			return nil
		}
	}
	return fmt.Errorf("no range of pixels %q; there are %s and %s", text, SignedUnit, Unit)
}

// greyLevels is the number of grey levels in one unit of the range.
func (r PixelRange) greyLevels() float64 {
	if r == Unit {
		return 255
	}
	return 127.5
}

// Collector collects the distances of queries from the nearest image of a list that arrives block
// by block, and their means at given sizes of the list.
type Collector struct {
	sizes   []int
	squares []int64
	pixels  int
	unit    PixelRange
	seen    int
	points  []NNDPoint
}

// NewCollector starts a list for queries of pixels values each (height × width × channels). The
// sizes ascend.
func NewCollector(queries, pixels int, unit PixelRange, sizes ...int) (*Collector, error) {
	if queries < 1 || pixels < 1 {
		return nil, fmt.Errorf("nnd needs held-out images; there are %d of %d pixels: %w", queries, pixels, faults.ErrFewRows)
	}
	for i, s := range sizes {
		if s < 1 || i > 0 && s <= sizes[i-1] {
			return nil, fmt.Errorf("the numbers of images for nnd are %v; they must be positive and ascend", sizes)
		}
	}
	n := &Collector{sizes: sizes, squares: make([]int64, queries), pixels: pixels, unit: unit}
	for i := range n.squares {
		n.squares[i] = math.MaxInt64
	}
	return n, nil
}

// Next is the largest number of images that the next block may have: as many as are missing
// to the next size; 0: all sizes are reached.
func (n *Collector) Next() int {
	if len(n.points) == len(n.sizes) {
		return 0
	}
	return n.sizes[len(n.points)] - n.seen
}

// Add takes a block of images: the squared byte distance of each query from the nearest of them.
func (n *Collector) Add(images int, squares []int64) error {
	if len(squares) != len(n.squares) {
		return fmt.Errorf("%d distances for %d held-out images: %w", len(squares), len(n.squares), faults.ErrNeighbours)
	}
	if next := n.Next(); images < 1 || images > next {
		return fmt.Errorf("a block of %d images, of which at most %d fit: %w", images, next, faults.ErrNeighbours)
	}
	for i, s := range squares {
		if s < 0 {
			return fmt.Errorf("held-out image %d has the squared distance %d: %w", i, s, faults.ErrNeighbours)
		}
		n.squares[i] = min(n.squares[i], s)
	}
	n.seen += images
	if n.Next() == 0 {
		n.points = append(n.points, n.point())
	}
	return nil
}

func (n *Collector) point() NNDPoint {
	sum := 0.0
	for _, s := range n.squares {
		sum += math.Sqrt(float64(s))
	}
	mean := sum / float64(len(n.squares))
	return NNDPoint{Images: n.seen, Distance: mean / n.unit.greyLevels(), GreyLevels: mean / math.Sqrt(float64(n.pixels))}
}

// Points are the means at the sizes reached so far.
func (n *Collector) Points() []NNDPoint { return n.points }
