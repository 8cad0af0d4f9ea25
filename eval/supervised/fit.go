package supervised

import (
	"context"
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/train"
	"repbench/train/convolution"
	"repbench/train/dcgan"
)

// Paths of the dense layer that ends the classifier, [F, K] and [K].
const (
	headWeights = "/classifier/weights"
	headBias    = "/classifier/bias"
)

// classifier is D's convolutions with a dense layer to the classes.
type classifier struct {
	net     *dcgan.Model
	classes int
	hyper   Hyper
	paths   []string // trained arrays
	update  *model.Exec
	backend *backends.Backend
}

// newClassifier initialises a classifier from the seed: D's weights as in the paper, the dense
// layer's weights with N(0, 0.02) too, its bias with 0.
func newClassifier(a dcgan.Arch, classes int, h Hyper, seed uint64, b *backends.Backend) (*classifier, error) {
	c := &classifier{net: dcgan.NewModel(a, seed), classes: classes, hyper: h, backend: b}
	c.net.Lowering = convolution.LoweringFor(b)
	c.net.AddRunning()
	r := train.Random(seed, streamHead, 0)
	weights := make([]float32, a.FinalSize()*classes)
	for i := range weights {
		weights[i] = float32(0.02 * r.NormFloat64())
	}
	store := c.net.Store()
	if _, err := store.CreateVariable(headWeights, tensors.FromFlatDataAndDimensions(weights, a.FinalSize(), classes)); err != nil {
		return nil, err
	}
	if _, err := store.CreateVariable(headBias, tensors.FromFlatDataAndDimensions(make([]float32, classes), classes)); err != nil {
		return nil, err
	}
	c.paths = append(a.ConvolutionPaths(), headWeights, headBias)
	if err := train.AddMoments(store, c.paths); err != nil {
		return nil, err
	}
	var err error
	c.update, err = c.net.Compile(b, c.buildUpdate)
	return c, err
}

// buildUpdate builds one update. It takes images [B, H, W, C] and the dropout mask [B, F], both
// uint8, the one-hot classes [B, K], and Adam's corrections; it returns the loss.
func (c *classifier) buildUpdate(in []*Node) []*Node {
	d := c.net.Discriminate(train.ScalePixels(in[0]), nil)
	x := c.flat(d)
	x = Mul(x, MulScalar(ConvertDType(in[1], x.DType()), 1/(1-c.hyper.Dropout)))
	loss := crossEntropy(c.head(x), in[2])
	c.hyper.adam().Minimise(c.net.Store(), c.paths, loss, in[3])
	c.net.UpdateRunning(d.Stats)
	return []*Node{loss}
}

// flat returns the last convolution layer as [B, F].
func (c *classifier) flat(d dcgan.Discriminated) *Node {
	return Reshape(d.Layers[len(d.Layers)-1], -1, c.net.Arch.FinalSize())
}

// head builds the dense layer: [B, F] to logits [B, K].
func (c *classifier) head(x *Node) *Node {
	w := c.net.Store().GetVariable(headWeights).NodeValue(x.Graph())
	b := c.net.Store().GetVariable(headBias).NodeValue(x.Graph())
	return Add(Dot(x, w).Product(), ExpandLeftToRank(b, 2))
}

// crossEntropy builds the mean over the batch of log Σ_k exp(z_k) - z_y, with logits z [B, K]
// and one-hot y [B, K]. The largest logit is subtracted first, so that exp cannot overflow.
func crossEntropy(logits, oneHot *Node) *Node {
	z := Sub(logits, StopGradient(ReduceAndKeep(logits, ReduceMax, 1)))
	return ReduceAllMean(Sub(Log(ReduceSum(Exp(z), 1)), ReduceSum(Mul(z, oneHot), 1)))
}

// fit performs the updates and returns the last loss; a loss that is not finite gives an error
// wrapping train.ErrDiverged. tick is called after each update.
func (c *classifier) fit(ctx context.Context, d rows, o Options, seed uint64, tick func()) (float64, error) {
	batches := train.NewBatches(d.n(), o.Batch, seed)
	outputs := train.Outputs{}
	for step := range o.Steps {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		out, err := c.update.Call1(c.batch(d, batches.Indices(step), seed, step)...)
		if err != nil {
			return 0, fmt.Errorf("step %d: %w", step+1, err)
		}
		if err := outputs.Take(map[string]*tensors.Tensor{"loss": out}); err != nil {
			return 0, err
		}
		tick()
	}
	last, err := outputs.Read()
	return last["loss"], err
}

// batch makes the inputs of one update.
func (c *classifier) batch(d rows, places []int, seed uint64, step int64) []any {
	n, f := len(places), c.net.Arch.FinalSize()
	oneHot := make([]float32, n*c.classes)
	for i, p := range places {
		oneHot[i*c.classes+int(d.label(p))] = 1
	}
	keep := make([]uint8, n*f)
	r := train.Random(seed, streamDropout, step)
	for i := range keep {
		if r.Float64() >= c.hyper.Dropout {
			keep[i] = 1
		}
	}
	im := d.images
	return []any{
		tensors.FromFlatDataAndDimensions(d.at(make([]uint8, 0, n*im.Stride()), places), n, im.H, im.W, im.C),
		tensors.FromFlatDataAndDimensions(keep, n, f),
		tensors.FromFlatDataAndDimensions(oneHot, n, c.classes),
		c.hyper.adam().Corrections(step + 1),
	}
}

// predictBatch is the number of images per run of the prediction graph.
const predictBatch = 128

// correct says of each image whether its largest logit belongs to its label. A logit that is not
// finite gives an error wrapping train.ErrDiverged.
func (c *classifier) correct(ctx context.Context, d rows) ([]bool, error) {
	stats, err := c.net.Running()
	if err != nil {
		return nil, err
	}
	exec, err := c.net.Compile(c.backend, c.buildPredict)
	if err != nil {
		return nil, err
	}
	defer exec.Finalize()
	right := make([]bool, d.n())
	for lo := 0; lo < d.n(); lo += predictBatch {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		hi := min(lo+predictBatch, d.n())
		logits, err := c.logits(exec, d, lo, hi, stats)
		if err != nil {
			return nil, err
		}
		for i := lo; i < hi; i++ {
			z := logits[(i-lo)*c.classes : (i-lo+1)*c.classes]
			best, err := largest(z)
			if err != nil {
				return nil, err
			}
			right[i] = best == d.label(i)
		}
	}
	return right, nil
}

// largest returns the index of the largest logit, the first of equal ones.
func largest(z []float32) (int32, error) {
	best := 0
	for k, v := range z {
		if v-v != 0 {
			return 0, fmt.Errorf("%w: a logit is %g", train.ErrDiverged, v)
		}
		if v > z[best] {
			best = k
		}
	}
	return int32(best), nil
}

// buildPredict builds the logits from images and the mean and variance of each batch-norm
// layer.
func (c *classifier) buildPredict(in []*Node) []*Node {
	fixed := c.net.Arch.FixedStats(in[1:])
	return []*Node{c.head(c.flat(c.net.Discriminate(train.ScalePixels(in[0]), fixed)))}
}

// logits returns the logits of the images [lo, hi), followed by the logits of padding.
func (c *classifier) logits(exec *model.Exec, d rows, lo, hi int, stats []*dcgan.HostStats) ([]float32, error) {
	im := d.images
	pixels := make([]uint8, 0, predictBatch*im.Stride())
	for i := lo; i < hi; i++ {
		pixels = append(pixels, im.At(d.index[i])...)
	}
	args := []any{tensors.FromFlatDataAndDimensions(pixels[:cap(pixels)], predictBatch, im.H, im.W, im.C)}
	for _, s := range stats {
		if s != nil {
			args = append(args, s.Mean, s.Variance)
		}
	}
	out, err := exec.Call1(args...)
	if err != nil {
		return nil, fmt.Errorf("predict images %d to %d: %w", lo, hi-1, err)
	}
	defer out.FinalizeAll()
	return tensors.CopyFlatData[float32](out)
}

func (c *classifier) close() { c.update.Finalize() }
