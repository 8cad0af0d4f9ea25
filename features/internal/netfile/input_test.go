package netfile

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"

	"repbench/datasets/resize"
	"repbench/features/store"
	"repbench/internal/testcheck"
)

func TestParseNetSettings(t *testing.T) {
	for _, tt := range []struct {
		text string
		want store.NetInput
	}{
		{"a.onnx", store.NetInput{}},
		{"a.onnx,size=7", store.NetInput{Height: 7, Width: 7}},
		{"a.onnx,size=7x9", store.NetInput{Height: 7, Width: 9}},
		{"a.onnx,size=16384", store.NetInput{Height: 16384, Width: 16384}},
		{"a.onnx,layout=nhwc,color=bgr", store.NetInput{Layout: "nhwc", Color: "bgr"}},
		{"a.onnx,scale=1/4", store.NetInput{Scale: 0.25}},
		{"a.onnx,scale=-3/2", store.NetInput{Scale: -1.5}},
		{"a.onnx,mean=1,2,3,std=4", store.NetInput{Mean: []float64{1, 2, 3}, Std: []float64{4}}},
		{"a.onnx,std=1e1,-2,resize=bicubic", store.NetInput{Std: []float64{10, -2}, Resize: "bicubic"}},
		{"a.onnx,output=a,b", store.NetInput{Output: "a,b"}},
		{"a.onnx,token=0", store.NetInput{Token: new(0)}},
	} {
		if tt.want.Layout == "" {
			tt.want.Layout = "nchw"
		}
		if tt.want.Color == "" {
			tt.want.Color = "rgb"
		}
		file, in, err := ParseNet(tt.text)
		if err != nil || file != "a.onnx" || !same(in.NetInput, tt.want) {
			t.Errorf("%s: file %s, %+v (%v), want %+v", tt.text, file, in, err, tt.want)
		}
	}
}

// same compares two inputs, tokens by their value.
func same(a, b store.NetInput) bool {
	tokens := a.Token == b.Token || a.Token != nil && b.Token != nil && *a.Token == *b.Token
	return tokens && a.Height == b.Height && a.Width == b.Width && a.Layout == b.Layout && a.Color == b.Color && a.Scale == b.Scale &&
		slices.Equal(a.Mean, b.Mean) && slices.Equal(a.Std, b.Std) && a.Resize == b.Resize && a.Output == b.Output
}

func TestParseNetErrors(t *testing.T) {
	for text, want := range map[string]string{
		",size=3":               "the name of a file is missing",
		"a,size=0":              `size=0: "0" is no whole number from 1 to 16384`,
		"a,size=16385":          `"16385" is no whole number from 1 to 16384`,
		"a,size=3x":             `size=3x: "" is no whole number`,
		"a,size=3x4x5":          `"4x5" is no whole number`,
		"a,layout=hwc":          "layout=hwc: want nchw or nhwc",
		"a,color=red":           "color=red: want rgb or bgr or grey",
		"a,norm=cifar":          "norm=cifar: want imagenet",
		"a,scale=1/x":           `"1/x" is no finite number other than 0`,
		"a,scale=0/1":           `"0/1" is no finite number other than 0`,
		"a,scale=inf":           `"inf" is no finite number other than 0`,
		"a,mean=1,,2":           `mean=1,,2: "" is no finite number`,
		"a,std=nan":             `"nan" is no finite number`,
		"a,output=":             "output=: it is empty",
		"a,token=-1":            `"-1" is no whole number from 0 to 1048576`,
		"a,b":                   `"b" is not key=value; the keys are size, layout`,
		"a,speed=1":             `no setting "speed"; there are size, layout`,
		"a,mean=1,mean=1":       "mean is given twice",
		"a,std=1,norm=imagenet": "norm= sets mean and std; give it or them",
	} {
		_, _, err := ParseNet(text)
		testcheck.Error(t, err, nil, want)
	}
}

func TestResolve(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		dims       []int
		want       [3]int // height, width, channels
		err        string
	}{
		{"from the file", "a", []int{0, 3, 5, 7}, [3]int{5, 7, 3}, ""},
		{"channels last", "a,layout=nhwc", []int{0, 5, 7, 1}, [3]int{5, 7, 1}, ""},
		{"unknown shape", "a,size=5x7", nil, [3]int{5, 7, 3}, ""},
		{"half open", "a,size=5x7", []int{0, 4, 5, 0}, [3]int{5, 7, 4}, ""},
		{"the same size", "a,size=5x7", []int{9, 3, 5, 7}, [3]int{5, 7, 3}, ""},
		{"open", "a", []int{0, 3, 0, 0}, [3]int{}, "add size=N"},
		{"another width", "a,size=5", []int{0, 3, 5, 7}, [3]int{}, "size=5: the network's input is 5×7"},
		{"laid out otherwise", "a", []int{0, 5, 7, 3}, [3]int{}, "has 5 channels; if it is laid out otherwise, add layout=nhwc"},
		{"laid out otherwise, channels last", "a,layout=nhwc", []int{0, 3, 5, 7}, [3]int{}, "has 7 channels; if it is laid out otherwise, add layout=nchw"},
		{"blue first of one channel", "a,color=bgr", []int{0, 1, 5, 7}, [3]int{}, "color=bgr: the network takes images with 1 channels"},
		{"two means", "a,mean=1,2", []int{0, 3, 5, 7}, [3]int{}, "mean has 2 numbers, the network takes 3 channels"},
		{"negative deviation", "a,std=-1", []int{0, 3, 5, 7}, [3]int{}, "std holds -1"},
		{"mean beyond float32", "a,mean=1e39", []int{0, 3, 5, 7}, [3]int{}, "mean holds 1e+39"},
	} {
		_, in, err := ParseNet(tt.text)
		if err != nil {
			t.Fatal(err)
		}
		if err := in.Resolve(tt.dims); tt.err != "" {
			testcheck.Error(t, err, nil, tt.err)
		} else if got := [3]int{in.Height, in.Width, in.Channels}; err != nil || got != tt.want || len(in.Mean) != got[2] || len(in.Std) != got[2] {
			t.Errorf("%s: %+v (%v), want %v", tt.name, in, err, tt.want)
		}
	}
}

// An input of integers holds what enters, or the error says the range.
func TestFeed(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		as         dtypes.DType
		scale      float64
		err        string
	}{
		{"float32", "a", dtypes.Float32, 1. / 255, ""},
		{"given", "a,scale=2", dtypes.Float32, 2, ""},
		{"uint8", "a", dtypes.Uint8, 1, ""},
		{"int8 less 128", "a,mean=128", dtypes.Int8, 1, ""},
		{"int32", "a,mean=100", dtypes.Int32, 1, ""},
		{"int8 as it is", "a", dtypes.Int8, 0, "int8 images, -128 to 127, and pixels less mean=0 are 0 to 255: set mean, such as mean=128 for int8"},
		{"int8 less 127", "a,mean=127", dtypes.Int8, 0, "are -127 to 128"},
		{"uint8 less 1", "a,mean=0,1,0", dtypes.Uint8, 0, "uint8 images, 0 to 255, and pixels less mean=1 are -1 to 254"},
		{"a broken mean", "a,mean=0.5", dtypes.Uint8, 0, "mean whole"},
		{"a scale", "a,scale=1/255", dtypes.Uint8, 0, "leave out scale, norm, mean and std"},
		{"a deviation", "a,std=2", dtypes.Int32, 0, "scale and std must be 1"},
	} {
		_, in, err := ParseNet(tt.text)
		if err == nil {
			err = in.Resolve([]int{0, 3, 5, 5})
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := in.feed(tt.as); tt.err != "" {
			testcheck.Error(t, err, nil, tt.err)
		} else if err != nil || in.Scale != tt.scale {
			t.Errorf("%s: scale %g (%v), want %g", tt.name, in.Scale, err, tt.scale)
		}
	}
}

// Rows of the matrix add up to 1, mirror one another, keep a line of its own length, and are
// zero beyond the filter's support.
func TestResamplingProperties(t *testing.T) {
	const tolerance = 1e-6 // sums of at most 40 float32 below 1
	for method, support := range map[string]float64{ResizeBilinear: resize.Bilinear.Support(), ResizeBicubic: resize.Bicubic.Support()} {
		for _, in := range []int{1, 2, 3, 8, 13, 40} {
			for _, out := range []int{1, 2, 5, 13, 64} {
				m := resampling(method, in, out)
				scale := float64(in) / float64(out)
				for i, row := range m {
					sum := 0.0
					for j, v := range row {
						sum += float64(v)
						if d := math.Abs(float64(v - m[out-1-i][in-1-j])); d > tolerance {
							t.Errorf("%s %d to %d: weight %d, %d differs by %g from its mirror image", method, in, out, i, j, d)
						}
						if far := math.Abs(float64(j)+0.5-(float64(i)+0.5)*scale) / max(scale, 1); v != 0 && far > support {
							t.Errorf("%s %d to %d: weight %d, %d is %g at distance %g", method, in, out, i, j, v, far)
						}
						if in == out && math.Abs(float64(v)-map[bool]float64{true: 1}[i == j]) > tolerance {
							t.Errorf("%s %d to itself: weight %d, %d is %g", method, in, i, j, v)
						}
					}
					if len(row) != in || math.Abs(sum-1) > tolerance {
						t.Errorf("%s %d to %d: row %d has %d weights with the sum %g", method, in, out, i, len(row), sum)
					}
				}
			}
		}
	}
}

// By hand, bilinear: 4 pixels to 2 with triangles of half width 2 about 1 and 3, whose weights
// 3/4, 3/4, 1/4 have the sum 7/4 where the image ends; 1 pixel to 3 repeats it.
func TestResamplingByHand(t *testing.T) {
	want := [][]float32{{3. / 7, 3. / 7, 1. / 7, 0}, {0, 1. / 7, 3. / 7, 3. / 7}}
	for i, row := range resampling(ResizeBilinear, 4, 2) {
		if e := testcheck.Difference(t, row, want[i]); e > 1e-6 {
			t.Errorf("row %d is %v, want %v", i, row, want[i])
		}
	}
	for i, row := range resampling(ResizeBicubic, 1, 3) {
		if row[0] != 1 {
			t.Errorf("pixel %d of one is %g times it", i, row[0])
		}
	}
}
