package stacked

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/features/internal/kmeans"
	"repbench/features/internal/patches"
)

// build returns the quadrant sums of the maps of the chosen layers of images
// [N, H, W, C], [N, 4·(K1+K2+K3)], each layer in the order row, column, map.
func (e *Network) build(images *Node) *Node {
	var sums []*Node
	x := patches.DictionaryGraph{Dictionary: e.Dict}.Activations(images)
	for layer := range e.depth() {
		if layer > 0 {
			x = fieldActivations(blockMeans(x, pooled[layer-1]), e.Fields[layer-1])
		}
		if e.takes(layer) {
			sums = append(sums, patches.Quadrants(x))
		}
	}
	return Concatenate(sums, 1)
}

// inputs returns the graph of the maps that a layer reads, counted from 0, with
// the layers before it.
func (e *Network) inputs(layer int) func(images *Node) *Node {
	return func(images *Node) *Node {
		x := patches.DictionaryGraph{Dictionary: e.Dict}.Activations(images)
		for i := range layer - 1 {
			x = fieldActivations(blockMeans(x, pooled[i]), e.Fields[i])
		}
		return blockMeans(x, pooled[layer-1])
	}
}

// blockMeans averages [N, H, W, K] over blocks of side×side positions; rows and
// columns that fill no block are left out.
func blockMeans(x *Node, side int) *Node {
	s := x.Shape().Dimensions
	h, w := s[1]/side, s[2]/side
	x = Slice(x, AxisRange(), AxisRange(0, h*side), AxisRange(0, w*side), AxisRange())
	return ReduceMean(Reshape(x, s[0], h, side, w, side, s[3]), 2, 4)
}

// fieldActivations returns the triangle activations of the fields of a layer at
// every window of maps [N, H, W, channels], [N, H-1, W-1, fields·K]. Each field is
// computed as the first layer is (dictionaryGraph.activations), with the mean of
// the distances over its own centroids; all are groups of one convolution.
func fieldActivations(maps *Node, fields []kmeans.Field) *Node {
	g, n := maps.Graph(), len(fields)
	t, q, k := len(fields[0].Channels), fields[0].Q(), fields[0].K()
	s := maps.Shape().Dimensions
	x := takeChannels(maps, fields)
	byField := Reshape(x, s[0], s[1], s[2], n, t)
	d := float64(fields[0].D())
	total := windowSums(ReduceSum(byField, -1))
	variance := MulScalar(Sub(windowSums(ReduceSum(Square(byField), -1)), MulScalar(Square(total), 1/d)), 1/(d-1))
	filters, shifts, norms, offsets := fieldConstants(fields)
	inverse := Rsqrt(Add(Max(variance, ZerosLike(variance)), Const(g, [][][][]float32{{{offsets}}})))

	kernel := Const(g, tensors.FromFlatDataAndDimensions(filters, fieldSide, fieldSide, t, n*(q+k)))
	y := Convolve(x, kernel).NoPadding().Strides(1).ChannelGroupCount(n).Done()
	y = Reshape(y, s[0], s[1]-fieldSide+1, s[2]-fieldSide+1, n, q+k)
	y = Sub(Mul(y, InsertAxes(inverse, -1)), Const(g, [][][][][]float32{{{shifts}}}))
	z := Slice(y, AxisRange(), AxisRange(), AxisRange(), AxisRange(), AxisRange(0, q))
	projected := Slice(y, AxisRange(), AxisRange(), AxisRange(), AxisRange(), AxisRange(q, q+k))
	active := patches.Triangle(ReduceAndKeep(Square(z), ReduceSum, -1), projected, Const(g, [][][][][]float32{{{norms}}}))
	return Reshape(active, s[0], s[1]-fieldSide+1, s[2]-fieldSide+1, n*k)
}

// fieldConstants returns the kernel [side, side, T, fields·(Q+K)] of the fields'
// whitening and projections, the numbers taken from their responses, [fields][Q+K],
// the numbers added to the squares, [fields][K], and to the variances, [fields].
func fieldConstants(fields []kmeans.Field) (kernel []float32, shifts, norms [][]float32, offsets []float32) {
	q, d := fields[0].Q(), fields[0].D()
	each := q + fields[0].K()
	kernel = make([]float32, d*len(fields)*each)
	for i, f := range fields {
		var whitening [][]float64
		for j := range q {
			whitening = append(whitening, f.Whitening[j*d:(j+1)*d])
		}
		projections, norm := patches.Project(whitening, f.Centroids)
		flat, shift := patches.Centred(append(whitening, projections...), f.Mean)
		for j, v := range flat {
			for p, x := range v {
				kernel[p*len(fields)*each+i*each+j] = float32(x)
			}
		}
		shifts, norms, offsets = append(shifts, shift), append(norms, norm), append(offsets, float32(f.Offset))
	}
	return kernel, shifts, norms, offsets
}

// takeChannels gives each field its maps, one after the other: [N, H, W,
// fields·T]. Maps are copied as rows of the transposed matrix.
func takeChannels(maps *Node, fields []kmeans.Field) *Node {
	s := maps.Shape().Dimensions
	var index [][]int32
	for _, f := range fields {
		for _, c := range f.Channels {
			index = append(index, []int32{int32(c)})
		}
	}
	rows := Transpose(Reshape(maps, s[0]*s[1]*s[2], s[3]), 0, 1)
	taken := Transpose(Gather(rows, Const(maps.Graph(), index)), 0, 1)
	return Reshape(taken, s[0], s[1], s[2], len(index))
}

// windowSums adds up [N, H, W, fields] over windows of side fieldSide.
func windowSums(x *Node) *Node {
	s := x.Shape().Dimensions
	var sum *Node
	for r := range fieldSide {
		for c := range fieldSide {
			part := Slice(x, AxisRange(), AxisRange(r, s[1]-fieldSide+1+r), AxisRange(c, s[2]-fieldSide+1+c), AxisRange())
			if sum == nil {
				sum = part
				continue
			}
			sum = Add(sum, part)
		}
	}
	return sum
}
