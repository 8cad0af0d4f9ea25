package onnx

import (
	"slices"
	"testing"

	"repbench/internal/testcheck"
)

// resizeData is [1, 1, 5, 4], resizeCount and resizeRow are those of ONNX's tests.
var (
	resizeData  = []float32{3, -1, 4, 1, 5, -9, 2, 6, -5, 3, 5, -8, 9, 7, -9, 3, 2, 3, 8, 4}
	resizeCount = []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	resizeRow   = []float32{1, 2, 3, 4}
)

// Values of torch.nn.functional.interpolate, PyTorch 1.13.0 in float64:
//
//	w = torch.tensor([[3,-1,4,1],[5,-9,2,6],[-5,3,5,-8],[9,7,-9,3],[2,3,8,4]], dtype=torch.float64)[None, None]
//	F.interpolate(w, size=(3, 6), mode=…, align_corners=…, antialias=…), or scale_factor=(3.1/5, 6.1/4)
//
// and those that onnx/backend/test/case/node/resize.py of ONNX 1.17 names, for
// what PyTorch does not compute.
var resizeTests = []struct {
	name          string
	op            string
	opset         int64
	as            attrs
	data          []float32
	height, width int
	scales        []float32
	sizes         []int64
	want          []float32
}{
	{"nearest", "Resize", 13, attrs{"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}, resizeData, 5, 4, nil, []int64{3, 6},
		[]float32{3, 3, -1, 4, 4, 1, 5, 5, -9, 2, 2, 6, 9, 9, 7, -9, -9, 3}},
	{"nearest of old sets", "Resize", 10, attrs{"mode": "nearest"}, resizeData, 5, 4, []float32{.6, 1.5}, nil,
		[]float32{3, 3, -1, 4, 4, 1, 5, 5, -9, 2, 2, 6, 9, 9, 7, -9, -9, 3}},
	{"Upsample", "Upsample", 9, nil, resizeData, 5, 4, []float32{.6, 1.5}, nil,
		[]float32{3, 3, -1, 4, 4, 1, 5, 5, -9, 2, 2, 6, 9, 9, 7, -9, -9, 3}},
	{"nearest-exact", "Resize", 13, attrs{"nearest_mode": "round_prefer_ceil"}, resizeData, 5, 4, nil, []int64{3, 6},
		[]float32{3, -1, -1, 4, 1, 1, -5, 3, 3, 5, -8, -8, 2, 3, 3, 8, 4, 4}},
	{"bilinear", "Resize", 13, attrs{"mode": "linear", "coordinate_transformation_mode": "pytorch_half_pixel"}, resizeData, 5, 4, nil, []int64{3, 6},
		[]float32{3.666667, 0, -2.5, 2.166667, 3, 2.666667, -5, -1, 3.333333, 4.666667, -1.5, -8, 4.333333, 4.333333, 4, 2.666667, 3, 3.666667}},
	{"bilinear, corners aligned", "Resize", 13, attrs{"mode": "linear", "coordinate_transformation_mode": "align_corners"}, resizeData, 5, 4, nil, []int64{3, 6},
		[]float32{3, .6, 0, 3, 2.8, 1, -5, -.2, 3.4, 4.6, -.2, -8, 2, 2.6, 4, 7, 6.4, 4}},
	{"bicubic", "Resize", 13, attrs{"mode": "cubic"}, resizeData, 5, 4, nil, []int64{3, 6},
		[]float32{4.91178, -.6927083, -3.853909, 1.985082, 3.970486, 3.364712, -5.694444, -1.1875, 4.207176, 5.980324, -1.3125, -9.128472,
			5.024884, 4.976273, 4.021219, 2.025849, 2.838542, 4.50688}},
	{"bicubic, corners aligned", "Resize", 13, attrs{"mode": "cubic", "coordinate_transformation_mode": "align_corners"}, resizeData, 5, 4, nil, []int64{3, 6},
		[]float32{3, .012, -.432, 3.312, 3.376, 1, -5, -.32, 4.432, 6.088, .172, -8, 2, 2.072, 4.072, 7.528, 6.988, 4}},
	{"bilinear, antialiased", "Resize", 18, attrs{"mode": "linear", "antialias": 1, "exclude_outside": 1}, resizeData, 5, 4, nil, []int64{3, 6},
		[]float32{3.857143, -.2857143, -3.166667, 1.880952, 3.142857, 3.142857, .3333333, .7777778, 1.222222, 1.222222, -.6111111, -2.444444,
			5, 4.857143, 4.047619, 1.380952, 2.142857, 3.571429}},
	{"bicubic, antialiased", "Resize", 18, attrs{"mode": "cubic", "antialias": 1, "exclude_outside": 1, "cubic_coeff_a": -.5}, resizeData, 5, 4, nil, []int64{3, 6},
		[]float32{4.268421, -.7927602, -4.302849, 2.426781, 3.8181, 3.146964, .304284, .769357, 1.209744, .9916128, -1.066484, -2.839229,
			5.022672, 5.356561, 4.579345, .9821937, 1.863348, 3.682591}},
	{"bicubic by a factor", "Resize", 13, attrs{"mode": "cubic"}, resizeData, 5, 4, []float32{3.1 / 5, 6.1 / 4}, nil,
		[]float32{4.76222, -.4082883, -3.643038, 1.805203, 3.93643, 3.102571, -5.678126, -1.988376, 3.103563, 6.325141, .02795759, -8.466774,
			6.580684, 6.431424, 4.293298, -.5406817, .7422913, 4.854415}},
	{"bicubic to one", "Resize", 13, attrs{"mode": "cubic"}, resizeData, 5, 4, nil, []int64{1, 1}, []float32{5.96875}},
	{"cubic, ends excluded", "Resize", 13, attrs{"mode": "cubic", "cubic_coeff_a": -.5, "exclude_outside": 1}, resizeCount, 4, 4, []float32{.8, .8}, nil,
		[]float32{1.36812675, 2.6695014, 4.0133367, 6.57362535, 7.875, 9.2188353, 11.94896657, 13.25034122, 14.59417652}},
	{"cubic, antialiased, ends repeated", "Resize", 18, attrs{"mode": "cubic", "antialias": 1}, resizeCount, 4, 4, []float32{.6, .6}, nil,
		[]float32{2.5180721, 4.2858863, 9.589329, 11.357142}},
	{"linear, antialiased, ends repeated", "Resize", 18, attrs{"mode": "linear", "antialias": 1}, resizeCount, 4, 4, nil, []int64{3, 3},
		[]float32{2.3636363, 3.590909, 4.818182, 7.2727275, 8.5, 9.727273, 12.181818, 13.409091, 14.636364}},
	{"symmetric", "Resize", 19, attrs{"mode": "linear", "coordinate_transformation_mode": "half_pixel_symmetric"}, resizeRow, 1, 4, []float32{1, .6}, nil, []float32{1.6666667, 3.3333333}},
	{"symmetric, larger", "Resize", 19, attrs{"mode": "linear", "coordinate_transformation_mode": "half_pixel_symmetric"}, resizeRow, 2, 2, []float32{2.3, 2.94}, nil,
		[]float32{1, 1.15986395, 1.5, 1.84013605, 2, 1.56521738, 1.72508133, 2.06521738, 2.40535343, 2.56521738,
			2.43478262, 2.59464657, 2.93478262, 3.27491867, 3.43478262, 3, 3.15986395, 3.5, 3.84013605, 4}},
}

// Resize of weights is computed ahead: what is left is an array of the new size.
func TestResizeOfWeights(t *testing.T) {
	for _, tt := range resizeTests {
		t.Run(tt.name, func(t *testing.T) {
			f := resizing(tt.op, tt.opset, tt.as, "w", tt.scales, tt.sizes)
			f.weights = append(f.weights, floatTensor("w", []int{1, 1, tt.height, tt.width}, tt.data...))
			f.inputs = [][]byte{valueBytes("x", Float32, 0, 1, 1, 1)}
			f.nodes = append(f.nodes, nodeBytes("Add", []string{"r", "x"}, []string{"y"}, nil))
			got, weights := ranWith(t, f, []float32{0}, []int{1, 1, 1, 1})
			if e := testcheck.Difference(t, got, tt.want); e > tolerance {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if len(tt.want) > 1 && !slices.Equal(weights, []int{len(tt.want)}) {
				t.Errorf("the graph has weights of %v elements, want one of %d", weights, len(tt.want))
			}
		})
	}
}

// Resize of what depends on images is a part of the graph; the second channel is
// the first with the other sign.
func TestResizeOfImages(t *testing.T) {
	for _, tt := range resizeTests {
		t.Run(tt.name, func(t *testing.T) {
			f := resizing(tt.op, tt.opset, tt.as, "x", tt.scales, tt.sizes)
			f.inputs = [][]byte{valueBytes("x", Float32, 0, 2, tt.height, tt.width)}
			f.nodes = append(f.nodes, nodeBytes("Identity", []string{"r"}, []string{"y"}, nil))
			x, want := slices.Clone(tt.data), slices.Clone(tt.want)
			for _, v := range tt.data {
				x = append(x, -v)
			}
			for _, v := range tt.want {
				want = append(want, -v)
			}
			got, _ := ranWith(t, f, x, []int{1, 2, tt.height, tt.width})
			if e := testcheck.Difference(t, got, want); e > tolerance {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// resizing is a model with Resize or Upsample of a value of four dimensions; the
// result is r.
func resizing(op string, opset int64, as attrs, of string, scales []float32, sizes []int64) file {
	f := file{opset: opset, outputs: [][]byte{valueBytes("y", Float32)}}
	in := []string{of, "", "", "sizes"}
	switch {
	case scales == nil:
		f.weights = [][]byte{intTensor("sizes", []int{2}, sizes...)}
		if opset < 18 {
			f.weights = [][]byte{intTensor("sizes", []int{4}, append([]int64{1, map[bool]int64{true: 1, false: 2}[of == "w"]}, sizes...)...)}
		}
	default:
		f.weights = [][]byte{floatTensor("scales", []int{4}, append([]float32{1, 1}, scales...)...)}
		if in = []string{of, "", "scales"}; opset < 11 {
			in = []string{of, "scales"}
		}
	}
	if scales == nil && opset >= 18 {
		as = attrsWith(as, "axes", []int{-2, 3})
	}
	f.nodes = [][]byte{nodeBytes(op, in, []string{"r"}, as)}
	return f
}

func attrsWith(as attrs, name string, v any) attrs {
	out := attrs{name: v}
	for k, a := range as {
		out[k] = a
	}
	return out
}

// ranWith gives the model's output for images x [N, C, H, W], in that order too,
// and the number of elements of each array of weights in the graph.
func ranWith(t *testing.T, f file, x []float32, dims []int) (out []float32, weights []int) {
	t.Helper()
	m, err := parse(f.bytes())
	if err != nil {
		t.Fatal(err)
	}
	images, nhwc := toLast(x, dims)
	y, shape, built, err := runBuilt(t, m, images, nhwc, Target{})
	if err != nil {
		t.Fatal(err)
	}
	if len(shape) == 4 {
		y, _ = permute(y, shape, axesFromLast(4))
	}
	return y, built.Elements
}
