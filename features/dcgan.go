package features

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/store"
	"repbench/internal/nearest"
	"repbench/train/convolution"
	"repbench/train/dcgan"
)

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
			hint := ""
			if near := nearest.Closest(key, []string{"width", "channels"}); into == nil && near != "" {
				hint = fmt.Sprintf("; did you mean %q?", near+"="+number)
			}
			return dcgan.Arch{}, fmt.Errorf("%w: random:%s: %q is not width=N or channels=N, each once%s", ErrSpec, text, option, hint)
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
	m.Lowering = convolution.LoweringFor(b)
	return m, nil
}

// openDCGAN opens the discriminator of a DCGAN.
func openDCGAN(of opening) (*Encoder, error) {
	spec, b, o := of.spec, of.backend, of.options
	m, err := OpenModel(spec, b, *o.Seed)
	if err != nil {
		return nil, err
	}
	net, err := newDiscriminator(m, b, o)
	if err != nil {
		return nil, fmt.Errorf("encoder %s: %w", spec, err)
	}
	hash, err := m.DiscriminatorHash(o.BatchNorm == store.Running)
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
