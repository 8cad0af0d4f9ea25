package engine

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// Node is a value of a function: one output of an operation.
type Node struct {
	op    *Op
	index int // index of the output of op
	shape shapes.Shape
	// shadow is the same value in the shadow of the function.
	shadow compute.Value
}

// Op is an operation of a function.
type Op struct {
	kind    compute.OpType
	fn      *Function
	inputs  []*Node // nil for an optional input that was left out
	outputs []*Node
	// args are the arguments that are not values, in the order of the method.
	args []any
	// replay makes the operation again on another function.
	replay replayFunc

	bodies   []*Function // closures and functions that the operation calls
	constant *Buffer     // of a Constant
	captured *Node       // of a CapturedValue: the node of the parent
	stage    *stage      // of the runs of a stage, which stand for its operations
}

// replayFunc makes an operation on a function from its inputs.
type replayFunc func(t compute.Function, in []compute.Value) ([]compute.Value, error)

// operands returns the inputs that are present and the values that the operation's closures
// capture from this function.
func (o *Op) operands() []*Node {
	var ns []*Node
	for _, n := range o.inputs {
		if n != nil {
			ns = append(ns, n)
		}
	}
	for _, b := range o.bodies {
		ns = append(ns, b.outer()...)
	}
	return ns
}
