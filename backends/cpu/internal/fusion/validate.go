package fusion

import "fmt"

// validate returns an error that describes the first fault of the program, or nil.
func (p *Program) validate() error {
	for a, d := range p.Dims {
		if d < 0 {
			return fmt.Errorf("fusion: dimension %d of axis %d is negative", d, a)
		}
	}
	for i := range p.Inputs {
		if err := p.Inputs[i].validate(p.Dims); err != nil {
			return fmt.Errorf("fusion: input %d: %w", i, err)
		}
	}
	for i, in := range p.Instrs {
		if err := in.validate(len(p.Inputs) + i); err != nil {
			return fmt.Errorf("fusion: instruction %d: %w", i, err)
		}
	}
	if len(p.Outputs) == 0 {
		return fmt.Errorf("fusion: the program has no outputs")
	}
	for i := range p.Outputs {
		if err := p.Outputs[i].validate(len(p.Inputs)+len(p.Instrs), p.Dims); err != nil {
			return fmt.Errorf("fusion: output %d: %w", i, err)
		}
	}
	return nil
}

func (in *Input) validate(dims []int) error {
	if !in.Type.valid() {
		return fmt.Errorf("unknown type %v", in.Type)
	}
	if len(in.Strides) != len(dims) {
		return fmt.Errorf("%d strides for %d axes", len(in.Strides), len(dims))
	}
	if product(dims) == 0 {
		return nil
	}
	first := in.Offset
	for a, s := range in.Strides {
		first += min(0, s*(dims[a]-1))
	}
	if first < 0 {
		return fmt.Errorf("offset %d and strides %v reach element %d over dimensions %v", in.Offset, in.Strides, first, dims)
	}
	return nil
}

// validate checks an instruction that computes value number v.
func (in Instr) validate(v int) error {
	if !in.Op.valid() {
		return fmt.Errorf("unknown operation %v", in.Op)
	}
	for _, a := range in.Args[:in.Op.Args()] {
		if a < 0 || a >= v {
			return fmt.Errorf("%v reads value %d, but it is value %d itself", in.Op, a, v)
		}
	}
	return nil
}

func (o *Output) validate(values int, dims []int) error {
	rank := len(dims)
	if o.Value < 0 || o.Value >= values {
		return fmt.Errorf("value %d does not exist; there are %d values", o.Value, values)
	}
	if !o.Type.valid() {
		return fmt.Errorf("unknown type %v", o.Type)
	}
	if o.Reduce < None || o.Reduce > ReduceProduct {
		return fmt.Errorf("unknown reduction %v", o.Reduce)
	}
	if o.Reduce == None && len(o.Axes) > 0 {
		return fmt.Errorf("axes %v are given, but no reduction", o.Axes)
	}
	if o.Strides != nil && (o.Reduce != None || len(o.Strides) != rank || product(dims) == 0) {
		return fmt.Errorf("%d strides for %d axes with %v: want one per axis, no reduction and no empty axis", len(o.Strides), rank, o.Reduce)
	}
	for a, s := range o.Strides {
		if s < 1 {
			return fmt.Errorf("stride %d of axis %d; it must be at least 1", s, a)
		}
	}
	seen := make([]bool, rank)
	for _, a := range o.Axes {
		if a < 0 || a >= rank {
			return fmt.Errorf("axis %d does not exist in a space of rank %d", a, rank)
		}
		if seen[a] {
			return fmt.Errorf("axis %d is reduced twice", a)
		}
		seen[a] = true
	}
	return nil
}

// product returns the product of the dimensions, 1 for none.
func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// rowMajor returns the strides of a dense array over the dimensions; they are 0 for an axis
// that the array lacks according to drop. drop may be nil.
func rowMajor(dims []int, drop []bool) []int {
	strides := make([]int, len(dims))
	n := 1
	for a := len(dims) - 1; a >= 0; a-- {
		if drop == nil || !drop[a] {
			strides[a] = n
			n *= dims[a]
		}
	}
	return strides
}
