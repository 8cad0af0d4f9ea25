package engine

import (
	"runtime"
	"unsafe"

	"github.com/pkg/errors"

	"repbench/internal/memory"
)

// program is a function compiled for its shapes: steps that run one after the other, each on
// all threads.
type program struct {
	backend *Backend
	inputs  []*value // parameters, then captured values
	outputs []output
	values  []*value
	steps   []step
	arena   int // bytes for all temporaries
	// store holds constants and packed weights. It is freed when the program is garbage, or by its
	// executable.
	store *memory.Store
	inner []*program // those that its steps run
}

func newProgram(b *Backend) *program {
	p := &program{backend: b, store: &memory.Store{}}
	runtime.AddCleanup(p, (*memory.Store).Free, p.store)
	return p
}

// free frees the constants of the program, which must not run again.
func (p *program) free() {
	p.store.Free()
	for _, i := range p.inner {
		i.free()
	}
}

// place is the kind of memory that holds a value.
type place int

const (
	inArena   place = iota
	inInput         // memory of the caller
	inProgram       // a constant
	inOutput        // the value's own memory, which becomes the caller's
)

// value is an array that a step reads or writes.
type value struct {
	id       int
	bytes    int
	place    place
	constant []byte // inProgram
	offset   int    // inArena
	input    int    // inInput: index of the input
	from     *value // inOutput: a donated input whose memory is used, or nil

	storage *storage // inArena, during planning
	last    int      // the last step that uses it
}

// output is one result of a program.
type output struct {
	value *value
	// copied says that the result is a copy of a value whose memory is not the output's own: an
	// input, a constant, or a value that is already another output.
	copied bool
}

// step is one operation of a program.
type step struct {
	name          string
	reads, writes []*value
	// reuse lists pairs of a written and a read value that may share memory.
	reuse [][2]*value
	run   func(f *frame) error
}

// frame is the memory of one run, indexed by value.
type frame struct {
	backend *Backend
	memory  [][]byte
}

func (f *frame) bytes(v *value) []byte { return f.memory[v.id] }

// floats returns the memory of a float32 value.
func (f *frame) floats(v *value) []float32 { return floatsOf(f.memory[v.id]) }

// floatsOf returns bytes as the float32 values that they hold.
func floatsOf(b []byte) []float32 {
	if len(b) == 0 {
		return nil
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&b[0])), len(b)/4)
}

// pointer returns the address of a value; for an empty value it points to no data.
func (f *frame) pointer(v *value) unsafe.Pointer {
	return unsafe.Pointer(unsafe.SliceData(f.memory[v.id]))
}

// run executes the program on inputs. Outputs may use the memory of donated inputs; taken
// reports for which inputs they did.
func (p *program) run(inputs [][]byte, donated []bool) (outputs [][]byte, taken []bool, err error) {
	defer runtime.KeepAlive(p) // its store is not garbage before the last step
	taken = make([]bool, len(inputs))
	f := &frame{backend: p.backend, memory: make([][]byte, len(p.values))}
	var arena []byte
	if p.arena > 0 {
		lent, err := p.backend.arenas.Take(p.arena)
		if err != nil {
			return nil, taken, errors.WithMessage(err, "cpu")
		}
		defer lent.Give()
		arena = lent.Bytes()
	}
	for _, v := range p.values {
		switch v.place {
		case inArena:
			if v.storage != nil {
				f.memory[v.id] = arena[v.offset : v.offset+v.bytes : v.offset+v.bytes]
			}
		case inInput:
			f.memory[v.id] = inputs[v.input]
		case inProgram:
			f.memory[v.id] = v.constant
		case inOutput:
			f.memory[v.id] = p.outputMemory(v, inputs, donated, taken)
		}
	}
	for i := range p.steps {
		if err := p.steps[i].run(f); err != nil {
			return nil, taken, err
		}
	}
	return p.results(f, donated, taken), taken, nil
}

// outputMemory returns the memory of the donated input that v may replace, or new memory.
func (p *program) outputMemory(v *value, inputs [][]byte, donated, taken []bool) []byte {
	if v.from != nil && donated[v.from.input] && !taken[v.from.input] {
		taken[v.from.input] = true
		return inputs[v.from.input]
	}
	return p.backend.take(v.bytes)
}

// results collects the outputs.
func (p *program) results(f *frame, donated, taken []bool) [][]byte {
	outputs := make([][]byte, len(p.outputs))
	for i, o := range p.outputs {
		v := o.value
		switch {
		case !o.copied:
			outputs[i] = f.memory[v.id]
		case v.place == inInput && donated[v.input] && !taken[v.input] && !p.replaced(v):
			taken[v.input] = true
			outputs[i] = f.memory[v.id]
		default:
			outputs[i] = p.backend.take(v.bytes)
			copy(outputs[i], f.memory[v.id])
		}
	}
	return outputs
}

// replaced reports whether an output may use the memory of input v.
func (p *program) replaced(v *value) bool {
	for _, o := range p.values {
		if o.from == v {
			return true
		}
	}
	return false
}
