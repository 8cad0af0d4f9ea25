package netfile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"repbench/datasets"
	"repbench/internal/testcheck"
	"repbench/internal/testenv"
)

// resolved is the input of a network of that size.
func resolved(t *testing.T, settings string, dims ...int) Input {
	t.Helper()
	_, in, err := ParseNet("a.onnx," + settings)
	if err == nil {
		err = in.Resolve(dims)
	}
	if err != nil {
		t.Fatalf("%s: %v", settings, err)
	}
	return in
}

// Each preset, and the settings that presets do not use, give the pixels of Pillow and torchvision on
// photographs, RGB and grey ones, to the bit; means and deviations give the sums of Normalize. The
// expected values were made by scripts/presets.py.
func TestPresetsEqualTorchvision(t *testing.T) {
	if testing.Short() {
		t.Skip("75 photographs are resampled 19 times")
	}
	text, err := os.ReadFile(filepath.Join("testdata", "presets.txt"))
	if err != nil {
		t.Fatal(err)
	}
	ds, err := datasets.Open(context.Background(), "folder:"+testenv.Path(t, "data", "imagenet-sample"), datasets.Options{AnySize: true})
	if err != nil {
		t.Fatal(err)
	}
	tested := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		var settings, want string
		var size int
		var sums [3]float64
		if _, err := fmt.Sscan(line, &settings, &size, &want, &sums[0], &sums[1], &sums[2]); err != nil {
			t.Fatal(err)
		}
		in := resolved(t, settings, 0, 3, size, size)
		tested[in.Preset] = true
		checkSeen(t, settings, in, ds.Splits[0].Images, want, sums)
	}
	for _, p := range presets[:5] {
		if !tested[p.Name] {
			t.Errorf("preset %s is not compared", p.Name)
		}
	}
}

func checkSeen(t *testing.T, settings string, in Input, im datasets.Images, want string, sums [3]float64) {
	t.Helper()
	e := &Network{in: in, batch: 16}
	all, got := sha256.New(), [3]float64{}
	for lo := 0; lo < im.N; lo += e.batch {
		part := im.Slice(lo, min(lo+e.batch, im.N))
		b, err := e.Load(part)
		if err != nil {
			t.Fatal(err)
		}
		pixels, err := tensors.CopyFlatData[uint8](b.Tensor)
		if err != nil {
			t.Fatal(err)
		}
		pixels = pixels[:part.N*in.Height*in.Width*3]
		all.Write(pixels)
		for i, v := range pixels {
			got[i%3] += (float64(v)/255 - in.Mean[i%3]) / in.Std[i%3]
		}
	}
	if sum := hex.EncodeToString(all.Sum(nil)); sum != want {
		t.Errorf("%s at %d: pixels %s, want %s", settings, in.Height, sum, want)
	}
	values := float64(im.N * in.Height * in.Width)
	for c, s := range sums {
		if math.Abs(got[c]-s)/values > 1e-6 { // rounding of float32 values of order 1
			t.Errorf("%s: channel %d adds up to %g, want %g", settings, c, got[c], s)
		}
	}
}

// Without rounding the pixels are close to the rounded ones, and not whole.
func TestLoadWithoutRounding(t *testing.T) {
	im := datasets.Images{N: 3, H: 20, W: 31, C: 3, Data: make([]uint8, 3*20*31*3)}
	for i := range im.Data {
		im.Data[i] = uint8(100 + i*i%50)
	}
	rounded := &Network{in: resolved(t, "crop=center,shorter=12", 0, 3, 8, 8), batch: 4}
	plain := &Network{in: resolved(t, "crop=center,shorter=12,round=none", 0, 3, 8, 8), batch: 4}
	a, err := rounded.Load(im)
	if err != nil {
		t.Fatal(err)
	}
	b, err := plain.Load(im)
	if err != nil {
		t.Fatal(err)
	}
	bytes, _ := tensors.CopyFlatData[uint8](a.Tensor)
	floats, _ := tensors.CopyFlatData[float32](b.Tensor)
	whole := 0
	for i, v := range floats {
		if math.Abs(float64(v)-float64(bytes[i])) > 1.1 {
			t.Fatalf("value %d is %g, rounded %d", i, v, bytes[i])
		}
		if v == float32(int(v)) {
			whole++
		}
	}
	if n := 8 * 8 * 3; len(floats) != 4*n || whole > len(floats)/2 || !slices.Equal(bytes[2*n:3*n], bytes[3*n:]) {
		t.Errorf("%d values, %d of them whole; the last image is not repeated", len(floats), whole)
	}
}

// A network of one channel sees the grey of colours, one of three channels a grey image three times.
func TestLoadChannels(t *testing.T) {
	colour := datasets.Images{N: 1, H: 4, W: 4, C: 3, Data: slices.Repeat([]uint8{200, 100, 50}, 16)}
	grey := datasets.Images{N: 1, H: 4, W: 4, C: 1, Data: slices.Repeat([]uint8{77}, 16)}
	for _, tt := range []struct {
		settings string
		im       datasets.Images
		channels int
		want     []uint8
	}{
		{"crop=center", colour, 3, []uint8{200, 100, 50}},
		{"crop=center", grey, 3, []uint8{77, 77, 77}},
		{"crop=center", colour, 1, []uint8{124}}, // 0.299·200 + 0.587·100 + 0.114·50
		{"crop=center,color=grey", colour, 3, []uint8{124}},
	} {
		e := &Network{in: resolved(t, tt.settings, 0, tt.channels, 2, 2), batch: 1}
		b, err := e.Load(tt.im)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := tensors.CopyFlatData[uint8](b.Tensor); !slices.Equal(got, slices.Repeat(tt.want, 4)) {
			t.Errorf("%s, %d channels: %v", tt.settings, tt.channels, got)
		}
	}
}

// Settings that are given come before a preset's; its size is the file's where that leaves it open.
func TestPresetSettings(t *testing.T) {
	for _, tt := range []struct {
		settings string
		dims     []int
		shorter  int
		resize   string
		mean     float64
		size     int
	}{
		{"preset=dinov2", []int{0, 3, 0, 0}, 256, "bicubic", 0.485, 224},
		{"preset=clip", []int{0, 3, 336, 336}, 336, "bicubic", 0.48145466, 336},
		{"preset=mae,resize=bilinear,mean=0.5", []int{0, 3, 224, 224}, 256, "bilinear", 0.5, 224},
		{"shorter=300,preset=mae,norm=imagenet", []int{0, 3, 224, 224}, 300, "bicubic", 0.485, 224},
		{"preset=mae,crop-ratio=0.875", []int{0, 3, 384, 384}, 438, "bicubic", 0.485, 384},
		{"preset=mae,crop=no", []int{0, 3, 160, 160}, 0, "bicubic", 0.485, 160},
		{"preset=mae,crop=center", []int{0, 3, 160, 160}, 160, "bicubic", 0.485, 160},
		{"preset=timm:resnet50.a1_in1k", []int{0, 3, 288, 288}, 288, "bicubic", 0.485, 288},
		{"preset=timm:resnet50.a1_in1k", []int{0, 3, 0, 0}, 235, "bicubic", 0.485, 224},
	} {
		in := resolved(t, tt.settings, tt.dims...)
		if in.Shorter != tt.shorter || in.Resize != tt.resize || in.Mean[0] != tt.mean || in.Height != tt.size || in.Round != Round8Bit || !in.Viewed() {
			t.Errorf("%s for %v: %+v", tt.settings, tt.dims, in.NetInput)
		}
	}
	for _, p := range Presets() {
		for _, s := range p.Sizes {
			if in := resolved(t, "preset="+p.Name, 0, 3, s.Size, s.Size); in.Shorter != s.Shorter {
				t.Errorf("%s at %d: shorter side %d", p.Name, s.Size, in.Shorter)
			}
		}
	}
}

// The table of timm's networks says what timm's default_cfgs say (testdata/timm.txt, from timm's source,
// in its own words), for the usual size and the size of the test.
func TestPresetsEqualTimm(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "timm.txt"))
	if err != nil {
		t.Fatal(err)
	}
	means := map[string][2][]float64{"IMAGENET_DEFAULT": {imagenetMean, imagenetStd}, "IMAGENET_INCEPTION": {half, half}}
	known := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var name, interpolation, mean string
		var size, testSize int
		var crop, testCrop float64
		if _, err := fmt.Sscan(line, &name, &size, &crop, &testSize, &testCrop, &interpolation, &mean); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		known["timm:"+name] = true
		for s, ratio := range map[int]float64{size: crop, testSize: testCrop} {
			in := resolved(t, "preset=timm:"+name, 0, 3, s, s)
			if want := int(math.Floor(float64(s) / ratio)); in.Shorter != want || in.Resize != interpolation || in.Crop != "center" ||
				!slices.Equal(in.Mean, means[mean][0]) || !slices.Equal(in.Std, means[mean][1]) {
				t.Errorf("%s at %d: %+v, want shorter=%d, %s, %s", name, s, in.NetInput, want, interpolation, mean)
			}
		}
		if in := resolved(t, "preset=timm:"+name, 0, 3, 0, 0); in.Height != size {
			t.Errorf("%s: usual size %d, want %d", name, in.Height, size)
		}
	}
	for _, p := range Presets() {
		if strings.HasPrefix(p.Name, timmPrefix) && !known[p.Name] {
			t.Errorf("%s is not compared", p.Name)
		}
	}
}

// What does not go together, or would do nothing, is refused with a next step.
func TestViewErrors(t *testing.T) {
	for settings, want := range map[string]string{
		"shorter=200":                 "the shorter side, 200, is smaller than the crop of 224×224",
		"shorter=256,crop-ratio=0.9":  "give one of them",
		"shorter=256,crop=no":         "leave out crop=no",
		"crop-ratio=1.5":              "0.01 to 1",
		"crop=left":                   "want center or no",
		"rules=transformers":          "add crop=center or shorter=N",
		"rules=timm,crop=center":      "want torchvision or transformers",
		"antialias=yes":               "add resize=bilinear or bicubic",
		"resize=nearest,antialias=no": "leave out antialias",
		"round=8bit":                  "add resize=bilinear",
		"round=16bit,crop=center":     "want 8bit or none",
		"preset=resnet":               "want imagenet, clip, dinov2, dinov3, mae or timm:NAME; preset=? lists them all",
		"preset=timm:resnet50.none":   "no preset of that name; known of this network: timm:resnet50.tv_in1k, timm:resnet50.a1_in1k; preset=? lists those of timm",
		"preset=timm:resnet50":        "the name needs the tag of the weights, as timm does not feed all weights of a network in the same way; known of this network: timm:resnet50.tv_in1k, timm:resnet50.a1_in1k",
		"preset=timm:resnet":          "no preset of that name; preset=? lists those of timm",
		"preset=dinov2,size=256x224":  "the network's input",
		"patches=5":                   "token=mean, which is not asked for",
		"token=cls+cls":               "0 is given twice",
		"token=first":                 "cls or mean",
	} {
		_, in, err := ParseNet("a.onnx," + settings)
		if err == nil {
			err = in.Resolve([]int{0, 3, 224, 224})
		}
		if settings == "token=cls+cls" {
			want = "cls is given twice"
		}
		testcheck.Error(t, err, nil, want)
	}
	for _, tt := range []struct {
		settings, want string
		dims           []int
	}{
		{"preset=mae", "preset=mae is known for images of 224 pixels a side, and the network takes 384×384: add shorter=N", []int{0, 3, 384, 384}},
		{"preset=timm:resnet50.a1_in1k", "of 224 or 288 pixels", []int{0, 3, 160, 160}},
		{"crop-ratio=0.9", "is for square images", []int{0, 3, 224, 256}},
		{"crop=center", "have 1 or 3 channels, the network takes 4", []int{0, 4, 8, 8}},
	} {
		_, in, err := ParseNet("a.onnx," + tt.settings)
		if err == nil {
			err = in.Resolve(tt.dims)
		}
		testcheck.Error(t, err, nil, tt.want)
	}
}
