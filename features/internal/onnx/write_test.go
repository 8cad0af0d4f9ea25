package onnx

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// What follows writes small models, so that tests can say what PyTorch does not
// export.

func bytesField(b []byte, id protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, id, protowire.BytesType), v)
}

func textField(b []byte, id protowire.Number, v string) []byte { return bytesField(b, id, []byte(v)) }

func intField(b []byte, id protowire.Number, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, id, protowire.VarintType), uint64(v))
}

// attrs are attributes of a node: int, []int, float64, []float64, string, a tensor's bytes, a
// graph or a reference.
type attrs map[string]any

// inner is a graph in an attribute; ref names the attribute of the function around it.
type (
	inner file
	ref   string
)

func (f inner) graph() []byte { return file(f).graph() }

func attributeBytes(name string, v any) []byte {
	b := textField(nil, 1, name)
	switch v := v.(type) {
	case int:
		return intField(b, 3, int64(v))
	case []int:
		for _, i := range v {
			b = intField(b, 8, int64(i)) // not packed, as old files have it
		}
		return b
	case float64:
		return protowire.AppendFixed32(protowire.AppendTag(b, 2, protowire.Fixed32Type), math.Float32bits(float32(v)))
	case string:
		return textField(b, 4, v)
	case []byte:
		return bytesField(b, 5, v)
	case inner:
		return bytesField(b, 6, v.graph())
	case ref:
		return textField(b, 21, string(v))
	case []float64:
		for _, f := range v {
			b = protowire.AppendFixed32(protowire.AppendTag(b, 7, protowire.Fixed32Type), math.Float32bits(float32(f)))
		}
		return b
	}
	panic(v)
}

func nodeBytes(op string, in, out []string, as attrs) []byte {
	var b []byte
	for _, s := range in {
		b = textField(b, 1, s)
	}
	for _, s := range out {
		b = textField(b, 2, s)
	}
	b = textField(textField(b, 3, "the "+op), 4, op)
	for name, v := range as {
		b = bytesField(b, 5, attributeBytes(name, v))
	}
	return b
}

// tensorBytes has its elements in raw_data, as the type wants them.
func tensorBytes(name string, kind DataType, dims []int, raw []byte) []byte {
	return bytesField(tensorHead(name, kind, dims), 9, raw)
}

func tensorHead(name string, kind DataType, dims []int) []byte {
	var b []byte
	for _, d := range dims {
		b = intField(b, 1, int64(d))
	}
	return textField(intField(b, 2, int64(kind)), 8, name)
}

func floatTensor(name string, dims []int, v ...float32) []byte {
	var raw []byte
	for _, f := range v {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(f))
	}
	return tensorBytes(name, Float32, dims, raw)
}

func intTensor(name string, dims []int, v ...int64) []byte {
	var raw []byte
	for _, i := range v {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(i))
	}
	return tensorBytes(name, Int64, dims, raw)
}

func boolTensor(name string, dims []int, v ...byte) []byte { return tensorBytes(name, Bool, dims, v) }

// valueBytes declares an input or output; a dimension of 0 gets a name.
func valueBytes(name string, kind DataType, dims ...int) []byte {
	var shape []byte
	for _, d := range dims {
		if d == 0 {
			shape = bytesField(shape, 1, textField(nil, 2, "n"))
		} else {
			shape = bytesField(shape, 1, intField(nil, 1, int64(d)))
		}
	}
	tensor := bytesField(intField(nil, 1, int64(kind)), 2, shape)
	return bytesField(textField(nil, 1, name), 2, bytesField(nil, 1, tensor))
}

// file is a model to be written.
type file struct {
	opset           int64
	inputs, outputs [][]byte
	nodes, weights  [][]byte
	functions       [][]byte
}

func (f file) graph() []byte {
	var g []byte
	for id, list := range map[protowire.Number][][]byte{1: f.nodes, 5: f.weights, 11: f.inputs, 12: f.outputs} {
		for _, b := range list {
			g = bytesField(g, id, b)
		}
	}
	return g
}

func (f file) bytes() []byte {
	b := intField(nil, 1, 8)
	b = bytesField(b, 7, f.graph())
	for _, fn := range f.functions {
		b = bytesField(b, 25, fn)
	}
	return bytesField(b, 8, intField(nil, 2, f.opset))
}

// functionBytes is a function of the domain "local"; attributes with a value have it as their default.
func functionBytes(name string, opset int64, in, out []string, as attrs, nodes ...[]byte) []byte {
	b := textField(textField(nil, 1, name), 10, "local")
	for _, s := range in {
		b = textField(b, 4, s)
	}
	for _, s := range out {
		b = textField(b, 5, s)
	}
	for s, v := range as {
		if v == nil {
			b = textField(b, 6, s)
		} else {
			b = bytesField(b, 11, attributeBytes(s, v))
		}
	}
	for _, n := range nodes {
		b = bytesField(b, 7, n)
	}
	return bytesField(b, 9, intField(nil, 2, opset))
}

// local is a node that calls a function.
func local(name string, in, out []string, as attrs) []byte {
	return textField(nodeBytes(name, in, out, as), 7, "local")
}

// single is a model of one node on the image x and weights, with the output y.
func single(opset int64, op string, as attrs, in []string, weights ...[]byte) file {
	return file{opset: opset, weights: weights,
		inputs: [][]byte{valueBytes("x", Float32, 0, 2, 1, 3)}, outputs: [][]byte{valueBytes("y", Float32)},
		nodes: [][]byte{nodeBytes(op, append([]string{"x"}, in...), []string{"y"}, as)}}
}
