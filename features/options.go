package features

import (
	"fmt"
	"slices"
	"strings"

	"repbench/features/matrix"
	"repbench/features/store"
	"repbench/internal/npy"
)

// StatsBatch is the size of the minibatches of the modes Fixed and Released.
const StatsBatch = 128

// Options say how features are taken. The zero value is the paper's protocol.
type Options struct {
	// Pooling of each layer; "" means PoolMax.
	Pooling store.Pooling
	// Grid is the side of the pooled grid; 0 means 4.
	Grid int
	// Layers are the names of the layers to take, in network order whatever the
	// order here; empty means all.
	Layers []string
	// BatchNorm is the source of the statistics; "" means Fixed.
	BatchNorm store.BatchNorm
	// BatchSize is the number of images in one run of the graph; 0 means 128, or for a network
	// from a file a number that is measured, see docs/onnx.md.
	BatchSize int
	// Half stores float16 instead of float32.
	Half bool
	// Seed makes random encoders and dictionaries; nil means 1.
	Seed *uint64
}

func (o Options) withDefaults() Options {
	if o.Pooling == "" {
		o.Pooling = store.PoolMax
	}
	if o.Grid == 0 {
		o.Grid = 4
	}
	if o.BatchNorm == "" {
		o.BatchNorm = store.Fixed
	}
	if o.BatchSize == 0 {
		o.BatchSize = 128
	}
	if o.Seed == nil {
		o.Seed = new(uint64(1))
	}
	return o
}

func (o Options) validate() error {
	switch {
	case !slices.Contains([]store.Pooling{store.PoolMax, store.PoolMean, store.PoolNone}, o.Pooling):
		return fmt.Errorf("pooling %q is none of %s, %s, %s", o.Pooling, store.PoolMax, store.PoolMean, store.PoolNone)
	case !slices.Contains([]store.BatchNorm{store.Fixed, store.Released, store.Running, store.Batch}, o.BatchNorm):
		return fmt.Errorf("batch-norm mode %q is none of %s, %s, %s, %s", o.BatchNorm, store.Fixed, store.Released, store.Running, store.Batch)
	case o.Grid < 1:
		return fmt.Errorf("grid %d must be positive", o.Grid)
	case o.BatchSize < 1:
		return fmt.Errorf("batch size %d must be positive", o.BatchSize)
	}
	return nil
}

func (o Options) dtype() npy.DType {
	if o.Half {
		return npy.Float16
	}
	return npy.Float32
}

// layout gives the chosen layers their columns. sizes and maps are the sizes and the numbers of maps of all
// the encoder's layers.
func (o Options) layout(names []string, sizes, maps []int) (layers []matrix.Layer, chosen []int, err error) {
	for _, n := range o.Layers {
		if !slices.Contains(names, n) {
			return nil, nil, fmt.Errorf("no layer %q: the encoder has %s", n, strings.Join(names, ", "))
		}
	}
	column := 0
	for i, n := range names {
		if len(o.Layers) > 0 && !slices.Contains(o.Layers, n) {
			continue
		}
		side := sizes[i]
		if o.Pooling != store.PoolNone {
			if side%o.Grid != 0 {
				return nil, nil, fmt.Errorf("layer %s has %d×%d maps, which a grid of %d does not divide", n, side, side, o.Grid)
			}
			side = o.Grid
		}
		width := side * side * maps[i]
		layers = append(layers, matrix.Layer{Name: n, Columns: [2]int{column, column + width}, Height: side, Width: side, Channels: maps[i]})
		chosen = append(chosen, i)
		column += width
	}
	return layers, chosen, nil
}
