package features

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"repbench/datasets"
)

// sub is a field of protobuf that holds bytes.
func sub(b []byte, id protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, id, protowire.BytesType), v)
}

// whole is one that holds a number.
func whole(b []byte, id protowire.Number, v int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, id, protowire.VarintType), uint64(v))
}

// netNode is a node of a small network.
type netNode struct {
	op      string
	in, out []string
	ints    map[string]int // attributes
}

// netValue is an input or output with its type, numbered as in onnx.proto.
type netValue struct {
	name string
	kind int
	dims []int // 0 is open
}

func (v netValue) bytes() []byte {
	var shape []byte
	for _, d := range v.dims {
		dim := sub(nil, 2, []byte("n"))
		if d > 0 {
			dim = whole(nil, 1, d)
		}
		shape = sub(shape, 1, dim)
	}
	return sub(sub(nil, 1, []byte(v.name)), 2, sub(nil, 1, sub(whole(nil, 1, v.kind), 2, shape)))
}

// writeNet writes a network with the weights "two", the number 2, and returns
// what Open takes.
func writeNet(t *testing.T, inputs, outputs []netValue, nodes ...netNode) string {
	t.Helper()
	var g []byte
	for _, n := range nodes {
		var b []byte
		for _, s := range n.in {
			b = sub(b, 1, []byte(s))
		}
		for _, s := range n.out {
			b = sub(b, 2, []byte(s))
		}
		b = sub(b, 4, []byte(n.op))
		for name, v := range n.ints {
			b = sub(b, 5, whole(sub(nil, 1, []byte(name)), 3, v))
		}
		g = sub(g, 1, b)
	}
	two := binary.LittleEndian.AppendUint32(nil, math.Float32bits(2))
	g = sub(g, 5, sub(sub(whole(nil, 2, 1), 8, []byte("two")), 9, two))
	for _, v := range inputs {
		g = sub(g, 11, v.bytes())
	}
	for _, v := range outputs {
		g = sub(g, 12, v.bytes())
	}
	path := filepath.Join(t.TempDir(), "net.onnx")
	if err := os.WriteFile(path, sub(sub(whole(nil, 1, 8), 7, g), 8, whole(nil, 2, 13)), 0o644); err != nil {
		t.Fatal(err)
	}
	return "onnx:" + path
}

// imagesOf is an input of 8×8 pixels.
func imagesOf(kind int) netValue { return netValue{"pixel_values", kind, []int{0, 3, 8, 8}} }

// Elements of onnx.proto's TensorProto.DataType.
const protoFloat, protoUint8, protoInt8, protoInt32, protoInt64 = 1, 2, 3, 6, 7

// An output that is of no use is an error that names the outputs that can be used.
func TestNetworkOutputsThatServe(t *testing.T) {
	features := netNode{"Flatten", []string{"pixel_values"}, []string{"image_embeds"}, nil}
	loss := writeNet(t, []netValue{imagesOf(protoFloat)}, []netValue{{"loss", protoFloat, []int{}}, {"image_embeds", protoFloat, []int{0, 192}}, {"classes", protoInt64, nil}}, features,
		netNode{"ReduceMean", []string{"image_embeds"}, []string{"loss"}, map[string]int{"keepdims": 0}},
		netNode{"Cast", []string{"image_embeds"}, []string{"classes"}, map[string]int{"to": protoInt64}})
	alone := writeNet(t, []netValue{imagesOf(protoFloat)}, []netValue{{"loss", protoFloat, []int{}}}, features,
		netNode{"ReduceMean", []string{"image_embeds"}, []string{"loss"}, map[string]int{"keepdims": 0}})
	useless := writeNet(t, []netValue{imagesOf(protoFloat)}, []netValue{{"loss", protoFloat, []int{}}},
		netNode{"ReduceMean", []string{"pixel_values"}, []string{"loss"}, map[string]int{"keepdims": 0}})
	// As Hugging Face's CLIP is exported in one file.
	clip := writeNet(t, []netValue{{"input_ids", protoInt64, []int{0, 77}}, imagesOf(protoFloat), {"attention_mask", protoInt64, []int{0, 77}}},
		[]netValue{{"logits_per_image", protoFloat, nil}, {"text_embeds", protoFloat, nil}, {"image_embeds", protoFloat, nil}}, features,
		netNode{"Cast", []string{"input_ids"}, []string{"text_embeds"}, map[string]int{"to": protoFloat}},
		netNode{"MatMul", []string{"image_embeds", "text_embeds"}, []string{"logits_per_image"}, nil})
	detector := writeNet(t, []netValue{imagesOf(protoFloat)}, []netValue{{"boxes", protoFloat, nil}, {"image_embeds", protoFloat, nil}}, features,
		netNode{"NonMaxSuppression", []string{"image_embeds"}, []string{"boxes"}, nil})
	tests := []struct {
		name, spec string
		want       []string
	}{
		{"scalar loss", loss, []string{`output "loss" is no features of each image, but one number for all images together, as a loss is`, "output=image_embeds"}},
		{"scalar loss alone", alone, []string{`output "loss" is no features of each image, but one number for all images together, as a loss is`, "output=image_embeds"}},
		{"a loss and nothing else", useless, []string{"one number for all images together", "export the network with its features as an output"}},
		{"classes", loss + ",output=classes", []string{`output "classes" is no array of floating-point numbers`, "output=image_embeds"}},
		{"text and images", clip, []string{`output "logits_per_image" is computed from "input_ids" as well as the images "pixel_values"`, "output=image_embeds"}},
		{"text alone", clip + ",output=text_embeds", []string{`"text_embeds" is computed from "input_ids"`, "output=image_embeds"}},
		{"unknown operator", detector, []string{"NonMaxSuppression", "output=image_embeds"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Open(tt.spec, cpu(t), Options{})
			for _, w := range tt.want {
				if err == nil || !strings.Contains(err.Error(), w) {
					t.Errorf("error %v, want one that says %q", err, w)
				}
			}
		})
	}
	for _, spec := range []string{loss, clip} {
		layers, err := open(t, spec+",output=image_embeds", Options{}).Layers(datasets.Images{N: 1, H: 8, W: 8, C: 3, Data: make([]uint8, 192)})
		if err != nil || layers[0].Columns[1] != 192 {
			t.Errorf("%s: %+v (%v)", spec, layers, err)
		}
	}
}

// An input of integers gets the pixels themselves, less a mean.
func TestNetworkOfIntegers(t *testing.T) {
	of := func(kind int) string {
		return writeNet(t, []netValue{imagesOf(kind)}, []netValue{{"y", protoFloat, nil}},
			netNode{"Transpose", []string{"pixel_values"}, []string{"p"}, nil},
			netNode{"Transpose", []string{"p"}, []string{"q"}, nil},
			netNode{"Cast", []string{"q"}, []string{"f"}, map[string]int{"to": protoFloat}},
			netNode{"Mul", []string{"f", "two"}, []string{"m"}, nil},
			netNode{"Flatten", []string{"m"}, []string{"y"}, nil})
	}
	im := datasets.Images{N: 2, H: 8, W: 8, C: 3, Data: make([]uint8, 2*8*8*3)}
	for i := range im.Data {
		im.Data[i] = uint8(i * 37)
	}
	im.Data[0], im.Data[1] = 0, 255
	for _, tt := range []struct {
		name, settings string
		kind           int
		mean           float32
	}{
		{"uint8", "", protoUint8, 0}, {"int32", "", protoInt32, 0}, {"int64 less a mean", ",mean=100", protoInt64, 100},
		{"int8", ",mean=128", protoInt8, 128}, {"uint8 with the defaults said", ",scale=1,mean=0,std=1", protoUint8, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := open(t, of(tt.kind)+tt.settings, Options{BatchSize: 2})
			got := make([]float32, im.N*192)
			if err := e.net.Encode(got, im); err != nil {
				t.Fatal(err)
			}
			want := make([]float32, len(got))
			for i, v := range im.Data { // the network's order is N, C, H, W
				n, p, c := i/192, i%192/3, i%3
				want[n*192+c*64+p] = 2 * (float32(v) - tt.mean)
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got[:12], want[:12])
			}
			if s := e.input.Scale; s != 1 {
				t.Errorf("the scale is recorded as %g", s)
			}
		})
	}
	for _, tt := range []struct{ name, settings, want string }{
		{"scaled", ",scale=1/255", "scale and std must be 1"}, {"imagenet", ",norm=imagenet", "scale and std must be 1"},
		{"half a mean", ",mean=0.5", "mean whole"}, {"below zero", ",mean=10", "uint8 images, 0 to 255"},
	} {
		if _, err := Open(of(protoUint8)+tt.settings, cpu(t), Options{}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one that says %q", tt.name, err, tt.want)
		}
	}
	if _, err := Open(of(protoInt8), cpu(t), Options{}); err == nil || !strings.Contains(err.Error(), "mean=128") {
		t.Errorf("int8 without a mean: error %v", err)
	}
	resized := open(t, of(protoUint8)+",resize=bilinear", Options{BatchSize: 1})
	row := make([]float32, 192)
	if err := resized.net.Encode(row, datasets.Images{N: 1, H: 4, W: 4, C: 3, Data: im.Data[:48]}); err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(row, func(v float32) bool { return v/2 != float32(math.Trunc(float64(v/2))) }); i >= 0 {
		t.Errorf("a resized pixel is fed as %g", row[i]/2)
	}
	mixed := writeNet(t, []netValue{imagesOf(protoUint8)}, []netValue{{"y", protoFloat, nil}},
		netNode{"Mul", []string{"pixel_values", "two"}, []string{"y"}, nil})
	if _, err := Open(mixed, cpu(t), Options{}); err == nil || !strings.Contains(err.Error(), "cast to float32 first") {
		t.Errorf("bytes times a float: error %v", err)
	}
}
