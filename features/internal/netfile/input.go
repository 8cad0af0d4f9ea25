package netfile

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gomlx/compute/dtypes"

	"repbench/features/store"
)

// Input is a NetInput that a specification is read into.
type Input struct {
	store.NetInput

	given map[string]bool // the settings that were given
	ratio float64         // the side of the crop as a part of the shorter side; 0: not given
}

// Values of the fields of NetInput.
const (
	layoutNCHW, layoutNHWC         = "nchw", "nhwc"
	ColorRGB, ColorBGR, ColorGrey  = "rgb", "bgr", "grey"
	ResizeBilinear, ResizeBicubic  = "bilinear", "bicubic"
	ResizeNearest                  = "nearest"
	maxInputSide, maxInputChannels = 1 << 14, 4
)

// netKeys are the settings that can follow the name of a network's file.
const netKeys = "size, layout, color, norm, scale, mean, std, resize, antialias, round, shorter, crop, crop-ratio, rules, preset, output, token, patches"

// ParseNet reads FILE[,key=value…]. A value goes on to the next comma that is
// followed by another key=, so that lists need no quotes.
func ParseNet(text string) (file string, in Input, err error) {
	parts := strings.Split(text, ",")
	seen := map[string]bool{}
	in = Input{NetInput: store.NetInput{Layout: layoutNCHW, Color: ColorRGB}, given: seen}
	for i := 1; i < len(parts); {
		key, value, ok := strings.Cut(parts[i], "=")
		if !ok {
			return "", in, fmt.Errorf("%q is not key=value; the keys are %s", parts[i], netKeys)
		}
		for i++; i < len(parts) && !strings.Contains(parts[i], "="); i++ {
			value += "," + parts[i]
		}
		if seen[key] {
			return "", in, fmt.Errorf("%s is given twice", key)
		}
		seen[key] = true
		if err := in.set(key, value); err != nil {
			return "", in, err
		}
	}
	if parts[0] == "" {
		return "", in, errors.New("the name of a file is missing")
	}
	if seen["norm"] && (seen["mean"] || seen["std"]) {
		return "", in, errors.New("norm= sets mean and std; give it or them")
	}
	return parts[0], in, in.settle()
}

// set reads one setting.
func (in *Input) set(key, value string) (err error) {
	switch key {
	case "size":
		in.Height, in.Width, err = parseSides(value)
	case "layout":
		in.Layout, err = oneOf(value, layoutNCHW, layoutNHWC)
	case "color":
		in.Color, err = oneOf(value, ColorRGB, ColorBGR, ColorGrey)
	case "resize":
		in.Resize, err = oneOf(value, ResizeBilinear, ResizeBicubic, ResizeNearest)
	case "norm":
		// Means and deviations of ImageNet-1k's pixels, as torchvision has them.
		in.Mean, in.Std = slices.Clone(imagenetMean), slices.Clone(imagenetStd)
		_, err = oneOf(value, "imagenet")
	case "scale":
		in.Scale, err = parseFraction(value)
	case "mean":
		in.Mean, err = parseNumbers(value)
	case "std":
		in.Std, err = parseNumbers(value)
	case "output":
		in.Output = value
		if value == "" {
			err = errors.New("it is empty")
		}
	case "token":
		err = in.setTokens(value)
	case "patches":
		in.Patches = new(int)
		*in.Patches, err = parseWhole(value, 0, maxToken)
	default:
		known := false
		if known, err = in.setView(key, value); !known {
			return fmt.Errorf("no setting %q; there are %s", key, netKeys)
		}
	}
	if err != nil {
		return fmt.Errorf("%s=%s: %w", key, value, err)
	}
	return nil
}

func oneOf(value string, choices ...string) (string, error) {
	if !slices.Contains(choices, value) {
		return "", fmt.Errorf("want %s", strings.Join(choices, " or "))
	}
	return value, nil
}

func parseWhole(text string, least, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%q is no whole number from %d to %d", text, least, most)
	}
	return n, nil
}

// parseSides reads N, or HEIGHTxWIDTH.
func parseSides(text string) (height, width int, err error) {
	h, w, two := strings.Cut(text, "x")
	if !two {
		w = h
	}
	if height, err = parseWhole(h, 1, maxInputSide); err == nil {
		width, err = parseWhole(w, 1, maxInputSide)
	}
	return height, width, err
}

// parseFraction reads a number or a/b.
func parseFraction(text string) (float64, error) {
	above, below, isFraction := strings.Cut(text, "/")
	v, err := strconv.ParseFloat(above, 64)
	if isFraction && err == nil {
		var d float64
		d, err = strconv.ParseFloat(below, 64)
		v /= d
	}
	if err != nil || v == 0 || v-v != 0 {
		return 0, fmt.Errorf("%q is no finite number other than 0", text)
	}
	return v, nil
}

func parseNumbers(text string) ([]float64, error) {
	var out []float64
	for _, s := range strings.Split(text, ",") {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || v-v != 0 {
			return nil, fmt.Errorf("%q is no finite number", s)
		}
		out = append(out, v)
	}
	return out, nil
}

// Resolve takes what is not given from the declared shape of the network's input
// (0 is open, nil is unknown) and checks the rest against it.
func (in *Input) Resolve(dims []int) error {
	if len(dims) == 0 {
		dims = make([]int, 4)
	}
	channels, spatial := dims[1], dims[2:4]
	if in.Layout == layoutNHWC {
		channels, spatial = dims[3], dims[1:3]
	}
	if in.Channels = channels; channels == 0 {
		in.Channels = 3
	}
	if in.Channels > maxInputChannels {
		other := layoutNHWC
		if in.Layout == other {
			other = layoutNCHW
		}
		return fmt.Errorf("with the layout %s the input of shape %v has %d channels; if it is laid out otherwise, add layout=%s",
			in.Layout, dims, channels, other)
	}
	for i, side := range []*int{&in.Height, &in.Width} {
		switch {
		case spatial[i] != 0 && *side != 0 && *side != spatial[i]:
			return fmt.Errorf("size=%d: the network's input is %d×%d", *side, spatial[0], spatial[1])
		case spatial[i] != 0:
			*side = spatial[i]
		case *side == 0 && in.presetSize() != 0:
			*side = in.presetSize()
		case *side == 0:
			return errors.New("the file leaves the size of its images open: add size=N, the one the network was made for")
		case *side > maxInputSide:
			return fmt.Errorf("images of %d pixels a side are beyond the limit, %d", *side, maxInputSide)
		}
	}
	if err := in.resolveView(); err != nil {
		return err
	}
	if in.Color == ColorBGR && in.Channels != 3 {
		return fmt.Errorf("color=bgr: the network takes images with %d channels", in.Channels)
	}
	return errors.Join(in.spread("mean", &in.Mean, 0), in.spread("std", &in.Std, 1))
}

// feed checks that the network's input, of that type, can hold what enters, and
// takes the default scale.
func (in *Input) feed(as dtypes.DType) error {
	if in.Scale == 0 {
		in.Scale = 1. / 255
		if as.IsInt() {
			in.Scale = 1
		}
	}
	if !as.IsInt() {
		return nil
	}
	least, most := intRange(as)
	kind := strings.ToLower(as.String())
	for c := range in.Channels {
		mean := in.Mean[c]
		if in.Scale != 1 || in.Std[c] != 1 || mean != math.Trunc(mean) {
			return fmt.Errorf("the network takes %s images, whole numbers: scale and std must be 1 and mean whole; leave out scale, norm, mean and std to feed pixels as they are", kind)
		}
		if -mean < least || 255-mean > most {
			return fmt.Errorf("the network takes %s images, %g to %g, and pixels less mean=%g are %g to %g: set mean, such as mean=128 for int8",
				kind, least, most, mean, 0-mean, 255-mean) // 0-mean: -0 is no number to show
		}
	}
	return nil
}

// intRange is what an integer type holds, as far as pixels may need it.
func intRange(as dtypes.DType) (least, most float64) {
	bits := min(8*as.Size(), 32)
	if as.IsUnsigned() {
		return 0, math.Ldexp(1, bits) - 1
	}
	return -math.Ldexp(1, bits-1), math.Ldexp(1, bits-1) - 1
}

// spread gives each channel its number.
func (in *Input) spread(name string, list *[]float64, otherwise float64) error {
	switch len(*list) {
	case 0:
		*list = slices.Repeat([]float64{otherwise}, in.Channels)
	case 1:
		*list = slices.Repeat(*list, in.Channels)
	case in.Channels:
	default:
		return fmt.Errorf("%s has %d numbers, the network takes %d channels", name, len(*list), in.Channels)
	}
	for _, v := range *list {
		if name == "std" && !(v > 0) || math.Abs(v) > math.MaxFloat32 {
			return fmt.Errorf("%s holds %g", name, v)
		}
	}
	return nil
}

// imageChannels is the number of channels that images must have.
func (in *Input) imageChannels() int {
	if in.Color == ColorGrey {
		return 1
	}
	return in.Channels
}
