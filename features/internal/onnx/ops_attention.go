package onnx

import (
	"math"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// attentionOps are the operators of operator set 23 for transformers.
var attentionOps = map[string]operator{"Attention": attention, "RotaryEmbedding": rotary}

// attention is softmax(scale·Q·Kᵀ, capped and with a mask added)·V for each head. Heads of Q
// share those of K and V in turn if there are fewer, neighbours the same one. As ONNX's
// reference has it since 2026, the cap comes before the mask, so that what a mask hides stays
// hidden. Keys and values of earlier calls are no part of an image encoder and are refused.
func attention(c *call) []value {
	for i, name := range []string{"past_key", "past_value", "nonpad_kv_seqlen"} {
		if c.has(4 + i) {
			panic(unsupported("it has the input %s, of text that is written token by token", name))
		}
	}
	heads := c.integer("q_num_heads", 0)
	q, flat := c.heads(0, heads)
	k, _ := c.heads(1, c.integer("kv_num_heads", 0))
	v, _ := c.heads(2, c.integer("kv_num_heads", 0))
	d, kd, vd := q.Shape().Dimensions, k.Shape().Dimensions, v.Shape().Dimensions
	if kd[0] != d[0] || kd[3] != d[3] || vd[0] != d[0] || vd[1] != kd[1] || vd[2] != kd[2] || d[1]%kd[1] != 0 {
		panic(bad("queries of shape %v, keys of shape %v and values of shape %v", d, kd, vd))
	}
	keys, values := shared(k, d[1]), shared(v, d[1])
	scores := DotGeneral(q, []int{3}, []int{0, 1}, keys, []int{3}, []int{0, 1}) // [N, heads, queries, keys]
	scores = MulScalar(scores, c.float("scale", 1/math.Sqrt(float64(d[3]))))
	raw := scores
	if limit := c.float("softcap", 0); limit > 0 {
		scores = MulScalar(Tanh(DivScalar(scores, limit)), limit)
	}
	weights := Softmax(c.masked(scores), 3)
	y := DotGeneral(weights, []int{3}, []int{0, 1}, values, []int{2}, []int{0, 1})
	if flat {
		y = Reshape(transpose(y, []int{0, 2, 1, 3}), d[0], d[2], d[1]*vd[3])
	}
	out := []value{{node: y}, {node: k}, {node: v}}
	if len(c.n.Outputs) > 3 && c.n.Outputs[3] != "" {
		out = append(out, value{node: c.scores(raw, weights)})
	}
	return out
}

// heads brings input i, [N, heads, places, d] or [N, places, heads·d], into the first form.
func (c *call) heads(i, n int) (x *Node, flat bool) {
	x = c.node(i)
	d := x.Shape().Dimensions
	switch {
	case len(d) == 4:
		return x, false
	case len(d) != 3 || n < 1 || d[2]%n != 0:
		panic(bad("an input of shape %v has %d heads", d, n))
	}
	return transpose(Reshape(x, d[0], d[1], n, d[2]/n), []int{0, 2, 1, 3}), true
}

// shared repeats each head until there are n.
func shared(x *Node, n int) *Node {
	d := x.Shape().Dimensions
	if d[1] == n {
		return x
	}
	x = BroadcastToDims(Reshape(x, d[0], d[1], 1, d[2], d[3]), d[0], d[1], n/d[1], d[2], d[3])
	return Reshape(x, d[0], n, d[2], d[3])
}

// masked adds the mask to the scores [N, heads, queries, keys], or hides where it is false; a mask
// for too few keys hides the others; is_causal hides all keys after a query's own place.
func (c *call) masked(scores *Node) *Node {
	d := scores.Shape().Dimensions
	hidden := func() *Node { return BroadcastToDims(Infinity(c.graph, dtypes.Float32, -1), d...) }
	if c.has(3) {
		mask := c.node(3)
		if n := mask.Rank(); n > 0 && mask.Shape().Dimensions[n-1] < d[3] && mask.Shape().Dimensions[n-1] > 1 {
			fill := Scalar(c.graph, dtypes.Bool, 0)
			if mask.DType() != dtypes.Bool {
				fill = Infinity(c.graph, dtypes.Float32, -1)
			}
			config := make([]compute.PadAxis, n)
			config[n-1].End = d[3] - mask.Shape().Dimensions[n-1]
			mask = Pad(mask, fill, config...)
		}
		if !slices.Equal(broadcastDims(mask.Shape().Dimensions, d), d) {
			panic(bad("a mask of shape %v for scores of shape %v", mask.Shape().Dimensions, d))
		}
		if mask.DType() == dtypes.Bool {
			scores = Where(extend(mask, d), scores, hidden())
		} else {
			scores = Add(scores, Reshape(mask, lengthened(mask.Shape().Dimensions, 4)...))
		}
	}
	if c.flag("is_causal") {
		before := newInts([]int{d[2], d[3]}, true)
		for i := range before.data {
			before.data[i] = truth(i%d[3] <= i/d[3])
		}
		scores = Where(extend(c.device(before), d), scores, hidden())
	}
	return scores
}

// scores is the fourth output of Attention.
func (c *call) scores(raw, weights *Node) *Node {
	switch mode := c.integer("qk_matmul_output_mode", 0); mode {
	case 0:
		return raw
	case 3:
		return weights
	default:
		panic(unsupported("scores of mode %d, which versions of the standard define in different ways", mode))
	}
}

// rotary turns pairs of numbers of each head by angles whose cosines and sines are given for each
// place: the first half with the second, or with interleaved neighbours with one another.
func rotary(c *call) []value {
	x := c.node(0)
	dims := x.Shape().Dimensions
	heads := c.integer("num_heads", 0)
	switch {
	case len(dims) == 4:
		x = transpose(x, []int{0, 2, 1, 3})
	case len(dims) == 3 && heads > 0 && dims[2]%heads == 0:
		x = Reshape(x, dims[0], dims[1], heads, dims[2]/heads)
	default:
		panic(bad("an input of shape %v has %d heads", dims, heads))
	}
	d := x.Shape().Dimensions // [N, places, heads, d]
	turned := c.integer("rotary_embedding_dim", 0)
	if turned == 0 {
		turned = d[3]
	}
	if turned < 2 || turned > d[3] || turned%2 != 0 {
		panic(bad("%d of %d numbers are turned", turned, d[3]))
	}
	cos, sin := c.angles(1, turned/2), c.angles(2, turned/2)
	part := func(from, n, step int) *Node { return SliceAxis(x, 3, AxisRange(from, from+(n-1)*step+1).Stride(step)) }
	half := turned / 2
	var y *Node
	if c.flag("interleaved") {
		a, b := rotated(part(0, half, 2), part(1, half, 2), cos, sin)
		pairs := []*Node{Reshape(a, d[0], d[1], d[2], half, 1), Reshape(b, d[0], d[1], d[2], half, 1)}
		y = Reshape(Concatenate(pairs, 4), d[0], d[1], d[2], turned)
	} else {
		a, b := rotated(part(0, half, 1), part(half, half, 1), cos, sin)
		y = Concatenate([]*Node{a, b}, 3)
	}
	if turned < d[3] {
		y = Concatenate([]*Node{y, part(turned, d[3]-turned, 1)}, 3)
	}
	if len(dims) == 4 {
		y = transpose(y, []int{0, 2, 1, 3})
	}
	return one(Reshape(y, dims...))
}

// rotated turns the pairs (a, b).
func rotated(a, b, cos, sin *Node) (x, y *Node) {
	return Sub(Mul(cos, a), Mul(sin, b)), Add(Mul(sin, a), Mul(cos, b))
}

// angles is input i, [N, places, n] or with position_ids [positions, n], as [N, places, 1, n].
func (c *call) angles(i, n int) *Node {
	x := c.node(i)
	if c.has(3) {
		ids := c.node(3)
		x = Gather(x, Reshape(ids, append(slices.Clone(ids.Shape().Dimensions), 1)...))
	}
	d := x.Shape().Dimensions
	if len(d) != 3 || d[2] != n {
		panic(bad("cosines or sines of shape %v for %d pairs", d, n))
	}
	return Reshape(x, d[0], d[1], 1, d[2])
}
