package features

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"repbench/backends"
	"repbench/features/kmeans"
)

// stackedName is the name of the kind of encoder.
const stackedName = "kmeans3"

const (
	// deepVersion is part of the cache key; it changes with what is computed.
	deepVersion = 1
	// deepWindows is the number of patches that the dictionaries of the second and
	// third layer are learned from, windowsPerImage those of one image.
	deepWindows, windowsPerImage = 40_000, 4
	// fieldSide is the side of these patches, in positions of the pooled maps.
	fieldSide = 2
	// maxMaps bounds each number of a specification.
	maxMaps = 1 << 16
)

// pooled are the sides of the blocks over which the maps of a layer are averaged
// before the next one reads them.
var pooled = [2]int{3, 2}

// deepOptions are the sizes of the three layers.
type deepOptions struct {
	// maps of each layer.
	maps [3]int
	// perField is the number of maps that one receptive field gives, inputs that of
	// the maps it reads.
	perField, inputs int
	// first are the options of the first layer, windows and iterations those of the
	// others.
	first               kmeans.Options
	windows, iterations int
}

// parseDeep reads what follows "kmeans3": nothing, or ":K1,K2,K3", and options.
func parseDeep(text string) (deepOptions, error) {
	o := deepOptions{maps: [3]int{1600, 1600, 1600}, perField: 100, inputs: 200, windows: deepWindows, iterations: 50}
	err := o.parse(text)
	if err == nil {
		err = o.checkFields()
	}
	if err != nil {
		return o, fmt.Errorf("%w: %s%s: %w", errSpec, stackedName, text, err)
	}
	return o, nil
}

func (o *deepOptions) parse(text string) error {
	if text == "" {
		return nil
	}
	parts := strings.Split(strings.TrimPrefix(text, ":"), ",")
	if len(parts) < len(o.maps) {
		return errors.New("want three numbers of maps, such as 1600,1600,1600")
	}
	for i, part := range parts {
		value, to := part, (*int)(nil)
		if i < len(o.maps) {
			to = &o.maps[i]
		} else if v, ok := strings.CutPrefix(part, "maps="); ok {
			value, to = v, &o.perField
		} else if v, ok := strings.CutPrefix(part, "inputs="); ok {
			value, to = v, &o.inputs
		} else {
			return fmt.Errorf("%q is neither maps=N nor inputs=N", part)
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > maxMaps {
			return fmt.Errorf("%q is not a number from 1 to %d", value, maxMaps)
		}
		*to = n
	}
	return nil
}

// checkFields refuses layers that no whole number of receptive fields gives, or
// more fields than there are maps to start from.
func (o *deepOptions) checkFields() error {
	for layer := 1; layer < len(o.maps); layer++ {
		switch fields, n := o.fields(layer), o.maps[layer]; {
		case fields*o.perFieldOf(layer) != n:
			return fmt.Errorf("%d maps are no multiple of %d, those of one receptive field (maps=N)", n, o.perField)
		case fields > o.maps[layer-1]:
			return fmt.Errorf("%d receptive fields over %d maps: there are no more fields than maps", fields, o.maps[layer-1])
		}
	}
	return nil
}

// perFieldOf is the number of maps of a field of layer 1 or 2, counted from 0.
func (o *deepOptions) perFieldOf(layer int) int { return min(o.perField, o.maps[layer]) }

// fields is the number of receptive fields of layer 1 or 2, counted from 0.
func (o *deepOptions) fields(layer int) int { return o.maps[layer] / o.perFieldOf(layer) }

// openStacked reads what follows "kmeans3": ":K1,K2,K3", or "" for the sizes of the paper.
func openStacked(text string, layers []string, seed uint64, b *backends.Backend) (*stackedNetwork, error) {
	opt, err := parseDeep(text)
	if err != nil {
		return nil, err
	}
	for _, name := range layers {
		if !slices.Contains(deepLayers[:], name) {
			return nil, fmt.Errorf("%w: no layer %q: the encoder has %s", errOptions, name, strings.Join(deepLayers[:], ", "))
		}
	}
	opt.first = kmeans.Options{K: opt.maps[0], Seed: seed}
	if err := opt.first.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", errSpec, err)
	}
	opt.first = opt.first.WithDefaults()
	return &stackedNetwork{opt: opt, backend: b, chosen: layers}, nil
}

// Origin says what is learned.
func (e *stackedNetwork) Origin() string {
	return fmt.Sprintf("three layers of k-means dictionaries with learned receptive fields, %d, %d and %d maps, learned on the training images",
		e.opt.maps[0], e.opt.maps[1], e.opt.maps[2])
}

// Hash stands for the weights: it is that of all that decides them, beside the images.
func (e *stackedNetwork) Hash() string {
	hash := sha256.Sum256([]byte(e.opt.settings()))
	return hex.EncodeToString(hash[:])
}

// settings is all that decides what is learned, beside the images.
func (o *deepOptions) settings() string {
	return fmt.Sprintf("kmeans3 %d: maps %v, %d of a field, inputs %d, size %d, %d patches, %d windows, %d and %d iterations, seed %d",
		deepVersion, o.maps, o.perField, o.inputs, o.first.Size, o.first.Patches, o.windows, o.first.Iterations, o.iterations, o.first.Seed)
}
