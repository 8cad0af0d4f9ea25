package onnx

import (
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
)

// indexOps pick elements by indices that are known while the graph is built.
var indexOps = map[string]operator{
	"Gather": gather, "GatherElements": gatherElements, "GatherND": gatherND,
	"Compress": compress, "NonZero": nonZero, "OneHot": oneHot, "EyeLike": eyeLike,
}

// gather picks places along an axis; the axes of the indices take its place.
func gather(c *call) []value {
	x := c.node(0)
	a := axis(c.integer("axis", 0), x.Rank())
	at := c.indices(x.Shape().Dimensions[a])
	if len(at.data) == 1 {
		part := SliceAxis(x, a, AxisElem(int(at.data[0])))
		return one(Reshape(part, slices.Concat(x.Shape().Dimensions[:a], at.dims, x.Shape().Dimensions[a+1:])...))
	}
	return one(c.picked(x, a, at))
}

// picked puts the parts of x that indices name along axis a in the place of that axis.
func (c *call) picked(x *Node, a int, at *ints) *Node {
	front := []int{a}
	for i := range x.Rank() {
		if i != a {
			front = append(front, i)
		}
	}
	y := Gather(transpose(x, front), c.device(at.reshaped(append(slices.Clone(at.dims), 1))))
	// Of the result [indices …, axes before a …, axes after a …], the axes before a come first.
	n := len(at.dims)
	var perm []int
	for i := range a {
		perm = append(perm, n+i)
	}
	for i := range n {
		perm = append(perm, i)
	}
	for i := n + a; i < y.Rank(); i++ {
		perm = append(perm, i)
	}
	return transpose(y, perm)
}

// along takes places along axis a of the file's order.
func (c *call) along(v value, a int, places []int) value {
	if v.host != nil {
		return value{host: v.host.take(a, places)}
	}
	if len(places) == 0 {
		panic(unsupported("a part of length 0 is cut out"))
	}
	v = c.onDevice(v)
	return v.like(c.picked(v.node, v.at(a), list(places...)))
}

// counted makes an index into an axis of length n count from the front.
func counted(v int64, n int) int {
	if v < int64(-n) || v >= int64(n) {
		panic(unsupported("index %d into an axis of length %d", v, n))
	}
	if v < 0 {
		v += int64(n)
	}
	return int(v)
}

// elementPlaces are the places, in an array of shape dims, of the elements that indices along
// an axis name: those of their own place on the other axes.
func elementPlaces(dims []int, a int, at *ints) []int {
	if len(at.dims) != len(dims) {
		panic(bad("indices of shape %v into an array of shape %v", at.dims, dims))
	}
	for i, d := range at.dims {
		if i != a && d > dims[i] {
			panic(bad("indices of shape %v into an array of shape %v", at.dims, dims))
		}
	}
	out := make([]int, len(at.data))
	place := make([]int, len(dims))
	for i, v := range at.data {
		for k, p := range place {
			if k == a {
				p = counted(v, dims[a])
			}
			out[i] = out[i]*dims[k] + p
		}
		for k := len(place) - 1; k >= 0; k-- {
			if place[k]++; place[k] < at.dims[k] {
				break
			}
			place[k] = 0
		}
	}
	return out
}

// partPlaces are the places of the parts that the vectors at the end of the indices name, counted
// in parts of the dimensions that are left; the first batch dimensions are those of the indices.
func partPlaces(dims []int, at *ints, batch int) (places []int, part []int) {
	depth := 0
	if len(at.dims) > 0 {
		depth = at.dims[len(at.dims)-1]
	}
	if depth < 1 || batch < 0 || batch >= len(at.dims) || batch+depth > len(dims) || !slices.Equal(at.dims[:batch], dims[:batch]) {
		panic(bad("indices of shape %v into an array of shape %v", at.dims, dims))
	}
	places = make([]int, len(at.data)/depth)
	each := len(places) / max(1, size(dims[:batch])) // vectors of one place of the batch
	for i := range places {
		if batch > 0 {
			places[i] = i / each
		}
		for k, v := range at.data[i*depth : (i+1)*depth] {
			places[i] = places[i]*dims[batch+k] + counted(v, dims[batch+k])
		}
	}
	return places, dims[batch+depth:]
}

// rows picks rows of x [n, part] by their places and gives the result a shape.
func (c *call) rows(x *Node, places, dims []int) *Node {
	if len(places) == 0 {
		panic(unsupported("no element is picked"))
	}
	checkSize(dims, maxElements)
	return Reshape(Gather(x, c.device(list(places...).reshaped([]int{len(places), 1}))), dims...)
}

// inParts views x as rows of n elements.
func inParts(x *Node, n int) *Node { return Reshape(x, x.Shape().Size()/n, n) }

// gatherElements picks one element for each index.
func gatherElements(c *call) []value {
	x, at := c.node(0), c.known(1)
	dims := x.Shape().Dimensions
	places := elementPlaces(dims, axis(c.integer("axis", 0), len(dims)), at)
	return one(c.rows(inParts(x, 1), places, at.dims))
}

// gatherND picks the parts that vectors of indices name.
func gatherND(c *call) []value {
	x, at := c.node(0), c.known(1)
	places, part := partPlaces(x.Shape().Dimensions, at, c.integer("batch_dims", 0))
	return one(c.rows(inParts(x, size(part)), places, slices.Concat(at.dims[:len(at.dims)-1], part)))
}

// compress takes the places along an axis, or of all elements, where a condition holds.
func compress(c *call) []value {
	v := c.input(0)
	var places []int
	for i, b := range c.known(1).data {
		if b != 0 {
			places = append(places, i)
		}
	}
	a := 0
	if _, ok := c.attribute("axis"); ok {
		a = axis(c.integer("axis", 0), len(v.dims()))
	} else {
		v = value{node: Reshape(c.node(0), size(v.dims()))}
	}
	if n := v.dims()[a]; len(places) > 0 && places[len(places)-1] >= n {
		panic(bad("a condition of %d truth values for an axis of length %d", len(c.known(1).data), n))
	}
	return []value{c.along(v, a, places)}
}

// nonZero lists the places of the elements that are not zero, one row for each axis.
func nonZero(c *call) []value {
	v := c.input(0)
	if v.node != nil {
		panic(unsupported("it looks for the places of values that depend on the images; shapes must not depend on them"))
	}
	numbers := c.floats(0)
	dims := v.dims()
	if len(dims) == 0 {
		dims = []int{1}
	}
	var places []int
	for i, f := range numbers {
		if f != 0 {
			places = append(places, i)
		}
	}
	out := newInts([]int{len(dims), len(places)}, false)
	for i, p := range places {
		for k := len(dims) - 1; k >= 0; k-- {
			out.data[k*len(places)+i] = int64(p % dims[k])
			p /= dims[k]
		}
	}
	return []value{{host: out}}
}

// oneHot has the second of two values where the place along a new axis is the index, counted
// from the front or the end, and the first elsewhere.
func oneHot(c *call) []value {
	at := c.node(0)
	depth := c.number(1)
	if !(depth >= 1 && depth <= maxSide) {
		panic(unsupported("a depth of %g", depth))
	}
	values := c.node(2)
	if values.Shape().Size() != 2 {
		panic(bad("its values are of shape %v", values.Shape().Dimensions))
	}
	a := axis(c.integer("axis", -1), at.Rank()+1)
	dims := slices.Insert(slices.Clone(at.Shape().Dimensions), a, int(depth))
	checkSize(dims, maxElements)
	places := make([]int, int(depth))
	for i := range places {
		places[i] = i
	}
	line := slices.Repeat([]int{1}, len(dims))
	line[a] = int(depth)
	iota := ConvertDType(c.device(list(places...).reshaped(line)), at.DType())
	at = extend(Reshape(at, slices.Insert(slices.Clone(at.Shape().Dimensions), a, 1)...), dims)
	iota = extend(iota, dims)
	hot := Or(Equal(at, iota), Equal(AddScalar(at, depth), iota))
	side := func(i int) *Node { return extend(Reshape(SliceAxis(values, 0, AxisElem(i))), dims) }
	return one(Where(hot, side(1), side(0)))
}

// eyeLike has ones on a diagonal of a matrix of the shape of its input.
func eyeLike(c *call) []value {
	dims := c.input(0).dims()
	if len(dims) != 2 {
		panic(bad("a matrix of %d dimensions", len(dims)))
	}
	out := newInts(slices.Clone(dims), false)
	for i := range dims[0] {
		if j := i + c.integer("k", 0); j >= 0 && j < dims[1] {
			out.data[i*dims[1]+j] = 1
		}
	}
	kind := DataType(c.integer("dtype", int(Float32)))
	if c.input(0).host != nil {
		kind = DataType(c.integer("dtype", int(Int64)))
	}
	if kind.IsFloat() {
		return one(c.floats32(out))
	}
	return []value{{host: out}}
}
