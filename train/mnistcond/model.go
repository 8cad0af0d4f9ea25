package mnistcond

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/train"
	"repbench/train/convolution"
)

// Random streams of one seed; each use has its own.
const (
	streamInit    = 1
	streamZ       = 2 // 3 is train.StreamOrder
	streamFixedZ  = 4
	streamSample  = 5
	streamMeasure = 6
	streamLabels  = 7 // of samples, see DrawLabels
)

// Model is a conditional DCGAN with its parameters.
type Model struct {
	// Arch holds the widths.
	Arch Arch
	// Lowering is the way convolutions are written for the backend in use.
	Lowering convolution.Lowering
	// Origin describes for readers where the parameters came from.
	Origin string
	// TrainedOn is nil for a model that was not loaded from a run folder.
	TrainedOn *train.TrainedOn
	// EpochsOfD is the number of times that D has seen the training images; 0: not known.
	EpochsOfD float64

	store *model.Store
}

// NewModel makes a model with random weights N(0, 0.02). The same seed gives the same weights on
// every machine and backend.
func NewModel(a Arch, seed uint64) *Model {
	m := &Model{Arch: a, store: model.NewStore(), Origin: fmt.Sprintf("random, seed %d", seed)}
	rng := rand.New(rand.NewPCG(seed, streamInit))
	for _, p := range append(a.generatorParams(), a.discriminatorParams()...) {
		if _, err := m.store.CreateVariable(p.path, p.start(rng)); err != nil {
			panic(fmt.Errorf("mnistcond: create %s: %w", p.path, err)) // the paths are ours
		}
	}
	return m
}

// GeneratorHash returns the SHA-256, in hexadecimal, of G's widths and weights.
func (m *Model) GeneratorHash() (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%s %d %d\n", Name, m.Arch.Width, m.Arch.Dense)
	for _, p := range m.Arch.generatorParams() {
		t, err := m.store.GetVariable(p.path).Value()
		if err != nil {
			return "", fmt.Errorf("read %s: %w", p.path, err)
		}
		values, err := tensors.CopyFlatData[float32](t)
		if err != nil {
			return "", fmt.Errorf("read %s: %w", p.path, err)
		}
		if err := binary.Write(h, binary.LittleEndian, values); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// at returns the value of a parameter in the graph of like.
func (m *Model) at(like *graph.Node, path string) *graph.Node {
	return m.store.GetVariable(path).NodeValue(like.Graph())
}
