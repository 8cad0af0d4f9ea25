package engine

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"repbench/backends/cpu/internal/fusion"
)

// elementwise describes an operation in a fused program.
type elementwise struct {
	op   fusion.Op
	swap bool // the operands are exchanged
	cost int  // about the number of simple instructions of equal cost
}

// slow is the cost of functions computed by polynomials.
const slow = 8

var elementwises = map[compute.OpType]elementwise{
	compute.OpTypeAdd: {op: fusion.Add, cost: 1}, compute.OpTypeSub: {op: fusion.Sub, cost: 1},
	compute.OpTypeMul: {op: fusion.Mul, cost: 1}, compute.OpTypeDiv: {op: fusion.Div, cost: 2},
	compute.OpTypeMax: {op: fusion.Max, cost: 1}, compute.OpTypeMin: {op: fusion.Min, cost: 1},
	compute.OpTypeNeg: {op: fusion.Neg, cost: 1}, compute.OpTypeAbs: {op: fusion.Abs, cost: 1},
	compute.OpTypeSign: {op: fusion.Sign, cost: 1}, compute.OpTypeSqrt: {op: fusion.Sqrt, cost: 2},
	compute.OpTypeRsqrt: {op: fusion.Rsqrt, cost: 3}, compute.OpTypeExp: {op: fusion.Exp, cost: slow},
	compute.OpTypeExpm1: {op: fusion.Expm1, cost: slow}, compute.OpTypeLog: {op: fusion.Log, cost: slow},
	compute.OpTypeLog1p: {op: fusion.Log1p, cost: slow}, compute.OpTypeTanh: {op: fusion.Tanh, cost: slow},
	compute.OpTypeLogistic: {op: fusion.Logistic, cost: slow}, compute.OpTypeFloor: {op: fusion.Floor, cost: 1},
	compute.OpTypeCeil: {op: fusion.Ceil, cost: 1}, compute.OpTypeRound: {op: fusion.Round, cost: 1},
	compute.OpTypeEqual: {op: fusion.Equal, cost: 1}, compute.OpTypeNotEqual: {op: fusion.NotEqual, cost: 1},
	compute.OpTypeLessThan: {op: fusion.Less, cost: 1}, compute.OpTypeLessOrEqual: {op: fusion.LessOrEqual, cost: 1},
	compute.OpTypeGreaterThan: {op: fusion.Less, swap: true, cost: 1}, compute.OpTypeGreaterOrEqual: {op: fusion.LessOrEqual, swap: true, cost: 1},
	compute.OpTypeLogicalAnd: {op: fusion.And, cost: 1}, compute.OpTypeLogicalOr: {op: fusion.Or, cost: 1},
	compute.OpTypeLogicalXor: {op: fusion.Xor, cost: 1}, compute.OpTypeLogicalNot: {op: fusion.Not, cost: 1},
	compute.OpTypeWhere: {op: fusion.Select, cost: 1}, compute.OpTypeIsFinite: {op: fusion.IsFinite, cost: 2},
	compute.OpTypePow: {op: fusion.Pow, cost: 4 * slow}, compute.OpTypeRem: {op: fusion.Rem, cost: 4 * slow},
	compute.OpTypeErf: {op: fusion.Erf, cost: 2 * slow}, compute.OpTypeSin: {op: fusion.Sin, cost: 4 * slow},
	compute.OpTypeCos: {op: fusion.Cos, cost: 4 * slow},
}

var reductions = map[compute.OpType]fusion.Reduce{
	compute.OpTypeReduceSum: fusion.ReduceSum, compute.OpTypeReduceMax: fusion.ReduceMax,
	compute.OpTypeReduceMin: fusion.ReduceMin, compute.OpTypeReduceProduct: fusion.ReduceProduct,
}

var fusionTypes = map[dtypes.DType]fusion.Type{
	dtypes.Float32: fusion.Float32, dtypes.Bool: fusion.Bool, dtypes.Uint8: fusion.Uint8,
	dtypes.BFloat16: fusion.BFloat16, dtypes.Float16: fusion.Float16,
}

func isFloat(d dtypes.DType) bool {
	return d == dtypes.Float32 || d == dtypes.BFloat16 || d == dtypes.Float16
}

// computes reports whether a fused program can compute n from its operands.
func computes(n *Node) bool {
	d := n.shape.DType
	in := func(ok func(dtypes.DType) bool) bool {
		return !slices.ContainsFunc(n.op.inputs, func(x *Node) bool { return !ok(x.shape.DType) })
	}
	switch n.op.kind {
	case compute.OpTypeConvertDType:
		_, ok := fusionTypes[n.op.inputs[0].shape.DType]
		return ok && (isFloat(d) || d == dtypes.Bool)
	case compute.OpTypeClamp:
		return isFloat(d)
	case compute.OpTypeWhere:
		return isFloat(d) || d == dtypes.Bool
	case compute.OpTypeIsFinite, compute.OpTypeIsNaN:
		return in(isFloat)
	case compute.OpTypeLogicalAnd, compute.OpTypeLogicalOr, compute.OpTypeLogicalXor, compute.OpTypeLogicalNot:
		return in(func(d dtypes.DType) bool { return d == dtypes.Bool })
	case compute.OpTypeEqual, compute.OpTypeNotEqual, compute.OpTypeLessThan, compute.OpTypeLessOrEqual,
		compute.OpTypeGreaterThan, compute.OpTypeGreaterOrEqual:
		return in(func(d dtypes.DType) bool { return isFloat(d) || d == dtypes.Uint8 || d == dtypes.Bool })
	}
	_, ok := elementwises[n.op.kind]
	return ok && isFloat(d) && in(isFloat)
}

// reduces reports whether n is a reduction that can end a fused program.
func reduces(n *Node) bool {
	_, ok := reductions[n.op.kind]
	return ok && n.shape.DType == dtypes.Float32
}

// squeezed returns the dimensions other than 1; fused values agree in the result.
func squeezed(s shapes.Shape) []int {
	var dims []int
	for _, d := range s.Dimensions {
		if d != 1 {
			dims = append(dims, d)
		}
	}
	return dims
}

// passes reports whether n only changes the shape of its input, and the shapes are equal when
// axes of size 1 are left out.
func passes(n *Node) bool {
	switch n.op.kind {
	case compute.OpTypeIdentity, compute.OpTypeReshape:
		return slices.Equal(squeezed(n.shape), squeezed(n.op.inputs[0].shape))
	}
	return false
}

// cost returns the cost that n adds to a program.
func cost(n *Node) int {
	switch n.op.kind {
	case compute.OpTypeClamp:
		return 2
	case compute.OpTypeConvertDType, compute.OpTypeIsNaN:
		return 1
	}
	return elementwises[n.op.kind].cost
}
