package fusion

import (
	"fmt"
	"strings"
)

// Program is a computation over the iteration space Dims, in row-major order.
type Program struct {
	Dims    []int    // any rank; 0 and 1 are allowed
	Inputs  []Input  // operands, values 0 … len(Inputs)-1
	Instrs  []Instr  // instructions, the values that follow
	Outputs []Output // stored or reduced values
}

// Input is an operand in memory, or a view of one. Element [i0, i1, …] of the
// iteration space reads element Offset + Σ i_k·Strides[k].
type Input struct {
	// Type is the storage type of the elements.
	Type    Type
	Offset  int   // in elements
	Strides []int // in elements, one per axis; 0 where the operand is broadcast
}

// Instr computes a value from values with lower numbers. Op decides how many of Args are read.
// A Const reads no arguments and equals Value everywhere.
type Instr struct {
	Op    Op      // operation
	Args  [3]int  // numbers of values
	Value float32 // for Const
}

// Output stores value number Value. With a Reduce other than None, the value is reduced over
// the iteration axes Axes, in any order, and the result is dense over the remaining axes;
// otherwise it is dense over Dims, or has the given strides.
type Output struct {
	Value   int    // number of the stored value
	Type    Type   // storage type
	Reduce  Reduce // None: no reduction
	Axes    []int  // reduced axes of Dims
	Strides []int  // in elements, one per axis; nil where the output is dense. Elements must not overlap.
}

// Reduce is the operation that combines elements over the reduced axes.
type Reduce int

// The reductions. None means no reduction.
const (
	None Reduce = iota
	ReduceSum
	ReduceMax
	ReduceMin
	ReduceProduct
)

var reduceNames = [...]string{"none", "sum", "max", "min", "product"}

// String returns the reduction's name.
func (r Reduce) String() string {
	if r < None || r > ReduceProduct {
		return fmt.Sprintf("Reduce(%d)", int(r))
	}
	return reduceNames[r]
}

// String lists the program, one line per value and output.
func (p Program) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "space %v\n", p.Dims)
	for i, in := range p.Inputs {
		fmt.Fprintf(&b, "v%d = input %v offset %d strides %v\n", i, in.Type, in.Offset, in.Strides)
	}
	for i, in := range p.Instrs {
		fmt.Fprintf(&b, "v%d = %v\n", len(p.Inputs)+i, in)
	}
	for _, o := range p.Outputs {
		fmt.Fprintf(&b, "output v%d as %v", o.Value, o.Type)
		if o.Reduce != None {
			fmt.Fprintf(&b, " %v over %v", o.Reduce, o.Axes)
		}
		if o.Strides != nil {
			fmt.Fprintf(&b, " strides %v", o.Strides)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// String returns the instruction's operation and operands.
func (in Instr) String() string {
	if in.Op == Const {
		return fmt.Sprintf("Const %g", in.Value)
	}
	args := make([]string, in.Op.Args())
	for i := range args {
		args[i] = fmt.Sprintf(" v%d", in.Args[i])
	}
	return in.Op.String() + strings.Join(args, "")
}
