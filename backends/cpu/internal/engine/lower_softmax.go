package engine

import "repbench/internal/simd"

// softmaxTask is the approximate number of values per task.
const softmaxTask = 1 << 14

// lowerSoftmax lowers a softmax of float32 along the last axis of more than one element.
func lowerSoftmax(c *compiler, op *Op) (bool, error) {
	x, y, axis := op.inputs[0], op.outputs[0], op.args[0].(int)
	if !allFloat32(x, y) || axis < 0 || x.shape.Size() == 0 {
		return false, nil
	}
	for _, d := range x.shape.Dimensions[axis+1:] {
		if d != 1 {
			return false, nil
		}
	}
	src, err := c.value(x)
	if err != nil {
		return false, err
	}
	n := x.shape.Dimensions[axis]
	rows, per := x.shape.Size()/n, max(1, softmaxTask/n)
	dst := c.newValue(y, inArena)
	c.do(step{name: op.kind.String(), reads: []*value{src}, writes: []*value{dst}, reuse: [][2]*value{{dst, src}}, run: func(f *frame) error {
		to, from := f.floats(dst), f.floats(src)
		f.backend.pool.Run((rows+per-1)/per, func(i int) {
			for r := i * per; r < min((i+1)*per, rows); r++ {
				simd.Softmax(to[r*n:(r+1)*n], from[r*n:(r+1)*n])
			}
		})
		return nil
	}})
	return true, nil
}
