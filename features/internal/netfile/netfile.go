package netfile

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/internal/onnx"
	"repbench/features/matrix"
	"repbench/features/store"
)

// netName is the name of the kind of encoder.
const netName = "onnx"

// Options are the options that mean something to a network from a file.
type Options struct {
	// Pooling and Grid are for sequences and maps.
	Pooling store.Pooling
	// Grid is the side of the pooled grid of maps.
	Grid int
	// BatchSize is the number of images in one run, unless the file says another; 0: it is measured
	// while the first images are encoded.
	BatchSize int
	// Layers are the names of the layers to take of several outputs; empty: all.
	Layers []string
}

// Limits on what a file can make us allocate: values of a batch of images, and
// features of an image.
const (
	maxBatchValues = 1 << 31
	maxNetFeatures = 1 << 22
)

// Network is the encoder of a network that a user brings as an ONNX file (docs/onnx.md).
type Network struct {
	// Options are the options that it was opened with, less what the output has no use for.
	Options Options

	file    string
	model   *onnx.Model
	hash    string
	backend *backends.Backend
	in      Input
	feed    dtypes.DType // of the network's input
	batch   int          // images in one run: the file's own number, else Options.BatchSize
	fixed   bool         // the file says the number
	outputs []string     // the values that are taken
	layers  []matrix.Layer
	program *program
	eyes    []eye // of the goroutines that load images
}

// program is the network built for images of one shape.
type program struct {
	shape  shapes.Shape // of the images, [N, H, W, C]
	graph  *Graph
	output *Node   // the features [N, D]
	dims   [][]int // of the network's own outputs, channels last
	macs   int64   // multiply-adds of a batch
	args   []any   // the images, filled in before each run, and the weights
	ready  bool    // compiled
}

// Open reads what follows "onnx:".
func Open(text string, b *backends.Backend, o Options) (*Network, error) {
	file, in, err := ParseNet(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %s:%s: %w", encoder.ErrSpec, netName, text, err)
	}
	model, err := onnx.Open(file)
	if err != nil {
		return nil, err
	}
	e := &Network{Options: o, file: filepath.Base(file), model: model, backend: b, in: in}
	hashed := make(chan error, 1)
	go func() { // beside resolve, which builds the network
		var err error
		e.hash, err = model.Hash()
		hashed <- err
	}()
	if err := e.resolve(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return e, <-hashed
}

// Origin says where the network comes from.
func (e *Network) Origin() string {
	return fmt.Sprintf("network from the ONNX file %s, made by %s", e.file, producer(e.model))
}

// Hash is the hash of the file.
func (e *Network) Hash() string { return e.hash }

// Input says how images enter the network.
func (e *Network) Input() *store.NetInput { return &e.in.NetInput }

// ImageChannels is the number of channels that images must have.
func (e *Network) ImageChannels() int { return e.in.imageChannels() }

// AnySize says that images may have any sizes, each another.
func (e *Network) AnySize() bool { return e.in.Viewed() }

// MultiplyAdds is the number of multiply-adds per image; 0: it is not known.
func (e *Network) MultiplyAdds() int64 {
	if e.program == nil {
		return 0
	}
	return e.program.macs / int64(e.program.shape.Dimensions[0])
}

// ImageSize is the side that images must have; 0: any, or not square.
func (e *Network) ImageSize() int {
	if e.in.Resize == "" && e.in.Height == e.in.Width {
		return e.in.Height
	}
	return 0
}

func producer(m *onnx.Model) string {
	if m.Producer == "" {
		return "an unnamed program"
	}
	return m.Producer
}

// resolve finds out what goes into the network and what comes out.
func (e *Network) resolve() error {
	image, err := e.model.Image()
	if err != nil {
		return err
	}
	if err := e.in.Resolve(image.Dims); err != nil {
		return fmt.Errorf("%w: %w", encoder.ErrOptions, err)
	}
	e.feed = image.Feed()
	if err := e.in.feed(e.feed); err != nil {
		return fmt.Errorf("%w: %w", encoder.ErrOptions, err)
	}
	if e.in.Output == "" {
		e.in.Output = e.model.Outputs[0].Name
	}
	if e.outputs = []string{e.in.Output}; !e.model.Has(e.in.Output) {
		e.outputs = strings.Split(e.in.Output, "+")
	}
	if i := repeated(e.outputs); i != "" {
		return fmt.Errorf("%w: output=%s: %s is named twice", encoder.ErrOptions, e.in.Output, i)
	}
	e.batch = cmp.Or(e.Options.BatchSize, unmeasured)
	if e.Options.BatchSize == 0 && e.backend.XLA() {
		e.batch = onDevice
	}
	if e.fixed = image.Dims != nil && image.Dims[0] != 0; e.fixed {
		e.batch = image.Dims[0]
	}
	if e.batch > maxBatchValues/(e.in.Height*e.in.Width*e.in.Channels) {
		return fmt.Errorf("%w: %d images of %d×%d in one run are beyond the limits; give fewer with --batch, or a file that takes fewer at a time", encoder.ErrOptions, e.batch, e.in.Height, e.in.Width)
	}
	e.program, err = e.build(e.in.Height, e.in.Width, e.in.imageChannels())
	if err != nil {
		return e.withChoices(err)
	}
	e.clearOptions()
	return nil
}

// clearOptions clears the options that the outputs have no use for.
func (e *Network) clearOptions() {
	pools, grids := false, false
	for _, dims := range e.program.dims {
		pools = pools || len(dims) == 3 && e.in.taken() == nil || len(dims) == 4
		grids = grids || len(dims) == 4 && e.Options.Pooling != store.PoolNone
	}
	if !pools {
		e.Options.Pooling = ""
	}
	if !grids {
		e.Options.Grid = 0
	}
}

// repeated is the first name that is in the list twice, "" if there is none.
func repeated(list []string) string {
	for i, v := range list {
		if slices.Contains(list[:i], v) {
			return v
		}
	}
	return ""
}

// errTogether is wrapped by the error about an output that has nothing for each image.
var errTogether = errors.New("features have one row for each image")

// withChoices adds to an error about the output the outputs that can be used.
func (e *Network) withChoices(err error) error {
	if len(e.outputs) > 1 || !e.model.Has(e.in.Output) {
		return err // it lists the outputs, or says which is wrong
	}
	images := shapes.Make(e.feed, e.batch, e.in.Height, e.in.Width, e.in.Channels)
	choices := slices.DeleteFunc(e.model.Serving(e.backend.Compute, images, e.in.Layout == layoutNHWC),
		func(name string) bool { return name == e.in.Output })
	switch {
	case len(choices) == 0 && errors.Is(err, errTogether):
		return fmt.Errorf("%w; export the network with its features as an output", err)
	case len(choices) == 0:
		return err
	}
	return fmt.Errorf("%w; these have features of each image: %q; take one with output=%s after the file's name", err, choices, choices[0])
}

// ChannelHint says, for an error about images with another number of channels, how they can enter
// the network.
func (e *Network) ChannelHint(im datasets.Images) string {
	switch {
	case im.C == 1 && e.in.Channels > 1:
		return "; color=grey after the file's name repeats it"
	case im.C == 3 && e.in.imageChannels() == 1:
		return "; crop=center after the file's name makes them grey, as Pillow does"
	}
	return ""
}

// Layout implements encoder.Network.
func (e *Network) Layout(im datasets.Images) ([]matrix.Layer, error) {
	if !im.AnySize() && im.C != e.in.imageChannels() {
		return nil, fmt.Errorf("%w: the network takes %d channels, the images have %d%s", encoder.ErrOptions, e.in.imageChannels(), im.C, e.ChannelHint(im))
	}
	if im.AnySize() && !e.AnySize() {
		return nil, fmt.Errorf("%w: the images have any sizes; crop=center after the file's name resizes and crops them", encoder.ErrOptions)
	}
	if e.in.Resize == "" && (im.H != e.in.Height || im.W != e.in.Width) {
		return nil, fmt.Errorf("%w: the network takes images of %d×%d, these are %d×%d; resize=bilinear after the file's name resamples them",
			encoder.ErrOptions, e.in.Height, e.in.Width, im.H, im.W)
	}
	return slices.Clone(e.layers), nil
}
