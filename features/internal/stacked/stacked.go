package stacked

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/internal/kmeans"
	"repbench/features/internal/patches"
	"repbench/features/matrix"
	"repbench/internal/progress"
)

// deepLayers are the names of the layers, in the order of their columns.
var deepLayers = [3]string{"layer1", "layer2", "layer3"}

// Network is the encoder after Coates and Ng, "Selecting Receptive Fields in Deep
// Networks" (NIPS 2011). The first layer is the layer of package patches. Its maps are
// averaged in blocks; groups of similar maps are the receptive fields of the
// second layer, each with a dictionary of its own; the third layer does the same
// with the maps of the second. An image is described by the quadrant sums of the
// maps of all three, standardised. docs/kmeans.md has the details, and says where
// they are ours.
type Network struct {
	patches.Standardised
	// Opt are the sizes of the layers.
	Opt     deepOptions
	backend *backends.Backend
	chosen  []string // layers in the features; empty: all
	// Dict is the dictionary of the first layer, nil before Prepare.
	Dict   *kmeans.Dictionary
	Fields [2][]kmeans.Field // of the second and third layer
	of     string            // hash of the data that all this comes from
}

// takes reports whether the layer, counted from 0, is part of the features.
func (e *Network) takes(layer int) bool {
	return len(e.chosen) == 0 || slices.Contains(e.chosen, deepLayers[layer])
}

// depth is the number of layers that the features need.
func (e *Network) depth() int {
	for layer := len(deepLayers) - 1; ; layer-- {
		if layer == 0 || e.takes(layer) {
			return layer + 1
		}
	}
}

// Layout describes the layers of the features of images like im.
func (e *Network) Layout(im datasets.Images) ([]matrix.Layer, error) {
	side := min(im.H, im.W) - e.Opt.First.Size + 1
	for layer := range e.depth() {
		if layer > 0 {
			side = side/pooled[layer-1] - fieldSide + 1
		}
		if side < 2 {
			return nil, fmt.Errorf("%w: images of %d×%d leave no four quadrants of %s: take larger images", encoder.ErrOptions, im.H, im.W, deepLayers[layer])
		}
	}
	var layers []matrix.Layer
	column := 0
	for i, k := range e.Opt.Maps {
		if e.takes(i) {
			layers = append(layers, matrix.Layer{Name: deepLayers[i], Columns: [2]int{column, column + 4*k}, Height: 2, Width: 2, Channels: k})
			column += 4 * k
		}
	}
	return layers, nil
}

// Prepare learns the dictionaries, layer by layer, and the statistics of the
// features.
func (e *Network) Prepare(ctx context.Context, ds *datasets.Dataset, p progress.Reporter, kept encoder.Kept) error {
	if e.Exec != nil && e.of == ds.Hash {
		return nil
	}
	train, err := ds.Split(datasets.Train)
	if err != nil {
		return fmt.Errorf("patches are learned from the training images: %w", err)
	}
	im := train.Images
	if err := e.learnFirst(ctx, im, p, kept, e.KeptLayer(ds.Hash, 0)); err != nil {
		return err
	}
	for layer := 1; layer < e.depth(); layer++ {
		if err := e.learnFields(ctx, im, layer, p, kept, e.KeptLayer(ds.Hash, layer)); err != nil {
			return fmt.Errorf("%s: %w", deepLayers[layer], err)
		}
	}
	layers, err := e.Layout(im)
	if err != nil {
		return err
	}
	dim := layers[len(layers)-1].Columns[1]
	if err := e.Compile(e.backend, dim, e.build); err != nil {
		return err
	}
	sums, err := kept.Sums(e.keptName(ds.Hash, "-"+strings.Join(append([]string{"statistics"}, e.chosen...), "-")), 2*dim)
	if err != nil {
		return err
	}
	sums.Batches = max(sums.Batches, 1)
	if err := e.Gather(ctx, im, p, sums, sums.Values[:dim], sums.Values[dim:]); err != nil {
		return err
	}
	e.of = ds.Hash
	return nil
}
