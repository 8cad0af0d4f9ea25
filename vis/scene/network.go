package scene

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/datasets/shapes"
	"repbench/train"
	"repbench/train/convolution"
	"repbench/train/dcgan"
)

// Geometry of the network. It reads images of side×side pixels; its map of windows has
// cells×cells cells, each with one logit for each of its block×block pixels.
const (
	side  = 32
	block = 2
	cells = side / block
)

// windowLayer is the layer, from 0, that the map of windows is read from.
const windowLayer = 2

// classes is the number of shapes.
var classes = len(shapes.ClassNames())

// arch is the network's convolutions. Those up to windowLayer keep the cells small, so that the
// place of a window is known to the pixel; the others shrink them, so that the last ones see the
// whole object.
func arch() dcgan.Arch {
	return dcgan.Arch{
		Name: "scene", Width: 16, ImageSize: side, Channels: 3, ZDim: 1, Prior: dcgan.Gaussian, BaseMaps: 1, BaseSize: 1,
		Discriminator: []dcgan.Layer{
			{Maps: 16, Kernel: 5, Stride: 2, BatchNorm: true},
			{Maps: 24, Kernel: 3, Stride: 1, BatchNorm: true},
			{Maps: 24, Kernel: 3, Stride: 1, BatchNorm: true},
			{Maps: 64, Kernel: 3, Stride: 2, BatchNorm: true},
			{Maps: 128, Kernel: 3, Stride: 2, BatchNorm: true},
		},
	}
}

// head is a dense layer: its arrays in the store.
type head struct{ weights, bias string }

// The two heads: one logit for each pixel of a cell, and one for each shape.
var (
	windowHead = head{"/window/weights", "/window/bias"}
	shapeHead  = head{"/shape/weights", "/shape/bias"}
)

// network is the convolutions and both heads.
type network struct {
	net     *dcgan.Model
	paths   []string // trained arrays
	backend *backends.Backend
}

// newNetwork draws the initial weights from the seed.
func newNetwork(seed uint64, b *backends.Backend) (*network, error) {
	a := arch()
	n := &network{net: dcgan.NewModel(a, seed), backend: b, paths: a.ConvolutionPaths()}
	n.net.Lowering = convolution.LoweringFor(b)
	n.net.AddRunning()
	for i, h := range []struct {
		head
		in, out int
	}{{windowHead, a.Discriminator[windowLayer].Maps, block * block}, {shapeHead, a.FinalSize(), classes}} {
		r := train.Random(seed, streamHead, int64(i))
		w := make([]float32, h.in*h.out)
		for j := range w {
			w[j] = float32(r.NormFloat64() / math.Sqrt(float64(h.in)))
		}
		for path, t := range map[string]*tensors.Tensor{
			h.weights: tensors.FromFlatDataAndDimensions(w, h.in, h.out),
			h.bias:    tensors.FromFlatDataAndDimensions(make([]float32, h.out), h.out),
		} {
			if _, err := n.net.Store().CreateVariable(path, t); err != nil {
				return nil, err
			}
		}
		n.paths = append(n.paths, h.weights, h.bias)
	}
	return n, nil
}

// build is the logits of the windows [N, cells, cells, block·block] and of the shapes [N,
// classes] of images [N, side, side, 3] in [-1, 1]; fixed as in dcgan.Model.Discriminate.
func (n *network) build(x *Node, fixed []*dcgan.Stats) (windows, shape *Node, stats []*dcgan.Stats) {
	d := n.net.Discriminate(x, fixed)
	last := d.Layers[len(d.Layers)-1]
	shape = n.dense(Reshape(last, -1, n.net.Arch.FinalSize()), shapeHead)
	cell := d.Layers[windowLayer]
	maps := cell.Shape().Dimensions[3]
	windows = Reshape(n.dense(Reshape(cell, -1, maps), windowHead), -1, cells, cells, block*block)
	return windows, shape, d.Stats
}

// dense builds x·w + b.
func (n *network) dense(x *Node, h head) *Node {
	at := func(path string) *Node { return n.net.Store().GetVariable(path).NodeValue(x.Graph()) }
	return Add(Dot(x, at(h.weights)).Product(), ExpandLeftToRank(at(h.bias), 2))
}

// update compiles one update. It takes images uint8 [B, side, side, 3], the wanted map of
// windows (0 or 1) [B, cells, cells, block·block], the one-hot shapes [B, classes], and Adam's
// corrections; it returns the two losses.
func (n *network) update() (*model.Exec, error) {
	if err := train.AddMoments(n.net.Store(), n.paths); err != nil {
		return nil, err
	}
	return n.net.Compile(n.backend, func(in []*Node) []*Node {
		windows, shape, stats := n.build(train.ScalePixels(in[0]), nil)
		found, named := binaryEntropy(windows, in[1]), crossEntropy(shape, in[2])
		adam.Minimise(n.net.Store(), n.paths, Add(MulScalar(found, windowWeight), named), in[3])
		n.net.UpdateRunning(stats)
		return []*Node{found, named}
	})
}

// looking compiles the network with fixed statistics: images uint8 [N, side, side, 3] and the
// statistics to the probabilities of both heads.
func (n *network) looking() (*model.Exec, error) {
	return n.net.Compile(n.backend, func(in []*Node) []*Node {
		windows, shape, _ := n.build(train.ScalePixels(in[0]), n.net.Arch.FixedStats(in[1:]))
		return []*Node{Sigmoid(windows), Softmax(shape)}
	})
}

// binaryEntropy is the mean over all values of log(1 + exp(z)) - z·y, written so that exp cannot
// overflow.
func binaryEntropy(z, y *Node) *Node {
	soft := Add(MaxScalar(z, 0.0), Log1P(Exp(Neg(Abs(z)))))
	return ReduceAllMean(Sub(soft, Mul(z, y)))
}

// crossEntropy is the mean over the rows of log Σ_k exp(z_k) - z_y, with one-hot y.
func crossEntropy(z, y *Node) *Node {
	z = Sub(z, StopGradient(ReduceAndKeep(z, ReduceMax, 1)))
	return ReduceAllMean(Sub(Log(ReduceSum(Exp(z), 1)), ReduceSum(Mul(z, y), 1)))
}
