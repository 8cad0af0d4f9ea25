package fusion

import "unsafe"

// emptySpace fills the outputs of a program whose space has no elements.
type emptySpace struct {
	outputs []Output
	sizes   []int
}

func newEmptySpace(p *Program) *emptySpace {
	e := &emptySpace{}
	for _, o := range p.Outputs {
		dims := append([]int(nil), p.Dims...)
		for _, a := range o.Axes {
			dims[a] = 1
		}
		e.outputs = append(e.outputs, o)
		e.sizes = append(e.sizes, product(dims))
	}
	return e
}

func (e *emptySpace) run(out []unsafe.Pointer) {
	for i, o := range e.outputs {
		identity := []float32{float32(o.Reduce.identity())}
		for at := range e.sizes[i] {
			store(o.Type, out[i], at, identity)
		}
	}
}
