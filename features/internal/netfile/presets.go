package netfile

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Preset is a set of settings by which a network's authors, or a library of networks, feed images.
type Preset struct {
	// Name is the name after preset=.
	Name string `json:"name"`
	// Of says whose settings they are.
	Of string `json:"of"`
	// Sizes are the sizes of the network's input that were published, the usual one first.
	Sizes []PresetSize `json:"sizes"`
	// Resize is the interpolation.
	Resize string `json:"resize"`
	// Mean and Std are for the channels red, green and blue.
	Mean []float64 `json:"mean"`
	Std  []float64 `json:"std"`
	// Any says that the shorter side is resized to the network's size, for any size.
	Any bool `json:"any_size,omitempty"`
}

// PresetSize is a size with its crop.
type PresetSize struct {
	// Size is the side of the crop, Shorter the shorter side of the image before.
	Size    int `json:"size"`
	Shorter int `json:"shorter"`
}

// Means and deviations of pixels between 0 and 1.
var (
	imagenetMean, imagenetStd = []float64{0.485, 0.456, 0.406}, []float64{0.229, 0.224, 0.225}
	clipMean, clipStd         = []float64{0.48145466, 0.4578275, 0.40821073}, []float64{0.26862954, 0.26130258, 0.27577711}
	half                      = []float64{0.5, 0.5, 0.5}
)

// published is the crop of most networks: 256, then 224.
var published = []PresetSize{{224, 256}}

const timmPrefix = "timm:"

// presets are all presets; a new one is one row here, and one in docs/onnx.md.
var presets = slices.Concat([]Preset{
	{Name: "imagenet", Of: "torchvision's networks for ImageNet-1k (weights V1)", Sizes: published, Resize: ResizeBilinear, Mean: imagenetMean, Std: imagenetStd},
	{Name: "clip", Of: "OpenAI's CLIP", Sizes: []PresetSize{{224, 224}}, Resize: ResizeBicubic, Mean: clipMean, Std: clipStd, Any: true},
	{Name: "dinov2", Of: "DINOv2's evaluation", Sizes: published, Resize: ResizeBicubic, Mean: imagenetMean, Std: imagenetStd},
	{Name: "dinov3", Of: "DINOv3's evaluation (weights from web images)", Sizes: published, Resize: ResizeBicubic, Mean: imagenetMean, Std: imagenetStd},
	{Name: "mae", Of: "MAE's linear evaluation and fine-tuning", Sizes: published, Resize: ResizeBicubic, Mean: imagenetMean, Std: imagenetStd},
},
	timm(ResizeBilinear, imagenetMean, imagenetStd, crops(224, 0.875), "resnet18.tv_in1k", "resnet34.tv_in1k", "resnet50.tv_in1k", "resnet101.tv_in1k", "resnet152.tv_in1k"),
	timm(ResizeBicubic, imagenetMean, imagenetStd, crops(224, 0.95, 288, 1), "resnet18.a1_in1k", "resnet34.a1_in1k", "resnet50.a1_in1k", "resnet101.a1_in1k", "resnet152.a1_in1k"),
	timm(ResizeBicubic, imagenetMean, imagenetStd, crops(224, 0.875, 288, 1), "convnext_tiny.fb_in1k", "convnext_small.fb_in1k", "convnext_base.fb_in1k", "convnext_large.fb_in1k"),
	timm(ResizeBicubic, half, half, crops(224, 0.9), "vit_tiny_patch16_224.augreg_in21k_ft_in1k", "vit_small_patch16_224.augreg_in21k_ft_in1k",
		"vit_base_patch16_224.augreg_in21k_ft_in1k", "vit_large_patch16_224.augreg_in21k_ft_in1k", "vit_base_patch16_224.augreg2_in21k_ft_in1k"),
	timm(ResizeBicubic, imagenetMean, imagenetStd, crops(224, 0.9), "deit_tiny_patch16_224.fb_in1k", "deit_small_patch16_224.fb_in1k", "deit_base_patch16_224.fb_in1k",
		"swin_tiny_patch4_window7_224.ms_in1k", "swin_small_patch4_window7_224.ms_in1k", "swin_base_patch4_window7_224.ms_in1k",
		"vit_small_patch16_224.dino", "vit_base_patch16_224.dino", "vit_small_patch8_224.dino", "vit_base_patch8_224.dino"),
	timm(ResizeBicubic, imagenetMean, imagenetStd, crops(518, 1), "vit_small_patch14_dinov2.lvd142m", "vit_base_patch14_dinov2.lvd142m",
		"vit_large_patch14_dinov2.lvd142m", "vit_giant_patch14_dinov2.lvd142m"),
	timm(ResizeBicubic, imagenetMean, imagenetStd, crops(224, 0.875), "efficientnet_b0.ra_in1k", "mobilenetv3_large_100.ra_in1k", "mobilenetv3_small_100.lamb_in1k"),
)

// crops are sizes with their crop ratios, rounded as timm does.
func crops(sizeAndRatio ...float64) []PresetSize {
	var out []PresetSize
	for i := 0; i < len(sizeAndRatio); i += 2 {
		size, ratio := sizeAndRatio[i], sizeAndRatio[i+1]
		out = append(out, PresetSize{int(size), int(math.Floor(size / ratio))})
	}
	return out
}

func timm(method string, mean, std []float64, sizes []PresetSize, names ...string) []Preset {
	var out []Preset
	for _, n := range names {
		out = append(out, Preset{Name: timmPrefix + n, Of: "timm's " + n, Sizes: sizes, Resize: method, Mean: mean, Std: std})
	}
	return out
}

// Presets returns all presets.
func Presets() []Preset { return slices.Clone(presets) }

// presetOf finds a preset.
func presetOf(name string) (Preset, error) {
	i := slices.IndexFunc(presets, func(p Preset) bool { return p.Name == name })
	if i >= 0 {
		return presets[i], nil
	}
	var short []string
	for _, p := range presets {
		if !strings.HasPrefix(p.Name, timmPrefix) {
			short = append(short, p.Name)
		}
	}
	if model, ok := strings.CutPrefix(name, timmPrefix); ok {
		return Preset{}, unknownTimm(model)
	}
	return Preset{}, fmt.Errorf("want %s or %sNAME; preset=? lists them all", strings.Join(short, ", "), timmPrefix)
}

// unknownTimm is the error about a name that is not among timm's, with the weights that are known of
// the same network.
func unknownTimm(name string) error {
	model, _, tagged := strings.Cut(name, ".")
	var known []string
	for _, p := range presets {
		if weights, ok := strings.CutPrefix(p.Name, timmPrefix+model+"."); ok && weights != "" {
			known = append(known, p.Name)
		}
	}
	of := ""
	if len(known) > 0 {
		of = "; known of this network: " + strings.Join(known, ", ")
	}
	if of != "" && !tagged {
		return errors.New("the name needs the tag of the weights, as timm does not feed all weights of a network in the same way" + of)
	}
	return fmt.Errorf("no preset of that name%s; preset=? lists those of timm; for others give the settings of timm's pretrained_cfg: size, crop-ratio (crop_pct), resize (interpolation), mean, std", of)
}

// fill takes the settings that were not given and do not depend on the network's size.
func (p Preset) fill(in *Input) {
	if !in.given["resize"] {
		in.Resize = p.Resize
	}
	if !in.given["norm"] && !in.given["mean"] {
		in.Mean = slices.Clone(p.Mean)
	}
	if !in.given["norm"] && !in.given["std"] {
		in.Std = slices.Clone(p.Std)
	}
	if !in.given["crop"] {
		in.Crop = cropCenter
	}
	if in.Crop == "" && in.Round == "" {
		in.Round = Round8Bit
	}
}

// presetSize is the usual size of a preset's networks, 0 without a preset.
func (in *Input) presetSize() int {
	if p, err := presetOf(in.Preset); err == nil {
		return p.Sizes[0].Size
	}
	return 0
}

// presetShorter takes the shorter side that a preset has for the network's size, unless the crop was
// given.
func (in *Input) presetShorter() error {
	if in.Preset == "" || in.Crop == "" || in.given["shorter"] || in.given["crop-ratio"] || in.given["crop"] {
		return nil
	}
	p, err := presetOf(in.Preset)
	if err != nil {
		return err
	}
	var sizes []string
	for _, s := range p.Sizes {
		if in.Height == s.Size && in.Width == s.Size {
			in.Shorter = s.Shorter
			return nil
		}
		sizes = append(sizes, fmt.Sprint(s.Size))
	}
	if p.Any {
		return nil // resolveView takes the network's size
	}
	return fmt.Errorf("preset=%s is known for images of %s pixels a side, and the network takes %d×%d: add shorter=N, what the shorter side is resized to before the crop (crop-ratio=%.3g keeps the proportion)",
		in.Preset, strings.Join(sizes, " or "), in.Height, in.Width, float64(p.Sizes[0].Size)/float64(p.Sizes[0].Shorter))
}
