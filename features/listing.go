package features

import (
	"repbench/backends"
	"repbench/features/internal/netfile"
)

// Listing answers a specification that asks what there is: the values of a network, or presets.
type Listing = netfile.Listing

// Asks reports whether a specification asks for a listing: onnx:FILE,output=? for the values of the
// network that features can be taken from, onnx:FILE,preset=? for the presets.
func Asks(spec string) bool {
	k, text := kindOf(spec)
	return k.name == kindONNX && netfile.Asks(text)
}

// List answers a specification that asks.
func List(spec string, b *backends.Backend) (*Listing, error) {
	_, text := kindOf(spec)
	return netfile.List(text, b)
}
