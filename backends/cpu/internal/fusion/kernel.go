package fusion

import (
	"fmt"
	"slices"
	"sync"
	"unsafe"

	"repbench/backends/cpu/internal/pool"
)

// Kernel is a compiled program. It may be run by several goroutines at once.
type Kernel struct {
	inputs, outputs int
	empty           *emptySpace // set where the space has no elements
	inPlace         [][]bool    // inPlace[i][j]: output i may be the memory of input j
	plan            *plan
	safe            func() *plan // for outputs in place of inputs that are read after them
}

// Compile checks a program and makes a kernel of it. It keeps and changes nothing
// of p. Equal instructions are computed once, those on constants beforehand, and
// those that no output needs not at all.
func Compile(p Program) (*Kernel, error) { return compile(p, standard) }

func compile(p Program, l limits) (*Kernel, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	k := &Kernel{inputs: len(p.Inputs), outputs: len(p.Outputs)}
	if product(p.Dims) == 0 {
		k.empty = newEmptySpace(&p)
		return k, nil
	}
	pr := newProblem(&p, l)
	k.inPlace = pr.inPlace()
	k.plan = newPlan(pr)
	k.safe = sync.OnceValue(func() *plan {
		safe := *pr
		safe.safe = true
		return newPlan(&safe)
	})
	return k, nil
}

// inPlace says which outputs may be the memory of which inputs: dense ones, with
// the same size of element.
func (pr *problem) inPlace() [][]bool {
	dense := rowMajor(pr.dims, nil)
	table := make([][]bool, len(pr.outputs))
	for i, o := range pr.outputs {
		table[i] = make([]bool, len(pr.inputs))
		for j, in := range pr.inputs {
			table[i][j] = o.Reduce == None && in.Offset == 0 && in.Type.Size() == o.Type.Size() &&
				(slices.Equal(in.Strides, dense) || product(pr.dims) == 1)
		}
	}
	return table
}

// Run computes the outputs from the inputs: in[j] and out[i] point to element 0
// of the operands. out[i] may be in[j] where input j is dense with Offset 0, in
// elements of the same size, and the output is not reduced; Run panics for other
// inputs. Inputs that no output needs may be nil. The threads of p do the work.
func (k *Kernel) Run(p *pool.Pool, in, out []unsafe.Pointer) {
	if len(in) != k.inputs || len(out) != k.outputs {
		panic(fmt.Sprintf("fusion: %d inputs and %d outputs for a program with %d and %d", len(in), len(out), k.inputs, k.outputs))
	}
	if k.empty != nil {
		k.empty.run(out)
		return
	}
	plan := k.plan
	if k.hazard(in, out) {
		plan = k.safe()
	}
	plan.run(p, in, out)
}

// hazard says whether an output takes the memory of an input that is read after
// it was written. It panics where that memory must not be shared at all.
func (k *Kernel) hazard(in, out []unsafe.Pointer) bool {
	found := false
	for i, o := range out {
		for j, src := range in {
			if o != src || !k.plan.used[j] {
				continue
			}
			if !k.inPlace[i][j] {
				panic(fmt.Sprintf("fusion: output %d is the memory of input %d, which is not dense with elements of that size", i, j))
			}
			found = found || k.plan.hazards[i][j]
		}
	}
	return found
}
