package netfile

import (
	"errors"
	"fmt"
	"math"

	"repbench/datasets/resize"
)

// Values of the settings of a crop.
const (
	cropCenter             = "center"
	no, yes                = "no", "yes"
	Round8Bit, RoundNone   = "8bit", "none"
	rulesTorchvision       = "torchvision"
	rulesTransformers      = "transformers"
	leastRatio, greatRatio = 0.01, 1.0
)

// setView reads a setting of what the network sees of an image of any size.
func (in *Input) setView(key, value string) (known bool, err error) {
	switch key {
	case "shorter":
		in.Shorter, err = parseWhole(value, 1, maxInputSide)
	case "crop":
		if in.Crop, err = oneOf(value, cropCenter, no); value == no {
			in.Crop = ""
		}
	case "crop-ratio":
		if in.ratio, err = parseFraction(value); err == nil && (in.ratio < leastRatio || in.ratio > greatRatio) {
			err = fmt.Errorf("want the side of the crop as a part of the shorter side, %g to %g", leastRatio, greatRatio)
		}
	case "rules":
		if in.Rules, err = oneOf(value, rulesTorchvision, rulesTransformers); value == rulesTorchvision {
			in.Rules = ""
		}
	case "antialias":
		if in.Antialias, err = oneOf(value, yes, no); value == yes {
			in.Antialias = ""
		}
	case "round":
		in.Round, err = oneOf(value, Round8Bit, RoundNone)
	case "preset":
		in.Preset = value
		_, err = presetOf(value)
	default:
		return false, nil
	}
	return true, err
}

// settle takes the settings of a preset that were not given, and what settings imply.
func (in *Input) settle() error {
	if in.Preset != "" {
		p, err := presetOf(in.Preset)
		if err != nil {
			return err
		}
		p.fill(in)
	}
	cuts := in.given["shorter"] || in.given["crop-ratio"]
	switch {
	case in.given["shorter"] && in.given["crop-ratio"]:
		return errors.New("crop-ratio= is the network's size as a part of shorter=; give one of them")
	case cuts && in.given["crop"] && in.Crop == "":
		return errors.New("shorter= and crop-ratio= say what is cropped; leave out crop=no")
	case cuts:
		in.Crop = cropCenter
	}
	switch {
	case in.given["rules"] && in.Crop == "":
		return errors.New("rules= says how the offset of a crop is rounded; add crop=center or shorter=N")
	case in.given["antialias"] && in.Resize == "" && in.Antialias == "" && !in.Viewed():
		return errors.New("antialias= says how images are resampled; add resize=bilinear or bicubic")
	case in.Resize == ResizeNearest && in.given["antialias"]:
		return errors.New("resize=nearest takes one pixel each; leave out antialias")
	case in.Round != "" && in.Resize == "" && in.Crop == "" && in.Antialias == "":
		return errors.New("round= says how resampled pixels are rounded; add resize=bilinear, bicubic or nearest, or crop=center")
	}
	if err := in.settlePatches(); err != nil {
		return err
	}
	if !in.Viewed() {
		in.Round = "" // resampled on the device, as ever
		return nil
	}
	if in.Resize == "" {
		in.Resize = ResizeBilinear
	}
	if in.Round == "" {
		in.Round = Round8Bit
	}
	return nil
}

// Viewed says that images are resized and cropped while they are loaded, so that they may have any
// size; else their pixels enter the graph, which resamples them if at all.
func (in *Input) Viewed() bool {
	return in.Crop != "" || in.Round == Round8Bit || in.Antialias == no || in.Resize == ResizeNearest
}

// resolveView finds the shorter side, once the network's size is known.
func (in *Input) resolveView() error {
	if !in.Viewed() {
		return nil
	}
	if in.Channels != 1 && in.Channels != 3 {
		return fmt.Errorf("images of any size have 1 or 3 channels, the network takes %d: leave out crop, round, antialias and preset", in.Channels)
	}
	if err := in.presetShorter(); err != nil {
		return err
	}
	switch {
	case in.ratio != 0 && in.Height != in.Width:
		return fmt.Errorf("crop-ratio is for square images, the network takes %d×%d: give shorter=N", in.Height, in.Width)
	case in.ratio != 0: // as timm's transforms_imagenet_eval
		in.Shorter = int(math.Floor(float64(in.Height) / in.ratio))
	case in.Crop != "" && in.Shorter == 0:
		in.Shorter = max(in.Height, in.Width)
	}
	if err := in.view().Check(); err != nil {
		return fmt.Errorf("shorter=%d: %w", in.Shorter, err)
	}
	return nil
}

// view is what package resize makes of an image.
func (in *Input) view() resize.View {
	v := resize.View{W: in.Width, H: in.Height, Shorter: in.Shorter}
	if in.Rules == rulesTransformers {
		v.Offset = resize.Down
	}
	switch bicubic, plain := in.Resize == ResizeBicubic, in.Antialias == no; {
	case in.Resize == ResizeNearest:
		v.Method = resize.Nearest
	case bicubic && plain:
		v.Method = resize.PlainBicubic
	case bicubic:
		v.Method = resize.AntialiasedBicubic
	case plain:
		v.Method = resize.PlainBilinear
	}
	return v
}
