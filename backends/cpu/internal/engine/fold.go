package engine

import "github.com/gomlx/compute"

// foldLimit is the largest value that is computed when the graph is compiled
// instead of when it runs, in bytes.
const foldLimit = 64 << 10

// fold computes the small values that depend on constants alone.
func (c *compiler) fold(ops []*Op) error {
	for _, op := range ops {
		if op.kind == compute.OpTypeConstant {
			c.folded[op.outputs[0]] = op.constant.bytes
			continue
		}
		if !c.foldable(op) {
			continue
		}
		in := make([][]byte, len(op.inputs))
		for i, n := range op.inputs {
			in[i] = c.folded[n]
		}
		s, err := c.fn.builder.backend.single(op)
		if err != nil {
			return err
		}
		out := make([][]byte, len(op.outputs))
		for i, n := range op.outputs {
			out[i] = make([]byte, size(n.shape))
		}
		if err := s.run(out, in); err != nil {
			return err
		}
		for i, n := range op.outputs {
			c.folded[n] = out[i]
		}
	}
	return nil
}

// foldable reports whether an operation depends on constants alone and gives
// small values.
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
