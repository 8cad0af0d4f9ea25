package engine

import "github.com/gomlx/compute"

// foldLimit is the size in bytes of the largest value that is computed at compile time.
const foldLimit = 64 << 10

// fold computes the small values that depend only on constants. An operation that fails (such
// as a division by zero) is left in the program. It may be in a branch that never runs.
func (c *compiler) fold(ops []*Op) {
	for _, op := range ops {
		if op.kind == compute.OpTypeConstant {
			c.folded[op.outputs[0]] = op.constant.bytes // nil if they are stored
			continue
		}
		if !c.foldable(op) {
			continue
		}
		out, err := c.evaluate(op)
		if err != nil {
			continue
		}
		for i, n := range op.outputs {
			c.folded[n] = out[i]
		}
	}
}

// evaluate computes an operation on folded values.
func (c *compiler) evaluate(op *Op) (out [][]byte, err error) {
	defer recovered(&err)
	s, err := c.fn.builder.backend.single(op)
	if err != nil {
		return nil, err
	}
	in := make([][]byte, len(op.inputs))
	for i, n := range op.inputs {
		if in[i], _, err = c.constant(n); err != nil {
			return nil, err
		}
	}
	for _, n := range op.outputs {
		out = append(out, make([]byte, size(n.shape)))
	}
	return out, s.run(out, in)
}

// foldable reports whether an operation depends only on constants and gives small values.
func (c *compiler) foldable(op *Op) bool {
	if op.replay == nil || len(op.bodies) > 0 {
		return false
	}
	for _, n := range op.inputs {
		if n == nil {
			return false
		}
		if _, ok := c.folded[n]; !ok {
			return false
		}
	}
	for _, n := range op.outputs {
		if size(n.shape) > foldLimit || size(n.shape) == 0 {
			return false
		}
	}
	return true
}
