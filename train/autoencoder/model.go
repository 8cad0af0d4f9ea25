package autoencoder

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/datasets"
	"repbench/train"
	"repbench/train/runfolder"
)

// Paths of the arrays E, e, F and f of the package comment.
const (
	encoderWeights = "/encoder/weights"
	encoderBias    = "/encoder/bias"
	decoderWeights = "/decoder/weights"
	decoderBias    = "/decoder/bias"
)

var (
	encoderPaths = []string{encoderWeights, encoderBias}
	allPaths     = append(encoderPaths, decoderWeights, decoderBias)
)

// Model is an autoencoder for images of H×W×C.
type Model struct {
	H, W, C int // height, width and channels of the images
	// Hidden is the number of code units.
	Hidden int
	// BatchSize is the number of images per run of the graph of Codes; a shorter last batch is
	// padded. It changes codes by rounding at most.
	BatchSize int
	// TrainedOn is nil for a model that was not loaded from a run folder.
	TrainedOn *train.TrainedOn

	store  *model.Store
	encode *model.Exec // nil until prepared
}

// codeBatch is the default of Model.BatchSize.
const codeBatch = 256

// newModel makes a model with random weights, N(0, 2/n) for a layer of n inputs
// (He et al. 2015), and biases 0.
func newModel(im datasets.Images, hidden int, seed uint64) (*Model, error) {
	m := &Model{H: im.H, W: im.W, C: im.C, Hidden: hidden, BatchSize: codeBatch, store: model.NewStore()}
	r := train.Random(seed, streamInit, 0)
	d := m.inputs()
	for _, p := range []struct {
		path string
		dims []int
	}{
		{encoderWeights, []int{d, hidden}},
		{encoderBias, []int{hidden}},
		{decoderWeights, []int{hidden, d}},
		{decoderBias, []int{d}},
	} {
		if _, err := m.store.CreateVariable(p.path, start(r, p.dims)); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// start returns a matrix of random weights, or a vector of zeros.
func start(r *rand.Rand, dims []int) *tensors.Tensor {
	if len(dims) == 1 {
		return tensors.FromFlatDataAndDimensions(make([]float32, dims[0]), dims...)
	}
	std := math.Sqrt(2 / float64(dims[0]))
	values := make([]float32, dims[0]*dims[1])
	for i := range values {
		values[i] = float32(std * r.NormFloat64())
	}
	return tensors.FromFlatDataAndDimensions(values, dims...)
}

// inputs returns D, the number of values per image.
func (m *Model) inputs() int { return m.H * m.W * m.C }

// Load reads the newest checkpoint of a run folder.
func Load(run string, b *backends.Backend) (*Model, error) {
	c, err := readConfig(run)
	if err != nil {
		return nil, err
	}
	options, err := runfolder.OptionsHash(c, free...)
	if err != nil {
		return nil, err
	}
	m, err := newModel(datasets.Images{H: c.Height, W: c.Width, C: c.Channels}, c.Hidden, 1)
	if err != nil {
		return nil, err
	}
	s, err := train.Restore(run, options, m.store)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, fmt.Errorf("%s has no checkpoint yet; let the training go on until it writes one, or start it again", run)
	}
	m.TrainedOn = &train.TrainedOn{Data: c.Data, DataHash: c.DataHash, Steps: s.Step, Seed: c.Seed}
	m.encode, err = model.NewExec(b.Compute, m.store, func(_ *model.Scope, in []*Node) []*Node {
		return []*Node{m.code(train.ScalePixels(in[0]))}
	})
	if err != nil {
		return nil, fmt.Errorf("build the graph of %s: %w", run, err)
	}
	return m, nil
}

// Hash returns the SHA-256, in hexadecimal, of everything that decides the codes: the shape of
// the images and the encoder's weights.
func (m *Model) Hash() (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "autoencoder %d %d %d %d\n", m.H, m.W, m.C, m.Hidden)
	for _, path := range encoderPaths {
		t, err := m.store.GetVariable(path).Value()
		if err != nil {
			return "", fmt.Errorf("read %s: %w", path, err)
		}
		values, err := tensors.CopyFlatData[float32](t)
		if err != nil {
			return "", fmt.Errorf("read %s: %w", path, err)
		}
		if err := binary.Write(h, binary.LittleEndian, values); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Check returns an error if the images do not have the shape that the model was trained on.
func (m *Model) Check(im datasets.Images) error {
	if im.H != m.H || im.W != m.W || im.C != m.C {
		return fmt.Errorf("the autoencoder was trained on images of %d×%d×%d; these images are %d×%d×%d",
			m.H, m.W, m.C, im.H, im.W, im.C)
	}
	return nil
}

// Codes returns the rectified code of each image, row-major [N, Hidden], without dropout. The
// graph runs on BatchSize images at a time, but the codes of all images are held in memory:
// call Codes on parts of a large set.
func (m *Model) Codes(im datasets.Images) ([]float32, error) {
	codes := make([]float32, im.N*m.Hidden)
	return codes, m.Encode(codes, im)
}

// Encode writes the codes into dst, of im.N·Hidden values; see Codes.
func (m *Model) Encode(dst []float32, im datasets.Images) error {
	if err := m.Check(im); err != nil {
		return err
	}
	if len(dst) != im.N*m.Hidden {
		return fmt.Errorf("autoencoder: dst holds %d values, but the codes of %d images are %d values", len(dst), im.N, im.N*m.Hidden)
	}
	for lo := 0; lo < im.N; lo += m.BatchSize {
		hi := min(lo+m.BatchSize, im.N)
		if err := m.encodeBatch(dst[lo*m.Hidden:hi*m.Hidden], im.Slice(lo, hi)); err != nil {
			return fmt.Errorf("codes of images %d to %d: %w", lo, hi-1, err)
		}
	}
	return nil
}

// encodeBatch encodes at most BatchSize images, padded to a full batch so that one graph serves
// all calls; the codes of the padding are discarded.
func (m *Model) encodeBatch(dst []float32, im datasets.Images) error {
	pixels := make([]uint8, m.BatchSize*m.inputs())
	copy(pixels, im.Data)
	out, err := m.encode.Call1(tensors.FromFlatDataAndDimensions(pixels, m.BatchSize, m.inputs()))
	if err != nil {
		return err
	}
	defer out.FinalizeAll()
	return tensors.ConstFlatData(out, func(flat []float32) { copy(dst, flat[:len(dst)]) })
}

// Close releases the compiled graph.
func (m *Model) Close() {
	if m.encode != nil {
		m.encode.Finalize()
	}
}

// code builds the hidden layer of x [N, D]: [N, Hidden].
func (m *Model) code(x *Node) *Node {
	return MaxScalar(m.affine(x, encoderWeights, encoderBias), 0.0)
}

// decode builds the output for codes [N, Hidden]: [N, D].
func (m *Model) decode(code *Node) *Node { return m.affine(code, decoderWeights, decoderBias) }

func (m *Model) affine(x *Node, weights, bias string) *Node {
	w := m.store.GetVariable(weights).NodeValue(x.Graph())
	b := m.store.GetVariable(bias).NodeValue(x.Graph())
	return Add(Dot(x, w).Product(), ExpandLeftToRank(b, 2))
}
