package stacked

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"repbench/backends"
	"repbench/features/internal/encoder"
	"repbench/features/internal/kmeans"
)

// stackedName is the name of the kind of encoder.
const stackedName = "kmeans3"

const (
	// deepVersion is part of the cache key; it changes with what is computed.
	deepVersion = 1
	// deepWindows is the number of patches that the dictionaries of the second and
	// third layer are learned from, windowsPerImage the number per image.
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
	// Maps of each layer.
	Maps [3]int
	// PerField is the number of maps that one receptive field gives, Inputs the number
	// of maps that it reads.
	PerField, Inputs int
	// First are the options of the first layer; windows and iterations are options of the
	// other layers.
	First               kmeans.Options
	Windows, Iterations int
}

// ParseDeep reads what follows "kmeans3": nothing, or ":K1,K2,K3", and options.
func ParseDeep(text string) (deepOptions, error) {
	o := deepOptions{Maps: [3]int{1600, 1600, 1600}, PerField: 100, Inputs: 200, Windows: deepWindows, Iterations: 50}
	err := o.parse(text)
	if err == nil {
		err = o.checkFields()
	}
	if err != nil {
		return o, fmt.Errorf("%w: %s%s: %w", encoder.ErrSpec, stackedName, text, err)
	}
	return o, nil
}

func (o *deepOptions) parse(text string) error {
	if text == "" {
		return nil
	}
	parts := strings.Split(strings.TrimPrefix(text, ":"), ",")
	if len(parts) < len(o.Maps) {
		return errors.New("want three numbers of maps, such as 1600,1600,1600")
	}
	for i, part := range parts {
		value, to := part, (*int)(nil)
		if i < len(o.Maps) {
			to = &o.Maps[i]
		} else if v, ok := strings.CutPrefix(part, "maps="); ok {
			value, to = v, &o.PerField
		} else if v, ok := strings.CutPrefix(part, "inputs="); ok {
			value, to = v, &o.Inputs
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
	for layer := 1; layer < len(o.Maps); layer++ {
		switch fields, n := o.Fields(layer), o.Maps[layer]; {
		case fields*o.PerFieldOf(layer) != n:
			return fmt.Errorf("%d maps are no multiple of %d, those of one receptive field (maps=N)", n, o.PerField)
		case fields > o.Maps[layer-1]:
			return fmt.Errorf("%d receptive fields over %d maps: there are no more fields than maps", fields, o.Maps[layer-1])
		}
	}
	return nil
}

// PerFieldOf is the number of maps of a field of layer 1 or 2, counted from 0.
func (o *deepOptions) PerFieldOf(layer int) int { return min(o.PerField, o.Maps[layer]) }

// Fields is the number of receptive fields of layer 1 or 2, counted from 0.
func (o *deepOptions) Fields(layer int) int { return o.Maps[layer] / o.PerFieldOf(layer) }

// Open reads what follows "kmeans3": ":K1,K2,K3", or "" for the sizes of the paper.
func Open(text string, layers []string, seed uint64, b *backends.Backend) (*Network, error) {
	opt, err := ParseDeep(text)
	if err != nil {
		return nil, err
	}
	for _, name := range layers {
		if !slices.Contains(deepLayers[:], name) {
			return nil, fmt.Errorf("%w: no layer %q: the encoder has %s", encoder.ErrOptions, name, strings.Join(deepLayers[:], ", "))
		}
	}
	opt.First = kmeans.Options{K: opt.Maps[0], Seed: seed}
	if err := opt.First.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", encoder.ErrSpec, err)
	}
	opt.First = opt.First.WithDefaults()
	return &Network{Opt: opt, backend: b, chosen: layers}, nil
}

// Origin says what is learned.
func (e *Network) Origin() string {
	return fmt.Sprintf("three layers of k-means dictionaries with learned receptive fields, %d, %d and %d maps, learned on the training images",
		e.Opt.Maps[0], e.Opt.Maps[1], e.Opt.Maps[2])
}

// Hash stands for the weights: it is the hash of everything that decides them, beside the
// images.
func (e *Network) Hash() string {
	hash := sha256.Sum256([]byte(e.Opt.settings()))
	return hex.EncodeToString(hash[:])
}

// settings is all that decides what is learned, beside the images.
func (o *deepOptions) settings() string {
	return fmt.Sprintf("kmeans3 %d: maps %v, %d of a field, inputs %d, size %d, %d patches, %d windows, %d and %d iterations, seed %d",
		deepVersion, o.Maps, o.PerField, o.Inputs, o.First.Size, o.First.Patches, o.Windows, o.First.Iterations, o.Iterations, o.First.Seed)
}
