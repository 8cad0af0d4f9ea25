package patches

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/internal/kmeans"
	"repbench/features/matrix"
	"repbench/internal/progress"
)

// patchName is the name of the kind of encoder and of its layer.
const patchName = "kmeans"

const (
	// PatchBatch is the number of images in one run of the graph: with 4,000
	// centroids their responses take 190 MB.
	PatchBatch = 16
	// patchVersion is part of the cache key; it changes with what is computed.
	patchVersion = 2
)

// Network is the encoder after Coates, Lee and Ng (AISTATS 2011): the distance
// z_k of every patch, normalised and whitened, to every centroid; the triangle
// activation max(0, mean(z) - z_k); sums over the four quadrants of the image;
// each feature standardised over the training images.
type Network struct {
	Standardised
	// Opt says how the dictionary is learned.
	Opt     kmeans.Options
	backend *backends.Backend
	// Dict is the dictionary, nil before Prepare.
	Dict *kmeans.Dictionary
	of   string // hash of the data that all this comes from
}

// Open reads what follows "kmeans:".
func Open(text string, seed uint64, b *backends.Backend) (*Network, error) {
	k, err := strconv.Atoi(text)
	if err != nil {
		return nil, fmt.Errorf("%w: kmeans:%s: want a number of centroids", encoder.ErrSpec, text)
	}
	opt := kmeans.Options{K: k, Seed: seed}
	if err := opt.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", encoder.ErrSpec, err)
	}
	return &Network{Opt: opt.WithDefaults(), backend: b}, nil
}

// Origin says what is learned.
func (e *Network) Origin() string {
	return fmt.Sprintf("k-means dictionary of %d patches of %d×%d, learned on the training images", e.Opt.K, e.Opt.Size, e.Opt.Size)
}

// Hash stands for the weights: it is the hash of everything that decides them, beside the
// images.
func (e *Network) Hash() string {
	hash := sha256.Sum256([]byte(e.settings()))
	return hex.EncodeToString(hash[:])
}

// settings is all that decides what is learned, beside the images.
func (e *Network) settings() string {
	return fmt.Sprintf("kmeans %d: K %d, size %d, %d patches, %d iterations, seed %d",
		patchVersion, e.Opt.K, e.Opt.Size, e.Opt.Patches, e.Opt.Iterations, e.Opt.Seed)
}

// Layout describes the one layer of the features of images like im.
func (e *Network) Layout(im datasets.Images) ([]matrix.Layer, error) {
	if min(im.H, im.W) < 2*e.Opt.Size {
		return nil, fmt.Errorf("%w: images of %d×%d are too small for patches of %d×%d in four quadrants", encoder.ErrOptions, im.H, im.W, e.Opt.Size, e.Opt.Size)
	}
	return []matrix.Layer{{Name: patchName, Columns: [2]int{0, 4 * e.Opt.K}, Height: 2, Width: 2, Channels: e.Opt.K}}, nil
}

// Prepare learns the dictionary and the statistics of its features.
func (e *Network) Prepare(ctx context.Context, ds *datasets.Dataset, p progress.Reporter, kept encoder.Kept) error {
	if e.of == ds.Hash {
		return nil
	}
	train, err := ds.Split("train")
	if err != nil {
		return fmt.Errorf("patches are learned from the training images: %w", err)
	}
	d, k := e.Opt.Size*e.Opt.Size*train.Images.C, e.Opt.K
	// The dictionary, then the two sums that standardise its features.
	sums, err := kept.Sums(encoder.KeptName(patchName, fmt.Sprintf("%s, of %s, on %s", e.settings(), ds.Hash, e.backend.Spec), ""), d+d*d+k*d+8*k)
	if err != nil {
		return err
	}
	if sums.Batches == 0 {
		e.Opt.Progress = p
		dict, err := kmeans.Learn(ctx, train.Images, e.Opt)
		if err != nil {
			return err
		}
		copy(sums.Values, slices.Concat(dict.Mean, dict.Whitening, dict.Centroids))
		sums.Batches = 1
		if err := sums.Save(); err != nil {
			return err
		}
	}
	flat, standard := sums.Values[:d+d*d+k*d], sums.Values[d+d*d+k*d:]
	e.Dict = &kmeans.Dictionary{Size: e.Opt.Size, Channels: train.Images.C, Mean: flat[:d], Whitening: flat[d : d+d*d], Centroids: flat[d+d*d:]}
	if err := e.Compile(e.backend, 4*k, e.build); err != nil {
		return err
	}
	if err := e.Gather(ctx, train.Images, p, sums, standard[:4*k], standard[4*k:]); err != nil {
		return err
	}
	e.of = ds.Hash
	return nil
}

// build returns the quadrant sums of images [N, H, W, C], [N, 4·K], in the order
// row, column, centroid.
func (e *Network) build(images *Node) *Node {
	return Quadrants(DictionaryGraph{Dictionary: e.Dict}.Activations(images))
}

// DictionaryGraph builds what a dictionary says of images.
type DictionaryGraph struct{ *kmeans.Dictionary }

// Activations returns the triangle activations of every patch of images
// [N, H, W, C], [N, H-Size+1, W-Size+1, K].
//
// A filter f with its mean taken out responds to a patch x as f·(x - mean(x)),
// whatever is added to the whole image, so that no patch is ever written out.
// With the filters w_j (rows of the whitening matrix W) and W·c_k,
//
//	z_k² = ‖W(p-m)‖² - 2·(W·c_k)·(p-m) + ‖c_k‖²
//
// for the normalised patch p and the mean m of the normalised patches.
func (e DictionaryGraph) Activations(images *Node) *Node {
	g := images.Graph()
	x := AddScalar(ConvertDType(images, dtypes.Float32), -128)
	ones := make([]float64, e.D())
	for i := range ones {
		ones[i] = 1
	}
	n := float64(e.D())
	box := e.kernel(g, [][]float64{ones})
	total := convolve(x, box)
	variance := MulScalar(Sub(convolve(Square(x), box), MulScalar(Square(total), 1/n)), 1/(n-1))
	inverse := Rsqrt(AddScalar(Max(variance, ZerosLike(variance)), kmeans.ContrastOffset))

	whitening, projections, norms := e.filters()
	z := e.respond(x, whitening, inverse)
	norm := ReduceAndKeep(Square(z), ReduceSum, 3)
	projected := e.respond(x, projections, inverse)
	return Triangle(norm, projected, Const(g, [][][][]float32{{{norms}}}))
}

// Triangle returns max(0, mean(z) - z_k), the mean over the last axis, for
// z_k² = norm - 2·projected_k + centroids_k.
func Triangle(norm, projected, centroids *Node) *Node {
	squared := Add(Sub(norm, MulScalar(projected, 2)), centroids)
	distance := Sqrt(Max(squared, ZerosLike(squared)))
	active := Sub(ReduceAndKeep(distance, ReduceMean, -1), distance)
	return Max(active, ZerosLike(active))
}

// filters returns the rows of W, the vectors W·c_k and the numbers ‖c_k‖².
func (e DictionaryGraph) filters() (whitening, projections [][]float64, norms []float32) {
	d := e.D()
	for j := range d {
		whitening = append(whitening, e.Whitening[j*d:(j+1)*d])
	}
	projections, norms = Project(whitening, e.Centroids)
	return whitening, projections, norms
}

// Project returns the vectors Σ_j c_j·w_j of centroids c, in the space of the
// filters w_j, and the numbers ‖c‖².
func Project(filters [][]float64, centroids []float64) (projections [][]float64, norms []float32) {
	q := len(filters)
	for k := range len(centroids) / q {
		v := make([]float64, len(filters[0]))
		norm := 0.0
		for j, a := range centroids[k*q : (k+1)*q] {
			norm += a * a
			for i, w := range filters[j] {
				v[i] += a * w
			}
		}
		projections, norms = append(projections, v), append(norms, float32(norm))
	}
	return projections, norms
}

// respond returns f·(p - m) for each filter f and every patch.
func (e DictionaryGraph) respond(x *Node, filters [][]float64, inverse *Node) *Node {
	flat, shift := Centred(filters, e.Mean)
	y := convolve(x, e.kernel(x.Graph(), flat))
	return Sub(Mul(y, inverse), Const(x.Graph(), [][][][]float32{{{shift}}}))
}

// Centred takes the mean out of each filter f and returns f·m.
func Centred(filters [][]float64, m []float64) (flat [][]float64, along []float32) {
	flat, along = make([][]float64, len(filters)), make([]float32, len(filters))
	for k, f := range filters {
		mean, dot := 0.0, 0.0
		for i, v := range f {
			mean += v / float64(len(f))
			dot += v * m[i]
		}
		flat[k], along[k] = make([]float64, len(f)), float32(dot)
		for i, v := range f {
			flat[k][i] = v - mean
		}
	}
	return flat, along
}

// kernel is a constant [Size, Size, C, len(filters)].
func (e DictionaryGraph) kernel(g *Graph, filters [][]float64) *Node {
	n := len(filters)
	flat := make([]float32, e.D()*n)
	for k, f := range filters {
		for i, v := range f {
			flat[i*n+k] = float32(v)
		}
	}
	return Const(g, tensors.FromFlatDataAndDimensions(flat, e.Size, e.Size, e.Channels, n))
}

func convolve(x, kernel *Node) *Node { return Convolve(x, kernel).NoPadding().Strides(1).Done() }

// Quadrants sums [N, H, W, K] over the four quadrants; of an odd number of rows
// or columns the first half has one more.
func Quadrants(x *Node) *Node {
	s := x.Shape().Dimensions
	var sums []*Node
	for _, row := range [][2]int{{0, (s[1] + 1) / 2}, {(s[1] + 1) / 2, s[1]}} {
		for _, col := range [][2]int{{0, (s[2] + 1) / 2}, {(s[2] + 1) / 2, s[2]}} {
			part := Slice(x, AxisRange(), AxisRange(row[0], row[1]), AxisRange(col[0], col[1]), AxisRange())
			sums = append(sums, ReduceSum(part, 1, 2))
		}
	}
	return Concatenate(sums, 1)
}
