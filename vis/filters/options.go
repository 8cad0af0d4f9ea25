package filters

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"repbench/train/dcgan"
)

// ErrOptions is wrapped by errors about Options that cannot be followed.
var ErrOptions = errors.New("filters")

// Defaults of Options.
const (
	// DefaultTop is the number of images of a map.
	DefaultTop = 9
	// DefaultScoreMaps is the number of maps that scores are means over.
	DefaultScoreMaps = 64
	// DefaultMaps is the number of maps that are shown, from the first on.
	DefaultMaps = 6
)

// Options say what is shown. The zero value shows the top 9 images of the first six maps of the
// last convolution layer by guided backpropagation.
type Options struct {
	// Layer is the name of a convolution layer of D, "conv1" and so on; "": the last one.
	Layer string
	// Maps are the maps to show; nil: the first six.
	Maps []int
	// Rule is how a gradient passes activations; "": dcgan.GuidedReLU.
	Rule dcgan.Rule
	// Top is the number of images of each map; 0: 9.
	Top int
	// ScoreMaps is the number of maps that the scores are means over, spread evenly over all of the
	// layer; 0: 64. Where the layer has fewer, all are taken.
	ScoreMaps int
	// Numbers are what the images are called below their pictures, such as their rows in a data set;
	// nil: 0, 1 and so on.
	Numbers []int
	// Seed makes the random network.
	Seed uint64
}

// resolved are options with their defaults, for an architecture.
type resolved struct {
	Options
	layer, side, maps int
	field             dcgan.Field
}

// resolve fills in the defaults and checks the options.
func (o Options) resolve(a dcgan.Arch) (resolved, error) {
	r := resolved{Options: o, layer: len(a.Discriminator) - 1}
	names := a.LayerNames()
	if o.Layer == "" {
		r.Layer = names[r.layer]
	} else if r.layer = slices.Index(names, o.Layer); r.layer < 0 {
		return r, fmt.Errorf("%w: no layer %q: the discriminator of %s has %s", ErrOptions, o.Layer, a.Name, strings.Join(names, ", "))
	}
	r.side, r.maps, r.field = a.LayerSizes()[r.layer], a.Discriminator[r.layer].Maps, a.ReceptiveField(r.layer)
	if r.Rule == "" {
		r.Rule = dcgan.GuidedReLU
	}
	if _, err := dcgan.ParseRule(string(r.Rule)); err != nil {
		return r, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	if r.Top == 0 {
		r.Top = DefaultTop
	}
	if r.ScoreMaps == 0 {
		r.ScoreMaps = DefaultScoreMaps
	}
	r.ScoreMaps = min(r.ScoreMaps, r.maps)
	if r.Top < 1 || r.ScoreMaps < 1 {
		return r, fmt.Errorf("%w: top %d and score-maps %d must be positive", ErrOptions, o.Top, o.ScoreMaps)
	}
	return r, r.chooseMaps()
}

// chooseMaps checks the maps to show, or takes the first ones.
func (r *resolved) chooseMaps() error {
	if len(r.Maps) == 0 {
		for m := range min(DefaultMaps, r.maps) {
			r.Maps = append(r.Maps, m)
		}
	}
	seen := map[int]bool{}
	for _, m := range r.Maps {
		if m < 0 || m >= r.maps {
			return fmt.Errorf("%w: no map %d: %s has the maps 0 to %d", ErrOptions, m, r.Layer, r.maps-1)
		}
		if seen[m] {
			return fmt.Errorf("%w: map %d is named twice", ErrOptions, m)
		}
		seen[m] = true
	}
	return nil
}

// scored are the maps that the scores are means over, in order.
func (r resolved) scored() []int {
	maps := make([]int, r.ScoreMaps)
	for i := range maps {
		maps[i] = i * r.maps / r.ScoreMaps
	}
	return maps
}
