package fusion

import (
	"fmt"
	"slices"
	"sync"
	"unsafe"

	"repbench/backends/cpu/internal/pool"
)

// Kernel is a compiled program. Several goroutines may run it at once.
type Kernel struct {
	inputs, outputs int
	empty           *emptySpace // set where the space has no elements
	inPlace         [][]bool    // inPlace[i][j]: output i may be the memory of input j
	plan            *plan
	safe            func() *plan // plans for outputs in the memory of inputs that are read after the outputs are written
}

// Compile checks a program and compiles it to a kernel. It neither keeps nor changes p. Equal
// instructions are computed once, instructions on constants at compile time, and instructions
// that no output needs are dropped.
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

// inPlace reports which outputs may use the memory of which inputs: inputs with the strides of
// the output, which is dense unless it names strides, and elements of the same size.
func (pr *problem) inPlace() [][]bool {
	table := make([][]bool, len(pr.outputs))
	for i, o := range pr.outputs {
		table[i] = make([]bool, len(pr.inputs))
		for j, in := range pr.inputs {
			table[i][j] = o.Reduce == None && in.Offset == 0 && in.Type.Size() == o.Type.Size() &&
				(slices.Equal(in.Strides, pr.strides[i]) || product(pr.dims) == 1)
		}
	}
	return table
}

// Run computes the outputs from the inputs: in[j] and out[i] point to element 0 of the
// operands. out[i] may equal in[j] if input j has the strides of the output, Offset 0 and elements
// of the same size, and the output is not reduced; Run panics if out[i] equals another input. Inputs that
// no output needs may be nil. The threads of p do the work.
func (k *Kernel) Run(p *pool.Pool, in, out []unsafe.Pointer) {
	if len(in) != k.inputs || len(out) != k.outputs {
		panic(fmt.Sprintf("fusion: %d inputs and %d outputs for a program with %d inputs and %d outputs", len(in), len(out), k.inputs, k.outputs))
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

// hazard reports whether an output uses the memory of an input that is read after the output is
// written. It panics if that memory must not be shared at all.
func (k *Kernel) hazard(in, out []unsafe.Pointer) bool {
	found := false
	for i, o := range out {
		for j, src := range in {
			if o != src || !k.plan.used[j] {
				continue
			}
			if !k.inPlace[i][j] {
				panic(fmt.Sprintf("fusion: output %d is the memory of input %d, which has other strides, or elements of another size", i, j))
			}
			found = found || k.plan.hazards[i][j]
		}
	}
	return found
}
