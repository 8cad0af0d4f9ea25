package engine

import "github.com/gomlx/compute"

// The functions below convert the results of operations, one to three values or a list of
// values, to lists of values, and lists of nodes back to results.

func list1(a compute.Value, err error) ([]compute.Value, error) { return []compute.Value{a}, err }

func list2(a, b compute.Value, err error) ([]compute.Value, error) {
	return []compute.Value{a, b}, err
}

func list3(a, b, c compute.Value, err error) ([]compute.Value, error) {
	return []compute.Value{a, b, c}, err
}

func many(v []compute.Value, err error) ([]compute.Value, error) { return v, err }

func one(n []*Node, err error) (compute.Value, error) {
	if err != nil {
		return nil, err
	}
	return n[0], nil
}

func two(n []*Node, err error) (compute.Value, compute.Value, error) {
	if err != nil {
		return nil, nil, err
	}
	return n[0], n[1], nil
}

func three(n []*Node, err error) (compute.Value, compute.Value, compute.Value, error) {
	if err != nil {
		return nil, nil, nil, err
	}
	return n[0], n[1], n[2], nil
}

func all(n []*Node, err error) ([]compute.Value, error) {
	if err != nil {
		return nil, err
	}
	vs := make([]compute.Value, len(n))
	for i := range n {
		vs[i] = n[i]
	}
	return vs, nil
}
