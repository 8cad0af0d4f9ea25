package fusion

import (
	"fmt"

	"repbench/internal/simd"
)

// Op is the operation of an instruction.
type Op int

// The operations. Comparisons and logical operations give 1 or 0, and logical operations read 0
// or 1. A comparison with NaN gives 0, except NotEqual, which gives 1. Max and Min are NaN if
// an argument is NaN. Round rounds to the nearest integer, halves to even. RoundBF16 and
// RoundF16 round to the values of that storage type; TruncUint8 and TruncInt8 give the result
// of storing in that type and loading again.
const (
	Const Op = iota // Instr.Value

	Add
	Sub
	Mul
	Div
	Max
	Min
	Pow
	Rem // remainder of the division truncated toward zero, with the sign of the first argument
	Atan2
	AddRelu // the sum, or +0 where it is negative or -0; NaN for NaN

	Neg
	Abs
	Sign // -1, 0 or 1; NaN for NaN
	Sqrt
	Rsqrt
	Exp
	Expm1
	Log
	Log1p
	Tanh
	Logistic
	Erf
	Sin
	Cos
	Floor
	Ceil
	Round

	Equal
	NotEqual
	Less
	LessOrEqual
	IsFinite

	And
	Or
	Xor
	Not

	Select // Args[0] != 0 ? Args[1] : Args[2]

	RoundBF16
	RoundF16
	TruncUint8
	TruncInt8

	numOps

	// opInput marks an input in a simplified program.
	opInput = numOps
)

// opInfo describes an operation. Operations that the interpreter runs have one of the kernels;
// the others are replaced when the program is simplified.
type opInfo struct {
	name     string
	args     int
	commutes bool
	cost     int // about the time of an addition; 0 means 1
	unary    func(dst, a []float32)
	binary   func(dst, a, b []float32)
	half     *halfKind // rounds through this type
}

var ops = [numOps]opInfo{
	Const: {name: "Const"},

	Add:   {name: "Add", args: 2, commutes: true, binary: simd.Add},
	Sub:   {name: "Sub", args: 2, binary: simd.Sub},
	Mul:   {name: "Mul", args: 2, commutes: true, binary: simd.Mul},
	Div:   {name: "Div", args: 2, cost: 2, binary: simd.Div},
	Max:   {name: "Max", args: 2, commutes: true, binary: simd.Max},
	Min:   {name: "Min", args: 2, commutes: true, binary: simd.Min},
	Pow:   {name: "Pow", args: 2, cost: 200, binary: pow},
	Rem:   {name: "Rem", args: 2, cost: 200, binary: rem},
	Atan2: {name: "Atan2", args: 2, cost: 200, binary: atan2},

	AddRelu: {name: "AddRelu", args: 2, commutes: true, binary: simd.AddRelu},

	Neg:      {name: "Neg", args: 1, unary: simd.Neg},
	Abs:      {name: "Abs", args: 1, unary: simd.Abs},
	Sign:     {name: "Sign", args: 1, unary: simd.Sign},
	Sqrt:     {name: "Sqrt", args: 1, cost: 3, unary: simd.Sqrt},
	Rsqrt:    {name: "Rsqrt", args: 1, cost: 5, unary: simd.Rsqrt},
	Exp:      {name: "Exp", args: 1, cost: 6, unary: simd.Exp},
	Expm1:    {name: "Expm1", args: 1, cost: 8, unary: simd.Expm1},
	Log:      {name: "Log", args: 1, cost: 8, unary: simd.Log},
	Log1p:    {name: "Log1p", args: 1, cost: 8, unary: simd.Log1p},
	Tanh:     {name: "Tanh", args: 1, cost: 8, unary: simd.Tanh},
	Logistic: {name: "Logistic", args: 1, cost: 8, unary: simd.Sigmoid},
	Erf:      {name: "Erf", args: 1, cost: 12, unary: simd.Erf},
	Sin:      {name: "Sin", args: 1, cost: 100, unary: sin},
	Cos:      {name: "Cos", args: 1, cost: 100, unary: cos},
	Floor:    {name: "Floor", args: 1, unary: simd.Floor},
	Ceil:     {name: "Ceil", args: 1, unary: simd.Ceil},
	Round:    {name: "Round", args: 1, unary: simd.Round},

	Equal:       {name: "Equal", args: 2, commutes: true, binary: simd.Equal},
	NotEqual:    {name: "NotEqual", args: 2, commutes: true, binary: simd.NotEqual},
	Less:        {name: "Less", args: 2, binary: simd.Less},
	LessOrEqual: {name: "LessOrEqual", args: 2, binary: simd.LessEqual},
	IsFinite:    {name: "IsFinite", args: 1},

	And: {name: "And", args: 2},
	Or:  {name: "Or", args: 2},
	Xor: {name: "Xor", args: 2},
	Not: {name: "Not", args: 1},

	Select: {name: "Select", args: 3, cost: 2},

	RoundBF16:  {name: "RoundBF16", args: 1, cost: 2, half: &bfloat16},
	RoundF16:   {name: "RoundF16", args: 1, cost: 2, half: &float16},
	TruncUint8: {name: "TruncUint8", args: 1, cost: 10, unary: truncTo[uint8]},
	TruncInt8:  {name: "TruncInt8", args: 1, cost: 10, unary: truncTo[int8]},
}

func (op Op) valid() bool { return op >= 0 && op < numOps }

// Args returns the number of arguments that the operation reads.
func (op Op) Args() int { return ops[op].args }

// String returns the operation's name.
func (op Op) String() string {
	if !op.valid() {
		return fmt.Sprintf("Op(%d)", int(op))
	}
	return ops[op].name
}
