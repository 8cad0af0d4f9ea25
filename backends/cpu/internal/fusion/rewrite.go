package fusion

import "math"

// rewrite returns a node that computes the same value in a simpler way, bit for bit (except the
// payload of NaNs).
func (g *graph) rewrite(op Op, args [3]int) (v int, ok bool) {
	switch op {
	case And, Or, Xor, Not, IsFinite:
		return g.lower(op, args), true
	case Add, Sub, Mul, Div, Pow:
		return g.arithmetic(op, args)
	case Max:
		if v, ok := g.addRelu(args); ok {
			return v, true
		}
		return args[0], args[0] == args[1]
	case Min:
		return args[0], args[0] == args[1]
	case Neg:
		return g.argumentOf(args[0], Neg)
	case Equal, NotEqual:
		return g.negated(op, args)
	case Select:
		return g.choice(args)
	case RoundBF16, RoundF16, TruncUint8, TruncInt8:
		return args[0], g.isRounded(args[0], op)
	}
	return 0, false
}

// addRelu joins a sum and its maximum with +0.
func (g *graph) addRelu(args [3]int) (v int, ok bool) {
	for i := range 2 {
		n := g.nodes[args[i]]
		if c, isConst := g.value(args[1-i]); isConst && math.Float32bits(c) == 0 && n.op == Add {
			return g.add(AddRelu, n.args), true
		}
	}
	return 0, false
}

// lower replaces operations that have no kernel. Logical values are 0 or 1.
func (g *graph) lower(op Op, args [3]int) int {
	switch op {
	case And:
		return g.add(Min, args)
	case Or:
		return g.add(Max, args)
	case Xor:
		return g.add(NotEqual, args)
	case Not:
		return g.add(Equal, [3]int{args[0], g.constant(0)})
	default: // IsFinite: x - x is 0 for finite numbers only
		difference := g.add(Sub, [3]int{args[0], args[0]})
		return g.add(Equal, [3]int{difference, g.constant(0)})
	}
}

// arithmetic drops neutral operands and signs, and turns divisions by powers of two into
// products.
func (g *graph) arithmetic(op Op, args [3]int) (v int, ok bool) {
	a, b := args[0], args[1]
	if op == Add || op == Mul {
		if _, isConst := g.value(a); isConst {
			a, b = b, a
		}
	}
	if c, isConst := g.value(b); isConst {
		return g.withConstant(op, a, c)
	}
	switch op {
	case Add:
		if x, ok := g.argumentOf(b, Neg); ok {
			return g.add(Sub, [3]int{a, x}), true
		}
		if x, ok := g.argumentOf(a, Neg); ok {
			return g.add(Sub, [3]int{b, x}), true
		}
	case Sub:
		if x, ok := g.argumentOf(b, Neg); ok {
			return g.add(Add, [3]int{a, x}), true
		}
	}
	return 0, false
}

// withConstant simplifies "a op c".
func (g *graph) withConstant(op Op, a int, c float32) (v int, ok bool) {
	negativeZero := math.Copysign(0, -1)
	same := func(x float64) bool { return math.Float32bits(c) == math.Float32bits(float32(x)) }
	switch {
	case op == Add && same(negativeZero), op == Sub && same(0),
		(op == Mul || op == Div || op == Pow) && c == 1:
		return a, true
	case op == Mul && c == -1:
		return g.add(Neg, [3]int{a}), true
	case op == Pow && c == 2:
		return g.add(Mul, [3]int{a, a}), true
	case op == Div && isPowerOfTwo(c):
		return g.add(Mul, [3]int{a, g.constant(1 / c)}), true
	}
	return 0, false
}

// isPowerOfTwo reports whether c and 1/c are normal numbers ±2^k.
func isPowerOfTwo(c float32) bool {
	mantissa, exponent := math.Frexp(float64(c))
	return math.Abs(mantissa) == 0.5 && exponent > -124 && exponent < 125
}

// argumentOf returns the argument of node v if v is the unary operation op.
func (g *graph) argumentOf(v int, op Op) (a int, ok bool) {
	n := &g.nodes[v]
	return n.args[0], n.op == op
}

// negated turns a negated comparison such as "(a == b) == 0" into one comparison.
func (g *graph) negated(op Op, args [3]int) (v int, ok bool) {
	a, b := args[0], args[1]
	if _, isConst := g.value(a); isConst {
		a, b = b, a
	}
	n := g.nodes[a]
	c, isConst := g.value(b)
	switch {
	case !isConst || c != 0 || n.op != Equal && n.op != NotEqual:
		return 0, false
	case op == NotEqual:
		return a, true
	case n.op == Equal:
		return g.add(NotEqual, n.args), true
	default:
		return g.add(Equal, n.args), true
	}
}

// choice simplifies a Select between equal values or by a constant.
func (g *graph) choice(args [3]int) (v int, ok bool) {
	if args[1] == args[2] {
		return args[1], true
	}
	c, isConst := g.value(args[0])
	if !isConst {
		return 0, false
	}
	if c != 0 {
		return args[1], true
	}
	return args[2], true
}

// isRounded reports whether op would not change node v: it was rounded by op, or loaded from
// the type that op rounds to.
func (g *graph) isRounded(v int, op Op) bool {
	n := &g.nodes[v]
	return n.op == op || n.op == opInput && rounding[g.inputs[n.args[0]]] == op
}
