package features

import (
	"strings"

	"repbench/datasets"
	"repbench/features/internal/netfile"
	"repbench/features/internal/patches"
	"repbench/features/internal/pca"
	"repbench/features/internal/stacked"
)

// openPixels opens the encoder without a network.
func openPixels(of opening) (*Encoder, error) {
	return &Encoder{Spec: kindPixels, Origin: "raw pixels", Options: of.options, net: pixels{}}, nil
}

func openPCA(of opening) (*Encoder, error) {
	n, err := pca.Open(of.text, of.backend)
	if err != nil {
		return nil, err
	}
	return &Encoder{Spec: kindPCA + ":" + n.Text, Origin: n.Origin, Options: of.options, net: n}, nil
}

func openKMeans(of opening) (*Encoder, error) {
	n, err := patches.Open(of.text, *of.options.Seed, of.backend)
	if err != nil {
		return nil, err
	}
	return &Encoder{Spec: of.spec, WeightsHash: n.Hash(), Origin: n.Origin(), Options: of.options, net: n}, nil
}

func openDeep(of opening) (*Encoder, error) {
	n, err := stacked.Open(strings.TrimPrefix(of.spec, kindDeep), of.options.Layers, *of.options.Seed, of.backend)
	if err != nil {
		return nil, err
	}
	return &Encoder{Spec: of.spec, WeightsHash: n.Hash(), Origin: n.Origin(), Options: of.options, net: n}, nil
}

// openONNX opens a network from a file, which clears the options that its output has no
// use for: pooling of a vector, the grid of a sequence.
func openONNX(of opening) (*Encoder, error) {
	o := of.options
	n, err := netfile.Open(of.text, of.backend, netfile.Options{Pooling: o.Pooling, Grid: o.Grid, BatchSize: of.batch, Layers: o.Layers})
	if err != nil {
		return nil, err
	}
	o.Pooling, o.Grid, o.BatchSize = n.Options.Pooling, n.Options.Grid, n.Batch()
	e := &Encoder{Spec: of.spec, WeightsHash: n.Hash(), Origin: n.Origin(), Options: o, input: n.Input(), net: n, channels: n.ImageChannels()}
	if side := n.ImageSize(); side != 0 {
		e.imageSize = side
		e.remedy = func(im datasets.Images) string {
			if im.C != e.channels {
				return n.ChannelHint(im)
			}
			return "; resize=bilinear after the file's name resamples them"
		}
	}
	return e, nil
}
