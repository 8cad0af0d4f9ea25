package features

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"repbench/backends"
	"repbench/datasets"
	"repbench/internal/progress"
	"repbench/train"
	"repbench/train/dcgan"
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
	// remedy says what to do about images of another size; nil: there is no way.
	remedy    func(im datasets.Images) string
	input     *NetInput // of a network that a user brought
	backend   string    // its specification
	trainedOn *train.TrainedOn
	net       network
}

// network is what differs between kinds of encoder.
type network interface {
	// Layout describes the columns for images of that shape.
	Layout(im datasets.Images) ([]Layer, error)
	// Prepare makes the network ready to encode the splits of ds.
	Prepare(ctx context.Context, ds *datasets.Dataset, p progress.Reporter, kept Kept) error
	// Encode writes the rows of im, at most a batch, into dst.
	Encode(dst []float32, im datasets.Images) error
	Close()
}

// ErrSpec is wrapped by errors about the text of an encoder specification.
var ErrSpec = errors.New("encoder specification")

// ErrOptions is wrapped by errors about Options that no encoder, or not this one,
// can follow.
var ErrOptions = errors.New("feature options")

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
// Options that mean nothing to the kind of encoder are cleared, but for layers, which
// are refused where there are none to choose from.
func Open(spec string, b *backends.Backend, o Options) (*Encoder, error) {
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
	e, err := k.open(opening{spec: spec, text: text, backend: b, options: o})
	if err != nil {
		return nil, err
	}
	e.backend = b.Spec
	return e, nil
}

// openDCGAN opens the discriminator of a DCGAN.
func openDCGAN(of opening) (*Encoder, error) {
	spec, b, o := of.spec, of.backend, of.options
	m, err := OpenModel(spec, b, o.Seed)
	if err != nil {
		return nil, err
	}
	net, err := newDiscriminator(m, b, o)
	if err != nil {
		return nil, fmt.Errorf("encoder %s: %w", spec, err)
	}
	hash, err := m.DiscriminatorHash(o.BatchNorm == Running)
	if err != nil {
		return nil, err
	}
	return &Encoder{
		Spec: spec, Origin: m.Origin, WeightsHash: hash, Options: o,
		Arch: archText(m.Arch), remedy: func(im datasets.Images) string { return m.Arch.Remedy(im, greyForm(spec)) },
		imageSize: m.Arch.ImageSize, channels: m.Arch.Channels, trainedOn: m.TrainedOn, net: net,
	}, nil
}

// archText names an architecture: "svhn32, width 64".
func archText(a dcgan.Arch) string {
	text := fmt.Sprintf("%s, width %d", a.Name, a.Width)
	if a.Channels == 1 {
		text += ", grey"
	}
	return text
}

// greyForm says which form of a DCGAN's specification takes grey images; empty where
// there is none.
func greyForm(spec string) string {
	switch kind, _, _ := strings.Cut(spec, ":"); kind {
	case kindRandom:
		return spec + ",channels=1"
	case kindTheano:
		return ""
	}
	return "a run of \"repbench train --channels 1\""
}

// OpenModel opens the DCGAN behind an encoder specification, or of a run folder
// given by its bare path.
func OpenModel(spec string, b *backends.Backend, seed uint64) (*dcgan.Model, error) {
	kind, rest, _ := strings.Cut(spec, ":")
	switch {
	case kind == kindDCGAN && rest != "":
		return dcgan.Load(rest, b)
	case kind == kindTheano && rest != "":
		return dcgan.ReadTheano(rest, b)
	case kind == kindRandom && rest != "":
		return openRandom(rest, b, seed)
	}
	info, err := os.Stat(spec)
	switch {
	case err == nil && info.IsDir():
		return dcgan.Load(spec, b) // which says what the folder lacks
	case err == nil && filepath.Ext(spec) == ".onnx":
		return nil, fmt.Errorf("%w: %s is a file; give it as %s:%s", ErrSpec, spec, kindONNX, spec)
	case spec == kindPixels, spec == kindDeep, rest != "" && slices.Contains([]string{kindPCA, kindKMeans, kindDeep, kindONNX, kindAutoencoder}, kind):
		return nil, fmt.Errorf("%w: %q is no DCGAN, which alone makes images; give a run folder, or one of %s:RUN, %s:ARCH, %s:DIR", ErrSpec, spec, kindDCGAN, kindRandom, kindTheano)
	}
	return nil, unknown(spec)
}

// unknown is the error about a specification of no kind.
func unknown(spec string) error {
	return fmt.Errorf("%w: unknown encoder or run folder %q: use one of %s", ErrSpec, spec, Kinds)
}

// parseRandom reads what follows "random:": an architecture and then, in any order,
// its width and the channels of its images.
func parseRandom(text string) (dcgan.Arch, error) {
	name, rest, found := strings.Cut(text, ",")
	width, channels := 0, 0
	for option := ""; found; {
		option, rest, found = strings.Cut(rest, ",")
		key, number, _ := strings.Cut(option, "=")
		into := map[string]*int{"width": &width, "channels": &channels}[key]
		n, err := strconv.Atoi(number)
		if into == nil || *into != 0 || err != nil || n < 1 {
			return dcgan.Arch{}, fmt.Errorf("%w: random:%s: %q is not width=N or channels=N, each once", ErrSpec, text, option)
		}
		*into = n
	}
	a, err := dcgan.NewArch(name, width)
	if err == nil && channels != 0 {
		a, err = a.WithChannels(channels)
	}
	if err != nil {
		return a, fmt.Errorf("%w: random:%s: %w", ErrSpec, text, err)
	}
	return a, nil
}

func openRandom(text string, b *backends.Backend, seed uint64) (*dcgan.Model, error) {
	a, err := parseRandom(text)
	if err != nil {
		return nil, err
	}
	m := dcgan.NewModel(a, seed)
	m.Lowering = dcgan.LoweringFor(b)
	return m, nil
}

// Layers describes the columns of the features of images like im.
func (e *Encoder) Layers(im datasets.Images) ([]Layer, error) {
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

// ImageSize is the side of the images the encoder wants; 0: any.
func (e *Encoder) ImageSize() int { return e.imageSize }
