package nnc

import (
	"context"
	"fmt"
	"math"
	"slices"

	"repbench/eval"
	"repbench/eval/neighbours"
	"repbench/features/matrix"
	"repbench/internal/progress"
)

// Options say how the nearest images are searched.
type Options struct {
	// Bytes compares bytes, which is faster: floats are rounded to 255 levels. False compares floats,
	// exactly.
	Bytes bool
	// Classes is the number of classes; labels are below it.
	Classes int
	// Threads is the number of goroutines; 0: all processors that Go may use. MaxMemory bounds the
	// bytes beside the images; 0: about 300 MB.
	Threads   int
	MaxMemory int64
	// Progress receives the number of images that Run has compared; nil: none does.
	Progress progress.Reporter
}

// Nearest keeps the nearest image of each test image among those added so far.
type Nearest struct {
	test   Set
	o      Options
	floats matrix.View
	bytes  neighbours.Images
	state  State
}

// State is what is kept of the images added: it can be stored, and a search goes on from it.
type State struct {
	// N is the number of images added.
	N int64 `json:"n"`
	// Squares are the squared distances of the test images to their nearest image, in units of the
	// range [0, 1], or of bytes; Labels and Rows are the classes and numbers of these images.
	Squares []float64 `json:"squares"`
	Labels  []int32   `json:"labels"`
	Rows    []int64   `json:"rows"`
	// PerClass counts the images of each class.
	PerClass []int64 `json:"per_class"`
}

// New prepares the classification of test images.
func New(test Set, o Options) (*Nearest, error) {
	if err := test.Check("test images", o.Classes, 0); err != nil {
		return nil, err
	}
	n := &Nearest{test: test, o: o}
	if o.Bytes {
		n.bytes = asImages(test)
	} else {
		var err error
		if n.floats, err = matrix.New(test.floats(), test.N, test.Pixels); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// asImages are the bytes of a set as images of one row: only distances matter.
func asImages(s Set) neighbours.Images {
	return neighbours.Images{N: s.N, H: 1, W: s.Pixels, C: 1, Pix: s.bytes()}
}

// Added is the number of images added so far.
func (n *Nearest) Added() int64 { return n.state.N }

// State returns what is kept, which is valid until the next call of Add.
func (n *Nearest) State() State { return n.state }

// Restore goes on from a state of the same test images and options.
func (n *Nearest) Restore(s State) error {
	if s.N < 1 || len(s.PerClass) != n.o.Classes || len(s.Squares) != n.test.N || len(s.Labels) != n.test.N || len(s.Rows) != n.test.N {
		return fmt.Errorf("%w: a state of %d images with %d, %d and %d entries does not fit %d test images", ErrInput, s.N, len(s.Squares), len(s.Labels), len(s.Rows), n.test.N)
	}
	for i, sq := range s.Squares {
		if !(sq >= 0) || math.IsInf(sq, 0) || s.Labels[i] < 0 || int(s.Labels[i]) >= n.o.Classes || s.Rows[i] < 0 || s.Rows[i] >= s.N {
			return fmt.Errorf("%w: entry %d of the state is the distance %g, the label %d and the image %d of %d", ErrInput, i, sq, s.Labels[i], s.Rows[i], s.N)
		}
	}
	n.state = s
	return nil
}

// Add compares the test images with a block of images. After an error, also of the context, nothing of
// the block counts.
func (n *Nearest) Add(ctx context.Context, block Set) error {
	if block.Pixels != n.test.Pixels {
		return fmt.Errorf("%w: the samples have %d pixels, the test images %d; bring them to one size", ErrInput, block.Pixels, n.test.Pixels)
	}
	if err := block.Check("samples", n.o.Classes, int(n.state.N)); err != nil {
		return err
	}
	rows, squares, err := n.search(ctx, block)
	if err != nil {
		return err
	}
	if n.state.N == 0 {
		n.state = State{Squares: make([]float64, n.test.N), Labels: make([]int32, n.test.N), Rows: make([]int64, n.test.N), PerClass: make([]int64, n.o.Classes)}
		for i := range n.state.Squares {
			n.state.Squares[i] = math.Inf(1)
		}
	}
	for i, sq := range squares {
		if sq < n.state.Squares[i] {
			n.state.Squares[i], n.state.Labels[i], n.state.Rows[i] = sq, block.Labels[rows[i]], n.state.N+int64(rows[i])
		}
	}
	for _, l := range block.Labels {
		n.state.PerClass[l]++
	}
	n.state.N += int64(block.N)
	return nil
}

// search returns, for each test image, the row of its nearest image in a block and their squared
// distance.
func (n *Nearest) search(ctx context.Context, block Set) (rows []int32, squares []float64, err error) {
	rows, squares = make([]int32, n.test.N), make([]float64, n.test.N)
	if n.o.Bytes {
		o := neighbours.ImageOptions{Threads: n.o.Threads, MaxMemory: n.o.MaxMemory}
		err = neighbours.EachImage(ctx, asImages(block), n.bytes, 1, neighbours.Pixels, o, func(i int, m []neighbours.Match) error {
			rows[i], squares[i] = m[0].Row, float64(m[0].Square)
			return nil
		})
		return rows, squares, err
	}
	base, err := matrix.New(block.floats(), block.N, block.Pixels)
	if err != nil {
		return nil, nil, err
	}
	o := neighbours.Options{Threads: n.o.Threads, MaxMemory: n.o.MaxMemory}
	err = neighbours.Each(ctx, base, n.floats, 1, neighbours.Metric{Kind: neighbours.Euclidean}, o, func(i int, near []neighbours.Neighbour) {
		rows[i], squares[i] = near[0].Row, near[0].Square
	})
	return rows, squares, err
}

// Point is what the nearest images say after N of them.
type Point struct {
	// N is the number of images.
	N int64 `json:"n"`
	// Errors is the number of test images whose nearest image has another class, Error their share,
	// with its 95 % interval by Wilson, which leaves out that other images would have come from the
	// same generator.
	Errors int           `json:"errors"`
	Error  float64       `json:"error"`
	CI95   eval.Interval `json:"ci95"`
	// NND is the mean Euclidean distance to the nearest image, pixels in [0, 1]; NNDReleased the same by
	// the formula in the released code, √(d² + 2e-8).
	NND         float64 `json:"nnd"`
	NNDReleased float64 `json:"nnd_released"`
	// ErrorsPerClass counts the errors by the class of the test image.
	ErrorsPerClass []int `json:"errors_per_class"`
	// Rows are the numbers of the nearest images; nil in a record.
	Rows []int64 `json:"-"`
	// Correct says of each test image whether its nearest image has its class; nil in a record.
	Correct []bool `json:"-"`
}

// releasedOffset is what the released code adds to a squared distance before the root.
const releasedOffset = 2e-8

// Point classifies the test images by the images added so far, at least one.
func (n *Nearest) Point() Point {
	p := Point{N: n.state.N, Rows: slices.Clone(n.state.Rows), ErrorsPerClass: make([]int, n.o.Classes)}
	p.Correct = make([]bool, n.test.N)
	unit := 1.0
	if n.o.Bytes {
		unit = 255 * 255
	}
	for i, l := range n.test.Labels {
		p.Correct[i] = n.state.Labels[i] == l
		if !p.Correct[i] {
			p.Errors++
			p.ErrorsPerClass[l]++
		}
		sq := n.state.Squares[i] / unit
		p.NND += math.Sqrt(sq)
		p.NNDReleased += math.Sqrt(sq + releasedOffset)
	}
	total := float64(n.test.N)
	p.Error, p.CI95 = float64(p.Errors)/total, eval.Wilson(p.Errors, n.test.N)
	p.NND, p.NNDReleased = p.NND/total, p.NNDReleased/total
	return p
}

// toByte rounds 255·v, halves to even.
func toByte(v float32) uint8 { return uint8(math.RoundToEven(255 * float64(v))) }
