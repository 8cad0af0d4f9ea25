package nnc

import (
	"context"
	"fmt"
	"slices"

	"repbench/internal/released"
)

// Numbers of real images, in the order of the released code, whose points are told. The released code
// trains on five sixths of MNIST's training images.
var realNumbers = []int64{1000, 10_000}

// Real classifies the test images by their nearest training image, which are bytes: among all, the
// first five sixths of the file, the five sixths that the released code trains on, and the first
// 10,000 and 1,000 of these.
func Real(ctx context.Context, test, train Set, o Options) ([]RealPoint, error) {
	if test.Bytes == nil || train.Bytes == nil {
		return nil, fmt.Errorf("%w: real images are compared as bytes", ErrInput)
	}
	o.Bytes = true
	part := int64(train.N - train.N/6)
	inFile, err := realPoints(ctx, test, memory{train, nil}, []int64{part, int64(train.N)}, o)
	if err != nil {
		return nil, err
	}
	numbers := slices.DeleteFunc(slices.Clone(realNumbers), func(n int64) bool { return n >= part })
	ordered, err := realPoints(ctx, test, memory{train, released.Order(train.N)[:part]}, append(numbers, part), o)
	if err != nil {
		return nil, err
	}
	out := []RealPoint{{RowsAll, inFile[1]}, {RowsFirst, inFile[0]}}
	for i := len(ordered) - 1; i >= 0; i-- {
		out = append(out, RealPoint{RowsReleased, ordered[i]})
	}
	return out, nil
}

func realPoints(ctx context.Context, test Set, src Source, numbers []int64, o Options) ([]Point, error) {
	n, err := New(test, o)
	if err != nil {
		return nil, err
	}
	return Run(ctx, n, src, numbers, Progressed{})
}

// memory hands on a set, in an order or as it is.
type memory struct {
	set   Set
	order []int32
}

// FromMemory is a source of a set that is in memory, or mapped.
func FromMemory(s Set) Source { return memory{s, nil} }

func (m memory) Align() int { return 1 }

func (m memory) Len() int64 {
	if m.order != nil {
		return int64(len(m.order))
	}
	return int64(m.set.N)
}

func (m memory) Each(_ context.Context, from, to int64, give func(Set) error) error {
	if m.order == nil {
		return give(m.set.Rows(int(from), int(to)))
	}
	var block Set
	for _, r := range m.order[from:to] {
		block = joined(block, m.set.Rows(int(r), int(r)+1))
	}
	return give(block)
}
