package netfile

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/internal/onnx"
	"repbench/features/matrix"
	"repbench/features/store"
	"repbench/internal/progress"
)

// netName is the name of the kind of encoder.
const netName = "onnx"

// Options are the options that mean something to a network from a file.
type Options struct {
	// Pooling and Grid are for sequences and maps.
	Pooling store.Pooling
	// Grid is the side of the pooled grid of maps.
	Grid int
	// BatchSize is the number of images in one run, unless the file says another.
	BatchSize int
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
	backend *backends.Backend
	in      Input
	feed    dtypes.DType // of the network's input
	batch   int          // images in one run: the file's own number, else Options.BatchSize
	// Layer describes the columns of the features.
	Layer   matrix.Layer
	program *program
}

// program is the network built for images of one shape.
type program struct {
	shape  shapes.Shape // of the images, [N, H, W, C]
	graph  *Graph
	output *Node // the features [N, D]
	dims   []int // of the network's own output, channels last
	args   []any // the images, filled in before each run, and the weights
	ready  bool  // compiled
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
	if err := e.resolve(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return e, nil
}

// Origin says where the network comes from.
func (e *Network) Origin() string {
	return fmt.Sprintf("network from the ONNX file %s, made by %s", e.file, producer(e.model))
}

// Hash is the hash of the file.
func (e *Network) Hash() string { return e.model.Hash }

// Input says how images enter the network.
func (e *Network) Input() *store.NetInput { return &e.in.NetInput }

// ImageChannels is the number of channels that images must have.
func (e *Network) ImageChannels() int { return e.in.imageChannels() }

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
	if e.batch = e.Options.BatchSize; image.Dims != nil && image.Dims[0] != 0 {
		e.batch = image.Dims[0]
	}
	if e.batch > maxBatchValues/(e.in.Height*e.in.Width*e.in.Channels) {
		return fmt.Errorf("%w: %d images of %d×%d in one run are beyond the limits; give fewer with --batch, or a file that takes fewer at a time", encoder.ErrOptions, e.batch, e.in.Height, e.in.Width)
	}
	e.program, err = e.build(e.in.Height, e.in.Width, e.in.imageChannels())
	if err != nil {
		return e.withChoices(err)
	}
	switch len(e.program.dims) {
	case 2:
		e.Options.Pooling, e.Options.Grid = "", 0
	case 3:
		e.Options.Grid = 0
		if e.in.Token != nil {
			e.Options.Pooling = ""
		}
	case 4:
		if e.Options.Pooling == store.PoolNone {
			e.Options.Grid = 0
		}
	}
	return nil
}

// errTogether is wrapped by the error about an output that has nothing for each image.
var errTogether = errors.New("features have one row for each image")

// withChoices adds to an error about the output the outputs that can be used.
func (e *Network) withChoices(err error) error {
	if !e.model.Has(e.in.Output) {
		return err // it lists the outputs
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

// build makes the program for images of that shape, not compiled yet.
func (e *Network) build(height, width, channels int) (p *program, err error) {
	p = &program{shape: shapes.Make(dtypes.Uint8, e.batch, height, width, channels), graph: NewGraph(e.backend.Compute, netName)}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("build the network: %v", r)
		}
		if err != nil {
			p.graph.Finalize()
		}
	}()
	images := Parameter(p.graph, "images", p.shape)
	built, err := e.model.Build(e.in.Enter(images, e.feed), onnx.Target{Output: e.in.Output, ChannelsLast: e.in.Layout == layoutNHWC})
	if err != nil {
		return p, err
	}
	p.dims = built.Output.Shape().Dimensions
	if e.Layer, err = e.layerOf(p.dims); err != nil {
		return p, fmt.Errorf("%w: %w", encoder.ErrOptions, err)
	}
	p.output = e.leave(built.Output)
	p.args = make([]any, 1, 1+len(built.Weights))
	for _, w := range built.Weights {
		p.args = append(p.args, w)
	}
	return p, nil
}

// Enter brings pixels [N, H, W, C] to the size, range and order of channels that
// the network wants; the result has that type, channels last.
func (in *Input) Enter(images *Node, as dtypes.DType) *Node {
	g := images.Graph()
	x := ConvertDType(images, dtypes.Float32)
	if s := x.Shape().Dimensions; s[1] != in.Height || s[2] != in.Width {
		x = Einsum("nhwc,ah->nawc", x, Const(g, resampling(in.Resize, s[1], in.Height)))
		x = Einsum("nawc,bw->nabc", x, Const(g, resampling(in.Resize, s[2], in.Width)))
		x = ClipScalar(x, 0, 255) // the cubic filter overshoots
	}
	switch s := x.Shape().Dimensions; {
	case in.Color == ColorBGR:
		x = Reverse(x, 3)
	case s[3] != in.Channels:
		x = BroadcastToDims(x, s[0], s[1], s[2], in.Channels)
	}
	factor, shift := make([]float32, in.Channels), make([]float32, in.Channels)
	for c := range in.Channels {
		factor[c], shift[c] = float32(in.Scale/in.Std[c]), float32(-in.Mean[c]/in.Std[c])
	}
	perChannel := func(v []float32) *Node { return Const(g, [][][][]float32{{{v}}}) }
	if as.IsInt() {
		return ConvertDType(Add(Round(x), perChannel(shift)), as) // see NetInput.feed
	}
	return Add(Mul(x, perChannel(factor)), perChannel(shift))
}

// layerOf describes the columns made of an output of that shape, channels last.
func (e *Network) layerOf(dims []int) (matrix.Layer, error) {
	layer := func(h, w, c int) (matrix.Layer, error) {
		if h*w*c > maxNetFeatures {
			return matrix.Layer{}, fmt.Errorf("output %q gives %d features per image, more than %d; pool it", e.in.Output, h*w*c, maxNetFeatures)
		}
		return matrix.Layer{Name: e.in.Output, Columns: [2]int{0, h * w * c}, Height: h, Width: w, Channels: c}, nil
	}
	switch {
	case len(dims) == 0 || len(dims) == 1 && dims[0] != e.batch:
		return matrix.Layer{}, fmt.Errorf("output %q is no features of each image, but %s for all images together, as a loss is: %w", e.in.Output, together(dims), errTogether)
	case dims[0] != e.batch:
		return matrix.Layer{}, fmt.Errorf("output %q has the shape %v for %d images, and features have one row for each image, %d; a file that was exported for one batch size only needs that size, as in --batch 1",
			e.in.Output, dims, e.batch, e.batch)
	}
	if e.in.Token != nil && len(dims) != 3 {
		return matrix.Layer{}, fmt.Errorf("token=%d: output %q of shape %v is no sequence of tokens", *e.in.Token, e.in.Output, dims)
	}
	grid, whole := e.Options.Grid, e.Options.Pooling == store.PoolNone
	switch {
	case len(dims) == 2:
		return layer(1, 1, dims[1])
	case len(dims) == 3 && e.in.Token != nil:
		if *e.in.Token >= dims[1] {
			return matrix.Layer{}, fmt.Errorf("token=%d: output %q has %d tokens, counted from 0", *e.in.Token, e.in.Output, dims[1])
		}
		return layer(1, 1, dims[2])
	case len(dims) == 3 && whole:
		return layer(dims[1], 1, dims[2])
	case len(dims) == 3:
		return layer(1, 1, dims[2])
	case len(dims) == 4 && whole:
		return layer(dims[1], dims[2], dims[3])
	case len(dims) == 4 && (dims[1]%grid != 0 || dims[2]%grid != 0):
		return matrix.Layer{}, fmt.Errorf("output %q has %d×%d maps, which a grid of %d does not divide; --grid 1 always does",
			e.in.Output, dims[1], dims[2], grid)
	case len(dims) == 4:
		return layer(grid, grid, dims[3])
	}
	return matrix.Layer{}, fmt.Errorf("output %q of shape %v is neither a vector, a sequence nor maps for each image", e.in.Output, dims)
}

// together says what an output is that has nothing for each image.
func together(dims []int) string {
	if len(dims) == 0 {
		return "one number"
	}
	return fmt.Sprintf("%d numbers", dims[0])
}

// leave makes rows [N, D] of the network's output, as layerOf describes them.
func (e *Network) leave(y *Node) *Node {
	switch {
	case y.Rank() == 3 && e.in.Token != nil:
		y = Slice(y, AxisRange(), AxisElem(*e.in.Token))
	case y.Rank() == 3 && e.Options.Pooling == store.PoolMean:
		y = ReduceMean(y, 1)
	case y.Rank() == 3 && e.Options.Pooling == store.PoolMax:
		y = ReduceMax(y, 1)
	case y.Rank() == 4:
		y = encoder.Pool(y, e.Options.Pooling, e.Options.Grid)
	}
	return Reshape(y, e.batch, e.Layer.Columns[1])
}

func (e *Network) Layout(im datasets.Images) ([]matrix.Layer, error) {
	if im.C != e.in.imageChannels() {
		hint := ""
		if im.C == 1 {
			hint = "; color=grey after the file's name repeats it"
		}
		return nil, fmt.Errorf("%w: the network takes %d channels, the images have %d%s", encoder.ErrOptions, e.in.imageChannels(), im.C, hint)
	}
	if e.in.Resize == "" && (im.H != e.in.Height || im.W != e.in.Width) {
		return nil, fmt.Errorf("%w: the network takes images of %d×%d, these are %d×%d; resize=bilinear after the file's name resamples them",
			encoder.ErrOptions, e.in.Height, e.in.Width, im.H, im.W)
	}
	return []matrix.Layer{e.Layer}, nil
}

// Prepare compiles the network for the data set's images.
func (e *Network) Prepare(_ context.Context, ds *datasets.Dataset, _ progress.Reporter, _ encoder.Kept) error {
	return e.compile(ds.Splits[0].Images)
}

// compile makes the program fit images like im.
func (e *Network) compile(im datasets.Images) (err error) {
	p := e.program
	if p != nil && p.ready && p.takes(im) {
		return nil
	}
	if p == nil || !p.takes(im) {
		e.Close()
		if p, err = e.build(im.H, im.W, im.C); err != nil {
			return err
		}
		e.program = p
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("compile the network: %v", r)
		}
	}()
	if err := p.graph.Compile(p.output); err != nil {
		return err
	}
	p.ready = true
	return nil
}

func (p *program) takes(im datasets.Images) bool {
	d := p.shape.Dimensions
	return d[1] == im.H && d[2] == im.W && d[3] == im.C
}

// Encode runs the network batch by batch; in the last one the last image is
// repeated, and the rows beyond are thrown away.
func (e *Network) Encode(dst []float32, im datasets.Images) error {
	if err := e.compile(im); err != nil {
		return fmt.Errorf("extract features: %w", err)
	}
	d := e.Layer.Columns[1]
	for lo := 0; lo < im.N; lo += e.batch {
		part := im.Slice(lo, min(lo+e.batch, im.N))
		rows := dst[lo*d : (lo+part.N)*d]
		if err := e.program.run(rows, part); err != nil {
			return fmt.Errorf("extract features: %w", err)
		}
		for i, v := range rows {
			if v-v != 0 {
				return fmt.Errorf("extract features: value %d of the features of image %d of the batch is %g; are scale, mean and std those of the network?",
					i%d, lo+i/d, v)
			}
		}
	}
	return nil
}

// run encodes at most a batch.
func (p *program) run(dst []float32, im datasets.Images) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("run the network: %v", r)
		}
	}()
	images := encoder.ImageTensor(im, p.shape.Dimensions[0])
	p.args[0] = images
	out := p.graph.Run(p.args...)[0]
	err = tensors.ConstFlatData(out, func(flat []float32) { copy(dst, flat[:len(dst)]) })
	return errors.Join(err, out.FinalizeAll(), images.FinalizeAll())
}

func (e *Network) Close() {
	if e.program != nil {
		e.program.graph.Finalize()
		e.program = nil
	}
}
