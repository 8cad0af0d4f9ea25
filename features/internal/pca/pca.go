package pca

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/matrix"
	"repbench/internal/progress"
)

// pcaName is the name of the kind of encoder and of its layer.
const pcaName = "pca"

const (
	// pcaBatch is the number of images in one run of the graph. It is the same
	// whatever Options.BatchSize is: products of other heights may be rounded
	// otherwise.
	pcaBatch = 64
	// maxPCAPixels bounds the covariance, 512 MiB at that size.
	maxPCAPixels = 8192
	// noVariance is the share of the largest variance below which a direction
	// cannot be whitened: what is left there is rounding.
	noVariance = 1e-10
)

// Network is the encoder (x/127.5 - 1 - mean)·Vᵀ for the D principal directions V of
// the training pixels, largest variance first. Whitened, each column is divided
// by the root of its variance over the training images.
type Network struct {
	// Text is the specification after the name of the kind, Origin what it means.
	Text, Origin string

	dims    int
	whiten  bool
	backend *backends.Backend
	// Learned are the directions, nil before Prepare.
	Learned *principal
	of      string // hash of the data they come from
	exec    *Exec
}

// parsePCA reads what follows "pca:", D or D,whiten.
func parsePCA(text string) (dims int, whiten bool, err error) {
	number, option, found := strings.Cut(text, ",")
	if found && option != "whiten" {
		return 0, false, fmt.Errorf("%w: pca:%s: %q is not whiten", encoder.ErrSpec, text, option)
	}
	dims, err = strconv.Atoi(number)
	if err != nil || dims < 1 {
		return 0, false, fmt.Errorf("%w: pca:%s: %q is not a number of directions", encoder.ErrSpec, text, number)
	}
	return dims, found, nil
}

// Open reads what follows "pca:".
func Open(text string, b *backends.Backend) (*Network, error) {
	dims, whiten, err := parsePCA(text)
	if err != nil {
		return nil, err
	}
	e := &Network{Text: strconv.Itoa(dims), Origin: "principal components of the training images' pixels", dims: dims, whiten: whiten, backend: b}
	if whiten {
		e.Text, e.Origin = e.Text+",whiten", e.Origin+", whitened"
	}
	return e, nil
}

// Layout has one layer, "pca".
func (e *Network) Layout(im datasets.Images) ([]matrix.Layer, error) {
	switch d := im.Stride(); {
	case e.dims > d:
		return nil, fmt.Errorf("%w: %d principal directions of images with %d values", encoder.ErrOptions, e.dims, d)
	case d > maxPCAPixels:
		return nil, fmt.Errorf("%w: images of %d×%d×%d have %d values, principal components are for at most %d: take smaller images",
			encoder.ErrOptions, im.H, im.W, im.C, d, maxPCAPixels)
	}
	return []matrix.Layer{{Name: pcaName, Columns: [2]int{0, e.dims}, Height: 1, Width: 1, Channels: e.dims}}, nil
}

// Prepare learns the directions, or reads them where they were learned before.
func (e *Network) Prepare(ctx context.Context, ds *datasets.Dataset, p progress.Reporter, kept encoder.Kept) error {
	if e.exec != nil && e.of == ds.Hash {
		return nil
	}
	split, err := ds.Split(datasets.Train)
	if err != nil {
		return fmt.Errorf("principal components are those of the training images: %w", err)
	}
	im := split.Images
	if e.dims > im.N {
		return fmt.Errorf("%w: %d principal directions of %d training images", encoder.ErrOptions, e.dims, im.N)
	}
	learned, err := learnKept(ctx, im, e.dims, e.backend, ds.Hash, p, kept)
	if err != nil {
		return fmt.Errorf("principal components of %s: %w", ds.Name, err)
	}
	if n := learned.rank(); e.whiten && n < e.dims {
		return fmt.Errorf("%w: the training images vary along %d of %d directions only, the others cannot be whitened: take %[2]d or fewer",
			encoder.ErrOptions, n, e.dims)
	}
	e.Close()
	e.Learned = learned
	if e.exec, err = NewExec(e.backend.Compute, e.build); err != nil {
		return fmt.Errorf("compile principal components: %w", err)
	}
	e.of = ds.Hash
	return nil
}

// build returns the features [N, D] of images [N, H, W, C]. Pixels are moved by
// whole numbers first, so that what is left is exact.
func (e *Network) build(images *Node) *Node {
	g := images.Graph()
	n, pixels := images.Shape().Dimensions[0], len(e.Learned.Mean)
	mean, directions := make([]float32, pixels), make([]float32, pixels*e.dims)
	for i, m := range e.Learned.Mean {
		mean[i] = float32(m)
	}
	for k := range e.dims {
		scale := 1.0
		if e.whiten {
			scale /= math.Sqrt(e.Learned.Variance[k])
		}
		for i, v := range e.Learned.Directions[k*pixels : (k+1)*pixels] {
			directions[i*e.dims+k] = float32(v * scale / 127.5)
		}
	}
	x := AddScalar(ConvertDType(Reshape(images, n, pixels), dtypes.Float32), -PixelCentre)
	x = Sub(x, Const(g, [][]float32{mean}))
	return MatMul(x, Const(g, tensors.FromFlatDataAndDimensions(directions, pixels, e.dims)))
}

// Encode writes the rows of im, at most a batch, on the principal components; it is an error before
// they are learned.
func (e *Network) Encode(dst []float32, im datasets.Images) error {
	if e.exec == nil {
		return errors.New("extract features: the principal components are not learned")
	}
	for lo := 0; lo < im.N; lo += pcaBatch {
		part := im.Slice(lo, min(lo+pcaBatch, im.N))
		if err := e.encodePart(dst[lo*e.dims:(lo+part.N)*e.dims], part); err != nil {
			return fmt.Errorf("extract features: %w", err)
		}
	}
	return nil
}

func (e *Network) encodePart(dst []float32, im datasets.Images) error {
	out, err := e.exec.Call1(encoder.ImageTensor(im, pcaBatch))
	if err != nil {
		return err
	}
	defer out.FinalizeAll()
	return tensors.ConstFlatData(out, func(flat []float32) { copy(dst, flat[:len(dst)]) })
}

// Close frees the program of the device.
func (e *Network) Close() {
	if e.exec != nil {
		e.exec.Finalize()
		e.exec = nil
	}
}
