package fusion

import (
	"sync"
	"sync/atomic"
)

// limits control how a space is cut.
type limits struct {
	// maxTile and minTile bound the elements of a tile.
	maxTile, minTile int
	// cacheBytes is the part of the first-level cache available to the tiles that a step may
	// touch.
	cacheBytes int
	// taskWork is the least work of a task, in additions of one element.
	taskWork int
	maxTasks int
	// maxShared is the largest number of float64 values in the shared windows of all tasks.
	maxShared int
}

// standard are the limits for normal runs. minTile: a kernel call costs about as much as 100
// elements. cacheBytes: a first-level cache has at least 32 KiB. taskWork: the smallest task
// takes some ten times as long as waking a thread. 64 tasks keep the threads of a large machine
// evenly busy.
var standard = limits{
	maxTile: 2048, minTile: 256, cacheBytes: 32 << 10,
	taskWork: 1 << 18, maxTasks: 64, maxShared: 1 << 20,
}

// plan is a program prepared for one way of cutting its space.
type plan struct {
	*grid
	cutting
	operands   []operand // the inputs, then the outputs
	inputs     int
	reductions []*reduction
	shared     int // float64 values in the shared windows of a task
	own        int // float64 values in the windows that a worker keeps for a task
	schedule

	workers, jobs sync.Pool
	serial        atomic.Uint64
}

// problem is a simplified program with a merged space.
type problem struct {
	*graph
	dims    []int
	inputs  []Input // with strides over dims
	outputs []Output
	strides [][]int // of the outputs over dims, 0 where they are reduced
	safe    bool    // outputs are stored after all of a tile has been read
	limits  limits
}

// newProblem merges the axes of a program; no axis is empty.
func newProblem(p *Program, l limits) *problem {
	pr := &problem{graph: simplify(p), limits: l, outputs: make([]Output, len(p.Outputs))}
	var strides [][]int
	for _, in := range p.Inputs {
		strides = append(strides, in.Strides)
	}
	for i, o := range p.Outputs {
		reduced := o.reduced(p.Dims)
		if pr.outputs[i] = o; !containsTrue(reduced) {
			pr.outputs[i].Reduce = None
		}
		if o.Strides == nil {
			o.Strides = rowMajor(p.Dims, reduced)
		}
		strides = append(strides, o.Strides)
	}
	pr.dims, strides = merge(p.Dims, strides)
	for i, in := range p.Inputs {
		in.Strides = strides[i]
		pr.inputs = append(pr.inputs, in)
	}
	pr.strides = strides[len(p.Inputs):]
	return pr
}

// reduced reports which axes of more than one element the output is reduced over.
func (o *Output) reduced(dims []int) []bool {
	reduced := make([]bool, len(dims))
	for _, a := range o.Axes {
		reduced[a] = dims[a] > 1
	}
	return reduced
}

func containsTrue(bs []bool) bool {
	for _, b := range bs {
		if b {
			return true
		}
	}
	return false
}

// newPlan plans with the largest tiles whose slots fit the cache.
func newPlan(pr *problem) *plan {
	for size := pr.limits.maxTile; ; size /= 2 {
		p := pr.plan(size)
		if size <= pr.limits.minTile || 4*p.size()*(p.slots+len(p.direct)) <= pr.limits.cacheBytes {
			p.workers.New = func() any { return newWorker(p) }
			p.jobs.New = func() any { return newJob(p) }
			return p
		}
	}
}

// plan plans with tiles of at most size elements.
func (pr *problem) plan(size int) *plan {
	p := &plan{grid: newGrid(pr.dims, size), inputs: len(pr.inputs)}
	p.sort(func(l loop) int {
		cost := 0
		for i, o := range pr.outputs {
			if o.Reduce != None && pr.strides[i][l.axis] != 0 {
				cost += p.foldCost(pr.strides[i])
			}
		}
		return cost
	})
	for _, in := range pr.inputs {
		p.operands = append(p.operands, operand{
			typ: in.Type, offset: in.Offset, steps: p.moves(in.Strides), runs: p.runs(in.Strides),
		})
	}
	p.cutOutputs(pr)
	p.schedule = newSchedule(pr, p)
	return p
}

// cutOutputs makes the tasks and plans the outputs. It makes fewer tasks if their windows would
// take too much memory.
func (p *plan) cutOutputs(pr *problem) {
	l := &pr.limits
	for wanted := min(l.maxTasks, product(pr.dims)*pr.work()/l.taskWork); ; wanted /= 2 {
		p.cutting = p.cut(max(1, wanted))
		p.operands, p.reductions = p.operands[:p.inputs], nil
		p.shared, p.own = 0, 0
		for i, o := range pr.outputs {
			p.addOutput(i, o, pr.strides[i])
		}
		if wanted <= 1 || p.shared*p.n <= l.maxShared {
			return
		}
	}
}

func (p *plan) addOutput(i int, o Output, strides []int) {
	if o.Reduce == None {
		p.operands = append(p.operands, operand{typ: o.Type, steps: p.moves(strides), runs: p.runs(strides)})
		return
	}
	r, op := newReduction(o, strides, p.grid, p.cutting)
	r.operand, r.output = len(p.operands), i
	total := &p.own
	if r.shared {
		total = &p.shared
	}
	r.first = *total
	*total += r.size
	p.operands = append(p.operands, op)
	p.reductions = append(p.reductions, r)
}

// work returns the approximate time per element, in additions.
func (pr *problem) work() int {
	work := len(pr.outputs)
	for _, n := range pr.nodes {
		work++
		if n.op != opInput {
			work += max(1, ops[n.op].cost) - 1
		}
	}
	return work
}
