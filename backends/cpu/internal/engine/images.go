package engine

import (
	"slices"

	"github.com/gomlx/compute"
)

// A network with constant weights computes every image of a batch alone. Its first layers have
// large maps and few weights: computed for all images, each layer's maps pass through memory, and
// all threads wait for each other after each layer. Such layers are therefore a stage of their own,
// a function of a few images that runs once for each of them. A thread runs all layers of the stage
// for its images, whose maps stay in its cache. Each image has the bits that it has in a batch of
// that few images; sizes alone decide how many, never the number of threads.

// Sizes that decide which layers are computed for a few images at a time.
const (
	leastRuns    = 4         // runs of a stage, so that every thread has work
	leastLayers  = 2         // layers with weights in a stage
	lightWeights = 64 << 10  // bytes of weights that stay in a cache beside the maps
	heavyWeights = 512 << 10 // bytes of weights that a stage never reads
	leastRows    = 392       // rows of a product that make up for reading its weights
)

// stage is the function of some operations for a few images.
type stage struct {
	batch, images int
	fixed         map[*Node]bool // values that no image changes
	each          map[*Node]bool // values whose memory is that of one image after the other
	ops           []*Op
	layers        int
	roots, cuts   []*Node // what the stage reads and what others read of it, for all images
	fn            *Function
}

// byImages makes stages of a function, with more images in later ones.
func (f *Function) byImages() error {
	if len(f.parameters) != 1 || f.parameters[0].shape.Rank() < 2 {
		return nil
	}
	x := f.parameters[0]
	roots := []*Node{x}
	for images := 1; x.shape.Dimensions[0] >= leastRuns*images; images *= 2 {
		if x.shape.Dimensions[0]%images != 0 {
			break
		}
		p, err := f.newStage(roots, x.shape.Dimensions[0], images)
		if err != nil {
			return err
		}
		if p != nil {
			f.replace(p)
			roots = append(roots, p.cuts...)
		}
	}
	return nil
}

// newStage returns the stage that computes from the roots all that is worth while, or nil.
func (f *Function) newStage(roots []*Node, batch, images int) (*stage, error) {
	p := &stage{batch: batch, images: images, fixed: map[*Node]bool{}, each: map[*Node]bool{}}
	for _, n := range roots {
		p.each[n] = true
	}
	c := &compiler{fn: f, uses: map[*Node]int{}}
	live := c.live()
	for _, op := range live {
		switch {
		case p.isFixed(op):
			for _, n := range op.outputs {
				p.fixed[n] = true
			}
		case p.takes(op):
			p.ops = append(p.ops, op)
			p.each[op.outputs[0]] = true
		}
	}
	if p.layers < leastLayers {
		return nil, nil
	}
	p.border(f, live)
	p.make(f, live)
	var err error
	p.fn.compiled, err = compile(p.fn)
	return p, err
}

// isFixed reports whether no image changes the results of op.
func (p *stage) isFixed(op *Op) bool {
	if op.kind == compute.OpTypeParameter || op.stage != nil || len(op.bodies) > 0 || op.captured != nil {
		return false
	}
	return !slices.ContainsFunc(op.inputs, func(n *Node) bool { return n == nil || !p.fixed[n] })
}

// takes reports whether the stage computes op, and counts its layers.
func (p *stage) takes(op *Op) bool {
	if op.kind == compute.OpTypeParameter || op.stage != nil || len(op.bodies) > 0 || len(op.outputs) != 1 || !p.divides(op.outputs[0]) {
		return false
	}
	each := 0
	for _, n := range op.inputs {
		switch {
		case n == nil || !p.fixed[n] && !p.each[n]:
			return false
		case p.each[n]:
			each++
		}
	}
	if each == 0 || !p.separable(op) {
		return false
	}
	if op.kind == compute.OpTypeConvGeneral || op.kind == compute.OpTypeDotGeneral && p.fixed[op.inputs[1]] {
		if p.heavy(op) {
			return false
		}
		p.layers++
	}
	return true
}

// divides reports whether the first axis of n consists of equal runs, one for each image.
func (p *stage) divides(n *Node) bool {
	return n.shape.Rank() > 0 && n.shape.Dimensions[0] > 0 && n.shape.Dimensions[0]%p.batch == 0
}

// heavy reports whether reading the weights of a layer takes too long for the rows of some images.
func (p *stage) heavy(op *Op) bool {
	x, w, y := op.inputs[0], op.inputs[1], op.outputs[0]
	bytes := size(w.shape)
	rows := p.images * (y.shape.Size() / p.batch)
	if op.kind == compute.OpTypeConvGeneral {
		rows /= y.shape.Dimensions[op.args[0].(compute.ConvolveAxesConfig).OutputChannels]
	} else {
		rows = p.images * (x.shape.Size() / p.batch) / max(1, sizeOf(x.shape, op.args[0].([]int)))
	}
	// Of a map that was reduced to one position there is one row for each image.
	return bytes > lightWeights && rows < leastRows && (rows > p.images || bytes > heavyWeights)
}

// border finds the values at which the stage begins and ends.
func (p *stage) border(f *Function, live []*Op) {
	inside := map[*Op]bool{}
	for _, op := range p.ops {
		inside[op] = true
	}
	used := slices.Clone(f.outputs)
	for _, op := range live {
		if !inside[op] {
			used = append(used, op.operands()...)
			continue
		}
		for _, n := range op.inputs {
			if p.each[n] && !inside[n.op] && !slices.Contains(p.roots, n) {
				p.roots = append(p.roots, n)
			}
		}
	}
	needed := map[*Node]bool{}
	for _, n := range used {
		needed[n] = true
	}
	for _, op := range p.ops {
		if n := op.outputs[0]; needed[n] {
			p.cuts = append(p.cuts, n)
		}
	}
}

// replace lets the function get the results of the stage from runs of it.
func (f *Function) replace(p *stage) {
	call := &Op{kind: compute.OpTypeInvalid, fn: f, inputs: p.roots, outputs: p.cuts, stage: p}
	inside := map[*Op]bool{}
	for _, op := range p.ops {
		inside[op] = true
	}
	var before, after []*Op
	for _, op := range f.ops {
		fixed := len(op.outputs) > 0 && p.fixed[op.outputs[0]]
		switch {
		case inside[op]:
		case fixed || op.stage != nil || op.kind == compute.OpTypeParameter:
			before = append(before, op)
		default:
			after = append(after, op)
		}
	}
	f.ops = slices.Concat(before, []*Op{call}, after)
	for i, n := range p.cuts {
		n.op, n.index = call, i
	}
}
