package mnistcond

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/train"
)

// Samples is a batch of N labelled images of 28×28 pixels.
type Samples struct {
	// Data is row-major N×28×28, in [0, 1].
	Data []float32
	// Labels are the classes that the images were generated for.
	Labels []int32
	// N is the number of images.
	N int
}

// SampleBatch is the size of the batches in which many images are generated, as in the released
// code. Batch normalisation uses the statistics of the batch that an image is in.
const SampleBatch = 128

// errBroken is wrapped by errors about a generator whose images hold a NaN or an infinity.
var errBroken = errors.New("its weights are broken")

// Sampler generates images.
type Sampler struct {
	model *Model
	exec  *model.Exec
}

// NewSampler compiles the generator.
func (m *Model) NewSampler(b *backends.Backend) (*Sampler, error) {
	e, err := model.NewExec(b.Compute, m.store, func(_ *model.Scope, in []*graph.Node) *graph.Node {
		return m.generate(in[0], oneHot(in[1])).images
	})
	if err != nil {
		return nil, fmt.Errorf("build the generator: %w", err)
	}
	return &Sampler{m, e}, nil
}

// Close frees the compiled generator.
func (s *Sampler) Close() { s.exec.Finalize() }

// Images generates the images of z, N×100 row-major, with these labels, as one batch of at least
// two: batch normalisation uses the statistics of exactly these images.
func (s *Sampler) Images(z []float32, labels []int32) (Samples, error) {
	n := len(labels)
	if err := checkInputs(z, labels); err != nil {
		return Samples{}, err
	}
	out, err := s.exec.Call1(tensors.FromFlatDataAndDimensions(z, n, ZDim), tensors.FromFlatDataAndDimensions(labels, n))
	if err != nil {
		return Samples{}, fmt.Errorf("generate images: %w", err)
	}
	defer out.FinalizeAll()
	data, err := tensors.CopyFlatData[float32](out)
	if err != nil {
		return Samples{}, err
	}
	if i := train.NotFinite(data); i >= 0 {
		return Samples{}, fmt.Errorf("the generator gives %g: %w (%s)", data[i], errBroken, s.model.Origin)
	}
	return Samples{Data: data, Labels: labels, N: n}, nil
}

// checkInputs refuses labels that are no classes, and z of another size or outside the prior.
func checkInputs(z []float32, labels []int32) error {
	n := len(labels)
	if n < 2 {
		return fmt.Errorf("%d samples asked for: the generator normalises over its batch and needs at least 2", n)
	}
	if len(z) != n*ZDim {
		return fmt.Errorf("z has %d values; %d samples of %s want %d×%d", len(z), n, Name, n, ZDim)
	}
	for i, v := range z {
		if math.IsNaN(float64(v)) || math.Abs(float64(v)) > 1 {
			return fmt.Errorf("z[%d, %d] = %g is outside [-1, 1]: this model was trained with the prior uniform", i/ZDim, i%ZDim, v)
		}
	}
	return CheckLabels("labels of samples", labels, n)
}

// draw draws n vectors z.
func draw(n int, r *rand.Rand) []float32 {
	z := make([]float32, n*ZDim)
	for i := range z {
		z[i] = float32(2*r.Float64() - 1)
	}
	return z
}

// Rows returns the labels 0, 0, …, 1, 1, … of n images: equal numbers of each class, the first ones
// with one more where n is no multiple of 10.
func Rows(n int) []int32 {
	labels := make([]int32, 0, n)
	for class := range Classes {
		for range (n + Classes - 1 - class) / Classes {
			labels = append(labels, int32(class))
		}
	}
	return labels
}

// Draws are the z and the uniform labels of any number of samples. Those of a batch depend on the
// seed and the number of the batch alone.
type Draws struct {
	// Seed decides all of them.
	Seed uint64
	// stream sets the images that a training measures apart; 0: streamSample.
	stream int
}

// Z draws n vectors z as the batch of this number (0, 1, …).
func (d Draws) Z(batch int64, n int) []float32 {
	return draw(n, train.Random(d.Seed, max(d.stream, streamSample), batch))
}

// Labels draws n labels uniformly as the batch of this number.
func (d Draws) Labels(batch int64, n int) []int32 {
	r := train.Random(d.Seed, streamLabels+d.stream, batch)
	labels := make([]int32, n)
	for i := range labels {
		labels[i] = int32(r.IntN(Classes))
	}
	return labels
}

// Each generates the samples [from, to) of the draws in batches of SampleBatch and hands them on
// batch by batch; from is a multiple of SampleBatch. A rest of one image, which has no statistics, is
// made with a second one.
func (s *Sampler) Each(ctx context.Context, d Draws, from, to int, give func(Samples) error) error {
	if from%SampleBatch != 0 {
		return fmt.Errorf("samples from %d on: the first one must begin a batch of %d", from, SampleBatch)
	}
	for at := from; at < to; at += SampleBatch {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("interrupted at sample %d of %d: %w", at, to, context.Cause(ctx))
		}
		batch, n := int64(at/SampleBatch), min(to-at, SampleBatch)
		drawn := max(n, 2)
		out, err := s.Images(d.Z(batch, drawn), d.Labels(batch, drawn))
		if err != nil {
			return err
		}
		out.Data, out.Labels, out.N = out.Data[:n*Side*Side], out.Labels[:n], n
		if err := give(out); err != nil {
			return err
		}
	}
	return nil
}
