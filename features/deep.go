package features

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/kmeans"
	"repbench/internal/progress"
)

// deepLayers are the names of the layers, in the order of their columns.
var deepLayers = [3]string{"layer1", "layer2", "layer3"}

// stackedNetwork is the encoder after Coates and Ng, "Selecting Receptive Fields in Deep
// Networks" (NIPS 2011). The first layer is that of patches. Its maps are
// averaged in blocks; groups of similar maps are the receptive fields of the
// second layer, each with a dictionary of its own; the third layer does the same
// with the maps of the second. An image is described by the quadrant sums of the
// maps of all three, standardised. docs/kmeans.md has the details, and says where
// they are ours.
type stackedNetwork struct {
	standardised
	opt     deepOptions
	backend *backends.Backend
	chosen  []string // layers in the features; empty: all
	dict    *kmeans.Dictionary
	fields  [2][]kmeans.Field // of the second and third layer
	of      string            // hash of the data that all this comes from
}

// takes reports whether the layer, counted from 0, is part of the features.
func (e *stackedNetwork) takes(layer int) bool {
	return len(e.chosen) == 0 || slices.Contains(e.chosen, deepLayers[layer])
}

// depth is the number of layers that the features need.
func (e *stackedNetwork) depth() int {
	for layer := len(deepLayers) - 1; ; layer-- {
		if layer == 0 || e.takes(layer) {
			return layer + 1
		}
	}
}

func (e *stackedNetwork) Layout(im datasets.Images) ([]Layer, error) {
	side := min(im.H, im.W) - e.opt.first.Size + 1
	for layer := range e.depth() {
		if layer > 0 {
			side = side/pooled[layer-1] - fieldSide + 1
		}
		if side < 2 {
			return nil, fmt.Errorf("%w: images of %d×%d leave no four quadrants of %s: take larger images", errOptions, im.H, im.W, deepLayers[layer])
		}
	}
	var layers []Layer
	column := 0
	for i, k := range e.opt.maps {
		if e.takes(i) {
			layers = append(layers, Layer{deepLayers[i], [2]int{column, column + 4*k}, 2, 2, k})
			column += 4 * k
		}
	}
	return layers, nil
}

// Prepare learns the dictionaries, layer by layer, and the statistics of the
// features.
func (e *stackedNetwork) Prepare(ctx context.Context, ds *datasets.Dataset, p progress.Reporter, kept Kept) error {
	if e.exec != nil && e.of == ds.Hash {
		return nil
	}
	train, err := ds.Split(datasets.Train)
	if err != nil {
		return fmt.Errorf("patches are learned from the training images: %w", err)
	}
	im := train.Images
	if err := e.learnFirst(ctx, im, p, kept, e.keptLayer(ds.Hash, 0)); err != nil {
		return err
	}
	for layer := 1; layer < e.depth(); layer++ {
		if err := e.learnFields(ctx, im, layer, p, kept, e.keptLayer(ds.Hash, layer)); err != nil {
			return fmt.Errorf("%s: %w", deepLayers[layer], err)
		}
	}
	layers, err := e.Layout(im)
	if err != nil {
		return err
	}
	dim := layers[len(layers)-1].Columns[1]
	if err := e.compile(e.backend, dim, e.build); err != nil {
		return err
	}
	sums, err := kept.Sums(e.keptName(ds.Hash, "-"+strings.Join(append([]string{"statistics"}, e.chosen...), "-")), 2*dim)
	if err != nil {
		return err
	}
	sums.Batches = max(sums.Batches, 1)
	if err := e.gather(ctx, im, p, sums, sums.Values[:dim], sums.Values[dim:]); err != nil {
		return err
	}
	e.of = ds.Hash
	return nil
}
