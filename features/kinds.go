package features

import (
	"strings"

	"repbench/backends"
)

// The names of the kinds of encoder with which specifications begin.
const (
	kindDCGAN       = "dcgan"
	kindRandom      = "random"
	kindTheano      = "theano"
	kindAutoencoder = "autoencoder"
	kindKMeans      = "kmeans"
	kindDeep        = "kmeans3"
	kindPCA         = "pca"
	kindONNX        = "onnx"
	kindPixels      = "pixels"
)

// Kinds describes the specifications that Open takes.
const Kinds = "dcgan:RUN, random:ARCH[,width=N][,channels=1], theano:DIR, autoencoder:RUN, kmeans:K, kmeans3[:K1,K2,K3], pca:D[,whiten], onnx:FILE[,key=value…], pixels"

// kind is a kind of encoder.
type kind struct {
	name string
	// after says whether a text follows the name.
	after text
	// pools and normalises say that Options.Pooling and Grid, and Options.BatchNorm,
	// mean something to it.
	pools, normalises bool
	// layerless says why there are no layers to choose from, "" where there are.
	layerless string
	open      func(opening) (*Encoder, error)
}

// text says whether a colon and a text follow the name of a kind.
type text int

const (
	required text = iota
	optional
	none
)

// opening is what an encoder is opened with: the whole specification, the text after
// the colon, and options in which what means nothing to the kind is cleared.
type opening struct {
	spec, text string
	backend    *backends.Backend
	options    Options
	// batch is the batch size that was given, 0: none.
	batch int
}

// kinds are all kinds of encoder; a new one is one row here.
var kinds = []kind{
	{name: kindDCGAN, pools: true, normalises: true, open: openDCGAN},
	{name: kindRandom, pools: true, normalises: true, open: openDCGAN},
	{name: kindTheano, pools: true, normalises: true, open: openDCGAN},
	{name: kindAutoencoder, layerless: "an autoencoder has no layers to choose from", open: openAutoencoder},
	{name: kindKMeans, layerless: "a dictionary has no layers to choose from", open: openKMeans},
	{name: kindDeep, after: optional, open: openDeep},
	{name: kindPCA, layerless: "principal components have no layers to choose from", open: openPCA},
	{name: kindONNX, pools: true, open: openONNX},
	{name: kindPixels, after: none, layerless: "pixels have no layers to choose from", open: openPixels},
}

// kindOf returns the kind of a specification and the text after its name. What begins
// with no name of a kind is taken for the path of a DCGAN's run folder.
func kindOf(spec string) (kind, string) {
	name, text, colon := strings.Cut(spec, ":")
	for _, k := range kinds {
		if k.name != name || colon && k.after == none || !colon && k.after == required {
			continue
		}
		return k, text
	}
	return kinds[0], ""
}

// WithoutDiscriminator says why the encoder of a specification has no convolution layers of a
// DCGAN's discriminator; "" where it has them, or where the specification is of no kind.
func WithoutDiscriminator(spec string) string {
	k, _ := kindOf(spec)
	switch k.name {
	case kindONNX:
		return "a network from an ONNX file is run as it is, without gradients"
	case kindAutoencoder, kindKMeans, kindDeep, kindPCA, kindPixels:
		return "the encoder " + k.name + " has no discriminator with convolution layers"
	}
	return ""
}

// Random reports whether the encoder of a specification is drawn from Options.Seed: its weights, or
// what it learns from.
func Random(spec string) bool {
	k, _ := kindOf(spec)
	return k.name == kindRandom || k.name == kindKMeans || k.name == kindDeep
}
