package features

import (
	"fmt"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/matrix"
	"repbench/features/store"
	"repbench/train"
)

// Encoder maps images to feature rows.
type Encoder struct {
	// Spec is the specification it was opened with, Origin what that means.
	Spec, Origin string
	// Arch is the architecture and its width ("svhn32, width 64"), or "".
	Arch string
	// WeightsHash is the SHA-256 of the weights in hexadecimal, or "".
	WeightsHash string
	// Options with their defaults in place.
	Options Options

	imageSize, channels int // 0: any
	// remedy says what to do about images of another size; nil: nothing can be done.
	remedy    func(im datasets.Images) string
	input     *store.NetInput // of a network that a user brought
	backend   string          // its specification
	trainedOn *train.TrainedOn
	net       encoder.Network
}

// Errors of Open and Extract that a caller may want to tell apart.
var (
	// ErrSpec is wrapped by errors about the text of an encoder specification.
	ErrSpec = encoder.ErrSpec
	// ErrOptions is wrapped by errors about Options that no encoder, or not this one,
	// can follow.
	ErrOptions = encoder.ErrOptions
)

// Open opens the encoder of that specification:
//
//	dcgan:RUN             the discriminator of a run folder
//	random:ARCH[,width=N][,channels=1]
//	                      the discriminator of an architecture, not trained
//	theano:DIR            the released SVHN weights
//	autoencoder:RUN       the code of an autoencoder's run folder
//	kmeans:K              K patches learned from the training images
//	kmeans3[:K1,K2,K3[,maps=N][,inputs=N]]
//	                      three layers of these, with learned receptive fields
//	pca:D[,whiten]        D principal components of the training pixels
//	onnx:FILE[,key=value…]
//	                      a network in an ONNX file, see NetInput
//	pixels                the pixels themselves, x/127.5-1
//
// Options that mean nothing to the kind of encoder are cleared, except layers, which
// are refused where there are none to choose from.
func Open(spec string, b *backends.Backend, o Options) (*Encoder, error) {
	batch := o.BatchSize
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	k, text := kindOf(spec)
	if k.layerless != "" && len(o.Layers) > 0 {
		return nil, fmt.Errorf("%w: %s", ErrOptions, k.layerless)
	}
	if !k.pools {
		o.Pooling, o.Grid = "", 0
	}
	if !k.normalises {
		o.BatchNorm = ""
	}
	e, err := k.open(opening{spec: spec, text: text, backend: b, options: o, batch: batch})
	if err != nil {
		return nil, err
	}
	if b != nil { // pixels need none
		e.backend = b.Spec
	}
	return e, nil
}

// Layers describes the columns of the features of images like im.
func (e *Encoder) Layers(im datasets.Images) ([]matrix.Layer, error) {
	if e.imageSize != 0 && (im.H != e.imageSize || im.W != e.imageSize || im.C != e.channels) {
		remedy := ""
		if e.remedy != nil {
			remedy = e.remedy(im)
		}
		return nil, fmt.Errorf("encoder %s wants images of %d×%d×%d, these are %d×%d×%d%s",
			e.Spec, e.imageSize, e.imageSize, e.channels, im.H, im.W, im.C, remedy)
	}
	return e.net.Layout(im)
}

// Close releases what the encoder holds on the device.
func (e *Encoder) Close() { e.net.Close() }

// AnySize says that the images may have any sizes, each another: see datasets.Options.AnySize.
func (e *Encoder) AnySize() bool {
	n, ok := e.net.(interface{ AnySize() bool })
	return ok && n.AnySize()
}

// CanCrop says that settings exist with which the encoder takes images of any sizes (AnySize).
func (e *Encoder) CanCrop() bool {
	_, ok := e.net.(interface{ AnySize() bool })
	return ok
}

// ImageSize is the side of the images the encoder wants; 0: any.
func (e *Encoder) ImageSize() int { return e.imageSize }
