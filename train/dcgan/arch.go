package dcgan

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"repbench/datasets"
)

// Prior is the distribution of the generator's input z.
type Prior string

// Priors of z. Every model stores the prior it was trained with.
const (
	// Uniform is U(-1, 1) in every component.
	Uniform Prior = "uniform"
	// Gaussian is N(0, 1) in every component.
	Gaussian Prior = "gaussian"
)

// Layer is one convolution (in D) or transposed convolution (in G).
type Layer struct {
	// Maps is the number of output channels.
	Maps int
	// Kernel is the side of the square kernel, an odd number; the padding is (Kernel-1)/2, so
	// that a stride s divides (D) or multiplies (G) the side by s exactly.
	Kernel int
	// Stride is 1 or 2.
	Stride int
	// BatchNorm reports whether batch normalisation follows. A convolution that feeds a batch
	// normalisation has no bias, and the other convolutions here have none either.
	BatchNorm bool
}

// Arch is a DCGAN (Radford, Metz, Chintala 2015, arXiv 1511.06434): a generator
// G of transposed convolutions and a discriminator D of strided ones, without
// pooling and without hidden dense layers.
type Arch struct {
	// Name is "imagenet32", "svhn32" or "dcgan64".
	Name string
	// Width is the number of maps of D's first layer; all other numbers of maps are multiples
	// of it.
	Width int
	// ImageSize is the side of the square images in pixels, Channels their number of channels.
	ImageSize, Channels int
	// ZDim is the length of z, Prior its distribution.
	ZDim  int
	Prior Prior
	// BaseMaps is the number of maps of the BaseSize×BaseSize grid onto which
	// G projects z (dense, batch norm, ReLU).
	BaseMaps, BaseSize int
	// Generator holds G's transposed convolutions: ReLU follows each batch norm, tanh the last
	// layer.
	Generator []Layer
	// Discriminator holds D's convolutions, each followed by LeakyReLU 0.2. A dense layer with
	// one logit follows the last one.
	Discriminator []Layer
}

// recipe is an architecture whose numbers of maps are given in units of its width.
type recipe struct {
	defaultWidth  int
	imageSize     int
	zDim          int
	prior         Prior
	base          int
	kernel        int
	generator     []step // the last layer, to the image's channels, is implied
	discriminator []step
	lastStride    int // stride of G's last layer
}

type step struct{ maps, stride int }

// recipes are the architectures of the paper and its released code.
var recipes = map[string]recipe{
	"imagenet32": {
		defaultWidth: 128, imageSize: 32, zDim: 256, prior: Uniform, base: 4, kernel: 3,
		generator:     []step{{4, 2}, {2, 1}, {2, 2}, {1, 1}, {1, 2}},
		discriminator: []step{{1, 1}, {1, 2}, {2, 1}, {2, 2}, {4, 1}, {4, 2}},
		lastStride:    1,
	},
	"svhn32": {
		defaultWidth: 64, imageSize: 32, zDim: 100, prior: Gaussian, base: 4, kernel: 5,
		generator:     []step{{2, 2}, {1, 2}},
		discriminator: []step{{1, 2}, {2, 2}, {4, 2}},
		lastStride:    2,
	},
	"dcgan64": {
		defaultWidth: 128, imageSize: 64, zDim: 100, prior: Uniform, base: 8, kernel: 5,
		generator:     []step{{4, 2}, {2, 2}, {1, 2}},
		discriminator: []step{{1, 2}, {2, 2}, {4, 2}, {8, 2}},
		lastStride:    2,
	},
}

// ArchNames returns the names that NewArch accepts, sorted.
func ArchNames() []string {
	names := make([]string, 0, len(recipes))
	for n := range recipes {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// NewArch builds the architecture with the given name for RGB images; WithChannels adapts it to
// grey images. width 0 means the width in the paper: 128 for imagenet32 and dcgan64, 64 for
// svhn32.
func NewArch(name string, width int) (Arch, error) {
	r, ok := recipes[name]
	if !ok {
		return Arch{}, fmt.Errorf("unknown architecture %q: use one of %s", name, strings.Join(ArchNames(), ", "))
	}
	if width == 0 {
		width = r.defaultWidth
	}
	if width < 1 || width > 4096 {
		return Arch{}, fmt.Errorf("width %d of architecture %s is outside 1 … 4096", width, name)
	}
	a := Arch{
		Name: name, Width: width, ImageSize: r.imageSize, Channels: 3,
		ZDim: r.zDim, Prior: r.prior, BaseMaps: r.base * width, BaseSize: 4,
	}
	for _, s := range r.generator {
		a.Generator = append(a.Generator, Layer{s.maps * width, r.kernel, s.stride, true})
	}
	a.Generator = append(a.Generator, Layer{a.Channels, r.kernel, r.lastStride, false})
	for i, s := range r.discriminator {
		a.Discriminator = append(a.Discriminator, Layer{s.maps * width, r.kernel, s.stride, i > 0})
	}
	return a, nil
}

// WithChannels returns the architecture for images of 3 channels (RGB) or 1 (grey).
// Only the kernels that touch images change: D's first layer and G's last one.
func (a Arch) WithChannels(channels int) (Arch, error) {
	if channels != 1 && channels != 3 {
		return Arch{}, fmt.Errorf("%d channels: images have 1 (grey) or 3 (RGB)", channels)
	}
	a.Channels = channels
	if n := len(a.Generator); n > 0 {
		a.Generator = slices.Clone(a.Generator)
		a.Generator[n-1].Maps = channels
	}
	return a, nil
}

// CheckImages returns an error if images do not have the shape that the architecture expects.
// The error calls the images what and says how to make images that fit.
func (a Arch) CheckImages(what string, im datasets.Images) error {
	return a.checkImages(what, im, "--channels 1")
}

// CheckShown is CheckImages for a model that is trained already: no option makes it take grey images.
func (a Arch) CheckShown(what string, im datasets.Images) error {
	err := a.checkImages(what, im, "")
	if err != nil && a.Channels == 3 && im.C == 1 {
		return fmt.Errorf("%w; an array of grey images becomes RGB by np.repeat(x, 3, axis=3)", err)
	}
	return err
}

func (a Arch) checkImages(what string, im datasets.Images, grey string) error {
	if im.H == a.ImageSize && im.W == a.ImageSize && im.C == a.Channels {
		return nil
	}
	return fmt.Errorf("%s wants images of %d×%d×%d, %s has %d×%d×%d%s",
		a.Name, a.ImageSize, a.ImageSize, a.Channels, what, im.H, im.W, im.C, a.Remedy(im, grey))
}

// Remedy returns the end of an error about images im that do not fit: how to make images that
// do. grey names what accepts grey images as they are; it is empty where nothing does.
func (a Arch) Remedy(im datasets.Images, grey string) string {
	var s string
	resize := im.H != a.ImageSize || im.W != a.ImageSize
	if resize || a.Channels == 1 && im.C == 3 {
		flag, kind := "", ""
		if a.Channels == 1 {
			flag, kind = " --channels 1", "grey "
		}
		s = fmt.Sprintf("; \"repbench data prepare SET --size %d%s --out DIR\" makes %simages of %d×%d; open them as prepared:DIR",
			a.ImageSize, flag, kind, a.ImageSize, a.ImageSize)
	}
	switch {
	case im.C == a.Channels, im.C == 1 && grey == "":
	case a.Channels == 3 && resize:
		s += "; this turns grey image files into RGB, and arrays that stay grey, such as MNIST's, are accepted with " + grey
	case a.Channels == 3:
		s += "; grey images are accepted as they are with " + grey
	default:
		s = "; these images are in colour, and the network is one for grey images (--channels 1)" + s
	}
	return s
}

// archOf calls NewArch and WithChannels.
func archOf(name string, width, channels int) (Arch, error) {
	a, err := NewArch(name, width)
	if err != nil {
		return a, err
	}
	return a.WithChannels(channels)
}

// LayerNames returns the names of D's convolution layers: conv1, conv2, …
func (a Arch) LayerNames() []string {
	names := make([]string, len(a.Discriminator))
	for i := range names {
		names[i] = fmt.Sprintf("conv%d", i+1)
	}
	return names
}

// LayerSizes returns the side of the square maps of each of D's convolution layers.
func (a Arch) LayerSizes() []int {
	sizes := make([]int, len(a.Discriminator))
	side := a.ImageSize
	for i, l := range a.Discriminator {
		side /= l.Stride
		sizes[i] = side
	}
	return sizes
}

// FinalSize returns the number of values of D's last convolution layer, the input of its dense
// layer.
func (a Arch) FinalSize() int {
	sizes := a.LayerSizes()
	n := len(sizes) - 1
	return sizes[n] * sizes[n] * a.Discriminator[n].Maps
}
