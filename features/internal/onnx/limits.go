package onnx

import "slices"

// limits count what a network may still take while it is built.
type limits struct {
	ints      int // elements of all arrays on the host
	constants int // elements of all constants that were put into the graph
	budget    int // elements that may still be computed ahead from weights
	work      int // operations that may still be done on the host
	decoded   int // elements that quantised weights may still be decoded into
	inner     int // how deep the graph being built lies in others
	images    int // how many images there are at once, 0 if that is not known
}

// check refuses nodes without elements and absurdly large ones, and too many
// integers.
func (b *builder) check(v value) {
	for _, part := range v.list {
		b.check(part)
	}
	if v.host != nil {
		if b.limits.ints += len(v.host.data); b.limits.ints > maxAllInts {
			panic(unsupported("more than %d integers are computed from shapes", maxAllInts))
		}
	}
	if v.node == nil {
		return
	}
	dims := v.node.Shape().Dimensions
	if slices.Contains(dims, 0) {
		panic(unsupported("its result is empty, of shape %v", dims))
	}
	if n := checkSize(dims, maxElements); b.limits.images > 0 && n/b.limits.images > maxPerImage {
		panic(unsupported("its result of shape %v has more than %d numbers for each image", dims, maxPerImage))
	}
}

// spendConstant counts a constant that enters the graph.
func (b *builder) spendConstant(elements int) {
	if b.limits.constants += elements; b.limits.constants > maxConstants {
		panic(unsupported("the constants that it computes from shapes have more than %d elements", maxConstants))
	}
}

// spendWork counts operations on the host.
func (b *builder) spendWork(operations int) {
	if b.limits.work -= operations; b.limits.work < 0 {
		panic(unsupported("computing what follows from weights and shapes takes more than %d operations", maxWork))
	}
}
