package forget

import (
	"fmt"
	"strconv"
	"strings"

	"repbench/internal/errkind"
	"repbench/train/dcgan"
)

// Defaults of a figure.
const (
	// DefaultC is the cost of the logistic regression.
	DefaultC = 0.1
	// DefaultDraws is the number of draws of random maps of the control.
	DefaultDraws = 20
	// MaxDraws bounds the draws, each of which generates all images again.
	MaxDraws = 10_000
	// DefaultSide is the side of the maps of the layer that is taken.
	DefaultSide = 16
)

// ParseLayer finds a hidden layer by its name (conv2), by the size of its maps (16x16), or by h and
// its number from 1 (h3), with or without the h; "" is the first that has maps of 16×16.
func ParseLayer(a dcgan.Arch, s string) (int, error) {
	layers := a.HiddenLayers()
	if s == "" {
		for i, l := range layers {
			if i > 0 && l.Side == DefaultSide {
				return i, nil
			}
		}
		return 0, errkind.Errorf(ErrLayer, "%s has none of %d×%d maps; choose one with --layer: %s", a.Name, DefaultSide, DefaultSide, layerList(a))
	}
	for i, l := range layers {
		if s == l.Name || s == sizeName(l) && !sameSize(layers, i) {
			return i, nil
		}
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(s, "h")); err == nil && n >= 1 && n <= len(layers) {
		return n - 1, nil
	}
	return 0, errkind.Errorf(ErrLayer, "layer %q is none of %s's: %s", s, a.Name, layerList(a))
}

// sizeName is the size of a layer's maps as ParseLayer reads it.
func sizeName(l dcgan.HiddenLayer) string { return fmt.Sprintf("%dx%d", l.Side, l.Side) }

// sameSize reports whether another layer has maps of the size of layer i's.
func sameSize(layers []dcgan.HiddenLayer, i int) bool {
	for j, l := range layers {
		if j != i && l.Side == layers[i].Side {
			return true
		}
	}
	return false
}

// layerList names the hidden layers of an architecture.
func layerList(a dcgan.Arch) string {
	var names []string
	for i, l := range a.HiddenLayers() {
		names = append(names, fmt.Sprintf("h%d or %s (%d maps of %d×%d)", i+1, l.Name, l.Maps, l.Side, l.Side))
	}
	return strings.Join(names, ", ")
}
