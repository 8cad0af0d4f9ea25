package dcgan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/train"
	"repbench/train/convolution"
)

// Model is a DCGAN with its parameters.
type Model struct {
	// Arch is the architecture.
	Arch Arch
	// Lowering is the way convolutions are written for the backend in use.
	Lowering convolution.Lowering
	// Origin describes for readers where the parameters came from ("random, seed 1").
	Origin string
	// TrainedOn is nil for a model that was not loaded from a run folder.
	TrainedOn *train.TrainedOn

	store *model.Store
}

// NewModel makes a model with random parameters as in the paper: weights
// N(0, 0.02), batch-norm scales N(1, 0.02), shifts 0. The same seed gives the
// same parameters on every machine and backend.
func NewModel(a Arch, seed uint64) *Model {
	m := &Model{Arch: a, store: model.NewStore(), Origin: fmt.Sprintf("random, seed %d", seed)}
	rng := rand.New(rand.NewPCG(seed, streamInit))
	for _, p := range m.params() {
		m.mustCreate(p.path, p.start(rng))
	}
	return m
}

// Random streams of one seed; each use has its own stream.
const (
	streamInit   = 1
	streamZ      = 2 // 3 is train.StreamOrder
	streamFixedZ = 4
	streamSample = 5
	// streamMeasureZ draws the z of the images that are measured, batch by batch.
	streamMeasureZ = 6
	// streamGeneratorStats draws the z behind the fixed statistics of G.
	streamGeneratorStats = 7
)

// Store returns the model's arrays by path, for graphs built outside this package.
func (m *Model) Store() *model.Store { return m.store }

// params returns G's parameters, then D's.
func (m *Model) params() []param {
	return append(m.Arch.generatorParams(), m.Arch.discriminatorParams()...)
}

// mustCreate adds a variable. All paths are chosen by this package, so an error is a bug.
func (m *Model) mustCreate(path string, value *tensors.Tensor) {
	if _, err := m.store.CreateVariable(path, value); err != nil {
		panic(fmt.Errorf("dcgan: create %s: %w", path, err))
	}
}

// values copies the parameter at path to the host.
func (m *Model) values(path string) ([]float32, error) {
	v := m.store.GetVariable(path)
	if v == nil {
		return nil, fmt.Errorf("model has no parameter %s", path)
	}
	t, err := v.Value()
	if err != nil {
		return nil, fmt.Errorf("parameter %s: %w", path, err)
	}
	return tensors.CopyFlatData[float32](t)
}

// setValues replaces the parameter at path; values must have its length.
func (m *Model) setValues(path string, values []float32) error {
	v := m.store.GetVariable(path)
	if v == nil {
		return fmt.Errorf("model has no parameter %s", path)
	}
	dims := v.Shape().Dimensions
	if v.Shape().Size() != len(values) {
		return fmt.Errorf("parameter %s has shape %v, got %d values", path, dims, len(values))
	}
	return v.SetValue(tensors.FromFlatDataAndDimensions(values, dims...))
}

// DiscriminatorHash returns the SHA-256, in hexadecimal, of D's architecture and parameter
// values and, if running is true, of its running statistics.
func (m *Model) DiscriminatorHash(running bool) (string, error) {
	var paths []string
	for _, p := range m.Arch.discriminatorParams() {
		paths = append(paths, p.path)
	}
	for i, l := range m.Arch.Discriminator {
		if running && l.BatchNorm {
			paths = append(paths, runningMean(i), runningVar(i))
		}
	}
	return m.hash(paths)
}

// GeneratorHash returns the SHA-256, in hexadecimal, of G's architecture and parameter values.
func (m *Model) GeneratorHash() (string, error) {
	var paths []string
	for _, p := range m.Arch.generatorParams() {
		paths = append(paths, p.path)
	}
	return m.hash(paths)
}

// hash is the SHA-256 of the architecture and of the values at some paths.
func (m *Model) hash(paths []string) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%s %d %d\n", m.Arch.Name, m.Arch.Width, m.Arch.Channels)
	for _, path := range paths {
		values, err := m.values(path)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n", path, len(values))
		h.Write(float32Bytes(values))
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// float32Bytes returns the little-endian encoding of values.
func float32Bytes(values []float32) []byte {
	b := make([]byte, 4*len(values))
	for i, v := range values {
		u := math.Float32bits(v)
		b[4*i], b[4*i+1], b[4*i+2], b[4*i+3] = byte(u), byte(u>>8), byte(u>>16), byte(u>>24)
	}
	return b
}
