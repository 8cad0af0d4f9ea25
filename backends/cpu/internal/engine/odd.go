package engine

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/pkg/errors"
)

// The options of the operations below hold values: recording moves the values to the inputs,
// and making the operation puts them back.

// hidden returns the values that ps point to, in order; nil values are kept.
func hidden(ps ...*compute.Value) []compute.Value {
	vs := make([]compute.Value, len(ps))
	for i, p := range ps {
		vs[i] = *p
	}
	return vs
}

// put sets the values that ps point to.
func put(vs []compute.Value, ps ...*compute.Value) {
	for i, p := range ps {
		*p = vs[i]
	}
}

// DynamicReshape implements compute.Function.
func (f *Function) DynamicReshape(x compute.Value, dims ...compute.DynamicDimensionSpec) (compute.Value, error) {
	dims = slices.Clone(dims)
	in := []compute.Value{x}
	for _, d := range dims {
		in = append(in, d.Value)
	}
	return one(f.record(compute.OpTypeDynamicReshape, nil, in, func(t compute.Function, in []compute.Value) ([]compute.Value, error) {
		again := slices.Clone(dims)
		for i := range again {
			again[i].Value = in[1+i]
		}
		return list1(t.DynamicReshape(in[0], again...))
	}))
}

// copied returns a copy that the caller cannot change.
func copied[T any](p *T) *T {
	c := *p
	return &c
}

// FusedQuantizedDense implements compute.Function.
func (f *Function) FusedQuantizedDense(x, weights, bias compute.Value, q *compute.Quantization, activation compute.ActivationType) (compute.Value, error) {
	if q == nil {
		return nil, errors.New("cpu: FusedQuantizedDense needs to know how its weights are quantized")
	}
	q = copied(q)
	in := append([]compute.Value{x, weights, bias}, hidden(&q.Scale, &q.ZeroPoint)...)
	return one(f.record(compute.OpTypeFusedQuantizedDense, nil, in, func(t compute.Function, in []compute.Value) ([]compute.Value, error) {
		c := copied(q)
		put(in[3:], &c.Scale, &c.ZeroPoint)
		return list1(t.FusedQuantizedDense(in[0], in[1], in[2], c, activation))
	}))
}

// QuantizedEmbeddingLookup implements compute.Function.
func (f *Function) QuantizedEmbeddingLookup(data, indices compute.Value, q *compute.Quantization) (compute.Value, error) {
	if q == nil {
		return nil, errors.New("cpu: QuantizedEmbeddingLookup needs to know how its data are quantized")
	}
	q = copied(q)
	in := append([]compute.Value{data, indices}, hidden(&q.Scale, &q.ZeroPoint)...)
	return one(f.record(compute.OpTypeQuantizedEmbeddingLookup, nil, in, func(t compute.Function, in []compute.Value) ([]compute.Value, error) {
		c := copied(q)
		put(in[2:], &c.Scale, &c.ZeroPoint)
		return list1(t.QuantizedEmbeddingLookup(in[0], in[1], c))
	}))
}

// attention returns a copy of o, which may be nil, and pointers to the values in the copy.
func attention(o *compute.ScaledDotProductAttentionConfig) (*compute.ScaledDotProductAttentionConfig, []*compute.Value) {
	c := &compute.ScaledDotProductAttentionConfig{}
	if o != nil {
		*c = *o
	}
	return c, []*compute.Value{&c.QuerySeqLen, &c.KeyValueSeqLen, &c.Bias, &c.Mask}
}

// FusedScaledDotProductAttention implements compute.Function.
func (f *Function) FusedScaledDotProductAttention(query, key, value compute.Value, layout compute.AttentionAxesLayout,
	options *compute.ScaledDotProductAttentionConfig) (compute.Value, []compute.Value, error) {
	options, inside := attention(options)
	in := append([]compute.Value{query, key, value}, hidden(inside...)...)
	vs, err := all(f.record(compute.OpTypeFusedScaledDotProductAttention, nil, in, func(t compute.Function, in []compute.Value) ([]compute.Value, error) {
		c, inside := attention(options)
		put(in[3:], inside...)
		out, states, err := t.FusedScaledDotProductAttention(in[0], in[1], in[2], layout, c)
		return append([]compute.Value{out}, states...), err
	}))
	if err != nil {
		return nil, nil, err
	}
	return vs[0], vs[1:], nil
}

// FusedScaledDotProductAttentionVJP implements compute.Function.
func (f *Function) FusedScaledDotProductAttentionVJP(query, key, value compute.Value, layout compute.AttentionAxesLayout,
	options *compute.ScaledDotProductAttentionConfig, output compute.Value, states []compute.Value, gradient compute.Value) (a, b, c compute.Value, err error) {
	options, inside := attention(options)
	in := append([]compute.Value{query, key, value, output, gradient}, hidden(inside...)...)
	n := len(in)
	return three(f.record(compute.OpTypeFusedScaledDotProductAttentionVJP, nil, append(in, states...), func(t compute.Function, in []compute.Value) ([]compute.Value, error) {
		c, inside := attention(options)
		put(in[5:n], inside...)
		return list3(t.FusedScaledDotProductAttentionVJP(in[0], in[1], in[2], layout, c, in[3], in[n:], in[4]))
	}))
}
